"""What a sentence says of the things it names: theirs, not theirs, fine as it is, or unclear."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from brand_metagen.review.parts import Part
from brand_metagen.review.things import Sort, Thing


class Say(StrEnum):
    """What is said of a thing."""

    IN = "in"
    OUT = "out"
    FINE = "fine"
    NOTHING = "nothing"
    """Over and done with."""
    ENDS = "ends"
    UNCLEAR = "unclear"


STAYS = ("stay", "stays", "stayed", "remain", "remains")
OPPOSITE = {Say.IN: Say.OUT, Say.OUT: Say.IN, Say.FINE: Say.OUT}


@dataclass(slots=True)
class Said:
    """A thing, and what was said of it; None while nothing was."""

    thing: Thing
    flip: bool = False
    say: Say | None = None
    part: Part | None = None
    complaint: bool = False
    """Said by describing what the rule does: "which is fine" takes it back."""


@dataclass(slots=True)
class Heard:
    """What came of one clause."""

    said: list[Said] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    """Meanings without a thing: broad, narrow, split, ambiguous, wallet, praise, fine, …"""
    others: list[str] = field(default_factory=list)
    """Ids of other brands that rows were said to be."""
    own_complement: bool = False


VERBS = ("shut_out", "add", "move", "keep", "take", "miss", "appear", "swap")
STATES = ("belong", "ours", "others", "wrong", "go", "fine", "fine_with", "missing")
CARRIED = {"broad", "narrow", "split", "ambiguous", "wallet", "praise", "vague", "order", "hedge"}


@dataclass(slots=True)
class Judge:
    """Reads the parts of one clause from left to right.

    `topic` are the things last spoken of; `before` is what was last said, for "12346 too".
    """

    parts: Sequence[Part]
    topic: list[Said]
    before: Say | None = None
    header: Say | None = None
    same_sentence: bool = False
    brandname: str = ""
    heard: Heard = field(default_factory=Heard)
    current: Say | None = None
    complaint: bool = False
    waiting: Say | None = None
    pending: list[Said] = field(default_factory=list)
    group: list[Said] = field(default_factory=list)
    last: Say | None = None
    negated: bool = False
    none: bool = False
    stops: bool = False
    flip: bool = False
    wish: bool = False
    does: str = ""
    is_: bool = False
    over: bool = False
    wrongly: bool = False
    still: bool = False
    subject: str = ""
    finite: bool = False
    gerund: bool = False
    saying: bool = False
    swapping: bool = False
    same: bool = False
    now: bool = False
    only: bool = False

    # -- the walk ----------------------------------------------------------------------------

    def judge(self) -> Heard:
        """What the clause says."""
        if self.header is not None:
            self.current = self.header
        self._look_around()
        for i, part in enumerate(self.parts):
            self._part(i, part)
        self._close()
        return self.heard

    def _look_around(self) -> None:
        """What holds for the whole clause, wherever it stands in it."""
        everything: set[str] = set()
        for part in self.parts:
            everything |= part.means
        self.over = "over" in everything
        self.wrongly = "wrongly" in everything
        self.still = "still" in everything
        self.same = "same" in everything
        self.now = "now" in everything
        self.only = "only" in everything

    def _part(self, i: int, part: Part) -> None:
        if part.things or part.is_run:
            self._named(i, part)
            return
        means = part.means
        for meaning in (*VERBS, *STATES):
            if meaning in means and self._applies(meaning, i, part):
                self._signal(meaning, i, part)
                return
        if self._leaves(i, part) or self._answers(i, part):
            return
        if "ends" in means:
            self._end(Say.ENDS)
        for flag in CARRIED & means:
            if not (self.negated or self.over) or flag == "hedge":
                self.heard.flags.add(flag)
            else:
                self.heard.flags.add("praise")
        if "praise" in self.heard.flags and self.last is None:
            self.last = Say.FINE
        if means & {"broad", "narrow", "vague"}:
            self.negated = False
        if "too_many" in means and self._named_next(i) and self.current is None:
            self.current, self.complaint = Say.OUT, True
        self._turn(i, part)

    def _leaves(self, i: int, part: Part) -> bool:
        """"5812: out", "SBUX -> in"."""
        last = i == len(self.parts) - 1 or "please" in self.parts[i + 1].means
        if not (last and self.pending and part.phrase in ("out", "off", "in")):
            return False
        if part.phrase == "in" and not self.is_:
            return False
        self._signal("belong" if part.phrase == "in" else "go", i, part)
        return True

    def _nothing_else(self, i: int) -> bool:
        """Whether the clause only names things from here on."""
        rest = self.parts[i + 1 :]
        other = {*VERBS, *STATES, "is", "does", "wish", "saying", "ends", "no", "yes"} - {"fine"}
        return any(p.things for p in rest) and not any(
            p.means & other or p.phrase in ("out", "off", "gone") or p.sign == ":" for p in rest
        )

    def _starts(self, i: int) -> bool:
        return all(p.means & {"filler", "please", "praise"} for p in self.parts[:i])

    def _answers(self, i: int, part: Part) -> bool:
        """"5661: no", and "no" after "5661?"."""
        if not part.means & {"yes", "no"}:
            return False
        asked = i == 0 and not self.heard.said and any(s.say is None for s in self.topic)
        if asked and len(self.parts) <= 3:
            self.subject = "they"
        elif not (self.pending and i and self.parts[i - 1].sign in (":", ",", "-", "=", "#")):
            return False
        self._state(Say.IN if "yes" in part.means else Say.OUT, "belong")
        return True

    def _turn(self, i: int, part: Part) -> None:
        """Words that turn what comes after them."""
        means = part.means
        if "none" in means:
            self.negated = self.none = True
        elif "not" in means:
            self.negated = True
            words = ("stop", "stops", "avoid", "cease")
            self.stops = part.phrase in words
        if "over" in means and self.subject and "wish" not in means:
            self.over = True
        if "instead" in means or "except" in means or (part.phrase == "but" and i):
            self.flip = True
        if "want" in means and self._nothing_else(i):
            self.current, self.group = Say.OUT if self.negated else Say.IN, []
            self.negated, self.subject = False, ""
        elif "no" in means and not self.current and self._nothing_else(i) and self._starts(i):
            self.current, self.group = Say.OUT, []
        if "wish" in means:
            self.wish = True
            self.finite = True
        if "does" in means:
            self.does = part.phrase
            self.finite = True
        if "is" in means or part.sign in ("=", ">"):
            self.is_ = True
            self.finite = True
        if part.sign == ":" and self.pending:
            self.is_ = True
        if "it" in means or "they" in means:
            self._anaphor(i, part)
        if "saying" in means:
            self.saying = True
        if "swap_for" in means and self.swapping:
            self.current = Say.IN

    def _anaphor(self, i: int, part: Part) -> None:
        they = "they" in part.means
        if self.current is not None and not self.group_since_signal and self._target():
            if self._followed_by_noun_or_name(i):
                return
            self._assign(self._again(), self.current)
            self.current = None
            return
        if not self.pending:
            self.subject = "they" if they else "we" if part.phrase in ("we", "you", "i") else "it"
            if self.current is not None and self.group_since_signal:
                self.current = None
            self.finite = False

    @property
    def group_since_signal(self) -> bool:
        return bool(self.group)

    def _followed_by_noun_or_name(self, i: int) -> bool:
        """"those HOTEL rows", "this 5812": the word only points at what follows."""
        for part in self.parts[i + 1 : i + 3]:
            if part.things or part.is_run:
                return True
            if not part.means & {"filler", "row_noun", "code_noun", "rows_like", "still"}:
                return False
        return False

    def _target(self) -> list[Said]:
        return self.group or [s for s in self.heard.said if s.say] or self.topic

    def _again(self) -> list[Said]:
        """The things last spoken of, to say something more of them."""
        return [Said(s.thing, s.flip, None, s.part) for s in self._target()]

    # -- things ------------------------------------------------------------------------------

    def _named(self, i: int, part: Part) -> None:
        if part.own and "quoted" not in part.means and "ticked" not in part.means:
            self._own_name(i, part)
            return
        if part.is_run and part.other and self._moved_to(i):
            self.current = None
            return
        if part.is_run and part.other and self._code_of(i):
            self.current, self.group = Say.OUT, []
            return
        if part.is_run and part.other and self._is_complement():
            self._identity(part)
            return
        if part.is_run and part.begins_own and self._is_complement() and not part.loud:
            self._signal("ours", i, part)
            return
        things = part.things if not part.is_run or self._in_a_slot(i, part) else ()
        if not things:
            if part.is_run and self.is_:
                self.is_ = False
            return
        for thing in things:
            self._thing(i, part, thing)
        self.is_ = self.saying = False

    def _moved_to(self, i: int) -> bool:
        moving = any("move" in part.means for part in self.parts[:i])
        return moving and bool(i and self.parts[i - 1].means & {"of", "swap_for", "time", "filler"})

    def _code_of(self, i: int) -> bool:
        """"Star Burger's code is 5812"."""
        follows = self.parts[i + 1 : i + 4]
        return len(follows) == 3 and (
            "code_noun" in follows[0].means and "is" in follows[1].means and bool(follows[2].things)
        )

    def _is_complement(self) -> bool:
        """Whether what comes now is what something is said to be."""
        open_topic = any(s.say is None for s in self.topic) and not self.heard.said
        return self.is_ and bool(self.pending or self.subject or self.group or open_topic)

    def _own_name(self, i: int, part: Part) -> None:
        if self.current is Say.ENDS:
            self._thing(i, part, Thing(Sort.WORDS, self.brandname))
            self.current = None
        elif self._is_complement() or (self.negated and not self.none and not self._noun_next(i)):
            self._signal("ours", i, part)
        elif "own_name" not in self.heard.flags:
            self.heard.flags.add("own_name")

    def _identity(self, part: Part) -> None:
        self.heard.others.append(part.other)
        if self.negated:
            self.negated = self.is_ = False
            return
        self._state(Say.OUT)
        self.is_ = False

    def _in_a_slot(self, i: int, part: Part) -> bool:
        """Whether a run of words stands where words are named."""
        if self.is_ and not self.saying and (self.pending or self.subject or self.group):
            return False
        if part.loud or part.means & {"quoted", "ticked"}:
            return True
        if self.negated and self._last_strong(i) == "not" and self.current is None:
            return self._subject_here(i)
        if self.current is not None or self.saying or self.flip:
            return True
        if self._noun_next(i):
            return True
        if self._subject_here(i):
            return True
        before = self.parts[i - 1] if i else None
        return before is not None and bool(before.means & {"word_noun", "and"}) and bool(
            self.pending and self.pending[-1].thing.sort is Sort.WORDS
        )

    def _noun_next(self, i: int) -> bool:
        follows = self.parts[i + 1] if i + 1 < len(self.parts) else None
        return follows is not None and bool(
            follows.means & {"row_noun", "rows_like", "generic", "counted"}
        )

    def _subject_here(self, i: int) -> bool:
        """Whether a run is what the verb behind it speaks of."""
        for part in self.parts[i + 1 : i + 4]:
            if part.means & {"is", "does", "wish", "not", "belong", "appear", "others", "go"}:
                return not (self.pending or self.group or self.is_)
            if not part.means & {"filler", "same", "still", "and"} and not part.is_run:
                return False
        return False

    def _named_next(self, i: int) -> bool:
        for part in self.parts[i + 1 : i + 3]:
            if part.things:
                return True
            if not part.means & {"filler", "of"}:
                return False
        return False

    def _thing(self, i: int, part: Part, thing: Thing) -> None:
        flip = self.flip
        if self.negated and not self.none and self._last_strong(i) == "not":
            flip, self.negated = True, False
            if thing.brand and self.last in (Say.IN, Say.FINE):
                return
            self.flip = True
        said = Said(thing, flip, None, part)
        if flip:
            self.pending = [s for s in self.pending if s.thing != thing]
            self.heard.said = [s for s in self.heard.said if s.thing != thing]
        if self._should_be(i) and thing.sort in (Sort.CODE, Sort.ROW):
            for instead in self.pending:
                instead.flip = False
            self._settle(self.pending, Say.OUT)
            self.pending, said.flip = [], False
            self._assign([said], Say.IN)
            self.current = None
        elif self.current is not None and not (self.group and self._new_subject(i)):
            self._assign([said], self.current)
        elif flip and self.last in OPPOSITE and not self.pending:
            self._assign([said], self.last)
        else:
            self.pending.append(said)
            self.finite = False

    def _new_subject(self, i: int) -> bool:
        """Whether a verb follows at once, so that a list has ended: "drop 5812, 5411 is fine"."""
        follows = next((p for p in self.parts[i + 1 : i + 3] if "row_noun" not in p.means), None)
        if follows is None or not (
            follows.means & {"is", "does", "wish", "appear", "belong"} or follows.phrase == "use"
        ):
            return False
        self.current, self.group = None, []
        return True

    def _should_be(self, i: int) -> bool:
        """"5812 should be 5814", "it should be 5814"."""
        back = [p for p in self.parts[max(0, i - 3) : i] if "filler" not in p.means]
        return self.wish and not self.negated and bool(back) and "is" in back[-1].means

    def _last_strong(self, i: int) -> str:
        for part in reversed(self.parts[:i]):
            if "not" in part.means:
                return "not"
            if not part.means & {"filler", "code_noun", "row_noun", "they", "everything", "same", "please"}:
                return ""
        return ""

    # -- what is said ------------------------------------------------------------------------

    def _applies(self, meaning: str, i: int, part: Part) -> bool:
        """Whether a word that may mean several things means this one here."""
        if meaning == "ours":
            heads = _heads(self.parts, i) or self._ours_are(i)
            return heads or self._is_complement() or self.negated
        if meaning == "go" and part.phrase in ("go", "goes"):
            return bool(self.pending) and i == len(self.parts) - 1
        if meaning == "fine":
            return True
        if meaning in ("add", "take", "keep") and part.means & {"filler"} and self.is_:
            return False
        return True

    def _ours_are(self, i: int) -> bool:
        """"Our codes are 5814 and 5499"."""
        follows = self.parts[i + 1 : i + 3]
        named = len(follows) == 2 and "is" in follows[0].means and bool(follows[1].things)
        return named and not self.pending

    def _signal(self, meaning: str, i: int, part: Part) -> None:
        if meaning in VERBS:
            self._verb(meaning, i, part)
        else:
            say = self._state_of(meaning, i)
            if say is None:
                self.negated = False
                return
            self._state(say, meaning)
        self.negated = self.none = False
        self.wish = False
        self.does = ""
        self.is_ = meaning in ("belong",)
        self.flip = False
        self.stops = False

    def _state_of(self, meaning: str, i: int) -> Say | None:
        no = self.negated
        if meaning in ("belong", "ours"):
            ends_ours = meaning == "belong" and self._belongs_to(i)
            if ends_ours == "other":
                return None if no else Say.OUT
            return Say.OUT if no or ("no longer" in self.heard.flags) else Say.IN
        if meaning == "missing":
            return Say.NOTHING if no or self._gone() else Say.IN
        if meaning in ("fine", "fine_with"):
            return Say.OUT if no else Say.FINE
        if meaning == "wrong":
            if self.gerund and not no:
                return Say.IN
            return (Say.NOTHING if self._gone() else Say.FINE) if no or self._gone() else Say.OUT
        if meaning == "go" and no:
            return Say.IN
        return None if no and meaning == "others" else Say.OUT

    def _gone(self) -> bool:
        return self.over and not self.wish

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

    def _state(self, say: Say, meaning: str = "") -> None:
        """A predicate: of what stands before it, or, where nothing does, of what follows."""
        if self.pending:
            self._settle(self.pending, say)
            self.pending = []
            self.current = None
        elif self._speaks_of_topic(meaning):
            self._of_topic(say)
        else:
            heads = say is not Say.FINE or meaning == "fine_with"
            self.current, self.complaint = (say if heads else None), False
            self.group = []
            self.heard.flags.add("wrong" if meaning == "fine" and say is Say.OUT else meaning or say)
        self.last = say
        self.finite = False

    def _speaks_of_topic(self, meaning: str) -> bool:
        if not self._target():
            return False
        if self.subject == "they":
            return True
        if self.subject == "it":
            return meaning in ("belong", "ours", "others", "missing", "go") or self.same_sentence
        unsettled = any(s.say is None for s in self.topic)
        if self.same_sentence and not self.heard.said and meaning in ("wrong", "others", "ours", "belong"):
            return True
        return bool(unsettled and not self.heard.said and (self.finite or len(self.parts) <= 5))

    def _of_topic(self, say: Say) -> None:
        target = self._target()
        if say in (Say.FINE, Say.NOTHING) and all(s.complaint for s in target if s.say):
            for said in target:
                said.say = Say.NOTHING if said.complaint else said.say
        self._assign([Said(s.thing, s.flip, None, s.part) for s in target], say)
        self.subject = ""

    def _settle(self, many: Iterable[Said], say: Say) -> None:
        self._assign(list(many), say)

    def _assign(self, many: list[Said], say: Say) -> None:
        for said in many:
            said.say = OPPOSITE.get(say, say) if said.flip else say
            said.complaint = self.complaint
            self.heard.said.append(said)
        self.group = [*self.group, *many] if self.current is not None else list(many)
        self.last = say

    # -- verbs -------------------------------------------------------------------------------

    def _verb(self, meaning: str, i: int, part: Part) -> None:
        form = _form(part)
        readers: dict[str, Callable[[str, int], Say | None]] = {
            "shut_out": self._shut_out,
            "add": self._add,
            "keep": self._keep,
            "take": self._take,
            "miss": self._miss,
            "appear": self._appear,
            "swap": self._swap,
            "move": self._move,
        }
        self.complaint = False
        say = readers[meaning](form, i)
        if say is None:
            return
        self.gerund = form == "gerund" and meaning in ("shut_out", "add", "keep")
        self.group = []
        self.last = say
        if self.pending and self._points_back(meaning, form, i):
            self._settle(self.pending, say)
            self.pending, self.current = [], None
        elif self.subject == "they" and self._target() and not self._things_after(i):
            self._of_topic(say)
            self.current = None
        else:
            self.current = self.waiting = say
        self.finite = False

    def _points_back(self, meaning: str, form: str, i: int) -> bool:
        """Whether a verb speaks of what stands before it: a passive, or nothing comes after."""
        if meaning == "appear" or self.parts[i].phrase in STAYS or (form == "past" and (self.is_ or self.wish)):
            return True
        return not self._things_after(i)

    def _things_after(self, i: int) -> bool:
        for part in self.parts[i + 1 :]:
            if part.things or (part.is_run and not part.own):
                return True
            if part.means & set(VERBS) or part.means & {"is", "does", "wish"}:
                return False
        return False

    def _particle(self, i: int) -> str:
        """"out" or "in" behind what a verb names: "leave 5812 out", "let JUICE BAR in"."""
        for at in range(i + 1, len(self.parts)):
            part = self.parts[at]
            if part.means & set(VERBS):
                return ""
            if part.phrase in ("out", "off", "in", "back"):
                between = self.parts[i + 1 : at]
                out = part.phrase in ("out", "off")
                if any(p.things or p.means & {"they", "it"} for p in between) and (
                    out or at == len(self.parts) - 1 or self.parts[at + 1].sign
                ):
                    return "out" if out else "in"
        return ""

    def _shut_out(self, form: str, i: int) -> Say | None:
        if self._particle(i) == "in":
            return Say.IN
        if form == "third":
            return Say.IN if self.wrongly else Say.UNCLEAR
        if form == "past":
            if self.wish or (self.negated and self.does):
                return Say.IN if self.negated else Say.OUT
            if self._pleased() and not self.is_:
                return Say.OUT
            return Say.IN if self.wrongly else Say.NOTHING if self.over or self.now else Say.UNCLEAR
        if self.does in ("does", "did") and self.negated and not self.wish:
            self.complaint = True
            return Say.OUT
        return Say.IN if self.negated else Say.OUT

    def _pleased(self) -> bool:
        return any("please" in part.means for part in self.parts)

    def _add(self, form: str, i: int) -> Say | None:
        if self._particle(i) == "out":
            return Say.OUT
        if self.parts[i].phrase in ("use", "uses", "used", "using") and not self.wish:
            if self.subject == "we" and form == "base":
                return Say.OUT if self.negated else Say.IN
            if self.pending or self.subject or form != "base":
                return None
        if form == "past" and self.is_ and not self.wish:
            return Say.OUT if self.wrongly else Say.IN if self.negated else Say.UNCLEAR
        if form == "third":
            return Say.OUT if self.wrongly else Say.UNCLEAR
        return Say.OUT if self.negated else Say.IN

    def _keep(self, form: str, i: int) -> Say | None:
        part = self.parts[i]
        if self._particle(i) == "out":
            return Say.IN if self.negated else Say.OUT
        if (form == "gerund" and not self.wish) or part.phrase in ("get", "gets", "got", "getting"):
            return Say.IN if self._particle(i) == "in" else None
        return Say.OUT if self.negated else Say.IN

    def _take(self, form: str, i: int) -> Say | None:
        if self._particle(i) == "out" and form == "base":
            return Say.IN if self.negated else Say.OUT
        if self.wish:
            return Say.OUT if self.negated else Say.IN
        if self.over and form == "base" and not self.negated:
            return Say.NOTHING
        if form == "base":
            return self._take_base(i)
        if self.over and not self.stops:
            return Say.NOTHING
        passive = form == "past" and self.is_
        if self.negated:
            return Say.OUT if self.stops else Say.IN
        if passive:
            return Say.OUT if self.wrongly or self.still else Say.UNCLEAR
        if form == "past" and not self.subject and self.pending:
            return Say.OUT if self.wrongly else Say.UNCLEAR
        return self._complains()

    def _complains(self) -> Say:
        if any("alike" in part.means for part in self.parts):
            return Say.NOTHING
        if self.now and not self.wrongly:
            return Say.NOTHING
        self.complaint = True
        return Say.OUT

    def _take_base(self, i: int) -> Say | None:
        if self.negated and self.does:
            if self.does == "do" and not self.subject and not self.pending:
                return Say.OUT
            if self.over:
                return Say.NOTHING
            if self.pending and not self._things_after(i):
                return Say.UNCLEAR
            self.complaint = True
            return Say.IN
        if self.does in ("would", "will") and not self.negated:
            return self._complains()
        if self.negated:
            return Say.OUT
        plain = not self.pending and not self.subject
        return Say.IN if plain or self._pleased() else Say.UNCLEAR

    def _miss(self, form: str, i: int) -> Say | None:
        if self._gone() or (self.negated and not self.wish):
            return Say.NOTHING
        self.complaint = True
        return Say.IN

    def _appear(self, form: str, i: int) -> Say | None:
        if self.wish:
            return Say.OUT if self.negated else Say.IN
        if self.over:
            return Say.NOTHING
        self.complaint = True
        return Say.IN if self.negated else Say.OUT

    def _move(self, form: str, i: int) -> Say | None:
        """To whom: another brand, or this one."""
        for at in range(i + 1, len(self.parts)):
            part, before = self.parts[at], self.parts[at - 1]
            to = bool(before.means & {"of", "swap_for", "time"}) or before.phrase in ("as", "under")
            if to and (part.other or "others" in part.means):
                if part.other:
                    self.heard.others.append(part.other)
                return Say.UNCLEAR if self.negated else Say.OUT
            if to and (part.own or "ours" in part.means):
                return Say.OUT if self.negated else Say.UNCLEAR if form == "third" else Say.IN
        return None

    def _swap(self, form: str, i: int) -> Say | None:
        if self.negated:
            return Say.IN
        self.swapping = True
        return Say.OUT

    # -- the end -----------------------------------------------------------------------------

    def _end(self, say: Say) -> None:
        words = [s for s in self.pending if s.thing.sort is Sort.WORDS]
        if words:
            self._settle(words, say)
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
        if left and self.same and said is not None:
            self._settle(left, said)
        elif left and ellipsis and said in OPPOSITE:
            self._settle(left, OPPOSITE[said])
        elif left and self.last in OPPOSITE and any(s.flip for s in left):
            self._settle(left, self.last)
        elif left and self.waiting is not None and not self.group:
            self._settle(left, self.waiting)
        elif len(left) > 1 and any(s.flip for s in left) and any(not s.flip for s in left):
            self._settle(left, Say.IN)
        else:
            self.heard.said.extend(left)
        if self.last is None and self.negated and not self.heard.said:
            self.heard.flags.add("not")


def _form(part: Part) -> str:
    """The form of a verb; where two are spelt alike, the plainer one."""
    for form in ("base", "third", "past", "gerund"):
        if form in part.forms:
            return form
    return "base"


def _heads(parts: Sequence[Part], i: int) -> bool:
    """Whether a part heads a list: "ours: 12345"."""
    return i <= 1 and i + 1 < len(parts) and parts[i + 1].sign == ":"

