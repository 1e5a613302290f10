"""Lines of the log read again: filtered, followed, and asked the everyday questions (MON-10)."""

from __future__ import annotations

import json
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from brand_metagen.config import LOG_FOLDER
from brand_metagen.errors import InputError, NotFound
from brand_metagen.logs.files import files
from brand_metagen.logs.lines import LEVELS

Line = Mapping[str, Any]
AGO = re.compile(r"(\d{1,6})\s*([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
LOOK_SECONDS = 0.5
"""Between two looks for new lines."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines; empty = all. `level` is the least, `since` a moment in UTC, ISO 8601."""

    level: str = ""
    agent: str = ""
    brand: str = ""
    trace: str = ""
    operation: str = ""
    since: str = ""

    def fits(self, line: Line) -> bool:
        """Whether a line is wanted."""
        same = (
            not wanted or str(line.get(name, "")).casefold() == wanted.casefold()
            for name, wanted in (("agent", self.agent), ("brand", self.brand),
                                 ("operation", self.operation))
        )  # fmt: skip
        trace = str(line.get("trace", "")).startswith(self.trace)
        late = str(line.get("at", "")) >= self.since
        return all(same) and trace and late and _rank(line) >= _least(self.level)


def _least(level: str) -> int:
    if level and level.lower() not in LEVELS:
        raise InputError(f"no level {level!r}; there are {', '.join(LEVELS)}")
    return LEVELS.index(level.lower()) if level else 0


def _rank(line: Line) -> int:
    level = str(line.get("level", ""))
    return LEVELS.index(level) if level in LEVELS else 0


def moment(said: str, now: datetime) -> str:
    """`2h`, `30m`, `1d` before now, or a moment in ISO 8601, as lines have it; InputError else.

    >>> moment("2h", datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    '2026-10-24T23:30:00.000+00:00'
    """
    if not said:
        return ""
    if ago := AGO.fullmatch(said.strip()):
        then = now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    else:
        try:
            then = datetime.fromisoformat(said)
        except ValueError as error:
            raise InputError(f"{said!r} is no time: write 2h, 1d or 2026-03-29T01:00") from error
        then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return then.astimezone(UTC).isoformat(timespec="milliseconds")


def lines(workspace: Path, wanted: Wanted) -> Iterator[Line]:
    """The lines that are wanted, oldest first; what is no line of ours is left out."""
    for path in files(workspace / LOG_FOLDER):
        if path.name[:10] >= wanted.since[:10]:
            yield from filter(wanted.fits, _parsed(_read(path)))


def last(workspace: Path, wanted: Wanted, limit: int) -> list[Line]:
    """The newest lines that are wanted, oldest first."""
    return list(deque(lines(workspace, wanted), limit))


def follow(
    workspace: Path, wanted: Wanted, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Line]:
    """Lines as they come, from now on, for ever; a line is given when it is whole."""
    read = {path: path.stat().st_size for path in files(workspace / LOG_FOLDER)}
    while True:
        for path in files(workspace / LOG_FOLDER):
            with path.open("rb") as file:
                file.seek(read.get(path, 0))
                text = file.read()
            whole = text[: text.rfind(b"\n") + 1]
            read[path] = read.get(path, 0) + len(whole)
            yield from filter(wanted.fits, _parsed(whole.splitlines()))
        sleep(LOOK_SECONDS)


def _read(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from file
    except FileNotFoundError:  # it was old, and is forgotten
        return


def _parsed(raw: Iterable[bytes]) -> Iterator[Line]:
    for line in raw:
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found


@dataclass(frozen=True, slots=True)
class Query:
    """An everyday question: its columns, and the rows that answer it."""

    columns: tuple[str, ...]
    rows: Callable[[Iterable[Line]], list[tuple[Any, ...]]]
    in_order: bool = True
    """Whether the rows are lines in order of time; else the first say most."""


def _listed(*names: str, where: Callable[[Line], bool]) -> Query:
    def rows(found: Iterable[Line]) -> list[tuple[Any, ...]]:
        return [tuple(_of(line, name) for name in names) for line in found if where(line)]

    return Query(names, rows)


def _of(line: Line, name: str) -> Any:
    context = line.get("context")
    inner = context.get(name) if isinstance(context, Mapping) else None
    return line[name] if line.get(name) not in (None, "") else inner if inner is not None else ""


def _number(line: Line, name: str) -> float:
    value = _of(line, name)
    return float(value) if isinstance(value, int | float) else 0.0


def _feedback(line: Line) -> bool:
    return line.get("operation") == "feedback" and "outcome" in (line.get("context") or {})


def _errors(found: Iterable[Line]) -> list[tuple[Any, ...]]:
    worst = LEVELS.index("error")
    counted = Counter(
        (str(line.get("agent") or "none"), str(line.get("error") or "unnamed"))
        for line in found
        if _rank(line) >= worst
    )
    return [(*key, n) for key, n in sorted(counted.items(), key=lambda p: (-p[1], p[0]))]


MANY_ROUNDS, SLOW_SECONDS = 5, 30.0
"""Rounds of one brand, seconds of one call, above which a line is shown (MON-10)."""
INVALID = frozenset(
    {"InputError", "RuleError", "NotFound", "TooManyBadRows", "Malformed", "invalid",
     "bad-request", "rule-refused", "malformed"}
)  # fmt: skip
"""Kinds of errors that say that what was given does not fit."""
UNREAD = frozenset({"unclear", "malformed"})
"""What became of a text that could not be read."""

QUERIES: Mapping[str, Query] = {
    "recent-feedback": _listed(
        "at", "brand", "actor", "category", "outcome", "round", "seconds", where=_feedback
    ),
    "parse-errors": _listed(
        "at", "brand", "agent", "outcome", "not_understood", "message",
        where=lambda line: _of(line, "outcome") in UNREAD or _number(line, "not_understood") > 0,
    ),
    "many-rounds": _listed(
        "at", "brand", "actor", "round", "outcome",
        where=lambda line: _feedback(line) and _number(line, "round") > MANY_ROUNDS,
    ),
    "slow-calls": _listed(
        "at", "operation", "agent", "brand", "seconds", "message",
        where=lambda line: _number(line, "seconds") > SLOW_SECONDS,
    ),
    "errors-per-agent": Query(("agent", "error", "lines"), _errors, in_order=False),
    "validation-errors": _listed(
        "at", "operation", "agent", "brand", "error", "message",
        where=lambda line: line.get("error") in INVALID or _number(line, "bad_rows") > 0,
    ),
}  # fmt: skip
"""The six of MON-10."""


def query(name: str) -> Query:
    """A question by its name; raises NotFound naming those there are."""
    if name not in QUERIES:
        raise NotFound(f"no query {name!r}; there are {', '.join(QUERIES)}")
    return QUERIES[name]
