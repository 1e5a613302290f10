"""Where another brand's longer name holds this one: shut the longer name out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from brand_metagen.synthesise.knowledge import Knowledge

DISTINCT_LETTERS = 3
"""Letters of the longer name beyond the shared ones that tell the two apart."""


def exclusion(knowledge: Knowledge, brandid: str, narratives: Iterable[int]) -> str | None:
    """A pattern for the longer names that stand in narratives this brand's rule takes, or None.

    A longer name is shut out when its rows are labelled to its brand more often than to this one.
    """
    mine = knowledge.phrases[brandid]
    shared: dict[str, list[int]] = {}
    for i in sorted(narratives):
        for other in knowledge.owners.get(i, ()):
            if other != brandid and len(knowledge.phrases[other].letters) > len(mine.letters):
                shared.setdefault(other, []).append(i)
    shut_out = [
        _distinct(knowledge, brandid, other)
        for other, rows in sorted(shared.items())
        if _belongs_to_other(knowledge, brandid, other, rows)
    ]
    if not shut_out:
        return None
    return r"\b(?:" + "|".join(dict.fromkeys(shut_out)) + ")"


def _belongs_to_other(knowledge: Knowledge, brandid: str, other: str, rows: list[int]) -> bool:
    said = Counter(
        name for i in rows for name in (brandid, other) if knowledge.judge.is_own(i, name)
    )
    return said[other] > said[brandid]


def _distinct(knowledge: Knowledge, brandid: str, other: str) -> str:
    """The longer name, cut soon after it parts from the shorter one where it begins with it."""
    mine, theirs = knowledge.phrases[brandid], knowledge.phrases[other]
    if theirs.letters.startswith(mine.letters):
        return theirs.pattern(min(len(theirs.letters), len(mine.letters) + DISTINCT_LETTERS))
    return theirs.pattern()
