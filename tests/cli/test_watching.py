"""Alarms and the log on the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from brand_metagen.app.workspace import DATABASE
from brand_metagen.ports import RunState
from brand_metagen.store.sql import SqlStore, sqlite_url
from places import Place
from program import Done, good, inside


@pytest.fixture
def folder(place: Place, tmp_path: Path) -> Path:
    """A copy of a finished workspace, its log empty."""
    copy = tmp_path / "w"
    shutil.copytree(place.workspace, copy)
    shutil.rmtree(copy / "logs", ignore_errors=True)
    return copy


def ask(folder: Path, *args: object, **changes: str) -> Done:
    return inside(*args, "-w", folder, **changes)


def test_an_alarm_from_going_off_to_being_known(folder: Path) -> None:
    good(ask(folder, "alarms", "check"))
    store = SqlStore(sqlite_url(folder / DATABASE))
    run = store.create_run("data", "{}", ())
    store.set_run(run.run_id, RunState.FAILED, "no room\x1b[2J")
    store.close()
    done = ask(folder, "alarms", "check", "--json")
    assert done.code == 1
    states = {a["name"]: a["state"] for a in done.data}
    assert [name for name, state in states.items() if state == "ALARM"] == ["run-failed"]
    assert "went off: A run failed" in (folder / "notifications.jsonl").read_text()
    listed = good(ask(folder, "alarms", "list")).out
    assert "nobody yet" in listed
    note = ("--note", "the disk\nis full", "--as", "olga")
    good(ask(folder, "alarms", "acknowledge", "run-failed", *note))
    again = ask(folder, "alarms", "acknowledge", "run-failed", *note)
    assert again.code == 3
    assert "olga acknowledged" in again.err
    shown = good(ask(folder, "alarms", "show", "run-failed")).out
    assert "olga knows since" in shown
    assert "  6. " in shown
    whole = good(ask(folder, "alarms", "show", "run-failed", "--json")).data
    assert [e["kind"] for e in whole["history"]][:2] == ["acknowledged", "moved"]
    history = good(ask(folder, "alarms", "history", "--limit", 1, "--json")).data
    assert [e["actor"] for e in history] == ["olga"]
    assert ask(folder, "alarms", "show", "weather").code == 2
    status = good(ask(folder, "status")).out
    assert "alarm run-failed" in status
    assert "wrong" in status
    wrong = good(ask(folder, "status", "--json")).data["wrong"]
    assert wrong[0]["what"] == "alarm run-failed"


def test_one_command_is_one_trace(folder: Path) -> None:
    trace = "ab" * 16
    parent = f"00-{trace}-{'c' * 16}-01"
    note = ("pause", "--reason", "a look", "--as", "olga")
    good(ask(folder, *note, TRACEPARENT=parent))
    good(ask(folder, "unpause", "--as", "olga", TRACEPARENT="forged\n\x1b[2J"))
    rows = good(ask(folder, "audit", "export", "--json")).out
    assert trace in rows
    assert "forged" not in rows
    (line,) = good(ask(folder, "logs", "show", "--trace", trace[:8], "--json")).data
    assert (line["operation"], line["message"], line["level"]) == ("pause", "done", "info")
    assert good(ask(folder, "verify")).code == 0


def test_the_log_is_read_and_asked(folder: Path) -> None:
    assert good(ask(folder, "logs", "show")).out == ""
    assert ask(folder, "brands", "show", "nobody\x1b[2J").code == 2
    shown = good(ask(folder, "logs", "show", "--level", "warning")).out
    assert "InputError" in shown
    assert "\x1b" not in shown
    asked = good(ask(folder, "logs", "query", "validation-errors", "--json")).data
    assert [(row["operation"], row["error"]) for row in asked] == [("brands show", "InputError")]
    assert good(ask(folder, "logs", "query", "errors-per-agent", "--json")).data == []
    for args in (("query", "weather"), ("show", "--level", "loud"), ("show", "--since", "soon")):
        assert ask(folder, "logs", *args).code == 2
    assert inside("logs", "show", "-w", folder / "none").code == 2


def test_the_log_is_a_setting(folder: Path) -> None:
    (folder / "config.toml").write_text("[log]\nfiles = false\n")
    good(ask(folder, "brands", "list"))
    assert not (folder / "logs").exists()
    (folder / "config.toml").write_text('[log]\nlevel = "error"\n')
    good(ask(folder, "brands", "list"))
    assert not list((folder / "logs").glob("*")) if (folder / "logs").exists() else True
    (folder / "config.toml").write_text('[log]\nlevel = "loud"\n')
    assert "log.level" in ask(folder, "brands", "list").err
