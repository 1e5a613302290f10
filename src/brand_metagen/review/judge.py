"""What a clause says of the things it names: theirs, not theirs, fine as it is, or unclear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.review.clause import PLACED
from brand_metagen.review.contrasts import Contrasts
from brand_metagen.review.part import Part
from brand_metagen.review.phrases import words
from brand_metagen.review.predicates import has_verb
from brand_metagen.review.said import OPPOSITE, STATES, VERBS, Heard, Said, Say
from brand_metagen.review.things import Sort, Thing, words_of

FLAGS = frozenset({"broad", "narrow", "split", "ambiguous", "wallet", "praise", "vague"})
"""Meanings that are said of the whole, not of a thing."""
NOT_SO = ("praise", "vague")
"""What is meant by a flag that is denied: a complaint, or praise."""
ASIDE = frozenset({"filler", "please", "not", "praise", *VERBS})
"""Meanings of an answer that is nothing but one: "definitely not", "kindly delete"."""
LOOSE = words("loose")
"""Words that only behind a noun for rows say what stands in them."""
RELATIVE = words("relative")
"""Words behind something excepted that go on to speak of it."""
LEAVES = frozenset({"out", "off", "in", "out of the list", "off the list"})
"""Words behind what has to go, or may come in."""
FAULTS = frozenset({"fine", "wrong", "missing", "vague", "broad", "narrow"})
"""What there may be none of."""
STOPS = words("stops")
"""Verbs that deny the verb behind them, whoever does it."""


@dataclass(slots=True)
class Judge(Contrasts):
    """Reads the parts of one clause from left to right."""

    def judge(self) -> Heard:
        """What the clause says."""
        self.look_around()
        for i, part in enumerate(self.parts):
            self._part(i, part)
        self._close()
        self._of_others()
        return self.heard

    def _part(self, i: int, part: Part) -> None:
        if part.things or part.is_run:
            self._named(i, part)
            return
        means = part.means
        anew = bool(i) and self.parts[i - 1].sign in (",", "-") and not self.none
        if anew and means & {*VERBS} and "base" in part.forms:
            self.negated = False
        for meaning in (*VERBS, *STATES):
            if meaning not in means or not self._applies(meaning, i, part):
                continue
            if self._signal(meaning, i, part):
                return
        if part.phrase in ("out", "in") and i <= 1 and self._heads(i):
            self.current, self.group = Say.OUT if part.phrase == "out" else Say.IN, []
            return
        if self._leaves(i, part) or self._answers(i, part):
            return
        if "ends" in means or (part.phrase == "end" and self.names_words(i)):
            self._end(Say.ENDS, i)
        for flag in sorted(FLAGS & means):
            denied = self.negated or self.over
            self.heard.flags.add(NOT_SO[flag == "praise"] if denied else flag)
        if "praise" in self.heard.flags and self.last is None:
            self.last = Say.FINE
        if means & {"broad", "narrow", "vague"}:
            self.negated = False
        shown = means & {"broad", "narrow"} and self.names_words(i)
        heads = means & {"broad", "narrow"} and self.heads_list(i) and self.only_names(i + 1)
        if shown or heads:
            self.group = []
            self.current = Say.OUT if "broad" in means else Say.IN
        if "too_many" in means and self.named_next(i) and self.current is None:
            self.current, self.complaint = Say.OUT, True
        if "bank" in means and self.is_ and self.tells_kind(i):
            self._describe(True)
        if "generic" in means and self.is_ and self.last_one(i) and self._no_such_kind():
            self._state(Say.OUT, "others", i)
            self.negated = self.is_ = False
        self._turn(i, part)

    def _leaves(self, i: int, part: Part) -> bool:
        """ "5812: out", "SBUX -> in"."""
        last = all(p.sign or p.means & {"please", "praise", "and"} for p in self.ahead(i, 1))
        alone = self.open_topic and all(p is part or p.means & ASIDE for p in self.parts)
        if alone and part.phrase in ("out", "off"):
            self._of_topic(Say.OUT)
            return True
        if not (last and self.pending and part.phrase in LEAVES):
            return False
        behind = self.parts[i - 1]
        rows = behind.means & {"at_bank", "row_noun", "rows_like"}
        if not (self.is_ or behind.things or behind.sign or rows):
            return False
        self._signal("belong" if part.phrase == "in" else "go", i, part)
        return True

    def _answers(self, i: int, part: Part) -> bool:
        """ "5661: no", and "no" after "5661?"."""
        if not part.means & {"yes", "no"}:
            return False
        asked = i == 0 and not self.heard.said and self.open_topic
        there = bool(i and self.topic) and "at_bank" in self.parts[i - 1].means
        there = there and i <= 2 and not any(p.things for p in self.parts[:i])
        if (asked and len(self.parts) <= 3) or there:
            self.subject = "they"
        elif not (self.pending and i and (self.parts[i - 1].sign or self.parts[i - 1].things)):
            return False
        self._state(Say.IN if "yes" in part.means else Say.OUT, "belong", i)
        return True

    def _turn(self, i: int, part: Part) -> None:
        """Words that turn what comes after them."""
        means = part.means
        if "none" in means:
            self.negated = self.none = True
        elif "not" in means and not (part.phrase == "without" and not self.named_next(i)):
            self.negated = True
            self.stops = part.phrase in STOPS
        than_us = any(p.own or "ours" in p.means for p in self.ahead(i, 1))
        if "instead" in means and than_us:
            self.negated = True
        elif "instead" in means or "except" in means:
            self.flip = True
        if part.phrase == "but" and i:
            self.flip = not (self.pending and self.pending[-1].flip)
        if "want" in means and self.only_names(i):
            self.current, self.group = Say.OUT if self.negated else Say.IN, []
            self.negated, self.subject = False, ""
        elif "no" in means and self.only_names(i) and self.fresh(i):
            self.current, self.group = Say.OUT, []
        if "no" in means and any(p.means & FAULTS for p in self.ahead(i, 1)):
            self.negated = True
        if "the_name" in means:
            self.heard.flags.add("own_name")
        if part.sign in ("+", "-") and not i and self.header is None and self.glued(i):
            self.current = Say.IN if part.sign == "+" else Say.OUT
        if "wish" in means:
            self.wish = True
            self.finite = True
        if "does" in means:
            self.does = part.phrase
            self.finite = True
        if "is" in means or part.sign in ("=", ">"):
            self.is_ = True
            self.finite = True
        if part.sign in ("-", "/") and self.glued_list(i):
            return
        if part.sign == "-" and self.group and not self.pending:
            self.current, self.group, self.subject = None, [], ""
            self.negated = self.none = self.flip = self.wish = False
        self._sets_apart(i, part)
        if part.sign in (":", "-") and self.pending:
            self.is_ = True
        if "it" in means or "they" in means:
            self._anaphor(i, part)
        placed = i > 0 and (self.parts[i - 1].phrase in PLACED or self.parts[i - 1].phrase == "to")
        if "our" in means and self.complement() and not placed:
            self._signal("ours", i, part)
        if "rest" in means:
            self.subject, self.current = "rest", None
        if part.sign == ":" and not self.pending and not self.current:
            self.negated = self.none = self.is_ = False
        holds = self.wish and ("saying" in means or part.phrase == "should have")
        if holds and self.only_names(i):
            self.current, self.group = Say.OUT if self.negated else Say.IN, []
            self.negated = False
        if "saying" in means and not (part.phrase in LOOSE and not self.said_of_rows(i)):
            self.saying = True
        if "swap_for" in means and self.swapping:
            self.current = Say.IN

    def _anaphor(self, i: int, part: Part) -> None:
        they = "they" in part.means
        self.pointed = part.phrase
        if self.current is not None and not self.group and self.target():
            if self.points_on(i) or (i and "everything" in self.parts[i - 1].means):
                return
            self._assign(self._again(), self.current)
            self.current = None
            return
        if they and part.phrase in RELATIVE and all(s.flip for s in self.pending):
            for said in self.pending:
                said.flip = False
            self.flip = False
        if not self.pending:
            self.subject = "they" if they else "we" if part.phrase in ("we", "you", "i") else "it"
            if self.current is not None and self.group:
                self.current = None
            self.finite = False

    def _named(self, i: int, part: Part) -> None:
        if part.is_run and part.other and self.moved_to(i):
            self.current = self.current if self.heads_list(i) else None
            return
        if part.is_run and (part.other or part.own) and self.heads_rows(i):
            theirs = part.own is not self.negated
            self.current, self.group = Say.IN if theirs else Say.OUT, []
            self.negated = False
            return
        spelt = part.loud and words_of(" ".join(part.said)) != self.brandname and not self.is_
        if part.loud and not (part.own or part.other) and self._we_are(i):
            self._assign([Said(thing) for thing in part.things], Say.IN)
            return
        if part.own and not spelt and not part.means & {"quoted", "ticked"}:
            self._own_name(i, part)
            return
        if part.is_run and part.other and self.code_of(i):
            self.current, self.group = Say.OUT, []
            return
        if part.is_run and part.other and self.current is not None and self.behind_ids(i):
            return
        if part.is_run and part.other and (self.complement() or self.beside_rows(i)):
            self._identity(i, part)
            return
        if self._is_none_of_that(i, part):
            self._state(Say.OUT, "others", i)
            self.negated = self.is_ = False
            return
        if (
            part.is_run
            and part.begins_own
            and self.complement()
            and _describes(part, self.parts, i)
        ):
            self._signal("ours", i, part)
            return
        things = part.things if not part.is_run or self.in_a_slot(i, part) else ()
        told = self.saying and self.current is None and part.is_run
        if told and any(s.thing.sort is Sort.ROW for s in self.pending):
            things = ()
        if self.swallows:
            things, self.swallows = (() if part.is_run and not part.loud else things), False
        if not things:
            if part.is_run and (self.is_ or self._gapped(i)):
                own = part.own or part.begins_own or self.own_kind(part)
                self._describe(self.tells_kind(i) and not own)
                self.is_ = False
            return
        for thing in things:
            self._thing(i, thing)
        self.is_ = self.saying = False

    def _own_name(self, i: int, part: Part) -> None:
        if self.current is Say.ENDS:
            self._thing(i, Thing(Sort.WORDS, self.brandname))
            self.current = None
        elif self.is_ and self._begins_sentence(i):
            self._set_apart()
        elif self.complement() or (self.negated and not self.none and not self.noun_next(i)):
            self._signal("ours", i, part)
        elif "own_name" not in self.heard.flags:
            self.heard.flags.add("own_name")

    def _identity(self, i: int, part: Part) -> None:
        self.heard.others.append(part.other)
        if self.negated:
            self.negated = self.is_ = False
            return
        self._state(Say.OUT, i=i)
        self.is_ = False

    def _thing(self, i: int, thing: Thing) -> None:
        flip = self.flip
        if thing.brand and self.passed and self.passed == i - 2:
            self.passed = i
            return
        if self.negated and not (self.none or self.stops) and self.follows_not(i):
            flip, self.negated = True, False
            if thing.brand and self.last in (Say.IN, Say.FINE) and self._ids_said():
                self.passed = i
                return
            self.flip = True
        if flip and self.last is not None and not self.pending and self._new_subject(i):
            flip, self.exception = False, self.last is Say.FINE
        said = Said(thing, flip)
        if flip and (thing in self.spoken or self.pending):
            self.pending = [s for s in self.pending if s.thing != thing]
            self.heard.said = [s for s in self.heard.said if s.thing != thing]
        if self.should_be(i) and thing.sort in (Sort.CODE, Sort.ROW):
            for instead in self.pending:
                instead.flip = False
            self._assign(self.pending, Say.OUT)
            self.pending, said.flip = [], False
            self._assign([said], Say.IN)
            self.current = Say.IN
        elif self.current is not None and not (self.group and self._new_subject(i)):
            self._assign([said], self.current)
        elif flip and self.last in OPPOSITE and not self.pending:
            self._assign([said], self.last)
        else:
            self.pending.append(said)
            self.finite = False

    def _new_subject(self, i: int) -> bool:
        """Whether a list has ended with a thing that has a verb to itself: "drop A, B is fine"."""
        if not has_verb(self.parts, i):
            return False
        self.current, self.group, self.flip = None, [], False
        return True

    def _end(self, say: Say, i: int) -> None:
        words = [s for s in self.pending if s.thing.sort is Sort.WORDS]
        if self.names_words(i):
            self.current, self.group = say, []
        elif words:
            self._assign(words, say)
            self.pending = [s for s in self.pending if s not in words]
        elif "own_name" in self.heard.flags:
            self._assign([Said(Thing(Sort.WORDS, self.brandname))], say)
        else:
            self.current = say
            self.group = []
        self.negated = self.wish = self.is_ = False
        self.heard.flags.add("ends")

    def _breaks_off(self) -> bool:
        """Whether the clause ends with "is not", "should": what was said before is meant."""
        for part in reversed(self.parts):
            if part.means & {"is", "does", "wish", "not"}:
                return True
            if not part.sign and not part.means & {"please", "praise"}:
                return False
        return False

    def _close(self) -> None:
        """What is left over at the end of a clause."""
        left, self.pending = self.pending, []
        self._close_apart()
        ellipsis = self._breaks_off()
        said = self.last or self.before
        if left and "same" in self.means and (said or len(self.parts) <= 4):
            self._assign(left, said or Say.IN)
        elif left and ellipsis and self.negated and said is None:
            self._assign(left, Say.OUT)
        elif left and ellipsis and said in OPPOSITE:
            self._assign(left, OPPOSITE[said])
        elif left and self.last is None and self._is_ours(left):
            self._assign(left, Say.IN)
        elif left and self._is_out():
            self._assign(left, Say.OUT)
        elif left and self.over and self.last is None:
            self._assign(left, Say.NOTHING)
        elif left and self.last in OPPOSITE and any(s.flip for s in left):
            self._assign(left, self.last)
        elif left and self.waiting is not None and not self.group:
            self._assign(left, self.waiting)
        elif any(s.flip for s in left) and (len(left) > 1 or len(self.parts) <= 4):
            self._assign(left, Say.IN)
        else:
            mine = self.means & {"ours", "our", "hedge"} or any(p.own for p in self.parts)
            for said_of in left:
                said_of.described = said_of.described and not mine
            self.heard.said.extend(left)
        alone = not left and self.last is None and self.open_topic
        bare = all(part.means & ASIDE for part in self.parts)
        asked = any(s.say in (None, Say.UNCLEAR) for s in self.topic[:1])
        alone = alone or (not left and self.last is None and self.subject == "they" and asked)
        if alone and ellipsis and (self.subject == "they" or self.wish or (bare and self.negated)):
            self._assign(self._again(), Say.OUT if self.negated else Say.IN)
        elif (
            bare
            and self.waiting
            and not (left or self.heard.said)
            and all(s.say in (None, self.waiting) for s in self.topic)
        ):
            self._assign(self._again(), self.waiting)
        if self.last is None and self.negated and not self.heard.said:
            self.heard.flags.add("not")


def _describes(part: Part, parts: Sequence[Part], i: int) -> bool:
    """Whether a name with words behind it is still the brand: "a Starbucks kiosk"."""
    placed = i > 0 and parts[i - 1].phrase in PLACED
    return not part.loud and not placed and all(word.islower() for word in part.said[1:])
