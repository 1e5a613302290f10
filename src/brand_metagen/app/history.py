"""The record gathered from the store and the last run, as metrics want it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from brand_metagen.analytics.history import Deed, History, RunLine
from brand_metagen.app.workspace import Workspace
from brand_metagen.constraints import Kind
from brand_metagen.errors import InputError
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
from brand_metagen.publish.metadata import load_lines

PAGE = 1_000
ACTS = frozenset({"approve", "undo", "reject", "flag", "feedback", "create", "rollback", "round"})
"""Acts on a brand, by the names they have in the audit log."""
ENDED = frozenset({RunState.COMPLETED, RunState.FAILED})


def gather(workspace: Workspace) -> History:
    """Everything that was recorded, oldest first."""
    store = workspace.store
    brands = store.brands()
    remarks = tuple(_remarks(workspace))
    return History(
        deeds=tuple(_deed(row) for row in _audit(workspace) if row.action in ACTS),
        versions=store.version_lines(),
        runs=tuple(_run(workspace, run) for run in store.runs() if run.state in ENDED),
        cases=tuple(_cases(workspace)),
        remarks=remarks,
        judgements=(*store.judgements(), *_pointed(remarks)),
        names={brand.brandid: brand.brandname for brand in brands},
        sectors={brand.brandid: brand.sector for brand in brands},
        wallets=_strata(workspace),
    )


def _audit(workspace: Workspace) -> Iterator[AuditRow]:
    after = 0
    while True:
        page = workspace.store.audit(after, PAGE)
        yield from page.items
        if page.next is None:
            return
        after = int(page.next)


def _deed(row: AuditRow) -> Deed:
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
    return RunLine(
        run.run_id,
        run.finished_at or run.created_at,
        seconds,
        len(run.only) or int(summary.get("brands", 0)),
        int(summary.get("rows", 0)),
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


def _strata(workspace: Workspace) -> dict[str, tuple[int, int]]:
    """Rows of the last run by stratum, and how many of them their rules take."""
    found: dict[str, tuple[int, int]] = {}
    try:
        path = workspace.step("store") / "metadata.jsonl"
    except (InputError, FileNotFoundError):  # no run yet, or its files are gone
        return found
    for record in load_lines(path.read_text(encoding="utf-8"), str(path)):
        strata: Any = record.evidence.get("strata", {})
        for name, counts in strata.items():
            rows, covered = found.get(name, (0, 0))
            found[name] = (rows + counts["rows"], covered + counts["covered"])
    return dict(sorted(found.items()))
