"""A routine's notes to keep: what was looked at, by whom, and the lessons of its days (REP-08)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from brand_metagen.analytics.history import Stretch
from brand_metagen.app.analysing import stretch
from brand_metagen.app.history import gather
from brand_metagen.app.report_files import rendered
from brand_metagen.app.routines import Standing, over
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.files import write_file
from brand_metagen.reports.model import Badge, Column, Note, Page, Section, Table, Tone
from brand_metagen.reports.periods import Period, written

NOTES = "notes"
PRINTED = ("html", "pdf")


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a closed case or a reviewed plan taught: its id, the lesson, what is done about it."""

    of: str
    lesson: str
    preventive: str


def write_notes(
    workspace: Workspace, routine: str, standings: Sequence[Standing], formats: Sequence[str] = ()
) -> list[Path]:
    """Write the walk into the workspace's `notes`, as text and in the formats to be printed.

    Raises InputError for a format there is not.
    """
    for form in formats:
        if form not in PRINTED:
            raise InputError(f"no format {form!r}; there are {', '.join(PRINTED)}")
    days = over(workspace, routine)
    lessons = list(_lessons(workspace, stretch(days)))
    folder = workspace.folder / NOTES
    folder.mkdir(exist_ok=True)
    name = f"{days.last.isoformat()}-{routine}"
    files = {"md": _text(routine, days, standings, lessons).encode()}
    page = page_of(routine, days, standings, lessons, datetime.now(UTC))
    files |= {form: rendered(workspace, page, {}, form) for form in formats}
    for form, data in files.items():
        write_file(folder / f"{name}.{form}", data)
    return [folder / f"{name}.{form}" for form in files]


def _lessons(workspace: Workspace, span: Stretch) -> Iterator[Lesson]:
    """Of the cases closed and the plans reviewed in a span."""
    for case in gather(workspace).cases:
        if case.closed_at and span.holds(case.closed_at) and (case.lessons or case.preventive):
            yield Lesson(case.case_id, case.lessons, case.preventive)
    for plan in workspace.store.plans():
        result: Any = plan.result or {}
        if plan.reviewed_at and span.holds(plan.reviewed_at):
            reached = [m["metric"] for m in result.get("metrics", ()) if m.get("reached")]
            done = f"targets reached: {', '.join(reached) or 'none'}"
            yield Lesson(plan.plan_id, str(result.get("note", "")), done)


def _text(
    routine: str, days: Period, standings: Sequence[Standing], lessons: Sequence[Lesson]
) -> str:
    lines = [f"# {routine}, {days.last.isoformat()}", ""]
    for point in standings:
        mark = "x" if point.done_by else " "
        lines.append(f"- [{mark}] {point.what}: {_one_line(point.figure)}")
        if point.done_by:
            text = _one_line(point.note)
            told = f": {text}" if text else ""
            lines.append(f"  {_one_line(point.done_by)}, {point.done_at[11:16]} UTC{told}")
    if lessons:
        lines += ["", f"## Lessons, {written(days.first)} to {written(days.last)}", ""]
    for one in lessons:
        more = f" ({_one_line(one.preventive)})" if one.preventive else ""
        lines.append(f"- {one.of}: {_one_line(one.lesson)}{more}")
    return "\n".join(lines) + "\n"


def page_of(
    routine: str,
    days: Period,
    standings: Sequence[Standing],
    lessons: Sequence[Lesson],
    now: datetime,
) -> Page:
    """The same as a page to print."""
    done = sum(bool(point.done_by) for point in standings)
    period = written(days.last)
    if days.first != days.last:
        period = f"{written(days.first)} to {period}"
    return Page(
        title=f"Notes, {routine.replace('-', ' ')}",
        period=period,
        scope="Figures are live",
        lead=f"{done} of {len(standings)} points are done.",
        made=now.replace(microsecond=0).isoformat(),
        sections=(_points(standings), _learned(lessons)),
    )


def _points(standings: Sequence[Standing]) -> Section:
    rows = tuple(
        (
            p.what, p.figure, Badge("done", Tone.GOOD) if p.done_by else Badge("open"),
            f"{p.done_by}, {p.done_at[11:16]} UTC" if p.done_by else "–", p.note or "–",
        )
        for p in standings
    )  # fmt: skip
    columns = (
        Column("point", weight=1.6), Column("now", weight=2.4), Column("", weight=0.7),
        Column("by", weight=1.2), Column("note", weight=2),
    )  # fmt: skip
    return Section("points", "Points", (Table(columns, rows, "points", len(rows)),))


def _learned(lessons: Sequence[Lesson]) -> Section:
    if not lessons:
        none = Note("No case was closed and no plan reviewed in these days.")
        return Section("lessons", "Lessons", (none,))
    rows = tuple((one.of, one.lesson or "–", one.preventive or "–") for one in lessons)
    columns = (
        Column("of"), Column("lesson", weight=2.5),
        Column("so that it does not come again", weight=2.5),
    )  # fmt: skip
    source = "brand-metagen escalations list --state closed"
    return Section("lessons", "Lessons", (Table(columns, rows, "lessons", len(rows), source),))


def _one_line(text: str) -> str:
    """A text as part of its point: one line, without what a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
