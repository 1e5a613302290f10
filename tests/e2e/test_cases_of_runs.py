"""What runs cannot settle becomes a case by itself."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from faults import LEARN, Driver, Whole, copied

from program import good, inside

pytestmark = pytest.mark.slow

RESOLVE = "workflow.pipeline:write_assignments"


def cases(workspace: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = good(
        inside("escalations", "list", "--workspace", workspace, "--json")
    ).data
    return found


def test_a_brand_that_fails_three_times_in_a_row_escalates(
    whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    fault = [(LEARN, "before", 1, "poison")]
    first = sorted(
        line["brandid"] for line in csv.DictReader((whole.data / "brand_to_check.csv").open())
    )[0]
    for number in range(1, 5):
        wanted = () if number == 1 else ("--brands", first, "--fresh")
        good(driver.run(whole.data, workspace, *wanted, faults=fault))
        found = cases(workspace)
        assert [(c["cause"], c["brandid"], c["joined"]) for c in found] == (
            [("processing_failures", first, number - 3)] if number >= 3 else []
        )
    assert "made it fail" in found[0]["reason"]
    assert "<script>" in found[0]["reason"]
    state = good(inside("brands", "list", "--state", "escalated", "-w", workspace, "--json")).data
    assert [b["brandid"] for b in state] == [first]


def test_a_run_that_fails_opens_a_case_and_the_next_joins_it(
    whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    for joined in (0, 1):
        done = driver.run(
            whole.data, workspace, "--fresh", faults=[(RESOLVE, "before", 1, "poison")]
        )
        assert done.code != 0
        (case,) = cases(workspace)
        assert (case["cause"], case["level"], case["joined"]) == ("system_error", 2, joined)
        assert "RUN-0001 failed" in case["reason"]


def test_tables_with_too_many_bad_rows_open_a_case(
    whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    data, workspace = copied(whole, tmp_path / "data"), tmp_path / "w"
    combo = data / "combo.csv"
    lines = combo.read_text().splitlines(keepends=True)
    bad = [line.replace(line.split(",")[0], "", 1) for line in lines[1 : len(lines) // 5]]
    combo.write_text("".join([lines[0], *bad, *lines[len(lines) // 5 :]]))
    assert driver.run(data, workspace).code == 2
    (case,) = cases(workspace)
    assert case["cause"] == "data_quality"
    assert "rows are bad" in case["reason"]


def test_a_few_critically_bad_rows_in_a_run_that_goes_on_open_one_too(
    whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    data, workspace = copied(whole, tmp_path / "data"), tmp_path / "w"
    combo = data / "combo.csv"
    lines = combo.read_text().splitlines(keepends=True)
    count = len(lines) // 40
    bad = [line.replace(line.split(",")[0], "", 1) for line in lines[1:count]]
    combo.write_text("".join([lines[0], *bad, *lines[count:]]))
    good(driver.run(data, workspace))
    (case,) = cases(workspace)
    assert (case["cause"], case["brandid"], case["level"]) == ("data_quality", "", 2)
    assert "critically bad" in case["reason"]
