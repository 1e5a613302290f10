"""Learning over the whole market: batches of brands, folds for held-out evidence, the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from brand_metagen.config import Settings
from brand_metagen.confirm.grade import HeldOutRecall
from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.match.matcher import Matcher
from brand_metagen.ports.work import Begin, when_asked
from brand_metagen.records import Market
from brand_metagen.synthesise.judge import Candidate
from brand_metagen.synthesise.knowledge import Knowledge, gather, gather_part
from brand_metagen.synthesise.learn import learn_brand
from brand_metagen.synthesise.misspelt import Misspelt
from brand_metagen.synthesise.owners import Owners
from brand_metagen.workflow.folds import FOLDS, BrandRules, fold_of
from brand_metagen.workflow.held_out import Fitting

WHOLE = -1
"""In place of a fold where none is left out."""


@dataclass
class Learning:
    """The market with its indexes, built when first needed and then kept for all batches.

    `begin` does parts of that, and of fitting, beside the rest.
    """

    market: Market
    public_names: Sequence[str]
    settings: Settings
    begin: Begin = when_asked
    advised: Mapping[str, Sequence[Candidate]] = field(default_factory=dict)
    """Spellings proposed for brands, proven like all others; set before brands are learned."""
    _kept: dict[int, Knowledge] = field(default_factory=dict)

    def knowledge(self, fold: int | None = None) -> Knowledge:
        """What is known of the whole market, or of what remains when a fold is left out."""
        if not self._kept:
            self._kept[WHOLE] = gather(
                self.market, self.public_names, self.settings.learn, self.begin
            )
        key = WHOLE if fold is None else fold
        if key not in self._kept:
            self._kept[key] = gather_part(self._kept[WHOLE], _outside(key))()
        return self._kept[key]

    def prepare(self) -> None:
        """Build everything that learning looks up, so that processes forked now share it."""
        whole = self.knowledge()
        *others, last = range(FOLDS)
        begun = {
            fold: gather_part(whole, _outside(fold), self.begin)
            for fold in others
            if fold not in self._kept
        }
        self.knowledge(last)
        self._kept |= {fold: known() for fold, known in begun.items()}
        for known in self._kept.values():
            known.judge.prepare()

    def learn(self, brandid: str) -> BrandRules:
        """The brand's rules; deterministic, and independent of which other brands are learned."""
        rounds = self.settings.workflow.max_iterations
        whole, *without = (self._advised(fold) for fold in (None, *range(FOLDS)))
        folds = tuple(learn_brand(known, brandid, rounds) for known in without)
        return BrandRules(brandid, learn_brand(whole, brandid, rounds), folds)

    def _advised(self, fold: int | None) -> Knowledge:
        known = self.knowledge(fold)
        return replace(known, advised=self.advised) if self.advised else known

    def fit(
        self, rules: Sequence[BrandRules], matcher: Callable[[], Matcher] | None = None
    ) -> tuple[ConfirmModel, dict[str, HeldOutRecall]]:
        """The confirmation model and each brand's held-out recall.

        `matcher` gives one of the brands' rules, if others ask it as well. What only learning looks
        up is let go; whoever learns again gathers again.
        """
        whole = _slim(self.knowledge())
        self._kept.clear()
        whole.judge.forget()
        fitting = Fitting(self.market, rules, whole, self.begin, matcher)
        return fitting.fit(self.settings.confirm)


def _slim(knowledge: Knowledge) -> Knowledge:
    return replace(knowledge, owners=Owners.of({}, 0), misspelt=Misspelt({}, {}), longer={})


def _outside(fold: int) -> Callable[[str], bool]:
    return lambda narrative: fold_of(narrative) != fold
