"""What a clause sets against each other: exceptions, other brands, what only describes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.review.part import Part
from brand_metagen.review.said import Said, Say
from brand_metagen.review.statements import Statements
from brand_metagen.review.things import Sort

OF_US = frozenset({"ours", "our"})


@dataclass(slots=True)
class Contrasts(Statements):
    """Keeps apart what is said of one thing from what is said of another."""

    def _of_others(self) -> None:
        """A code said to be right where another brand is named may be that one's, as its name."""
        ours = any(part.own or part.begins_own or part.means & OF_US for part in self.parts)
        named = [part for part in self.parts if part.other]
        plain = {thing for part in named if not part.loud for thing in part.things}
        for said in self.heard.said:
            code = bool(named) and not ours and said.thing.sort is Sort.CODE
            if said.say in (Say.IN, Say.FINE) and (code or said.thing in plain):
                said.say = Say.UNCLEAR

    def _describe(self, kind: bool) -> None:
        """It was said of what kind the things named so far are, or only where, when, how."""
        for said in self.pending:
            said.described = kind

    def _close_apart(self) -> None:
        """What was set against the rest of a clause: the opposite is meant of it."""
        apart = [said for said in self.apart if said.thing not in self.spoken]
        if apart and self.last is not None:
            recent, last = self.recent, self.last
            self._assign(apart, last)
            self.recent, self.last = recent, last
        self.apart = []

    def _sets_apart(self, i: int, part: Part) -> None:
        """ "Except 12345, none is ours", "of 12345 and 12346 only 12345 is ours"."""
        if part.sign == "," and self._excepted_first(i):
            self.apart, self.pending, self.flip = self.pending, [], False
        if "only" in part.means and self.pending and self.last is None and self.named_next(i):
            for said in self.pending:
                said.flip = True
            self.apart, self.pending = self.pending, []

    def _excepted_first(self, i: int) -> bool:
        """ "With the exception of 12345, none is ours": what is excepted stands first."""
        first = "except" in self.parts[0].means and all(said.flip for said in self.pending)
        return first and bool(self.pending) and self.last is None and self.things_after(i)

    def _begins_sentence(self, i: int) -> bool:
        """Whether the verb behind the brand's name speaks of it: "…, Starbucks is coffee"."""
        follows = self.ahead(i, 1)
        comma = bool(i and self.parts[i - 1].sign == ",")
        return comma and bool(follows and follows[0].means & {"is", "does"})

    def _set_apart(self) -> None:
        """What was named so far has been left without a word of whose it is."""
        self.heard.said.extend(self.pending)
        self.pending, self.is_, self.subject = [], False, "we"

    def _ids_said(self) -> bool:
        """Whether ids were said to be ours, so that a name only says whose they are not."""
        return any(said.thing.sort is not Sort.WORDS for said in self.heard.said)

    def _is_none_of_that(self, i: int, part: Part) -> bool:
        """ "7000003 is not a petrol station": whatever that is, it is not what it was taken for."""
        if not (part.is_run and self.negated and not part.loud and not part.means):
            return False
        if part.said[0].endswith("ed"):
            return False
        if not (self.none or self.follows_not(i)) or self.current is not None or self.stops:
            return False
        named = self.pending or ([] if self.heard.said else self.topic if self.open_topic else [])
        sorts = {Sort.ROW, Sort.WORDS, Sort.CODE} if self.none else {Sort.ROW, Sort.WORDS}
        return any(s.thing.sort in sorts for s in named)

    def _no_such_kind(self) -> bool:
        """ "12345 isn't a restaurant"."""
        sorts = {said.thing.sort for said in self.pending}
        return self.negated and bool(sorts) and sorts <= {Sort.ROW, Sort.WORDS}

    def _is_ours(self, left: Sequence[Said]) -> bool:
        """ "5411 only, thanks", "5411 and 5499 please": nothing but what is wanted."""
        said = [p for p in self.parts if not (p.sign or p.means & {"praise", "please", "filler"})]
        pleased = "please" in self.parts[-1].means or self.parts[-1].sign == "!"
        pleased = pleased and any("please" in p.means for p in self.parts)
        only = bool(said) and "only" in said[-1].means
        listed = all(p.things or p.means & {"and", "only", "code_noun", "row_noun"} for p in said)
        ids = all(s.thing.sort is not Sort.WORDS for s in left)
        return not self.negated and ids and (only or (listed and pleased))

    def _is_out(self) -> bool:
        """Whether things that nothing was said of are somebody else's by how they are named."""
        by_mistake = self.wrongly and self.is_ and self.last is None and not self.negated
        neither = self.none and self.last is None and self._only_lists()
        return by_mistake or neither or self.exception

    def _only_lists(self) -> bool:
        """ "Neither 12345 nor 12346"."""
        return all(p.things or p.sign or p.means & {"none", "and", "filler"} for p in self.parts)
