"""What the conversation can do: each tool with its arguments and the role it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from brand_metagen.agents import chat_words
from brand_metagen.agents.chat_brands import BRAND, LIMIT, ON_BRANDS
from brand_metagen.agents.chat_figures import ON_FIGURES
from brand_metagen.agents.chat_shapes import MOST, PAGE, Argument, ChatTool, ToolContext
from brand_metagen.agents.steps import advised
from brand_metagen.app import escalations, feedback, queries, runs
from brand_metagen.app.understanding import Submission
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError, NotAllowed
from brand_metagen.ports import BrandState, CaseFilter, CaseOrder, Role, RunRecord
from brand_metagen.publish.metadata import to_record

PERIODS = {"last_hour": 1, "last_day": 24, "last_week": 168}
"""Hours of a period of which figures are given (CHAT-09)."""


def _brands(context: ToolContext, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    status = given.get("status")
    found = queries.brands(context.workspace, BrandState(status) if status else None)
    return [asdict(line) for line in found[: min(given.get("limit", MOST), MOST)]]


def _start(context: ToolContext, given: Mapping[str, Any]) -> dict[str, Any]:
    workspace, wanted = context.workspace, given["brands"]
    source = given.get("data") or _last_source(workspace)
    only: tuple[str, ...] = ()
    if wanted != "all":
        only = tuple(sorted({part.strip() for part in wanted.split(",") if part.strip()}))
    if context.begin is not None:
        return _brief(context.begin(source, only))
    done = runs.start(workspace, Path(source), only, context.progress, roles=advised)
    return _brief(done.run)


def _last_source(workspace: Workspace) -> str:
    known = workspace.store.runs()
    if not known:
        raise InputError("no run yet: name the folder of tables, as in `run all over FOLDER`")
    return known[-1].source


def _brief(run: RunRecord) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "state": run.state.value,
        "brands": ", ".join(run.only) or "all",
        "created_at": run.created_at,
        "finished_at": run.finished_at,
        "error": run.error,
        "summary": dict(run.summary),
    }


def _run_status(context: ToolContext, given: Mapping[str, Any]) -> dict[str, Any]:
    known = runs.listed(context.workspace)
    if not known:
        raise InputError("no run yet: `run all over FOLDER` starts one")
    wanted = given.get("execution_arn") or known[-1].run_id
    run, steps = runs.shown(context.workspace, wanted)
    done = sum(step.state.value == "done" for step in steps)
    last = steps[-1] if steps else None
    at = f"{last.name} ({last.role})" if last else ""
    return {**_brief(run), "steps_done": done, "at": at}


def _feedback(context: ToolContext, given: Mapping[str, Any]) -> dict[str, Any]:
    workspace, brandid = context.workspace, given["brandid"]
    seen = given.get("metadata_version") or workspace.store.line(brandid).version
    submission = Submission(given["feedback_text"])
    return dict(
        feedback.submit(context.live(), context.actor.name, brandid, seen, submission).reply
    )


def _metadata(context: ToolContext, given: Mapping[str, Any]) -> dict[str, Any]:
    return to_record(queries.metadata(context.workspace, given["brandid"], given.get("version")))


def _cases(context: ToolContext, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    wanted = CaseFilter(order=CaseOrder(given.get("sort_by", "newest")))
    limit = min(given.get("limit", PAGE), PAGE)
    return [escalations.plain(line) for line in escalations.listed(context.workspace, wanted, limit)
            .items]  # fmt: skip


def _stats(context: ToolContext, given: Mapping[str, Any]) -> dict[str, Any]:
    period = given.get("period", "last_day")
    since = (datetime.now(UTC) - timedelta(hours=PERIODS[period])).isoformat()
    found = [r for r in runs.listed(context.workspace) if r.created_at >= since]
    states = Counter(run.state.value for run in found)
    told: dict[str, Any] = {"period": period, "runs": len(found), "states": dict(states)}
    if given.get("include_details") == "yes":
        told["details"] = [_brief(run) for run in found]
    return told


def _health(context: ToolContext, _: Mapping[str, Any]) -> dict[str, Any]:
    workspace = context.workspace
    found = asdict(queries.status(workspace, running=runs.held(workspace)))
    return {**found, "problems": problems(context)}


def problems(context: ToolContext) -> list[str]:
    """What an operator should know unasked (CHAT-12)."""
    store, told = context.workspace.store, []
    known = store.runs()
    if known and known[-1].state.value in ("failed", "interrupted"):
        run = known[-1]
        told.append(f"{run.run_id} is {run.state.value}: {run.error or 'it can be resumed'}")
    failed = len(store.brands(BrandState.FAILED))
    if failed:
        told.append(f"{failed:,} brands failed")
    late = [line for line in escalations.listed(context.workspace, CaseFilter()).items
            if line.stands == "breached"]  # fmt: skip
    if late:
        told.append(f"{len(late):,} escalations are beyond their time")
    return told


def _by(key: str) -> Callable[[Iterable[Any]], list[dict[str, Any]]]:
    def counted(lines: Iterable[Any]) -> list[dict[str, Any]]:
        counts = Counter(getattr(line, key) for line in lines)
        return [{key: name, "brands": n} for name, n in sorted(counts.items())]

    return counted


def _query(context: ToolContext, given: Mapping[str, Any]) -> dict[str, Any]:
    kind = given["query_type"]
    if kind == "custom":
        raise NotAllowed(
            "queries of one's own are not run from here: the export's Parquet files take any, and "
            "`classify --emit-sql athena` lays tables for Athena"
        )
    found = QUERIES[kind](context)
    limit = min(given.get("limit", MOST), MOST)
    size, offset = min(given.get("page_size", PAGE), PAGE), given.get("offset", 0)
    shown = found[:limit]
    return {"query_type": kind, "total": len(shown), "offset": offset,
            "items": shown[offset : offset + size]}  # fmt: skip


def _lines(context: ToolContext) -> list[queries.BrandLine]:
    return queries.brands(context.workspace)


def _sure(context: ToolContext) -> list[dict[str, Any]]:
    return [asdict(x) for x in sorted(_lines(context), key=lambda x: (-x.confidence, x.brandid))]


def _unsure(context: ToolContext) -> list[dict[str, Any]]:
    least = context.workspace.settings.report.low
    low = [line for line in _lines(context) if line.confidence < least]
    return [asdict(x) for x in sorted(low, key=lambda x: (x.confidence, x.brandid))]


def _recent(context: ToolContext) -> list[dict[str, Any]]:
    return [_brief(run) for run in reversed(runs.listed(context.workspace))]


QUERIES: Mapping[str, Callable[[ToolContext], list[dict[str, Any]]]] = {
    "brands_by_confidence": _sure,
    "brands_by_category": lambda context: _by("sector")(_lines(context)),
    "brands_by_status": lambda context: _by("state")(_lines(context)),
    "low_confidence_brands": _unsure,
    "recent_workflows": _recent,
    "escalations_pending": lambda context: _cases(context, {}),
}


def _help(_: ToolContext, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    wanted = given.get("tool_name")
    if wanted and wanted not in TOOLS:
        raise InputError(f"no tool {wanted!r}; there are {', '.join(TOOLS)}")
    shown = [TOOLS[wanted]] if wanted else list(TOOLS.values())
    return [
        {
            "tool": tool.name,
            "about": tool.about,
            "takes": ", ".join(a.name + ("" if a.required else "?") for a in tool.arguments),
            "role": tool.role.value,
        }
        for tool in shown
    ]


_ALL = (
    ChatTool(
        "query_brands_to_check", "Brands with state, version and confidence.",
        (Argument("status", "Only this state.", choices=tuple(map(str, BrandState))), LIMIT),
        _brands,
    ),
    ChatTool(
        "start_workflow", "Start a run over all brands, or some, and wait for it.",
        (Argument("brands", "`all`, or ids or names separated by commas.", required=True),
         Argument("data", "Folder of the four tables; that of the last run by default.")),
        _start, Role.OPERATOR, changes=True, told=chat_words.run, names=("brands",),
    ),
    ChatTool(
        "check_workflow_status", "One run: state, step, figures; the latest by default.",
        (Argument("execution_arn", "A run, such as RUN-0001."),), _run_status,
        told=chat_words.run,
    ),
    ChatTool(
        "submit_feedback", "Say what is wrong with a brand's rule; a new version keeps it.",
        (BRAND, Argument("feedback_text", "The remark, in plain words.", required=True),
         Argument("metadata_version", "The version meant; the latest by default.", "integer")),
        _feedback, Role.REVIEWER, changes=True, names=("brandid",),
    ),
    ChatTool(
        "execute_athena_query", "Lists over brands, runs and escalations, page by page.",
        (Argument("query_type", "Which list.", required=True, choices=(*QUERIES, "custom")),
         Argument("parameters", "Of a query of one's own."), LIMIT,
         Argument("page_size", f"Items of a page, up to {PAGE}.", "integer"),
         Argument("offset", "Items to skip.", "integer")),
        _query,
    ),
    ChatTool(
        "query_metadata", "A brand's rule with its evidence; the latest version by default.",
        (BRAND, Argument("version", "Its number.", "integer")), _metadata,
        told=chat_words.rule, names=("brandid",),
    ),
    ChatTool(
        "list_escalations", "Open escalations with their clocks.",
        (Argument("limit", f"Items at the most, up to {PAGE}.", "integer"),
         Argument("sort_by", "Order.", choices=tuple(map(str, CaseOrder)))), _cases,
    ),
    ChatTool(
        "get_workflow_stats", "How many runs of a period ended how.",
        (Argument("period", "The last day by default.", choices=tuple(PERIODS)),
         Argument("include_details", "Each run as well.", choices=("yes", "no"))), _stats,
        told=chat_words.stats,
    ),
    ChatTool("get_health", "What runs, what waits, what is wrong.", (), _health,
             told=chat_words.health),
    ChatTool(
        "get_help", "What can be asked.", (Argument("tool_name", "One tool only."),), _help,
    ),
)  # fmt: skip
TOOLS: Mapping[str, ChatTool] = {tool.name: tool for tool in (*_ALL, *ON_BRANDS, *ON_FIGURES)}
"""By name, in the order in which help shows them (CHAT-02 to CHAT-10, CHAT-12, and more)."""
