"""Log lines without secrets and without card numbers."""

from __future__ import annotations

import logging
import re

TOKEN = re.compile(r"bmg_[A-Za-z0-9_-]+|(?i:bearer)\s+\S+|(?i:password)\W{1,4}\S+")
CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
"""Thirteen to nineteen digits, as payment card numbers have (ISO/IEC 7812)."""

SOCKETS = re.compile(r"WebSocket|^connection (?:open|closed)$")


def redacted(text: str) -> str:
    """The text with tokens and passwords cut out and of card numbers the last four digits left.

    >>> redacted("Bearer bmg_abc for 4111 1111 1111 1111")
    '[secret] for [card …1111]'
    """
    return CARD.sub(_last_four, TOKEN.sub("[secret]", text))


def _last_four(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found.group())
    return f"[card …{digits[-4:]}]"


class Redacting(logging.Formatter):
    """A formatter whose lines hold no secrets, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return redacted(super().format(record))


class WithoutSockets(logging.Filter):
    """Leaves out what is said of every socket that is opened or closed: it is an access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is kept."""
        return not (record.levelno <= logging.INFO and SOCKETS.search(str(record.msg)))


def log_config() -> dict[str, object]:
    """Logging of the server: everything to standard error, redacted."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "redacted": {
                "()": "brand_metagen.web.redact.Redacting",
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            }
        },
        "filters": {"sockets": {"()": "brand_metagen.web.redact.WithoutSockets"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "redacted",
                "filters": ["sockets"],
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {
            "uvicorn": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            "uvicorn.access": {"handlers": [], "level": "WARNING", "propagate": False},
            "brand_metagen": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        },
    }
