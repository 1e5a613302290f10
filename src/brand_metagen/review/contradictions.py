"""Constraints that no rule can keep together, found before any rule is tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from brand_metagen.constraints import Constraint, Kind
from brand_metagen.synthesise.names import squeeze


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two constraints that exclude each other, the earlier one first; it may be another brand's."""

    first: Constraint
    second: Constraint
    brandid: str = ""

    def __str__(self) -> str:
        """Both sides, with authors and dates."""
        whose = f"of brand {self.brandid} " if self.brandid else ""
        return f"{whose}{_said(self.first)}, but {_said(self.second)}"


def _said(constraint: Constraint) -> str:
    who = constraint.author or "somebody"
    when = f" on {constraint.given_at[:10]}" if constraint.given_at else ""
    return f"{who} said{when} that {constraint}"


def contradictions(constraints: Sequence[Constraint]) -> list[Contradiction]:
    """All pairs that exclude each other, in the order in which they were given."""
    return [
        Contradiction(first, second)
        for first, second in combinations(constraints, 2)
        if _clash(first, second) or _clash(second, first)
    ]


def claimed_elsewhere(
    said: Sequence[Constraint], others: Mapping[str, Sequence[Constraint]]
) -> list[Contradiction]:
    """Rows said to belong that other brands' reviewers say are theirs; `others` by brandid."""
    mine = [c for c in said if c.kind is Kind.BELONGS]
    return [
        Contradiction(first, second, brandid)
        for brandid, asked in sorted(others.items())
        for first in asked
        if first.kind is Kind.BELONGS
        for second in mine
        if _same_row(first, second)
    ]


def _clash(one: Constraint, other: Constraint) -> bool:
    test = _CLASHES.get((one.kind, other.kind))
    return test is not None and test(one, other)


def _same_row(one: Constraint, other: Constraint) -> bool:
    """What the decision may depend on is the same; a merchant id alone is no reason to differ."""
    assert one.row is not None
    assert other.row is not None
    return (one.row.narrative, one.row.mccid) == (other.row.narrative, other.row.mccid)


def _same_text(one: Constraint, other: Constraint) -> bool:
    return one.text == other.text


def _row_has_code(row: Constraint, code: Constraint) -> bool:
    return row.row is not None and row.row.mccid == code.text


def _row_holds(row: Constraint, words: Constraint) -> bool:
    return row.row is not None and squeeze(words.text) in squeeze(row.row.narrative)


def _words_hold(words: Constraint, out: Constraint) -> bool:
    return squeeze(out.text) in squeeze(words.text)


def _row_goes_on(row: Constraint, ends: Constraint) -> bool:
    """The row's only mention of the letters goes on behind them."""
    if row.row is None:
        return False
    letters, text = re.escape(ends.text), row.row.narrative
    return bool(re.search(f"{letters}[A-Z]", text)) and not re.search(rf"{letters}(?![A-Z])", text)


_CLASHES: dict[tuple[Kind, Kind], Callable[[Constraint, Constraint], bool]] = {
    (Kind.BELONGS, Kind.DOES_NOT_BELONG): _same_row,
    (Kind.BELONGS, Kind.MCC_OUT): _row_has_code,
    (Kind.BELONGS, Kind.WORDS_OUT): _row_holds,
    (Kind.BELONGS, Kind.ENDS): _row_goes_on,
    (Kind.MCC_IN, Kind.MCC_OUT): _same_text,
    (Kind.WORDS_IN, Kind.WORDS_OUT): _words_hold,
}


def named(found: Sequence[Contradiction]) -> Iterator[str]:
    """Every contradiction in words."""
    return map(str, found)
