"""Where another brand's longer name holds this one: shut the longer name out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from brand_metagen.synthesise.judge import CLOSED
from brand_metagen.synthesise.knowledge import Knowledge
from brand_metagen.synthesise.names import VOWELS

DISTINCT = 3
"""Consonants of the longer name beyond the shared letters that tell the two apart; vowels are often
dropped."""
CHANCE = 3
"""Narratives that hold both names, though neither name holds the other, before it is no chance."""
MOST = 12
"""Longer names that are shut out, those with most shared rows first; the rest is left to ties."""


def exclusion(knowledge: Knowledge, brandid: str, narratives: Iterable[int]) -> str | None:
    """A pattern for the longer names that stand in narratives this brand's rule takes, or None.

    A longer name that holds this one is shut out unless its rows are labelled to this brand more
    often; any other only if they are labelled to its own more often.
    """
    mine = knowledge.phrases[brandid]
    shared: dict[str, list[int]] = {other: [] for other in knowledge.longer.get(brandid, ())}
    for i, other in knowledge.owners.others(sorted(narratives), brandid):
        if len(knowledge.phrases[other].letters) > len(mine.letters):
            shared.setdefault(other, []).append(i)
    others = [o for o, rows in shared.items() if _belongs_to_other(knowledge, brandid, o, rows)]
    others.sort(key=lambda other: (-len(shared[other]), other))
    shut_out = {_distinct(knowledge, brandid, other) for other in others[:MOST]}
    return r"\b(?:" + "|".join(sorted(shut_out)) + ")" if shut_out else None


def _belongs_to_other(knowledge: Knowledge, brandid: str, other: str, rows: list[int]) -> bool:
    named_in = knowledge.phrases[brandid].letters in knowledge.phrases[other].letters
    if not named_in and len(rows) < CHANCE:
        return False
    said = Counter(
        name for i in rows for name in (brandid, other) if knowledge.judge.is_own(i, name)
    )
    return said[other] > said[brandid] or (named_in and said[other] == said[brandid])


def _distinct(knowledge: Knowledge, brandid: str, other: str) -> str:
    """The longer name, vowels dropped or not; cut soon after they part if it begins with this one.

    Never inside the first letters of a word: `HOUSE OF` must not shut out HOUSE OXFORD.
    """
    mine, theirs = knowledge.phrases[brandid], knowledge.phrases[other]
    if theirs.letters.startswith(mine.letters):
        told, inside = 0, 0
        for at in range(len(mine.letters), len(theirs.letters) - 1):
            consonant = theirs.letters[at] not in VOWELS
            told, inside = told + consonant, 1 if theirs.joints[at] else inside + consonant
            if told >= DISTINCT and inside >= DISTINCT - 1 and consonant:
                return theirs.pattern(at + 1, bare=True)
    return theirs.pattern(bare=True) + CLOSED
