"""Spellings that somebody proposes for a brand, made candidates: what they are worth, rows say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from brand_metagen.errors import RuleError
from brand_metagen.grammar import check_pattern
from brand_metagen.records import Market
from brand_metagen.synthesise.judge import Candidate, Judge, traces_of
from brand_metagen.synthesise.names import core_phrase, phrase_of, squeeze

NAMES = 5
"""Narratives of its own per name of another brand that a spelling reads, as for other words."""
ROWS = 3
"""Narratives of its own that a proposed spelling must newly take, as foreign words must."""
SHAPES = 2
"""Of these so many must differ in more than digits: one text printed often is one voice."""
KIND = "proposed spelling"
MOST = 5
"""Proposals of each sort that are looked at for one brand."""
LONGEST = 60
"""Characters of a proposal."""
SHORTEST = 3
"""Letters and digits of a proposed name."""
_DIGITS = re.compile("[0-9]+")
_ANCHORS = ("^", "$", r"\b")


@dataclass(frozen=True, slots=True)
class Proposed:
    """Other names of a brand, and patterns in the rule language, as somebody gave them."""

    aliases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Considered:
    """Candidates, and what of the proposals is none, with the reason."""

    candidates: tuple[Candidate, ...]
    refused: tuple[tuple[str, str], ...]


def considered(proposed: Proposed) -> Considered:
    """The candidates of some proposals; none is run here, and those refused never are."""
    candidates: dict[str, Candidate] = {}
    refused: list[tuple[str, str]] = []
    for alias in proposed.aliases[:MOST]:
        if len(alias) > LONGEST or len(squeeze(alias)) < SHORTEST:
            refused.append((alias[:LONGEST], f"a name has {SHORTEST} letters to {LONGEST} signs"))
            continue
        phrase = phrase_of(alias)
        candidate = Candidate(phrase.pattern(), phrase.fixed_run(), KIND)
        candidates[candidate.closed] = candidate
    for pattern in proposed.patterns[:MOST]:
        try:
            candidate = _checked(pattern)
        except RuleError as error:
            refused.append((pattern[:LONGEST], str(error)))
        else:
            candidates[candidate.closed] = candidate
    return Considered(tuple(candidates.values()), tuple(refused))


def _checked(pattern: str) -> Candidate:
    if len(pattern) > LONGEST or any(anchor in pattern for anchor in _ANCHORS):
        raise RuleError(f"a proposed pattern has {LONGEST} signs at most and no anchors")
    check_pattern(pattern)
    candidate = Candidate(f"(?:{pattern})", "", KIND)
    check_pattern(candidate.closed)
    return candidate


def worth_trying(
    judge: Judge, brandid: str, candidates: Iterable[Candidate]
) -> Iterator[tuple[Candidate, int]]:
    """Candidates with the narratives of its own that each must newly take. One that reads as names
    of other brands, for fewer than five of its own narratives each, is not tried, nor one whose
    narratives are all the same text but for digits."""
    for candidate in candidates:
        own = [i for i in judge.hits(candidate) if judge.is_own(i, brandid)]
        shapes = {_DIGITS.sub("", judge.corpus.texts[i]) for i in own}
        if len(own) < ROWS or len(shapes) < SHAPES:
            continue
        if NAMES * len(judge.public_conflicts(brandid, candidate)) <= len(own):
            yield candidate, ROWS


def unexplained(market: Market, brandids: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Per brand the distinct narratives labelled to it that bear no trace of its name, in order;
    brands without any are left out."""
    wanted = {b: traces_of(core_phrase(market.brands[b].brandname)) for b in brandids}
    found: dict[str, set[str]] = defaultdict(set)
    for text, brandid in zip(market.combos.narrative, market.combos.brandid, strict=True):
        if brandid in wanted:
            squeezed = squeeze(text)
            if not any(trace in squeezed for trace in wanted[brandid]):
                found[brandid].add(text)
    return {brandid: sorted(texts) for brandid, texts in sorted(found.items())}
