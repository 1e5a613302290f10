"""A sample market learned once per test process: its rules, its model, its rows never seen."""

from __future__ import annotations

import csv
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from brand_metagen.config import Settings
from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.confirm.opinions import row_key
from brand_metagen.confirm.reviews import with_reviews
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.publish.classifier import Classifier
from brand_metagen.publish.release import Release
from brand_metagen.records import Decision, Market, Metadata, Rule, Status
from brand_metagen.sample.market import make_sample
from brand_metagen.tables.load import load_market
from brand_metagen.tables.normalise import normalise
from brand_metagen.workflow.folds import BrandRules
from brand_metagen.workflow.learning import Learning

CONFIRMED = Decision.CONFIRMED
BRANDS, ROWS, SEED = 100, 3_000, 7


@dataclass(frozen=True)
class Unseen:
    """A row the learner never saw, and whose it is (empty = nobody's)."""

    narrative: str
    mccid: str
    mid: str
    true_brandid: str
    kind: str


@dataclass(frozen=True)
class LearnedSample:
    market: Market
    brands: list[BrandRules]
    rules: list[Rule]
    model: ConfirmModel
    unseen: list[Unseen]

    @property
    def narratives(self) -> list[str]:
        """Every distinct narrative, seen and unseen."""
        seen = self.market.combos.narrative
        return sorted({*seen, *(row.narrative for row in self.unseen)})


@cache
def learned_sample() -> LearnedSample:
    with tempfile.TemporaryDirectory() as folder:
        made = make_sample(Path(folder) / "data", BRANDS, ROWS, SEED)
        market = load_market(made.out, Settings().tables).market
        unseen = _unseen(made.truth)
    learning = Learning(market, (), Settings())
    brands = [learning.learn(brandid) for brandid in market.to_check]
    model, _ = learning.fit(brands)
    rules = [b.full.rule for b in brands if b.full.rule]
    return LearnedSample(market, brands, rules, model, unseen)


def _unseen(folder: Path) -> list[Unseen]:
    truth = {(row["ccid"], row["bankid"]): row for row in _rows(folder / "truth.csv")}
    found = []
    for row in _rows(folder / "unseen.csv"):
        said = truth[row["ccid"], row["bankid"]]
        text = normalise(row["narrative"])
        found.append(Unseen(text, row["mccid"], row["mid"], said["true_brandid"], said["kind"]))
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def released_rules() -> list[Rule]:
    """The sample's rules in order, the last one another's, so that two brands claim its rows."""
    sample = learned_sample()
    rules = sorted(sample.rules, key=lambda rule: rule.brandid)
    broadest = max(rules[:-1], key=lambda rule: sample.model.brands[rule.brandid].own)
    return [*rules[:-1], replace(broadest, brandid=rules[-1].brandid)]


@cache
def reviews() -> dict[str, list[Constraint]]:
    """Reviewers who say of every second doubtful row that it is the least likely brand's; of the
    first of them two brands' reviewers say so."""
    sample = learned_sample()
    combos = sample.market.combos
    answers = Classifier(released_rules(), sample.model).explained(
        combos.narrative, combos.mccid, combos.mid
    )
    asked: dict[str, list[Constraint]] = defaultdict(list)
    doubtful = [i for i, a in enumerate(answers) if a.claims and a.decision is not CONFIRMED]
    for i in doubtful[::2]:
        row = Row(combos.ccid[i], combos.bankid[i], combos.narrative[i], combos.mccid[i])
        belongs = Constraint(Kind.BELONGS, row=row)
        if not asked:
            asked[min(sample.market.to_check)].append(belongs)
        asked[answers[i].claims[-1].brandid].append(belongs)
    return dict(asked)


def reviewed_model() -> ConfirmModel:
    """The sample's model with what reviewers said."""
    sample = learned_sample()
    return with_reviews(sample.model, reviews(), sample.market.combos)


@cache
def advised_model() -> ConfirmModel:
    """The same, with opinions for and against rows it is not sure of, by turns."""
    model, combos = reviewed_model(), learned_sample().market.combos
    answers = Classifier(released_rules(), model).explained(
        combos.narrative, combos.mccid, combos.mid
    )
    keys = {
        row_key(claim.brandid, combos.narrative[i], combos.mccid[i])
        for i, answer in enumerate(answers)
        if answer.decision in (Decision.REVIEW, Decision.TIE)
        for claim in answer.claims[:1]
    }
    shifts = {key: (2.5, -2.5, 0.125)[i % 3] for i, key in enumerate(sorted(keys))}
    return replace(model, advised=shifts)


@cache
def learned_release() -> Release:
    """The sample's rules and model as a release, with what some reviewers said, and opinions."""
    brands = learned_sample().market.brands
    made = (
        Metadata(r.brandid, b.brandname, b.sector, 1, Status.CANDIDATE, r, 0.9, False, ())
        for r in released_rules()
        for b in (brands[r.brandid],)
    )
    return Release("REL-000000000000", tuple(made), advised_model())
