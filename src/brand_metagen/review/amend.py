"""A rule made to keep what reviewers asked of it: generally, and never by listing rows if it can.

Starting from a proven rule, pieces are added for rows that belong, and exclusions, narrower pieces
or codes found for rows that do not. Of several ways the one that costs the brand fewest rows is
taken, and of those the one that explains most.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.grammar import FEWEST_LETTERS, check_pattern
from brand_metagen.records import Piece, Rule
from brand_metagen.review.words import checked, escaped, joined, outside, safe_search
from brand_metagen.synthesise.corpus import Corpus
from brand_metagen.synthesise.judge import CLOSED, Candidate
from brand_metagen.synthesise.knowledge import Knowledge
from brand_metagen.synthesise.learn import print_include
from brand_metagen.synthesise.names import squeeze
from brand_metagen.synthesise.ngrams import runs_of

ROUNDS = 5
"""Amendments after which what still fails is called unmet."""
OWN_LOST = 0.02
"""Share of the brand's own narratives that a general exclusion may cost; one is always bearable."""
TELLING = 3
"""Letters a word needs to stand for a brand's rows, or against them."""

UNKNOWN = -1.0
"""What a word that the market does not know says against a row, in log odds."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Worth = Callable[[str], float | None]
"""What a word says of the rows it stands in: log odds, None where the market does not know it."""


@dataclass(frozen=True, slots=True)
class Amended:
    """The rule, what was done to it in plain words, and the constraints that it cannot keep.

    `listed` counts narratives that had to be named one by one.
    """

    rule: Rule
    done: tuple[str, ...]
    unmet: tuple[Constraint, ...]
    listed: int = 0


def amend(
    knowledge: Knowledge, rule: Rule, constraints: Sequence[Constraint], worth: Worth
) -> Amended:
    """The rule changed as little as keeps all constraints; order among them does not matter.

    Raises RuleError for words and patterns that are not in the language, or say too little, and
    where the rule would become longer than the language allows.
    """
    for constraint in constraints:
        if constraint.kind in (Kind.WORDS_IN, Kind.WORDS_OUT, Kind.ENDS):
            checked(constraint.text)
    draft = _Draft.of(rule)
    wanted = _Wanted.of(constraints)
    _take_over(draft, wanted, knowledge)
    for _ in range(ROUNDS):
        missing = [row for row in wanted.rows_in if not draft.takes(row)]
        wrong = [row for row in wanted.rows_out if draft.takes(row)]
        if not missing and not wrong:
            break
        if missing:
            _let_in(draft, missing, wanted, knowledge)
        if wrong:
            _shut_out(draft, wrong, wanted, knowledge, worth)
    made = draft.rule()
    for pattern in (made.include, *([made.exclude] if made.exclude else [])):
        check_pattern(pattern)
    unmet = tuple(c for c in constraints if not keeps(made, c, knowledge.corpus))
    return Amended(made, tuple(draft.done), unmet, draft.listed)


def keeps(rule: Rule, constraint: Constraint, corpus: Corpus) -> bool:
    """Whether a rule does what a constraint asks on a market's narratives."""
    text = constraint.text
    if constraint.row is not None:
        taken = constraint.row.mccid in rule.mccids and matches(rule, constraint.row.narrative)
        return taken is (constraint.kind is Kind.BELONGS)
    if constraint.kind in (Kind.MCC_IN, Kind.MCC_OUT):
        return (text in rule.mccids) is (constraint.kind is Kind.MCC_IN)
    if constraint.kind is Kind.PATTERN:
        return text in rule.include
    if constraint.kind is Kind.WORDS_IN:
        return matches(rule, text)
    behind = "" if constraint.kind is Kind.WORDS_OUT else "[A-Z]"
    shut_out = safe_search(joined(text) + behind)
    held = (corpus.texts[i] for i in corpus.containing(squeeze(text)))
    return not any(shut_out(narrative) and matches(rule, narrative) for narrative in held)


