"""The record that metrics are made from: what was done, when, by whom, and what it left."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from brand_metagen.ports import Case, Judgement, Lesson, Remark, VersionLine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deed:
    """One act of a human on a brand, from the audit log. `version` and `round` are those the actor
    saw, `made` the version it led to (0 = none), `gained` and `lost` rows it moved."""

    sequence: int
    at: str
    actor: str
    action: str
    brandid: str
    version: int
    round: int
    made: int = 0
    gained: int = 0
    lost: int = 0
    pending: bool = False
    set_to: int = 0
    """The round counter after it."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run that ended: its seconds of work, the brands and rows it did, whether it failed."""

    run_id: str
    at: str
    seconds: float
    brands: int
    rows: int
    failed: bool


@dataclass(frozen=True, slots=True)
class WalletRow:
    """A row labelled to a brand that came through a wallet, and whether it was confirmed for it."""

    ccid: str
    bankid: str
    brandid: str
    wallet: str
    narrative: str
    confirmed: bool


@dataclass(frozen=True, slots=True, eq=False)
class WalletRows:
    """The wallet rows of one run; `others` counts the labelled rows that came through none, and
    `others_confirmed` those of them that were confirmed. Each is equal to itself alone, so that
    figures can be kept by it."""

    run_id: str = ""
    at: str = ""
    rows: Sequence[WalletRow] = ()
    others: int = 0
    others_confirmed: int = 0


def _no_wallets(end: str) -> WalletRows:
    del end
    return WalletRows()


def _no_wallet(narrative: str) -> str:
    del narrative
    return ""


@dataclass(frozen=True)
class History:
    """All of it, each part in order of time; `sectors` and `names` by brandid."""

    deeds: Sequence[Deed] = ()
    versions: Sequence[VersionLine] = ()
    runs: Sequence[RunLine] = ()
    cases: Sequence[Case] = ()
    remarks: Sequence[Remark] = ()
    judgements: Sequence[Judgement] = ()
    lessons: Sequence[Lesson] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    sectors: Mapping[str, str] = field(default_factory=dict)
    wallet_rows: Callable[[str], WalletRows] = _no_wallets
    """The wallet rows of the last run that ended before a moment; read when asked for."""
    wallet_of: Callable[[str], str] = _no_wallet
    """The wallet that a narrative came through; empty = none."""
    _made: dict[object, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: object, make: Callable[[], T]) -> T:
        """What `make` makes of this record alone, made once; `key` says what it is."""
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found

    def moments(self, key: object, found: Callable[[], list[str]]) -> Sequence[str] | None:
        """The moments of one part, to be searched by halves; None where a clock went back."""

        def find() -> Sequence[str] | None:
            moments = found()
            return moments if all(a <= b for a, b in pairwise(moments)) else None

        return self.once(key, find)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some time, half open, both ends UTC in ISO 8601 as the store writes them."""

    begin: str
    end: str

    def holds(self, at: str) -> bool:
        """Whether a moment lies in it."""
        return self.begin <= at < self.end

    def of(
        self, things: Sequence[T], moments: Sequence[str] | None, at: Callable[[T], str]
    ) -> list[T]:
        """What happened in it; `moments` are those of the things, None = in no order."""
        if moments is None:
            return [thing for thing in things if self.holds(at(thing))]
        return list(things[bisect_left(moments, self.begin) : bisect_left(moments, self.end)])


def within(history: History, span: Stretch, *actions: str) -> list[Deed]:
    """The deeds of a span, of the actions named."""
    moments = history.moments("deeds", lambda: [d.at for d in history.deeds])
    found = span.of(history.deeds, moments, lambda deed: deed.at)
    return [d for d in found if d.action in actions] if actions else found


def made(history: History, span: Stretch) -> list[VersionLine]:
    """The versions made in a span."""
    moments = history.moments("versions", lambda: [v.made_at for v in history.versions])
    return span.of(history.versions, moments, lambda version: version.made_at)


@dataclass
class _Stood:
    """Each brand's latest version among those before a moment."""

    at: str = ""
    found: Mapping[str, VersionLine] = field(default_factory=dict)


def latest(history: History, end: str) -> list[VersionLine]:
    """Each brand's version as it stood at a moment; its number decides, not its maker's clock.

    Who asks for a later moment next, as trends do, has only the versions between looked at.
    """
    kept = history.once("latest", lambda: [_Stood()])
    since = kept[0] if kept[0].at <= end else _Stood()
    found = dict(since.found)
    for version in made(history, Stretch(since.at, end)):
        known = found.get(version.brandid)
        if known is None or version.version > known.version:
            found[version.brandid] = version
    kept[0] = _Stood(end, found)
    return list(found.values())


DECIDING = ("approve", "reject", "feedback", "flag")
"""Acts by which a reviewer says what they think of a version."""


def first_looks(history: History) -> Sequence[Deed]:
    """The first decision on each version that a run made, in order of time.

    A note to a version that a reviewer had made is no first look: they knew it.
    """
    return history.once("first looks", lambda: _first_looks(history))


def _first_looks(history: History) -> Sequence[Deed]:
    by_run = {(v.brandid, v.version) for v in history.versions if not v.author}
    seen: set[tuple[str, int]] = set()
    found = []
    for deed in history.deeds:
        key = (deed.brandid, deed.version)
        if deed.action in DECIDING and key in by_run and key not in seen:
            seen.add(key)
            found.append(deed)
    return found
