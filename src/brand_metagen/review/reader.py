"""Reviewers' free-text remarks, read without a model: into constraints, or into a question.

Text → tokens → sentences → parts → what each clause says of the things it names → constraints.
What is not clear is asked about, never guessed; a remark is data and gives no orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from brand_metagen.constraints import Constraint, Kind
from brand_metagen.errors import RuleError
from brand_metagen.grammar import check_pattern
from brand_metagen.records import Brand
from brand_metagen.review.corrections import doubts_itself, segments
from brand_metagen.review.foreign import QUESTION, is_foreign
from brand_metagen.review.judge import Judge
from brand_metagen.review.notes import Notes
from brand_metagen.review.part import Part
from brand_metagen.review.parts import Parser
from brand_metagen.review.pasted import pasted
from brand_metagen.review.patterns import proposed
from brand_metagen.review.phrases import words
from brand_metagen.review.reading import Lookup, Reading
from brand_metagen.review.remark_text import Clean, clean, tokens
from brand_metagen.review.said import Heard, Said, Say
from brand_metagen.review.sentences import (
    Sentence,
    asks,
    broken,
    clauses,
    compared,
    denied,
    leans_on,
    likened,
    lists,
    only_hedges,
    reported,
    said_of_another,
    sentences,
    set_apart,
    some_of,
    takes_away,
    twice_denied,
)
from brand_metagen.review.sureness import AT_LEAST, Sureness, named_outright
from brand_metagen.review.things import Sort, plain_words
from brand_metagen.review.wallets_said import wallets_said
from brand_metagen.tables.normalise import normalise

MOST_SPOKEN_OF = 1_000
"""Things that "they" may stand for."""

APPROVING = frozenset({"approve", "approved", "happy", "good to go"})
"""Words beside which "once 5812 is gone" asks for what is named."""
PROMISES = frozenset({Say.IN, Say.OUT, Say.ENDS})
US = frozenset({"ours", "us"})
SPLITS = frozenset(
    {"split", "splitting", "separate", "break", "divide", "be", "needs", "need", "should"}
)
"""First words of what asks for a brand to be split, whatever else is named."""
APART = words("apart")
"""What things are called that are not another's, but several."""


def read(text: str, brand: Brand, lookup: Lookup) -> Reading:
    """What a remark asks of a brand's rule; same text and market, same reading.

    Work grows with the length of the text. Authors and dates are left for the caller to put in.
    """
    if is_foreign(text):
        whole, samples = clean(text).everything, tuple(lookup.samples())[:2]
        return Reading(not_understood=(whole,), question=QUESTION, candidates=samples)
    return _Reader(brand, lookup, text=clean(text)).reading()


