"""Candidates from a brand's name: the name itself, its shortest safe head, and its shortenings."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from brand_metagen.synthesise.judge import Candidate, Judge
from brand_metagen.synthesise.names import VOWELS, Phrase, cut_words, phrase_of, skeleton

MIN_SEARCHED = 4
"""Letters a head must hold in one run; shorter ones are not looked for."""
PLURAL = 6
"""Letters from which a name may lose its last S where nothing conflicts (PEACOCK STORES). None
gains one: what reads so is mostly somebody else's."""
SHORT = 4
"""Consonants from which a name without vowels needs no row of its own to be believed."""


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


def head(phrase: Phrase, length: int, bare: bool = False) -> Candidate:
    """The first letters, then only letters of the rest of the name: a name cut or misprinted late.

    >>> head(phrase_of("Texas Roadhouse"), 10).pattern
    'TEXAS[ -]?ROADH[EOSU]{0,4}'
    """
    start = phrase.first(length)
    rest = phrase.letters[length:]
    letters = "".join(sorted(set(rest)))
    tail = letters if len(letters) == 1 else f"[{letters}]"
    times = "?" if len(rest) == 1 else f"{{0,{min(len(rest), 40)}}}"
    if len(letters) == 1 and len(rest) > 1:
        tail = f"[{letters}]"
    kind = "head of the name, vowels dropped or not" if bare else "head of the name"
    pattern = _glued_the(phrase) + start.pattern(bare=bare) + tail + times
    return Candidate(pattern, _key(start, bare), kind, bare=bare, tails=phrase.tails)


def shortest_head(judge: Judge, brandid: str, full_hits: list[int]) -> int | None:
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
        if not judge.tolerates(judge.tally(brandid, added)):
            break
        if judge.public_conflicts(brandid, candidate):
            break
        uncovered += sum(judge.is_own(i, brandid) for i in fresh)
        evidence = sum(judge.is_own(i, brandid) for i in added) >= 2 and uncovered > 0
        plural = length == size - 1 >= PLURAL and phrase.letters[-1] == "S"
        if length >= floor or evidence or plural:
            best, uncovered = length, 0
    return best


def shortenings(phrase: Phrase, name: Candidate) -> Iterator[tuple[Candidate, int]]:
    """Shorter spellings, each with the rows of its own it must show before it is believed.

    Long forms need none (they must only conflict with nothing); initials always need two. What
    the candidate for the `name` takes already is left out.
    """
    if not name.bare:
        yield from _skeletons(phrase)
    words = phrase.words()
    if len(words) < 2:
        return
    cut = cut_words(phrase, 4)
    told = len(cut.letters) >= 6 and len(cut.fixed_run()) >= 4
    if told and not re.fullmatch(name.pattern, " ".join(cut.words())):
        kind = "words cut to four letters"
        yield Candidate(cut.pattern(), cut.fixed_run(), kind, tails=phrase.tails), 0
    initials = [word[0] for word in words]
    spellings = (
        " ".join(initials[:-1]) + " " + words[-1],
        "".join(initials[:-1]) + " " + words[-1],
        "".join(initials),
        " ".join(initials),
    )
    for spelling in dict.fromkeys(spellings):
        short = phrase_of(spelling)
        yield Candidate(short.pattern(), short.letters, "initials", tails=phrase.tails), 2


def _skeletons(phrase: Phrase) -> Iterator[tuple[Candidate, int]]:
    pattern, key = skeleton(phrase)
    letters = len(key)
    if pattern in (phrase.pattern(), phrase.pattern() + "?") or letters < 3:
        return
    needed = 0 if letters >= SHORT else 2
    yield Candidate(pattern, key, "vowels dropped", tails=phrase.tails), needed
