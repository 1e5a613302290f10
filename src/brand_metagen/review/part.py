"""A part of a sentence: a cue, a thing, or words that may be one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.review.cues import Cue
from brand_metagen.review.remark_text import Token
from brand_metagen.review.things import Thing


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence: what it means, and what it may name.

    `words` are set for a run of words that may name rows; `own` where they are the brand's name
    and nothing else; `begins_own` where they begin with it; `other` is the id of another brand.
    """

    start: int
    end: int
    means: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    things: tuple[Thing, ...] = ()
    said: tuple[str, ...] = ()
    loud: bool = False
    own: bool = False
    begins_own: bool = False
    other: str = ""
    sign: str = ""
    phrase: str = ""

    @property
    def is_run(self) -> bool:
        return bool(self.said)


def cue_part(tokens: Sequence[Token], at: int, cue: Cue) -> Part:
    """The part that a cue is."""
    found = tokens[at : at + cue.length]
    phrase = " ".join(t.word for t in found)
    return Part(found[0].start, found[-1].end, cue.meanings, cue.verb_forms, phrase=phrase)
