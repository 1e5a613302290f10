"""What stands in for an agent that fails, so that a run goes on without it (WF-11).

Nothing is decided in its place: brands and rows it would have decided on go to humans.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from brand_metagen.confirm.fit import OUT_OF_REACH, fit
from brand_metagen.confirm.model import BrandFacts, ConfirmModel, model_to_json
from brand_metagen.errors import ConflictError, IntegrityError, ServiceError
from brand_metagen.files import write_file
from brand_metagen.ports import StepRecord
from brand_metagen.publish.facts import BrandError
from brand_metagen.records import Rule
from brand_metagen.workflow.commercial import FACTS
from brand_metagen.workflow.context import RunContext
from brand_metagen.workflow.doubts import DOUBTS
from brand_metagen.workflow.folds import BrandRules, rules_to_json
from brand_metagen.workflow.runner import ITEM_ERRORS, StepRun, worded

Stage = Callable[[RunContext, StepRun], None]
FAILED = "agent_failed"
"""Under this name a step keeps what its agent failed of, and what to do about it."""


def guarded(stage: Stage, instead: Stage, meanwhile: str) -> Stage:
    """A stage that, where it fails of what it was given, leaves `instead`; `meanwhile` says what
    holds then. An outage is tried again as ever, and what is broken still ends the run."""

    def work(run: RunContext, step: StepRun) -> None:
        try:
            stage(run, step)
        except (ServiceError, ConflictError, IntegrityError):
            raise
        except ITEM_ERRORS as error:
            for left in step.folder.iterdir():
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            step.stats.clear()
            step.stats[FAILED] = {
                "error": worded(error),
                "recommendation": f"{meanwhile}; run again, and see `runs show {run.run_id}`",
            }
            instead(run, step)
            step.decided("the agent failed; the run went on without it")

    return work


def agents_failed(steps: Iterable[StepRecord]) -> Iterator[BrandError]:
    """The agents that failed in a run, for its report."""
    for step in steps:
        failed = step.stats.get(FAILED)
        if isinstance(failed, Mapping):
            said = str(failed["error"]), str(failed["recommendation"])
            yield BrandError(step.name, f"agent {step.role}", *said)


def nothing(run: RunContext, step: StepRun) -> None:
    """Leave nothing."""
    del run, step


def unevaluated(run: RunContext, step: StepRun) -> None:
    """No brand is evaluated."""
    del run
    write_file(step.folder / "evaluations.jsonl", b"")


def unasked(run: RunContext, step: StepRun) -> None:
    """Nobody was asked about brands."""
    del run
    write_file(step.folder / FACTS, b"")
    write_file(step.folder / DOUBTS, b"{}")


def unadvised(run: RunContext, step: StepRun) -> None:
    """Nobody gave advice."""
    del run
    write_file(step.folder / "advised.json", b"{}")


def unconfirmed(run: RunContext, step: StepRun) -> None:
    """A model that confirms and excludes no row: all that rules take goes to humans (CON-06)."""
    model = _undecided(run)
    recalls = {rules.brandid: (0, 0) for rules in run.rules}
    write_file(step.folder / "model.json", json.dumps(model_to_json(model)).encode())
    write_file(step.folder / "recalls.json", json.dumps(recalls).encode())


def _undecided(run: RunContext) -> ConfirmModel:
    known, market = run.learning.knowledge(), run.market
    brands = {
        r.brandid: BrandFacts(
            known.phrases[r.brandid].letters, market.brands[r.brandid].sector, {}, 0, 0
        )
        for r in run.rules
    }
    model = fit((), known.mccs, brands, {}, market.fingerprint, run.settings.confirm)
    limits = replace(model.thresholds, confirm=OUT_OF_REACH, exclude=0.0, win=OUT_OF_REACH)
    return replace(model, thresholds=limits)


def as_before(run: RunContext, step: StepRun) -> None:
    """Brands that reviewers spoke of keep the version before, which keeps what was promised."""
    asked = run.store.constraints()
    kept = [_before(run, rules) for rules in run.rules if asked.get(rules.brandid)]
    lines = [json.dumps(rules_to_json(rules)) + "\n" for rules in kept]
    recalls = {r.brandid: (0, 0) for r in kept}
    write_file(step.folder / "rules.jsonl", "".join(lines).encode())
    write_file(step.folder / "recalls.json", json.dumps(recalls).encode())


def _before(run: RunContext, rules: BrandRules) -> BrandRules:
    versions = run.store.versions(rules.brandid)
    rule: Rule | None = versions[-1].rule if versions else None
    why = (*rules.full.reasons, "promises could not be kept by a rule learned anew")
    return replace(rules, full=replace(rules.full, rule=rule, reasons=why))
