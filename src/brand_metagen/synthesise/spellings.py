"""Candidates from a brand's name: the name itself, its shortest safe head, and its shortenings."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from brand_metagen.synthesise.judge import Candidate, Judge, Tally
from brand_metagen.synthesise.names import VOWELS, Phrase, cut_words, phrase_of, skeleton

MIN_SEARCHED = 4
"""Letters a head must hold in one run; shorter ones are not looked for."""
PLURAL = 6
"""Letters from which a name may lose its last S where nothing conflicts (PEACOCK STORES). None
gains one: what reads so is mostly somebody else's."""
SHORTEST_RUN = 2
"""Letters in a row by which a name without vowels is looked for."""
WORDS_CUT = "words cut to four letters"
SHORT = 4
"""Consonants from which a name without vowels needs no row of its own to be believed."""


REMEMBERED = 1_024
"""Spellings that are not made again: every fold asks for those of a brand in turn."""
POLLED = 500
"""Brands that are asked how short heads may be."""
LEAST_OWN, POLLED_SHARE = 5, 0.72
"""Rows of their own they must show, and share of what they take: 0.85 are right then, as one right
row in six is not labelled so."""


def full_name(phrase: Phrase, bare: bool = False) -> Candidate:
    """The whole name with flexible joints; `bare` lets vowels be missing."""
    kind = "full name, vowels dropped or not" if bare else "full name"
    pattern = _glued_the(phrase) + phrase.pattern(bare=bare)
    return Candidate(pattern, _key(phrase, bare), kind, bare=bare, tails=phrase.tails)


def _glued_the(phrase: Phrase) -> str:
    return "(?:THE)?" if phrase.the else ""


def _key(phrase: Phrase, bare: bool) -> str:
    run = phrase.fixed_run()
    return "".join(letter for letter in run if letter not in VOWELS) if bare else run


@lru_cache(maxsize=REMEMBERED)
def head(phrase: Phrase, length: int, bare: bool = False, loose: bool = False) -> Candidate:
    """The first letters, then only letters of the rest of the name: a name cut or misprinted late.

    `loose` takes any letters there, one more than the name has.

    >>> head(phrase_of("Texas Roadhouse"), 10).pattern
    'TEXAS[ -]?ROADH[EOSU]{0,4}'
    >>> head(phrase_of("Texas Roadhouse"), 10, loose=True).pattern
    'TEXAS[ -]?ROADH[A-Z]{0,5}'
    """
    start = phrase.first(length)
    rest = phrase.letters[length:]
    letters = "".join(sorted(set(rest)))
    tail = letters if len(letters) == 1 else f"[{letters}]"
    times = "?" if len(rest) == 1 else f"{{0,{min(len(rest), 40)}}}"
    if len(letters) == 1 and len(rest) > 1:
        tail = f"[{letters}]"
    if loose:
        tail, times = "[A-Z]", f"{{0,{min(len(rest) + 1, 40)}}}"
    kind = "head of the name, vowels dropped or not" if bare else "head of the name"
    pattern = _glued_the(phrase) + start.pattern(bare=bare) + tail + times
    return Candidate(pattern, _key(start, bare), kind, bare=bare, tails=phrase.tails)


def shortest_head(judge: Judge, brandid: str, full_hits: Sequence[int]) -> int | None:
    """The letters of the shortest head that is safe.

    Walk back from the full name until a conflict shows; None where the name cannot be cut.

    Down to a floor the head needs no evidence, only the absence of conflicts; below it, two rows
    of the brand's own that nothing longer takes.
    """
    phrase, settings = judge.phrases[brandid], judge.settings
    size = len(phrase.letters)
    floor = min(max(settings.head_floor, math.ceil(settings.head_share * size)), settings.head_cap)
    taken, added = set(full_hits), []
    best: int | None = None
    uncovered = 0
    for length in range(size - 1, settings.head_evidence_floor - 1, -1):
        candidate = head(phrase, length)
        if len(candidate.key) < MIN_SEARCHED:
            break
        # A shorter head takes all that a longer one does, so only the rest is looked at.
        fresh = judge.hits(candidate, besides=taken)
        taken.update(fresh)
        added += fresh
        uncovered += sum(judge.is_own(i, brandid) for i in fresh)
        tally = judge.tally(brandid, added)
        if judge.public_conflicts(brandid, candidate):
            break
        if not judge.tolerates(tally):
            # Two rows without a label may be chance; rows of rivals only become more.
            if judge.rivals(tally):
                break
            continue
        evidence = sum(judge.is_own(i, brandid) for i in added) >= 2 and uncovered > 0
        plural = length == size - 1 >= PLURAL and phrase.letters[-1] == "S"
        if length >= floor or evidence or plural:
            best, uncovered = length, 0
    return best


