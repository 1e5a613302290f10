"""A page on a period's escalations, from its figures (ESC-21, REP-06)."""

from __future__ import annotations

from collections.abc import Mapping

from brand_metagen.analytics.bands import SHARE_BAD
from brand_metagen.config import EscalateSettings
from brand_metagen.escalate import sections
from brand_metagen.escalate.figures import Counts, Figures, Rate
from brand_metagen.escalate.phrases import change, many, took
from brand_metagen.escalate.sections import LIST
from brand_metagen.reports.charts import number, percent
from brand_metagen.reports.model import KeyFigure, Page, Tone
from brand_metagen.reports.periods import Span, title_of

BEFORE: Mapping[Span, str] = {
    Span.DAY: "the day before", Span.WEEK: "the week before", Span.MONTH: "the month before",
}  # fmt: skip
TONES = (Tone.GOOD, Tone.WARN, Tone.BAD, Tone.BAD)
"""Of the four bands, best first."""


def page_of(span: Span, found: Figures, zone_name: str, settings: EscalateSettings) -> Page:
    """The report; nothing in it is not in the figures."""
    return Page(
        title=f"Escalations, {span}",
        period=f"{title_of(span, found.period)} ({zone_name})",
        scope=_scope(span, found),
        lead=_lead(found),
        made=found.until.replace(microsecond=0).isoformat(),
        figures=_key_figures(span, found),
        sections=sections.all_of(span, found, settings),
        notes=NOTES,
    )


NOTES = (
    "Time counts against a case while somebody can work on it: not while it is paused, nor once it "
    "is resolved. Raising a case begins the next level's time.",
    "A resolution counts in the period in which it was made, even if the case was opened again.",
)


def _scope(span: Span, found: Figures) -> str:
    whole = found.until >= found.period.end
    return "All levels" if whole else f"All levels; the {_NOUN[span]} is not over"


_NOUN = {Span.DAY: "day", Span.WEEK: "week", Span.MONTH: "month"}


def _lead(found: Figures) -> str:
    late = sum(s.stands == "breached" for s in found.active)
    soon = sum(s.stands == "soon" for s in found.active)
    c = found.counts
    said = f"{many(c.opened, 'case')} opened, {number(c.resolved)} resolved. "
    if not found.active:
        return said + "No case is open."
    return said + (
        f"{many(len(found.active), 'case')} {'is' if len(found.active) == 1 else 'are'} active: "
        f"{number(late)} past {'its' if late == 1 else 'their'} time, {number(soon)} due soon."
    )


def _key_figures(span: Span, found: Figures) -> tuple[KeyFigure, ...]:
    now, then, when = found.counts, found.before, BEFORE[span]
    late = sum(s.stands == "breached" for s in found.active)
    return (
        KeyFigure(
            "Active at the end", number(now.active), f"{number(now.backlog)} of them unresolved",
            change=change(now.active, then.active, when), source=LIST,
        ),
        KeyFigure(
            "Past their time", number(late),
            f"{number(now.breached)} ran out of time, {number(then.breached)} {when}",
            Tone.BAD if late else Tone.GOOD, "target 0", source=f"{LIST} --json",
        ),
        _rate_figure(found.rate),
        KeyFigure(
            "Opened", number(now.opened), f"{number(now.joined)} further triggers joined",
            change=change(now.opened, then.opened, when), source=f"{LIST} --state all",
        ),
        KeyFigure(
            "Resolved", number(now.resolved),
            f"{number(now.closed)} closed, {number(now.cancelled)} cancelled, "
            f"{number(now.reopened)} opened again",
            change=change(now.resolved, then.resolved, when),
            source=f"{LIST} --state all --sort id",
        ),
        _time_figure(now, then, when),
    )  # fmt: skip


def _rate_figure(rate: Rate) -> KeyFigure:
    if rate.share is None or rate.band is None:
        return KeyFigure("Brands escalated", "–", "no brand has a result yet")
    target, alert, _ = SHARE_BAD.edges
    return KeyFigure(
        "Brands escalated",
        percent(rate.share),
        f"{number(rate.escalated)} of {many(rate.processed, 'brand')} had an active case",
        TONES[SHARE_BAD.names.index(rate.band.name)],
        f"target below {target:.0%}, alert above {alert:.0%}",
        f"{rate.band.name}: {rate.band.action}",
        source=f"{LIST} --state all --sort name",
    )


def _time_figure(now: Counts, then: Counts, when: str) -> KeyFigure:
    note = f"median {took(now.running.median)}; with pauses {took(now.wall.mean)}"
    return KeyFigure(
        "Mean time to resolve",
        took(now.running.mean),
        note if now.running.count else "nothing was resolved",
        change=f"{took(then.running.mean)} {when}" if then.running.count else "",
        source=f"{LIST} --state resolved",
    )
