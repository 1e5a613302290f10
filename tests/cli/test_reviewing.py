"""`review`, `feedback`, `metadata` versions, `publish`, `verify`, `audit`: a reviewer's day."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from brand_metagen.app.workspace import DATABASE
from brand_metagen.store import schema
from brand_metagen.store.sql import SqlStore, sqlite_url
from places import Place
from program import Done, good, inside

FORMS = ("html", "json", "pdf")


class Desk:
    """Commands over a workspace of one's own."""

    def __init__(self, workspace: Path, rows: dict[str, list[dict[str, str]]]) -> None:
        self.workspace, self.rows = workspace, rows
        self.brandid = max((b for b in rows if b), key=lambda b: (len(rows[b]), b))

    def __call__(self, *args: object, stdin: bytes = b"") -> Done:
        return inside(*args, "--workspace", self.workspace, stdin=stdin)

    def data(self, *args: object) -> Any:
        return good(self(*args, "--json")).data

    def key(self, place: int = 0, brandid: str | None = None) -> str:
        row = self.rows[self.brandid if brandid is None else brandid][place]
        return f"{row['ccid']}@{row['bankid']}"


@pytest.fixture(scope="session")
def decided(place: Place) -> dict[str, list[dict[str, str]]]:
    """The rows by the brand they were given to."""
    found: dict[str, list[dict[str, str]]] = {}
    with (place.release.parent / "assignments.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["brandid"], []).append(row)
    return found


@pytest.fixture
def desk(place: Place, tmp_path: Path, decided: dict[str, list[dict[str, str]]]) -> Desk:
    shutil.copytree(place.workspace, tmp_path / "w")
    return Desk(tmp_path / "w", decided)


def test_the_queue_is_ordered_filtered_and_claimed(desk: Desk) -> None:
    queue = desk.data("review", "queue")
    assert [line["priority"] for line in queue] == sorted(
        (q["priority"] for q in queue), reverse=True
    )
    sure = desk.data("review", "queue", "--below", 0.5)
    assert {q["brandid"] for q in sure} == {q["brandid"] for q in queue if q["confidence"] < 0.5}
    first = desk.data("review", "next", "--as", "ana")["brandid"]
    assert first == queue[0]["brandid"]
    assert desk.data("review", "next", "--as", "ben")["brandid"] == queue[1]["brandid"]
    assert desk.data("review", "queue")[0]["claimed_by"] == "ana"


def test_a_remark_changes_the_rule_and_is_remembered(desk: Desk) -> None:
    tried = desk.data(
        "feedback", "submit", desk.brandid, "--does-not-belong", desk.key(), "--dry-run"
    )
    assert (tried["stored"], desk.data("metadata", "versions", desk.brandid)[-1]["version"]) == (
        False,
        1,
    )
    done = good(
        desk("feedback", "submit", desk.brandid, "--does-not-belong", desk.key(), "--as", "ana")
    )
    assert "now v2" in done.out
    assert "loses" in done.out
    (said,) = desk.data("feedback", "history", desk.brandid)
    assert (said["author"], said["outcome"], said["made"]) == ("ana", "applied", 2)
    shown = good(desk("feedback", "explain", said["feedback_id"])).out
    assert "is not theirs" in shown
    assert "made v2" in shown
    look = desk.data("review", "show", desk.brandid)
    assert (look["version"], look["round"], len(look["constraints"])) == (2, 1, 1)
    assert "promised to ana" in good(desk("review", "show", desk.brandid)).out
    diff = desk.data("metadata", "diff", desk.brandid)
    assert (diff["before"], diff["after"]) == (1, 2)


def test_a_run_leaves_its_report_and_does_not_fail_with_it(desk: Desk, place: Place) -> None:
    files = [desk.workspace / "reports" / f"run-RUN-0001.{form}" for form in FORMS]
    assert desk.data("runs", "show", "RUN-0001")["report"] == list(map(str, files))
    told = good(desk("runs", "show", "RUN-0001")).out.splitlines()[-1]
    assert told == f"report: {', '.join(map(str, files))}"
    assert json.loads(files[1].read_text())["figures"]["run"]["run_id"] == "RUN-0001"

    shutil.rmtree(desk.workspace / "reports")
    (desk.workspace / "reports").write_text("in the way")
    body = {"kind": "words_out", "text": "CAFE", "row": None}
    once = {"author": "ana", "given_at": "", "feedback_id": "FB-1", "content": "x", "body": body}
    store = SqlStore(sqlite_url(desk.workspace / DATABASE))
    with store._writing() as connection:
        connection.execute(schema.proposals.insert().values(brandid=desk.brandid, **once))
    store.close()
    said = good(desk("run", "--data", place.data)).err
    assert "the report could not be made whole: FileExistsError" in said
    again = ("analytics", "report", "run", "--run", "RUN-0002")
    assert " ".join(map(str, again)) in said
    assert "1 lessons of other brands wait to be adopted: brand-metagen feedback adopt" in said
    shown = desk.data("runs", "show", "RUN-0002")
    assert (shown["state"], shown["report"]) == ("completed", [])
    (desk.workspace / "reports").unlink()
    good(desk(*again))
    assert len(desk.data("runs", "show", "RUN-0002")["report"]) == 3


def test_whose_a_row_labelled_to_the_brand_is(desk: Desk) -> None:
    other = next(
        row for rows in desk.rows.values() for row in rows
        if row["decision"] == "confirmed" and row["given_brandid"] not in ("", row["brandid"])
    )  # fmt: skip
    at = (other["given_brandid"], "--samples", 1000)
    found = {row["ccid"]: row for row in desk.data("review", "show", *at)["rows"]["confirmed"]}
    name = desk.data("brands", "show", other["brandid"])["brandname"]
    said = f"given to {other['brandid']} {name}"
    assert found[other["ccid"]]["whose"] == said
    own = [row["whose"] for row in found.values() if row["brandid"] == other["given_brandid"]]
    assert set(own) == {""}
    lines = good(desk("review", "show", *at)).out.splitlines()
    assert [line for line in lines if line.startswith("    confirmed") and line.endswith(said)]


def test_a_number_of_several_banks_is_asked_about(desk: Desk) -> None:
    keys = [row["ccid"] for found in desk.rows.values() for row in found]
    doubled = next(ccid for ccid in keys if keys.count(ccid) > 1)
    done = desk("feedback", "submit", desk.brandid, "--belongs", doubled)
    assert (done.code, "several banks" in done.err) == (2, True)


def test_the_text_may_come_through_a_pipe(desk: Desk) -> None:
    done = desk("feedback", "submit", desk.brandid, "-", "--json", stdin=b"wrong")
    assert good(done).data["outcome"] == "unclear"


@pytest.mark.parametrize(
    ("wishes", "code", "said"),
    [
        (("--belongs", "no such row"), 2, "no combo"),
        (("--pattern", "^(A+)+$"), 2, "portable"),
        (("--mcc-in", "no code"), 2, "no code"),
        (("--kind", "odd"), 2, "no kind"),
        (("--mcc-in", "5812", "--mcc-out", "5812"), 3, "but"),
        (("--mcc-out", "5812", "--version", "9"), 3, "at version 1, not 9"),
    ],
)
def test_what_cannot_be_asked(desk: Desk, wishes: tuple[str, ...], code: int, said: str) -> None:
    done = desk("feedback", "submit", desk.brandid, *wishes)
    assert done.code == code, done.err
    assert said in done.err


def test_from_approval_to_a_release_and_back(desk: Desk) -> None:
    assert desk("publish").code == 3
    assert desk("export", "--what", "published", "--out", desk.workspace / "o").code == 2
    decided = desk.data("review", "approve", desk.brandid, "--as", "ana", "--note", "fine")
    assert (decided["state"], decided["version"]) == ("approved", 1)
    assert desk("review", "approve", desk.brandid).code == 3
    assert desk.data("review", "undo", desk.brandid)["state"] == "awaiting_review"
    good(desk("review", "approve", desk.brandid))
    release = desk.data("publish", "--as", "op")["release"]
    assert desk("review", "undo", desk.brandid).code == 3
    exported = desk.data("export", "--what", "published", "--out", desk.workspace / "o")
    assert exported["release"] == release
    (record,) = (desk.workspace / "o" / "metadata.jsonl").read_text().splitlines()
    assert (json.loads(record)["brandid"], json.loads(record)["status"]) == (
        desk.brandid,
        "published",
    )
    (publication,) = desk.data("publish", "--history")
    assert publication["actor"] == "op"


def test_flagging_and_rejecting_leave_a_trace(desk: Desk) -> None:
    assert desk.data("review", "reject", desk.brandid, "--note", "no")["state"] == "awaiting_review"
    assert desk.data("review", "flag", desk.brandid, "--note", "legal")["state"] == "escalated"
    (told, *_) = (desk.workspace / "notifications.jsonl").read_text().splitlines()
    assert json.loads(told)["case_id"].startswith("ESC-"), "word goes out at the end of the command"
    assert desk("review", "round", desk.brandid, 3).code == 2
    assert desk.data("review", "round", desk.brandid, 3, "--note", "stuck")["round"] == 3


def test_versions_by_hand(desk: Desk, tmp_path: Path) -> None:
    refused = desk(
        "metadata",
        "create",
        desk.brandid,
        "--include",
        "[ -~]{0,9}",
        "--mccids",
        "5812",
        "--notes",
        "x",
    )
    assert refused.code == 2
    rule = {"include": "ZZQQ", "mccids": ["5812"], "notes": "agreed with the bank"}
    (tmp_path / "rule.json").write_text(json.dumps(rule))
    made = desk.data(
        "metadata", "create", desk.brandid, "--file", tmp_path / "rule.json", "--as", "ana"
    )
    assert (made["version"], made["stored"]) == (2, True)
    shown = desk.data("metadata", "show", desk.brandid)
    assert (shown["include"], shown["evidence"]["made_by"]["author"]) == ("ZZQQ", "ana")
    assert shown["evidence"]["made_by"]["notes"] == "agreed with the bank"
    good(desk("metadata", "rollback", desk.brandid, "--to", 1))
    versions = desk.data("metadata", "versions", desk.brandid)
    assert [v["version"] for v in versions] == [1, 2, 3]
    assert versions[2]["include"] == versions[0]["include"]
    assert desk("metadata", "rollback", desk.brandid, "--to", 9).code == 2


def test_a_rule_by_hand_keeps_promises(desk: Desk) -> None:
    good(desk("feedback", "submit", desk.brandid, "--belongs", desk.key()))
    version = desk.data("metadata", "show", desk.brandid)["version"]
    done = desk(
        "metadata", "create", desk.brandid, "--include", "ZZQQ", "--mccids", "5812", "--notes", "x"
    )
    assert (done.code, "break a promise" in done.err) == (3, True)
    assert desk.data("metadata", "show", desk.brandid)["version"] == version


def test_the_log_can_be_exported_and_checked(desk: Desk, tmp_path: Path) -> None:
    good(desk("review", "approve", desk.brandid, "--as", "ana"))
    good(desk("publish"))
    good(desk("audit", "export", "--out", tmp_path / "log.jsonl"))
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["previous"] for row in rows[1:]] == [row["digest"] for row in rows[:-1]]
    assert ("ana", "approve") in {(row["actor"], row["action"]) for row in rows}
    found = desk.data("verify")
    counts = {name: found[name] for name in ("audit_rows", "damage")}
    assert counts == {"audit_rows": len(rows), "damage": []}


def test_a_run_anew_keeps_what_was_promised_and_decided(desk: Desk, place: Place) -> None:
    other = min(b for b in desk.rows if b and b != desk.brandid)
    good(desk("review", "approve", other))
    good(desk("feedback", "submit", desk.brandid, "--does-not-belong", desk.key()))
    promised = desk.data("metadata", "show", desk.brandid)
    good(desk("run", "--data", place.data, "--fresh"))
    now = desk.data("metadata", "show", desk.brandid)
    assert now["exclude"] == promised["exclude"]
    assert now["mccids"] == promised["mccids"]
    queue = {q["brandid"] for q in desk.data("review", "queue", "--limit", 1000)}
    assert desk.brandid in queue
    assert other not in queue
