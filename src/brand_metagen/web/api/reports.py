"""Figures for programs: reports, metrics, what recurs among cases, messages and their fate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from brand_metagen.analytics.kinds import Kind
from brand_metagen.app import accounts, analysing, analytics_report, escalation_report
from brand_metagen.app.analytics_report import Wanted
from brand_metagen.app.history import gather
from brand_metagen.app.report_files import rendered
from brand_metagen.ports import Actor, NoticeState, Role
from brand_metagen.reports.periods import Span
from brand_metagen.reports.plain import plain
from brand_metagen.web.api.fields import Model, problems
from brand_metagen.web.sign_in import Operator, TheServer, Viewer
from brand_metagen.web.state import Server

router = APIRouter(tags=["reports"])

Day = Annotated[date | None, Query(alias="date", description="A day of the period; none = today.")]
From = Annotated[str, Query(alias="from", max_length=10, description="First day; 30 days back.")]
To = Annotated[str, Query(alias="to", max_length=10, description="Last day; today.")]


class Form(StrEnum):
    """As what a report is kept."""

    HTML = "html"
    PDF = "pdf"


MEDIA: Mapping[Form, str] = {
    Form.HTML: "text/html; charset=utf-8", Form.PDF: "application/pdf",
}  # fmt: skip


class MetricShape(Model):
    """A metric over a period, with all it was made of."""

    metric: str = Field(description="Its key.")
    title: str = Field(description="Its name.")
    formula: str = Field(description="What is divided by what.")
    unit: str = Field(description="share, looks, rows, seconds …")
    begin: str = Field(description="First moment, UTC.")
    end: str = Field(description="First moment that is not of it any more, UTC.")
    value: float | None = Field(description="null = nothing to count.")
    numerator: float = Field(description="What was counted.")
    denominator: float = Field(description="Of what.")
    interval: list[float] | None = Field(description="95 %, low and high.")
    band: str | None = Field(description="excellent, good, fair or poor.")
    action: str | None = Field(description="What its band asks for.")
    target: float | None = Field(description="Where it should be.")
    alarmed: bool = Field(description="Whether it is beyond its alarm.")
    brands: list[str] = Field(description="The brands behind it.")
    note: str = Field(description="What it does not count.")
    before: float | None = Field(description="Its value in the period before.")


class NoticeShape(Model):
    """A message to people outside."""

    sequence: int = Field(description="Its number.")
    case_id: str = Field(description="The case, or report, it tells of.")
    channel: str = Field(description="log, file, email, webhook or slack.")
    subject: str = Field(description="Its first line.")
    state: NoticeState = Field(description="waiting, sent or failed.")
    attempts: int = Field(description="Tries so far.")
    made_at: str = Field(description="When it was written, UTC.")
    due_at: str = Field(description="When it is tried next, UTC.")
    sent_at: str = Field(description="When it was sent; empty = not yet.")
    error: str = Field(description="Why the last try failed.")


@router.get("/metrics", responses=problems())
def metrics(
    server: TheServer,
    actor: Viewer,
    keys: Annotated[list[str] | None, Query(alias="key", description="Which; none = all.")] = None,
    begin: From = "",
    end: To = "",
) -> list[MetricShape]:
    """Metrics over a period of whole days in `report.timezone`, both ends included."""
    which = analysing.chosen(keys or ())
    wanted = analysing.period(begin, end, analysing.zone(server.workspace))
    found = analysing.measured(gather(server.workspace), which, wanted)
    return [MetricShape(**analysing.plain(now, before)) for now, before in found]


@router.get("/reports/escalations/{span}", responses=problems())
def escalations(server: TheServer, actor: Viewer, span: Span, day: Day = None) -> dict[str, Any]:
    """The figures of a report on escalations."""
    made = escalation_report.report(server.workspace, span, day)
    found: dict[str, Any] = plain(escalation_report.plain(made))
    return found


@router.get("/reports/patterns", responses=problems())
def patterns(
    server: TheServer,
    actor: Viewer,
    first: Annotated[
        date | None, Query(alias="from", description="Opened from; none = all.")
    ] = None,
    last: Annotated[date | None, Query(alias="to", description="Up to; none = today.")] = None,
) -> dict[str, Any]:
    """What recurs among cases, by cause, sector and brand, and what settled it."""
    found: dict[str, Any] = plain(escalation_report.analyse(server.workspace, first, last))
    return found


def wanted(
    kind: Annotated[Kind, Path(description="Which report.")],
    day: Day = None,
    span: Annotated[Span | None, Query(description="Another period than the kind's own.")] = None,
    run_id: Annotated[
        str, Query(alias="run", max_length=32, description="Of run or data-quality; none = last.")
    ] = "",
) -> Wanted:
    """What a request for a report asks."""
    return Wanted(kind, day, span, run_id=run_id)


TheWanted = Annotated[Wanted, Depends(wanted)]


def _made(server: Server, actor: Actor, asked: Wanted) -> analytics_report.Report:
    """The report; what failed, and messages to whom, is for operators."""
    if asked.kind is Kind.ERRORS:
        accounts.need(actor, Role.OPERATOR)
    return analytics_report.make(server.workspace, asked)


@router.get("/reports/{kind}", responses=problems(404))
def figures(server: TheServer, actor: Viewer, asked: TheWanted) -> dict[str, Any]:
    """The figures of a report: on reviewing, a run, data, time, wallets, or (operators) errors."""
    found: dict[str, Any] = plain(_made(server, actor, asked).figures)
    return found


@router.get(
    "/reports/{kind}/{form}",
    responses={**problems(404), 200: {"content": {"text/html": {}, "application/pdf": {}}}},
    response_class=Response,
)
def page(server: TheServer, actor: Viewer, asked: TheWanted, form: Form) -> Response:
    """The same report as a file to keep: one page of HTML that opens offline, or PDF."""
    made = _made(server, actor, asked)
    data = rendered(server.workspace, made.page, made.figures, form.value)
    name = f'attachment; filename="{made.name}.{form}"'
    return Response(data, media_type=MEDIA[form], headers={"Content-Disposition": name})


@router.get("/notices", responses=problems())
def notices(
    server: TheServer,
    actor: Operator,
    state: Annotated[NoticeState | None, Query(description="Only these.")] = None,
) -> list[NoticeShape]:
    """Messages to people outside, oldest first, and what became of them."""
    found = server.workspace.store.notices(state)
    names = NoticeShape.model_fields
    return [NoticeShape(**{name: getattr(n, name) for name in names}) for n in found]
