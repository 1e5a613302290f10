"""What the steps of one run share: settings, and what earlier steps left, read back when needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from brand_metagen.config import Settings
from brand_metagen.confirm.grade import HeldOutRecall
from brand_metagen.confirm.model import ConfirmModel, model_from_json
from brand_metagen.confirm.reviews import with_reviews
from brand_metagen.evaluate.evaluate import Evaluation
from brand_metagen.evaluate.evaluate import from_json as evaluation_from_json
from brand_metagen.match.matcher import Matcher
from brand_metagen.ports import FactsSource, Store
from brand_metagen.publish.classifier import Answer, Classifier
from brand_metagen.publish.metadata import load_lines
from brand_metagen.records import Market, Metadata
from brand_metagen.synthesise.advised import Proposed, considered
from brand_metagen.synthesise.judge import Candidate
from brand_metagen.tables.load import Loaded
from brand_metagen.tables.snapshot import read_snapshot
from brand_metagen.workflow.beside import Beside
from brand_metagen.workflow.doubts import DOUBTS, with_doubt
from brand_metagen.workflow.folds import BrandRules, rules_from_json
from brand_metagen.workflow.learning import Learning
from brand_metagen.workflow.runner import Failed, StepRun, attempted, timed
from brand_metagen.workflow.workers import Workers, processes


@dataclass
class RunContext:
    """One run over one source. `previous` are the folders of completed runs, the newest first: a
    run over some brands keeps every other brand's rule from the last of them that learned it."""

    run_id: str
    folder: Path
    source: Path
    releases: Path
    settings: Settings
    store: Store
    public_names: Sequence[str]
    only: tuple[str, ...] = ()
    previous: tuple[Path, ...] = ()
    packaged: FactsSource | None = None
    """Whom to ask about brands without leaving the program."""
    facts: FactsSource | None = None
    """Whom else to ask: other people's servers."""
    roles: Mapping[str, Callable[[RunContext, StepRun], None]] = field(default_factory=dict)
    """What a role does in a step instead of its own function, by the step's name; steps that only
    agents do (`advise`, `consult`) are there when they are named here."""

    def step_folder(self, name: str) -> Path:
        """Where a finished step of this run left its files."""
        return step_folder(self.folder, name)

    @cached_property
    def loaded(self) -> Loaded:
        return read_snapshot(self.step_folder("ingest"))

    @property
    def market(self) -> Market:
        return self.loaded.market

    @cached_property
    def learning(self) -> Learning:
        return Learning(self.market, self.public_names, self.settings, self.beside.begin)

    @cached_property
    def beside(self) -> Beside:
        """Processes that do a part of a step beside the rest; `close` ends them."""
        return Beside(self.processes)

    @property
    def proposed(self) -> Mapping[str, Sequence[Candidate]]:
        """Spellings that an adviser proposed for brands, by brand; none where none was asked."""
        stored = _json(path) if (path := self._left("advise")) else {}
        return {
            b: considered(Proposed(tuple(said["aliases"]), tuple(said["patterns"]))).candidates
            for b, said in stored.items()
        }

    def _left(self, step: str) -> Path | None:
        """What a step that not every run has left, if it is finished."""
        found = sorted(self.folder.glob(f"[0-9][0-9][0-9][0-9]-{step}/advised.json"))
        return found[0] if found else None

    @cached_property
    def learners(self) -> Workers[str, tuple[BrandRules | Failed, float]]:
        """Processes that learn brands, each with its seconds; `close` ends them."""
        self.learning.advised = self.proposed
        work = timed(attempted(self.learning.learn))
        return Workers(self.processes, work, self.learning.prepare)

    @property
    def processes(self) -> int:
        """So many are of use."""
        return processes(self.settings.workflow.workers, len(self.brands))

    def close(self) -> None:
        """End what still runs for this run."""
        if "learners" in self.__dict__:
            self.learners.close()
        if "beside" in self.__dict__:
            self.beside.close()

    @property
    def brands(self) -> tuple[str, ...]:
        """The brands this run learns."""
        return self.only or self.market.to_check

    @cached_property
    def rules(self) -> list[BrandRules]:
        """This run's rules, and for brands it leaves out those of the last run that has them."""
        rules = {r.brandid: r for r in _read_rules(self.folder)}
        wanted = set(self.market.to_check)
        for folder in self.previous if self.only else ():
            kept = wanted - set(rules)
            rules |= {r.brandid: r for r in _read_rules(folder) if r.brandid in kept}
        return [rules[brandid] for brandid in sorted(rules)]

    @cached_property
    def kept(self) -> list[BrandRules]:
        """The rules, those of brands that reviewers spoke of changed to keep what they asked."""
        changed = {r.brandid: r for r in _rules_in(self.step_folder("keep") / "rules.jsonl")}
        return [changed.get(rules.brandid, rules) for rules in self.rules]

    @cached_property
    def matcher(self) -> Matcher:
        """One of the rules as they were learned, which most steps ask."""
        return Matcher([r.full.rule for r in self.rules if r.full.rule])

    @property
    def model(self) -> ConfirmModel:
        """The fitted model with what reviewers have said of rows."""
        return self._advised(self._reviewed)

    @property
    def fitted(self) -> ConfirmModel:
        """The model with opinions on rows, where they are worth something."""
        return self._advised(self._fitted)

    @cached_property
    def _reviewed(self) -> ConfirmModel:
        return with_reviews(self._fitted, self.store.constraints(), self.market.combos)

    @cached_property
    def _fitted(self) -> ConfirmModel:
        return model_from_json(_json(self.step_folder("confirm") / "model.json"))

    def _advised(self, model: ConfirmModel) -> ConfirmModel:
        shifts = _json(path) if (path := self._left("consult")) else {}
        return replace(model, advised=shifts) if shifts else model

    @cached_property
    def recalls(self) -> dict[str, HeldOutRecall]:
        return self._recalls("confirm")

    @property
    def kept_recalls(self) -> dict[str, HeldOutRecall]:
        """The recall to expect of the rules as `kept`."""
        return self.recalls | self._recalls("keep")

    def _recalls(self, step: str) -> dict[str, HeldOutRecall]:
        stored = _json(self.step_folder(step) / "recalls.json")
        return {brandid: HeldOutRecall(*counts) for brandid, counts in stored.items()}

    @cached_property
    def answers(self) -> list[Answer]:
        """The release's answer for every combo, in order; as quick to make again as to read."""
        return self.answers_under(self.kept)

    def answers_under(self, rules: Sequence[BrandRules]) -> list[Answer]:
        """The answers to all combos under some rules."""
        proven = [r.full.rule for r in rules if r.full.rule]
        combos = self.market.combos
        classifier = Classifier(proven, self.model, self.matcher)
        return classifier.explained(combos.narrative, combos.mccid, combos.mid)

    @cached_property
    def evaluations(self) -> dict[str, Evaluation]:
        """What was found out about each brand before it was learned, with commercial doubts."""
        text = (self.step_folder("evaluate") / "evaluations.jsonl").read_text(encoding="utf-8")
        found = [evaluation_from_json(json.loads(line)) for line in text.splitlines()]
        doubts = self._doubts
        return {e.brandid: with_doubt(e, doubts.get(e.brandid, "")) for e in found}

    @property
    def _doubts(self) -> dict[str, str]:
        """What speaks against a brand's sector; runs of earlier versions did not ask."""
        left = sorted(self.folder.glob(f"[0-9][0-9][0-9][0-9]-commercial/{DOUBTS}"))
        found: dict[str, str] = _json(left[0]) if left else {}
        return found

    @property
    def failed(self) -> dict[str, str]:
        """Brands that could not be learned, with what happened."""
        found: dict[str, str] = {}
        for path in sorted(self.folder.glob("[0-9][0-9][0-9][0-9]-synthesise-*/failed.json")):
            found |= json.loads(path.read_text(encoding="utf-8"))
        return found

    def metadata(self, step: str) -> list[Metadata]:
        """The records as `grade` left them (unnumbered) or as `store` did (numbered)."""
        path = self.step_folder(step) / "metadata.jsonl"
        return list(load_lines(path.read_text(encoding="utf-8"), str(path)))


def step_folder(run_folder: Path, name: str) -> Path:
    """The folder `NN-name` of a run."""
    found = sorted(run_folder.glob(f"[0-9][0-9][0-9][0-9]-{name}"))
    if len(found) != 1:
        raise FileNotFoundError(f"{run_folder}: no finished step {name}")
    return found[0]


def _read_rules(run_folder: Path) -> Iterator[BrandRules]:
    for path in sorted(run_folder.glob("[0-9][0-9][0-9][0-9]-synthesise-*/rules.jsonl")):
        yield from _rules_in(path)


def _rules_in(path: Path) -> Iterator[BrandRules]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield rules_from_json(json.loads(line))


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
