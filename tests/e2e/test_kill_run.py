"""A run killed inside every stage ends with the same bytes, and no finished step is done twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from faults import KILLED, Driver, Fault, Whole

from brand_metagen.ports import StepState
from brand_metagen.store.sql import SqlStore, sqlite_url
from program import good

pytestmark = pytest.mark.slow

RUN = "RUN-0001"
STORE = "store.sql:SqlStore"

KILLS = [
    # Where a run begins, and around the record of its first step.
    (f"{STORE}.create_run", "after", 1),
    ("workflow.pipeline:load_market", "after", 1),
    ("workflow.pipeline:save_snapshot", "after", 1),
    ("workflow.runner:_sync_files", "after", 1),
    ("workflow.runner:sync_folder", "before", 1),
    (f"{STORE}.finish_step", "before", 1),
    (f"{STORE}.finish_step", "after", 1),
    (f"{STORE}.begin_step", "before", 1),
    ("workflow.pipeline:evaluate_market", "after", 1),
    # Amid the brands of a batch, and at each of its boundaries.
    ("workflow.learning:Learning.learn", "before", 1),
    ("workflow.learning:Learning.learn", "after", 15),
    (f"{STORE}.begin_step", "after", 1),
    ("workflow.runner:digest", "after", 4),
    ("workflow.learning:Learning.fit", "after", 1),
    ("workflow.pipeline:write_assignments", "after", 1),
    ("workflow.pipeline:grade", "after", 1),
    # Around each thing the store step does beyond its own folder.
    (f"{STORE}.save_versions", "before", 1),
    (f"{STORE}.save_versions", "after", 1),
    ("workflow.pipeline:write_folder", "before", 1),
    ("files:write_file", "after", 2),
    (f"{STORE}.record_release", "before", 1),
    (f"{STORE}.record_release", "after", 1),
    (f"{STORE}.mark_brands", "before", 1),
    (f"{STORE}.mark_brands", "after", 1),
    ("workflow.pipeline:render_report", "before", 1),
    ("workflow.pipeline:render_report", "after", 1),
    # All is done, and only the run's own state is not.
    (f"{STORE}.set_run", "before", 2),
]  # fmt: skip
"""In the order in which a run meets them: each attempt goes on from where the last one died."""


def finished(workspace: Path) -> dict[str, int]:
    """Starts of the steps that are done."""
    database = workspace / "brand-metagen.sqlite3"
    store = SqlStore(sqlite_url(database))
    try:
        return {s.name: s.starts for s in store.steps(RUN) if s.state is StepState.DONE}
    finally:
        store.close()


def test_kills_anywhere_change_nothing(whole: Whole, driver: Driver, tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    assert len(KILLS) >= 20
    done: dict[str, int] = {}
    for kill in KILLS:
        killed = driver.run(whole.data, workspace, faults=[(*kill, "kill")])
        assert killed.code == KILLED, (kill, killed)
        now = finished(workspace)
        assert {name: now.get(name) for name in done} == done, f"a finished step ran again: {kill}"
        done = now
    good(driver.run(whole.data, workspace))
    assert driver.exported(workspace) == whole.files
    shown = good(driver("runs", "show", RUN, "--workspace", workspace, "--json")).data
    assert [step["completions"] for step in shown["steps"]] == [1] * len(shown["steps"])
    killed = {s["name"].rstrip("0123456789-") for s in shown["steps"] if s["starts"] > 1}
    assert killed == {
        "ingest", "evaluate", "synthesise", "confirm", "resolve", "grade", "store", "report",
    }  # fmt: skip
    assert len(good(driver("runs", "list", "--workspace", workspace, "--json")).data) == 1


BOUNDARIES: list[tuple[list[Fault], int]] = [
    ([("workflow.learning:Learning.learn", "after", 15, "interrupt")], 130),
    ([("workflow.pipeline:save_snapshot", "before", 1, "fill_disk")], 1),
    ([("workflow.pipeline:write_assignments", "before", 1, "fill_disk")], 1),
    ([("workflow.pipeline:write_folder", "before", 1, "fill_disk")], 1),
    ([(f"{STORE}.save_versions", "before", 1, "fill_disk")], 1),
]


@pytest.mark.parametrize(("faults", "code"), BOUNDARIES, ids=[f[0][0] for f, _ in BOUNDARIES])
def test_a_full_disk_and_ctrl_c_are_said_and_gone_on_from(
    whole: Whole, driver: Driver, tmp_path: Path, faults: list[Fault], code: int
) -> None:
    stopped = driver.run(whole.data, tmp_path / "w", faults=faults)
    assert stopped.code == code, stopped
    assert "brand-metagen: " in stopped.err
    assert "Traceback" not in stopped.err
    assert "not finished" in stopped.err
    again = good(driver.run(whole.data, tmp_path / "w", "--json"))
    assert again.data["run_id"] == RUN
    assert driver.exported(tmp_path / "w") == whole.files


def test_a_place_that_cannot_be_written_is_said(
    whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    workspace.mkdir()
    (workspace / "releases").write_text("in the way")
    stopped = driver.run(whole.data, workspace)
    assert (stopped.code, "Traceback" in stopped.err) == (1, False)
    assert str(workspace / "releases") in stopped.err
    (workspace / "releases").unlink()
    good(driver.run(whole.data, workspace))
    assert driver.exported(workspace) == whole.files
