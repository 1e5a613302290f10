"""Channels on this machine: the log, and a file that other programs may follow."""

from __future__ import annotations

import fcntl
import json
import logging
import os
from pathlib import Path

from brand_metagen.errors import ServiceError
from brand_metagen.notify.letter import subject
from brand_metagen.ports import Notice

LOGGER = logging.getLogger("brand_metagen.notices")
FILE = "notifications.jsonl"
_OPEN = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


class LogNotifier:
    """A line in the program's log, which goes to standard error unless it is set up otherwise."""

    channel = "log"

    def send(self, notice: Notice) -> None:
        """Write the subject."""
        LOGGER.warning("%s", subject(notice))


class FileNotifier:
    """A JSON object per line at the end of a file, readable by its owner only."""

    channel = "file"

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, notice: Notice) -> None:
        """Add the line whole: under a lock, synced, and on a line of its own even when a process
        that died left half a line."""
        said = {
            "sequence": notice.sequence,
            "case_id": notice.case_id,
            "subject": notice.subject,
            "made_at": notice.made_at,
            **notice.body,
        }
        line = json.dumps(said, sort_keys=True).encode() + b"\n"
        try:
            self._append(line)
        except OSError as error:
            raise ServiceError(
                f"{self._path}: {error.strerror}. See that it can be written and that its disk is "
                "not full",
                retryable=True,
            ) from error

    def _append(self, line: bytes) -> None:
        handle = os.open(self._path, _OPEN, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                line = b"\n" + line
            while line:
                line = line[os.write(handle, line) :]
            os.fsync(handle)
        finally:
            os.close(handle)
