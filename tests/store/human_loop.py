"""A small market in a store, and what humans do to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from brand_metagen.config import ReviewSettings
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.ports import BrandRow, BrandState, Change, Remark, RemarkOutcome, Verdict
from brand_metagen.records import Metadata, Rule, Status
from brand_metagen.store.sql import SqlStore

ANNA, BEN, CLEO = "anna", "ben", "cleo"
CODE = Constraint(Kind.MCC_OUT, "5812")
ROW = Constraint(Kind.BELONGS, row=Row("12345", "1", "STAR MARKET LEEDS", "5411", "m1"))
WORDS = Constraint(Kind.WORDS_OUT, "BURST")


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def metadata(brandid: str, include: str = "STAR", confidence: float = 0.5) -> Metadata:
    return Metadata(
        brandid=brandid,
        brandname=f"Brand {brandid}",
        sector="Food",
        version=0,
        status=Status.CANDIDATE,
        rule=Rule(brandid, include, None, ("5411",)),
        confidence=confidence,
        requires_confirmation=False,
        reasons=("few rows",),
    )


def fill(
    store: SqlStore, brandids: Iterable[str] = ("1", "2", "3"), include: str = "STAR"
) -> list[BrandRow]:
    """A run over the brands: one version each, waiting for a reviewer; 10, 20, 30 … rows."""
    run_id = store.create_run("data", "f00d", ()).run_id
    numbered = store.save_versions(run_id, [metadata(b, include) for b in brandids])
    rows = [
        BrandRow(
            m.brandid,
            m.brandname,
            m.sector,
            BrandState.AWAITING_REVIEW,
            m.version,
            run_id,
            confidence=m.confidence,
            rows=10 * n,
            reason="few rows",
        )
        for n, m in enumerate(numbered, start=1)
    ]
    store.mark_brands(run_id, rows)
    return rows


def approve(actor: str = ANNA, brandid: str = "1", expected: int = 1, **more: Any) -> Change:
    given = {"state": BrandState.APPROVED, "status": Status.APPROVED, **more}
    return Change(actor, brandid, expected, Verdict.APPROVE, **given)


def undo(actor: str = ANNA, brandid: str = "1", expected: int = 1) -> Change:
    state, status = BrandState.AWAITING_REVIEW, Status.CANDIDATE
    return Change(actor, brandid, expected, Verdict.UNDO, state, status=status)


def flag(actor: str = ANNA, brandid: str = "1", expected: int = 1) -> Change:
    return Change(actor, brandid, expected, Verdict.FLAG, BrandState.ESCALATED)


def reject(actor: str = ANNA, brandid: str = "1", expected: int = 1) -> Change:
    return Change(actor, brandid, expected, Verdict.REJECT, BrandState.AWAITING_REVIEW)


def remark(
    author: str = ANNA,
    brandid: str = "1",
    version: int = 1,
    outcome: RemarkOutcome = RemarkOutcome.APPLIED,
    **more: Any,
) -> Remark:
    given = {
        "text": "5812 does not belong here",
        "asked": {"mccids_out": ["5812"]},
        "category": "mccid_incorrect",
        "understood": (CODE,),
        "not_understood": ("the rest",),
        "outcome": outcome,
        "explanation": "the code is left out",
        **more,
    }
    return Remark(brandid, version, author, **given)


def feedback(
    actor: str = ANNA,
    brandid: str = "1",
    expected: int = 1,
    include: str | None = "STAR MARKET",
    said: Remark | None = None,
    **more: Any,
) -> Change:
    """An applied remark with the version it leads to."""
    given = {
        "state": BrandState.AWAITING_REVIEW,
        "made": metadata(brandid, include, 0.7) if include else None,
        "remark": said or remark(actor, brandid, expected),
        **more,
    }
    return Change(actor, brandid, expected, Verdict.FEEDBACK, **given)


def two_approvers() -> ReviewSettings:
    return replace(ReviewSettings(), second_approver=True)
