"""What agents do in a run: advice asked for and noted where it is proven later, and words on it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from brand_metagen.agents import analytics, confirmation, production
from brand_metagen.agents.role import Means
from brand_metagen.agents.wiring import opened_means
from brand_metagen.app import auditing
from brand_metagen.app.workspace import Workspace
from brand_metagen.confirm.opinions import Opinion, Verdict, shifts, worth
from brand_metagen.constraints import Constraint, Kind
from brand_metagen.files import write_file
from brand_metagen.ports import Spent, StepRecord, Store
from brand_metagen.records import plain
from brand_metagen.synthesise.advised import considered
from brand_metagen.workflow.context import RunContext
from brand_metagen.workflow.fallback import Stage
from brand_metagen.workflow.pipeline import report
from brand_metagen.workflow.runner import StepRun

OPINIONS = "opinions.jsonl"
UNSENT = ("budget", "too_large")
"""Outcomes of questions that were not sent, where no tokens stand beside them."""
Asked = Mapping[str, Sequence[Constraint]]


@contextmanager
def advised(workspace: Workspace) -> Iterator[Mapping[str, Stage]]:
    """The agents of a run under the workspace's settings; none where no model is set."""
    if not workspace.settings.agents.model:
        yield {}
        return
    with opened_means(workspace.settings, workspace) as means:
        yield {
            "advise": partial(advise, means),
            "consult": partial(consult, means),
            "report": partial(told, means),
        }


def advise(means: Means, run: RunContext, step: StepRun) -> None:
    """Other spellings for brands with rows that nothing explains, for the learner to prove."""
    _begin(means, run)
    found = production.propose_all(run.market, run.brands, means)
    stored = {brandid: plain(proposed) for brandid, proposed in found.items()}
    write_file(step.folder / "advised.json", json.dumps(stored).encode())
    looked = [considered(proposed) for proposed in found.values()]
    step.decided(
        "spellings proposed" if found else "nothing proposed",
        brands=len(found),
        candidates=sum(len(one.candidates) for one in looked),
        refused=sum(len(one.refused) for one in looked),
        **_spent(means),
    )


def consult(means: Means, run: RunContext, step: StepRun) -> None:
    """Opinions on rows left to humans, noted; what reviews show all opinions to be worth."""
    _begin(means, run)
    known = {o.key: o for o in _opinions(run.folder.parent)}
    answers = run.answers_under(run.kept)
    fresh = list(confirmation.opine(run.market, answers, means, frozenset(known)))
    lines = [json.dumps(asdict(o), ensure_ascii=False) + "\n" for o in fresh]
    write_file(step.folder / OPINIONS, "".join(lines).encode())
    every = {**known, **{o.key: o for o in fresh}}
    outcomes = _outcomes(every, run.store.constraints())
    found = worth(outcomes, means.settings.agents.least_outcomes)
    moved = shifts(every.values(), found)
    write_file(step.folder / "advised.json", json.dumps(moved).encode())
    step.decided(
        "opinions count" if found else "opinions are noted and count for nothing yet",
        opinions=len(fresh),
        reviewed=len(outcomes),
        wanted=means.settings.agents.least_outcomes,
        shifts=len(moved),
        worth={v.value: round(s, 6) for v, s in found.shift.items()} if found else {},
        **_spent(means),
    )


def told(means: Means, run: RunContext, step: StepRun) -> None:
    """The report as ever, and a text on its figures that holds no other."""
    _begin(means, run)
    report(run, step)
    summed: Any = step.stats["summary"]
    facts = tuple(analytics.facts_of(summed))
    text, advice = analytics.prose(run.run_id, facts, means)
    step.stats["prose"] = text
    step.decided("reported", advice=advice, **_spent(means))


def _begin(means: Means, run: RunContext) -> None:
    """Let the budget be this run's: what it spent before it was resumed counts."""
    adviser: Any = means.adviser
    if getattr(adviser, "run_id", run.run_id) != run.run_id:
        adviser.run_id = run.run_id
        if _resumed(run.store.steps(run.run_id)):
            adviser.budget.counts(*spent_before(run.store, run.run_id))


def _resumed(steps: Iterable[StepRecord]) -> bool:
    """Whether another process was at this run: one was begun again, or one asked already."""
    return any(step.starts > 1 or "calls" in str(step.stats.get("evidence")) for step in steps)


def spent_before(store: Store, run_id: str) -> tuple[int, Spent]:
    """Calls that the audit log has for a run, and what they took together."""
    calls, spent = 0, Spent()
    for row in auditing.rows_of(store, 0):
        told: Any = row.detail
        if row.action == "advice" and told.get("run") == run_id and _was_sent(told):
            calls += 1
            tokens = spent.tokens_in + told["tokens_in"], spent.tokens_out + told["tokens_out"]
            spent = Spent(*tokens, spent.seconds + told["seconds"], spent.money + told["money"])
    return calls, spent


def _was_sent(told: Mapping[str, Any]) -> bool:
    """Whether a question went out; what was too dear or too late did, and counts."""
    return told["outcome"] not in UNSENT or told["tokens_in"] > 0


def _opinions(runs: Path) -> Iterator[Opinion]:
    """What was thought of rows in all runs of a workspace, oldest first."""
    for path in sorted(runs.glob(f"*/[0-9][0-9][0-9][0-9]-consult/{OPINIONS}")):
        for line in path.read_text(encoding="utf-8").splitlines():
            said = json.loads(line)
            yield Opinion(**{**said, "verdict": Verdict(said["verdict"])})


def _outcomes(opinions: Mapping[str, Opinion], asked: Asked) -> list[tuple[Verdict, bool]]:
    """Verdicts on rows that reviewers have spoken of since, and whether the row belonged."""
    found: dict[str, tuple[Verdict, bool]] = {}
    for key, belongs in _reviewed(asked):
        if key in opinions:
            found[key] = (opinions[key].verdict, belongs)
    return [found[key] for key in sorted(found)]


def _reviewed(asked: Asked) -> Iterable[tuple[str, bool]]:
    for brandid, said in sorted(asked.items()):
        for constraint in said:
            if constraint.row is not None and constraint.kind in (
                Kind.BELONGS,
                Kind.DOES_NOT_BELONG,
            ):
                row = constraint.row
                opinion = Opinion(brandid, row.narrative, row.mccid, Verdict.UNSURE)
                yield opinion.key, constraint.kind is Kind.BELONGS


def _spent(means: Means) -> dict[str, float]:
    """What advice has cost the run so far."""
    budget = getattr(means.adviser, "budget", None)
    if budget is None:
        return {}
    spent = budget.spent
    return {
        "calls": budget.calls,
        "tokens": spent.tokens_in + spent.tokens_out,
        "money": round(spent.money, 6),
    }
