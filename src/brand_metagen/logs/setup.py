"""Logging switched on for as long as a workspace is open, and for a server."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from brand_metagen.config import LOG_FOLDER, LogSettings
from brand_metagen.errors import InputError
from brand_metagen.logs.files import DayFiles
from brand_metagen.logs.lines import LEVELS, JsonLines, NotForTerminals, Words

ROOT = "brand_metagen"
"""The logger above all of ours."""


def level_of(name: str, setting: str) -> int:
    """A level by its name; raises InputError naming those there are."""
    if name.lower() not in LEVELS:
        raise InputError(f"{setting}: no level {name!r}; there are {', '.join(LEVELS)}")
    return int(getattr(logging, name.upper()))


@contextmanager
def logging_to(workspace: Path, settings: LogSettings, *, server: bool = False) -> Iterator[None]:
    """Write our log to the files of a workspace and to standard error until the end of the block.

    Raises InputError for a level that is not known.
    """
    handlers: list[logging.Handler] = []
    level = level_of(settings.level, "log.level")
    if settings.files:
        file = DayFiles(workspace / LOG_FOLDER, settings)
        file.setFormatter(JsonLines(narratives=settings.narratives))
        handlers.append(file)
        file.setLevel(level)
    terminal = logging.StreamHandler(sys.stderr)
    terminal.setFormatter(Words(narratives=settings.narratives, times=server))
    terminal.setLevel(level if server else level_of(settings.terminal, "log.terminal"))
    if not server:
        terminal.addFilter(NotForTerminals())
    if not logging.getLogger().handlers:  # whoever set up the root has their own way of showing
        handlers.append(terminal)
    with _added(logging.getLogger(ROOT), handlers):
        yield


@contextmanager
def _added(logger: logging.Logger, handlers: list[logging.Handler]) -> Iterator[None]:
    before = logger.level
    logger.setLevel(min((handler.level for handler in handlers), default=logging.WARNING))
    for handler in handlers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        logger.setLevel(before)
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()


def log_config() -> dict[str, object]:
    """Logging of the web server's library: to standard error, in our form."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"words": {"()": "brand_metagen.logs.lines.Words", "times": True}},
        "filters": {"sockets": {"()": "brand_metagen.logs.lines.WithoutSockets"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "words",
                "filters": ["sockets"],
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {
            "uvicorn": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            "uvicorn.access": {"handlers": [], "level": "WARNING", "propagate": False},
        },
    }
