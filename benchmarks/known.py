"""What a truthful reviewer knows: whose the rows of the market are, and what makes a version good.

Only the learning rows: nothing about the held-out ones reaches the product through what is said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from benchmarks.sets import TRAIN, BenchSet, Key, Row
from brand_metagen.confirm.grade import (
    SMALL_BRAND,
    SMALL_ERRORS,
    WANTED_PRECISION,
    WANTED_RECALL,
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a version: `wrong` rows confirmed for the brand that are not its own, and
    rows of its own (`rows` in number) that are not confirmed for it, `missed`."""

    brandid: str
    rows: int
    confirmed: int
    wrong: tuple[Row, ...]
    missed: tuple[Row, ...]

    @property
    def approvable(self) -> bool:
        """Precision and recall of the confirmed rows as wanted; of a small brand at most one error.

        >>> Trouble("1", 20, 20, (), ()).approvable
        True
        """
        if self.rows < SMALL_BRAND:
            return len(self.wrong) + len(self.missed) <= SMALL_ERRORS
        right = self.rows - len(self.missed)
        return right >= WANTED_PRECISION * self.confirmed and right >= WANTED_RECALL * self.rows


@dataclass(frozen=True)
class Known:
    """The rows of a market with their true brands (empty = none of those known)."""

    names: Mapping[str, str]
    rows: Mapping[Key, Row]
    true: Mapping[Key, str]
    kinds: Mapping[Key, str]

    @classmethod
    def of(cls, one: BenchSet) -> Known:
        truth = [t for t in one.truth if t.split == TRAIN]
        rows = {row.key: row for row in one.train}
        true = {t.key: t.brandid for t in truth}
        return cls(one.brands, rows, true, {t.key: t.kind for t in truth})

    @cached_property
    def own(self) -> Mapping[str, tuple[Row, ...]]:
        """The rows of each brand."""
        found: dict[str, list[Row]] = defaultdict(list)
        for key, brandid in self.true.items():
            if brandid:
                found[brandid].append(self.rows[key])
        return {brandid: tuple(rows) for brandid, rows in found.items()}

    @cached_property
    def banks(self) -> Mapping[str, int]:
        """How many banks use a combo number."""
        found: dict[str, int] = defaultdict(int)
        for ccid, _ in self.rows:
            found[ccid] += 1
        return found

    @cached_property
    def brands_saying(self) -> Mapping[str, Collection[str]]:
        """The brands whose rows hold a word; one of many brands is a town or a trade."""
        found: dict[str, set[str]] = defaultdict(set)
        for key, brandid in self.true.items():
            for word in self.rows[key].narrative.split():
                found[word].add(brandid)
        return {word: brands - {""} for word, brands in found.items()}

    @cached_property
    def twins(self) -> Mapping[tuple[str, str], Collection[str]]:
        """The brands of rows that look the same: narrative and code."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for key, row in self.rows.items():
            found[row.narrative, row.mccid].add(self.true[key])
        return found

    def of_brand(self, brandid: str) -> tuple[Row, ...]:
        return self.own.get(brandid, ())

    def true_of(self, brandid: str, asked: Mapping[str, Any]) -> bool:
        """Whether a constraint, as the API echoes it, is true of a brand."""
        kind, text, row = asked["kind"], asked["text"], asked["row"]
        own = self.of_brand(brandid)
        if row is not None:
            mine = self.true[row["ccid"], row["bankid"]] == brandid
            return mine == (kind == "belongs")
        if kind in ("mcc_in", "mcc_out"):
            return any(r.mccid == text for r in own) == (kind == "mcc_in")
        letters = squeezed(text)
        if kind == "words_out":
            return not any(letters in squeezed(r.narrative) for r in own)
        if kind == "words_in":
            held = [key for key, r in self.rows.items() if text.upper() in r.narrative]
            return all(self.true[key] == brandid for key in held)
        if kind == "ends":
            goes_on = re.compile(rf"\b{re.escape(text.upper())}[A-Z]")
            return not any(goes_on.search(r.narrative) for r in own)
        # Patterns, wallets and the like are never spoken of.
        return False

    def tellable(self, brandid: str, row: Row) -> bool:
        """Whether no row that looks the same is on the other side."""
        sides = {other == brandid for other in self.twins[row.narrative, row.mccid]}
        return len(sides) == 1

    def trouble(self, brandid: str, confirmed: Iterable[Key]) -> Trouble:
        """What is wrong with a version under which these rows are the brand's."""
        given = set(confirmed)
        wrong = tuple(self.rows[key] for key in sorted(given) if self.true[key] != brandid)
        own = self.of_brand(brandid)
        missed = tuple(row for row in own if row.key not in given)
        return Trouble(brandid, len(own), len(given), wrong, missed)


def squeezed(text: str) -> str:
    """Letters and digits alone, as words are looked for wherever they stand.

    >>> squeezed("MARKS & Spencer's")
    'MARKSSPENCERS'
    """
    return re.sub(r"[^A-Z0-9]", "", text.upper())
