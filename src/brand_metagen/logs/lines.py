"""A record of the log as a line: JSON for programs, words for people, neither to be forged."""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from brand_metagen import tracing
from brand_metagen.logs.redact import harmless, redacted

SOCKETS = re.compile(r"WebSocket|^connection (?:open|closed)$")
LEVELS = ("debug", "info", "warning", "error", "critical")
"""The five levels, the least first."""


def fields(record: logging.LogRecord, *, narratives: bool) -> dict[str, Any]:
    """What a line says (MON-09): time, level, agent, brand, operation, error type, message,
    context, trace id; empty where the record does not know it and the work of the moment neither.
    """
    work = tracing.current()
    loud = narratives or record.levelno <= logging.DEBUG
    context = getattr(record, "context", {})
    return {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "agent": redacted(str(getattr(record, "agent", "") or work.agent)),
        "brand": redacted(str(getattr(record, "brand", "") or work.brand)),
        "operation": redacted(str(getattr(record, "operation", "") or work.operation)),
        "error": redacted(str(getattr(record, "error", "") or _kind(record))),
        "message": redacted(record.getMessage()),
        "context": harmless(context if isinstance(context, Mapping) else {}, narratives=loud),
        "trace": str(getattr(record, "trace", "") or work.trace),
        "logger": record.name,
        "process": record.process,
    }


def _kind(record: logging.LogRecord) -> str:
    error = record.exc_info[1] if record.exc_info else None
    return type(error).__name__ if error is not None else ""


class JsonLines(logging.Formatter):
    r"""One JSON object in ASCII: whatever a text holds, it stays within its line.

    >>> record = logging.LogRecord("x", logging.INFO, "", 0, "a\n\x1b[2J\u202eb", (), None)
    >>> print(JsonLines().format(record).count("\n"), "u202e" in JsonLines().format(record))
    0 True
    """

    def __init__(self, *, narratives: bool = False) -> None:
        super().__init__()
        self._narratives = narratives

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        said = fields(record, narratives=self._narratives)
        if record.exc_info and record.exc_info[1] is not None:
            where = "".join(traceback.format_exception(record.exc_info[1]))
            said["traceback"] = redacted(where[-4_000:])
        return json.dumps(said, ensure_ascii=True, default=str)


class Words(logging.Formatter):
    """A line for people; what a terminal would obey stands there as a sign.

    `times` puts time, level and trace before it, as the log of a server needs.
    """

    def __init__(self, *, narratives: bool = False, times: bool = False) -> None:
        super().__init__()
        self._narratives, self._times = narratives, times

    def format(self, record: logging.LogRecord) -> str:
        """The line; further lines are those of a traceback, each set in."""
        said = fields(record, narratives=self._narratives)
        text = shown(said) if self._times else str(said["message"])
        lines = [clean(text)]
        if record.exc_info and record.exc_info[1] is not None and self._times:
            where = redacted("".join(traceback.format_exception(record.exc_info[1])))
            lines += [f"    {clean(line)}" for line in where.splitlines()]
        return "\n".join(lines)


def shown(said: Mapping[str, Any]) -> str:
    """The fields of a line in words.

    >>> shown({"at": "2026-03-29T01:00:00.000+00:00", "level": "error", "brand": "7", "trace":
    ...        "abcdef0123456789", "operation": "feedback", "message": "no", "error": "RuleError"})
    '2026-03-29T01:00:00.000+00:00 ERROR feedback brand=7: no (RuleError) [abcdef01]'
    """
    about = [str(said.get("operation") or said.get("logger") or "")]
    about += [f"{name}={said[name]}" for name in ("agent", "brand") if said.get(name)]
    context = said.get("context")
    more = f" {json.dumps(context, ensure_ascii=False)}" if context else ""
    error = f" ({said['error']})" if said.get("error") else ""
    trace = f" [{str(said['trace'])[:8]}]" if said.get("trace") else ""
    head = f"{said.get('at', '')} {str(said.get('level', '')).upper()} {' '.join(about)}"
    return f"{head}: {said.get('message', '')}{error}{more}{trace}"


def clean(text: str) -> str:
    """One line without what a terminal would obey: control and direction marks."""
    return "".join(c if c.isprintable() else "�" for c in text)


class WithoutSockets(logging.Filter):
    """Leaves out what is said of every socket that is opened or closed: it is an access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is kept."""
        return not (record.levelno <= logging.INFO and SOCKETS.search(str(record.msg)))


class NotForTerminals(logging.Filter):
    """Leaves out what a command tells its user anyway."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is shown."""
        return not getattr(record, "told", False)
