"""What a reader of a remark has noted: constraints, and what it has to ask or to say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from brand_metagen.constraints import Constraint, Kind
from brand_metagen.records import Brand
from brand_metagen.review.contradictions import contradictions
from brand_metagen.review.part import Part
from brand_metagen.review.reading import Category, Lookup
from brand_metagen.review.said import Heard, Said, Say
from brand_metagen.review.things import Sort, Thing
from brand_metagen.review.wallets_said import wallet_before, wallet_of
from brand_metagen.synthesise.names import squeeze
from brand_metagen.tables.normalise import normalise

MOST_COMPARED = 200
"""Constraints of one remark that are compared with each other; the same thing in and out is always
found."""
_KINDS = {
    (Sort.CODE, Say.IN): Kind.MCC_IN,
    (Sort.CODE, Say.FINE): Kind.MCC_IN,
    (Sort.CODE, Say.OUT): Kind.MCC_OUT,
    (Sort.ROW, Say.IN): Kind.BELONGS,
    (Sort.ROW, Say.OUT): Kind.DOES_NOT_BELONG,
    (Sort.WORDS, Say.IN): Kind.WORDS_IN,
    (Sort.WORDS, Say.OUT): Kind.WORDS_OUT,
    (Sort.WORDS, Say.ENDS): Kind.ENDS,
}
_OPPOSITE = {
    Kind.MCC_IN: Kind.MCC_OUT,
    Kind.BELONGS: Kind.DOES_NOT_BELONG,
    Kind.WORDS_IN: Kind.WORDS_OUT,
}


@dataclass(slots=True)
class Notes:
    """Constraints found, clauses lost, remarks on them, doubts, things that nothing was said of.

    A thing of `unsettled` comes with its clause and whether it was said what kind of thing it is.
    """

    brand: Brand
    lookup: Lookup
    found: dict[Constraint, None] = field(default_factory=dict)
    lost: dict[str, None] = field(default_factory=dict)
    noted: dict[str, None] = field(default_factory=dict)
    doubts: dict[str, None] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    unsettled: dict[Thing, tuple[str, bool]] = field(default_factory=dict)
    fine: set[Thing] = field(default_factory=set)
    """Things said to be fine as they are."""
    newest: list[tuple[Constraint, Thing]] = field(default_factory=list)
    """What the last statement asked for, to be taken back."""
    stated: bool = False
    """Whether the statement being read has asked for anything yet."""
    outright: bool = False
    """Whether codes, rows, or words in capitals or quotes are named anywhere."""
    says_we: bool = False
    """Whether it was said what the brand itself is: "we're a gym"."""

    def _narrow(self, heard: Heard, banks: Sequence[str], parts: Sequence[Part]) -> None:
        """Rows of the banks that are named beside a combo; of all but those, where that is said."""
        but = any(part.means & {"except", "all_banks"} or part.phrase == "but" for part in parts)
        here = {thing for part in parts for thing in part.things}
        for said in heard.said:
            if said.thing.sort is Sort.ROW:
                every = self.lookup.combos(said.thing.rows[0].ccid)
                if len(said.thing.rows) < len(every) and said.thing in here:
                    continue  # its own bank was named beside it
                rows = tuple(row for row in every if (row.bankid.upper() in banks) is not but)
                if rows:
                    self.doubts.pop(said.thing.doubt, None)
                    said.thing = replace(said.thing, rows=rows, doubt="")

    def _one(self, said: Said, verbatim: str) -> None:
        """A thing and what is said of it, as a constraint or as what is wrong with it."""
        thing, say = said.thing, said.say
        assert say is not None
        if say is Say.NOTHING or (say is Say.FINE and thing.sort is not Sort.CODE):
            self.fine.add(thing)
            if say is Say.FINE and self._was_denied(thing):
                self._ask(verbatim, f"Is {thing.text} theirs or not?")
                return
            self.noted[f"{thing.text}: fine as it is"] = None
            return
        if thing.doubt and thing.doubt != "short":
            self._ask(verbatim, thing.doubt)
            return
        if thing.sort is Sort.UNKNOWN:
            self._ask(verbatim, f"There is no code or combo {thing.text}: which is meant?")
            return
        kind = _KINDS.get((thing.sort, say))
        if kind is None or thing.doubt:
            self._ask(verbatim, f"Is {thing.text} theirs or not?")
            return
        if not self.stated:
            self.newest, self.stated = [], True
        for constraint in _constraints(kind, thing):
            self._keep(constraint, verbatim)
            self.newest.append((constraint, thing))

    def _was_denied(self, thing: Thing) -> bool:
        """Whether what is called fine was said not to be theirs before; that is dropped then."""
        kind = _KINDS.get((thing.sort, Say.OUT))
        denied = [c for c in _constraints(kind, thing) if c in self.found] if kind else []
        for constraint in denied:
            del self.found[constraint]
        return bool(denied)

    def _keep(self, constraint: Constraint, verbatim: str) -> None:
        own = squeeze(self.brand.brandname)
        words = squeeze(constraint.text)
        if constraint.kind is Kind.WORDS_IN and constraint.text == normalise(self.brand.brandname):
            return
        through = wallet_of(constraint.text) or wallet_before(constraint.text)
        if constraint.kind is Kind.WORDS_IN and (wallet := through):
            constraint = Constraint(Kind.WALLET, wallet)
        if constraint.kind is Kind.WORDS_OUT and words in own:
            self._ask(
                verbatim, f"Shutting out {constraint.text!r} would shut out the brand itself."
            )
            return
        longer = own in words and words != own
        if constraint.kind is Kind.ENDS and longer:
            self._ask(verbatim, f"Which word is to end: is it {constraint.text!r}?")
            return
        self.found[constraint] = None

    def _take_back(self, verbatim: str) -> list[Said]:
        """What the last statement asked for is open again; the things it was about."""
        things = dict.fromkeys(thing for _, thing in self.newest)
        for constraint, thing in self.newest:
            self.found.pop(constraint, None)
            self.unsettled[thing] = (verbatim, False)
        self.newest = []
        return [Said(thing) for thing in things]

    def _ask(self, verbatim: str, doubt: str) -> None:
        self.lost[verbatim] = None
        self.doubts[doubt] = None

    def _leftovers(self) -> None:
        """Things that nothing was said of."""
        settled = {squeeze(c.text) for c in self.found if c.text}
        rows = {c.row for c in self.found if c.row is not None}
        whole = {Kind.SPLIT, Kind.WALLET} & {c.kind for c in self.found}
        for thing, (verbatim, described) in self.unsettled.items():
            if thing.sort is Sort.UNKNOWN and not thing.doubt:
                continue
            if squeeze(thing.text) in settled or (thing.rows and set(thing.rows) <= rows):
                continue
            own = squeeze(thing.text) == squeeze(self.brand.brandname)
            sorts = {Sort.ROW, Sort.WORDS} | ({Sort.CODE} if self.says_we else set())
            plain = thing.plain and (self.outright or not self.says_we)
            guessed = described and not (thing.doubt or plain or own or thing in self.fine)
            if guessed and thing.sort in sorts:
                self._one(Said(thing, say=Say.OUT), verbatim)
                continue
            if whole or (thing.sort is Sort.WORDS and self.found):
                continue
            self._ask(verbatim, thing.doubt or f"Is {thing.text} theirs or not?")

    def _contradictions(self) -> None:
        """What is said to be in and out in one breath is asked about, and neither is kept."""
        clashing: set[Constraint] = set()
        for constraint in self.found:
            opposite = _OPPOSITE.get(constraint.kind)
            other = opposite and Constraint(opposite, constraint.text, constraint.row)
            if other in self.found:
                clashing |= {constraint, other}
        few = list(self.found)[:MOST_COMPARED]
        for clash in contradictions(few):
            clashing |= {clash.first, clash.second}
        for constraint in [c for c in self.found if c in clashing]:
            del self.found[constraint]
            self.lost[str(constraint)] = None
        if clashing:
            said = "; ".join(map(str, sorted(clashing, key=str)[:4]))
            self.doubts[f"This contradicts itself: {said}. Which of it holds?"] = None

    def _question(self, understood: Sequence[Constraint], vague: bool) -> str | None:
        doubts = [doubt for doubt in self.doubts if doubt]
        if doubts:
            return " ".join(doubts[:3])
        if self.doubts or vague or (not understood and not self.noted):
            return "Which rows are wrong? Is the first of these theirs, and is the second?"
        return None

    def _category(self, understood: Sequence[Constraint]) -> Category:
        kinds = {c.kind for c in understood}
        if Kind.WALLET in kinds:
            return Category.WALLET
        if kinds & {Kind.AMBIGUOUS, Kind.SPLIT}:
            return Category.AMBIGUOUS
        if "broad" in self.flags:
            return Category.TOO_BROAD
        if "narrow" in self.flags:
            return Category.TOO_NARROW
        if kinds & {Kind.MCC_IN, Kind.MCC_OUT}:
            return Category.MCC
        if kinds & {Kind.DOES_NOT_BELONG, Kind.WORDS_OUT, Kind.ENDS}:
            return Category.TOO_BROAD
        return Category.TOO_NARROW if kinds & {Kind.BELONGS, Kind.WORDS_IN} else Category.GENERAL

    def _take_in(self, heard: Heard, verbatim: str) -> bool:
        settled = False
        for said in heard.said:
            if said.say is None:
                self.unsettled[said.thing] = (verbatim, said.described)
                continue
            settled = True
            self.unsettled.pop(said.thing, None)
            self._one(said, verbatim)
        return settled


def _constraints(kind: Kind, thing: Thing) -> Iterator[Constraint]:
    if thing.sort is Sort.ROW:
        yield from (Constraint(kind, row=row) for row in thing.rows)
    else:
        yield Constraint(kind, thing.text)
