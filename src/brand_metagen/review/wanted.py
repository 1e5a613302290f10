"""What is asked of a rule, by kind, and whether a rule keeps it on a market."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.evaluate.wallets import detect
from brand_metagen.records import Rule
from brand_metagen.review.words import joined, safe_search
from brand_metagen.synthesise.corpus import Corpus
from brand_metagen.synthesise.knowledge import Knowledge
from brand_metagen.synthesise.names import squeeze

Settled = Callable[[Row], bool]
"""Whether a row is not given to the brand in the end, although its rule takes it."""


def never(_: Row) -> bool:
    """No row is settled: what does not belong must not be taken by the rule."""
    return False


def matches(rule: Rule, text: str) -> bool:
    """Whether include matches and exclude does not."""
    excluded = rule.exclude is not None and safe_search(rule.exclude)(text)
    return bool(safe_search(rule.include)(text)) and not excluded


def takes(rule: Rule, row: Row) -> bool:
    """Whether the rule takes a row: narrative and code."""
    return row.mccid in rule.mccids and matches(rule, row.narrative)


def keeps(
    rule: Rule | None, constraint: Constraint, knowledge: Knowledge, settled: Settled = never
) -> bool:
    """Whether a rule does what a constraint asks on a market's narratives.

    "Belongs" binds the rule, "does not belong" the final decision: a row that is `settled` may be
    taken. No rule takes nothing. SPLIT asks nothing of a rule.
    """
    if rule is None:
        return constraint.kind in TAKES_NOTHING
    return _TESTS[constraint.kind](rule, constraint, knowledge, settled)


TAKES_NOTHING = frozenset(
    {Kind.DOES_NOT_BELONG, Kind.MCC_OUT, Kind.WORDS_OUT, Kind.ENDS, Kind.WALLET, Kind.AMBIGUOUS}
    | {Kind.SPLIT}
)
"""What a brand without a rule keeps."""


def _belongs(rule: Rule, c: Constraint, _: Knowledge, __: Settled) -> bool:
    return c.row is not None and takes(rule, c.row)


def _does_not_belong(rule: Rule, c: Constraint, _: Knowledge, settled: Settled) -> bool:
    return c.row is not None and (not takes(rule, c.row) or settled(c.row))


def _mcc_in(rule: Rule, c: Constraint, _: Knowledge, __: Settled) -> bool:
    return c.text in rule.mccids


def _mcc_out(rule: Rule, c: Constraint, _: Knowledge, __: Settled) -> bool:
    return c.text not in rule.mccids


def _pattern(rule: Rule, c: Constraint, _: Knowledge, __: Settled) -> bool:
    return c.text in rule.include


def _words_in(rule: Rule, c: Constraint, _: Knowledge, __: Settled) -> bool:
    return matches(rule, c.text)


def _words_out(rule: Rule, c: Constraint, knowledge: Knowledge, _: Settled) -> bool:
    return not any(matches(rule, text) for text in holding(knowledge.corpus, c.text))


def _ends(rule: Rule, c: Constraint, knowledge: Knowledge, _: Settled) -> bool:
    return not any(matches(rule, text) for text in holding(knowledge.corpus, c.text, "[A-Z]"))


def _wallet(rule: Rule, c: Constraint, knowledge: Knowledge, _: Settled) -> bool:
    return all(matches(rule, bare) for bare in without_wallet(rule, c.text, knowledge))


def _ambiguous(rule: Rule, _: Constraint, knowledge: Knowledge, __: Settled) -> bool:
    return set(rule.mccids) <= safe_codes(rule.brandid, knowledge)


def _split(*_: object) -> bool:
    return True


_TESTS: dict[Kind, Callable[[Rule, Constraint, Knowledge, Settled], bool]] = {
    Kind.BELONGS: _belongs,
    Kind.DOES_NOT_BELONG: _does_not_belong,
    Kind.MCC_IN: _mcc_in,
    Kind.MCC_OUT: _mcc_out,
    Kind.PATTERN: _pattern,
    Kind.WORDS_IN: _words_in,
    Kind.WORDS_OUT: _words_out,
    Kind.ENDS: _ends,
    Kind.WALLET: _wallet,
    Kind.AMBIGUOUS: _ambiguous,
    Kind.SPLIT: _split,
}


def standing(constraints: Sequence[Constraint]) -> tuple[Constraint, ...]:
    """What is still asked: of several proposed patterns the latest, of all else everything."""
    patterns = [c for c in constraints if c.kind is Kind.PATTERN]
    return tuple(c for c in constraints if c.kind is not Kind.PATTERN or c is patterns[-1])


def holding(corpus: Corpus, words: str, behind: str = "") -> Iterator[str]:
    """Narratives of the market that hold the words, and what must go on behind them."""
    found = safe_search(joined(words) + behind)
    held = (corpus.texts[i] for i in corpus.containing(squeeze(words)))
    return (text for text in held if found(text))


def without_wallet(rule: Rule, wallet: str, knowledge: Knowledge) -> list[str]:
    """The brand's own narratives that the rule takes behind a wallet (any, if `wallet` is empty),
    without what the wallet prints."""
    corpus, bare = knowledge.corpus, []
    for i in corpus.own.get(rule.brandid, ()):
        text = corpus.texts[i]
        hit = detect(text)
        if hit and wallet in ("", hit.wallet) and matches(rule, text):
            bare.append(text[hit.prefix_length :].lstrip(" *"))
    return [text for text in bare if squeeze(text)]


def safe_codes(brandid: str, knowledge: Knowledge) -> set[str]:
    """The codes that are safe for a name that also means other things."""
    corpus = knowledge.corpus
    counts = knowledge.counted(brandid, corpus.own.get(brandid, ()))
    sector = knowledge.market.brands[brandid].sector
    floor = knowledge.judge.settings.mcc_floor_strict
    return set(knowledge.mccs.listed(sector, counts, floor))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Constraints by what they ask."""

    rows_in: tuple[Row, ...]
    rows_out: tuple[Row, ...]
    words: dict[Kind, tuple[str, ...]]

    @classmethod
    def of(cls, constraints: Sequence[Constraint]) -> Wanted:
        """Sorted, so that the order in which things were said does not matter to a rule."""
        inside, outside = (
            _rows(c.row for c in constraints if c.kind is kind)
            for kind in (Kind.BELONGS, Kind.DOES_NOT_BELONG)
        )
        words = {
            kind: tuple(dict.fromkeys(c.text for c in constraints if c.kind is kind and not c.row))
            for kind in Kind
        }
        return cls(inside, outside, words)


def _rows(found: Iterable[Row | None]) -> tuple[Row, ...]:
    rows = {row for row in found if row is not None}
    return tuple(sorted(rows, key=lambda r: (r.narrative, r.mccid, r.mid, r.ccid, r.bankid)))
