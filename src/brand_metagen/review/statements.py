"""What a clause states: predicates and verbs, and the things that they are said of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.review.cues import VERB_FORMS
from brand_metagen.review.doers import Doers
from brand_metagen.review.part import Part
from brand_metagen.review.phrases import words
from brand_metagen.review.said import OPPOSITE, VERBS, Said, Say
from brand_metagen.review.things import Sort
from brand_metagen.review.verbs import READERS

MISTAKES = words("mistakes")
"""Verbs of which what is said behind them is not so."""
TOUCHES = words("touches")
"""What others do not have with the brand."""
AS_OURS = frozenset({"as", "to", "with"})
OURS = frozenset({"ours", "our", "they", "it", "filler"})
ALL_OF = words("all_of")
MISFITS = {"row": Sort.CODE, "combo": Sort.CODE, "code": Sort.ROW, "mcc": Sort.ROW}
"""What "that row", "that code" do not mean."""
PAST = frozenset({"was", "were"})
"""What tells how something stood once."""
STAYS = words("stays")
"""Verbs that speak of what stands before them."""


@dataclass(slots=True)
class Statements(Doers):
    """Takes in what is said, and of what."""

    def _applies(self, meaning: str, i: int, part: Part) -> bool:
        """Whether a word that may mean several things means this one here."""
        if part.phrase == "of ours" and self.pending:
            return True
        if meaning == "ours" and self.recent and self._behind_belong(i):
            return False
        if meaning == "ours" and i and self.parts[i - 1].phrase in ALL_OF:
            return True
        if meaning == "take" and part.phrase.startswith("find"):
            return bool(self.wish or self.negated)
        if meaning == "ours":
            as_ours = bool(self.pending and i and self.parts[i - 1].phrase in AS_OURS)
            as_ours = as_ours or self._bare(i, part) or self._all_there_is()
            heads = self._heads(i) or self.ours_are(i) or as_ours
            return heads or self.complement() or self.negated
        if meaning == "belong" and part.phrase in ("count", "counts"):
            return bool(self.pending or self.subject) and not self.things_after(i)
        if meaning == "belong" and "ends" in self.means and part.phrase == "needed":
            return False
        if meaning == "belong" and part.phrase.startswith("been"):
            return self.wish
        if meaning == "go" and part.phrase in ("come out", "comes out"):
            return bool(self.wish or self.does or self.pleased())
        if meaning == "go" and part.phrase in ("go", "goes"):
            return bool(self.pending) and self.last_one(i)
        return not (meaning in ("add", "take", "keep") and "filler" in part.means and self.is_)

    def _behind_belong(self, i: int) -> bool:
        """ "12345 does not belong to us": it has been said already."""
        to = i > 1 and "swap_for" in self.parts[i - 1].means
        return bool(to) and "belong" in self.parts[i - 2].means

    def _bare(self, i: int, part: Part) -> bool:
        """ "12345 ours", "combos 12345, 12346 not us"."""
        if not (self.pending and i and part.phrase in ("ours", "us", "theirs")):
            return False
        before = self.parts[i - 1]
        return bool(before.things or before.means & {"row_noun", "rows_like", "not", "all_banks"})

    def _all_there_is(self) -> bool:
        """ "Ours." behind what was left open."""
        bare = all(p.sign or p.means & {"ours", "filler", "our"} for p in self.parts)
        return self.open_topic and not self.pending and bare

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
            if say in (Say.IN, Say.OUT) and self._in_the_past(i):
                say = Say.UNCLEAR
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
        if meaning == "others" and any(p.other and not p.own for p in self.ahead(i, 1)):
            return None
        if self.parts[i].phrase == "theirs" and self.contrasts_us(i):
            return None if no else Say.OUT
        if meaning in ("belong", "ours"):
            ends_ours = meaning == "belong" and self._belongs_to(i)
            if ends_ours == "other":
                return None if no else Say.OUT
            if ends_ours == "somebody" and not no and self.parts[i].phrase.startswith("belong"):
                return Say.UNCLEAR
            return Say.OUT if no or self.ended else Say.IN
        if meaning == "missing":
            return Say.NOTHING if no or self.gone else Say.IN
        if meaning in ("fine", "wrong") and not no and self._as_told(meaning, i):
            return Say.UNCLEAR
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

    def _in_the_past(self, i: int) -> bool:
        """ "Was wrong", "still belonged to us": how it stood once."""
        if self.negated or self.wrongly:
            return False
        copula = next((p for p in reversed(self.parts[max(0, i - 4) : i]) if "is" in p.means), None)
        was = copula is not None and copula.phrase in PAST
        return (was and not self.heard.said) or self.parts[i].phrase == "belonged"

    def _as_told(self, meaning: str, i: int) -> bool:
        """ "You list 5813 as wrong", "5812 would be right for a cafe": not what is so for us."""
        if i and self.parts[i - 1].phrase == "as" and (self.subject or self.wrongly):
            return True
        code = bool(self.pending) and self.pending[-1].thing.sort is Sort.CODE
        follows = [p for p in self.ahead(i, 4) if p.phrase not in ("a", "an", "the")]
        if meaning != "fine" or not code or len(follows) < 2 or follows[0].phrase != "for":
            return False
        return not (follows[1].own or follows[1].begins_own or follows[1].means & OURS)

    def _belongs_to(self, i: int) -> str:
        """Whose something is said to be, where that is said: other, somebody's, or empty."""
        for part in self.parts[i + 1 : i + 5]:
            if part.other:
                self.heard.others.append(part.other)
                return "other"
            if "others" in part.means:
                return "other"
            if "ours" in part.means or part.own or part.begins_own or part.loud:
                return ""
            if part.is_run or part.phrase == "the same":
                return "somebody"
            if part.things:
                return ""
            if not part.means & {"filler", "of", "swap_for", "time", "same"}:
                return ""
        return ""

    def _state(self, say: Say, meaning: str = "", i: int = 0) -> None:
        """A predicate: of what stands before it, or, where nothing does, of what follows."""
        if self.subject == "rest" and not self.pending:
            self.subject = ""
        elif self.gerund and self.group and not self.pending and meaning in ("wrong", "fine"):
            for said in self.group:
                said.say = OPPOSITE.get(said.say or say) if meaning == "wrong" else Say.NOTHING
            self.gerund, say = False, self.group[-1].say or say
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
        if MISFITS.get(self.pointed.split(" ")[-1]) in {s.thing.sort for s in target}:
            say = Say.UNCLEAR
        if say in (Say.FINE, Say.NOTHING) and all(s.complaint for s in target if s.say):
            for said in target:
                said.say = Say.NOTHING if said.complaint else said.say
        self._assign([Said(s.thing, s.flip and s.say is None) for s in target], say)
        self.subject = ""

    def _again(self) -> list[Said]:
        """The things last spoken of, to say something more of them."""
        return [Said(s.thing, s.flip) for s in self.target()]

    def _assign(self, many: Sequence[Said], say: Say) -> None:
        for said in many:
            said.say = OPPOSITE.get(say, say) if said.flip else say
            said.complaint = self.complaint
        self.heard.said.extend(many)
        self.spoken.update(said.thing for said in many)
        if self.current is None or not self.group:
            self.group = []
        self.group.extend(many)
        self.recent = self.group
        self.last = say

    def _verb(self, meaning: str, i: int, part: Part) -> bool:
        """Whether the verb says anything of any thing."""
        form = next((form for form in VERB_FORMS if form in part.forms), "base")
        idiom = {"base", "gerund"} <= part.forms
        passive = bool(i and "is" in self.parts[i - 1].means) and not idiom
        form = "past" if passive and "past" in part.forms else form
        self.complaint = False
        say = READERS[meaning](self, form, i)
        if say in (Say.IN, Say.OUT) and not passive and form != "gerund" and self.told_of_others(i):
            say = Say.UNCLEAR
        if say is None or (say is Say.UNCLEAR and self.current is not None and not self.group):
            return False
        if form == "gerund" and i and "instead" in self.parts[i - 1].means:
            say = OPPOSITE.get(say, say)
        if meaning == "take" and MISTAKES & set(part.phrase.split()):
            self.mistaken = True
        if " them " in part.phrase or " it " in part.phrase:
            self.subject = "they"
        self.gerund = form == "gerund" and meaning in ("shut_out", "add", "keep")
        self.group = []
        self.last = say
        if self.pending and self._points_back(meaning, form, i) and say is Say.UNCLEAR:
            self.current = None
        elif self.pending and self._points_back(meaning, form, i):
            self._assign(self.pending, say)
            self.pending, self.current = [], None
        elif self._of_the_same(form, i):
            self._assign(self._again(), say)
            self.current = None
        elif self._of_it(i):
            self._of_topic(say)
            self.current = None
        else:
            self.current = self.waiting = say
        self.finite = False
        return True

    def _of_the_same(self, form: str, i: int) -> bool:
        """ "… must go, must stay", "belongs to somebody and should be dropped"."""
        if self.things_after(i):
            return False
        stays = self.parts[i].phrase in STAYS and bool(self.recent)
        return stays or (form == "past" and self.wish and self._left_open())

    def _left_open(self) -> bool:
        """Whether what was said last of things said nothing sure."""
        return bool(self.recent) and all(said.say is Say.UNCLEAR for said in self.recent)

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
