"""Any figure by its key, and the rows behind it: metrics, issues, and counts of reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from brand_metagen.analytics.counting import Counted, Of, Told, counted, of_rows, part, share
from brand_metagen.analytics.formulas import acts, moved
from brand_metagen.analytics.history import History, Stretch, made, within
from brand_metagen.analytics.issues import ADVICE
from brand_metagen.analytics.metrics import METRICS, Formula
from brand_metagen.errors import InputError
from brand_metagen.ports import Case, Remark, VersionLine

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


def _remark(remark: Remark) -> Told:
    said = f"{remark.category}, {remark.outcome}, by {remark.author}: {remark.text}"
    return Of.REMARK, remark.feedback_id, remark.given_at, said


def _given(history: History, span: Stretch) -> list[Remark]:
    return [r for r in history.remarks if span.holds(r.given_at)]


def _remarks(history: History, span: Stretch) -> Counted:
    return counted(part(_given(history, span), 1.0, 0.0, _remark))


def _issue(category: str) -> Formula:
    def count(history: History, span: Stretch) -> Counted:
        given = _given(history, span)
        return share(part(given, lambda r: float(r.category == category), 1.0, _remark))

    return count


def _acts(history: History, span: Stretch) -> Counted:
    return counted(acts(within(history, span), 1.0, 0.0))


def _moved(history: History, span: Stretch) -> Counted:
    moving = [d for d in within(history, span) if d.gained or d.lost]
    return counted(acts(moving, lambda d: float(d.gained + d.lost), 0.0, moved))


def _cases(history: History, span: Stretch) -> Counted:
    opened = [c for c in history.cases if span.holds(c.opened_at)]
    return counted(part(opened, 1.0, 0.0, _case))


def _case(case: Case) -> Told:
    said = f"{case.cause}, {case.state}, level {case.level.value}: {case.reason}"
    return Of.CASE, case.case_id, case.opened_at, said


def _versions(history: History, span: Stretch) -> Counted:
    return counted(part(made(history, span), 1.0, 0.0, _version))


def _version(v: VersionLine) -> Told:
    said = f"confidence {v.confidence:.3f}, made by {v.author or 'a run'}"
    return Of.VERSION, f"{v.brandid} v{v.version}", v.made_at, said


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
    rows = [row for row in whole.rows() if row.brandid == brandid]
    return counted(of_rows(rows), note=whole.note)
