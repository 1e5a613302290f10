"""What reviewers said of rows, as evidence beside the market's noisy labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from brand_metagen.confirm.model import BrandFacts, ConfirmModel, Vouched
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.records import Combos

LIFT = 0.2
"""What each narrative that belongs adds to the score of the brand's other rows, in log odds.
Reviewers point at rows that were in doubt, so the brand was doubted too much: with a brand's own
offset drawn from a normal of variance 1/2, a right row given 0.6 moves it by so much. On two
made-up markets more than nine in ten of the unseen rows newly confirmed by it are right
(benchmarks.md)."""
MOST_LIFTED = 3
"""Narratives that count, less those that do not belong."""

Asked = Mapping[str, Sequence[Constraint]]
"""Constraints by brand."""


def with_reviews(
    model: ConfirmModel, asked: Asked, combos: Combos, every: Asked | None = None
) -> ConfirmModel:
    """The model with the facts of brands that reviewers spoke of brought up to what they said.

    A row that belongs is decided (`vouched`), lifts the brand's others, and counts as its own, with
    its code; one that does not belong counts against its rule. Weights, curve and words stay: they
    are fitted by runs. Rows whose label says the same already change no counts, and no other
    brand's facts change.
    `every` holds all brands' constraints where `asked` holds those of some.
    """
    model = replace(model, vouched=vouched(asked if every is None else every))
    pointed = {brandid: _pointed(said) for brandid, said in asked.items()}
    pointed = {b: rows for b, rows in pointed.items() if b in model.brands and any(rows)}
    if not pointed:
        return model
    labels = _labels(combos, {row.narrative for rows in pointed.values() for row in _all(rows)})
    brands = dict(model.brands)
    for brandid, (inside, outside) in sorted(pointed.items()):
        brands[brandid] = _facts(brands[brandid], brandid, inside, outside, labels)
    return replace(model, brands=brands)


def vouched(asked: Asked) -> tuple[Vouched, ...]:
    """The rows that belong, in order; one that reviewers of two brands claim is nobody's."""
    claims: dict[tuple[str, str], set[str]] = defaultdict(set)
    for brandid, said in asked.items():
        for c in said:
            if c.kind is Kind.BELONGS and c.row is not None:
                claims[c.row.narrative, c.row.mccid].add(brandid)
    return tuple(
        (text, mccid, min(brands))
        for (text, mccid), brands in sorted(claims.items())
        if len(brands) == 1
    )


def _pointed(said: Sequence[Constraint]) -> tuple[list[Row], list[Row]]:
    """Rows that belong and rows that do not, in order, each once."""
    found: list[list[Row]] = []
    for kind in (Kind.BELONGS, Kind.DOES_NOT_BELONG):
        rows = {c.row for c in said if c.kind is kind and c.row is not None}
        found.append(sorted(rows, key=lambda r: (r.narrative, r.mccid, r.ccid, r.bankid)))
    return found[0], found[1]


def _all(rows: Iterable[Sequence[Row]]) -> Iterable[Row]:
    return (row for side in rows for row in side)


def _labels(combos: Combos, narratives: Set[str]) -> Mapping[str, Set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for text, label in zip(combos.narrative, combos.brandid, strict=True):
        if text in narratives:
            found[text].add(label)
    return found


def _facts(
    facts: BrandFacts,
    brandid: str,
    inside: Sequence[Row],
    outside: Sequence[Row],
    labels: Mapping[str, Set[str]],
) -> BrandFacts:
    fresh = [row for row in inside if brandid not in labels[row.narrative]]
    taken = [row for row in outside if brandid in labels[row.narrative]]
    codes = dict(facts.codes)
    for rows, step in ((fresh, 1.0), (taken, -1.0)):
        for row in rows:
            codes[row.mccid] = max(0.0, codes.get(row.mccid, 0.0) + step)
    gained, lost = _texts(fresh), _texts(taken)
    own = max(0, facts.own + gained - lost)
    other = max(0, facts.other - gained) + lost
    lift = round(LIFT * max(0, min(MOST_LIFTED, _texts(inside) - _texts(outside))), 6)
    codes = dict(sorted(codes.items()))
    return replace(facts, codes=codes, own=own, other=other, lift=lift)


def _texts(rows: Iterable[Row]) -> int:
    return len({row.narrative for row in rows})
