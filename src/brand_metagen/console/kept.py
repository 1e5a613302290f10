"""Figures that are dear to make: made once, looked at often, and told with their age."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock, Thread
from typing import Any, TypeVar

from brand_metagen.analytics.history import History
from brand_metagen.app import health
from brand_metagen.app.health import Check
from brand_metagen.app.history import gather
from brand_metagen.app.outages import as_ours
from brand_metagen.ports import AuditRow
from brand_metagen.web.state import Server

T = TypeVar("T")
CHECKED_SECONDS = 600.0
"""Age from which the audit log's chain is walked anew, beside the page that asks."""
FIGURES_SECONDS = 60.0
"""Age up to which the first page shows figures of the record as they were."""


@dataclass
class LogCheck:
    """The last walk along the audit log's chain; `at` is UTC in ISO 8601, empty = not walked."""

    check: Check | None = None
    at: str = ""
    until: float = 0.0
    turn: Lock = field(default_factory=Lock)

    def walk(self, server: Server) -> None:
        """Walk it now; nothing happens while somebody does."""
        if not self.turn.acquire(blocking=False):
            return
        try:
            self.check = health.log(server.workspace)
            self.at = datetime.now(UTC).isoformat(timespec="seconds")
            self.until = time.monotonic() + CHECKED_SECONDS
        finally:
            self.turn.release()


def log_check(server: Server) -> LogCheck:
    """The last walk; a new one is begun beside it when that was long ago."""
    found = server.kept.get("log", LogCheck)
    assert isinstance(found, LogCheck)
    if time.monotonic() >= found.until and not found.turn.locked():
        Thread(target=found.walk, args=(server,), name="audit log", daemon=True).start()
    return found


MOST_MADE = 50
"""What is kept of one record: periods and pages that somebody looks at."""


@dataclass
class _Record:
    history: History | None = None
    made: dict[object, Any] = field(default_factory=dict)
    last: AuditRow | None = None
    """The audit log's last row as the record was gathered."""
    until: float = 0.0
    turn: Lock = field(default_factory=Lock)


def record(server: Server, *, now: bool = True) -> History:
    """The record that metrics are made of; one that is a minute old will do unless `now`."""
    return _record(server, now)[0]


def of_record(server: Server, key: object, make: Callable[[History], T]) -> T:
    """What `make` makes of the record, made anew once the record has changed; `key` says what it
    is and for which period."""
    history, made = _record(server, True)
    if key not in made:
        if len(made) >= MOST_MADE:
            made.clear()
        made[key] = make(history)
    found: T = made[key]
    return found


def _record(server: Server, now: bool) -> tuple[History, dict[object, Any]]:
    kept = server.kept.get("record", _Record)
    assert isinstance(kept, _Record)
    with kept.turn, as_ours():
        if kept.history is not None and not now and time.monotonic() < kept.until:
            return kept.history, kept.made
        last = next(iter(server.workspace.store.recent(1)), None)
        if kept.history is None or last != kept.last:
            kept.history, kept.last, kept.made = _gathered(server, kept), last, {}
        kept.until = time.monotonic() + FIGURES_SECONDS
        return kept.history, kept.made


def _gathered(server: Server, kept: _Record) -> History:
    """The record as it is now. Rows of the log are never written again, so deeds that are known are
    not read anew: the digest of the row they end with says that the log is still that one."""
    workspace, last = server.workspace, kept.last
    if kept.history is None or last is None:
        return gather(workspace)
    if workspace.store.audit(last.sequence - 1, 1).items[:1] != (last,):
        return gather(workspace)
    known = [deed for deed in kept.history.deeds if deed.sequence <= last.sequence]
    return gather(workspace, known, last.sequence)
