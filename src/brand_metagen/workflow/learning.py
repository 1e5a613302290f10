"""Learning over the whole market: batches of brands, folds for held-out evidence, the model."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from brand_metagen.config import Settings
from brand_metagen.confirm.fit import HeldOut, fit, known_mids
from brand_metagen.confirm.grade import HeldOutRecall
from brand_metagen.confirm.model import BrandFacts, ConfirmModel
from brand_metagen.match.matcher import Matcher, Span
from brand_metagen.records import Market, Piece, Rule, plain
from brand_metagen.synthesise.knowledge import Knowledge, gather, gather_part
from brand_metagen.synthesise.learn import Learned, learn_brand
from brand_metagen.workflow.workers import Workers

FOLDS = 2
BATCH = 65_536
"""Rows or narratives matched at once: what is known of them meanwhile takes bounded room."""


def fold_of(narrative: str) -> int:
    """Which fold a narrative is held out in; the same on every machine."""
    return zlib.crc32(narrative.encode()) % FOLDS


@dataclass(frozen=True, slots=True)
class BrandRules:
    """A brand's rule from the whole market, and one per fold learned without that fold."""

    brandid: str
    full: Learned
    folds: tuple[Learned, ...]


@dataclass
class Learning:
    """The market with its indexes, built when first needed and then kept for all batches."""

    market: Market
    public_names: Sequence[str]
    settings: Settings
    _kept: dict[int, Knowledge] = field(default_factory=dict)

    def knowledge(self, fold: int | None = None) -> Knowledge:
        """What is known of the whole market, or of what remains when a fold is left out."""
        key = -1 if fold is None else fold
        if key not in self._kept:
            if fold is None:
                made = gather(self.market, self.public_names, self.settings.learn)
            else:
                made = gather_part(self.knowledge(), self._outside(fold))
            self._kept[key] = made
        return self._kept[key]

    def prepare(self) -> None:
        """Build everything that learning looks up, so that processes forked now share it."""
        for fold in (None, *range(FOLDS)):
            self.knowledge(fold).judge.prepare()

    def learn(self, brandid: str) -> BrandRules:
        """The brand's rules; deterministic, and independent of which other brands are learned."""
        rounds = self.settings.workflow.max_iterations
        folds = tuple(learn_brand(self.knowledge(f), brandid, rounds) for f in range(FOLDS))
        return BrandRules(brandid, learn_brand(self.knowledge(), brandid, rounds), folds)

    def fit(
        self, rules: Sequence[BrandRules], workers: int = 1
    ) -> tuple[ConfirmModel, dict[str, HeldOutRecall]]:
        """The confirmation model and each brand's held-out recall, worked out in processes."""
        rows = self._rows()
        work = partial(self._read_off, rules, rows)
        with Workers[int | None, _ReadOff](workers, work, self.prepare) as spread:
            read = list(spread.map((None, *range(FOLDS))))
        facts = read[0][1]
        held_out = [HeldOut(*taken) for those, _ in read for taken in those]
        taken = Counter(row.brandid for row in held_out if row.label == row.brandid)
        model = fit(
            held_out,
            self.knowledge().mccs,
            facts,
            known_mids(_labelled(rows)),
            self.market.fingerprint,
            self.settings.confirm,
            self._elsewhere({row.text for row in held_out}),
        )
        labelled = self._traced_rows(rows)
        recalls = {
            r.brandid: HeldOutRecall(max(labelled[r.brandid], taken[r.brandid]), taken[r.brandid])
            for r in rules
        }
        return model, recalls

    def _elsewhere(self, taken: Set[str]) -> list[str]:
        """The narratives without any label that no rule takes."""
        corpus = self.knowledge().corpus
        pairs = zip(corpus.texts, corpus.labels, strict=True)
        return [text for text, label in pairs if label == "" and text not in taken]

    def _rows(self) -> list[_Row]:
        """The distinct rows in order."""
        combos = self.market.combos
        cells = zip(combos.narrative, combos.mccid, combos.mid, combos.brandid, strict=True)
        return sorted(set(cells))

    def _read_off(
        self, rules: Sequence[BrandRules], rows: Sequence[_Row], fold: int | None
    ) -> _ReadOff:
        """What the rules take of a fold, or the facts of their brands."""
        if fold is None:
            return [], self._facts(rules)
        return list(self._held_out(rules, rows, fold)), {}

    def _held_out(
        self, rules: Sequence[BrandRules], rows: Sequence[_Row], fold: int
    ) -> Iterator[_HeldOut]:
        """Rows of a fold as the rules learned without it take them."""
        outside = self._outside(fold)
        mids = known_mids(_labelled(row for row in rows if outside(row[0])))
        learned = [r.folds[fold].rule for r in rules]
        taker = _Taker([rule for rule in learned if rule])
        record = taker.record(self.knowledge(fold))
        rows = [row for row in rows if not outside(row[0])]
        for i, rule, span, rivals in taker.take([row[0] for row in rows], [row[1] for row in rows]):
            text, mccid, mid, label = rows[i]
            own, other = record[rule.brandid]
            yield rule.brandid, text, span, mccid, mids.get(mid), rivals, own, other, label

    def _facts(self, rules: Sequence[BrandRules]) -> dict[str, BrandFacts]:
        knowledge = self.knowledge()
        record = _Taker([r.full.rule for r in rules if r.full.rule]).record(knowledge)
        facts: dict[str, BrandFacts] = {}
        for r in rules:
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

    def _traced_rows(self, rows: Sequence[_Row]) -> Counter[str]:
        """Rows labelled to each brand whose text bears a trace of it; the others are suspects."""
        knowledge = self.knowledge()
        place = {text: i for i, text in enumerate(knowledge.corpus.texts)}
        return Counter(
            label
            for text, _, _, label in rows
            if label and knowledge.judge.bears_trace(place[text], label)
        )

    def _outside(self, fold: int) -> Callable[[str], bool]:
        """Whether a narrative is held out in another fold."""
        return lambda narrative: self._folds[narrative] != fold

    @cached_property
    def _folds(self) -> dict[str, int]:
        return {text: fold_of(text) for text in self.knowledge().corpus.texts}


_Row = tuple[str, str, str, str]
"""Narrative, code, merchant id and label."""
_HeldOut = tuple[str, str, Span, str, str | None, int, int, int, str]
"""The fields of a `HeldOut`, which pass between processes more quickly so."""
_ReadOff = tuple[list[_HeldOut], dict[str, BrandFacts]]


def _labelled(rows: Iterable[_Row]) -> Iterator[tuple[str, str, str]]:
    """Merchant id, narrative and label of the rows that have all three."""
    return ((mid, text, label) for text, _, mid, label in rows if mid and label)


class _Taker:
    """Rules as they take rows: include, exclude and code."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._matcher = Matcher(rules)
        self._codes = [frozenset(rule.mccids) for rule in rules]

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


def rules_to_json(rules: BrandRules) -> Any:
    """Plain data for a step's artifact."""
    return plain(rules)


def rules_from_json(data: Mapping[str, Any]) -> BrandRules:
    """The value back."""
    return BrandRules(
        data["brandid"], _learned(data["full"]), tuple(_learned(x) for x in data["folds"])
    )


def _learned(data: Mapping[str, Any]) -> Learned:
    rule = data["rule"]
    if rule is not None:
        pieces = tuple(Piece(**piece) for piece in rule["pieces"])
        rule = Rule(
            rule["brandid"], rule["include"], rule["exclude"], tuple(rule["mccids"]), pieces
        )
    return Learned(data["brandid"], rule, data["rounds"], tuple(data["reasons"]))
