"""What a clause says of the things it names: theirs, not theirs, fine as it is, or unclear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.review.clause import PLACED, Clause
from brand_metagen.review.cues import VERB_FORMS
from brand_metagen.review.part import Part
from brand_metagen.review.predicates import has_verb
from brand_metagen.review.said import OPPOSITE, STATES, VERBS, Heard, Said, Say
from brand_metagen.review.things import Sort, Thing
from brand_metagen.review.verbs import READERS

FLAGS = frozenset({"broad", "narrow", "split", "ambiguous", "wallet", "praise", "vague"})
"""Meanings that are said of the whole, not of a thing."""
NOT_SO = ("praise", "vague")
"""What is meant by a flag that is denied: a complaint, or praise."""
ASIDE = frozenset({"filler", "please", "not", "praise", *VERBS})
"""Meanings of an answer that is nothing but one: "definitely not", "kindly delete"."""
MISTAKES = frozenset("think thinks mistake mistakes assume assumes confuse confuses".split(" "))
"""Verbs of which what is said behind them is not so."""
TOUCHES = frozenset({"anything to do with", "something to do with"})
"""What others do not have with the brand."""
ALL_OF = frozenset({"both", "all", "all three", "all four", "each", "all of them", "both of them"})
LOOSE = frozenset({"with", "has", "have", "having", "like"})
"""Words that only behind a noun for rows say what stands in them."""
RELATIVE = frozenset({"which", "who", "they", "these", "those"})
"""Words behind something excepted that go on to speak of it."""
FAULTS = frozenset({"fine", "wrong", "missing", "vague", "broad", "narrow"})
"""What there may be none of."""
STAYS = frozenset({"stay", "stays", "stayed", "remain", "remains"})
"""Verbs that speak of what stands before them."""
STOPS = frozenset({"stop", "stopped", "stops", "avoid", "cease"})
"""Verbs that deny the verb behind them, whoever does it."""


@dataclass(slots=True)
class Judge(Clause):
    """Reads the parts of one clause from left to right."""

    def judge(self) -> Heard:
        """What the clause says."""
        self.look_around()
        for i, part in enumerate(self.parts):
            self._part(i, part)
        self._close()
        return self.heard

    def _part(self, i: int, part: Part) -> None:
        if part.things or part.is_run:
            self._named(i, part)
            return
        means = part.means
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
            self._end(Say.ENDS)
        for flag in sorted(FLAGS & means):
            denied = self.negated or self.over
            self.heard.flags.add(NOT_SO[flag == "praise"] if denied else flag)
        if "praise" in self.heard.flags and self.last is None:
            self.last = Say.FINE
        if means & {"broad", "narrow", "vague"}:
            self.negated = False
        if means & {"broad", "narrow"} and self.heads_list(i) and self.only_names(i + 1):
            self.current = Say.OUT if "broad" in means else Say.IN
        if "too_many" in means and self.named_next(i) and self.current is None:
            self.current, self.complaint = Say.OUT, True
        self._turn(i, part)

    def _leaves(self, i: int, part: Part) -> bool:
        """ "5812: out", "SBUX -> in"."""
        last = all(p.sign or p.means & {"please", "praise", "and"} for p in self.ahead(i, 1))
        if not (last and self.pending and part.phrase in ("out", "off", "in")):
            return False
        if part.phrase == "in" and not self.is_:
            return False
        self._signal("belong" if part.phrase == "in" else "go", i, part)
        return True

    def _answers(self, i: int, part: Part) -> bool:
        """ "5661: no", and "no" after "5661?"."""
        if not part.means & {"yes", "no"}:
            return False
        asked = i == 0 and not self.heard.said and self.open_topic
        if asked and len(self.parts) <= 3:
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
        elif "not" in means:
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
        if part.sign in (":", "-") and self.pending:
            self.is_ = True
        if "it" in means or "they" in means:
            self._anaphor(i, part)
        if "our" in means and self.complement():
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

    def _again(self) -> list[Said]:
        """The things last spoken of, to say something more of them."""
        return [Said(s.thing, s.flip) for s in self.target()]

    def _named(self, i: int, part: Part) -> None:
        if part.is_run and part.other and self.moved_to(i):
            self.current = self.current if self.heads_list(i) else None
            return
        if part.is_run and (part.other or part.own) and self.heads_rows(i):
            theirs = part.own is not self.negated
            self.current, self.group = Say.IN if theirs else Say.OUT, []
            self.negated = False
            return
        if part.own and "quoted" not in part.means and "ticked" not in part.means:
            self._own_name(i, part)
            return
        if part.is_run and part.other and self.code_of(i):
            self.current, self.group = Say.OUT, []
            return
        if part.is_run and part.other and self.complement():
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
            if part.is_run and self.is_:
                self.is_ = False
            return
        for thing in things:
            self._thing(i, thing)
        self.is_ = self.saying = False

    def _is_none_of_that(self, i: int, part: Part) -> bool:
        """ "7000003 is not a petrol station": whatever that is, it is not what it was taken for."""
        if not (part.is_run and self.negated and not part.loud and not part.means):
            return False
        if not (self.none or self.follows_not(i)) or self.current is not None:
            return False
        named = self.pending or ([] if self.heard.said else self.topic if self.open_topic else [])
        return any(s.thing.sort in (Sort.ROW, Sort.WORDS) for s in named)

    def _own_name(self, i: int, part: Part) -> None:
        if self.current is Say.ENDS:
            self._thing(i, Thing(Sort.WORDS, self.brandname))
            self.current = None
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
        if self.negated and not (self.none or self.stops) and self.follows_not(i):
            flip, self.negated = True, False
            if thing.brand and self.last in (Say.IN, Say.FINE):
                return
            self.flip = True
        if flip and self.last is not None and not self.pending and self._new_subject(i):
            flip, self.exception = False, self.last is Say.FINE
        said = Said(thing, flip)
        if flip and thing in {s.thing for s in (*self.pending, *self.recent)}:
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

    def _applies(self, meaning: str, i: int, part: Part) -> bool:
        """Whether a word that may mean several things means this one here."""
        if meaning == "ours" and part.phrase == "theirs" and self.contrasts_us(i):
            return False
        if meaning == "ours" and i and self.parts[i - 1].phrase in ALL_OF:
            return True
        if meaning == "take" and part.phrase.startswith("find"):
            return bool(self.wish or self.negated)
        if meaning == "ours":
            as_ours = bool(self.pending and i and self.parts[i - 1].phrase == "as")
            heads = self._heads(i) or self.ours_are(i) or as_ours
            return heads or self.complement() or self.negated
        if meaning == "belong" and part.phrase.startswith("been"):
            return self.wish
        if meaning == "go" and part.phrase in ("come out", "comes out"):
            return bool(self.wish or self.does or self.pleased())
        if meaning == "go" and part.phrase in ("go", "goes"):
            return bool(self.pending) and self.last_one(i)
        return not (meaning in ("add", "take", "keep") and "filler" in part.means and self.is_)

    def _heads(self, i: int) -> bool:
        """Whether a part heads a list: "ours: 12345"."""
        if self.last_one(i) or self.parts[i + 1].sign != ":":
            return False
        return i <= 1 or bool(
            self.parts[i - 1].means & {"and", "same", "not"} or self.parts[i - 1].sign
        )

    def _signal(self, meaning: str, i: int, part: Part) -> bool:
        """Whether a cue says something here; what it says is taken in."""
        if meaning in VERBS:
            if not self._verb(meaning, i, part):
                return False
        else:
            say = self._state_of(meaning, i)
            if say is None:
                self.negated = False
                return True
            self._state(say, meaning, i)
            self.swallows = part.phrase.endswith((" with", " to"))
        self.negated = self.none = False
        self.wish = False
        self.does = ""
        self.is_ = meaning in ("belong",)
        self.flip = False
        self.stops = False
        return True

    def _state_of(self, meaning: str, i: int) -> Say | None:
        no = self.negated
        if meaning == "others" and self.parts[i].phrase in TOUCHES:
            return Say.OUT if no else None
        if meaning == "ours" and self.mistaken:
            return None
        if meaning in ("belong", "ours"):
            ends_ours = meaning == "belong" and self._belongs_to(i)
            if ends_ours == "other":
                return None if no else Say.OUT
            return Say.OUT if no or self.ended else Say.IN
        if meaning == "missing":
            return Say.NOTHING if no or self.gone else Say.IN
        if meaning in ("fine", "fine_with"):
            return Say.OUT if no else Say.FINE
        if meaning == "wrong":
            if self.gerund and not no:
                return Say.IN
            return (Say.NOTHING if self.gone else Say.FINE) if no or self.gone else Say.OUT
        if meaning == "go" and self.parts[i].phrase == "gone" and not self.wish:
            return Say.NOTHING
        if meaning == "go" and no:
            return Say.IN
        return None if no and meaning == "others" else Say.OUT

    def _belongs_to(self, i: int) -> str:
        """Whose something is said to be, where that is said: other, or empty."""
        for part in self.parts[i + 1 : i + 5]:
            if part.other:
                self.heard.others.append(part.other)
                return "other"
            if "others" in part.means:
                return "other"
            if "ours" in part.means or part.own or part.things:
                return ""
            if not part.means & {"filler", "of", "swap_for", "time", "same"}:
                return ""
        return ""

    def _state(self, say: Say, meaning: str = "", i: int = 0) -> None:
        """A predicate: of what stands before it, or, where nothing does, of what follows."""
        if self.subject == "rest" and not self.pending:
            self.subject = ""
        elif self.pending:
            if self.open_topic and i and self.parts[i - 1].phrase in ALL_OF:
                self.pending.extend(Said(s.thing, s.flip) for s in self.topic if s.say is None)
            self._assign(self.pending, say)
            self.pending = []
            self.current = say if self.heads_list(i) else None
        elif self._speaks_of_topic(meaning, i):
            self._of_topic(say)
        else:
            heads = say is not Say.FINE or meaning == "fine_with" or self.heads_list(i)
            self.current, self.complaint = (say if heads else None), False
            self.group = []
            self.heard.flags.add(
                "wrong" if meaning.startswith("fine") and say is Say.OUT else meaning or say
            )
        self.last = say
        self.finite = False

    def _speaks_of_topic(self, meaning: str, i: int) -> bool:
        if not self.target() or self.heads_list(i) or self.things_after(i):
            return False
        if self.subject == "they":
            return True
        if self.subject == "it":
            return meaning in ("belong", "ours", "others", "missing", "go") or self.same_sentence
        if (
            self.same_sentence
            and not self.heard.said
            and meaning in ("wrong", "others", "ours", "belong")
        ):
            return True
        return bool(
            self.open_topic and not self.heard.said and (self.finite or len(self.parts) <= 5)
        )

    def _of_topic(self, say: Say) -> None:
        target = self.target()
        if say in (Say.FINE, Say.NOTHING) and all(s.complaint for s in target if s.say):
            for said in target:
                said.say = Say.NOTHING if said.complaint else said.say
        self._assign([Said(s.thing, s.flip) for s in target], say)
        self.subject = ""

    def _assign(self, many: Sequence[Said], say: Say) -> None:
        for said in many:
            said.say = OPPOSITE.get(say, say) if said.flip else say
            said.complaint = self.complaint
        self.heard.said.extend(many)
        if self.current is None or not self.group:
            self.group = []
        self.group.extend(many)
        self.recent = self.group
        self.last = say

    def _verb(self, meaning: str, i: int, part: Part) -> bool:
        """Whether the verb says anything of any thing."""
        form = next((form for form in VERB_FORMS if form in part.forms), "base")
        self.complaint = False
        say = READERS[meaning](self, form, i)
        if say is None or (say is Say.UNCLEAR and self.current is not None and not self.group):
            return False
        self.mistaken = meaning == "take" and bool(MISTAKES & set(part.phrase.split()))
        self.gerund = form == "gerund" and meaning in ("shut_out", "add", "keep")
        self.group = []
        self.last = say
        if self.pending and self._points_back(meaning, form, i) and say is Say.UNCLEAR:
            self.current = None
        elif self.pending and self._points_back(meaning, form, i):
            self._assign(self.pending, say)
            self.pending, self.current = [], None
        elif self._of_it(i):
            self._of_topic(say)
            self.current = None
        else:
            self.current = self.waiting = say
        self.finite = False
        return True

    def _of_it(self, i: int) -> bool:
        """Whether a verb speaks of what was spoken of before."""
        spoken_of = self.subject == "they" or (self.subject == "it" and self.open_topic)
        return spoken_of and bool(self.target()) and not self.things_after(i)

    def _points_back(self, meaning: str, form: str, i: int) -> bool:
        """Whether a verb speaks of what stands before it: a passive, or nothing comes after."""
        if (
            meaning == "appear"
            or self.parts[i].phrase in STAYS
            or (form == "past" and (self.is_ or self.wish))
        ):
            return True
        return not self.things_after(i) or bool(i and self.parts[i - 1].sign in (":", ">"))

    def _end(self, say: Say) -> None:
        words = [s for s in self.pending if s.thing.sort is Sort.WORDS]
        if words:
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
        ellipsis = self._breaks_off()
        said = self.last or self.before
        if left and "same" in self.means and (said or len(self.parts) <= 4):
            self._assign(left, said or Say.IN)
        elif left and ellipsis and said in OPPOSITE:
            self._assign(left, OPPOSITE[said])
        elif left and self.exception:
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
            self.heard.said.extend(left)
        alone = not left and self.last is None and self.open_topic
        bare = all(part.means & ASIDE for part in self.parts)
        if alone and ellipsis and (self.subject == "they" or self.wish or (bare and self.negated)):
            self._assign(self._again(), Say.OUT if self.negated else Say.IN)
        elif not (left or self.heard.said) and self.waiting and self.open_topic and bare:
            self._assign(self._again(), self.waiting)
        if self.last is None and self.negated and not self.heard.said:
            self.heard.flags.add("not")


def _describes(part: Part, parts: Sequence[Part], i: int) -> bool:
    """Whether a name with words behind it is still the brand: "a Starbucks kiosk"."""
    placed = i > 0 and parts[i - 1].phrase in PLACED
    return not part.loud and not placed and all(word.islower() for word in part.said[1:])
