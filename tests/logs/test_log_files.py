"""The log's files: by day, by size, forgotten in time, shared by processes; and read again."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from brand_metagen import tracing
from brand_metagen.config import LOG_FOLDER, LogSettings
from brand_metagen.errors import InputError, NotFound
from brand_metagen.logs import reading
from brand_metagen.logs.files import DayFiles, files
from brand_metagen.logs.lines import JsonLines
from brand_metagen.logs.reading import QUERIES, Wanted
from brand_metagen.logs.setup import logging_to

LOG = logging.getLogger("brand_metagen.test")


class Day:
    """A clock in a zone that changes its time that night."""

    now = datetime(2026, 10, 24, 23, 59, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now.astimezone()


def handler(folder: Path, clock: Day, **settings: int) -> DayFiles:
    made = DayFiles(folder, LogSettings(**settings), clock)  # type: ignore[arg-type]
    made.setFormatter(JsonLines())
    return made


def write(made: DayFiles, message: str = "x") -> None:
    made.handle(logging.LogRecord("x", logging.INFO, "", 0, message, (), None))


def names(folder: Path) -> list[str]:
    return [path.name for path in files(folder)]


def test_a_file_for_each_day_of_utc_and_old_ones_go(tmp_path: Path) -> None:
    clock = Day()
    made = handler(tmp_path, clock, keep_days=2)
    write(made)
    clock.now += timedelta(minutes=1)
    write(made)
    assert names(tmp_path) == ["2026-10-24.jsonl", "2026-10-25.jsonl"]
    (tmp_path / "notes.jsonl").write_text("somebody's own\n")
    clock.now += timedelta(days=2)
    write(made)
    assert names(tmp_path) == ["2026-10-25.jsonl", "2026-10-27.jsonl"]
    assert (tmp_path / "notes.jsonl").exists()
    assert (tmp_path / "2026-10-27.jsonl").stat().st_mode & 0o077 == 0
    made.close()


def test_a_long_day_goes_on_in_another_file(tmp_path: Path) -> None:
    clock = Day()
    for _ in range(2):  # another process finds its place
        made = handler(tmp_path, clock, file_bytes=600)
        for _ in range(5):
            write(made)
        made.close()
    assert names(tmp_path)[:2] == ["2026-10-24.jsonl", "2026-10-24.1.jsonl"]
    lines = [line for path in files(tmp_path) for line in path.read_text().splitlines()]
    assert len(lines) == 10
    assert all(path.stat().st_size < 900 for path in files(tmp_path))


def test_work_goes_on_where_nothing_can_be_logged(tmp_path: Path) -> None:
    (tmp_path / "w").write_text("a file where a folder should be")
    made = handler(tmp_path / "w" / "logs", Day())
    write(made)
    made.close()


def _many(folder: Path, word: str) -> None:
    made = handler(folder, Day())
    for _ in range(200):
        write(made, word * 400)


def test_processes_do_not_mix_their_lines(tmp_path: Path) -> None:
    context = get_context("fork")
    writers = [context.Process(target=_many, args=(tmp_path, word)) for word in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    (path,) = files(tmp_path)
    messages = [json.loads(line)["message"] for line in path.read_text().splitlines()]
    assert sorted(messages) == sorted(["a" * 400] * 200 + ["b" * 400] * 200)


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """A log in which something of everything happened."""
    feedback = {"operation": "feedback", "agent": "feedback processing", "brand": "7"}
    with logging_to(tmp_path, LogSettings(level="debug")):
        for number, outcome in ((2, "applied"), (6, "unclear")):
            context = {"actor": "ana", "outcome": outcome, "round": number, "seconds": 0.5}
            context |= {"category": "general", "not_understood": int(outcome == "unclear")}
            LOG.info("a remark", extra={**feedback, "context": context})
        LOG.info("asked", extra={"operation": "mcp call", "context": {"seconds": 31.0}})
        LOG.info("asked", extra={"operation": "mcp call", "context": {"seconds": 30.0}})
        for kind in ("LateError", "LateError", "Broken"):
            LOG.error("no", extra={"agent": "evaluator", "error": kind})
        LOG.warning("no such brand", extra={"error": "InputError", "brand": "8"})
        with tracing.within(trace="f" * 32):
            LOG.debug("closely")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("recent-feedback", [("7", "applied", 2), ("7", "unclear", 6)]),
        ("parse-errors", [("7", "unclear", 1)]),
        ("many-rounds", [("7", 6, "unclear")]),
        ("slow-calls", [("mcp call", 31.0)]),
        ("errors-per-agent", [("evaluator", "LateError", 2), ("evaluator", "Broken", 1)]),
        ("validation-errors", [("8", "InputError")]),
    ],
)
def test_the_everyday_questions(told: Path, name: str, rows: list[tuple[object, ...]]) -> None:
    columns = {
        "recent-feedback": ("brand", "outcome", "round"),
        "parse-errors": ("brand", "outcome", "not_understood"),
        "many-rounds": ("brand", "round", "outcome"),
        "slow-calls": ("operation", "seconds"),
        "errors-per-agent": ("agent", "error", "lines"),
        "validation-errors": ("brand", "error"),
    }
    assert set(columns) == set(QUERIES)
    asked = reading.query(name)
    found = asked.rows(reading.lines(told, Wanted()))
    wanted = [asked.columns.index(column) for column in columns[name]]
    assert [tuple(row[i] for i in wanted) for row in found] == rows
    with pytest.raises(NotFound, match="slow-calls"):
        reading.query("weather")


def test_lines_are_found_by_what_they_are_of(told: Path) -> None:
    def count(**wanted: str) -> int:
        return len(reading.last(told, Wanted(**wanted), 100))

    assert count() == 9
    assert (count(level="info"), count(level="warning"), count(level="ERROR")) == (8, 4, 3)
    assert (count(agent="Evaluator"), count(brand="7"), count(operation="feedback")) == (3, 2, 2)
    assert (count(trace="ffff"), count(trace="e")) == (1, 0)
    assert count(since="2999") == 0
    assert [line["message"] for line in reading.last(told, Wanted(), 1)] == ["closely"]
    with pytest.raises(InputError, match="critical"):
        count(level="loud")
    with (told / LOG_FOLDER).joinpath(names(told / LOG_FOLDER)[0]).open("a") as file:
        file.write('half a line, "\n[1]\n')
    assert count() == 9


def test_lines_are_followed_as_they_come(told: Path) -> None:
    (path,) = files(told / LOG_FOLDER)

    def write_more(seconds: float) -> None:
        with path.open("a") as file:
            file.write('{"message": "new", "level": "info"}\n{"message": "half')

    lines = reading.follow(told, Wanted(), write_more)
    assert next(lines)["message"] == "new"


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("90m", "2026-10-24T23:30:00.000+00:00"),
        ("1d", "2026-10-24T01:00:00.000+00:00"),
        ("2026-10-25T02:00:00+01:00", "2026-10-25T01:00:00.000+00:00"),
        ("2026-10-25T00:30", "2026-10-25T00:30:00.000+00:00"),
        ("", ""),
    ],
)
def test_times_are_said_in_several_ways(said: str, then: str) -> None:
    assert reading.moment(said, datetime(2026, 10, 25, 1, 0, tzinfo=UTC)) == then


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="2h"):
        reading.moment("yesterday", datetime(2026, 10, 25, tzinfo=UTC))


def test_levels_that_are_not_known_are_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match=r"log\.level.*critical"),
        logging_to(tmp_path, LogSettings(level="loud")),
    ):
        pass