def matches(rule: Rule, text: str) -> bool:
    """Whether include matches and exclude does not."""
    excluded = rule.exclude is not None and safe_search(rule.exclude)(text)
    return bool(safe_search(rule.include)(text)) and not excluded


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The constraints by what they ask."""

    rows_in: tuple[Row, ...]
    rows_out: tuple[Row, ...]
    words: dict[Kind, tuple[str, ...]]

    @classmethod
    def of(cls, constraints: Sequence[Constraint]) -> _Wanted:
        rows = {
            kind: {c.row for c in constraints if c.kind is kind and c.row is not None}
            for kind in (Kind.BELONGS, Kind.DOES_NOT_BELONG)
        }
        inside, outside = (
            tuple(sorted(found, key=lambda r: (r.narrative, r.mccid, r.mid, r.ccid, r.bankid)))
            for found in rows.values()
        )
        words = {
            kind: tuple(dict.fromkeys(c.text for c in constraints if c.kind is kind and c.text))
            for kind in Kind
        }
        return cls(inside, outside, words)


@dataclass
class _Draft:
    """A rule in the making; `whole` is a part of the include that is not taken apart.

    `rows` are narratives taken as they stand, `promised` what may not be let in again.
    """

    brandid: str
    whole: str | None
    candidates: list[Candidate]
    outs: list[str]
    codes: set[str]
    pieces: dict[str, Piece]
    rows: list[str] = field(default_factory=list)
    promised: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    listed: int = 0

    @classmethod
    def of(cls, rule: Rule) -> _Draft:
        """Apart into its pieces where they are all there is to the include."""
        pieces = [Candidate(p.pattern, squeeze(p.pattern), p.kind) for p in rule.pieces]
        apart = bool(pieces) and print_include(pieces) == rule.include
        return cls(
            rule.brandid,
            None if apart else rule.include,
            pieces if apart else [],
            [rule.exclude] if rule.exclude else [],
            set(rule.mccids),
            {p.pattern: p for p in rule.pieces},
        )

    @property
    def include(self) -> str:
        printed = [print_include(self.candidates)] if self.candidates else []
        parts = [*([self.whole] if self.whole else []), *printed, *self.rows]
        return parts[0] if len(parts) == 1 else "(?:" + "|".join(parts) + ")"

    @property
    def exclude(self) -> str | None:
        if not self.outs:
            return None
        return self.outs[0] if len(self.outs) == 1 else "(?:" + "|".join(self.outs) + ")"

    def rule(self) -> Rule:
        known = [
            self.pieces.get(c.pattern, Piece(c.pattern, c.kind, 0, 0)) for c in self.candidates
        ]
        kept = [] if self.whole is None else [p for p in self.pieces.values() if p not in known]
        rows = [Piece(row, "a row as it stands", 0, 0) for row in self.rows]
        codes = tuple(sorted(self.codes))
        return Rule(self.brandid, self.include, self.exclude, codes, (*kept, *known, *rows))

    def takes(self, row: Row) -> bool:
        return row.mccid in self.codes and self.matches(row.narrative)

    def matches(self, text: str) -> bool:
        exclude = self.exclude
        excluded = exclude is not None and safe_search(exclude)(text)
        return bool(safe_search(self.include)(text)) and not excluded

    def add(self, candidate: Candidate, why: str) -> None:
        if candidate.pattern not in {c.pattern for c in self.candidates}:
            self.candidates.append(candidate)
            self.done.append(why)

    def shut_out(self, pattern: str, why: str) -> None:
        if pattern not in self.outs:
            self.outs.append(pattern)
            self.done.append(why)

    def let_in(self, texts: Sequence[str]) -> None:
        """Give up exclusions that hit texts that belong, unless a reviewer asked for them."""
        for out in list(self.outs):
            if out not in self.promised and any(map(safe_search(out), texts)):
                self.outs.remove(out)
                self.done.append(f"no longer shuts out {out}")

    def take_as_it_stands(self, text: str) -> None:
        """Nothing general tells the row from others; too few letters, and not even this will do."""
        if len(squeeze(text)) >= FEWEST_LETTERS:
            self.listed += 1
            self.rows.append(f"^{escaped(text)}$")
            self.done.append(f"takes {text!r} as it stands")

    def list_code(self, code: str, why: str = "") -> None:
        if code not in self.codes:
            self.codes.add(code)
            self.done.append(f"code {code} is in{why}")

    def drop_code(self, code: str, why: str = "") -> None:
        if code in self.codes:
            self.codes.discard(code)
            self.done.append(f"code {code} is out{why}")


def _take_over(draft: _Draft, wanted: _Wanted, knowledge: Knowledge) -> None:
    """What reviewers said outright: pattern, words, codes."""
    if wanted.words[Kind.PATTERN]:
        proposed = wanted.words[Kind.PATTERN][-1]
        check_pattern(proposed)
        draft.whole, draft.candidates = proposed, []
        draft.done.append(f"the pattern is {proposed}, as proposed")
    for letters in wanted.words[Kind.ENDS]:
        _end(draft, letters)
    for words in wanted.words[Kind.WORDS_IN]:
        draft.let_in([words])
        if not draft.matches(words):
            draft.add(_spelled(words), f"takes what says {words}")
    for letters in wanted.words[Kind.WORDS_OUT]:
        pattern = _fragment(draft, letters, knowledge.corpus)
        draft.promised.add(pattern)
        draft.shut_out(pattern, f"shuts out {letters}")
    for code in wanted.words[Kind.MCC_IN]:
        draft.list_code(code)
    for code in wanted.words[Kind.MCC_OUT]:
        draft.drop_code(code)


def _spelled(words: str) -> Candidate:
    return Candidate(joined(words), squeeze(words), "a reviewer's words")


def _end(draft: _Draft, letters: str) -> None:
    """Close what reads on behind the letters."""
    goes_on = rf"\b{joined(letters)}[A-Z]"
    reads_on = [c for c in draft.candidates if _reads_on(c.closed, letters)]
    if reads_on:
        draft.candidates = [c for c in draft.candidates if c not in reads_on]
        draft.add(_spelled(letters), f"the word ends after {letters}")
    elif not draft.candidates or draft.whole:
        draft.promised.add(goes_on)
        draft.shut_out(goes_on, f"the word ends after {letters}")


def _reads_on(pattern: str, letters: str) -> bool:
    """Whether a pattern matches words that go on behind the letters."""
    return any(safe_search(pattern)(f"{letters}{letter}") for letter in LETTERS)


def _fragment(draft: _Draft, letters: str, corpus: Corpus) -> str:
    """The letters as whole words where that shuts out all that hold them, else as part of one."""
    words = joined(letters)
    held = (corpus.texts[i] for i in corpus.containing(squeeze(letters)))
    taken = [text for text in held if safe_search(words)(text) and draft.matches(text)]
    for way in (rf"\b{words}\b", rf"\b{words}", rf"{words}\b"):
        if taken and all(safe_search(way)(text) for text in taken):
            return way
    return words


def _let_in(draft: _Draft, missing: Sequence[Row], wanted: _Wanted, knowledge: Knowledge) -> None:
    """Codes and pieces for rows that belong; an exclusion that hits one of them gives way."""
    for row in missing:
        draft.list_code(row.mccid, f", because {row.narrative!r} belongs")
    draft.let_in([row.narrative for row in missing])
    taken = safe_search(draft.include)
    texts = sorted({row.narrative for row in missing if not taken(row.narrative)})
    while texts:
        candidate = _best_piece(draft, texts, wanted, knowledge)
        if candidate is None:
            draft.take_as_it_stands(texts[0])
            texts = texts[1:]
            continue
        draft.add(candidate, f"takes what says {candidate.pattern}")
        texts = [t for t in texts if not safe_search(candidate.closed)(t)]


def _best_piece(
    draft: _Draft, texts: Sequence[str], wanted: _Wanted, knowledge: Knowledge
) -> Candidate | None:
    """The run of words that most of the texts share and that takes least of others' rows."""
    judge, best, best_score = knowledge.judge, None, None
    inside = {row.narrative for row in wanted.rows_in}
    outside = [row.narrative for row in wanted.rows_out]
    for run, support in sorted(runs_of(texts).items()):
        if len(squeeze(run)) < TELLING:
            continue
        candidate = _spelled(run)
        found = safe_search(candidate.closed)
        # A run ends where blanks and stars do; the pattern asks for the edge of a word.
        if any(map(found, outside)) or not any(map(found, texts)):
            continue
        taken = judge.hits(candidate)
        others = (i for i in taken if knowledge.corpus.texts[i] not in inside)
        tally = judge.tally(draft.brandid, others)
        bad = tally.rival + tally.noise + 0.5 * tally.unlabelled
        if bad > max(1.0, 0.25 * (tally.own + support)):
            continue
        if len(judge.public_conflicts(draft.brandid, candidate)) > support + tally.own:
            continue
        score = (support + tally.own - 2 * bad, len(run), run)
        if best_score is None or score > best_score:
            best, best_score = candidate, score
    return best


