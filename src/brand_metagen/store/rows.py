"""Rows of the tables as the port's records."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy.engine import RowMapping

from brand_metagen.ports import (
    BrandRow,
    BrandState,
    RunRecord,
    RunState,
    StepRecord,
    StepState,
    Wish,
)


def run_record(row: RowMapping) -> RunRecord:
    """A row of `runs`."""
    return RunRecord(
        run_id=row["run_id"],
        source=row["source"],
        settings=row["settings"],
        only=tuple(row["only"]),
        state=RunState(row["state"]),
        wish=Wish(row["wish"]),
        created_at=row["created_at"],
        finished_at=row["finished_at"],
        error=row["error"],
        summary=row["summary"],
    )


def step_record(row: RowMapping) -> StepRecord:
    """A row of `steps`."""
    return StepRecord(**{**row, "state": StepState(row["state"])})


def brand_row(row: RowMapping) -> BrandRow:
    """A row of `brands`, without what humans added."""
    kept = {field.name: row[field.name] for field in fields(BrandRow)}
    return BrandRow(**{**kept, "state": BrandState(row["state"])})
