"""`brands update|create|reassign|deactivate|reprocess|validate|undo`: who, why, what changes."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from places import Place
from program import Done, good, inside
from star import STAR, star_market, write_tables

WHY = ("--reason", "the bank's list")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A finished run over tables with rows in quarantine; nothing may be written here."""
    place, market = Place(tmp_path_factory.mktemp("admin")), star_market()
    market.add("Q1", "107", "0000", "TIDEWELL 7 LEEDS", "107")
    market.add("Q2", "777", "5651", "TIDEWELL 8 YORK", "107")
    market.add("Q3", "107", "5651", "TIDEWELL 9 BATH", "107")
    write_tables(place.data, market)
    good(inside("run", "--data", place.data, "--workspace", place.workspace))
    return place


class Desk:
    """Commands over a copy of one's own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workspace = folder, folder / "w"
        self.bad, self.unknown, self.fine = (f"{n:05d}" for n in range(656, 659))

    def __call__(self, *args: object, **environ: str) -> Done:
        return inside(*args, "--workspace", self.workspace, **environ)

    def data(self, *args: object) -> Any:
        return good(self(*args, "--json")).data

    def quarantine(self) -> list[str]:
        good(self("export", "--out", self.folder / "o"))
        with (self.folder / "o" / "quarantine.csv").open(newline="") as file:
            return [row["reason"] for row in csv.DictReader(file)]


@pytest.fixture
def desk(whole: Place, tmp_path: Path) -> Desk:
    # The run's record names the tables where they were: they are never written, so they stay there.
    shutil.copytree(whole.workspace, tmp_path / "w")
    return Desk(tmp_path)


def test_a_row_in_quarantine_is_found_corrected_and_learned(desk: Desk) -> None:
    found = desk("brands", "validate", "Tidewell", "--json")
    assert (found.code, found.data["valid"], found.data["labelled"]) == (1, False, 44)
    assert found.data["critical"] == {"unknown mccid": 1}
    (bad,) = found.data["quarantined"]
    assert (bad["ccid"], bad["bankid"], bad["reason"]) == (desk.bad, "1", "unknown mccid")
    (lost,) = desk("brands", "validate", "777", "--json").data["quarantined"]
    assert (lost["ccid"], lost["reason"]) == (desk.unknown, "unknown brandid")

    told = ("brands", "update", "Tidewell", "--ccid", f"{desk.bad}@1", "--mccid", "5651", *WHY)
    tried = desk.data(*told, "--dry-run")
    assert (tried["stored"], tried["batch_id"], tried["counts"]) == (False, "", {"combo.mccid": 1})
    (cell,) = tried["samples"]
    assert (cell["old"], cell["value"], cell["narrative"]) == ("0000", "5651", "TIDEWELL 7 LEEDS")
    assert desk.data("brands", "corrections")["batches"] == []
    done = desk.data(*told, "--authorised-by", "cleo", "--as", "ana")
    assert (done["stored"], done["batch_id"], done["brands"]) == (True, "COR-0001", ["107"])
    given = desk.data("brands", "reassign", "777", "--to", "107", "--all", *WHY)
    assert given["counts"] == {"combo.brandid": 1}
    # The same again changes nothing, and is no batch.
    assert desk.data(*told) == {**tried, "counts": {}, "samples": [], "brands": []}

    again = desk.data("brands", "reprocess", "Tidewell", "--reason", "two rows were rescued")
    (brand,) = again["brands"]
    assert (brand["gained"], brand["lost"]) == (2, 0)
    assert brand["samples_gained"] == [f"{desk.bad}@1", f"{desk.unknown}@1"]
    assert desk.quarantine() == []
    checked = desk.data("brands", "validate", "Tidewell")
    assert (checked["valid"], checked["quarantined"], checked["labelled"]) == (True, [], 45)


def test_every_correction_says_who_why_and_by_whose_leave(desk: Desk) -> None:
    told = ("brands", "update", "107", "--sector", "Clothes", *WHY, "--as", "ana")
    good(desk(*told, "--authorised-by", "cleo"))
    (batch,) = desk.data("brands", "corrections")["batches"]
    assert {n: batch[n] for n in ("actor", "authorised_by", "reason", "case_id")} == {
        "actor": "ana", "authorised_by": "cleo", "reason": "the bank's list", "case_id": "",
    }  # fmt: skip
    shown = good(desk("brands", "corrections")).out
    assert all(word in shown for word in ("COR-0001", "ana", "cleo", "the bank's list"))
    log = good(desk("audit", "export")).out
    assert [json.loads(line)["action"] for line in log.splitlines()][-1] == "corrected"


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("update", "107", "--name", "X"), 2, "--reason"),
        (("update", "107", "--name", "X", "--reason", " "), 2, "needs a reason"),
        (("update", "107", *WHY), 2, "nothing to change"),
        (("update", "107", "--mccid", "5411", *WHY), 2, "name both the rows"),
        (("update", "107", "--ccid", "00001", *WHY), 2, "name both the rows"),
        (("update", "107", "--ccid", "00001", "--mccid", "5411", *WHY), 2, "is labelled '101'"),
        (("update", "101", "--ccid", "00001", "--mccid", "9", *WHY), 2, "no code '9'"),
        (("update", "101", "--ccid", "00001@2", "--mccid", "5411", *WHY), 2, "of bank 2"),
        (("update", "101", "--ccid", "00001", "--narrative", "東京", *WHY), 2, "nothing is left"),
        (("update", "101", "--name", "東京", *WHY), 2, "a Latin letter"),
        (("update", "nobody", "--name", "X", *WHY), 2, "no brand 'nobody'"),
        (("update", "777", "--name", "X", *WHY), 2, "not in the brand table"),
        (("update", "101", "--name", "X", *WHY, "--case", "ESC-2026-999"), 2, "ESC-2026-999"),
        (("create", "Tidewell", "--id", "555", *WHY), 3, "is called 'Tidewell' already"),
        (("create", "New", "--id", "101", *WHY), 3, "is the brand 'Harbour Grill'"),
        (("create", "New", "--id", " 5", *WHY), 2, "no blanks around"),
        (("create", "New", "--id", "5" * 65, *WHY), 2, "1 to 64 characters"),
        (("create", "New", "--parent", "nobody", *WHY), 2, "no brand 'nobody'"),
        (("reassign", "101", "--to", "102", *WHY), 2, "say which rows"),
        (("reassign", "101", "--to", "777", "--all", *WHY), 2, "not in the brand table"),
        (("reassign", "101", "--to", "102", "--all", "--word", "X", *WHY), 2, "say which rows"),
        (("reassign", "101", "--to", "102", "--narrative-pattern", "(A+)+", *WHY), 2, "portable"),
        (("split", STAR, "--apply"), 2, "needs a reason"),
        (("split", STAR, "--apply", "--proposal", "none.json", *WHY), 2, "none.json"),
        (("reprocess", "101", "--reason", ""), 2, "why"),
        (("reprocess", "nobody", *WHY), 2, "no brand"),
        (("undo", "COR-0001", *WHY), 2, "no batch 'COR-0001'"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_a_reason(
    desk: Desk, args: tuple[str, ...], code: int, said: str
) -> None:
    done = desk("brands", *args)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert desk.data("brands", "corrections")["batches"] == []


def test_a_second_person_may_be_required(desk: Desk) -> None:
    told = ("brands", "update", "107", "--name", "Tidewell Ltd", *WHY, "--as", "ana")
    on = {"BRAND_METAGEN_ESCALATE_CORRECTION_AUTHORISER": "true"}
    good(desk(*told, "--dry-run", **on))
    for more in ((), ("--authorised-by", "ana")):
        refused = desk(*told, *more, **on)
        assert (refused.code, "second person" in refused.err) == (4, True)
    good(desk(*told, "--authorised-by", "cleo", **on))


def test_rows_are_given_by_criteria_all_kinds_of_which_must_hold(desk: Desk) -> None:
    def count(*criteria: str) -> int:
        told = ("brands", "reassign", STAR, "--to", "101", *criteria, *WHY, "--dry-run")
        return int(desk.data(*told)["counts"].get("combo.brandid", 0))

    assert count("--all") == 151
    assert count("--word", "burger") == 48
    assert count("--word", "BURGER", "--word", "COFFEE") == 93
    assert count("--word", "BURG") == 0
    assert count("--narrative-pattern", "STAR BURG") == 48
    assert (
        count("--mccid", "5812")
        + count("--mccid", "5814", "--mccid", "5411")
        + count("--mccid", "5499")
        == 151
    )
    assert count("--word", "BURGER", "--mccid", "5812") == 24
    assert count("--ccid", "00505@1", "--ccid", "00506") == 2
    assert count("--ccid", "00505@1", "--word", "COFFEE") == 0


def test_a_brand_is_made_given_rows_ended_and_all_is_undone(desk: Desk) -> None:
    made = desk.data("brands", "create", "Star Burger", "--sector", "Food", "--parent", STAR, *WHY)
    assert (made["batch_id"], made["brands"]) == ("COR-0001", ["901"])
    again = desk.data("brands", "create", "STAR BURGER", *WHY)
    assert (again["stored"], again["note"]) == (False, "brand 901 is called so already")
    good(desk("brands", "reassign", STAR, "--to", "Star Burger", "--word", "BURGER", *WHY))
    good(desk("brands", "deactivate", "Willow Pets", *WHY))
    refused = desk("brands", "reprocess", "Willow Pets", *WHY)
    assert (refused.code, "ended by a correction: 112" in refused.err) == (2, True)
    assert len(desk.data("runs", "list")) == 1
    ended = desk.data("brands", "deactivate", "Willow Pets", *WHY)
    assert (ended["stored"], ended["note"]) == (False, "it is ended already")
    states = {b["brandid"]: b["state"] for b in desk.data("brands", "list")}
    assert (states["901"], states["112"]) == ("unprocessed", "deactivated")

    learned = desk.data("brands", "reprocess", "901", STAR, *WHY)["brands"]
    assert {b["brandid"]: b["after"]["state"] for b in learned} == dict.fromkeys(
        ("900", "901"), "awaiting_review"
    )
    assert next(b for b in learned if b["brandid"] == "901")["gained"] == 48

    first = desk("brands", "undo", "COR-0001", *WHY)
    assert (first.code, "COR-0002 builds on COR-0001" in first.err) == (3, True)
    for batch in ("COR-0003", "COR-0002", "COR-0001"):
        assert desk.data("brands", "undo", batch, *WHY)["undone_at"]
    states = {b["brandid"]: b["state"] for b in desk.data("brands", "list")}
    assert (states["901"], states["112"]) == ("deactivated", "awaiting_review")
    twice = desk("brands", "undo", "COR-0001", *WHY)
    assert (twice.code, "was undone by" in twice.err) == (3, True)


def test_rows_without_a_label_can_be_given(desk: Desk) -> None:
    good(desk("brands", "create", "Star Tea", *WHY))
    taken = desk.data("brands", "reassign", STAR, "--to", "Star Tea", "--ccid", "00646", *WHY)
    assert taken["counts"] == {"combo.brandid": 1}
    told = ("brands", "reassign", "-", "--to", "Star Tea", "--all", *WHY, "--dry-run")
    assert desk.data(*told)["note"] == "0 of 0 rows"


def test_reprocessing_is_in_the_log_with_its_reason(desk: Desk) -> None:
    good(desk("brands", "reprocess", "107", "101", "--reason", "because", "--as", "ana"))
    last = [json.loads(line) for line in good(desk("audit", "export")).out.splitlines()][-1]
    assert (last["actor"], last["action"], last["subject"]) == ("ana", "reprocessed", "RUN-0002")
    assert (last["detail"]["brands"], last["detail"]["reason"]) == (["101", "107"], "because")


def test_a_correction_that_the_source_overtook_is_shown(whole: Place, tmp_path: Path) -> None:
    data = Path(shutil.copytree(whole.data, tmp_path / "data"))
    good(inside("run", "--data", data, "--workspace", tmp_path / "w"))
    desk = Desk(tmp_path)
    good(desk("brands", "update", "101", "--ccid", "00001", "--mccid", "5814", *WHY))
    combo = data / "combo.csv"
    text = combo.read_text().replace("00001,1,M101000,101,5812", "00001,1,M101000,101,5411")
    combo.write_text(text)
    found = desk("brands", "corrections")
    assert "not applied: combo 00001 1 mccid: the source says '5411' by now" in found.err
    assert len(desk.data("brands", "corrections")["stale"]) == 1
    shutil.rmtree(data)
    gone = desk("brands", "update", "101", "--name", "X", *WHY)
    assert (gone.code, "are not there any more" in gone.err) == (2, True)


LONG = "x" * 10_001


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("create", "Zed", "--reason", LONG), "the text has 10,001 characters"),
        (("create", LONG, *WHY), "a brand's name has 10,001 characters, 1,000 at most"),
        (("create", "Zed", "--sector", LONG, *WHY), "a sector has"),
        (("update", "107", "--name", LONG, *WHY), "a brand's name has"),
        (("update", "107", "--sector", LONG, *WHY), "a sector has"),
        (("create", "Zed", "--as", LONG, *WHY), "a person's name has"),
        (("create", "Zed", "--authorised-by", LONG, *WHY), "a person's name has"),
        (("create", "Zed", "--case", "ESC-2000-001", "--dry-run", *WHY), "no case ESC-2000-001"),
    ],
)
def test_what_is_too_long_or_not_there(desk: Desk, args: tuple[str, ...], said: str) -> None:
    done = desk("brands", *args)
    assert (done.code, said in done.err) == (2, True), done.err
    assert desk.data("brands", "corrections")["batches"] == []


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("pause", "--reason", LONG), "the text has"),
        (("pause", "--reason", " "), "say why"),
        (("routine", "morning", "--done", "alerts", "--note", LONG), "the text has"),
        (("escalations", "create", "--reason", "x", "--assignee", LONG), "a person's name has"),
        (("analytics", "metrics", "--to", "9999-12-31"), "name days of the years"),
        (("analytics", "metrics", "--from", "0001-01-01"), "name days of the years"),
        (("analytics", "trend", "--from", "1990-01-01", "--step", "1"), "1,000 steps at the most"),
    ],
)
def test_what_is_beyond_measure(desk: Desk, args: tuple[str, ...], said: str) -> None:
    done = desk(*args)
    assert (done.code, said in done.err) == (2, True), done.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--target", "average_rounds=nan"), "is no number"),
        (("--target", "average_rounds=inf"), "is no number"),
        (("--action", "dana:2026-99-01:look"), "is no day"),
        (("--cause", LONG), "the text has"),
    ],
)
def test_a_plan_that_cannot_be_measured(desk: Desk, more: tuple[str, ...], said: str) -> None:
    plan = ("analytics", "plan", "create", "slow", "--action", "dana:2026-12-15:look")
    done = desk(*plan, "--due", "2026-12-31", *more)
    assert (done.code, said in done.err) == (2, True), done.err
    assert desk.data("analytics", "plan", "list") == []


def test_corrections_of_one_case_settle_no_other(desk: Desk) -> None:
    for brand in ("107", "108"):
        good(desk("escalations", "create", brand, "--cause", "data_doubt", "--reason", "odd"))
    first, second = sorted(c["case_id"] for c in desk.data("escalations", "list"))
    good(desk("brands", "create", "Zed", "--case", first, *WHY))
    settle = ("--method", "data_correction", "--batch", "COR-0001", "--note", "done")
    refused = desk("escalations", "resolve", second, *settle)
    assert (refused.code, f"made for case {first}" in refused.err) == (2, True)
    good(desk("escalations", "resolve", first, *settle))
    assert desk("escalations", "undo", first).code == 2
    assert [b["undone_at"] for b in desk.data("brands", "corrections")["batches"]] == [""]
    strict = {"BRAND_METAGEN_ESCALATE_CORRECTION_AUTHORISER": "true"}
    undo = ("escalations", "undo", first, "--reason", "a slip")
    assert desk(*undo, **strict).code == 4, "the second person is asked here as well"
    good(desk(*undo))
    assert [b["undone_by"] != "" for b in desk.data("brands", "corrections")["batches"]] == [True]


def test_what_was_done_is_seen_when_files_are_gone(desk: Desk) -> None:
    good(desk("brands", "create", "Zed", *WHY))
    good(desk("escalations", "create", "107", "--cause", "data_doubt", "--reason", "odd"))
    record = desk.workspace / "brand-metagen.sqlite3"
    with sqlite3.connect(record) as store:
        store.execute("UPDATE runs SET source = 'gone'")
    listed = desk.data("brands", "corrections")
    assert [b["batch_id"] for b in listed["batches"]] == ["COR-0001"]
    assert "not there any more" in listed["unread"]
    shutil.rmtree(desk.workspace / "runs")
    (case,) = desk.data("escalations", "list")
    assert desk.data("escalations", "show", case["case_id"])["reason"] == "odd"
    told = desk("brands", "validate", "107")
    assert told.code != 0
    status = desk("status")
    assert (status.code, "restore a backup" in status.err) == (1, True)


def test_health_answers_though_the_store_does_not_open(desk: Desk) -> None:
    (desk.workspace / "brand-metagen.sqlite3").write_bytes(b"garbage" * 1_000)
    found = desk("health", "--json")
    assert (found.code, found.data["condition"]) == (1, "fail")
    assert [(c["part"], c["condition"]) for c in found.data["checks"]] == [("store", "fail")]


@pytest.mark.parametrize("field", ["name", "sector"])
def test_a_part_s_name_and_sector_have_bounds(desk: Desk, field: str) -> None:
    proposal = desk.folder / "parts.json"
    good(desk("brands", "split", STAR, "--proposal", proposal))
    parts = json.loads(proposal.read_text())
    parts["parts"][0][field] = LONG
    proposal.write_text(json.dumps(parts))
    refused = desk("brands", "split", STAR, "--proposal", proposal, "--apply", *WHY)
    assert (refused.code, "1,000 at most" in refused.err) == (2, True), refused.err
