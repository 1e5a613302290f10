"""Tools of the conversation on figures: metrics of reviews, and what advice has cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brand_metagen.agents.chat_shapes import Argument, ChatTool, ToolContext
from brand_metagen.app import analysing, runs
from brand_metagen.app.history import gather
from brand_metagen.ports import StepRecord


def _metrics(context: ToolContext, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    workspace = context.workspace
    metrics = analysing.chosen([given["metric"]] if "metric" in given else ())
    wanted = analysing.period("", "", analysing.zone(workspace))
    found = analysing.measured(gather(workspace), metrics, wanted)
    names = ("title", "value", "unit", "numerator", "denominator", "band", "before")
    shown = [analysing.plain(now, before) for now, before in found]
    return [{name: line[name] for name in names} for line in shown]


def _costs(context: ToolContext, _: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What models were asked in each run that asked any: calls, tokens, dollars as priced."""
    told = []
    for run in runs.listed(context.workspace):
        steps = runs.shown(context.workspace, run.run_id)[1]
        spent = [found for found in map(_spent, steps) if found]
        if spent:
            told.append(
                {"run_id": run.run_id, **max(spent, key=lambda s: (s["calls"], s["money"]))}
            )
    return told


def _spent(step: StepRecord) -> dict[str, Any]:
    """What a run had spent by the end of a step; empty where it asks nobody."""
    evidence = step.stats.get("evidence")
    if not isinstance(evidence, Mapping) or "money" not in evidence:
        return {}
    return {name: evidence[name] for name in ("calls", "tokens", "money")}


def _told_costs(data: Any) -> str:
    if not data:
        return "No run has asked a model; nothing was spent."
    money = sum(line["money"] for line in data)
    return f"${money:.4f} over the runs that asked, at the prices that are set."


ON_FIGURES = (
    ChatTool("get_metrics", "Metrics of the last 30 days beside the 30 before.",
             (Argument("metric", "One only, such as approval_rate."),), _metrics),
    ChatTool("get_costs", "What asking models has cost, run by run.", (), _costs,
             told=_told_costs),
)  # fmt: skip
