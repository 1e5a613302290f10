"""A run in several processes leaves the bytes of a run in one, whoever is killed meanwhile."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from faults import KILLED, Driver, Fault, Whole

from program import good

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="no processes are forked here"),
]

TWO = ("--set", "workflow.workers=2")
LEARN = "workflow.learning:Learning.learn"


def test_two_processes_leave_what_one_leaves(whole: Whole, driver: Driver, tmp_path: Path) -> None:
    good(driver.run(whole.data, tmp_path / "w", *TWO))
    assert driver.exported(tmp_path / "w") == whole.files


ENDS: list[tuple[Fault, int, str]] = [
    (("workflow.pipeline:evaluate_market", "before", 1, "kill"), 1, "killed by SIGKILL"),
    ((LEARN, "before", 2, "kill"), 1, "killed by SIGKILL"),
    (("workflow.workers:Workers._taken", "before", 12, "interrupt"), 130, "not finished"),
    (("workflow.workers:Workers._taken", "after", 12, "kill"), KILLED, ""),
]
"""In a process beside, in a worker, then in the process that started them."""


@pytest.mark.parametrize(
    ("fault", "code", "said"), ENDS, ids=["beside", "worker", "ctrl-c", "owner"]
)
def test_a_run_goes_on_whichever_process_ended(
    whole: Whole, driver: Driver, tmp_path: Path, fault: Fault, code: int, said: str
) -> None:
    stopped = driver.run(whole.data, tmp_path / "w", *TWO, faults=[fault])
    assert stopped.code == code, stopped
    assert said in stopped.err
    assert "Traceback" not in stopped.err
    again = good(driver.run(whole.data, tmp_path / "w", "--json", "--set", "workflow.workers=1"))
    assert again.data["resumed"]
    assert driver.exported(tmp_path / "w") == whole.files
