"""The confirmation model, read off rows that the rules judging them were not learned from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from brand_metagen.config import ConfirmSettings
from brand_metagen.confirm.fit import HeldOut, fit, known_mids
from brand_metagen.confirm.grade import HeldOutRecall
from brand_metagen.confirm.model import BrandFacts, ConfirmModel
from brand_metagen.match.matcher import Matcher
from brand_metagen.match.recall import Ints, Numbers
from brand_metagen.ports.work import Begin, when_asked
from brand_metagen.records import Combos, Market, Rule
from brand_metagen.synthesise.cells import numbered
from brand_metagen.synthesise.knowledge import Knowledge
from brand_metagen.workflow.folds import FOLDS, BrandRules, fold_of
from brand_metagen.workflow.taking import Flags, Found, Patterns, Takers, find, joined


@dataclass(frozen=True, slots=True)
class Rows:
    """The distinct rows in order, as columns: narrative, code, merchant id and label by number."""

    text: Numbers
    code: Numbers
    mid: Numbers
    label: Numbers
    mids: Sequence[str]
    no_mid: int
    no_label: int

    def where(self, chosen: Flags | Ints) -> Rows:
        """Some of them."""
        columns = {name: getattr(self, name)[chosen] for name in ("text", "code", "mid", "label")}
        return replace(self, **columns)


def distinct_rows(combos: Combos, text: Numbers) -> Rows:
    """The rows of combos, whose narratives are given by number, each once."""
    (mids, mid), (brandids, label) = numbered(combos.mid), numbered(combos.brandid)
    codes, code = numbered(combos.mccid)
    seen = text.astype(np.int64) * len(codes) + code
    rest = mid.astype(np.int64) * len(brandids) + label
    order = np.lexsort((rest, seen))
    seen, rest = seen[order], rest[order]
    fresh = np.ones(len(order), bool)
    fresh[1:] = (seen[1:] != seen[:-1]) | (rest[1:] != rest[:-1])
    order = order[fresh]
    # What is missing sorts before all else.
    no_mid, no_label = (-1 if "" not in texts[:1] else 0 for texts in (mids, brandids))
    return Rows(text[order], code[order], mid[order], label[order], mids, no_mid, no_label)


@dataclass
class Fitting:
    """Rules of all brands with what is known of the market (`whole`).

    `matcher` gives one of the rules learned from the whole market, if others ask it as well.
    """

    market: Market
    rules: Sequence[BrandRules]
    whole: Knowledge
    begin: Begin = when_asked
    matcher: Callable[[], Matcher] | None = None

    def fit(self, settings: ConfirmSettings) -> tuple[ConfirmModel, dict[str, HeldOutRecall]]:
        """The model and each brand's held-out recall."""
        proven, *learned = self._learned()
        patterns, cells = Patterns(proven), self.whole.corpus.cells
        found = self._found(proven, patterns, [rule for rules in learned for rule in rules])
        facts = self._facts(Takers(proven, patterns, found, cells))
        held_out: list[HeldOut] = []
        for fold, rules in enumerate(learned):
            held_out += self._held_out(fold, Takers(rules, patterns, found, cells))
        taken = Counter(row.brandid for row in held_out if row.label == row.brandid)
        labelled = self._traced()
        model = fit(
            held_out,
            self.whole.mccs,
            facts,
            known_mids(self._tied),
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

    def _learned(self) -> list[list[Rule]]:
        """The rules of the whole market, then those of every fold."""
        rules = ([r.full, *r.folds] for r in self.rules)
        by_fold = zip(*rules, strict=True) if self.rules else [()] * (1 + FOLDS)
        return [[learned.rule for learned in fold if learned.rule] for fold in by_fold]

    def _found(self, proven: Sequence[Rule], patterns: Patterns, others: Sequence[Rule]) -> Found:
        """What all patterns take; those that only `others` have are run beside the rest."""
        texts, known = self.whole.corpus.texts, len(patterns)
        apart = patterns.add(others)
        read = self.begin(lambda: find(Matcher(apart), texts))
        found = find(self.matcher() if self.matcher else Matcher(proven), texts)
        first = patterns.first(proven)
        found = found.where(first[found.pattern] >= 0)
        rest = read()
        return joined(
            replace(found, pattern=first[found.pattern]),
            replace(rest, pattern=rest.pattern + np.int32(known)),
        )

    def _elsewhere(self, taken: Set[str]) -> list[str]:
        """The narratives without any label that no rule takes."""
        corpus = self.whole.corpus
        pairs = zip(corpus.texts, corpus.labels, strict=True)
        return [text for text, label in pairs if label == "" and text not in taken]

    @cached_property
    def _rows(self) -> Rows:
        return distinct_rows(self.market.combos, self.whole.corpus.rows)

    @cached_property
    def _folds(self) -> NDArray[np.int8]:
        """The fold of each narrative."""
        texts = self.whole.corpus.texts
        return np.fromiter(map(fold_of, texts), np.int8, len(texts))

    @cached_property
    def _tied(self) -> list[tuple[str, str, str]]:
        """Merchant id, narrative and label of rows with a label whose id stands in other narratives
        as well: no other tells whose it is."""
        rows = self._rows
        rows = rows.where((rows.mid != rows.no_mid) & (rows.label != rows.no_label))
        size = max(1, len(self.whole.corpus))
        pairs = np.unique(rows.mid.astype(np.int64) * size + rows.text)
        narratives = np.bincount(pairs // size, minlength=len(rows.mids))
        return list(self._told(rows.where(narratives[rows.mid] > 1)))

    def _told(self, rows: Rows) -> Iterator[tuple[str, str, str]]:
        texts, brandids = self.whole.corpus.texts, self.whole.corpus.cells.brandids
        columns = (rows.mid.tolist(), rows.text.tolist(), rows.label.tolist())
        for mid, text, label in zip(*columns, strict=True):
            yield rows.mids[mid], texts[text], brandids[label]

    def _held_out(self, fold: int, takers: Takers) -> Iterator[HeldOut]:
        """Rows of a fold as the rules learned without it take them."""
        corpus = self.whole.corpus
        texts, codes, brandids = corpus.texts, corpus.cells.codes, corpus.cells.brandids
        mids = known_mids(row for row in self._tied if fold_of(row[1]) != fold)
        own, other = (counts.tolist() for counts in takers.record(self._folds != fold))
        rows = self._rows.where(self._folds[self._rows.text] == fold)
        row, found, rivals = takers.take(rows.text, rows.code)
        rows = rows.where(row)
        columns = (
            rows.text,
            rows.code,
            rows.mid,
            rows.label,
            found.pattern,
            found.begin,
            found.end,
        )
        told = zip(*(column.tolist() for column in (*columns, rivals)), strict=True)
        for text, code, mid, label, rule, begin, end, others in told:
            yield HeldOut(
                takers.rules[rule].brandid,
                texts[text],
                (begin, end),
                codes[code],
                mids.get(rows.mids[mid]),
                others,
                own[rule],
                other[rule],
                brandids[label],
            )

    def _facts(self, takers: Takers) -> dict[str, BrandFacts]:
        knowledge = self.whole
        counts = takers.record(np.ones(len(knowledge.corpus), bool))
        record = {
            rule.brandid: (own, other)
            for rule, own, other in zip(
                takers.rules, *(column.tolist() for column in counts), strict=True
            )
        }
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
        rows, judge = self._rows, self.whole.judge
        brandids = self.whole.corpus.cells.brandids
        rows = rows.where(rows.label != rows.no_label)
        size = max(1, len(brandids))
        pairs, counts = np.unique(
            rows.text.astype(np.int64) * size + rows.label, return_counts=True
        )
        traced: Counter[str] = Counter()
        columns = (*np.divmod(pairs, size), counts)
        for text, label, count in zip(*(column.tolist() for column in columns), strict=True):
            if judge.bears_trace(text, brandids[label]):
                traced[brandids[label]] += count
        return traced