@dataclass(frozen=True, slots=True, order=True)
class _Way:
    """Words to shut out, the better the smaller: own rows lost, rows solved (negative), what the
    market says of the words, how many there are."""

    lost: int
    unsolved: int
    against: float
    words: int
    run: str


def _shut_out(
    draft: _Draft, wrong: Sequence[Row], wanted: _Wanted, knowledge: Knowledge, worth: Worth
) -> None:
    """Exclusions, codes or a narrower include for rows that do not belong."""
    own = _own_taken(draft, wanted, knowledge.corpus)
    bearable = max(1.0, OWN_LOST * len(own))
    for row in wrong:
        if not draft.takes(row):
            continue
        texts = [other.narrative for other in wrong if draft.takes(other)]
        way = _best_exclusion(draft, texts, own, wanted, worth)
        if way is not None and way.lost <= bearable:
            draft.shut_out(rf"\b{joined(way.run)}{CLOSED}", f"shuts out {way.run}")
        if not draft.takes(row):
            continue
        if _spare(draft, row.mccid, own, wanted, knowledge.corpus) <= bearable:
            draft.drop_code(row.mccid, f", because {row.narrative!r} is not theirs")
        else:
            draft.listed += 1
            draft.shut_out(f"^{escaped(row.narrative)}$", f"shuts out {row.narrative!r} as it is")


