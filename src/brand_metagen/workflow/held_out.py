"""The confirmation model, read off rows that the rules judging them were not learned from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from brand_metagen.config import ConfirmSettings
from brand_metagen.confirm.fit import HeldOut, fit, known_mids
from brand_metagen.confirm.grade import HeldOutRecall
from brand_metagen.confirm.model import BrandFacts, ConfirmModel
from brand_metagen.match.matcher import Matcher, Span
from brand_metagen.ports.work import Begin, when_asked
from brand_metagen.records import Market, Rule
from brand_metagen.synthesise.knowledge import Knowledge
from brand_metagen.workflow.folds import FOLDS, BrandRules, fold_of

BATCH = 16_384
"""Rows or narratives matched at once: what is known of them meanwhile takes bounded room."""

_Row = tuple[str, str, str, str]
"""Narrative, code, merchant id and label."""
_HeldOut = tuple[str, str, Span, str, str | None, int, int, int, str]
"""The fields of a `HeldOut`, which pass between processes more quickly so."""


def _labelled(rows: Iterable[_Row]) -> Iterator[tuple[str, str, str]]:
    """Merchant id, narrative and label of the rows that have all three."""
    return ((mid, text, label) for text, _, mid, label in rows if mid and label)


@dataclass
class Fitting:
    """Rules of all brands with what is known of the market (`whole`) and without each fold.

    `matcher` gives one of the rules learned from the whole market, if others ask it as well.
    """

    market: Market
    rules: Sequence[BrandRules]
    whole: Knowledge
    without: Sequence[Knowledge]
    begin: Begin = when_asked
    matcher: Callable[[], Matcher] | None = None

    def fit(self, settings: ConfirmSettings) -> tuple[ConfirmModel, dict[str, HeldOutRecall]]:
        """The model and each brand's held-out recall."""
        _ = self._folds, self._tied  # made here, so that forked processes share it
        # One fold after the other: each beside the others would take as much room again.
        read = self.begin(lambda: [row for fold in range(FOLDS) for row in self._held_out(fold)])
        facts, mids, labelled = self._facts(), known_mids(self._tied), self._traced()
        held_out = [HeldOut(*row) for row in read()]
        taken = Counter(row.brandid for row in held_out if row.label == row.brandid)
        model = fit(
            held_out,
            self.whole.mccs,
            facts,
            mids,
            self.market.fingerprint,
            settings,
            self._elsewhere({row.text for row in held_out}),
            self.begin,
        )
        recalls = {
            r.brandid: HeldOutRecall(max(labelled[r.brandid], taken[r.brandid]), taken[r.brandid])
            for r in self.rules
        }
        return model, recalls

    def _elsewhere(self, taken: Set[str]) -> list[str]:
        """The narratives without any label that no rule takes."""
        corpus = self.whole.corpus
        pairs = zip(corpus.texts, corpus.labels, strict=True)
        return [text for text, label in pairs if label == "" and text not in taken]

    @cached_property
    def _rows(self) -> list[_Row]:
        """The distinct rows in order."""
        combos = self.market.combos
        cells = zip(combos.narrative, combos.mccid, combos.mid, combos.brandid, strict=True)
        return sorted(set(cells))

    @cached_property
    def _folds(self) -> NDArray[np.int8]:
        """The fold of each row."""
        return np.fromiter((fold_of(row[0]) for row in self._rows), np.int8, len(self._rows))

    @cached_property
    def _tied(self) -> list[tuple[str, str, str]]:
        """Merchant id, narrative and label of rows with a label whose id stands in other narratives
        as well: no other tells whose it is."""
        told = list(_labelled(self._rows))
        narratives = Counter(mid for mid, _ in {row[:2] for row in told})
        return [row for row in told if narratives[row[0]] > 1]

    def _held_out(self, fold: int) -> Iterator[_HeldOut]:
        """Rows of a fold as the rules learned without it take them."""
        mids = known_mids(row for row in self._tied if fold_of(row[1]) != fold)
        learned = [r.folds[fold].rule for r in self.rules]
        taker = _Taker(Matcher([rule for rule in learned if rule]))
        record = taker.record(self.without[fold])
        rows = [self._rows[i] for i in np.flatnonzero(self._folds == fold).tolist()]
        for i, rule, span, rivals in taker.take([row[0] for row in rows], [row[1] for row in rows]):
            text, mccid, mid, label = rows[i]
            own, other = record[rule.brandid]
            yield rule.brandid, text, span, mccid, mids.get(mid), rivals, own, other, label

    def _facts(self) -> dict[str, BrandFacts]:
        knowledge = self.whole
        proven = [r.full.rule for r in self.rules if r.full.rule]
        record = _Taker(self.matcher() if self.matcher else Matcher(proven)).record(knowledge)
        facts: dict[str, BrandFacts] = {}
        for r in self.rules:
            own, other = record.get(r.brandid, (0, 0))
            facts[r.brandid] = BrandFacts(
                letters=knowledge.phrases[r.brandid].letters,
                sector=self.market.brands[r.brandid].sector,
                codes=dict(
                    sorted(knowledge.counted(r.brandid, knowledge.full_hits[r.brandid]).items())
                ),
                own=own,
                other=other,
            )
        return facts

    def _traced(self) -> Counter[str]:
        """Rows labelled to each brand whose text bears a trace of it; the others are suspects."""
        knowledge = self.whole
        place = {text: i for i, text in enumerate(knowledge.corpus.texts)}
        return Counter(
            label
            for text, _, _, label in self._rows
            if label and knowledge.judge.bears_trace(place[text], label)
        )


class _Taker:
    """Rules as they take rows: include, exclude and code."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._codes = [frozenset(rule.mccids) for rule in matcher.rules]

    def take(
        self, texts: Sequence[str], mccids: Sequence[str]
    ) -> Iterator[tuple[int, Rule, Span, int]]:
        """Row, rule that takes it, span matched, and how many others take it too; in order."""
        for at in range(0, len(texts), BATCH):
            words = self._matcher.lexicon.read(texts[at : at + BATCH])
            codes = self._matcher.code_numbers(mccids[at : at + BATCH])
            matches = self._matcher.matches(words, codes)
            origin = words.text_begin[matches.text]
            columns = (
                matches.text + at,
                matches.rule,
                matches.begin - origin,
                matches.end - origin,
                matches.rivals(),
            )
            for row, rule, begin, end, rivals in zip(*(c.tolist() for c in columns), strict=True):
                yield row, self._matcher.rules[rule], (begin, end), rivals

    def record(self, knowledge: Knowledge) -> dict[str, tuple[int, int]]:
        """Per brand: narratives of the market it takes that are its own, and that are not."""
        own: Counter[str] = Counter()
        other: Counter[str] = Counter()
        rules, corpus = self._matcher.rules, knowledge.corpus
        for at in range(0, len(corpus), BATCH):
            matches = self._matcher.matches(
                self._matcher.lexicon.read(corpus.texts[at : at + BATCH])
            )
            pairs = zip((matches.text + at).tolist(), matches.rule.tolist(), strict=True)
            for i, rule in pairs:
                if not self._codes[rule].isdisjoint(mccid for mccid, _, _ in corpus.cells[i]):
                    brandid = rules[rule].brandid
                    mine = knowledge.judge.is_own(i, brandid)
                    (own if mine else other)[brandid] += 1
        return {rule.brandid: (own[rule.brandid], other[rule.brandid]) for rule in rules}
