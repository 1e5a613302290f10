"""Prior settings held against the record, and another value tried on the market."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import duckdb

from brand_metagen.analytics.history import History
from brand_metagen.analytics.priors import Doubt, Priors, doubts, judged_rows
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


def _confidence(workspace: Workspace, history: History) -> dict[tuple[str, str], float]:
    """Of the judged rows in the last run's answers, where they speak of the brand judged."""
    wanted = {(j.ccid, j.bankid): j.brandid for j in history.judgements}
    if not wanted:
        return {}
    try:
        path = workspace.step("resolve") / "assignments.parquet"
    except (InputError, FileNotFoundError):
        return {}
    ccids, bankids = zip(*wanted, strict=True)
    query = """SELECT ccid, bankid, brandid, confidence FROM read_parquet($path)
        SEMI JOIN (SELECT unnest($ccids) AS ccid, unnest($bankids) AS bankid)
        USING (ccid, bankid)"""
    given = {"path": str(path), "ccids": list(ccids), "bankids": list(bankids)}
    with duckdb.connect() as connection:
        rows = connection.execute(query, given).fetchall()
    return {
        (ccid, bankid): confidence
        for ccid, bankid, brandid, confidence in rows
        if wanted.get((ccid, bankid)) == brandid
    }


def _codes(workspace: Workspace) -> dict[str, str]:
    """The sector of every code, as the last run read the mcc table."""
    try:
        path = workspace.step("ingest") / "mcc.parquet"
    except (InputError, FileNotFoundError):
        return {}
    if not path.exists():
        return {}
    query = "SELECT mccid, sector FROM read_parquet($path)"
    with duckdb.connect() as connection:
        return dict(connection.execute(query, {"path": str(path)}).fetchall())
