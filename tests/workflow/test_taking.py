"""One pass over the market tells of every fold what a matcher of that fold's rules would."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from brand_metagen.match.matcher import Matcher
from brand_metagen.records import Rule
from brand_metagen.synthesise.corpus import Corpus, build_corpus
from brand_metagen.workflow.held_out import distinct_rows
from brand_metagen.workflow.taking import Patterns, Takers, find, joined
from markets import market_of

WHOLE = [
    Rule("1", r"\bSTAR", r"\bSTARB", ("5411", "5812")),
    Rule("2", r"\bSTAR", r"\bSTARB", ("5812",)),
    Rule("3", r"\bBAR(?:\b|[0-9])", None, ("5812", "9999")),
    Rule("4", r"\bCAFE", None, ()),
]
FOLD = [
    Rule("1", r"\bSTAR", r"\bSTARB", ("5812",)),
    Rule("2", r"\bSTARS?\b", None, ("5411", "5812")),
    Rule("4", r"\bSTARS?\b", None, ("5812",)),
]
TEXTS = ("STAR", "STARBAR", "STAR BAR", "BAR 1", "CAFE STARS", "LEEDS", "BAR1 STAR")
ROWS = [
    (text, brandid, mccid, mid)
    for n, text in enumerate(TEXTS * 3)
    for brandid, mccid in zip(
        ("", "1", "2", "4", "1"), ("5411", "5812", "5812", "5541", "5411"), strict=True
    )
    for mid in ("", f"M{n % 4}")
    if (n + int(mccid)) % 3
]


def reference(
    rules: Sequence[Rule], corpus: Corpus, rows: Sequence[tuple[int, str]], inside: Sequence[bool]
) -> tuple[list[tuple[int, int]], list[tuple[int, str, tuple[int, int], int]]]:
    """By rule its own and other narratives among those inside; rows taken, and their rivals."""
    matcher = Matcher(rules)
    record = {rule.brandid: [0, 0] for rule in rules}
    for i in np.flatnonzero(inside).tolist():
        for place, _ in matcher.spans(corpus.texts[i]):
            rule = rules[place]
            if any(mccid in rule.mccids for mccid, _ in corpus.cells[i]):
                mine = any(given == rule.brandid for _, given in corpus.cells[i])
                record[rule.brandid][not mine] += 1
    taken = []
    for at, (text, mccid) in enumerate(rows):
        found = matcher.taken(corpus.texts[text], mccid)
        taken += [(at, rules[p].brandid, span, len(found) - 1) for p, span in found]
    return [(own, other) for own, other in record.values()], taken


@pytest.mark.parametrize("rules", [WHOLE, FOLD, []], ids=["whole", "fold", "none"])
def test_columns_tell_what_a_matcher_tells(rules: Sequence[Rule]) -> None:
    combos = market_of({b: f"Brand {b}" for b in "1234"}, ROWS).combos
    corpus = build_corpus(combos)
    patterns = Patterns(WHOLE)
    apart = patterns.add(FOLD)
    assert [rule.include for rule in apart] == [r"\bSTARS?\b"]
    first = patterns.first(WHOLE)
    assert first.tolist() == [0, -1, 1, 2]
    whole = find(Matcher([r for r, n in zip(WHOLE, first, strict=True) if n >= 0]), corpus.texts)
    rest = find(Matcher(apart), corpus.texts)
    rest.pattern[:] += 3
    takers = Takers(rules, patterns, joined(whole, rest), corpus.cells)
    rows = distinct_rows(combos, corpus.rows)
    told = [
        (t, corpus.cells.codes[c])
        for t, c in zip(rows.text.tolist(), rows.code.tolist(), strict=True)
    ]
    inside = np.arange(len(corpus)) % 3 > 0
    record, taken = reference(rules, corpus, told, inside.tolist())
    own, other = takers.record(inside)
    assert list(zip(own.tolist(), other.tolist(), strict=True)) == record
    row, found, rivals = takers.take(rows.text, rows.code)
    columns = (row, found.pattern, found.begin, found.end, rivals)
    lines = zip(*(column.tolist() for column in columns), strict=True)
    assert [(r, rules[p].brandid, (b, e), n) for r, p, b, e, n in lines] == taken


def test_rows_are_told_once_and_in_order() -> None:
    combos = market_of({b: f"Brand {b}" for b in "1234"}, ROWS).combos
    corpus = build_corpus(combos)
    rows = distinct_rows(combos, corpus.rows)
    columns = (rows.text, rows.code, rows.mid, rows.label)
    lists = (corpus.texts, corpus.cells.codes, rows.mids, corpus.cells.brandids)
    told = [
        tuple(names[n] for names, n in zip(lists, row, strict=True))
        for row in zip(*(column.tolist() for column in columns), strict=True)
    ]
    assert told == sorted({(text, mccid, mid, brandid) for text, brandid, mccid, mid in ROWS})
    assert (rows.mids[rows.no_mid], corpus.cells.brandids[rows.no_label]) == ("", "")
