"""Words that banks and web shops glue to a name (STARBUCKSLTD), read off the whole market.

A name must end where it ends, or it takes other names (STARBUCKSON). Which words are nevertheless
glued to names shows in the labels of many brands at once: after LTD they agree, after SON they do
not. A brand that shows one of them once may have it glued from then on.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from brand_metagen.synthesise.judge import Judge, search_of
from brand_metagen.synthesise.names import Phrase
from brand_metagen.synthesise.spellings import full_name

TAIL = 3
"""Letters by which a tail is known: the end of a narrative may cut the rest."""
TAIL_BRANDS = 3
"""Brands whose own rows show a tail before it is believed."""
TAIL_SHARE = 0.7
"""Share of own narratives among own and unlabelled ones: the usual share without label is less."""
LEAST_LETTERS = 4

_WORD = re.compile("[A-Z]{2,}")


def glued_tails(judge: Judge, full_hits: Mapping[str, Sequence[int]]) -> dict[str, tuple[str, ...]]:
    """Per brand the tails its own rows show; `full_hits` are narratives that need none."""
    own: dict[str, Counter[str]] = defaultdict(Counter)
    unlabelled: Counter[str] = Counter()
    for brandid, phrase in judge.phrases.items():
        if len(phrase.letters) >= LEAST_LETTERS:
            for i, tail in _glued(judge, phrase, set(full_hits[brandid])):
                if judge.is_own(i, brandid):
                    own[brandid][tail] += 1
                elif judge.corpus.labels[i] == "":
                    unlabelled[tail] += 1
    brands = Counter(tail for seen in own.values() for tail in seen)
    rows = sum(own.values(), Counter[str]())
    usual = {
        tail
        for tail, count in brands.items()
        if count >= TAIL_BRANDS and rows[tail] >= TAIL_SHARE * (rows[tail] + unlabelled[tail])
    }
    found = {brandid: tuple(sorted(usual.intersection(seen))) for brandid, seen in own.items()}
    return {brandid: tails for brandid, tails in found.items() if tails}


def _glued(judge: Judge, phrase: Phrase, known: set[int]) -> list[tuple[int, str]]:
    """Narratives in which letters are glued to the name, and the first of these letters."""
    name = full_name(phrase)
    found = search_of(rf"\b{name.pattern}")
    corpus, glued = judge.corpus, []
    for i in corpus.containing(name.key):
        match = None if i in known else found(corpus.texts[i])
        word = match and _WORD.match(corpus.texts[i], match.end())
        if word:
            glued.append((i, word.group()[:TAIL]))
    return glued
