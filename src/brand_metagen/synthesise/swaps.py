"""Names with two neighbours swapped: one short pattern for all of them, if it still says enough.

Typists and acquirers swap letters (GORDAMNS, ECON OLODGE). A pattern for every swap would fill a
page; the letters of a word in any order fit in a few characters and hardly ever spell anything
else where the name is long.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from brand_metagen.synthesise.judge import Candidate
from brand_metagen.synthesise.names import AMPERSAND, APOSTROPHE, Phrase

TELLING_BITS = 11.0
"""Bits a pattern must tell: it takes one random text of its length in 2 to the power of these."""
LEAST_WORD = 4
"""Letters of the longest word: nobody swaps two in a shorter one unseen."""
MOST_MOVED = 2
"""Words of a name up to which a blank may have moved: with more the pattern would be too long."""
KIND = "letters swapped"


def swapped(phrase: Phrase, bits: Mapping[str, float]) -> Candidate | None:
    """The name with the letters of each word, after its first, in any order; None if too weak.

    `bits` tells how surprising each letter is. In names of two words the blank may have moved by
    one letter, too.

    >>> from brand_metagen.synthesise.names import phrase_of
    >>> swapped(phrase_of("Foxtail"), dict.fromkeys("FOXTAIL", 4.0)).pattern
    'F[AILOTX]{6}'
    >>> swapped(phrase_of("Star Fish"), dict.fromkeys("STARFISH", 4.0)).pattern
    'S[ART]{2} ?[AR] ?F ?[HIS]{3}'
    """
    blocks = _blocks(phrase)
    if all(len(block) < LEAST_WORD for _, block in blocks):
        return None
    moved = len(blocks) <= MOST_MOVED
    words = [_word(blocks, at, moved) for at in range(len(blocks))]
    told = sum(_told(first, bits) + (len(rest)) * _told(rest, bits) for first, rest, _ in words)
    if told < TELLING_BITS:
        return None
    pattern = "".join(pattern for _, _, pattern in words)
    return Candidate(
        pattern, max((block for _, block in blocks), key=len), KIND, tails=phrase.tails
    )


def _word(blocks: list[tuple[str, str]], at: int, moved: bool) -> tuple[str, str, str]:
    """What a word begins with, the letters in any order, and both as a pattern."""
    joint, block = blocks[at]
    if joint == AMPERSAND:
        return block[0], block[1:], joint + block[0] + _some(block[1:], len(block) - 1)
    if not moved and at:
        return "", block, " ?" + _some(block, len(block))
    start = (" ?" if at else "") + block[0]
    if len(block) == 1:
        return block, "", start
    if at + 1 < len(blocks) and moved and blocks[at + 1][0] != AMPERSAND:
        # A blank that moved back stands before the last letter.
        last = " ?" + _some(block[1:][-2:], 1)
        return block[0], block[1:], start + _some(block[1:], len(block) - 2) + last
    forward = " ?" if at else ""
    return block[0], block[1:], start + forward + _some(block[1:], len(block) - 1)


def _some(letters: str, count: int) -> str:
    """So many of these letters."""
    distinct = "".join(sorted(set(letters)))
    if len(distinct) == 1:
        return distinct * count
    return f"[{distinct}]" + (f"{{{count}}}" if count > 1 else "") if count else ""


def _told(letters: str, bits: Mapping[str, float]) -> float:
    """Bits that one letter tells by being one of these."""
    share = sum(2.0 ** -bits[letter] for letter in sorted(set(letters)))
    return -math.log2(share) if share else 0.0


def _blocks(phrase: Phrase) -> list[tuple[str, str]]:
    """Words with the joint before each; an apostrophe parts no word."""
    blocks: list[tuple[str, str]] = []
    for joint, letter in zip(phrase.joints, phrase.letters, strict=True):
        if not blocks or joint not in ("", APOSTROPHE):
            blocks.append((joint, letter))
        else:
            blocks[-1] = (blocks[-1][0], blocks[-1][1] + letter)
    return blocks


def letter_bits(texts: Iterable[str]) -> dict[str, float]:
    """How surprising each letter or digit is in these texts; one unseen as if it were seen once."""
    counts = Counter("".join(texts))
    total = sum(counts.values()) + 36
    return {c: -math.log2((counts[c] + 1) / total) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"}
