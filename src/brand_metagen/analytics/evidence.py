"""Any figure by its key, and the rows behind it: metrics, issues, and counts of reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from brand_metagen.analytics.counting import Counted, Evidence, Of, counted, share
from brand_metagen.analytics.formulas import act
from brand_metagen.analytics.history import History, Stretch, within
from brand_metagen.analytics.issues import ADVICE
from brand_metagen.analytics.metrics import METRICS, Formula
from brand_metagen.errors import InputError
from brand_metagen.ports import Remark

ISSUE = "issue:"
"""Before a category of remarks: its share of all remarks, as `analytics issues` shows it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a metric or a report; a `unit` that ends in `count` has no denominator."""

    key: str
    title: str
    formula: str
    unit: str
    count: Formula

    @property
    def plain_count(self) -> bool:
        """Whether it is a sum and no ratio."""
        return self.unit.endswith("count")


def _remark(remark: Remark, top: float, bottom: float) -> Evidence:
    says = f"{remark.category}, {remark.outcome}, by {remark.author}: {remark.text}"
    return Evidence(
        Of.REMARK, remark.feedback_id, remark.brandid, remark.given_at, top, bottom, says
    )


def _remarks(history: History, span: Stretch) -> Counted:
    return counted(_remark(r, 1.0, 0.0) for r in history.remarks if span.holds(r.given_at))


def _issue(category: str) -> Formula:
    def count(history: History, span: Stretch) -> Counted:
        given = [r for r in history.remarks if span.holds(r.given_at)]
        return share(_remark(r, float(r.category == category), 1.0) for r in given)

    return count


def _acts(history: History, span: Stretch) -> Counted:
    return counted(act(d, 1.0, 0.0) for d in within(span, history.deeds))


def _moved(history: History, span: Stretch) -> Counted:
    moving = (d for d in within(span, history.deeds) if d.gained or d.lost)
    return counted(
        act(d, float(d.gained + d.lost), 0.0, f"{d.gained} gained, {d.lost} lost") for d in moving
    )


def _cases(history: History, span: Stretch) -> Counted:
    return counted(
        Evidence(
            Of.CASE, c.case_id, c.brandid, c.opened_at, 1.0, 0.0,
            f"{c.cause}, {c.state}, level {c.level.value}: {c.reason}",
        )
        for c in history.cases
        if span.holds(c.opened_at)
    )  # fmt: skip


def _versions(history: History, span: Stretch) -> Counted:
    return counted(
        Evidence(
            Of.VERSION, f"{v.brandid} v{v.version}", v.brandid, v.made_at, 1.0, 0.0,
            f"confidence {v.confidence:.3f}, made by {v.author or 'a run'}",
        )
        for v in history.versions
        if span.holds(v.made_at)
    )  # fmt: skip


def _of_metrics() -> Iterator[Figure]:
    for metric in METRICS.values():
        yield Figure(metric.key, metric.title, metric.formula, metric.unit, metric.count)


def _of_reports() -> Iterator[Figure]:
    yield Figure("remarks", "Remarks", "remarks given", "remarks, count", _remarks)
    yield Figure("acts", "Acts of reviewers", "acts on brands", "acts, count", _acts)
    yield Figure(
        "moved_rows", "Rows moved", "Σ rows gained and lost by acts", "rows, count", _moved
    )
    yield Figure("cases", "Escalations", "cases opened", "cases, count", _cases)
    yield Figure("versions", "Versions", "versions made", "versions, count", _versions)
    for category in ADVICE:
        yield Figure(
            f"{ISSUE}{category}", f"Remarks: {category.replace('_', ' ')}",
            f"remarks of the category {category} ÷ all remarks", "share", _issue(category),
        )  # fmt: skip


FIGURES: Mapping[str, Figure] = {f.key: f for f in (*_of_metrics(), *_of_reports())}
"""All figures that can be traced to rows, by key."""


def figure_of(key: str) -> Figure:
    """A figure by its key; raises InputError naming those there are."""
    if key not in FIGURES:
        raise InputError(f"no figure {key!r}; there are {', '.join(FIGURES)}")
    return FIGURES[key]


def behind(figure: Figure, history: History, span: Stretch, brandid: str = "") -> Counted:
    """A figure with its rows in order of time; of one brand, its rows and their sums alone."""
    whole = figure.count(history, span)
    if not brandid:
        return whole
    return counted((r for r in whole.rows if r.brandid == brandid), None, whole.note)
