"""Pages of analytics: metrics with their bands, trends, what reviewers complain of, and plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode
from uuid import uuid4

from brand_metagen.analytics.brands import by_brand
from brand_metagen.analytics.counting import Counted, Evidence, Of
from brand_metagen.analytics.evidence import behind, figure_of
from brand_metagen.analytics.issues import issues as found_issues
from brand_metagen.analytics.metrics import METRICS
from brand_metagen.analytics.trend import Trend
from brand_metagen.app import analysing
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.charts import scale, spark
from brand_metagen.console.door import ROOT
from brand_metagen.console.kept import of_record, record
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor, Role
from brand_metagen.reports.periods import Period, today
from brand_metagen.web.state import Server

PRESETS = (7, 30, 90)
MOST_BRANDS = 200
ROWS = 50
"""Rows behind a figure on one page."""
STEPS = ((31, 1), (217, 7))
"""Up to so many days, steps of so many; months of thirty beyond."""


@dataclass(frozen=True, slots=True)
class Span:
    """A period with what its form needs."""

    period: Period
    query: str
    """The period as an address has it."""
    presets: tuple[tuple[int, str, bool], ...]
    """Days, first day, and whether it is this period."""
    step: int
    """Days of one step of a trend."""


def span_of(server: Server, wanted: Mapping[str, str]) -> Span:
    """The period a page is asked for; raises InputError for what is none."""
    zone = analysing.zone(server.workspace)
    period = analysing.period(wanted.get("from", ""), wanted.get("to", ""), zone)
    now, days = today(datetime.now(UTC), zone), (period.after - period.first).days
    presets = tuple(
        (count, (first := now - timedelta(days=count - 1)).isoformat(),
         (first, now) == (period.first, period.last))
        for count in PRESETS
    )  # fmt: skip
    step = next((size for most, size in STEPS if days <= most), 30)
    return Span(period, f"from={period.first}&to={period.last}", presets, step)


def metrics(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Every metric over a period, beside the period before."""
    del actor
    span = span_of(server, wanted)
    found = of_record(
        server,
        ("metrics", span.period),
        lambda history: analysing.measured(history, list(METRICS.values()), span.period),
    )
    return render("metrics.html.j2", root=ROOT, span=span, found=found, here="/analytics")


def metric(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """One metric: its formula, what was counted, its band, its course, and the rows behind it."""
    del actor
    if wanted["key"] not in METRICS:
        return _figure(server, wanted)
    history, span, chosen = record(server), span_of(server, wanted), METRICS[wanted["key"]]
    ((now, before),) = analysing.measured(history, [chosen], span.period)
    (course,) = analysing.trends(history, [chosen], span.period, span.step)
    values = [step.counted.value for step in course.steps]
    return render(
        "metric.html.j2", root=ROOT, span=span, now=now, before=before, course=course,
        here=f"/metric/{chosen.key}", scale=scale(now), line=spark(values, chosen.title),
        brands=now.counted.brands[:MOST_BRANDS], names=history.names, Of=Of,
        longest=max((v for v in values if v is not None), default=1.0) or 1.0,
        behind=rows_behind(server, span, wanted),
        steps=list(zip(_days(course, span), course.steps, strict=True)),
    )  # fmt: skip


def _days(course: Trend, span: Span) -> list[str]:
    """The first day of each step, in the zone that days are counted in."""
    begins = (datetime.fromisoformat(step.span.begin) for step in course.steps)
    return [begin.astimezone(span.period.zone).date().isoformat() for begin in begins]


def _figure(server: Server, wanted: Mapping[str, str]) -> str:
    """A figure of a report that is no metric: what it counts, and the rows behind it."""
    span, key = span_of(server, wanted), wanted["key"]
    return render(
        "figure.html.j2", root=ROOT, span=span, here=f"/metric/{key}", figure=figure_of(key),
        behind=rows_behind(server, span, wanted), names=record(server).names, Of=Of,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Behind:
    """Rows behind a figure: some of them, how many and the sums of all, and the address of those
    that follow."""

    whole: Counted
    rows: tuple[Evidence, ...]
    all: int
    first: int
    onward: str


def rows_behind(server: Server, span: Span, wanted: Mapping[str, str]) -> Behind:
    """The rows behind a figure from a place on, oldest first; of one brand if it is named."""
    key, brandid, begin = wanted["key"], wanted.get("brand", ""), wanted.get("at", "")
    first = int(begin) if begin.isascii() and begin.isdecimal() and len(begin) < 10 else 0
    whole = behind(figure_of(key), record(server), analysing.stretch(span.period), brandid)
    rows = whole.rows()
    more = first + ROWS < len(rows)
    kept = {"brand": brandid, "at": str(first + ROWS)}
    onward = f"{ROOT}/metric/{quote(key)}?{span.query}&{urlencode(kept)}" if more else ""
    return Behind(whole, rows[first : first + ROWS], len(rows), first, onward)


def trends(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Each metric's course, and whether it changes by more than chance."""
    del actor
    span = span_of(server, wanted)
    found = of_record(
        server,
        ("trends", span.period, span.step),
        lambda history: analysing.trends(history, list(METRICS.values()), span.period, span.step),
    )
    lines = [(t, spark([s.counted.value for s in t.steps], t.metric.title)) for t in found]
    return render("trends.html.j2", root=ROOT, span=span, lines=lines, here="/trends")


def issues(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """What reviewers complain of most."""
    del actor
    history, span = record(server), span_of(server, wanted)
    found = found_issues(history, analysing.stretch(span.period))
    return render(
        "issues.html.j2", root=ROOT, span=span, found=found, names=history.names, here="/issues"
    )


def costly(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """The brands that cost the most."""
    del actor
    span = span_of(server, wanted)
    found = by_brand(record(server), analysing.stretch(span.period))
    return render(
        "costly.html.j2", root=ROOT, span=span, found=found[:MOST_BRANDS], all=len(found),
        here="/costly",
    )  # fmt: skip


def plans(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """What is planned, what is due, and what came of it."""
    del wanted
    zone = analysing.zone(server.workspace)
    return render(
        "plans.html.j2", root=ROOT, plans=server.workspace.store.plans()[::-1], metrics=METRICS,
        today=today(datetime.now(UTC), zone).isoformat(), may=actor.role.may(Role.OPERATOR),
        idem=uuid4().hex,
    )  # fmt: skip


def add_plan(server: Server, actor: Actor, form: Form) -> Reply:
    """Write a plan of action; its metric is measured now."""
    action = {name: form.text(name).strip() for name in ("owner", "what", "due")}
    if not all(action.values()):
        raise InputError("say who does what by when")
    targets = {}
    if key := form.text("metric"):
        targets[key] = _target(form.text("target"))
    made = analysing.make_plan(
        server.workspace, actor.name, form.text("issue"), form.text("cause"), targets, [action],
        form.text("success"), form.text("reviewed") or action["due"],
    )  # fmt: skip
    return Reply(f"{made.plan_id} is written.", again=True)


def _target(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise InputError(f"the target {text!r} is no number; a share is written as 0.8") from error


def review_plan(server: Server, actor: Actor, form: Form) -> Reply:
    """Measure a plan's metrics again, and end it."""
    found = analysing.review_plan(
        server.workspace, actor.name, form.text("plan_id"), form.text("note")
    )
    return Reply(f"{found.plan_id} is reviewed.", again=True)


DEEDS: Deeds = {"plan_add": (Role.OPERATOR, add_plan), "plan_review": (Role.OPERATOR, review_plan)}
