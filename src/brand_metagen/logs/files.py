"""The log's files: one a day (UTC), written by any number of processes, forgotten in time."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from brand_metagen.config import LogSettings

NAME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.(\d{1,6}))?\.jsonl")
"""A day, and the number of its further files."""
_OPEN = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
Clock = Callable[[], datetime]


def files(folder: Path) -> list[Path]:
    """The files there are, oldest first."""
    return [path for _, _, path in sorted(_found(folder))]


def _found(folder: Path) -> Iterator[tuple[str, int, Path]]:
    for path in folder.glob("*.jsonl"):
        if named := NAME.fullmatch(path.name):
            yield named[1], int(named[2] or 0), path


class DayFiles(logging.Handler):
    """Writes each line whole, at the end of the day's file, readable by its owner only.

    Files are never renamed, so processes need not agree on anything: each opens the file of its own
    day, and a line is one write. Where the disk is full, the line is lost and the work goes on.
    """

    def __init__(self, folder: Path, settings: LogSettings, clock: Clock | None = None) -> None:
        super().__init__()
        self._folder, self._settings = folder, settings
        self._clock = clock or (lambda: datetime.now(UTC))
        self._handle = -1
        self._day, self._number = "", 0

    def emit(self, record: logging.LogRecord) -> None:
        """Add a line."""
        with suppress(OSError):  # nobody's work fails because it could not be logged
            line = self.format(record).encode("ascii", "backslashreplace") + b"\n"
            os.write(self._opened(), line)

    def close(self) -> None:
        """Give the file back; another line opens it again."""
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        if self._handle >= 0:
            with suppress(OSError):
                os.close(self._handle)
        self._handle = -1

    def _opened(self) -> int:
        day = self._clock().astimezone(UTC).date().isoformat()
        if self._handle >= 0 and day == self._day:
            if os.fstat(self._handle).st_size < self._settings.file_bytes:
                return self._handle
            self._number += 1
        elif day != self._day:
            self._number = 0
            self._forget(date.fromisoformat(day))
        self._let_go()
        self._day = day
        self._folder.mkdir(mode=0o700, exist_ok=True)
        while True:
            number = f".{self._number}" if self._number else ""
            path = self._folder / f"{day}{number}.jsonl"
            self._handle = os.open(path, _OPEN, 0o600)
            if os.fstat(self._handle).st_size < self._settings.file_bytes:
                return self._handle
            self._let_go()
            self._number += 1

    def _forget(self, today: date) -> None:
        """Delete what is older than the days that are kept."""
        first = (today - timedelta(days=self._settings.keep_days)).isoformat()
        for day, _, path in _found(self._folder):
            if day < first:
                path.unlink(missing_ok=True)
