"""Rules as learned, over a whole market: the language admits them, and every engine agrees."""

from __future__ import annotations

import re

import duckdb
import numpy as np
import re2

from brand_metagen.grammar import check_pattern
from brand_metagen.match.matcher import Matcher
from brand_metagen.records import Rule
from learned import learned_sample

Taken = set[tuple[int, str]]
"""Position of a rule, narrative."""


def everything(rules: list[Rule]) -> list[str]:
    patterns = [rule.include for rule in rules]
    return patterns + [rule.exclude for rule in rules if rule.exclude]


def by_matcher(rules: list[Rule], texts: list[str]) -> Taken:
    matcher = Matcher(rules)
    return {(rule, text) for text in texts for rule, _ in matcher.spans(text)}


def by_set(rules: list[Rule], texts: list[str]) -> Taken:
    """All patterns in one RE2 set; a rule takes what its include finds and its exclude does not."""
    options = re2.Options()
    options.max_mem = 1 << 30
    includes, excludes = re2.Set.SearchSet(options), re2.Set.SearchSet(options)
    for rule in rules:
        includes.Add(rule.include)
        excludes.Add(rule.exclude or r"\bNO EXCLUSION SAYS THIS\b")
    includes.Compile()
    excludes.Compile()
    return {
        (rule, text)
        for text in texts
        for rule in set(includes.Match(text) or ()) - set(excludes.Match(text) or ())
    }


def by_duckdb(rules: list[Rule], texts: list[str]) -> Taken:
    t = {"text": np.array(texts, dtype=object)}
    taken: Taken = set()
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        connection.register("t", t)
        for position, rule in enumerate(rules):
            found = connection.execute(
                "SELECT text FROM t WHERE regexp_matches(text, ?) AND NOT regexp_matches(text, ?)",
                [rule.include, rule.exclude or r"\bNO EXCLUSION SAYS THIS\b"],
            ).fetchall()
            taken |= {(position, text) for (text,) in found}
    return taken


def by_regex_alone(rules: list[Rule], texts: list[str]) -> Taken:
    """The published pattern by itself, as engines with look-ahead run it."""
    taken: Taken = set()
    for position, rule in enumerate(rules):
        found = re.compile(rule.regex, re.IGNORECASE).search
        taken |= {(position, text) for text in texts if found(text)}
    return taken


def test_most_brands_have_a_rule() -> None:
    sample = learned_sample()
    assert len(sample.rules) >= 0.95 * len(sample.market.to_check)
    assert sum(rule.exclude is not None for rule in sample.rules) >= 3, "exclusions are tried too"
    assert all(b.full.rule or b.full.reasons for b in sample.brands)


def test_every_pattern_is_in_the_language() -> None:
    for brand in learned_sample().brands:
        for learned in (brand.full, *brand.folds):
            if learned.rule:
                for pattern in everything([learned.rule]):
                    check_pattern(pattern)
                assert learned.rule.mccids == tuple(sorted(set(learned.rule.mccids)))


def test_every_engine_takes_the_same_narratives() -> None:
    sample = learned_sample()
    rules, texts = sample.rules, sample.narratives
    taken = by_matcher(rules, texts)
    assert len(taken) > len(texts) / 2
    assert taken == by_set(rules, texts)
    assert taken == by_duckdb(rules, texts)
    assert taken == by_regex_alone(rules, texts)


def test_a_span_is_what_the_include_matched() -> None:
    sample = learned_sample()
    matcher = Matcher(sample.rules)
    for text in sample.narratives[::7]:
        for position, span in matcher.spans(text):
            match = re.search(sample.rules[position].include, text)
            assert match is not None
            assert match.span() == span


def test_codes_first_or_patterns_first_is_the_same() -> None:
    sample = learned_sample()
    matcher = Matcher(sample.rules)
    for row in sample.unseen:
        spans = matcher.spans(row.narrative)
        listed = [(p, s) for p, s in spans if row.mccid in sample.rules[p].mccids]
        assert matcher.taken(row.narrative, row.mccid) == listed
