"""A store full of escalations: weeks of cases that were opened, worked on and settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from brand_metagen.ports import (
    Act,
    BrandRow,
    BrandState,
    CaseAct,
    CaseState,
    Cause,
    Level,
    Method,
    Opening,
)
from brand_metagen.records import Metadata, Rule, Status
from brand_metagen.store.sql import SqlStore

START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
CAUSES = (
    *(Cause.ROUND_LIMIT,) * 4, *(Cause.CONTRADICTION,) * 3, *(Cause.AMBIGUOUS_NAME,) * 2,
    Cause.DATA_QUALITY, Cause.SYSTEM_ERROR, Cause.LEGAL,
)  # fmt: skip
METHODS = (
    *(Method.MANUAL_METADATA,) * 4, *(Method.DATA_CORRECTION,) * 2, Method.BRAND_SPLIT,
    Method.ALGORITHM_UPDATE, Method.NO_CHANGE,
)  # fmt: skip


class Clock:
    """A clock that is put where it is wanted."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def brands(store: SqlStore, names: Iterable[str]) -> None:
    """A run over brands numbered from 1."""
    run_id = store.create_run("data", "f00d", ()).run_id
    made = [
        Metadata(
            str(n), name, "Food" if n % 3 else "Travel", 0, Status.CANDIDATE,
            Rule(str(n), "STAR", None, ("5411",)), 0.5, False, (),
        )
        for n, name in enumerate(names, start=1)
    ]  # fmt: skip
    rows = [
        BrandRow(m.brandid, m.brandname, m.sector, BrandState.AWAITING_REVIEW, m.version, run_id)
        for m in store.save_versions(run_id, made)
    ]
    store.mark_brands(run_id, rows)


@dataclass(frozen=True, slots=True)
class Office:
    """People who work on cases, at times that the test says."""

    store: SqlStore
    clock: Clock

    def open(self, when: datetime, brandid: str, name: str, cause: Cause, level: int = 1) -> str:
        self.clock.now = when
        opening = Opening(brandid, name, cause, Level(level), f"{cause.value}, as it fired")
        return self.store.open_case(opening, "system")[0].case_id

    def act(self, when: datetime, case_id: str, kind: Act, **more: Any) -> None:
        self.clock.now = when
        self.store.act_on_case(CaseAct("anna", case_id, kind, **more))

    def assign(self, when: datetime, case_id: str, who: str = "anna") -> None:
        changes = {"assigned_to": who}
        self.act(when, case_id, Act.ASSIGNED, state=CaseState.IN_PROGRESS, changes=changes)

    def raise_level(self, when: datetime, case_id: str, now: int) -> None:
        changes = {"level": now + 1}
        self.act(when, case_id, Act.RAISED, changes=changes, detail={"from": now})

    def resolve(self, when: datetime, case_id: str, method: Method) -> None:
        changes = {"method": method, "resolution": "settled", "paused": False}
        detail = {"method": method.value}
        state = CaseState.RESOLVED
        self.act(when, case_id, Act.RESOLVED, state=state, changes=changes, detail=detail)

    def close(self, when: datetime, case_id: str, preventive: str, lessons: str) -> None:
        changes = {"preventive": preventive, "lessons": lessons}
        self.act(when, case_id, Act.CLOSED, state=CaseState.CLOSED, changes=changes)


def busy_weeks(store: SqlStore, clock: Clock, days: int = 53, names: int = 240) -> None:
    """Cases on most days up to `days` after START; the same every time."""
    brands(store, (f"Brand number {n}" for n in range(1, names + 1)))
    office, count = Office(store, clock), 0
    hour = timedelta(hours=1)
    end = START + timedelta(days=days)
    for day in range(days):
        for turn in range((day * 7 + day // 5) % 3):
            count += 1
            brand = (count * 11) % 37 + 1
            opened = START + timedelta(days=day, hours=turn * 3)
            cause, method = CAUSES[count % len(CAUSES)], METHODS[count % len(METHODS)]
            case = office.open(opened, str(brand), f"Brand number {brand}", cause, 1 + count % 2)
            _worked_on(office, case, opened, method, count, end, hour)
    clock.now = end


def _worked_on(
    office: Office, case: str, opened: datetime, method: Method, count: int, end: datetime,
    hour: timedelta,
) -> None:  # fmt: skip
    steps = [
        (opened + 2 * hour, lambda when: office.assign(when, case, ("anna", "ben")[count % 2])),
        (opened + (10 + count % 5 * 9) * hour, lambda when: office.resolve(when, case, method)),
        (
            opened + (30 + count % 5 * 9) * hour,
            lambda when: office.close(
                when, case, f"Check the rows of such brands in the weekly review ({count}).",
                "Two remarks that exclude each other were both right, of different shops.",
            ),
        ),
    ]  # fmt: skip
    for when, step in steps[: 1 if count % 9 == 0 else 3]:
        if when < end:
            step(when)
