"""A brand's rows as the split analysis reads them: the name, and what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from brand_metagen.evaluate.wallets import detect
from brand_metagen.synthesise.names import core_phrase

_WORD = re.compile(r"(?<![A-Z0-9'])[A-Z][A-Z']{2,29}(?![A-Z0-9'])")
"""Words that can tell: numbers, codes and shorter words are branches, banks and countries."""
_NEXT = re.compile(r"[ -]?([A-Z][A-Z']{2,29})(?![A-Z0-9'])")
SHORTEST_CUT = 4
"""Letters of a word cut off by the end of a narrative that still stand for it."""


@dataclass(frozen=True, slots=True)
class SplitRow:
    """One row labelled to the brand; `narrative` is normalised."""

    ccid: str
    bankid: str
    mid: str
    mccid: str
    narrative: str

    @property
    def key(self) -> tuple[str, str]:
        return self.ccid, self.bankid


@dataclass(frozen=True, slots=True)
class Around:
    """What the rest of the market and the world know.

    `together` holds pairs of codes (in order) that one kind of shop carries side by side; `spread`
    are words that stand beside the names of several other brands (places, what banks print);
    `kinds` says of a word which kind of shop it names, where it names one; `sectors` maps a code to
    its sector.
    """

    together: frozenset[tuple[str, str]] = frozenset()
    spread: frozenset[str] = frozenset()
    kinds: Mapping[str, str] = field(default_factory=dict)
    sectors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """A row read: `named` = the name stands there; `follows` is the word right behind it (what
    stands before a name is mostly the bank's).

    `glued` is what follows the name without a blank, `cut` the last word where the narrative ends
    with it. A merchant is a merchant id, or the narrative where there is none.
    """

    row: SplitRow
    named: bool
    words: tuple[str, ...] = ()
    follows: str = ""
    glued: str = ""
    cut: str = ""

    @property
    def merchant(self) -> str:
        return self.row.mid or self.row.narrative

    def telling(self, words: Iterable[str]) -> set[str]:
        """Which of some words stand here, whole, glued to the name or cut off at the end."""
        words = set(words)
        found = words & set(self.words)
        if self.glued in words:
            found.add(self.glued)
        if len(self.cut) >= SHORTEST_CUT and not found:
            whole = {word for word in words if word.startswith(self.cut)}
            found |= whole if len(whole) == 1 else set()
        return found


def read_rows(name: str, rows: Sequence[SplitRow]) -> list[Reading]:
    """Every row with the words around the name, in order."""
    phrase = core_phrase(name)
    if not phrase.letters:
        return [Reading(row, named=False) for row in rows]
    pattern = re.compile(f"(?<![A-Z0-9]){phrase.pattern()}")
    own = set(phrase.words())
    return [_read(row, pattern, own) for row in rows]


def _read(row: SplitRow, pattern: re.Pattern[str], own: set[str]) -> Reading:
    text = _merchant_part(row.narrative)
    found = pattern.search(text)
    if found is None:
        return Reading(row, named=False)
    before, after = text[: found.start()], text[found.end() :]
    glued = re.match(r"[A-Z']*", after)
    assert glued is not None  # it matches nothing as well
    follows = None if glued.group() else _NEXT.match(after)
    after = after[glued.end() :]
    words = (*_WORD.findall(before), *_WORD.findall(after))
    last = re.search(r"(?<![A-Z0-9'])[A-Z']+$", after)
    return Reading(
        row,
        named=True,
        words=tuple(word for word in words if word not in own),
        follows=follows.group(1) if follows and follows.group(1) not in own else "",
        glued=glued.group(),
        cut=last.group() if last else "",
    )


def _merchant_part(narrative: str) -> str:
    """The narrative without the wallet, known or not, that stands before a `*`."""
    hit = detect(narrative)
    return narrative[hit.prefix_length if hit else 0 :].rpartition("*")[2]
