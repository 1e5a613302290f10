"""Kinds of rows, told apart by the narrative, the names of the set and what was seen of a brand.

Each kind is a plain question, so that any set with a truth can be looked at by them; a row may be
of several kinds. What wrote a row (wallet, web) is read from the truth where the set knows it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from benchmarks.counting import NONE, Predictions, Share
from benchmarks.sets import BenchSet, Row, Truth
from brand_metagen.evaluate.wallets import detect
from brand_metagen.tables.normalise import normalise

HEAD_ROWS, TAIL_ROWS = 40, 8
"""Labelled rows from which a brand is large, and up to which it is small."""
SHORT_NAME = 5
"""Letters up to which a name is short enough to mean other things too."""
CUT = 5
"""Letters of a name's beginning that show a truncated name for what it is."""

_BRANCH = re.compile(r"(?<![0-9A-Z])#?S?[0-9]{2,5}\b")
_WEB = re.compile(r"\bWWW|\.CO\b|\.COM|\.NET|ON-?LINE|\.ORG")


@dataclass(frozen=True, slots=True)
class _Case:
    """A held-out row of a brand: its letters, the brand's, and what was seen of the brand."""

    row: Row
    channel: str
    text: str
    name: str
    words: int
    rows: int
    codes: frozenset[str]
    ambiguous: bool


def _wallet(case: _Case) -> bool:
    told = detect(case.row.narrative) is not None
    return case.channel == "wallet" if case.channel else told


def _web(case: _Case) -> bool:
    told = _WEB.search(case.row.narrative) is not None
    return case.channel == "web" if case.channel else told


def _store(case: _Case) -> bool:
    """A short number, as branches have, and neither wallet nor web."""
    told = _BRANCH.search(case.row.narrative) is not None
    return told and not _wallet(case) and not _web(case)


STRATA: Mapping[str, Callable[[_Case], bool]] = {
    "wallet": _wallet,
    "web": _web,
    "store": _store,
    "whole name": lambda c: c.name in c.text,
    "truncated": lambda c: c.name not in c.text and c.name[:CUT] in c.text and len(c.name) > CUT,
    "misspelt": lambda c: c.name not in c.text and c.name[:CUT] not in c.text,
    "ambiguous name": lambda c: c.ambiguous,
    "short name": lambda c: len(c.name) <= SHORT_NAME,
    "one word": lambda c: c.words == 1,
    "large brand": lambda c: c.rows >= HEAD_ROWS,
    "small brand": lambda c: c.rows <= TAIL_ROWS,
    "code seen": lambda c: c.row.mccid in c.codes,
    "code not seen": lambda c: c.row.mccid not in c.codes,
}


def cases(one: BenchSet) -> dict[str, list[tuple[Row, str]]]:
    """Held-out rows of brands by kind, with the brand of each."""
    true = {t.key: t for t in one.truth}
    confusable = ambiguous(one.brands, one.truth)
    rows = Counter(row.given for row in one.train)
    codes: dict[str, set[str]] = defaultdict(set)
    for row in one.train:
        codes[row.given].add(row.mccid)
    found: dict[str, list[tuple[Row, str]]] = {name: [] for name in STRATA}
    for row in one.held_out:
        if row.key not in true or not true[row.key].brandid:
            continue
        brandid = true[row.key].brandid
        name = normalise(one.brands[brandid])
        case = _Case(
            row,
            true[row.key].channel,
            letters(row.narrative),
            letters(name),
            len(name.split()),
            rows[brandid],
            frozenset(codes[brandid]),
            brandid in confusable,
        )
        for kind, holds in STRATA.items():
            if holds(case):
                found[kind].append((row, brandid))
    return found


def ambiguous(names: Mapping[str, str], truth: Iterable[Truth]) -> frozenset[str]:
    """Brands that a look-alike resembles, or whose whole name begins another brand's."""
    words = {brandid: normalise(name).split() for brandid, name in names.items()}
    own = {" ".join(name): brandid for brandid, name in words.items()}
    begun = {
        own[head]
        for name in words.values()
        for head in (" ".join(name[:n]) for n in range(1, len(name)))
        if head in own
    }
    return frozenset(begun | {t.resembles for t in truth if t.resembles})


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
