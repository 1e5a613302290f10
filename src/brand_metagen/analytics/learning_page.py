"""A page on manual work over time, and on what one brand taught others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from brand_metagen.analytics.learning import FALLS, UNKNOWN, Effect, Taught, Work
from brand_metagen.reports.charts import Series
from brand_metagen.reports.model import (
    Badge,
    Block,
    Cell,
    Column,
    KeyFigure,
    Note,
    Page,
    Section,
    Table,
    TimeChart,
    Tone,
)

SOURCE = "brand-metagen analytics learning"
MOST = 20
"""Lessons shown."""


@dataclass(frozen=True, slots=True)
class Learning:
    """Manual work by step, lessons, and what all lessons together did; `places` name the steps."""

    places: tuple[str, ...]
    work: Sequence[Work]
    taught: Sequence[Taught]
    effects: Sequence[Effect]

    @property
    def headline(self) -> str:
        """Whether manual work falls, by its first measure."""
        first = self.work[0]
        return f"Manual work per approved brand {first.says} ({first.why})."


def page_of(learning: Learning, period: str, made: str) -> Page:
    """The page; nothing in it is not in what is told."""
    return Page(
        title="Does the work get less?",
        period=period,
        scope="All brands",
        lead=learning.headline,
        made=made,
        figures=tuple(_figures(learning)),
        sections=(
            Section("work", "Manual work per approved brand", tuple(_work(learning))),
            Section("lessons", "What one brand taught others", tuple(_lessons(learning))),
        ),
        notes=(
            "A fall is named when chance would make it in fewer than 5 of 100 cases "
            "(Mann-Kendall over all steps); with few steps or approvals nothing is.",
        ),
    )


def _tone(says: str) -> Tone:
    return Tone.GOOD if says == FALLS else Tone.PLAIN if says == UNKNOWN else Tone.WARN


def _figures(learning: Learning) -> Iterator[KeyFigure]:
    for work in learning.work:
        metric = work.trend.metric
        yield KeyFigure(
            metric.title, work.says, work.why, _tone(work.says),
            source=f"brand-metagen analytics evidence {metric.key}",
        )  # fmt: skip


def _work(learning: Learning) -> Iterator[Block]:
    for work in learning.work:
        metric = work.trend.metric
        values = tuple(step.counted.value for step in work.trend.steps)
        if any(values):
            yield TimeChart(
                metric.title, learning.places, (Series(metric.title.lower(), values),),
                caption=f"{metric.formula}: {work.says}", source=SOURCE,
            )  # fmt: skip
        else:
            counted = any(value is not None for value in values)
            yield Note(f"{metric.title}: {'none at all' if counted else 'nothing to count yet'}.")


def _written(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _lessons(learning: Learning) -> Iterator[Block]:
    if not learning.taught:
        yield Note("No feedback has been proposed to other brands yet.")
        return
    columns = (
        Column("lesson", weight=3), Column("learned on"), Column("proposed", True),
        Column("taken", True), Column("refused", True), Column("open", True),
    )  # fmt: skip
    rows = tuple(
        (t.says, t.learned_on, t.proposed, len(t.taken), len(t.refused), len(t.open))
        for t in learning.taught[:MOST]
    )
    source = "brand-metagen feedback lessons"
    yield Table(columns, rows, "lessons", len(learning.taught), source)
    effects: list[tuple[Cell, ...]] = []
    for effect in learning.effects:
        interval = ""
        if effect.difference is not None:
            interval = f"{effect.difference[0]:+.2f} to {effect.difference[1]:+.2f}"
        effects.append(
            (
                effect.measure, f"{_written(effect.taken_value)} of {effect.taken}",
                f"{_written(effect.without_value)} of {effect.without}", interval,
                Badge(effect.says),
            )
        )  # fmt: skip
    named = (
        Column("afterwards", weight=2), Column("brands that took one", weight=1.5),
        Column("brands that took none", weight=1.5), Column("difference, 95 %", weight=1.5),
        Column("", weight=2),
    )  # fmt: skip
    yield Table(named, tuple(effects), "figures", len(effects), SOURCE)
