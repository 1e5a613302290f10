"""A brand's version held against earlier ones: what is new to the reader, what approving moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from brand_metagen.app import looking
from brand_metagen.app.comparing import Move, Since, since
from brand_metagen.app.live import Live
from brand_metagen.app.looking import Against, Before
from brand_metagen.errors import InputError
from brand_metagen.ports import BrandLine, BrandState
from brand_metagen.records import Metadata
from brand_metagen.web.state import Server

STANDS = (BrandState.APPROVED, BrandState.PUBLISHED)
"""States of a brand whose rows do not move unseen."""
PLAIN = (Against.LAST, Against.FIRST)
"""What is not said of a version that is something else besides."""
WORDS = {Against.SEEN: "last seen", Against.LAST: "the one before", Against.FIRST: "the first"}


@dataclass(frozen=True, slots=True)
class Choice:
    """An earlier version that can be chosen: what it is, its number, whether it is shown."""

    key: str
    says: str
    version: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """The change that is shown, the one that approving makes, and the one since the reader looked,
    each None where there is none; `moves` are those of approved brands' rows since rows were stood
    for: their lines have to be opened first."""

    choices: tuple[Choice, ...] = ()
    shown: Since | None = None
    approving: Since | None = None
    looked: Since | None = None
    before: Before | None = None
    moves: tuple[Move, ...] = ()

    @property
    def must(self) -> frozenset[str]:
        """The approved brands whose rows approving moves."""
        return frozenset(move.brandid for move in self.moves)

    @property
    def unseen(self) -> list[Move]:
        """Moves that have to be opened and are no part of what is shown."""
        shown = {move.brandid for move in self.shown.moves} if self.shown else set()
        return [move for move in self.moves if move.brandid not in shown]


@dataclass
class _Held:
    made_of: tuple[Any, ...] = ()
    changes: dict[int, Since] = field(default_factory=dict)


def compared(
    server: Server, live: Live, line: BrandLine, versions: Sequence[Metadata],
    before: Before | None = None, wanted: str = "",
) -> Compared:  # fmt: skip
    """Hold the latest version against those that it can be held against."""
    known = live.versions.get(line.brandid)
    found = looking.comparable(versions, before)
    if not found or known is None or known.version != line.version:
        return Compared()
    changes = _changes(server, live, line)

    def against(one: Against) -> Since:
        version = found[one].version
        if version not in changes:
            changes[version] = since(live, line.brandid, version)
        return changes[version]

    first = next(iter(found))
    chosen = next((one for one in found if one.value == wanted), first)
    looked = against(Against.SEEN) if Against.SEEN in found else None
    return Compared(
        tuple(_choices(found, found[chosen].version)), against(chosen), against(first), looked,
        before, _of_approved(server, against(Against.FIRST if Against.FIRST in found else first)),
    )  # fmt: skip


def _changes(server: Server, live: Live, line: BrandLine) -> dict[int, Since]:
    """What was worked out before, as long as the brand's market has not changed."""
    held = server.kept.get(f"changes:{line.brandid}", _Held)
    assert isinstance(held, _Held)
    now = live.now
    made_of = (now.answers, line.version, tuple(now.asked.get(line.brandid, ())))
    if not held.made_of or held.made_of[0] is not now.answers or held.made_of[1:] != made_of[1:]:
        held.made_of, held.changes = made_of, {}
    return held.changes


def _choices(found: dict[Against, Metadata], shown: int) -> list[Choice]:
    """Each version once, whatever else it is."""
    ways: dict[int, list[Against]] = {}
    for against, record in found.items():
        ways.setdefault(record.version, []).append(against)
    status = {record.version: record.status.value for record in found.values()}
    choices = []
    for version, every in ways.items():
        telling = [way for way in every if way not in PLAIN] or every[:1]
        says = ", ".join(WORDS.get(way, status[version]) for way in telling)
        choices.append(Choice(telling[0].value, says, version, version == shown))
    return choices


def _of_approved(server: Server, change: Since) -> tuple[Move, ...]:
    """The moves of a change that concern rows of approved brands."""
    store = server.workspace.store
    others = {move.brandid for move in change.moves if move.brandid}
    stand = {brandid for brandid in others if store.line(brandid).state in STANDS}
    return tuple(move for move in change.moves if move.brandid in stand)


def check_opened(server: Server, brandid: str, version: int, opened: Sequence[str]) -> None:
    """Raise InputError where approving would move rows of an approved brand that were not seen."""
    line, versions = server.workspace.store.line(brandid), server.workspace.store.versions(brandid)
    if line.version != version or len(versions) < 2:
        return  # the decision itself says so, with both sides; or nothing came before
    found = compared(server, server.warm.glance(line), line, versions)
    if left := sorted(found.must - set(opened)):
        names = {b.brandid: b.brandname for b in server.workspace.store.brands()}
        raise InputError(
            f"rows of {', '.join(names.get(b, b) for b in left)} would move, and that is approved: "
            "open the line under what changes first"
        )
