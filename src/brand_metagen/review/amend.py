"""A rule made to keep what reviewers asked of it: generally, and never by listing rows if it can.

Starting from a proven rule, pieces are added for rows that belong, and exclusions, narrower pieces
or codes found for rows that do not. Of several ways the one that costs the brand fewest rows is
taken, and of those the one that explains most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.constraints import Constraint, Kind
from brand_metagen.errors import RuleError
from brand_metagen.grammar import check_pattern
from brand_metagen.records import Rule
from brand_metagen.review.draft import Draft
from brand_metagen.review.repair import Worth, let_in, shut_out, spelled
from brand_metagen.review.wanted import (
    Settled,
    Wanted,
    keeps,
    never,
    safe_codes,
    without_wallet,
)
from brand_metagen.review.words import checked, joined, safe_search
from brand_metagen.synthesise.corpus import Corpus
from brand_metagen.synthesise.knowledge import Knowledge
from brand_metagen.synthesise.names import squeeze
from brand_metagen.synthesise.ngrams import runs_of

ROUNDS = 5
"""Amendments after which what still fails is called unmet."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


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
    knowledge: Knowledge,
    rule: Rule,
    constraints: Sequence[Constraint],
    worth: Worth,
    settled: Settled = never,
) -> Amended:
    """The rule changed as little as keeps all constraints; order among them does not matter.

    `rule` may be blank (see `draft.blank`). Rows that do not belong and are `settled` may stay
    taken. Raises RuleError for words and patterns that are not in the language, or say too little,
    and where the rule would become longer than the language allows, or stays blank.
    """
    for constraint in constraints:
        if constraint.kind in (Kind.WORDS_IN, Kind.WORDS_OUT, Kind.ENDS):
            checked(constraint.text)
    draft = Draft.of(rule)
    wanted = Wanted.of(constraints)
    _take_over(draft, wanted, knowledge)
    for _ in range(ROUNDS):
        missing = [row for row in wanted.rows_in if not draft.takes(row)]
        wrong = [row for row in wanted.rows_out if draft.takes(row) and not settled(row)]
        if not missing and not wrong:
            break
        if missing:
            let_in(draft, missing, wanted, knowledge)
        if wrong:
            shut_out(draft, wrong, wanted, knowledge, worth)
    made = draft.rule()
    if not made.include:
        raise RuleError(
            "nothing that was said tells the brand's rows: point at rows that belong, or propose "
            "a pattern"
        )
    for pattern in (made.include, *([made.exclude] if made.exclude else [])):
        check_pattern(pattern)
    unmet = tuple(c for c in constraints if not keeps(made, c, knowledge, settled))
    return Amended(made, tuple(draft.done), unmet, draft.listed)


def _take_over(draft: Draft, wanted: Wanted, knowledge: Knowledge) -> None:
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
            draft.add(spelled(words), f"takes what says {words}")
    for letters in wanted.words[Kind.WORDS_OUT]:
        pattern = _fragment(draft, letters, knowledge.corpus)
        draft.promised.add(pattern)
        draft.shut_out(pattern, f"shuts out {letters}")
    if wanted.words[Kind.AMBIGUOUS]:
        for code in sorted(draft.codes - safe_codes(draft.brandid, knowledge)):
            draft.drop_code(code, ", because the name means other things too")
    for code in wanted.words[Kind.MCC_IN]:
        draft.list_code(code)
    for code in wanted.words[Kind.MCC_OUT]:
        draft.drop_code(code)
    for wallet in wanted.words[Kind.WALLET]:
        _free_of_wallet(draft, wallet, knowledge)


def _free_of_wallet(draft: Draft, wallet: str, knowledge: Knowledge) -> None:
    """Take the brand's wallet rows without what the wallet prints, by their words."""
    for text in without_wallet(draft.rule(), wallet, knowledge):
        if not draft.matches(text):
            words = runs_of([text])
            longest = max(words, key=lambda run: (len(run), run), default=text)
            draft.add(spelled(longest), f"takes {longest} without {wallet or 'a wallet'}")


def _end(draft: Draft, letters: str) -> None:
    """Close what reads on behind the letters."""
    goes_on = rf"\b{joined(letters)}[A-Z]"
    reads_on = [c for c in draft.candidates if _reads_on(c.closed, letters)]
    if reads_on:
        draft.candidates = [c for c in draft.candidates if c not in reads_on]
        draft.add(spelled(letters), f"the word ends after {letters}")
    elif not draft.candidates or draft.whole:
        draft.promised.add(goes_on)
        draft.shut_out(goes_on, f"the word ends after {letters}")


def _reads_on(pattern: str, letters: str) -> bool:
    """Whether a pattern matches words that go on behind the letters."""
    return any(safe_search(pattern)(f"{letters}{letter}") for letter in LETTERS)


def _fragment(draft: Draft, letters: str, corpus: Corpus) -> str:
    """The letters as whole words where that shuts out all that hold them, else as part of one."""
    words = joined(letters)
    held = (corpus.texts[i] for i in corpus.containing(squeeze(letters)))
    taken = [text for text in held if safe_search(words)(text) and draft.matches(text)]
    for way in (rf"\b{words}\b", rf"\b{words}", rf"{words}\b"):
        if taken and all(safe_search(way)(text) for text in taken):
            return way
    return words
