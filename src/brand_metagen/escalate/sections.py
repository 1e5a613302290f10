"""The sections of a report on escalations: each a few sentences, a chart, the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from brand_metagen.config import EscalateSettings
from brand_metagen.escalate.figures import STANDINGS, Bucket, Figures, Share, Standing
from brand_metagen.escalate.history import brand_of
from brand_metagen.escalate.phrases import many, took, words
from brand_metagen.ports import CaseState, Level
from brand_metagen.reports.charts import Bar, Series, number, percent
from brand_metagen.reports.model import (
    Badge,
    BarChart,
    Block,
    Cell,
    Column,
    Note,
    Paragraph,
    Section,
    ShareChart,
    Table,
    TimeChart,
    Tone,
)
from brand_metagen.reports.periods import Span
from brand_metagen.reports.texts import shown

LIST = "brand-metagen escalations list"
STYLES: Mapping[str, str] = {
    "ok": "good", "soon": "warn", "breached": "bad", "paused": "tie", "resolved": "none",
}  # fmt: skip
"""Fill classes of the standings."""
TONES: Mapping[str, Tone] = {"ok": Tone.GOOD, "soon": Tone.WARN, "breached": Tone.BAD}
MEANING: Mapping[str, str] = {
    "ok": "within time", "soon": "due soon", "breached": "past its time", "paused": "paused",
    "resolved": "resolved, not closed",
}  # fmt: skip
NAME_CHARS = 80
"""Characters of a brand's name."""


def all_of(span: Span, found: Figures, settings: EscalateSettings) -> tuple[Section, ...]:
    """Every section of a page, in its order."""
    return (
        _active(found), _time(found), _trend(span, found), _reasons(found), _methods(found),
        _brands(found), _lessons(found), _chain(settings),
    )  # fmt: skip


def _active(found: Figures) -> Section:
    if not found.active:
        blocks: tuple[Block, ...] = (Note("No case is active.", Tone.GOOD),)
        return Section("active", "Active cases by level", blocks)
    bars = tuple(
        Bar(_level(f.level), f.active, f"{f.active} ({_states(f.states)})") for f in found.levels
    )
    columns = (
        Column("Case", weight=1.35), Column("Brand", weight=1.6), Column("Cause", weight=1.5),
        Column("Level", weight=1.45), Column("State", weight=1.15),
        Column("Who", weight=0.8), Column("Time", weight=1.6), Column("Left", weight=1.4),
    )  # fmt: skip
    rows = tuple(_standing(s) for s in found.active)
    table = Table(columns, rows, "active cases", source=f"{LIST} --limit 100")
    return Section(
        "active", "Active cases by level", (BarChart("Active cases by level", bars), table)
    )


def _standing(s: Standing) -> tuple[Cell, ...]:
    case, left = s.case, s.limit - s.spent
    late = f"{took(-left)} over" if left < 0 else took(left)
    return (
        case.case_id,
        shown(brand_of(case), NAME_CHARS),
        words(case.cause),
        _level(s.level),
        words(s.state.value.lower()),
        shown(case.assigned_to, NAME_CHARS) or "nobody",
        Badge(MEANING[s.stands], TONES.get(s.stands, Tone.PLAIN)),
        "–" if s.stands == "resolved" else late,
    )


def _time(found: Figures) -> Section:
    counts = {name: sum(f.stands[name] for f in found.levels) for name in STANDINGS}
    whole = sum(counts.values())
    parts = tuple(
        Bar(MEANING[name], n, f"{n} ({percent(n / whole)})", STYLES[name])
        for name, n in counts.items()
        if n
    )
    blocks: list[Block] = []
    if parts:
        blocks.append(ShareChart("Age of active cases against their time", parts))
    blocks.append(_level_table(found))
    blocks.append(_breaches(found))
    return Section("time", "Age against the time they have", tuple(blocks))


def _level_table(found: Figures) -> Table:
    columns = (
        Column("Level", weight=1.5), Column("Has"),
        *(Column(MEANING[name].capitalize(), number=True) for name in STANDINGS),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (_level(f.level), took(f.limit), *(f.stands[name] for name in STANDINGS))
        for f in found.levels
    )
    return Table(columns, rows, "levels", source=f"{LIST} --level 1")


def _breaches(found: Figures) -> Block:
    if not found.breaches:
        return Note("No case ran out of its time in this period.", Tone.GOOD)
    columns = (Column("Case", weight=1.2), Column("Brand", weight=2.5), Column("Level"),
               Column("Ran out of time (UTC)", weight=1.5))  # fmt: skip
    rows = tuple(
        (b.case_id, shown(b.brand, NAME_CHARS), _level(b.level), f"{b.at:%Y-%m-%d %H:%M}")
        for b in found.breaches
    )
    return Table(columns, rows, "breaches", source="brand-metagen escalations show CASE")


