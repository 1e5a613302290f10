"""The record gathered from the store and the last run, as metrics want it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import duckdb

from brand_metagen.analytics.history import Deed, History, RunLine, WalletRow, WalletRows
from brand_metagen.app.auditing import rows as audit_rows
from brand_metagen.app.workspace import Workspace
from brand_metagen.constraints import Kind
from brand_metagen.errors import InputError
from brand_metagen.evaluate.wallets import detect
from brand_metagen.ports import (
    AuditRow,
    Case,
    CaseFilter,
    Draw,
    JudgedKind,
    Judgement,
    Remark,
    RunRecord,
    RunState,
)
from brand_metagen.tables.normalise import normalise

PAGE = 1_000
EVER = "9999"
"""After every moment that a record can have."""
ACTS = frozenset({"approve", "undo", "reject", "flag", "feedback", "create", "rollback", "round"})
"""Acts on a brand, by the names they have in the audit log."""
ENDED = frozenset({RunState.COMPLETED, RunState.FAILED})


def gather(workspace: Workspace, known: Sequence[Deed] = (), after: int = 0) -> History:
    """Everything that was recorded, oldest first.

    `known` are the deeds of the audit log up to the row `after`; the log is read from there on.
    """
    store = workspace.store
    brands, runs = store.brands(), store.runs()
    remarks = tuple(_remarks(workspace))
    fresh = (deed_of(row) for row in audit_rows(workspace, after) if row.action in ACTS)
    return History(
        deeds=(*known, *fresh),
        versions=store.version_lines(),
        runs=tuple(_run(workspace, run) for run in runs if run.state in ENDED),
        cases=tuple(_cases(workspace)),
        remarks=remarks,
        judgements=(*store.judgements(), *_pointed(remarks)),
        lessons=store.lessons(),
        names={brand.brandid: brand.brandname for brand in brands},
        sectors={brand.brandid: brand.sector for brand in brands},
        wallet_rows=partial(_wallet_rows, workspace, runs),
        wallet_of=_wallet_of,
    )


def deed_of(row: AuditRow) -> Deed:
    """An act on a brand as metrics want it."""
    detail: Mapping[str, Any] = row.detail
    before = detail["before"]
    seen, now = int(before["version"]), int(detail["version"])
    return Deed(
        row.sequence,
        row.at,
        row.actor,
        row.action,
        row.subject,
        seen,
        int(before["round"]),
        now if now > seen else 0,
        int(detail.get("gained", 0)),
        int(detail.get("lost", 0)),
        bool(detail.get("pending", False)),
        int(detail["round"]),
    )


def _run(workspace: Workspace, run: RunRecord) -> RunLine:
    summary: Mapping[str, Any] = run.summary
    seconds = sum(step.seconds for step in workspace.store.steps(run.run_id))
    decided: Mapping[str, int] = summary.get("decisions", {})
    return RunLine(
        run.run_id,
        run.finished_at or run.created_at,
        seconds,
        len(run.only) or int(summary.get("brands", 0)),
        int(summary.get("rows", 0)) or sum(decided.values()),
        run.state is RunState.FAILED,
    )


def _cases(workspace: Workspace) -> Iterator[Case]:
    cursor: str | None = None
    found: list[Case] = []
    while True:
        page = workspace.store.cases(CaseFilter(states=()), PAGE, cursor)
        found += page.items
        cursor = page.next
        if cursor is None:
            return iter(sorted(found, key=lambda case: (case.opened_at, case.case_id)))


def _remarks(workspace: Workspace) -> Iterator[Remark]:
    cursor: str | None = None
    found: list[Remark] = []
    while True:
        page = workspace.store.remarks(None, "", PAGE, cursor)
        found += page.items
        cursor = page.next
        if cursor is None:
            return reversed(found)


def _pointed(remarks: tuple[Remark, ...]) -> Iterator[Judgement]:
    """Rows that reviewers pointed at, which say where the rules are wrong."""
    kinds = {Kind.DOES_NOT_BELONG: JudgedKind.TAKEN, Kind.BELONGS: JudgedKind.LEFT}
    for remark in remarks:
        for constraint in remark.understood:
            row = constraint.row
            if row is not None and constraint.kind in kinds:
                yield Judgement(
                    "", remark.brandid, row.ccid, row.bankid, kinds[constraint.kind],
                    Draw.POINTED, row.narrative, remark.given_at, False, remark.author,
                    remark.given_at,
                )  # fmt: skip


def _wallet_of(narrative: str) -> str:
    hit = detect(normalise(narrative))
    return hit.wallet if hit else ""


def _wallet_rows(workspace: Workspace, runs: Sequence[RunRecord], end: str) -> WalletRows:
    """Of the last completed run that ended before a moment; none where its files are gone."""
    ended = [r for r in runs if r.state is RunState.COMPLETED]
    before = [(r.finished_at or r.created_at, r.run_id) for r in ended]
    at, run_id = max((pair for pair in before if pair[0] < end), default=("", ""))
    if not run_id:
        return WalletRows()
    try:
        return _read_wallet_rows(
            workspace.step("ingest", run_id) / "combo.parquet",
            workspace.step("resolve", run_id) / "assignments.parquet",
            run_id,
            at,
        )
    except (InputError, FileNotFoundError):
        return WalletRows()


@lru_cache(maxsize=4)
def _read_wallet_rows(combos: Path, assignments: Path, run_id: str, at: str) -> WalletRows:
    """A run's files never change, so they are read once."""
    query = """
        SELECT ccid, bankid, given_brandid, narrative,
               decision = 'confirmed' AND a.brandid = given_brandid
        FROM read_parquet($combos) c JOIN read_parquet($assignments) a USING (ccid, bankid)
        WHERE coalesce(given_brandid, '') <> '' ORDER BY ccid, bankid
    """
    with duckdb.connect() as connection:
        places = {"combos": str(combos), "assignments": str(assignments)}
        labelled = connection.execute(query, places).fetchall()
    rows, others, others_confirmed = [], 0, 0
    for ccid, bankid, brandid, narrative, confirmed in labelled:
        if wallet := _wallet_of(narrative):
            rows.append(WalletRow(ccid, bankid, brandid, wallet, narrative, bool(confirmed)))
        else:
            others, others_confirmed = others + 1, others_confirmed + bool(confirmed)
    return WalletRows(run_id, at, tuple(rows), others, others_confirmed)
