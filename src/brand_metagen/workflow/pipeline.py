"""The main job: the stages in order, each a recorded step that leaves its files behind.

A row travels: tables → evaluate → synthesise → match → resolve → confirm → publish. Each step is
carried by a role; the roles are plain functions here and may be agents elsewhere.
"""

from __future__ import annotations

import json
import resource
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial

from brand_metagen.config import EvaluateSettings
from brand_metagen.confirm.model import model_to_json
from brand_metagen.errors import InputError
from brand_metagen.evaluate.evaluate import evaluate_market
from brand_metagen.evaluate.evaluate import to_json as evaluation_to_json
from brand_metagen.files import write_file, write_folder
from brand_metagen.publish.assignments import write_assignments
from brand_metagen.publish.metadata import dump_lines
from brand_metagen.publish.release import pack
from brand_metagen.publish.report import render_report
from brand_metagen.publish.ties import write_ties
from brand_metagen.records import Market
from brand_metagen.tables.load import TooManyBadRows, load_market
from brand_metagen.tables.snapshot import quarantine_csv, save_snapshot
from brand_metagen.workflow import commercial
from brand_metagen.workflow.context import RunContext
from brand_metagen.workflow.escalating import open_cases
from brand_metagen.workflow.evidence import brand_rows, grade
from brand_metagen.workflow.facts import run_facts, summary
from brand_metagen.workflow.fallback import (
    Stage,
    as_before,
    guarded,
    nothing,
    unadvised,
    unasked,
    unconfirmed,
    unevaluated,
)
from brand_metagen.workflow.folds import BrandRules, rules_to_json
from brand_metagen.workflow.promises import keep_promises
from brand_metagen.workflow.runner import Expand, Failed, Step, StepRun

Learnt = BrandRules | Failed
SLOWEST = 5
"""Brands of a batch whose seconds are kept."""


def plan(run: RunContext) -> list[Step | Expand]:
    """The steps of a run, with the role that does each."""
    none = "advice counts for nothing in this run"
    unsure = "every row that a rule takes goes to a human"
    unknown = "nothing is known of the commercial world"
    return [
        *_step(run, "ingest", "data transformation", ingest),
        *_step(run, "evaluate", "evaluator", evaluate, unevaluated, "no brand is evaluated"),
        *_step(run, "advise", "metadata production", None, unadvised, none),
        Expand("synthesise", partial(batches, run)),
        *_step(run, "confirm", "confirmation", confirm, unconfirmed, unsure),
        *_step(run, "keep", "feedback processing", keep, as_before, "versions before stay"),
        *_step(run, "consult", "confirmation", None, unadvised, none),
        *_step(run, "resolve", "tiebreaker", resolve),
        *_step(run, "commercial", "commercial assessment", commercial.assess, unasked, unknown),
        *_step(run, "grade", "confirmation", assess),
        *_step(run, "store", "orchestrator", store),
        *_step(run, "escalate", "orchestrator", escalate, nothing, "no case was opened"),
        *_step(run, "report", "learning analytics", report),
    ]


def _step(
    run: RunContext,
    name: str,
    role: str,
    own: Stage | None,
    instead: Stage | None = None,
    meanwhile: str = "",
) -> list[Step]:
    """The step of a role by its own function or the one it is given; none where it has neither."""
    stage = run.roles.get(name, own)
    if stage is None:
        return []
    if instead is not None:
        stage = guarded(stage, instead, meanwhile)
    return [Step(name, role, partial(stage, run))]


def ingest(run: RunContext, step: StepRun) -> None:
    try:
        loaded = load_market(run.source, run.settings.tables, run.store.corrections())
    except TooManyBadRows as error:
        listed = run.folder / "quarantine.csv"
        write_file(listed, quarantine_csv(error.quarantine).encode())
        raise TooManyBadRows(f"{error}. They are listed in {listed}", error.quarantine) from error
    unknown = sorted(set(run.only) - set(loaded.market.to_check))
    if unknown:
        raise InputError(f"not in brand_to_check: {', '.join(unknown)}")
    save_snapshot(loaded, step.folder)
    step.stats["fingerprint"] = loaded.market.fingerprint
    step.stats["corrected"] = loaded.quality.corrected
    step.stats["stale_corrections"] = list(loaded.quality.stale)
    tables = loaded.quality.tables
    step.decided("go on", rows=sum(t.good for t in tables), bad_rows=sum(t.bad for t in tables))


def evaluate(run: RunContext, step: StepRun) -> None:
    """Evaluate beside what the next step needs, if there are processes for both."""
    evaluated = run.beside.begin(
        partial(_evaluated, run.market, run.settings.evaluate, run.public_names)
    )
    if run.processes > 1:
        run.learning.prepare()
    lines, brands, issues = evaluated()
    write_file(step.folder / "evaluations.jsonl", lines)
    step.decided("evaluated", brands=brands, issues=issues)


def _evaluated(
    market: Market, settings: EvaluateSettings, public_names: Sequence[str]
) -> tuple[bytes, int, dict[str, int]]:
    """The evaluations as lines, how many, and their issues by severity."""
    found = evaluate_market(market, settings, public_names)
    lines = [json.dumps(evaluation_to_json(found[b])) + "\n" for b in sorted(found)]
    issues = Counter(issue.severity.value for e in found.values() for issue in e.issues)
    return "".join(lines).encode(), len(found), dict(sorted(issues.items()))


