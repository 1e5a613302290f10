"""`analytics report` and `analytics schedule` as commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from brand_metagen.app.workspace import DATABASE
from brand_metagen.store.sql import SqlStore, sqlite_url
from program import Done, good, inside


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace in which nothing was done yet."""
    SqlStore(sqlite_url(tmp_path / DATABASE)).close()
    return tmp_path


def analytics(folder: Path, *args: object) -> Done:
    return inside("analytics", *args, "--workspace", folder)


SCHEDULED = ("--set", "schedule.kinds=errors,daily", "--set", "schedule.formats=json")


def test_the_schedule_is_listed_due_sent_and_not_sent_again(folder: Path) -> None:
    assert "schedule.kinds says which" in good(analytics(folder, "schedule", "list")).err
    listed = good(analytics(folder, "schedule", "list", *SCHEDULED, "--json")).data
    assert [(r["kind"], r["recipient"]) for r in listed] == [
        (kind, who) for kind in ("errors", "daily") for who in ("folder", "log", "file")
    ]
    due = good(analytics(folder, "schedule", "due", *SCHEDULED, "--json")).data
    assert len(due) == 6
    done = good(analytics(folder, "schedule", "send", *SCHEDULED, "--json")).data
    assert done["claimed"] == [[one["report"], one["recipient"]] for one in due]
    assert len(done["sent"]) == 4
    assert all(Path(name).is_file() for name in done["files"])
    again = good(analytics(folder, "schedule", "send", *SCHEDULED))
    assert "0 reports claimed" in again.err
    assert good(analytics(folder, "schedule", "due", *SCHEDULED, "--json")).data == []
    listed = good(analytics(folder, "schedule", "list", *SCHEDULED, "--json")).data
    assert all(row["last"] and row["sent"] == 1 for row in listed)


def test_a_report_that_cannot_be_made_fails_and_stays_due(folder: Path) -> None:
    done = analytics(folder, "schedule", "send", *SCHEDULED[:2], "--set", "schedule.formats=docx")
    assert done.code == 1
    assert "no format 'docx'" in done.err
    assert len(good(analytics(folder, "schedule", "due", *SCHEDULED, "--json")).data) == 6


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("schedule", "due", "--set", "schedule.kinds=hourly"), "no kind of report 'hourly'"),
        (("report", "hourly"), "data-quality"),
        (("report", "run"), "no run has ended yet"),
        (("report", "run", "--run", "RUN-0001"), "no run RUN-0001"),
        (("report", "daily", "--run", "RUN-0001"), "--run goes with"),
        (("report", "daily", "--span", "yearly"), "monthly"),
        (("report", "daily", "--date", "26.11.2026"), "write it as 2026-11-30"),
    ],
)
def test_what_cannot_be_is_said(folder: Path, args: tuple[str, ...], said: str) -> None:
    done = analytics(folder, *args)
    assert done.code == 2
    assert said in done.err


def test_a_report_of_another_span_is_laid_where_it_is_wanted(folder: Path) -> None:
    out = folder / "elsewhere"
    args = ("errors", "--span", "daily", "--date", "2026-11-20", "--format", "json", "--out", out)
    done = good(analytics(folder, "report", *args, "--json"))
    assert done.data["begin"] == "2026-11-20T00:00:00.000+00:00"
    assert [path.name for path in out.iterdir()] == ["errors-2026-11-20.json"]
