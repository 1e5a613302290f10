"""Partial runs follow each other: every brand's rule comes from the last run that learned it."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from brand_metagen.app import runs
from brand_metagen.app.correcting import Authority
from brand_metagen.app.live import Live
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.config import Settings
from brand_metagen.ports import Correction, Quiet, RunState, Subject, Submitted
from brand_metagen.publish.metadata import load_lines
from brand_metagen.records import Rule
from brand_metagen.store.sql import SqlStore, sqlite_url
from star import star_market, write_tables

NEW_WORD = "ZEPHYR DELI"
CHANGED, OTHER = "101", "103"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables and a workspace with one run over all brands; nothing may be written here."""
    folder = tmp_path_factory.mktemp("partial")
    write_tables(folder / "data", star_market())
    workspace = opened(folder)
    runs.start(workspace, folder / "data", (), Quiet())
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "f")
    return tmp_path / "f"


def opened(folder: Path) -> Workspace:
    return Workspace(folder, Settings(), SqlStore(sqlite_url(folder / DATABASE)))


def run(workspace: Workspace, *only: str) -> str:
    done = runs.start(workspace, workspace.folder / "data", only, Quiet())
    assert done.run.state is RunState.COMPLETED
    return done.run.run_id


def rules(workspace: Workspace, run_id: str) -> dict[str, Rule | None]:
    path = workspace.step("store", run_id) / "metadata.jsonl"
    return {m.brandid: m.rule for m in load_lines(path.read_text("utf-8"), str(path))}


def rewrite(folder: Path) -> None:
    """Half of a brand's rows stand under another name from now on."""
    path = folder / "data" / "combo.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    mine = [row for row in rows if row[3] == CHANGED]
    for row in mine[::2]:
        row[5] = row[5].replace("HARBOUR GRILL", NEW_WORD)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


@pytest.mark.slow
def test_the_second_partial_run_keeps_what_the_first_learned(folder: Path) -> None:
    workspace = opened(folder)
    rewrite(folder)
    first = rules(workspace, run(workspace, CHANGED))
    assert first[CHANGED] is not None
    assert "ZEPHYR" in first[CHANGED].include
    second = rules(workspace, run(workspace, OTHER))
    assert second[CHANGED] == first[CHANGED]
    # Further ones reach as far back.
    run(workspace, "104")
    assert rules(workspace, run(workspace, "105"))[CHANGED] == first[CHANGED]


def test_a_run_over_all_brands_learns_all_of_them(folder: Path) -> None:
    workspace = opened(folder)
    before = rules(workspace, run(workspace, CHANGED))
    rewrite(folder)
    after = rules(workspace, run(workspace))
    assert after[CHANGED] != before[CHANGED]
    assert rules(workspace, run(workspace, OTHER)) == after


def test_a_run_that_failed_is_no_link(folder: Path) -> None:
    workspace = opened(folder)
    rewrite(folder)
    left = runs.prepare(workspace, folder / "data", (CHANGED,), "ana", Submitted("k", "r"))
    workspace.store.set_run(left.run_id, RunState.FAILED, "a full disk")
    kept = rules(workspace, run(workspace, OTHER))
    assert kept[CHANGED] is not None
    assert "ZEPHYR" not in kept[CHANGED].include


def test_a_run_with_corrections_is_another_than_one_without(folder: Path) -> None:
    workspace = opened(folder)
    left = runs.prepare(workspace, folder / "data", (), "ana", Submitted("k", "r"))
    workspace.store.set_run(left.run_id, RunState.FAILED, "a full disk")
    cell = Correction(Subject.COMBO, ("00001", "1"), "mccid", "5812", "5814")
    authority = Authority("ana", "the bank's list")
    batch = workspace.store.correct([cell], authority.actor, authority.actor, authority.reason)
    again = runs.start(workspace, folder / "data", (), Quiet())
    assert (again.resumed, again.run.run_id == left.run_id) == (False, False)
    workspace.store.undo_corrections(batch.batch_id, "ana", "wrong")
    # Without it, the tables are as they were; but what was begun before is older by now.
    assert runs.start(workspace, folder / "data", (), Quiet()).run.run_id != left.run_id


def test_what_a_run_did_with_corrections_stands_with_its_first_step(folder: Path) -> None:
    workspace = opened(folder)
    good = Correction(Subject.COMBO, ("00001", "1"), "mccid", "5812", "5814")
    stale = Correction(Subject.COMBO, ("00002", "1"), "mccid", "0000", "5814")
    workspace.store.correct([good, stale], "ana", "ana", "the bank's list")
    (ingest, *_) = workspace.store.steps(run(workspace, OTHER))
    assert ingest.stats["corrected"] == 1
    (said,) = ingest.stats["stale_corrections"]
    assert "combo 00002 1 mccid: the source says '5812' by now, not '0000'" in said


def test_what_was_learned_of_other_brands_is_in_sight_after_a_partial_run(folder: Path) -> None:
    workspace = opened(folder)
    before = Live(workspace).learned
    run(workspace, OTHER)
    assert Live(workspace).learned == before
