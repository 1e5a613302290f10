"""What pages ask for: each act is checked, done, and answered; nothing is taken on trust."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from brand_metagen import tracing
from brand_metagen.app import accounts
from brand_metagen.app.outages import as_ours
from brand_metagen.console.door import Seat
from brand_metagen.console.text import render, sentence
from brand_metagen.console.trouble import CAUGHT, line
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import Actor, Role
from brand_metagen.web.state import Server

LOG = logging.getLogger("brand_metagen.console")
LONGEST = 20_000
"""Characters of one field; use cases allow fewer."""
MOST_KEYS = 1_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What the page is told: words for the status line, markup for a panel, where to go on."""

    say: str = ""
    bad: bool = False
    panel: str = ""
    html: str = ""
    go: str = ""
    again: bool = False
    """Show the page again as it stands now."""
    quiet: bool = False
    """Nobody waits for it."""
    spent: bool = False
    """What was written on the page was taken; it is no draft any more."""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields as a browser sent them: anything may stand there."""

    fields: Mapping[str, Any]

    def text(self, name: str) -> str:
        """A text, empty when there is none; raises InputError for one that is too long."""
        value = self.fields.get(name, "")
        found = value if isinstance(value, str) else ""
        if len(found) > LONGEST:
            raise InputError(f"{name} has more than {LONGEST:,} characters")
        return found.encode("utf-8", "replace").decode()

    def number(self, name: str) -> int:
        """A whole number; raises InputError for anything else."""
        value = self.text(name)
        if not (value.isascii() and value.isdecimal() and len(value) < 10):
            raise InputError(f"{name} is no number")
        return int(value)

    def listed(self, name: str) -> tuple[str, ...]:
        """Texts of a list, a thousand at most."""
        value = self.fields.get(name)
        texts = [v for v in value if isinstance(v, str)] if isinstance(value, list) else []
        return tuple(texts[:MOST_KEYS])

    def rows(self, name: str) -> tuple[tuple[str, str], ...]:
        """Rows as (ccid, bankid)."""
        pairs = (text.partition("|") for text in self.listed(name))
        return tuple((ccid, bankid) for ccid, _, bankid in pairs)


Act = Callable[[Server, Actor, Form], Reply]


def done(seat: Seat, fields: Mapping[str, Any]) -> Reply:
    """Do what is asked if whoever sits there may, and say what came of it; each act is a trace."""
    with tracing.within(trace=tracing.new_trace(), operation="console"):
        return _done(seat, fields)


def _done(seat: Seat, fields: Mapping[str, Any]) -> Reply:
    from brand_metagen.console.deeds import DEEDS

    form = Form(fields)
    actor = seat.actor()
    if actor is None:
        return Reply("Your session ended: sign in again. Nothing was done.", bad=True)
    if wait := seat.server.limiter.request(seat.secret or actor.name):
        return Reply(f"Too much at once. Wait {wait} s. Nothing was done.", bad=True)
    deed = DEEDS.get(str(fields.get("act", "")))
    if deed is None:
        return Reply("This page is of an older version: load it again.", bad=True)
    role, act = deed
    try:
        accounts.need(actor, role)
        with as_ours():
            return act(seat.server, actor, form)
    except ConflictError as error:
        if error.now:
            said = _both(error, form)
            html = render("conflict.html.j2", error=error, now=error.now, form=form, said=said)
            say = f"{said.title}: nothing of yours was applied." if said.did else sentence(error)
            return Reply(say, bad=True, panel="overlay", html=html)
        return Reply(sentence(error), bad=True)
    except CAUGHT as error:  # told to the reader, and to the log
        LOG.info("%s refused: %s", fields.get("act"), type(error).__name__)
        return Reply(line(error, actor), bad=True)


DID = {
    "approve": "approved",
    "undo": "took the approval back of",
    "reject": "rejected",
    "flag": "flagged",
    "feedback": "asked for",
    "create": "wrote",
    "rollback": "went back to",
    "withdraw": "withdrew a remark, which made",
    "round": "corrected the rounds of",
    "run": "learned",
}
"""What somebody else did to a brand's version, in words."""


@dataclass(frozen=True, slots=True)
class Both:
    """A conflict in words: what it is, what the other one did to the brand (empty = it is about no
    brand's version), and one's own text."""

    title: str
    did: str
    mine: str


def _both(error: ConflictError, form: Form) -> Both:
    now = error.now or {}
    did = DID.get(str(now.get("action", "")), "") if "version" in now else ""
    title = "Somebody was faster" if did else "This cannot be done now"
    return Both(title, did, form.text("note") or form.text("text"))


Deeds = Mapping[str, tuple[Role, Act]]
