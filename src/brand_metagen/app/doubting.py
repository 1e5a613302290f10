"""Prior settings held against the record, and another value tried on the market."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from brand_metagen.analytics.history import History
from brand_metagen.analytics.priors import Doubt, Priors, doubts, drawn_rows, judged_rows
from brand_metagen.app import algorithm
from brand_metagen.app.history import gather
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.ports import Progress


def against(workspace: Workspace, record: History | None = None) -> list[Doubt]:
    """The settings and entries of the knowledge files that the record speaks against; it is
    gathered where none is given."""
    history, settings = record or gather(workspace), workspace.settings
    return doubts(
        history,
        Priors(
            settings.confirm.confirm,
            settings.confirm.precision,
            settings.workflow.confidence_threshold,
            settings.review.second_approver,
            settings.review.round_limit,
            judged_rows(history, _confidence(workspace, history)),
            _codes(workspace),
        ),
    )


def try_out(workspace: Workspace, changes: Mapping[str, str], progress: Progress) -> dict[str, Any]:
    """What other settings would change on the market of the last run; nothing of it is kept."""
    return asdict(algorithm.try_settings(workspace, changes, (), progress))


def _confidence(workspace: Workspace, history: History) -> Mapping[tuple[str, str], float]:
    """Of the judged rows in the last run's answers, where they speak of the brand judged."""
    judged = {(j.ccid, j.bankid): j.brandid for j in history.judgements}
    drawn = {(ccid, bankid) for ccid, bankid, _ in drawn_rows(history)}
    wanted = tuple(sorted((*row, brandid) for row, brandid in judged.items() if row in drawn))
    if not wanted:
        return {}
    try:
        path = workspace.step("resolve") / "assignments.parquet"
    except (InputError, FileNotFoundError):
        return {}
    return _read_confidence(path, path.stat().st_mtime_ns, wanted) if path.exists() else {}


@lru_cache(maxsize=2)
def _read_confidence(
    path: Path, written: int, wanted: tuple[tuple[str, str, str], ...]
) -> Mapping[tuple[str, str], float]:
    """Of the rows (ccid, bankid, brandid); that is read once, as written then."""
    del written
    ccids, bankids, _ = zip(*wanted, strict=True)
    query = """SELECT ccid, bankid, brandid, confidence FROM read_parquet($path)
        SEMI JOIN (SELECT unnest($ccids) AS ccid, unnest($bankids) AS bankid)
        USING (ccid, bankid)"""
    given = {"path": str(path), "ccids": list(ccids), "bankids": list(bankids)}
    with duckdb.connect() as connection:
        rows = connection.execute(query, given).fetchall()
    judged = {(ccid, bankid): brandid for ccid, bankid, brandid in wanted}
    return {
        (ccid, bankid): confidence
        for ccid, bankid, brandid, confidence in rows
        if judged.get((ccid, bankid)) == brandid
    }


def _codes(workspace: Workspace) -> Mapping[str, str]:
    """The sector of every code, as the last run read the mcc table."""
    try:
        path = workspace.step("ingest") / "mcc.parquet"
    except (InputError, FileNotFoundError):
        return {}
    return _read_codes(path, path.stat().st_mtime_ns) if path.exists() else {}


@lru_cache(maxsize=2)
def _read_codes(path: Path, written: int) -> Mapping[str, str]:
    del written
    query = "SELECT mccid, sector FROM read_parquet($path)"
    with duckdb.connect() as connection:
        return dict(connection.execute(query, {"path": str(path)}).fetchall())
