"""Rows of the tables as the port's records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

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
from brand_metagen.store import schema


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


BRAND = tuple(schema.brands.c[field.name] for field in fields(BrandRow))
"""The columns of a brand, without what humans added."""


def brand_row(row: Sequence[Any]) -> BrandRow:
    """A row of the columns BRAND."""
    brandid, name, sector, state, *others = row
    return BrandRow(brandid, name, sector, BrandState(state), *others)