def batches(run: RunContext) -> Sequence[Step]:
    """One step per batch of brands, so that a killed run loses one batch at the most."""
    size, brands = run.settings.workflow.batch_size, run.brands
    parts = [brands[i : i + size] for i in range(0, len(brands), size)]
    return [
        Step(f"synthesise-{n:04d}", "metadata production", partial(learn, run, part), len(part))
        for n, part in enumerate(parts, start=1)
    ]


def learn(run: RunContext, brands: Sequence[str], step: StepRun) -> None:
    seconds: dict[str, float] = {}
    learned = list(step.noted(brands, _noting(seconds, brands, run.learners.map(brands))))
    step.stats["slowest"] = dict(sorted(seconds.items(), key=lambda x: (-x[1], x[0]))[:SLOWEST])
    rules = sum(r.full.rule is not None for r in learned)
    step.decided("learned", brands=len(brands), rules=rules, abstained=len(learned) - rules)
    lines = [json.dumps(rules_to_json(found)) + "\n" for found in learned]
    write_file(step.folder / "rules.jsonl", "".join(lines).encode())
    write_file(step.folder / "failed.json", json.dumps(step.stats.get("failed", {})).encode())


def _noting(
    seconds: dict[str, float], brands: Sequence[str], done: Iterator[tuple[Learnt, float]]
) -> Iterator[Learnt]:
    """The results as they come, with the seconds of each noted by brand."""
    for brandid, (result, took) in zip(brands, done, strict=True):
        seconds[brandid] = round(took, 4)
        yield result


def confirm(run: RunContext, step: StepRun) -> None:
    run.close()
    model, recalls = run.learning.fit(run.rules, lambda: run.matcher)
    stored = {b: (r.rows, r.taken) for b, r in sorted(recalls.items())}
    write_file(step.folder / "model.json", json.dumps(model_to_json(model)).encode())
    write_file(step.folder / "recalls.json", json.dumps(stored).encode())
    limits = model.thresholds
    rows = sum(b.rows for b in model.reliability)
    step.decided(
        "fitted" if rows else "too few held-out rows to fit a model",
        held_out_rows=rows, confirm=limits.confirm, exclude=limits.exclude,
    )  # fmt: skip


def keep(run: RunContext, step: StepRun) -> None:
    kept = keep_promises(run)
    lines = [json.dumps(rules_to_json(rules)) + "\n" for rules, _ in kept]
    recalls = {rules.brandid: (recall.rows, recall.taken) for rules, recall in kept}
    write_file(step.folder / "rules.jsonl", "".join(lines).encode())
    write_file(step.folder / "recalls.json", json.dumps(recalls).encode())
    step.stats["kept"] = len(kept)
    step.decided("promises kept" if kept else "no promises to keep", brands=len(kept))


def resolve(run: RunContext, step: StepRun) -> None:
    write_assignments(step.folder, run.market.combos, run.answers)
    write_ties(step.folder, run.market.combos, run.answers)
    decisions = Counter(answer.decision.value for answer in run.answers)
    contested = sum(len(answer.claims) > 1 for answer in run.answers)
    step.decided("decided", rows=dict(sorted(decisions.items())), contested=contested)


def assess(run: RunContext, step: StepRun) -> None:
    records = grade(
        run.market,
        run.answers,
        run.kept,
        run.kept_recalls,
        run.evaluations,
        run.settings,
        run.beside.begin,
    )
    write_file(step.folder / "metadata.jsonl", dump_lines(records).encode())
    step.decided(
        "graded", brands=len(records), to_confirm=sum(m.requires_confirmation for m in records)
    )


def store(run: RunContext, step: StepRun) -> None:
    numbered = run.store.save_versions(run.run_id, run.metadata("grade"))
    release_id, files = pack(numbered, run.model)
    write_folder(run.releases / release_id, files)
    run.store.record_release(release_id, run.run_id)
    write_file(step.folder / "metadata.jsonl", dump_lines(numbered).encode())
    write_file(step.folder / "release", release_id.encode())
    run.store.mark_brands(run.run_id, brand_rows(run, numbered))
    step.decided("released", release=release_id, versions=len(numbered))


def escalate(run: RunContext, step: StepRun) -> None:
    cases = step.stats["cases"] = open_cases(run)
    step.decided("cases opened" if cases else "nothing to escalate", cases=len(cases))


def report(run: RunContext, step: StepRun) -> None:
    facts = run_facts(run)
    settings = replace(run.settings.report, sure=run.settings.workflow.confidence_threshold)
    page = render_report(facts, settings)
    write_file(step.folder / "report.html", page.encode())
    step.stats["summary"] = summary(facts)
    step.stats["wallets"] = {name: asdict(w) for name, w in facts.wallet_rows.items()}
    step.stats["memory"] = peak_memory()
    step.decided("reported", errors=len(facts.errors))


def peak_memory() -> int:
    """The most bytes that this process, or one it has waited for, held at once so far."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    largest = max(resource.getrusage(one).ru_maxrss for one in who)
    return largest if sys.platform == "darwin" else 1024 * largest
