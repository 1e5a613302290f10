"""What the record recommends (LA-14): from bands, issues, settings, lessons and dear brands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from brand_metagen.analytics.brands import by_brand
from brand_metagen.analytics.history import History, Stretch
from brand_metagen.analytics.issues import issues
from brand_metagen.analytics.metrics import METRICS, measure
from brand_metagen.analytics.priors import Doubt
from brand_metagen.app import doubting
from brand_metagen.app.analysing import stretch
from brand_metagen.app.history import gather
from brand_metagen.app.workspace import Workspace
from brand_metagen.ports import Fate
from brand_metagen.reports.periods import Period

BANDS = ("poor", "fair")
"""Bands that ask for more than a look, the worse one first."""
SYSTEMATIC = 0.2
"""Share of all remarks from which an issue is systematic (REP-03)."""
LEAST = 5
"""Things counted below which a band recommends nothing, and remarks below which an issue does."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One thing to do: what it is about, why, what to do, and the command that shows the rows."""

    about: str
    why: str
    do: str
    command: str


def recommendations(
    workspace: Workspace,
    wanted: Period,
    record: History | None = None,
    doubts: Sequence[Doubt] | None = None,
) -> list[Recommendation]:
    """Everything that the record of a period recommends, the gravest first. The record and the
    settings in doubt are found out where they are not given."""
    history, span = record or gather(workspace), stretch(wanted)
    doubted = doubting.against(workspace, history) if doubts is None else doubts
    return [
        *_bands(history, span),
        *_issues(history, span),
        *_settings(doubted),
        *_lessons(history),
        *_brands(workspace, history, span),
    ]


def _bands(history: History, span: Stretch) -> Iterator[Recommendation]:
    found = [measure(metric, history, span) for metric in METRICS.values()]
    for name in BANDS:
        for m in found:
            if m.band and m.band.name == name and m.counted.bottom >= LEAST:
                why = f"{m.counted.value or 0:.3f} is {name} ({m.counted.top:g} of "
                yield Recommendation(
                    m.metric.key, f"{why}{m.counted.bottom:g})", m.action,
                    f"brand-metagen analytics evidence {m.metric.key}",
                )  # fmt: skip


def _issues(history: History, span: Stretch) -> Iterator[Recommendation]:
    for issue in issues(history, span, LEAST):
        if issue.share >= SYSTEMATIC and issue.brands > 1:
            where = f", mostly in {issue.sector}" if issue.sector else ""
            yield Recommendation(
                issue.category,
                f"{issue.remarks} remarks on {issue.brands} brands ({issue.share:.0%}){where}",
                issue.advice, f"brand-metagen analytics evidence issue:{issue.category}",
            )  # fmt: skip


def _settings(doubts: Sequence[Doubt]) -> Iterator[Recommendation]:
    for doubt in doubts:
        low, high = doubt.interval
        why = f"{doubt.says}: {doubt.share:.1%} of {doubt.n} ({low:.1%} to {high:.1%})"
        do = f"{doubt.current} → {doubt.suggested}"
        yield Recommendation(doubt.setting, why, do, doubt.command)


def _lessons(history: History) -> Iterator[Recommendation]:
    waiting = [lesson for lesson in history.lessons if lesson.fate is Fate.OPEN]
    if waiting:
        brands = len({lesson.brandid for lesson in waiting})
        yield Recommendation(
            "lessons", f"lessons that wait: {len(waiting)}, at so many brands: {brands}",
            "adopt what the market bears out, refuse what does not hold",
            "brand-metagen feedback adopt --proven --dry-run",
        )  # fmt: skip


def _brands(workspace: Workspace, history: History, span: Stretch) -> Iterator[Recommendation]:
    near = workspace.settings.review.near_limit
    for brand in by_brand(history, span):
        if brand.rounds > near and not brand.approved:
            yield Recommendation(
                f"brand {brand.brandid}", f"{brand.rounds} looks and not approved",
                "see whether another round is worth it",
                f"brand-metagen review iterations {brand.brandid}",
            )  # fmt: skip
