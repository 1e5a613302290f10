"""`report`, `analyse` and `notices` as commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brand_metagen.app.workspace import DATABASE
from brand_metagen.ports import Cause, Level, Opening
from brand_metagen.store.sql import SqlStore, sqlite_url
from case_market import Clock, Office, brands
from program import Done, good, inside

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A workspace with one case of yesterday, and its message on two channels."""
    when = datetime.now(UTC) - timedelta(hours=30)
    clock = Clock(when)
    store = SqlStore(sqlite_url(tmp_path / DATABASE), clock=clock)
    brands(store, ["Star", "Moon"])
    Office(store, clock).open(when, "1", "Star", Cause.ROUND_LIMIT)
    channels = ("log", "file")
    store.open_case(Opening("2", "Moon", Cause.LEGAL, Level(3), "why", channels=channels), "anna")
    yield tmp_path
    store.close()


def escalations(verb: str, folder: Path, *args: object, **environ: str) -> Done:
    return inside("escalations", verb, *args, "--workspace", folder, **environ)


def test_a_report_is_laid_into_the_workspace(folder: Path) -> None:
    done = good(escalations("report", folder, "weekly"))
    names = sorted(path.suffix for path in (folder / "reports").iterdir())
    assert names == [".html", ".json", ".pdf"]
    assert "Week " in done.err


def test_one_format_elsewhere_and_the_figures_on_standard_output(folder: Path) -> None:
    out = folder / "elsewhere"
    args = ("monthly", "--format", "html", "--out", out, "--json")
    done = good(escalations("report", folder, *args))
    assert [path.suffix for path in out.iterdir()] == [".html"]
    assert done.data["title"] == "Escalations, monthly"
    assert done.data["files"] == [str(path) for path in out.iterdir()]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("yearly",), "there are daily, weekly, monthly"),
        (("",), "there are daily, weekly, monthly"),
        (("daily", "--date", "26.11.2026"), "write a day as YYYY-MM-DD"),
        (("daily", "--date", "2999-01-01"), "has not begun"),
        (("daily", "--format", "docx"), "there are html, pdf, json"),
        (("daily", "--set", "report.timezone=Mars/Olympus"), "no time zone"),
    ],
)
def test_what_cannot_be_reported(folder: Path, args: tuple[str, ...], said: str) -> None:
    done = escalations("report", folder, *args)
    assert done.code == 2
    assert said in done.err
    assert not (folder / "reports").exists()


def test_analyse(folder: Path) -> None:
    done = good(escalations("analyse", folder))
    assert "2 cases opened" in done.out
    assert "legal or compliance" in done.out
    found = good(escalations("analyse", folder, "--json")).data
    assert {p["name"]: p["cases"] for p in found["causes"]} == {
        "legal_or_compliance": 1, "round_limit": 1,
    }  # fmt: skip
    assert good(escalations("analyse", folder, "--to", "2020-01-01", "--json")).data["cases"] == 0


def test_messages_are_listed_sent_and_tried_again(folder: Path) -> None:
    listed = good(escalations("notices", folder, "--json")).data
    assert [(n["channel"], n["state"]) for n in listed] == [("log", "waiting"), ("file", "waiting")]
    sent = good(escalations("notices", folder, "--send"))
    assert "2 sent, 0 to be tried later, 0 given up" in sent.err
    assert json.loads((folder / "notifications.jsonl").read_text())["case_id"].startswith("ESC-")
    again = good(escalations("notices", folder, "--retry", "--state", "failed", "--json"))
    assert "0 sent" in again.err
    assert again.data == []


def test_a_channel_without_its_address_is_told_before_anything_is_sent(folder: Path) -> None:
    settings = {"BRAND_METAGEN_NOTIFY_CHANNELS": "log,slack"}
    done = escalations("notices", folder, "--send", **settings)
    assert done.code == 2
    assert "notify.slack_url is empty" in done.err
    waiting = good(escalations("notices", folder, "--state", "waiting", "--json")).data
    assert len(waiting) == 2


def test_messages_of_channels_that_are_not_set_up_here_are_told(folder: Path) -> None:
    settings = {"BRAND_METAGEN_NOTIFY_CHANNELS": "log"}
    done = good(escalations("notices", folder, "--send", **settings))
    assert "1 wait for channels not set up here (file)" in done.err


def test_word_of_an_act_goes_out_when_its_command_ends(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    args = ("Star", "--cause", "data_doubt", "--reason", "odd codes")
    done = good(escalations("create", folder, *args))
    lines = (folder / "notifications.jsonl").read_text().splitlines()
    assert "odd codes" in lines[-1]
    told = [r.getMessage() for r in caplog.records if r.name == "brand_metagen.notices"]
    assert told[-1].endswith("-003 opened: Star (1), data doubt")
    assert "-003 opened" in done.out


def test_a_channel_without_its_address_is_told_before_a_case_is_opened(folder: Path) -> None:
    settings = {"BRAND_METAGEN_NOTIFY_CHANNELS": "email"}
    args = ("Star", "--cause", "data_doubt", "--reason", "odd codes")
    done = escalations("create", folder, *args, **settings)
    assert done.code == 2
    assert "notify.email_to is empty" in done.err
    assert len(good(escalations("list", folder, "--json")).data) == 2


def test_a_channel_that_fails_does_not_undo_the_act(folder: Path) -> None:
    (folder / "notifications.jsonl").mkdir()
    args = ("Star", "--cause", "data_doubt", "--reason", "odd codes")
    done = good(escalations("create", folder, *args))
    assert "`escalations notices --send` tries again" in done.err
    assert len(good(escalations("list", folder, "--json")).data) == 3


def test_given_up_messages_fail_the_command(folder: Path) -> None:
    (folder / "notifications.jsonl").mkdir()
    settings = {"BRAND_METAGEN_NOTIFY_ATTEMPTS": "1"}
    done = escalations("notices", folder, "--send", "--state", "failed", **settings)
    assert done.code == 1
    assert "1 given up" in done.err
    assert "notifications.jsonl" in done.out


def test_the_commands_of_the_document_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    words = {"W": str(folder), "2026-11-26": f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"}
    lines = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8").splitlines()
    shown = [line.split()[1:] for line in lines if line.startswith("    brand-metagen ")]
    assert len(shown) >= 8
    for args in shown:
        good(inside(*(words.get(arg, arg) for arg in args)))
    assert len(list((folder / "reports-of-the-month").iterdir())) == 3
