"""The page of reports: those that lie in the workspace, and new ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from brand_metagen.analytics.kinds import Kind
from brand_metagen.app import analysing, analytics_report, escalation_report, scheduling, sending
from brand_metagen.app.report_files import FORMATS
from brand_metagen.app.sending import Sent
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.door import ROOT
from brand_metagen.console.downloads import reports as on_disk
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.notify.channels import notifiers
from brand_metagen.ports import Actor, Role, RunState
from brand_metagen.reports.periods import Span
from brand_metagen.web.state import Server

MOST = 60
RUNS = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the schedule for one recipient: when it is due next (None = after each run), the
    period that went out last, and how many are due now."""

    name: str
    recipient: str
    due_at: datetime | None
    last: str
    due: int


def schedule(server: Server, now: datetime) -> tuple[list[Line], str]:
    """What goes out by itself; nothing and why where the settings name what is not there."""
    workspace = server.workspace
    try:
        waiting = Counter((d.entry.name, d.recipient) for d in scheduling.due(workspace, now))
        entries = scheduling.entries(workspace)
        names = scheduling.recipients(workspace) if entries else ()
    except InputError as error:
        return [], str(error)
    sent = workspace.store.sendings() if entries else ()
    lines = []
    for entry in entries:
        for name in names:
            mine = [s for s in sent if (s.kind, s.recipient) == (entry.name, name)]
            last = max(mine, key=lambda s: (s.first, s.period), default=None)
            lines.append(
                Line(
                    entry.name, name, scheduling.next_due(workspace, entry, now),
                    last.period if last else "", waiting[entry.name, name],
                )
            )  # fmt: skip
    return lines, ""


def reports(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Reports by name with the files of each, the latest first."""
    del wanted
    found: dict[str, tuple[str, dict[str, int]]] = {}
    for path in on_disk(server.workspace):
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
        _, files = found.setdefault(path.stem, (at, {}))
        files[path.suffix[1:]] = path.stat().st_size
    planned, trouble = schedule(server, datetime.now(UTC))
    due = sum(line.due for line in planned)
    runs = [run for run in server.workspace.store.runs() if run.state is RunState.COMPLETED]
    return render(
        "reports.html.j2", root=ROOT, found=list(found.items())[:MOST], formats=FORMATS,
        kinds=list(Kind), spans=list(Span), runs=runs[::-1][:RUNS],
        may=actor.role.may(Role.OPERATOR), planned=planned, trouble=trouble, due=due,
    )  # fmt: skip


def make(server: Server, actor: Actor, form: Form) -> Reply:
    """Make a report of a period; it may take some seconds."""
    del actor
    day = analysing.day(form.text("day")) if form.text("day") else None
    kind, _, of = form.text("kind").partition(":")
    if kind == "reviewing" and of in tuple(Kind):
        made = analytics_report.report(server.workspace, Kind(of), day)
        written = analytics_report.write(server.workspace, made, FORMATS)
    elif kind == "escalations" and of in tuple(Span):
        told = escalation_report.report(server.workspace, Span(of), day)
        written = escalation_report.write(server.workspace, told, FORMATS)
    else:
        raise InputError("choose a kind of report")
    return Reply(f"{written.name} is made.", again=True)


def send(server: Server, actor: Actor, form: Form) -> Reply:
    """Make and send what is due now; what went out already does not go out again."""
    del form
    workspace = server.workspace
    done = sending.send(workspace, notifiers(workspace.settings.notify, workspace.folder))
    named = [name for name, _ in done.claimed]
    detail = {"reports": sorted(set(named)), "failed": dict(done.failed)}
    workspace.store.note(actor.name, "reports sent", "schedule", detail)
    return Reply(_told(done), bad=bool(done.failed or done.delivered.given_up), again=True)


def _told(done: Sent) -> str:
    """What came of sending, in words."""
    reports, out = len({name for name, _ in done.claimed}), done.delivered
    said = []
    if reports:
        to = len(done.claimed)
        made = f"{reports} {'report' if reports == 1 else 'reports'} made"
        said.append(f"{made} for {to} {'recipient' if to == 1 else 'recipients'}")
    said += [f"{len(out.waiting)} messages wait for another try"] if out.waiting else []
    said += [f"{len(out.given_up)} messages were given up"] if out.given_up else []
    said += [f"{name} could not be made: {why}" for name, why in done.failed]
    return ". ".join([*said, ""]).strip() or "Nothing was due."


DEEDS: Deeds = {
    "report_make": (Role.OPERATOR, make),
    "report_send": (Role.OPERATOR, send),
}