@lru_cache(maxsize=REMEMBERED)
def reads_bare(phrase: Phrase, candidate: Candidate | None) -> bool:
    """Whether a candidate reads the name without its vowels."""
    if candidate is None:
        return False
    return re.fullmatch(candidate.pattern, " ".join(bare_words(phrase))) is not None


def bare_words(phrase: Phrase) -> list[str]:
    """The words without their inner vowels.

    >>> bare_words(phrase_of("Aspen Grille"))
    ['ASPN', 'GRLL']
    """
    return [w[0] + "".join(c for c in w[1:] if c not in VOWELS) for w in phrase.words()]


def usual_floor(judge: Judge, full_hits: Mapping[str, Sequence[int]]) -> int:
    """The letters a cut name keeps at least: fewer than usual where the market bears it out.

    What names cut so far take beyond longer heads must mostly be their own, over some brands
    together: banks that cut the names of merchants also cut those of look-alikes.
    """
    usual, low = judge.settings.head_floor, judge.settings.head_evidence_floor
    names = {b: p for b, p in judge.phrases.items() if len(p.letters) > usual}
    tallies: list[Tally] = []
    for brandid in sorted(names)[:POLLED]:
        longer, shorter = head(names[brandid], usual), head(names[brandid], low)
        if len(shorter.key) < MIN_SEARCHED or judge.public_conflicts(brandid, shorter):
            continue
        known = {*full_hits[brandid], *judge.hits(longer)}
        tally = judge.tally(brandid, judge.hits(shorter, besides=known))
        if judge.tolerates(tally):
            tallies.append(tally)
    own, size = sum(t.own for t in tallies), sum(t.size for t in tallies)
    return low if own >= LEAST_OWN and own >= POLLED_SHARE * size else usual


def shortenings(phrase: Phrase, known: Sequence[Candidate]) -> Iterator[tuple[Candidate, int]]:
    """Shorter spellings, each with the rows of its own it must show before it is believed.

    Long forms need none (they must only conflict with nothing), initials before the last word one,
    nothing but initials two. What the candidates `known` read already is left out.
    """
    if not known[0].bare and not any(reads_bare(phrase, c) for c in known):
        yield from _skeletons(phrase)
    words = phrase.words()
    if len(words) < 2:
        return
    cut = cut_words(phrase, 4)
    told = len(cut.letters) >= 6 and len(cut.fixed_run()) >= 4
    if told and not any(re.fullmatch(c.pattern, " ".join(cut.words())) for c in known):
        yield Candidate(cut.pattern(), cut.fixed_run(), WORDS_CUT, tails=phrase.tails), 0
    initials = [word[0] for word in words]
    named = (" ".join(initials[:-1]) + " " + words[-1], "".join(initials[:-1]) + " " + words[-1])
    for spelling in dict.fromkeys(named):
        yield _initials(spelling, phrase), 1
    for spelling in dict.fromkeys(("".join(initials), " ".join(initials))):
        yield _initials(spelling, phrase), 2


def other_names(
    phrases: Sequence[Phrase], known: Sequence[Candidate]
) -> Iterator[tuple[Candidate, int]]:
    """What else the brand is called, as `shortenings`; each must show one row."""
    for phrase in phrases:
        candidate = replace(full_name(phrase), kind="another name")
        words = " ".join(phrase.words())
        if not any(re.search(c.closed, words) for c in known):
            yield candidate, 1


def _initials(spelling: str, phrase: Phrase) -> Candidate:
    short = phrase_of(spelling)
    return Candidate(short.pattern(), short.letters, "initials", tails=phrase.tails)


def _skeletons(phrase: Phrase) -> Iterator[tuple[Candidate, int]]:
    pattern, key = skeleton(phrase)
    if pattern in (phrase.pattern(), phrase.pattern() + "?") or len(key) < SHORTEST_RUN:
        return
    kept = sum(len(word) for word in bare_words(phrase))
    needed = 0 if kept >= SHORT else 2
    yield Candidate(pattern, key, "vowels dropped", tails=phrase.tails), needed
