"""Kinds of rows, told apart by the narrative, the brand's name and what was seen of it alone.

Each kind is a plain question, so that any set with a truth can be looked at by them; a row may be
of several kinds.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.counting import NONE, Predictions, Share
from benchmarks.sets import BenchSet, Row
from brand_metagen.evaluate.wallets import detect
from brand_metagen.tables.normalise import normalise

HEAD_ROWS, TAIL_ROWS = 40, 8
"""Labelled rows from which a brand is large, and up to which it is small."""
SHORT_NAME = 5
"""Letters up to which a name is short enough to mean other things too."""
CUT = 5
"""Letters of a name's beginning that show a cut name for what it is."""

_WEB = re.compile(r"\bWWW|\.CO\b|\.COM|\.NET|ON-?LINE|\.ORG")


@dataclass(frozen=True, slots=True)
class _Case:
    """A held-out row of a brand: its letters, the brand's, and what was seen of the brand."""

    row: Row
    text: str
    name: str
    words: int
    rows: int
    codes: frozenset[str]


STRATA: Mapping[str, Callable[[_Case], bool]] = {
    "wallet": lambda c: detect(c.row.narrative) is not None,
    "web": lambda c: _WEB.search(c.row.narrative) is not None,
    "whole name": lambda c: c.name in c.text,
    "name cut": lambda c: c.name not in c.text and c.name[:CUT] in c.text and len(c.name) > CUT,
    "name altered": lambda c: c.name not in c.text and c.name[:CUT] not in c.text,
    "short name": lambda c: len(c.name) <= SHORT_NAME,
    "one word": lambda c: c.words == 1,
    "large brand": lambda c: c.rows >= HEAD_ROWS,
    "small brand": lambda c: c.rows <= TAIL_ROWS,
    "code seen": lambda c: c.row.mccid in c.codes,
    "code not seen": lambda c: c.row.mccid not in c.codes,
}


def cases(one: BenchSet) -> dict[str, list[tuple[Row, str]]]:
    """Held-out rows of brands by kind, with the brand of each."""
    true = {t.key: t.brandid for t in one.truth}
    rows = Counter(row.given for row in one.train)
    codes: dict[str, set[str]] = defaultdict(set)
    for row in one.train:
        codes[row.given].add(row.mccid)
    found: dict[str, list[tuple[Row, str]]] = {name: [] for name in STRATA}
    for row in one.held_out:
        brandid = true.get(row.key, "")
        if not brandid:
            continue
        name = normalise(one.brands[brandid])
        case = _Case(
            row,
            letters(row.narrative),
            letters(name),
            len(name.split()),
            rows[brandid],
            frozenset(codes[brandid]),
        )
        for kind, holds in STRATA.items():
            if holds(case):
                found[kind].append((row, brandid))
    return found


def recalls(
    kinds: Mapping[str, list[tuple[Row, str]]], predictions: Predictions
) -> dict[str, Share]:
    """Rows of each kind that were given their brand."""
    return {
        kind: Share(
            sum(brandid in predictions.get(row.key, NONE) for row, brandid in rows), len(rows)
        )
        for kind, rows in kinds.items()
    }


def letters(text: str) -> str:
    """Letters and digits of a normalised text.

    >>> letters("A&B'S 12")
    'ABS12'
    """
    return "".join(filter(str.isalnum, text))
