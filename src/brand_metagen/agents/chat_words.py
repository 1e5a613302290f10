"""What tools answered, in a sentence or two; every figure is the tool's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

COUNTED = (
    ("brands", "brands"),
    ("rules", "rules"),
    ("abstained", "abstained"),
    ("failed", "failed"),
)
"""Figures of a run's summary that are said."""


def many(count: int, noun: str) -> str:
    """A count with its noun.

    >>> many(1, "tie"), many(2_000, "run")
    ('1 tie', '2,000 runs')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def counts(items: Sequence[Any]) -> str:
    """Lines that only count brands by something, as words; empty for others."""
    told = []
    for item in items:
        if not isinstance(item, Mapping) or len(item) != 2 or "brands" not in item:
            return ""
        what = next(value for name, value in item.items() if name != "brands")
        told.append(f"{what or 'none'} {item['brands']:,}")
    return f"{', '.join(told)}. "


def run(data: Any) -> str:
    """How a run stands."""
    summary = data.get("summary") or {}
    figures = ", ".join(f"{summary[name]:,} {name}" for name in COUNTED if name in summary)
    rows = ", ".join(f"{n:,} {what}" for what, n in (summary.get("decisions") or {}).items())
    figures += f"; rows: {rows}" if rows else ""
    steps = f", {data['steps_done']} steps done" if "steps_done" in data else ""
    at = f", at {data['at']}" if data.get("at") and data["state"] == "running" else ""
    error = f" {data['error']}" if data.get("error") else ""
    ended = f" at {data['finished_at']}" if data.get("finished_at") else ""
    over = "all brands" if data["brands"] == "all" else f"brands {data['brands']}"
    told = f"{data['run_id']} over {over} is {data['state']}{ended}{at}{steps}"
    return f"{told}{': ' if figures else ''}{figures}.{error}"


def stats(data: Any) -> str:
    """How runs of a period ended."""
    states = ", ".join(f"{count:,} {state}" for state, count in sorted(data["states"].items()))
    period = data["period"].replace("_", " ")
    return f"{many(data['runs'], 'run')} in the {period}{': ' if states else ''}{states}."


def health(data: Any) -> str:
    """What runs and what is wrong."""
    wrong = f"Wrong: {'; '.join(data['problems'])}." if data["problems"] else "Nothing is wrong."
    states = ", ".join(f"{n:,} {state.replace('_', ' ')}" for state, n in data["brands"].items())
    last = (
        f"last run {data['last_run']}: {data['last_state']}" if data["last_run"] else "no run yet"
    )
    going = "; a run is going on" if data["running"] else ""
    waits = (
        f"{data['needs_confirmation']:,} need confirmation, {many(data['open_ties'], 'open tie')}"
    )
    return f"{wrong} {last}{going}. Brands: {states or 'none'}; {waits}."


def rule(data: Any) -> str:
    """A version of a rule."""
    codes = ", ".join(data["mccids"]) or "none"
    regex = data["regex"] or f"no rule ({'; '.join(data['reasons'])})"
    return (
        f"{data['brandname']}, version {data['version']} ({data['status']}), confidence "
        f"{data['confidence']:.2f}: {regex}. Codes: {codes}."
    )
