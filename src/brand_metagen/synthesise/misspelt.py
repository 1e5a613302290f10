"""What names with slips in them take from the market: each widest pattern is run once for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from brand_metagen.grammar import admits
from brand_metagen.synthesise.corpus import Corpus
from brand_metagen.synthesise.judge import Candidate, Judge
from brand_metagen.synthesise.slips import slipped, slipped_bare
from brand_metagen.synthesise.spellings import reads_bare
from brand_metagen.synthesise.sweep import Sweep


@dataclass(frozen=True, slots=True)
class Slips:
    """Patterns of a name misspelt, widest first, and what the widest takes: narratives, and public
    names that do not hold this one."""

    candidates: list[Candidate]
    narratives: list[int]
    others: list[str]


@dataclass(frozen=True, slots=True)
class Misspelt:
    """Per brand the patterns of its whole name, and of its name without vowels where the first do
    not read that."""

    whole: Mapping[str, Slips]
    bare: Mapping[str, Slips]


def misspelt(judge: Judge, sweep: Sweep, bits: Mapping[str, float]) -> Misspelt:
    """The market's names with slips in them; `bits` as in `letter_bits`."""
    phrases = {b: phrase for b, phrase in judge.phrases.items() if phrase.letters}
    whole = _taken(judge, sweep, {b: slipped(phrase, bits) for b, phrase in phrases.items()})
    proposed = {}
    for brandid, phrase in phrases.items():
        known = whole.get(brandid)
        if known and not known.others and reads_bare(phrase, known.candidates[0]):
            continue
        bare = slipped_bare(phrase, bits)
        if bare:
            proposed[brandid] = [bare]
    return Misspelt(whole, _taken(judge, sweep, proposed))


def part_of(known: Misspelt, part: Corpus) -> Misspelt:
    """The same patterns and what they take of a part of the market."""

    def here(slips: Mapping[str, Slips]) -> dict[str, Slips]:
        return {
            brandid: replace(s, narratives=part.here(np.array(s.narratives, np.int32)).tolist())
            for brandid, s in slips.items()
        }

    return Misspelt(here(known.whole), here(known.bare))


def _taken(judge: Judge, sweep: Sweep, proposed: Mapping[str, list[Candidate]]) -> dict[str, Slips]:
    """What the widest of each brand's patterns takes."""
    printed = {b: found for b, found in proposed.items() if found and admits(found[0].closed)}
    sweep.learn(found[0].closed for found in printed.values())
    slips = {}
    for brandid, found in printed.items():
        narratives, names = sweep.of(found[0].closed)
        others = [i for i in names.tolist() if not judge.holds_name(i, brandid)]
        texts = [judge.public.texts[i] for i in others]
        slips[brandid] = Slips(found, judge.corpus.here(narratives).tolist(), texts)
    return slips
