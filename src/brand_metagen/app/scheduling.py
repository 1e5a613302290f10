"""Which reports are due for whom: from the settings, the clock and what went out already.

A report is due from `schedule.hour` on after its period. Periods are days of `report.timezone`, so
a clock that is off, or a night with 23 or 25 hours, moves the moment and never the period.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from brand_metagen.analytics.kinds import SPANS, Kind
from brand_metagen.app import analysing
from brand_metagen.app.operating_told import ENDED
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.escalate.words import channels
from brand_metagen.ports import Sending
from brand_metagen.reports.periods import Period, Span, before, key_of, period_of, today

ESCALATIONS = "escalations"
FOLDER = "folder"
"""The recipient that is always there: the files themselves."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the schedule; `kind` is None for escalations, `span` None for runs."""

    kind: Kind | None
    span: Span | None

    @property
    def name(self) -> str:
        """As `schedule.kinds` writes it; what sendings are kept under."""
        if self.kind is None:
            return f"{ESCALATIONS}@{self.span}"
        usual = self.span is SPANS.get(self.kind)
        return self.kind.value if usual or self.span is None else f"{self.kind}@{self.span}"


@dataclass(frozen=True, slots=True)
class Slot:
    """One period of an entry, or one run."""

    name: str
    period: Period | None = None

    @property
    def first(self) -> str:
        """Its first day, empty of a run."""
        return self.period.first.isoformat() if self.period else ""


@dataclass(frozen=True, slots=True)
class Due:
    """A report that one recipient is to get; it stands for all its slots, oldest first."""

    entry: Entry
    recipient: str
    slots: tuple[Slot, ...]

    @property
    def named(self) -> str:
        """Its periods in a word."""
        first, last = self.slots[0].name, self.slots[-1].name
        return last if first == last else f"{first}..{last}"

    @property
    def report_id(self) -> str:
        """What the report is known by outside; the same however often it is tried."""
        return f"REPORT-{self.entry.name.replace('@', '.')}-{self.named}"


def entries(workspace: Workspace) -> list[Entry]:
    """The schedule, each entry once; raises InputError naming what is not known."""
    said = (part.strip() for part in workspace.settings.schedule.kinds.split(","))
    return list(dict.fromkeys(_entry(part) for part in said if part))


def _entry(said: str) -> Entry:
    name, at, span_name = said.partition("@")
    if at and span_name not in list(Span):
        raise InputError(f"schedule.kinds: {said}: write @daily, @weekly or @monthly")
    if name == ESCALATIONS:
        return Entry(None, Span(span_name) if at else Span.WEEK)
    if name not in list(Kind):
        there = ", ".join((*Kind, ESCALATIONS))
        raise InputError(f"schedule.kinds: no kind of report {name!r}; there are {there}")
    kind = Kind(name)
    if kind is Kind.RUN:
        if at:
            raise InputError("schedule.kinds: a report on a run has the run's own time")
        return Entry(kind, None)
    return Entry(kind, Span(span_name) if at else SPANS[kind])


def recipients(workspace: Workspace) -> tuple[str, ...]:
    """The folder, and the channels that reports go out by."""
    known = channels(workspace.settings.notify)
    chosen = [name.strip() for name in workspace.settings.schedule.channels.split(",")]
    chosen = [name for name in dict.fromkeys(chosen) if name]
    for name in chosen:
        if name not in known:
            raise InputError(
                f"schedule.channels names {name}, which notify.channels does not; it has "
                f"{', '.join(known) or 'none'}"
            )
    return (FOLDER, *(chosen or known))


def due(workspace: Workspace, now: datetime | None = None) -> list[Due]:
    """All that is due and did not go out yet, in the order of the schedule, oldest first."""
    now = now or datetime.now(UTC)
    found: list[Due] = []
    plan = entries(workspace)
    sent = workspace.store.sendings() if plan else ()
    for entry in plan:
        for recipient in recipients(workspace):
            mine = [s for s in sent if (s.kind, s.recipient) == (entry.name, recipient)]
            slots = _missing(workspace, entry, mine, now)
            found += [Due(entry, recipient, part) for part in _parts(workspace, slots)]
    return found


def overdue(workspace: Workspace, now: datetime | None = None) -> list[tuple[Due, datetime]]:
    """What is due for longer than `health.report_hours`, and since when, the oldest first."""
    now = now or datetime.now(UTC)
    ended = {run.run_id: run.finished_at or run.created_at for run in workspace.store.runs()}
    found = []
    for one in due(workspace, now):
        slot = one.slots[0]
        if slot.period is None:
            since = datetime.fromisoformat(ended[slot.name])
        else:
            since = due_at(slot.period, workspace.settings.schedule.hour)
        if now - since > timedelta(hours=workspace.settings.health.report_hours):
            found.append((one, since))
    return sorted(found, key=lambda pair: pair[1])


def _parts(workspace: Workspace, slots: Sequence[Slot]) -> list[tuple[Slot, ...]]:
    """Each by itself, or all in one where there are more than are made up."""
    if len(slots) > max(1, workspace.settings.schedule.make_up):
        return [tuple(slots)]
    if len(slots) > 1 and workspace.settings.schedule.make_up == 0:
        return [tuple(slots)]
    return [(slot,) for slot in slots]


def _missing(
    workspace: Workspace, entry: Entry, sent: Sequence[Sending], now: datetime
) -> list[Slot]:
    """Slots from the first that went out to the newest that is due; the newest alone at first."""
    gone = {one.period for one in sent}
    if entry.span is None:
        slots = [Slot(run.run_id) for run in workspace.store.runs() if run.state.value in ENDED]
        first = next((i for i, slot in enumerate(slots) if slot.name in gone), len(slots) - 1)
        return [slot for slot in slots[max(first, 0) :] if slot.name not in gone]
    zone = analysing.zone(workspace)
    newest = newest_due(entry.span, now, zone, workspace.settings.schedule.hour)
    begun = min((date.fromisoformat(one.first) for one in sent), default=newest.first)
    periods = _from(entry.span, begun, newest, zone)
    slots = [Slot(key_of(entry.span, period), period) for period in periods]
    return [slot for slot in slots if slot.name not in gone]


def _from(span: Span, begun: date, newest: Period, zone: tzinfo) -> Iterable[Period]:
    period = period_of(span, begun, zone)
    while period.first <= newest.first:
        yield period
        period = period_of(span, period.after, zone)


def newest_due(span: Span, now: datetime, zone: tzinfo, hour: int) -> Period:
    """The last period whose report is due."""
    found = before(span, period_of(span, today(now, zone), zone))
    return found if due_at(found, hour) <= now else before(span, found)


def due_at(period: Period, hour: int) -> datetime:
    """The moment from which a period's report is due, in UTC."""
    return datetime.combine(period.after, time(hour), period.zone).astimezone(UTC)


def next_due(workspace: Workspace, entry: Entry, now: datetime) -> datetime | None:
    """When the entry's next report will be due; None of runs, whose end decides."""
    if entry.span is None:
        return None
    zone, hour = analysing.zone(workspace), workspace.settings.schedule.hour
    newest = newest_due(entry.span, now, zone, hour)
    return due_at(period_of(entry.span, newest.after, zone), hour)