@dataclass(slots=True)
class _Reader(Notes):
    """One remark; lists fill up as its clauses are read."""

    text: Clean = field(kw_only=True)
    vague: list[tuple[str, int]] = field(default_factory=list)
    topic: list[Said] = field(default_factory=list)
    listed: bool = False
    """Whether the last line only named things."""
    read_to: int = 0
    """Where in the text a pattern ends that no sentence is looked for in."""
    us_too: bool = False
    before: Say | None = None
    header: Say | None = None

    def reading(self) -> Reading:
        """The whole remark, read."""
        every = tokens(self.text.text)
        self.us_too = any(token.word in US for token in every)
        parser = Parser.of(self.brand, self.lookup, every)
        read = [(one, pasted(parser.parts(one))) for one in sentences(every)]
        self.outright = any(named_outright(parts) for _, parts in read)
        for sentence, parts in read:
            self._sentence(sentence, parts)
        self._leftovers()
        self._contradictions()
        understood = tuple(self.found)
        vague = [clause for clause, known in self.vague if not known < len(understood)]
        for clause in vague:
            self.lost[clause] = None
        nothing = not understood and not self.lost and not self.noted
        whole = self.text.everything if nothing else ""
        if whole:
            self.lost[whole] = None
        question = self._question(understood, bool(vague))
        return Reading(
            understood,
            tuple(self.lost),
            tuple(self.noted),
            self._category(understood),
            question,
            tuple(self.lookup.samples())[:2] if question else (),
        )

    def _sentence(self, sentence: Sentence, parts: list[Part]) -> None:
        verbatim = self._verbatim(sentence.tokens[0].start, sentence.tokens[-1].end)
        if sentence.tokens[0].start < self.read_to:
            return
        if doubts_itself(parts, sentence.mark):
            self._unsaid(verbatim)
            return
        for piece, back in segments(parts):
            if back:
                self._unsaid(verbatim)
            if piece:
                self._statement(piece, sentence)

    def _unsaid(self, verbatim: str) -> None:
        """What was said last is open again, and is the topic."""
        if taken_back := self._take_back(verbatim):
            self.topic, self.before, self.header = taken_back, None, None
            self.lost[verbatim] = None

    def _statement(self, parts: list[Part], sentence: Sentence) -> None:
        verbatim = self._verbatim(parts[0].start, parts[-1].end)
        means: set[str] = set()
        for part in parts:
            means |= part.means
        self.stated = False
        self.says_we = self.says_we or any(
            one.phrase == "we" and "is" in other.means for one, other in pairwise(parts)
        )
        if "order" in means:
            self.lost[verbatim] = None
            self.noted["orders in a remark are not followed: it is read as text"] = None
            return
        if self._pattern(parts, verbatim):
            return
        question = asks(sentence, parts)
        named = any(part.things for part in parts)
        unsure = reported(sentence.tokens) or compared(sentence.tokens) or twice_denied(parts)
        unsure = unsure or likened(parts)
        approves = any(part.phrase in APPROVING for part in parts)
        conditional = "condition" in means and not (approves or "ends" in means)
        doubted = (named and (conditional or unsure)) or some_of(parts)
        if question or doubted or broken(sentence.tokens):
            self._undecided(parts, verbatim, means, question)
            return
        if self._whole_remark(sentence, parts, means):
            return
        for i, clause in enumerate(clauses(parts)):
            if any("hedge" in part.means for part in clause) and any(p.things for p in clause):
                said = self._verbatim(clause[0].start, clause[-1].end)
                self._undecided(clause, said, {"hedge"}, asks=False)
                continue
            if i and (only_hedges(clause) or takes_away(clause)):
                self._unsaid(verbatim)
                continue
            self._clause(clause, sentence, same_sentence=i > 0)
        if sentence.mark in (":\n", ";") or (sentence.mark == ",\n" and self.header is not None):
            self.header = self.before if self.before in (Say.IN, Say.OUT) else None
        elif sentence.mark != "\n":
            self.header = None

    def _verbatim(self, start: int, end: int) -> str:
        return self.text.verbatim(start, end)

    def _undecided(self, parts: Sequence[Part], verbatim: str, means: set[str], asks: bool) -> None:
        """Questions, conditions and doubts: what they name is asked about, and is the topic now."""
        named = [Said(thing) for part in parts for thing in part.things if not part.own]
        bare = asks and not (means - {"filler", "row_noun", "code_noun", "and", "rows_like"})
        if not bare:
            for said in named:
                said.say = Say.UNCLEAR
        self.topic = named or self.topic
        if bare and named:
            self.unsettled.update((said.thing, (verbatim, False)) for said in named)
            return
        self.lost[verbatim] = None
        if named:
            about = ", ".join(dict.fromkeys(said.thing.text for said in named))
            self.doubts[f"Is {about} theirs or not?"] = None
        else:
            self.doubts[""] = None

    def _pattern(self, parts: Sequence[Part], verbatim: str) -> bool:
        """Patterns proposed in a sentence; whether it was about nothing else."""
        proposal = proposed(self.text.text, parts)
        if proposal is None:
            return False
        if not proposal.patterns:
            self.lost[verbatim] = None
            self.doubts[proposal.doubt] = None
            return True
        self.read_to = proposal.end
        for pattern in proposal.patterns:
            words = plain_words(pattern)
            if proposal.say in (Say.OUT, Say.IN) and words:
                kind = Kind.WORDS_OUT if proposal.say is Say.OUT else Kind.WORDS_IN
                self._keep(Constraint(kind, words), verbatim)
            elif proposal.say is Say.OUT or (proposal.say is Say.IN and len(proposal.patterns) > 1):
                self._refuse(verbatim, f"{pattern!r}: name the words that are to be shut out")
            else:
                self._checked(pattern, verbatim)
        return True

    def _checked(self, pattern: str, verbatim: str) -> None:
        try:
            check_pattern(pattern)
        except RuleError as refused:
            self._refuse(verbatim, f"the pattern is refused: {refused}")
        else:
            self.found[Constraint(Kind.PATTERN, pattern)] = None

    def _refuse(self, verbatim: str, why: str) -> None:
        self.lost[verbatim] = None
        self.noted[why] = None
        self.doubts[""] = None

    def _whole_remark(self, sentence: Sentence, parts: Sequence[Part], means: set[str]) -> bool:
        """Wallets, ambiguity, several brands: said of the brand, not of things."""
        no = bool(means & {"over"}) or ("not" in means and not means & {"wallet", "ambiguous"})
        named = wallets_said(sentence.tokens, means, self.brand.brandname, no)
        self.found.update((Constraint(Kind.WALLET, name), None) for name in named)
        if named:
            return True
        called = any(part.phrase in ("called", "named") for part in parts)
        if "split" in means and called:
            means = (means - {"split"}) | {"ambiguous"}
        ids = any(t.sort in (Sort.ROW, Sort.CODE) for part in parts for t in part.things)
        told = ids and not any(part.phrase.split(" ")[0] in SPLITS for part in parts)
        if "split" in means and not told and not means & {"ambiguous", "not", "over"}:
            self.found[Constraint(Kind.SPLIT)] = None
            return True
        if (
            "ambiguous" in means
            and not (ids or said_of_another(parts))
            and "over" not in means
            and not denied(parts, "ambiguous")
        ):
            self.found[Constraint(Kind.AMBIGUOUS)] = None
            return not any(
                part.things and not (part.own or all(t.plain for t in part.things))
                for part in parts
            )
        return False

    def _clause(self, parts: list[Part], sentence: Sentence, *, same_sentence: bool) -> None:
        if not parts:
            return
        verbatim = self._verbatim(parts[0].start, parts[-1].end)
        judge = Judge(
            parts,
            self.topic,
            self.before,
            self.header if lists(parts) and not same_sentence else None,
            same_sentence,
            normalise(self.brand.brandname),
            self.us_too,
        )
        banks = [part.phrase for part in parts if "at_bank" in part.means]
        if banks and not any(part.things and not part.other for part in parts):
            judge.subject, judge.is_ = "they", True
        heard = judge.judge()
        if banks and not heard.said and self.before in (Say.IN, Say.OUT):
            heard.said.extend(Said(s.thing, say=self.before) for s in self.topic if s.thing.doubt)
        if banks and not heard.said and leans_on(parts):
            say = Say.OUT if any("not" in part.means for part in parts) else Say.IN
            of = [s.thing for s in self.topic if s.thing.sort is Sort.ROW]
            heard.said.extend(Said(thing, say=say) for thing in of)
        if banks:
            if set_apart(parts):
                heard.said = [replace(s, say=s.say and Say.UNCLEAR) for s in heard.said]
            self._narrow(heard, banks, parts)
        self._doubt(heard, parts)
        self.flags |= heard.flags
        settled = self._take_in(heard, verbatim)
        if judge.last is not None:
            self.before = judge.last
        if sentence.mark in (":\n", "\n") and judge.current is not None:
            self.before = judge.current
            if not heard.said:
                self.header = judge.current
        if heard.said:
            still_open = [said for said in heard.said if said.say is None]
            listed = bool(still_open) and lists(parts)
            if listed and self.listed:
                self.topic.extend(still_open[: MOST_SPOKEN_OF - len(self.topic)])
            else:
                self.topic = (still_open or heard.said)[-MOST_SPOKEN_OF:]
            self.listed = listed
        for other in heard.others:
            rows = [s.thing.text for s in heard.said if s.say is Say.OUT]
            if rows:
                self.noted[f"{', '.join(rows)}: brand {other}'s, as was said"] = None
        if not heard.said and not settled:
            self._without_things(heard, judge, verbatim)

    def _doubt(self, heard: Heard, parts: Sequence[Part]) -> None:
        """What is not surely said is asked about."""
        sure = Sureness(parts, self.outright)
        for said in heard.said:
            if said.say in PROMISES and sure.strength(said) < AT_LEAST:
                said.say = None if said.thing.plain and self.outright else Say.UNCLEAR

    def _without_things(self, heard: Heard, judge: Judge, verbatim: str) -> None:
        """A clause that names nothing: praise, a preface, a complaint, or noise."""
        flags = heard.flags
        if judge.current is not None and not flags & {"ends"} and judge.parts[-1].sign == ":":
            return
        apart = any(
            part.phrase.split(" ")[0] in APART for part in judge.parts if "others" in part.means
        )
        if "others" in flags and apart and not self.topic:
            self.found[Constraint(Kind.SPLIT)] = None
            return
        if flags & {"broad", "narrow", "vague", "wrong", "missing", "others", "not", "go", "ends"}:
            self.vague.append((verbatim, len(self.found)))
        elif judge.waiting is Say.NOTHING or flags & {"praise", "fine", "fine_with"} or judge.over:
            self.noted["nothing to do"] = None
        elif judge.current is not None or judge.waiting is not None:
            self.vague.append((verbatim, len(self.found)))
