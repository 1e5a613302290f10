"""Runs as reports want them, from the store and from what their first step left."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from brand_metagen.analytics.run_figures import DataFigures, RunFigures, TableFigures
from brand_metagen.app.workspace import Workspace
from brand_metagen.ports import RunRecord, StepRecord
from brand_metagen.publish.facts import WalletRows
from brand_metagen.tables.quality import Quality, quality_from_json
from brand_metagen.tables.snapshot import QUALITY
from brand_metagen.workflow.fallback import agents_failed

ADVISED = ("advise", "consult", "report")
"""Steps that may ask a model; each says what the run has spent so far."""


def run_figures(workspace: Workspace) -> list[RunFigures]:
    """All runs, in the order in which they ended; those that have not ended come last."""
    found = [one_run(workspace, run) for run in workspace.store.runs()]
    return sorted(found, key=lambda run: (not run.ended, run.ended, run.run_id))


def one_run(workspace: Workspace, run: RunRecord) -> RunFigures:
    """What a run left."""
    steps = workspace.store.steps(run.run_id)
    summary: Mapping[str, Any] = run.summary
    left = {step.name: step.stats for step in steps}
    report: Mapping[str, Any] = left.get("report", {})
    failed = _merged(step.stats.get("failed") for step in steps)
    return RunFigures(
        run_id=run.run_id,
        state=run.state.value,
        begun=run.created_at,
        ended=run.finished_at or "",
        only=len(run.only),
        error=run.error or "",
        seconds=sum(step.seconds for step in steps),
        stages=_stages(steps),
        repeated=tuple(f"{s.name}: begun {s.starts} times" for s in steps if s.starts > 1),
        failed_brands={str(brand): str(why) for brand, why in sorted(failed.items())},
        failed_agents={a.brandid: f"{a.message}; {a.advice}" for a in agents_failed(steps)},
        warnings=tuple(_warnings(steps)),
        release=_text(left.get("store", {}), "release"),
        cases=tuple(map(str, _listed(left.get("escalate", {}).get("cases")))),
        brands=_count(summary, "brands"),
        rules=_count(summary, "rules"),
        abstained=_count(summary, "abstained"),
        to_confirm=_count(summary, "to_confirm"),
        decisions=_counts(summary, "decisions"),
        labels=_counts(summary, "labels"),
        ties_settled=_count(summary, "ties_settled"),
        wallets=_wallets(report.get("wallets")),
        slowest=_slowest(steps),
        memory=_count(report, "memory"),
        money=_spent(left, "money"),
        calls=int(_spent(left, "calls") or 0),
        data=_data(workspace.run_folder(run.run_id)),
    )


def _stages(steps: Sequence[StepRecord]) -> Mapping[str, float]:
    """Seconds by stage; batches of one stage together."""
    found: dict[str, float] = defaultdict(float)
    for step in steps:
        found[step.name.rstrip("0123456789").rstrip("-")] += step.seconds
    return dict(found)


def _warnings(steps: Sequence[StepRecord]) -> Iterator[str]:
    """What a run went on in spite of."""
    for failed in agents_failed(steps):
        yield f"{failed.brandname} failed in {failed.brandid}: {failed.message}; {failed.advice}"
    for step in steps:
        for stale in _listed(step.stats.get("stale_corrections")):
            yield f"a correction no longer fits: {stale}"
        notes = step.stats.get("notes")
        for note, count in notes.items() if isinstance(notes, Mapping) else ():
            yield f"{note} ({count} brands)"


def _slowest(steps: Sequence[StepRecord]) -> Mapping[str, float]:
    found = _merged(step.stats.get("slowest") for step in steps)
    ranked = sorted(found.items(), key=lambda pair: (-float(pair[1]), str(pair[0])))
    return {str(brandid): float(took) for brandid, took in ranked}


def _spent(left: Mapping[str, Mapping[str, Any]], name: str) -> float | None:
    """The last that a step says of what advice has cost the run."""
    said = [left[step].get("evidence", {}) for step in ADVISED if step in left]
    found = [one[name] for one in said if isinstance(one, Mapping) and name in one]
    return float(found[-1]) if found else None


def _data(folder: Path) -> DataFigures | None:
    """The quality of a run's tables; None where its files are gone, or never came."""
    for path in sorted(folder.glob(f"[0-9][0-9][0-9][0-9]-ingest/{QUALITY}")):
        return _of_quality(quality_from_json(json.loads(path.read_text(encoding="utf-8"))))
    return None


def _of_quality(quality: Quality) -> DataFigures:
    tables = tuple(
        TableFigures(t.table, t.rows, t.good, t.bad, t.collapsed, t.reasons) for t in quality.tables
    )
    return DataFigures(
        tables=tables,
        labelled=quality.labelled,
        unlabelled=quality.unlabelled,
        brands_without_rows=quality.brands_without_rows,
        brands_with_few_rows=quality.brands_with_few_rows,
        codes=sum(t.good for t in quality.tables if t.table == "mcc"),
        codes_unused=quality.codes_unused,
        brands_without_sector=quality.brands_without_sector,
        corrected=quality.corrected,
        stale=quality.stale,
    )


def _wallets(said: object) -> Mapping[str, WalletRows]:
    if not isinstance(said, Mapping):
        return {}
    return {str(name): WalletRows(**counts) for name, counts in said.items()}


def _merged(parts: Iterator[object] | Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in parts:
        if isinstance(part, Mapping):
            found |= part
    return found


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _text(stats: Mapping[str, Any], name: str) -> str:
    evidence = stats.get("evidence", {})
    return str(evidence.get(name, "")) if isinstance(evidence, Mapping) else ""


def _count(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name, 0)
    return value if isinstance(value, int) else 0


def _counts(values: Mapping[str, Any], name: str) -> Mapping[str, int]:
    found = values.get(name, {})
    return dict(found) if isinstance(found, Mapping) else {}
