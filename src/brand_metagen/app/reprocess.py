"""Brands learned anew over the last run's tables, and what changed for each (WF-16)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from brand_metagen.app import runs
from brand_metagen.app.source_tables import read_source
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.ports import Progress, RunState
from brand_metagen.records import Decision

SAMPLES = 5
THEIRS = frozenset({Decision.CONFIRMED, Decision.REVIEW, Decision.TIE})
"""Decisions by which a row is a brand's, or may be."""

Rows = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Side:
    """A brand as one run left it: version (0 = none), state, and its rows by decision."""

    version: int
    state: str
    decisions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Reprocessed:
    """One brand before and after: rows it gained and lost, with some of each (ccid@bankid)."""

    brandid: str
    brandname: str
    before: Side
    after: Side
    gained: int
    lost: int
    samples_gained: tuple[str, ...]
    samples_lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reprocessing:
    """A partial run and what it changed for the brands asked for."""

    run_id: str
    state: RunState
    reason: str
    brands: tuple[Reprocessed, ...]


def reprocess(
    workspace: Workspace, wanted: Sequence[str], actor: str, reason: str, progress: Progress
) -> Reprocessing:
    """Learn some brands anew over the last run's tables with the corrections as they stand.

    Raises InputError without a reason or brands, or for one that is not to be learned;
    ConflictError while another run goes on.
    """
    if not wanted or not reason.strip():
        raise InputError("name the brands to learn anew, and why")
    source = read_source(workspace)
    only = tuple(sorted({source.known(brand).brandid for brand in wanted}))
    if ended := [brandid for brandid in only if brandid not in source.listed]:
        raise InputError(f"not to be learned, or ended by a correction: {', '.join(ended)}")
    was = workspace.latest_run()
    before = _sides(workspace, only), _rows(workspace, was, only)
    finished = runs.start(workspace, source.folder, only, progress)
    run = finished.run
    detail = {"brands": list(only), "reason": reason, "state": run.state.value}
    workspace.store.note(actor, "reprocessed", run.run_id, detail)
    if run.state is not RunState.COMPLETED:
        return Reprocessing(run.run_id, run.state, reason, ())
    after = _sides(workspace, only), _rows(workspace, run.run_id, only)
    return Reprocessing(
        run.run_id, run.state, reason, tuple(_compared(b, before, after) for b in only)
    )


Seen = tuple[Mapping[str, tuple[str, int, str]], Mapping[str, Rows]]


def _compared(brandid: str, before: Seen, after: Seen) -> Reprocessed:
    name = (after[0].get(brandid) or before[0].get(brandid) or ("", 0, ""))[0]
    old, new = (
        {key for key, decision in seen[1].get(brandid, {}).items() if decision in THEIRS}
        for seen in (before, after)
    )
    gained, lost = sorted(new - old), sorted(old - new)
    return Reprocessed(
        brandid,
        name,
        before=_side(brandid, before),
        after=_side(brandid, after),
        gained=len(gained),
        lost=len(lost),
        samples_gained=tuple("@".join(key) for key in gained[:SAMPLES]),
        samples_lost=tuple("@".join(key) for key in lost[:SAMPLES]),
    )


def _side(brandid: str, seen: Seen) -> Side:
    _, version, state = seen[0].get(brandid, ("", 0, ""))
    decisions = Counter(seen[1].get(brandid, {}).values())
    return Side(version, state, dict(sorted(decisions.items())))


def _sides(workspace: Workspace, only: Sequence[str]) -> dict[str, tuple[str, int, str]]:
    rows = workspace.store.brands()
    return {b.brandid: (b.brandname, b.version, b.state.value) for b in rows if b.brandid in only}


def _rows(workspace: Workspace, run_id: str, only: Sequence[str]) -> Mapping[str, Rows]:
    """The rows that a run gave to each brand, with the decision."""
    path = workspace.step("resolve", run_id) / "assignments.parquet"
    with duckdb.connect() as connection:
        query = (
            "SELECT brandid, ccid, bankid, decision FROM read_parquet($path) "
            "WHERE list_contains($only, brandid)"
        )
        found: list[Any] = connection.execute(
            query, {"path": str(path), "only": list(only)}
        ).fetchall()
    rows: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for brandid, ccid, bankid, decision in found:
        rows[brandid][ccid, bankid] = decision
    return rows
