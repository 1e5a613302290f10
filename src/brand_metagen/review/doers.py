"""Who does what a clause says, and of what kind it says something to be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from brand_metagen.review.clause import ARTICLES, NEAR, SHORT, Clause
from brand_metagen.review.part import Part
from brand_metagen.review.phrases import words
from brand_metagen.review.things import Sort

NO_KINDS = words("no_kinds")
"""What something may be without being of a kind."""
AS_ONE = frozenset({"as", "among", "amongst"})
"""Words before what something is taken for."""
ROWS = frozenset({"row_noun", "code_noun", "rows_like", "word_noun"})
"""Meanings of nouns for what the rule is about."""


@dataclass(slots=True)
class Doers(Clause):
    """Tells what the brand, the reviewer or the rule does from what others do."""

    def as_ours(self, i: int) -> bool:
        """ "Recognise 12345 as ours"."""
        ahead = self.ahead(i)
        return any(
            one.phrase in AS_ONE and (other.own or bool(other.means & {"ours", "our"}))
            for one, other in pairwise(ahead)
        )

    def done_by_us(self, i: int) -> bool:
        """Whether the brand, or "we", does what a verb says."""
        for part in reversed(self.parts[max(0, i - 4) : i]):
            if part.own or "ours" in part.means or part.phrase in ("we", "they"):
                return True
            if not part.means & {"filler", "not", "does", "same", "is"}:
                return False
        return False

    def done_by_others(self, i: int) -> bool:
        """Whether people of some kind do what a verb says: "chemists use 5912"."""
        before = [p for p in self.parts[:i] if p.phrase not in ARTICLES and not p.sign]
        if not before or any(p.own or p.begins_own or p.things for p in before[:-1]):
            return False
        doer = before[-1]
        kind = doer.is_run and not (doer.own or doer.begins_own) and not doer.loud
        return (kind and not doer.things) or bool(doer.means & {"generic", "bank"})

    def told_of_others(self, i: int) -> bool:
        """ "Customers confuse us with X", "the bank moved X": what others do asks for nothing."""
        if i > SHORT:
            return False
        before = [p for p in self.parts[:i] if p.phrase not in ARTICLES and not p.sign]
        idiom = {"base", "gerund"} <= self.parts[i].forms
        if not before or self.wish or self.does or len(before) > 2 or idiom:
            return False
        doer = before[-1]
        unread = doer.is_run and not (doer.own or doer.begins_own or doer.loud)
        people = doer.means & {"bank", "generic", "counted"} and not doer.means & ROWS
        return bool(unread or people) and not any(p.things or p.own for p in before)

    def tells_kind(self, i: int) -> bool:
        """Whether a part says of what kind something is: "12345 is a pub", "… = kids"."""
        if not self.pending or ("at_bank" in self.means and len(self.pending) > 1):
            return False
        if i and self.parts[i - 1].phrase == "the" and not self.parts[i].is_run:
            return False
        before = [p for p in self.parts[max(0, i - 3) : i] if p.phrase not in ARTICLES]
        if (before and before[-1].sign in ("=", ">")) or self._gapped(i):
            return True
        if any("number_noun" in p.means for p in self.ahead(i, 1)):
            return False
        first = self.parts[i].said[0].lower() if self.parts[i].is_run else ""
        if first in NO_KINDS or first.endswith(("ed", "ly")) or self._called_otherwise():
            return False
        return bool(before) and "is" in before[-1].means

    def _called_otherwise(self) -> bool:
        """ "Bus 107": whether a number belongs to a word before it that was not understood."""
        at = next((k for k, part in enumerate(self.parts[:NEAR]) if part.things), 0)
        word = self.parts[at - 1] if at else None
        bare = word is not None and word.is_run and not (word.things or word.own or word.other)
        return bare and self.pending[0].thing.sort is not Sort.WORDS

    def _we_are(self, i: int) -> bool:
        """ "We are also SBUX on some tills"."""
        around = [p for p in self.parts[:i] if not p.means & {"filler", "same"} or p.phrase == "we"]
        return [p.phrase for p in around[-2:]] == ["we", "are"] and not self.negated

    def _gapped(self, i: int) -> bool:
        """ "12345 is a gym and 12346 a pub": the verb is left out the second time."""
        article = i > 1 and self.parts[i - 1].phrase in ("a", "an")
        return (
            article
            and bool(self.parts[i - 2].things)
            and self.pending[:1] != self.pending[-1:]
            and (self.pending[0].described)
        )

    def own_kind(self, part: Part) -> bool:
        """Whether a description says a word of the brand's name: "hotels" of Linden Hotels."""
        names = {word.rstrip("S") for word in self.brandname.split()}
        return any(word.upper().rstrip("S") in names for word in part.said)
