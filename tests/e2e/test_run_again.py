"""Runs after runs: paused, stopped, over some brands, over changed data, two at once."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from faults import BATCHES, KILLED, LEARN, Driver, Whole, copied

from program import good, inside

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(whole: Whole, tmp_path: Path) -> Path:
    """A copy of the finished workspace, to go on from."""
    return Path(shutil.copytree(whole.workspace, tmp_path / "w"))


def records(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    lines = files["metadata.jsonl"].decode().splitlines()
    return {record["brandid"]: record for record in map(json.loads, lines)}


def test_the_same_again_keeps_rules_and_numbers(
    whole: Whole, driver: Driver, workspace: Path
) -> None:
    again = good(driver.run(whole.data, workspace, "--json")).data
    assert (again["run_id"], again["resumed"]) == ("RUN-0002", False)
    files = driver.exported(workspace)
    for name in set(files) - {"report.html"}:
        assert files[name] == whole.files[name], name
    versions = inside("brands", "list", "--workspace", workspace, "--json").data
    assert {line["version"] for line in versions} == {1}


def test_runs_over_some_brands_keep_the_others(
    whole: Whole, driver: Driver, workspace: Path
) -> None:
    first, second = sorted(records(whole.files))[3:5]
    for brandid in (first, second):
        done = good(driver.run(whole.data, workspace, "--brands", brandid, "--json")).data
        assert [s for s in done["steps_done"] if s.startswith("synth")] == ["synthesise-0001"]
        files = driver.exported(workspace)
        for name in ("metadata.jsonl", "model.json", "manifest.json", "assignments.csv"):
            assert files[name] == whole.files[name], (brandid, name)


def test_changed_data_makes_new_versions_of_what_it_changes(
    whole: Whole, driver: Driver, workspace: Path, tmp_path: Path
) -> None:
    data = copied(whole, tmp_path / "data")
    before = records(whole.files)
    renamed = next(b for b, r in before.items() if r["include"] and r["evidence"]["rows"] > 9)
    brands = (data / "brand.csv").read_text().splitlines(keepends=True)
    at = next(i for i, line in enumerate(brands) if line.startswith(f"{renamed},"))
    brands[at] = f"{renamed},Zyxwvut Qponmlk,Other\n"
    (data / "brand.csv").write_text("".join(brands))
    good(driver.run(data, workspace))
    after = records(driver.exported(workspace))
    assert after[renamed]["version"] == 2
    changed = {b for b in after if _content(after[b]) != _content(before[b])}
    assert {b for b in after if after[b]["version"] == 2} == changed
    assert len(changed) < len(after)
    old = good(inside("metadata", "show", renamed, "--version", 1, "-w", workspace, "--json"))
    assert old.data["include"] == before[renamed]["include"]


def _content(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != "version"}


def test_a_brand_that_cannot_be_learned_is_reported_and_the_rest_goes_on(
    whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    done = good(
        driver.run(whole.data, workspace, "--json", faults=[(LEARN, "before", 7, "poison")])
    )
    assert done.data["summary"]["failed"] == 1
    ids = sorted(records(whole.files))
    failed = inside("brands", "list", "--workspace", workspace, "--state", "failed", "--json").data
    assert [(b["brandid"], b["version"]) for b in failed] == [(ids[6], 0)]
    files = driver.exported(workspace)
    assert set(records(files)) == set(ids) - {ids[6]}
    page = files["report.html"].decode()
    assert failed[0]["brandname"].split()[0] in page
    assert "made it fail" in page
    assert "<script>alert(1)" not in page
    shown = inside("brands", "show", ids[6], "--workspace", workspace)
    assert shown.code == 2
    assert "made it fail" in shown.err
    # Gone over again, it is as if nothing had been; what differed from the first time has another
    # number, because the brand's rows were without an owner then.
    good(driver.run(whole.data, workspace, "--brands", ids[6]))
    again, first = records(driver.exported(workspace)), records(files)
    assert [*map(_content, again.values())] == [*map(_content, records(whole.files).values())]
    changed = {b for b in first if _content(again[b]) != _content(first[b])}
    assert {b for b in again if again[b]["version"] == 2} == changed


def test_pause_stop_resume_and_a_second_run_while_one_goes_on(
    whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    at = ("--workspace", workspace)
    for wish, state, step in (("pause", "paused", 12), ("stop", "stopped", 8)):
        here, go_on = tmp_path / f"{wish}-here", tmp_path / f"{wish}-go-on"
        wait = (LEARN, "before", step, "wait", str(here), str(go_on))
        command = ("resume", "RUN-0001") if wish == "stop" else ()
        if command:
            driver.begin("runs", *command, *at, faults=[wait])
        else:
            args = ("--data", whole.data, *at, *BATCHES)
            driver.begin("run", *args, faults=[wait])
        until(here)
        assert inside("status", *at, "--json").data["running"] is True
        second = inside("run", "--data", whole.data, *at)
        assert (second.code, second.out) == (3, "")
        assert "held by" in second.err
        assert inside("runs", "resume", "RUN-0001", *at).code == 3
        wished = good(inside("runs", wish, "RUN-0001", *at, "--json")).data
        assert wished == {"run_id": "RUN-0001", "state": "running", "wish": wish}
        go_on.touch()
        assert f"is {state}" in good(driver.end()).err
        (run,) = inside("runs", "list", *at, "--json").data
        assert run["state"] == state
        assert inside("status", *at, "--json").data["running"] is False
        assert inside("runs", "pause", "RUN-0001", *at).code == 3
    done = good(driver("runs", "resume", "RUN-0001", *at, "--json")).data
    assert done["state"] == "completed"
    assert driver.exported(workspace) == whole.files
    assert inside("runs", "resume", "RUN-0001", *at).code == 3


@pytest.mark.parametrize("how", [(), ("--read-only",)])
def test_a_run_in_another_process_is_paused_with_the_system(
    how: tuple[str, ...], whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    here, go_on, workspace = tmp_path / "here", tmp_path / "go-on", tmp_path / "w"
    at = ("--workspace", workspace)
    wait = (LEARN, "before", 12, "wait", str(here), str(go_on))
    driver.begin("run", "--data", whole.data, *at, *BATCHES, faults=[wait])
    until(here)
    told = good(inside("pause", *how, "--reason", "new tables", "--as", "olga", *at))
    assert "paused after the step it is in" in told.err
    go_on.touch()
    ended = good(driver.end()).err
    assert "  paused " in ended
    assert "(olga: new tables). What is done is kept; go on with brand-metagen unpause" in ended
    done = [s["name"] for s in inside("runs", "show", "RUN-0001", *at, "--json").data["steps"]]
    assert done == ["ingest", "evaluate", "synthesise-0001", "synthesise-0002"]
    refused = inside("runs", "resume", "RUN-0001", *at)
    assert (refused.code, "unpause" in refused.err) == (3, True)

    let = good(inside("unpause", *at)).err
    assert f"RUN-0001 waits: brand-metagen runs resume RUN-0001 --workspace {workspace}" in let
    assert good(driver("runs", "resume", "RUN-0001", *at, "--json")).data["state"] == "completed"
    assert driver.exported(workspace) == whole.files
    assert inside("unpause", *at).err == ""


def until(path: Path) -> None:
    end = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} never came"
        time.sleep(0.01)


def test_another_job_does_not_go_on_with_an_interrupted_one(
    whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    killed = driver.run(whole.data, workspace, faults=[(LEARN, "after", 3, "kill")])
    assert killed.code == KILLED
    (run,) = inside("runs", "list", "--workspace", workspace, "--json").data
    assert run["state"] == "interrupted"
    other = good(driver.run(whole.data, workspace, "--brands", "1001", "--json")).data
    assert (other["run_id"], other["resumed"]) == ("RUN-0002", False)
    fresh = good(driver.run(whole.data, workspace, "--fresh", "--json")).data
    assert (fresh["run_id"], fresh["resumed"]) == ("RUN-0003", False)
    # What was learned since is not put back by the older run.
    late = driver("runs", "resume", "RUN-0001", "--workspace", workspace)
    assert (late.code, "RUN-0003 has been completed since" in late.err) == (3, True)


def test_a_failed_run_between_does_not_hide_an_interrupted_one(
    whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    killed = driver.run(whole.data, workspace, faults=[(LEARN, "after", 3, "kill")])
    assert killed.code == KILLED
    assert driver.run(whole.data, workspace, "--brands", "nobody").code == 2
    resumed = good(driver.run(whole.data, workspace, "--json")).data
    assert (resumed["run_id"], resumed["resumed"]) == ("RUN-0001", True)
    assert driver.exported(workspace) == whole.files


def test_resumed_without_its_settings_a_run_keeps_them(
    whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    """With the usual hundred brands in a batch, all but the first ten would be lost."""
    workspace = tmp_path / "w"
    killed = driver.run(
        whole.data, workspace, faults=[("store.sql:SqlStore.finish_step", "after", 3, "kill")]
    )
    assert killed.code == KILLED
    good(driver("runs", "resume", "RUN-0001", "--workspace", workspace))
    assert driver.exported(workspace) == whole.files


def test_tables_changed_during_a_run_do_not_change_it(
    whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    data, workspace = copied(whole, tmp_path / "data"), tmp_path / "w"
    kill = ("workflow.pipeline:evaluate_market", "before", 1, "kill")
    assert driver.run(data, workspace, faults=[kill]).code == KILLED
    lines = (data / "combo.csv").read_text().splitlines(keepends=True)
    (data / "combo.csv").write_text("".join(lines[:-100]))
    resumed = good(driver("runs", "resume", "RUN-0001", "--workspace", workspace, "--json")).data
    assert "ingest" in resumed["steps_skipped"]
    files = driver.exported(workspace)
    assert files["assignments.csv"] == whole.files["assignments.csv"]
    again = good(driver.run(data, workspace, "--json")).data
    assert (again["run_id"], again["resumed"]) == ("RUN-0002", False)
    assert len(driver.exported(workspace)["assignments.csv"]) < len(files["assignments.csv"])


def test_a_finished_step_whose_files_changed_is_refused(
    whole: Whole, driver: Driver, tmp_path: Path
) -> None:
    workspace = tmp_path / "w"
    kill = ("workflow.pipeline:write_ties", "before", 1, "kill")
    assert driver.run(whole.data, workspace, faults=[kill]).code == KILLED
    rules = workspace / "runs" / "RUN-0001" / "0003-synthesise-0001" / "rules.jsonl"
    rules.write_text(rules.read_text().replace("A", "B", 1))
    refused = driver.run(whole.data, workspace)
    assert refused.code == 1
    assert "--fresh" in refused.err
    good(driver.run(whole.data, workspace, "--fresh"))
    assert driver.exported(workspace)["metadata.jsonl"] == whole.files["metadata.jsonl"]
