"""The log and the file."""

from __future__ import annotations

import json
import logging
import multiprocessing
import stat
from pathlib import Path

import pytest
from messages import notice, with_reason

from brand_metagen.errors import ServiceError
from brand_metagen.notify.local import FileNotifier, LogNotifier


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines() if line]


def test_the_log_has_one_harmless_line(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        LogNotifier().send(notice("a\r\nb\x1b[31m"))
    assert [record.getMessage() for record in caplog.records] == ["a b [31m"]


def test_a_line_is_the_whole_message(tmp_path: Path) -> None:
    path = tmp_path / "notifications.jsonl"
    FileNotifier(path).send(notice())
    FileNotifier(path).send(with_reason('"\n\u2028{}\u202e'))
    first, second = lines(path)
    assert (first["sequence"], first["case_id"]) == (5, "ESC-2026-001")
    assert first["case"]["reason"] == "10 rounds"  # type: ignore[index]
    assert second["case"]["reason"] == '"\n\u2028{}\u202e'  # type: ignore[index]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_half_a_line_of_a_process_that_died_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "notifications.jsonl"
    path.write_bytes(b'{"half": ')
    FileNotifier(path).send(notice())
    half, whole = path.read_text(encoding="ascii").splitlines()
    assert half == '{"half": '
    assert json.loads(whole)["sequence"] == 5


def _many(path: Path, number: int) -> None:
    channel = FileNotifier(path)
    for _ in range(20):
        channel.send(notice("x" * 5_000, sequence=number))


def test_processes_do_not_write_into_each_other(tmp_path: Path) -> None:
    path = tmp_path / "notifications.jsonl"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_many, args=(path, n)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(str(line["sequence"]) for line in lines(path)) == sorted("012" * 20)


def test_a_file_that_cannot_be_written_is_a_passing_failure(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(ServiceError, match="See that it can be written") as caught:
        FileNotifier(tmp_path / "a").send(notice())
    assert caught.value.retryable
