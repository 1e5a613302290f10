"""The page on what failed or was refused, by kind: runs, brands, remarks, questions, messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from brand_metagen.analytics.kinds import Over, changed, many
from brand_metagen.reports.charts import Bar, number
from brand_metagen.reports.model import (
    BarChart,
    Cell,
    Column,
    KeyFigure,
    Note,
    Page,
    Section,
    Table,
    Tone,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that failed: its kind, when (UTC, ISO 8601), what it was and why."""

    kind: str
    at: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ErrorsTold:
    """Faults of the period, oldest first, and how many there were of each kind before."""

    faults: tuple[Fault, ...]
    before: dict[str, int]


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault: its name, its heading, and the command that shows its rows."""

    key: str
    title: str
    source: str


KINDS = (
    FaultKind("run", "Runs that failed", "brand-metagen runs list"),
    FaultKind("brand", "Brands that failed", "brand-metagen brands list --state failed"),
    FaultKind("agent", "Agents that failed", "brand-metagen runs list"),
    FaultKind("remark", "Remarks not processed",
              "brand-metagen audit export"),
    FaultKind("question", "Questions that failed",
              "brand-metagen mcp profile"),
    FaultKind("message", "Messages given up",
              "brand-metagen escalations notices --state failed"),
)  # fmt: skip
LISTED = 50
"""Of each kind, the newest."""


def page_of(told: ErrorsTold, over: Over) -> Page:
    """The page; nothing in it is not in what is told."""
    counts = {kind.key: sum(f.kind == kind.key for f in told.faults) for kind in KINDS}
    sections = [_overview(counts, told)] if told.faults else []
    sections += [
        _listed(kind, [f for f in told.faults if f.kind == kind.key])
        for kind in KINDS
        if counts[kind.key]
    ]
    return Page(
        title="Errors",
        period=over.title,
        scope="What failed, from the record",
        lead=_lead(told, counts),
        made=over.made,
        figures=tuple(_figures(counts, told, over)),
        sections=tuple(sections),
        notes=(
            "Refusals that the record does not keep, such as a wrong password or a request that "
            "could not be read, are not counted here; the server's log has them.",
        ),
    )  # fmt: skip


def _lead(told: ErrorsTold, counts: dict[str, int]) -> str:
    before = sum(told.before.values())
    if not told.faults:
        return f"Nothing failed. There {'was' if before == 1 else 'were'} {number(before)} before."
    kinds = [many(counts[k.key], k.key) for k in KINDS if counts[k.key]]
    return f"{many(len(told.faults), 'fault')}: {', '.join(kinds)}."


def _figures(counts: dict[str, int], told: ErrorsTold, over: Over) -> Iterator[KeyFigure]:
    for kind in KINDS:
        count = counts[kind.key]
        yield KeyFigure(
            kind.title, number(count), tone=Tone.BAD if count else Tone.GOOD,
            change=changed(count, told.before.get(kind.key, 0), over.before), source=kind.source,
        )  # fmt: skip


def _overview(counts: dict[str, int], told: ErrorsTold) -> Section:
    bars = tuple(
        Bar(kind.title, counts[kind.key],
            f"{number(counts[kind.key])} (before {number(told.before.get(kind.key, 0))})", "bad")
        for kind in KINDS
    )  # fmt: skip
    return Section("kinds", "By kind", (BarChart("Faults by kind", bars),))


def _listed(kind: FaultKind, faults: Sequence[Fault]) -> Section:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (f.at[:16].replace("T", " "), f.what, f.why or "–") for f in reversed(faults[-LISTED:])
    )
    columns = (Column("when (UTC)"), Column("what", weight=1.3), Column("why", weight=3))
    return Section(kind.key, kind.title, (
        Table(columns, rows, "faults", len(faults), kind.source)
        if rows else Note("There were none.", Tone.GOOD),
    ))  # fmt: skip
