"""Rows to classify elsewhere as here: a sample's own, and some nobody would expect."""

from __future__ import annotations

from collections.abc import Iterator

from brand_metagen.publish.answers import Answers
from brand_metagen.publish.classifier import Classifier
from learned import learned_release, learned_sample, released_rules

Row = tuple[str, str, str]
"""Narrative, code, merchant id."""
ODD = (
    "",
    " ",
    "'",
    "A",
    "'S",
    "O'NEILL'S",
    "A&B",
    "-",
    "9",
    "X_Y",
    "12 13",
    "'; DROP TABLE RULES; --",
)


def rows() -> list[Row]:
    """Distinct (narrative, code, merchant id), the seen, the unseen and the odd."""
    sample = learned_sample()
    combos = sample.market.combos
    seen = zip(combos.narrative, combos.mccid, combos.mid, strict=True)
    unseen = ((row.narrative, row.mccid, row.mid) for row in sample.unseen)
    known = sorted(sample.model.mids)
    odd = [(text, "5812", known[0]) for text in ODD]
    names = list(_names())
    tied = [(f"-{name}-{name}", code, mid) for name, code, mid in names]
    return sorted({*seen, *unseen, *odd, *names, *tied})


def _names() -> Iterator[Row]:
    """Every brand's bare name, with one of its codes and somebody's merchant id."""
    model = learned_sample().model
    known = sorted(model.mids)
    for at, (_, facts) in enumerate(sorted(model.brands.items())):
        yield facts.letters, min(facts.codes, default="5812"), known[at % len(known)]


def expected(asked: list[Row]) -> Answers:
    """The answers of the matcher."""
    columns = ([row[i] for row in asked] for i in range(3))
    return Classifier(released_rules(), learned_release().model).answers(*columns)
