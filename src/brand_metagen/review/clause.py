"""A clause while it is read: what has been heard so far, and what stands around a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from brand_metagen.review.part import Part
from brand_metagen.review.phrases import words
from brand_metagen.review.said import STATES, VERBS, Heard, Said, Say
from brand_metagen.review.things import Sort, Thing

NEAR = 60
"""Parts that are looked ahead: what stands further off belongs to another thought."""
SUBJECT = frozenset({"filler", "same", "still", "and"})
"""Meanings that may stand between what a sentence is about and its verb."""
SHORT = 6
"""Parts of a clause that is no sentence."""
PARTICLES = frozenset({"out", "off", "away", "in", "back", "out of the list", "off the list"})
"""What may stand behind what a verb names."""
ARTICLES = frozenset({"a", "an", "the", "just", "only", "really", "actually", "clearly"})
PLACED = words("placed")
"""Words before where something is, not what it is called."""
NAMED_AGAIN = frozenset({"they", "it", "code_noun", "row_noun"})
"""Meanings of words for what was named before."""
POINTING = frozenset({"filler", "code_noun", "row_noun", "they", "everything", "same", "please"})
"""Meanings that may stand between a "not" and the thing it is about."""


@dataclass(slots=True)
class Clause:
    """Parts of one clause, and the registers that they set.

    `topic` are the things last spoken of before it; `before` is what was last said, for "12346
    too"; `header` what a heading above says of what it lists.
    """

    parts: Sequence[Part]
    topic: list[Said]
    before: Say | None = None
    header: Say | None = None
    same_sentence: bool = False
    brandname: str = ""
    us_too: bool = False
    """Whether the remark speaks of "ours" besides, so that "theirs" is another's."""
    heard: Heard = field(default_factory=Heard)
    current: Say | None = None
    """What is said of the things that follow."""
    waiting: Say | None = None
    """What was said of things that never followed."""
    pending: list[Said] = field(default_factory=list)
    """Things that nothing has been said of yet."""
    apart: list[Said] = field(default_factory=list)
    """Things of which the opposite is meant of what the clause says of the others."""
    group: list[Said] = field(default_factory=list)
    """Things that what was said last is said of."""
    recent: list[Said] = field(default_factory=list)
    spoken: set[Thing] = field(default_factory=set)
    last: Say | None = None
    complaint: bool = False
    negated: bool = False
    none: bool = False
    stops: bool = False
    flip: bool = False
    wish: bool = False
    does: str = ""
    is_: bool = False
    subject: str = ""
    pointed: str = ""
    """How what was named before was spoken of last: "that row"."""
    finite: bool = False
    gerund: bool = False
    saying: bool = False
    passed: int = 0
    """Where another brand was named only to say that something is not it."""
    swapping: bool = False
    means: frozenset[str] = frozenset()
    """Everything that any part of the clause means."""
    ended: bool = False
    mistaken: bool = False
    exception: bool = False
    """Whether a fault is told of something that is excepted from praise."""
    swallows: bool = False
    """Whether words that follow only say with whom things have nothing to do."""
    open_topic: bool = False
    """Whether nothing has been said yet of a thing of the topic."""

    def look_around(self) -> None:
        """What holds for the whole clause, wherever it stands in it."""
        self.means = frozenset().union(*(part.means for part in self.parts))
        self.open_topic = any(said.say is None for said in self.topic)
        self.ended = any(part.phrase in ("no longer", "used to") for part in self.parts)
        self.current = self.header

    @property
    def over(self) -> bool:
        """Whether what is told is no more."""
        return "over" in self.means

    @property
    def wrongly(self) -> bool:
        """Whether what is told is told as a fault."""
        return "wrongly" in self.means

    @property
    def gone(self) -> bool:
        """Whether a fault is told that is no more."""
        return self.over and not self.wish

    def ahead(self, i: int, parts: int = NEAR) -> Sequence[Part]:
        """The parts behind one."""
        return self.parts[i + 1 : i + 1 + parts]

    def last_one(self, i: int) -> bool:
        """Whether nothing stands behind a part."""
        return i == len(self.parts) - 1

    def target(self) -> list[Said]:
        """The things last spoken of."""
        return self.group or self.recent or self.topic

    def only_names(self, i: int) -> bool:
        """Whether the clause only names things behind a part, up to a comma that ends them."""
        other = {*VERBS, *STATES, "is", "does", "wish", "saying", "ends", "no", "yes"} - {"fine"}
        named = False
        for part in self.ahead(i):
            if part.means & other or part.phrase in ("out", "off", "gone") or part.sign == ":":
                return False
            if named and part.sign == ",":
                break
            named = named or bool(part.things)
        return named

    def starts(self, i: int) -> bool:
        """Whether nothing but greetings stands before a part."""
        return all(
            p.means & {"filler", "please", "praise"} for p in self.parts[max(0, i - NEAR) : i]
        )

    def points_on(self, i: int) -> bool:
        """ "those HOTEL rows", "this 5812": the word only points at what follows."""
        for part in self.parts[i + 1 : i + 3]:
            if part.things or (part.is_run and "they" in self.parts[i].means):
                return True
            if not part.means & {"filler", "row_noun", "code_noun", "rows_like", "still", "saying"}:
                return False
        return False

    def moved_to(self, i: int) -> bool:
        """Whether a part says whose something becomes, or is."""
        before = self.parts[i - 1] if i else None
        to = before is not None and (
            bool(before.means & {"of", "swap_for", "time"}) or before.phrase in ("as", "under")
        )
        return to and bool(self.means & {"move", "belong"})

    def code_of(self, i: int) -> bool:
        """ "Star Burger's code is 5812"."""
        follows = self.parts[i + 1 : i + 4]
        return len(follows) == 3 and (
            "code_noun" in follows[0].means and "is" in follows[1].means and bool(follows[2].things)
        )

    def complement(self) -> bool:
        """Whether what comes now is what something is said to be."""
        spoken_of = self.pending or self.subject or self.group
        return self.is_ and bool(spoken_of or (self.open_topic and not self.heard.said))

    def in_a_slot(self, i: int, part: Part) -> bool:
        """Whether a run of words stands where words are named."""
        what = self.current is not None and self.parts[0].phrase == "what"
        spoken_of = (self.pending or self.subject or self.group) and not what
        if self.is_ and not self.saying and spoken_of:
            return False
        at = (
            i > 0 and self.parts[i - 1].phrase in ("at", "by") and bool(self.recent or self.pending)
        )
        if part.loud or part.means & {"quoted", "ticked"}:
            return not at
        if i and "our" in self.parts[i - 1].means:
            return False
        if self._placed(i) and not self.saying:
            return False
        if self.negated and self.follows_not(i) and self.current is None:
            return self.subject_here(i)
        if self.current is not None or self.saying or self.flip:
            return True
        if self.listed_alone(i):
            return True
        if self.noun_next(i):
            named = self.ahead(i, 2)[1:]
            return not any(p.loud or p.means & {"quoted"} for p in named)
        if self.subject_here(i):
            return True
        around = reversed(self.parts[max(0, i - 3) : i])
        before = next((p for p in around if p.phrase not in ("a", "an", "the")), None)
        return (
            before is not None
            and bool(before.means & {"word_noun", "and"} or before.sign in (",", "/", "&", "+"))
            and bool(self.pending and self.pending[-1].thing.sort is Sort.WORDS)
        )

    def _placed(self, i: int) -> bool:
        """ "Run by the juice people", "5941 for tennis": only where, by whom or what for."""
        before = next(
            (p for p in reversed(self.parts[max(0, i - 3) : i]) if p.phrase not in ARTICLES), None
        )
        if before is None:
            return False
        named = (*self.recent[-1:], *self.pending[-1:])
        ids = any(said.thing.sort is not Sort.WORDS for said in named)
        return before.phrase in PLACED or (before.phrase == "for" and ids)

    def glued(self, i: int) -> bool:
        """Whether nothing stands between a part and a thing behind it."""
        follows = self.ahead(i, 1)
        return bool(follows and follows[0].things) and follows[0].start == self.parts[i].end

    def heads_list(self, i: int) -> bool:
        """Whether a part heads what follows: "wrong: …", "wrong rows: …", "the wrong row is …"."""
        pointed = False
        for part in self.ahead(i, 4):
            if part.things:
                return pointed
            if part.sign == ":" or "is" in part.means:
                pointed = True
                continue
            if not part.means & {"row_noun", "code_noun", "rows_like", "filler"}:
                return False
        return pointed and self.parts[-1].sign == ":"

    def listed_alone(self, i: int) -> bool:
        """Whether words stand alone before a sign, or with "also", "not", "too": "hotel: out"."""
        if len(self.parts) > SHORT:
            return False
        before, after = self.parts[:i], self.ahead(i)
        plain = all(p.means & {"not", "same", "filler", "please"} for p in before)
        turned = any(p.means & {"not", "same"} for p in (*before, *after))
        signed = bool(after) and (
            after[0].sign in (":", ">", "=", "-") or after[0].phrase in ("out", "in")
        )
        return plain and (signed or (turned and all(p.means & {"same", "please"} for p in after)))

    def glued_list(self, i: int) -> bool:
        """Whether a sign stands between things of one list."""
        return bool(i and self.parts[i - 1].things) and any(p.things for p in self.ahead(i, 1))

    def contrasts_us(self, i: int) -> bool:
        """Whether "theirs" is said beside "ours"."""
        around = (*self.parts[max(0, i - NEAR) : i], *self.ahead(i))
        return self.us_too or any(part.phrase in ("ours", "us") for part in around)

    def said_of_rows(self, i: int) -> bool:
        """Whether a noun for rows, or for words, stands before a part."""
        nouns = {"row_noun", "rows_like", "everything", "word_noun", "they", "wrong", "missing"}
        return bool(i and self.parts[i - 1].means & {*nouns, *VERBS, "wish"})

    def heads_rows(self, i: int) -> bool:
        """ "Star Market: 12345", "Star Market owns 12345"."""
        follows = self.ahead(i, 3)
        owns = bool(follows) and "owns" in follows[0].means
        signed = bool(follows) and follows[0].sign == ":"
        return (owns or signed) and any(
            t.sort in (Sort.ROW, Sort.CODE) for part in follows for t in part.things
        )

    def fresh(self, i: int) -> bool:
        """Whether a part begins a list or what follows a comma or colon."""
        return (
            self.starts(i)
            or self.parts[i - 1].sign in (":", ",")
            or ("and" in self.parts[i - 1].means)
        )

    def behind_ids(self, i: int) -> bool:
        """Whether ids, or their bank, stand right before a part."""
        before = self.parts[i - 1] if i else None
        return before is not None and (
            any(t.sort is not Sort.WORDS for t in before.things) or "at_bank" in before.means
        )

    def beside_rows(self, i: int) -> bool:
        """Whether a name stands right behind ids: "61003 Orbit Gum", "41114 to Greencroft"."""
        if not (i and self.pending) or self.current is not None:
            return False
        return self.behind_ids(i) or self.parts[i - 1].phrase in ("to", "for", "with", "under")

    def names_words(self, i: int) -> bool:
        """Whether words in quotes or capitals stand right behind a part."""
        return not self.last_one(i) and bool(
            self.parts[i + 1].loud or "quoted" in self.parts[i + 1].means
        )

    def noun_next(self, i: int) -> bool:
        """Whether "rows" or the like stands behind a part."""
        follows = self.parts[i + 1] if i + 1 < len(self.parts) else None
        return follows is not None and bool(
            follows.means & {"row_noun", "rows_like", "generic", "counted"}
        )

    def subject_here(self, i: int) -> bool:
        """Whether a run, or the list that it begins, is what the verb behind it speaks of."""
        speaks = {"is", "does", "wish", "not", "belong", "appear", "others", "go"}
        for part in self.ahead(i, 8):
            if (
                part.means & speaks
                or part.sign in ("=", ">")
                or (part.sign == "" and part.means & {"row_noun", "rows_like"})
            ):
                return not (self.pending or self.group or self.is_)
            if part.sign != "," and not part.is_run and not part.means & SUBJECT:
                return False
        return False

    def named_next(self, i: int) -> bool:
        """Whether a thing stands right behind a part."""
        for part in self.parts[i + 1 : i + 5]:
            if part.things:
                return True
            if not part.means & {"filler", "of", "row_noun", "rows_like"}:
                return False
        return False

    def should_be(self, i: int) -> bool:
        """ "5812 should be 5814", "it should be 5814"."""
        back = [p for p in self.parts[max(0, i - 3) : i] if "filler" not in p.means]
        return self.wish and not self.negated and bool(back) and "is" in back[-1].means

    def follows_not(self, i: int) -> bool:
        """Whether a "not" stands right before a part."""
        for part in reversed(self.parts[max(0, i - NEAR) : i]):
            if "not" in part.means:
                return True
            if not part.means & POINTING:
                return False
        return False

    def ours_are(self, i: int) -> bool:
        """ "Our codes are 5814 and 5499"."""
        follows = self.parts[i + 1 : i + 3]
        named = len(follows) == 2 and "is" in follows[0].means and bool(follows[1].things)
        return named and not self.pending

    def things_after(self, i: int) -> bool:
        """Whether a thing stands behind a part, before the next verb."""
        for part in self.ahead(i):
            if part.own:
                continue
            if part.things or part.is_run:
                return True
            if part.means & set(VERBS) or part.means & {"is", "does", "wish"}:
                return False
        return False

    def particle(self, i: int) -> str:
        """ "out" or "in" behind what a verb names: "leave 5812 out", "let JUICE BAR in"."""
        for at in range(i + 1, min(len(self.parts), i + NEAR)):
            part = self.parts[at]
            if part.means & set(VERBS):
                return ""
            particle = part.phrase.split(" ")[0]
            if part.phrase in PARTICLES:
                between = self.parts[i + 1 : at]
                out = particle in ("out", "off", "away")
                if any(p.things or p.means & NAMED_AGAIN for p in between) and (
                    out or at == len(self.parts) - 1 or self.parts[at + 1].sign
                ):
                    return "out" if out else "in"
        return ""

    def pleased(self) -> bool:
        """Whether something is asked for politely."""
        return "please" in self.means
