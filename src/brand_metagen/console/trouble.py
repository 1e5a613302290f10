"""What somebody reads in place of a page or of what they wanted: what failed, what to do, and the
trace under which the log tells more."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from jinja2 import TemplateError

from brand_metagen import tracing
from brand_metagen.console.text import render, sentence
from brand_metagen.errors import (
    UNFORESEEN,
    BrandMetagenError,
    ConflictError,
    NotAllowed,
    NotFound,
    ServiceError,
)
from brand_metagen.ports import Actor, Role

CAUGHT = (BrandMetagenError, OSError, *UNFORESEEN, TemplateError)
"""What a page or an act can fail of, foreseen or not; what ends a process is not among it."""
LOG = logging.getLogger("brand_metagen.console")
SHORT = 8
"""Digits of a trace that stand in a sentence."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Title, what was said, and what to do (commands between backticks); `ours` says that the
    reader cannot have caused it."""

    title: str
    said: str
    todo: str
    ours: bool = False


def trouble_of(error: Exception, actor: Actor) -> Trouble:
    """What an error means for whoever reads it; one that was not foreseen goes to the log whole."""
    said = sentence(error)
    if isinstance(error, NotAllowed):
        todo = f"You are here as {actor.role.value}. An admin can give you the role."
        return Trouble("This needs another role", said, todo)
    if isinstance(error, NotFound):
        return Trouble("Not here", said, "Go on from a list: what was there may have been renamed.")
    if isinstance(error, ServiceError):
        todo = "Nothing was changed. Try again in a moment; `brand-metagen health` says what fails."
        return Trouble("Something does not answer", said, todo, ours=True)
    if isinstance(error, ConflictError):
        return Trouble("Not now", said, "Nothing was changed.")
    if isinstance(error, BrandMetagenError):
        return Trouble("This cannot be shown", said, "Nothing was changed. Mend the address.")
    if isinstance(error, OSError):
        LOG.error("files: %r", error)  # where things lie on the server is not told
        said = "The server cannot read or write its files now."
        return Trouble("Files do not answer", said, "See `brand-metagen health`.", ours=True)
    LOG.error("not foreseen: %r", error, exc_info=error)
    said = "An error that was not foreseen."
    return Trouble("This went wrong", said, "Try again; if it stays, give the trace to who runs "
                   "the server.", ours=True)  # fmt: skip


def page(error: Exception, actor: Actor) -> str:
    """What stands in place of a page."""
    found, trace = trouble_of(error, actor), tracing.current().trace
    LOG.info("page refused: %s", type(error).__name__)
    return render(
        "error.html.j2", title=found.title, said=found.said, todo=found.todo, trace=trace,
        role=actor.role, logs=actor.role.may(Role.OPERATOR), away=False,
    )  # fmt: skip


def signed_out() -> str:
    """What somebody reads whose session has ended."""
    said = "Your session ended. Sign in again; what was decided is kept."
    return render("error.html.j2", title="Signed out", said=said, todo="", away=True)


def line(error: Exception, actor: Actor) -> str:
    """One line for who pressed a button: what failed, and the trace where it is not their doing."""
    found, trace = trouble_of(error, actor), tracing.current().trace
    return f"{found.said} (trace {trace[:SHORT]})" if found.ours else found.said
