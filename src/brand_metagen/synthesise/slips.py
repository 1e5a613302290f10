"""Names misspelt in ways nobody has shown yet: one short pattern for many slips, if it still tells.

Typists and acquirers swap letters (GORDAMNS, ECON OLODGE), leave out vowels, cut words, and do two
of these at once. A pattern for every such spelling would fill a page; so many letters of each word,
in any order, fit in a few characters and hardly ever spell anything else where the name is long.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from brand_metagen.synthesise.judge import Candidate
from brand_metagen.synthesise.names import AMPERSAND, APOSTROPHE, VOWELS, Phrase

LEAST_WORD = 4
"""Letters of the longest word: nobody swaps two in a shorter one unseen."""
CUT_WORD = 4
"""Letters that words are cut to, at the least."""
CUT_LAST = 2
"""Letters that may be left of the last word where a name is cut."""
CUT_NAME = 2 / 3
"""Share of a name of one word that a cut leaves."""
MOST_WORDS = 3
"""Words of a name that is cut."""


@dataclass(frozen=True, slots=True)
class Slip:
    """How much of each word may be missing, and the bits the pattern must then tell.

    A pattern of so many bits takes one random text of its length in 2 to the power of these.
    """

    kind: str
    bits: float


CUT_BARE = Slip("slips, cut without vowels", 18.0)
CUT = Slip("slips, cut", 18.0)
WORDS_CUT = Slip("slips, words cut", 16.0)
VOWELS_LOST = Slip("slips, vowels lost", 16.0)
LETTER_LOST = Slip("slips, a letter lost", 16.0)
SWAPPED = Slip("letters swapped", 11.0)
SLIPS = (CUT_BARE, CUT, WORDS_CUT, VOWELS_LOST, LETTER_LOST, SWAPPED)
"""From the widest to the narrowest; each takes all that the next one takes."""


@dataclass(slots=True)
class _Word:
    """Letters with the joint before them; `suffix` is one letter behind an apostrophe."""

    joint: str
    letters: str
    suffix: str = ""


def slipped(
    phrase: Phrase, bits: Mapping[str, float], slips: Sequence[Slip] = SLIPS
) -> list[Candidate]:
    """Patterns of the name with slips in it, widest first; those that tell too little left out.

    `bits` tells how surprising each letter is.

    >>> from brand_metagen.synthesise.names import phrase_of
    >>> even = dict.fromkeys("FOXTAILS", 6.0)
    >>> [c.pattern for c in slipped(phrase_of("Foxtails"), even)]
    ['F[AILOSTX]{4,7}', 'F[AILOSTX]{6,7}', 'F[AILOSTX]{7}']
    """
    words = _words(phrase)
    if all(len(word.letters) < LEAST_WORD for word in words):
        return []
    found: dict[str, Candidate] = {}
    for slip in slips:
        used = words[:MOST_WORDS] if slip in (CUT_BARE, CUT) else words
        parts = [_part(used, at, slip, bits) for at in range(len(used))]
        pattern = "".join(part for part, _ in parts)
        if sum(told for _, told in parts) >= slip.bits:
            found.setdefault(pattern, Candidate(pattern, "", slip.kind))
    return list(found.values())


def slipped_bare(phrase: Phrase, bits: Mapping[str, float]) -> Candidate | None:
    """The name without vowels and with letters swapped; None if it tells too little.

    >>> from brand_metagen.synthesise.names import phrase_of
    >>> slipped_bare(phrase_of("Marlowe"), dict.fromkeys("MRLW", 6.0)).pattern
    'M[LRW]{3}E?'
    """
    words, told = _words(phrase), 0.0
    if len(words) > MOST_BARE:
        return None
    bare = [replace(word, letters=_bare(word.letters)) for word in words]
    pattern = ""
    for at, word in enumerate(words):
        part, bits_told = _part(bare, at, SWAPPED, bits)
        last = word.letters[-1]
        pattern += part + (f"{last}?" if last in VOWELS and len(word.letters) > 1 else "")
        told += bits_told
    if told < SWAPPED_BARE or sum(len(word.letters) for word in bare) < LEAST_WORD:
        return None
    return Candidate(pattern, "", "vowels dropped, letters swapped")


def _words(phrase: Phrase) -> list[_Word]:
    words: list[_Word] = []
    for joint, letter in zip(phrase.joints, phrase.letters, strict=True):
        if not words or joint:
            words.append(_Word(joint, letter))
        else:
            words[-1].letters += letter
    kept: list[_Word] = []
    for word in words:
        if word.joint == APOSTROPHE and len(word.letters) == 1 and kept:
            kept[-1].suffix = word.letters
        else:
            kept.append(word)
    return kept


def _part(words: list[_Word], at: int, slip: Slip, bits: Mapping[str, float]) -> tuple[str, float]:
    """The pattern of one word, with what stands before it, and the bits it tells."""
    word = words[at]
    least, most = _kept(word.letters, slip, at == len(words) - 1, len(words) == 1)
    letters = set(word.letters)
    start, told = word.joint, 0.0
    if at == 0 or word.joint == AMPERSAND:
        first, letters = word.letters[0], set(word.letters[1:])
        start, told, least, most = start + first, bits[first], least - 1, most - 1
    if at and word.joint not in (AMPERSAND, APOSTROPHE):
        before = words[at - 1]
        letters.add(before.suffix or before.letters[-1])
    if at + 1 < len(words) and words[at + 1].joint not in (AMPERSAND, APOSTROPHE):
        letters.add(words[at + 1].letters[0])
    if letters and most:
        share = sum(2.0 ** -bits[letter] for letter in sorted(letters))
        told -= least * math.log2(share)
        start += _some(letters, least, most)
    suffix = f"[ ']?{word.suffix}" + ("" if slip is SWAPPED else "?") if word.suffix else ""
    return start + suffix, told


def _kept(word: str, slip: Slip, last: bool, alone: bool) -> tuple[int, int]:
    """How many letters of a word are there at the least and at the most."""
    size = len(word)
    if slip is SWAPPED:
        return size, size
    # A letter more is a moved blank or a doubled letter; an S more makes another name.
    most = size if last and "S" in word else size + 1
    if size < LEAST_WORD:
        return size, size if alone else most
    bare, cut = len(_bare(word)), CUT_WORD
    if alone:
        cut = max(CUT_WORD, math.ceil(CUT_NAME * size)) if slip in (CUT_BARE, CUT) else size - 1
    least = {
        CUT_BARE: len(_bare(word[:cut])),
        CUT: min(bare, cut),
        WORDS_CUT: min(bare, cut),
        VOWELS_LOST: min(bare, size - 1),
        LETTER_LOST: size - 1,
    }[slip]
    if slip in (CUT_BARE, CUT) and last and not alone:
        least = min(least, CUT_LAST)
    return least, most


def _bare(word: str) -> str:
    """A word without the vowels behind its first letter."""
    return word[0] + "".join(letter for letter in word[1:] if letter not in VOWELS)


def _some(letters: set[str], least: int, most: int) -> str:
    """So many of these letters."""
    distinct = "".join(sorted(letters))
    times = f"{{{least}}}" if least == most else f"{{{least},{most}}}"
    return f"[{distinct}]" + ("" if least == most == 1 else times)


SWAPPED_BARE = 14.0
MOST_BARE = 1
MOST_SWAPS = 9
"""Letters of the longest name whose swaps are spelled out."""
SWAP_BITS = 14.0
SPELLED_OUT = "two letters swapped"


def swaps(phrase: Phrase, bits: Mapping[str, float]) -> Iterator[Candidate]:
    """Every pair of neighbours swapped behind the first letter, one by one, of short names.

    >>> from brand_metagen.synthesise.names import phrase_of
    >>> [c.pattern for c in swaps(phrase_of("Cargo"), dict.fromkeys("CARGO", 5.0))]
    ['CRAGO', 'CAGRO', 'CAROG']
    """
    letters = phrase.letters
    if len(letters) > MOST_SWAPS or sum(bits[letter] for letter in letters) < SWAP_BITS:
        return
    for at in range(1, len(letters) - 1):
        one, other = letters[at], letters[at + 1]
        if one == other or not (one + other).isalpha():
            continue
        swapped = letters[:at] + other + one + letters[at + 2 :]
        pattern = Phrase(swapped, phrase.joints).pattern()
        yield Candidate(pattern, swapped, SPELLED_OUT, tails=phrase.tails)


def letter_bits(texts: Iterable[str]) -> dict[str, float]:
    """How surprising each letter or digit is in these texts; one unseen as if it were seen once."""
    counts = Counter("".join(texts))
    total = sum(counts.values()) + 36
    return {c: -math.log2((counts[c] + 1) / total) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"}
