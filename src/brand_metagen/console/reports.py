"""The page of reports: those that lie in the workspace, and new ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from brand_metagen.analytics.report import Kind
from brand_metagen.app import analysing, analytics_report, escalation_report
from brand_metagen.app.report_files import FORMATS
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.door import ROOT
from brand_metagen.console.downloads import reports as on_disk
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor, Role, RunState
from brand_metagen.reports.periods import Span
from brand_metagen.web.state import Server

MOST = 60
RUNS = 10


def reports(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Reports by name with the files of each, the latest first."""
    del wanted
    found: dict[str, tuple[str, dict[str, int]]] = {}
    for path in on_disk(server.workspace):
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")
        _, files = found.setdefault(path.stem, (at, {}))
        files[path.suffix[1:]] = path.stat().st_size
    runs = [run for run in server.workspace.store.runs() if run.state is RunState.COMPLETED]
    return render(
        "reports.html.j2", root=ROOT, found=list(found.items())[:MOST], formats=FORMATS,
        kinds=list(Kind), spans=list(Span), runs=runs[::-1][:RUNS],
        may=actor.role.may(Role.OPERATOR),
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


DEEDS: Deeds = {"report_make": (Role.OPERATOR, make)}
