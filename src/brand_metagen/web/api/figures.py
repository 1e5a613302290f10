"""Figures traced to their rows, whether work falls, and what the record recommends."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from brand_metagen.analytics.counting import Of
from brand_metagen.app import analysing, doubting, figure_rows, learning, recommending
from brand_metagen.reports.plain import plain
from brand_metagen.web.api.fields import Id, Limit, Model, NumberCursor, problems
from brand_metagen.web.sign_in import TheServer, Viewer

router = APIRouter(tags=["analytics"])

From = Annotated[str, Query(alias="from", max_length=10, description="First day; 30 days back.")]
To = Annotated[str, Query(alias="to", max_length=10, description="Last day; today.")]


class EvidenceRow(Model):
    """One row behind a figure."""

    kind: Of = Field(description="What it is.")
    id: str = Field(description="Of the audit log, case, remark, run, version or row (CCID@BANK).")
    brandid: str = Field(description="The brand; empty = no single one.")
    at: str = Field(description="When, UTC in ISO 8601.")
    numerator: float = Field(description="What it adds to the numerator.")
    denominator: float = Field(description="What it adds to the denominator.")
    says: str = Field(description="In words.")


class EvidenceShape(Model):
    """A figure over a period, and some of the rows behind it."""

    figure: str = Field(description="Its key.")
    title: str = Field(description="Its name.")
    formula: str = Field(description="What is divided by what, or what is counted.")
    unit: str = Field(description="share, looks, rows, seconds …; a sum ends in `count`.")
    begin: str = Field(description="First moment, UTC.")
    end: str = Field(description="First moment that is not of it any more, UTC.")
    value: float | None = Field(description="null = nothing to count.")
    numerator: float = Field(description="The sum over all rows.")
    denominator: float | None = Field(description="The sum over all rows; null = a plain count.")
    interval: list[float] | None = Field(description="95 %, low and high; none for one brand.")
    note: str = Field(description="What it does not count.")
    rows: int = Field(description="Rows on all pages.")
    items: list[EvidenceRow] = Field(description="The rows of this page, oldest first.")
    next: int | None = Field(
        description="Send it as `cursor` for the rows that follow; null = these were the last."
    )


class DoubtShape(Model):
    """A setting or an entry of a knowledge file that the record speaks against."""

    setting: str = Field(description="Which.")
    current: str = Field(description="What it is.")
    suggested: str = Field(description="What the record suggests.")
    says: str = Field(description="Why.")
    n: int = Field(description="Rows, looks or brands it rests on.")
    share: float = Field(description="The share among them.")
    interval: list[float] = Field(description="95 %, low and high.")
    command: str = Field(description="How to try it.")


class RecommendationShape(Model):
    """One thing to do."""

    about: str = Field(description="A metric, an issue, a setting, a brand.")
    why: str = Field(description="With its figures.")
    do: str = Field(description="What to do.")
    command: str = Field(description="What shows the rows behind it.")


@router.get("/analytics/{figure}/evidence", responses=problems())
def evidence(
    server: TheServer,
    actor: Viewer,
    figure: Id,
    begin: From = "",
    end: To = "",
    brandid: Annotated[Id, Query(description="Only this brand's rows, and their sums.")] = "",
    limit: Limit = 50,
    cursor: NumberCursor = None,
) -> EvidenceShape:
    """The rows behind a figure of a metric or a report; counting them gives the figure."""
    workspace = server.workspace
    wanted = analysing.period(begin, end, analysing.zone(workspace))
    found = figure_rows.trace(workspace, figure, wanted, brandid, cursor or 0, limit)
    return EvidenceShape.model_validate(figure_rows.plain(found))


@router.get("/analytics/learning", responses=problems())
def whether_work_falls(
    server: TheServer,
    actor: Viewer,
    begin: Annotated[
        str, Query(alias="from", max_length=10, description="First day; 12 weeks back.")
    ] = "",
    end: To = "",
    step: Annotated[int, Query(ge=1, le=366, description="Days of one step.")] = 7,
) -> dict[str, Any]:
    """Whether manual work per approved brand falls, and what lessons were worth."""
    wanted = learning.period(server.workspace, begin, end)
    found: dict[str, Any] = plain(learning.plain(learning.learning(server.workspace, wanted, step)))
    return found


@router.get("/analytics/settings", responses=problems())
def doubted_settings(server: TheServer, actor: Viewer) -> list[DoubtShape]:
    """Prior settings that the record speaks against; none where too little was reviewed."""
    return [
        DoubtShape(**{**plain(doubt), "interval": list(doubt.interval)})
        for doubt in doubting.against(server.workspace)
    ]


@router.get("/analytics/recommendations", responses=problems())
def recommendations(
    server: TheServer, actor: Viewer, begin: From = "", end: To = ""
) -> list[RecommendationShape]:
    """What the record recommends, the gravest first."""
    wanted = analysing.period(begin, end, analysing.zone(server.workspace))
    found = recommending.recommendations(server.workspace, wanted)
    return list(map(RecommendationShape.model_validate, found))