def _own_taken(draft: _Draft, wanted: _Wanted, corpus: Corpus) -> list[str]:
    """The brand's own narratives that the draft matches, those said not to be its own left out."""
    besides = {row.narrative for row in wanted.rows_out}
    rows = (corpus.texts[i] for i in corpus.own.get(draft.brandid, ()))
    return [text for text in rows if text not in besides and draft.matches(text)]


def _best_exclusion(
    draft: _Draft, texts: Sequence[str], own: Sequence[str], wanted: _Wanted, worth: Worth
) -> _Way | None:
    """The words beside the match that stand in most of the texts and in fewest rows to keep."""
    kept = [row.narrative for row in wanted.rows_in]
    ways = []
    for run, solved in sorted(runs_of(outside(draft.include, text) for text in texts).items()):
        found = safe_search(rf"\b{joined(run)}{CLOSED}")
        if len(squeeze(run)) < TELLING or any(map(found, kept)):
            continue
        lost = sum(found(text) is not None for text in own)
        words = run.split(" ")
        against = sum(UNKNOWN if (w := worth(word)) is None else w for word in words)
        ways.append(_Way(lost, -solved, against / len(words), len(words), run))
    return min(ways, default=None)


def _spare(draft: _Draft, mccid: str, own: Sequence[str], wanted: _Wanted, corpus: Corpus) -> float:
    """What leaving a code out would cost: the brand's own narratives that carry it."""
    if mccid in wanted.words[Kind.MCC_IN] or any(row.mccid == mccid for row in wanted.rows_in):
        return math.inf
    kept = set(own)
    return sum(
        corpus.texts[i] in kept
        for i in corpus.own.get(draft.brandid, ())
        if (mccid, draft.brandid) in {(code, given) for code, given, _ in corpus.cells[i]}
    )
