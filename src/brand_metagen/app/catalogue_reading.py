"""The catalogue read from what the last completed run left."""

from __future__ import annotations

from threading import Lock
from typing import Any

import duckdb

from brand_metagen.app.catalogue import Catalogue
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import McpSettings
from brand_metagen.ports import RunState
from brand_metagen.records import Brand, Mcc


def catalogue(workspace: Workspace | None, settings: McpSettings) -> Catalogue:
    """The catalogue of the last completed run; the packaged tables alone where there is none."""
    if workspace is None or workspace.store.latest_run(RunState.COMPLETED) is None:
        return Catalogue(settings, {}, {}, {}, {})
    run_id = workspace.latest_run()
    snapshot, left = workspace.step("ingest", run_id), workspace.step("resolve", run_id)
    with duckdb.connect() as connection:

        def rows(query: str, path: str) -> list[tuple[Any, ...]]:
            return connection.execute(query, {"path": path}).fetchall()

        read = "FROM read_parquet($path)"
        brands = rows(f"SELECT brandid, brandname, sector {read} ORDER BY 1",
                      str(snapshot / "brand.parquet"))  # fmt: skip
        mccs = rows(f"SELECT mccid, mcc_desc, sector {read} ORDER BY 1",
                    str(snapshot / "mcc.parquet"))  # fmt: skip
        labelled = rows(f"SELECT brandid, count(*) {read} WHERE brandid <> '' GROUP BY 1",
                        str(snapshot / "combo.parquet"))  # fmt: skip
        used = connection.execute(CONFIRMED, {
            "combos": str(snapshot / "combo.parquet"),
            "assignments": str(left / "assignments.parquet"),
        }).fetchall()  # fmt: skip
    uses: dict[str, dict[str, int]] = {}
    for brandid, mccid, count in used:
        uses.setdefault(brandid, {})[mccid] = count
    return Catalogue(
        settings,
        {b[0]: Brand(*b) for b in brands},
        {m[0]: Mcc(*m) for m in mccs},
        dict(labelled),
        uses,
    )


CONFIRMED = """
    SELECT a.brandid, mccid, count(*)
    FROM read_parquet($combos) c JOIN read_parquet($assignments) a USING (ccid, bankid)
    WHERE decision = 'confirmed' GROUP BY 1, 2 ORDER BY 1, 2
"""


class Kept:
    """The catalogue as of now: read when first asked for, and again after every completed run."""

    def __init__(self, workspace: Workspace | None, settings: McpSettings) -> None:
        self._workspace, self._settings = workspace, settings
        self._turn = Lock()
        self._run_id = ""
        self._made: Catalogue | None = None

    def now(self) -> Catalogue:
        """The catalogue of the last completed run."""
        with self._turn:
            run = None
            if self._workspace is not None:
                run = self._workspace.store.latest_run(RunState.COMPLETED)
            run_id = run.run_id if run else ""
            if self._made is None or run_id != self._run_id:
                self._made = catalogue(self._workspace, self._settings)
                self._run_id = run_id
            return self._made


def data_of(workspace: Workspace) -> str:
    """The fingerprint of the data that answers about our own brands rest on; empty before the
    first run."""
    run = workspace.store.latest_run(RunState.COMPLETED)
    if run is None:
        return ""
    found = (step.stats.get("fingerprint") for step in workspace.store.steps(run.run_id))
    return next((value for value in found if isinstance(value, str)), "")
