"""Brands as the queue sees them: read, locked, and marked by a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from brand_metagen.config import ReviewSettings
from brand_metagen.errors import NotFound
from brand_metagen.ports import BrandLine, BrandRow, BrandState
from brand_metagen.review.queue import lowered, priority
from brand_metagen.review.states import after_run
from brand_metagen.store import schema

FACTS = ("brandname", "sector", "confidence", "rows", "reason")
"""What a brand takes over from its latest version."""


def lines() -> Select[Any]:
    """Every brand with the approvals of its latest version."""
    brands, approvals = schema.brands, schema.approvals
    given = (
        select(func.count())
        .where(approvals.c.brandid == brands.c.brandid, approvals.c.version == brands.c.version)
        .scalar_subquery()
    )
    return select(brands, given.label("approvals"))


def brand_line(row: Mapping[Any, Any], live: bool) -> BrandLine:
    """A row of `lines`; a claim that is not live any more is none."""
    kept = {
        name: value for name, value in row.items() if name not in ("claimed_at", "folded", "state")
    }
    if not live:
        kept |= {"claimed_by": None, "claimed_until": None}
    return BrandLine(state=BrandState(row["state"]), **kept)


def locked(connection: Connection, brandid: str) -> Mapping[Any, Any]:
    """A brand's row, which nobody else writes until the transaction ends."""
    table = schema.brands
    query = select(table).where(table.c.brandid == brandid).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise unknown(brandid)
    return row


def unknown(brandid: str) -> NotFound:
    """The error for a brand that is not there."""
    return NotFound(f"no brand {brandid!r}; `brand-metagen brands list` shows them")


def place(facts: Mapping[str, Any], settings: ReviewSettings) -> float:
    """A brand's priority from its columns; often corrected ones count as less sure (EVA-08)."""
    confidence = lowered(facts["confidence"], facts["corrections"])
    return priority(facts["rows"], confidence, facts["round"], facts["corrections"], settings)


def folded(brandid: str, brandname: str) -> str:
    """What a search looks at."""
    return f"{brandid}\n{brandname}".casefold()


def mark(
    connection: Connection, run_id: str, rows: Sequence[BrandRow], settings: ReviewSettings
) -> None:
    """Write where a run leaves brands; what humans decided and counted stays (`after_run`)."""
    table = schema.brands
    # Everybody locks brands in this order, so that no two wait for each other.
    query = select(table).order_by(table.c.brandid).with_for_update()
    known = {row["brandid"]: row for row in connection.execute(query).mappings()}
    values = list(_marked(run_id, rows, known, settings))
    fresh = [row for row in values if row["brandid"] not in known]
    changed = [{**row, "key": row["brandid"]} for row in values if row["brandid"] in known]
    if fresh:
        connection.execute(table.insert(), fresh)
    if changed:
        connection.execute(table.update().where(table.c.brandid == bindparam("key")), changed)


def _marked(
    run_id: str, rows: Sequence[BrandRow], known: Mapping[str, Any], settings: ReviewSettings
) -> Iterator[dict[str, Any]]:
    for row in rows:
        old = known.get(row.brandid)
        counts = {n: old[n] if old else 0 for n in ("round", "corrections", "failures")}
        again = old is not None and old["run_id"] == run_id  # the step done twice
        if row.error and not again:
            counts["failures"] += 1
        elif old is not None and old["error"] and not row.error:
            counts["failures"] = 0  # learned at last; remarks that failed are not undone by a run
        # A failed run made no version, and a human's may be newer than the run's.
        behind = old is not None and row.version < old["version"]
        facts = {name: old[name] if old and behind else getattr(row, name) for name in FACTS}
        state = row.state
        if old is not None:
            fresh = row.version > old["version"]
            state = after_run(BrandState(old["state"]), row.state, new_version=fresh)
            if behind and row.error is None:
                state = BrandState(old["state"])
        yield {
            "brandid": row.brandid,
            "version": old["version"] if old and behind else row.version,
            "state": state,
            "run_id": run_id,
            "error": row.error,
            **facts,
            **counts,
            "priority": place({**facts, **counts}, settings),
            "folded": folded(row.brandid, facts["brandname"]),
        }
