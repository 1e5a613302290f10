"""Names with a letter wrong, whichever: exchanged, left out or put in, where a market has such.

No list of slips foresees which letter a typist hits instead. The name is divided into windows; one
of them may hold any letters, as long as what remains still tells the name. Whether the rows of a
market are so misspelt is asked of many brands at once: in most markets such a pattern would only
take what is somebody else's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise

from brand_metagen.synthesise.judge import Candidate, Judge, Tally
from brand_metagen.synthesise.misspelt import Slips
from brand_metagen.synthesise.names import AMPERSAND, Phrase
from brand_metagen.synthesise.spellings import full_name, head

KIND = "a letter wrong"
LETTER = "[A-Z]"
BITS = 18.0
"""What the letters outside a window must tell: 16 and 22 take as many rows, and more of others."""
MOST_WINDOWS = 5
POLLED = 200
"""Brands that are asked whether their names are so misspelt."""
OWN_SHARE = 0.6
"""Share of own rows among what such patterns take: 0.76 where two slips in five are of any letter,
0.41 where none is; one own row in six is not labelled so."""
WORTH = 0.01
"""Share of the brands' own rows they must regain: rules grow longer by half."""


def typos(phrase: Phrase, bits: Mapping[str, float]) -> list[Candidate]:
    """One pattern per window, as few as tell the name; none where it tells too little.

    >>> from brand_metagen.synthesise.names import phrase_of
    >>> even = dict.fromkeys("FOXTAILS", 5.0)
    >>> [c.pattern for c in typos(phrase_of("Foxtails"), even)]
    ['F[A-Z]{2,4}AILS', 'FOXT[A-Z]{3,5}']
    """
    size = len(phrase.letters)
    told = list(accumulate((bits[letter] for letter in phrase.letters), initial=0.0))

    def least(cuts: Sequence[int]) -> float:
        return min(told[-1] - told[b] + told[a] for a, b in pairwise(cuts))

    for count in range(2, min(MOST_WINDOWS, size - 1) + 1):
        even = [1 + round(n * (size - 1) / count) for n in range(count + 1)]
        ways = [[1, cut, size] for cut in range(2, size)] if count == 2 else [even]
        cuts = max(ways, key=least)
        if least(cuts) >= BITS:
            found = [_window(phrase, a, b) for a, b in pairwise(cuts)]
            return [candidate for candidate in found if candidate]
    return []


def _window(phrase: Phrase, start: int, end: int) -> Candidate | None:
    """The name with any letters from one place to another; None where `&` may stand there."""
    if AMPERSAND in phrase.joints[start:end]:
        return None
    inside = sum(map(bool, phrase.joints[start + 1 : end]))
    least, most = max(0, end - start - 1), end - start + 1 + inside
    any_letters = f"{LETTER}{{{least},{most}}}"
    if inside:
        # Blanks may stand between them, not behind the last.
        any_letters = f"[A-Z -]{{{max(0, least - 1)},{most - 1}}}{LETTER}"
    before = phrase.first(start).pattern() + phrase.joints[start]
    behind = phrase.pattern()[len(phrase.pattern(end)) :]
    key = max(_fixed(phrase, 0, start), _fixed(phrase, end, len(phrase.letters)), key=len)
    return Candidate(before + any_letters + behind, key, KIND, tails=phrase.tails)


def _fixed(phrase: Phrase, start: int, end: int) -> str:
    """The longest run of letters between two places that nothing may part."""
    part = Phrase(phrase.letters[start:end], phrase.joints[start:end])
    return part.fixed_run()


def has_typos(
    judge: Judge,
    full_hits: Mapping[str, Sequence[int]],
    slips: Mapping[str, Slips],
    bits: Mapping[str, float],
) -> bool:
    """Whether the market's names are misspelt in ways that `slips` do not read.

    Some brands together must regain a share of their rows, and mostly their own.
    """
    tallies: list[Tally] = []
    named = sorted(brandid for brandid, phrase in judge.phrases.items() if phrase.letters)
    for brandid in named[:POLLED]:
        phrase = judge.phrases[brandid]
        floor = judge.settings.head_floor
        longer = [full_name(phrase, bare=True), head(phrase, min(floor, len(phrase.letters) - 1))]
        known = {*full_hits[brandid], *(i for c in longer for i in judge.hits(c))}
        known.update(slips[brandid].narratives if brandid in slips else ())
        for candidate in typos(phrase, bits):
            if not judge.public_conflicts(brandid, candidate):
                fresh = judge.hits(candidate, besides=known)
                tally = judge.tally(brandid, fresh)
                if judge.tolerates(tally):
                    tallies.append(tally)
                    known.update(fresh)
    own, size = sum(t.own for t in tallies), sum(t.size for t in tallies)
    rows = sum(len(judge.corpus.own.get(brandid, ())) for brandid in named[:POLLED])
    return own >= WORTH * rows and own >= OWN_SHARE * size and own > 0
