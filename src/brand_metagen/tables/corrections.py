"""Corrections laid over the raw columns of a table, before anything is checked.

The file itself is never written. A row that a correction mends is checked like any other, so a row
with an unknown code or brand can be rescued, and a wrong correction ends in the quarantine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from brand_metagen.ports import Correction, Subject
from brand_metagen.tables.normalise import normalise
from brand_metagen.tables.raw import RawTable

KEYS: Mapping[Subject, tuple[str, tuple[str, ...]]] = {
    Subject.COMBO: ("combo", ("ccid", "bankid")),
    Subject.BRAND: ("brand", ("brandid",)),
}
"""The table of a changed cell, and the columns of its key."""
ADDED = 0
"""The line of a row that stands in no file."""

Cell = tuple[tuple[str, ...], str]
"""A key and a field."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A correction that was not applied, and why."""

    correction: Correction
    why: str

    @property
    def described(self) -> str:
        """In one line.

        >>> Stale(Correction(Subject.COMBO, ("7", "1"), "mccid", "1", "2"), "no such row").described
        'combo 7 1 mccid: no such row'
        """
        c = self.correction
        return " ".join(filter(None, (c.subject.value, *c.key, c.field))) + f": {self.why}"


@dataclass(frozen=True, slots=True)
class Overlaid:
    """Cells and rows that were corrected, and the corrections that were not applied."""

    applied: int = 0
    stale: tuple[Stale, ...] = ()

    def __add__(self, other: Overlaid) -> Overlaid:
        return Overlaid(self.applied + other.applied, self.stale + other.stale)


def overlay(table: str, raw: RawTable, corrections: Iterable[Correction]) -> Overlaid:
    """Correct the columns of one table in place; `raw` is as it was read, nothing cleaned yet.

    Corrections of other tables are passed over.
    """
    corrections = tuple(corrections)
    done = Overlaid()
    if table == "brand":
        done += _add_brands(raw, corrections)
    elif table == "brand_to_check":
        done += _list_brands(raw, corrections)
    for subject, (named, key) in KEYS.items():
        if named == table:
            done += _correct_cells(raw, key, [c for c in corrections if c.subject is subject])
    return done


def _add_brands(raw: RawTable, corrections: Sequence[Correction]) -> Overlaid:
    names = dict(zip(raw.columns["brandid"], raw.columns["brandname"], strict=True))
    applied, stale = 0, []
    for c in corrections:
        if c.subject is not Subject.NEW_BRAND:
            continue
        brandid, said = c.key[0], names.get(c.key[0])
        if said is None:
            _append(raw, {"brandid": brandid, "brandname": c.value, "sector": c.sector})
            applied += 1
        elif normalise(said) != normalise(c.value):
            stale.append(Stale(c, f"the source has a brand of that id by now: {said!r}"))
    return Overlaid(applied, tuple(stale))


def _list_brands(raw: RawTable, corrections: Sequence[Correction]) -> Overlaid:
    listed, applied = set(raw.columns["brandid"]), 0
    for c in corrections:
        if c.subject is Subject.NEW_BRAND and c.key[0] not in listed:
            _append(raw, {"brandid": c.key[0]})
            applied += 1
    gone = {c.key[0] for c in corrections if c.subject is Subject.INACTIVE}
    kept = [i for i, brandid in enumerate(raw.columns["brandid"]) if brandid not in gone]
    applied += len(raw.lines) - len(kept)
    if len(kept) < len(raw.lines):
        raw.columns = {name: [cells[i] for i in kept] for name, cells in raw.columns.items()}
        raw.lines = [raw.lines[i] for i in kept]
    return Overlaid(applied)


def _append(raw: RawTable, cells: Mapping[str, str]) -> None:
    for name, column in raw.columns.items():
        column.append(cells.get(name, ""))
    raw.lines.append(ADDED)


def _correct_cells(
    raw: RawTable, key: Sequence[str], corrections: Sequence[Correction]
) -> Overlaid:
    """Every corrected cell gets what was said of it last; a key may stand in several rows."""
    if not corrections:
        return Overlaid()
    rows = _places(raw, key, {c.key for c in corrections})
    chains: dict[Cell, list[Correction]] = defaultdict(list)
    for c in corrections:
        chains[c.key, c.field].append(c)
    applied, stale = 0, []
    for (at, name), chain in chains.items():
        column, last = raw.columns[name], chain[-1]
        known = {_plain(name, text) for c in chain for text in (c.old, c.value)}
        mended = [i for i in rows.get(at, ()) if _plain(name, column[i]) in known]
        for i in mended:
            applied += column[i] != last.value
            column[i] = last.value
        if not mended:
            stale.append(Stale(last, _why(column, rows.get(at, ()), last)))
    return Overlaid(applied, tuple(stale))


def _places(
    raw: RawTable, key: Sequence[str], wanted: set[tuple[str, ...]]
) -> dict[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, at in enumerate(zip(*(raw.columns[name] for name in key), strict=True)):
        if at in wanted:
            found[at].append(i)
    return found


def _why(column: Sequence[str], rows: Sequence[int], correction: Correction) -> str:
    if not rows:
        return "the source has no such row any more"
    return f"the source says {column[rows[0]]!r} by now, not {correction.old!r}"


def _plain(name: str, text: str) -> str:
    """A cell as it is compared: narratives as they are cleaned, all else as it is trimmed."""
    return normalise(text) if name == "narrative" else text.strip()