def _trend(span: Span, found: Figures) -> Section:
    chart = TimeChart(
        "Opened and resolved over time, and what stayed open",
        tuple(_place(span, bucket) for bucket in found.trend),
        (
            Series("opened", tuple(b.opened for b in found.trend), "accent"),
            Series("resolved", tuple(b.resolved for b in found.trend), "good"),
        ),
        Series("unresolved at the end", tuple(b.backlog for b in found.trend)),
        f"By {'week, named by its Monday' if span is Span.WEEK else 'day'}.",
        f"{LIST} --state all",
    )
    return Section("trend", "Opened and resolved over time", (chart,))


def _place(span: Span, bucket: Bucket) -> str:
    day = bucket.period.first
    return str(day.day) if span is Span.MONTH else f"{day.day} {day:%b}"


def _reasons(found: Figures) -> Section:
    title = "Why cases were opened"
    if not found.causes:
        return Section("reasons", title, (Note("No case was opened in this period."),))
    chart = BarChart(title, _bars(found.causes), "", f"{LIST} --state all --cause CAUSE")
    return Section("reasons", title, (chart,))


def _methods(found: Figures) -> Section:
    title = "How cases were settled"
    if not found.methods:
        return Section("methods", title, (Note("No case was settled in this period."),))
    now = found.counts
    times = (
        f"Time to resolve, of {many(now.running.count, 'resolution')}: mean "
        f"{took(now.running.mean)}, median {took(now.running.median)} while time ran; by the wall "
        f"clock, pauses included, mean {took(now.wall.mean)}, median "
        f"{took(now.wall.median)}."
    )
    chart = BarChart(title, _bars(found.methods, "good"), "", f"{LIST} --state resolved")
    return Section("methods", title, (chart, Paragraph(times)))


def _brands(found: Figures) -> Section:
    title = "Brands that keep coming"
    if not found.brands:
        return Section("brands", title, (Note("No brand came up more than once.", Tone.GOOD),))
    columns = (
        Column("Brand", weight=2.2), Column("Cases", number=True), Column("Triggers", number=True),
        Column("Active", number=True), Column("Causes, the most frequent first", weight=3),
    )  # fmt: skip
    rows = tuple(
        (shown(b.brand, NAME_CHARS), b.cases, b.triggers, b.active, _listed(b.causes))
        for b in found.brands
    )
    said = "Brands with a trigger in this period and more than one so far."
    table = Table(columns, rows, "brands", source="brand-metagen escalations analyse")
    return Section("brands", title, (Paragraph(said), table))


def _lessons(found: Figures) -> Section:
    title = "Learned from closed cases"
    if not found.lessons:
        return Section("lessons", title, (Note("No case was closed in this period."),))
    columns = (
        Column("Case", weight=1.1), Column("Brand and cause", weight=1.5), Column("How", weight=1),
        Column("So that it does not come again", weight=2.2), Column("Lesson", weight=2.2),
    )  # fmt: skip
    rows = tuple(
        (
            case.case_id,
            f"{shown(brand_of(case), NAME_CHARS)}, {words(case.cause)}",
            words(case.method.value) if case.method else "not said",
            case.preventive or "–",
            case.lessons or "–",
        )
        for case in found.lessons
    )
    return Section("lessons", title, (Table(columns, rows, "closed cases",
                                            source=f"{LIST} --state closed"),))  # fmt: skip


def _chain(settings: EscalateSettings) -> Section:
    """Whom to turn to, and who comes next (ESC-24)."""
    contacts = (
        (_level(Level.OPERATIONS), settings.operations_hours, settings.contact_operations),
        (_level(Level.ENGINEERING), settings.engineering_hours, settings.contact_engineering),
        (_level(Level.PRODUCT), settings.product_hours, settings.contact_product),
        ("vendor support", None, settings.contact_vendor),
    )
    columns = (Column("Level", weight=1.2), Column("Has", weight=0.8), Column("Contact", weight=3))
    rows = tuple(
        (name, took(hours * 3600) if hours is not None else "–", contact or "not set")
        for name, hours, contact in contacts
    )
    table = Table(columns, rows, "contacts", source="brand-metagen escalations contacts")
    return Section("chain", "The chain", (table,))


def _bars(items: Sequence[Share], style: str = "accent") -> tuple[Bar, ...]:
    return tuple(
        Bar(words(s.name), s.count, f"{number(s.count)} ({percent(s.share)})", style) for s in items
    )


def _states(counts: Mapping[CaseState, int]) -> str:
    said = ", ".join(f"{n} {words(state.lower())}" for state, n in counts.items() if n)
    return said or "none"


def _level(level: Level) -> str:
    return f"{level:d} {level.name.lower()}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(words(name) for name in names)
