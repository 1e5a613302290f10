"""What commands print: JSON or tables on standard output, progress on standard error."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from brand_metagen.ports import RunState

PIPE_WIDTH = 10_000
"""Characters of a line where no terminal says how many: a program reads it, nothing is folded."""


def _console(stream: TextIO, *, stderr: bool) -> Console:
    piped = not stream.isatty()
    width = PIPE_WIDTH if piped else None
    return Console(stderr=stderr, highlight=False, markup=False, soft_wrap=piped, width=width)


out = _console(sys.stdout, stderr=False)
err = _console(sys.stderr, stderr=True)


def plain(value: Any) -> Any:
    """Records as JSON can take them."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def print_json(value: Any) -> None:
    """One JSON document; what a terminal would obey stands there escaped, as JSON allows."""
    text = json.dumps(plain(value), indent=2, ensure_ascii=False)
    escaped = (c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
    sys.stdout.write("".join(escaped) + "\n")


def clean(text: object) -> str:
    """Text from data without what a terminal would obey: control and direction marks."""
    return "".join(c if c.isprintable() else "�" for c in str(text))


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table of data; numbers to the right."""
    rows = [list(row) for row in rows]
    made = Table(
        title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False
    )
    for i, column in enumerate(columns):
        numbers = bool(rows) and all(isinstance(row[i], int | float) for row in rows)
        made.add_column(column, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        made.add_row(*(Text(_cell(cell)) for cell in row))
    return made


def _cell(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else ""
    if isinstance(cell, float):
        return f"{cell:.3f}"
    if isinstance(cell, int):
        return f"{cell:,}"
    return clean(cell)


class RunProgress:
    """A run's steps as bars with rate and time left, or as lines where nobody watches."""

    def __init__(self) -> None:
        self._watched = err.is_terminal
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            console=err,
            transient=True,
        )
        self._group: tuple[str, str] | None = None
        self._seconds = self._began = 0.0
        self._done = self._total = 0
        self._skipped = True
        self._ended = True
        self._task: TaskID | None = None

    def __enter__(self) -> RunProgress:
        if self._watched:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()
        if self._watched:
            self._bars.stop()

    def start(self, step: str, role: str, total: int) -> None:
        """A step begins; batches of one stage share a line."""
        stage = step.rstrip("0123456789").rstrip("-")
        if self._group is None or self._group[0] != stage:
            self._close()
            self._group, self._seconds, self._skipped = (stage, role), 0.0, True
            self._total, self._done, self._began = 0, 0, time.monotonic()
            self._task = self._bars.add_task(f"{stage} ({role})", total=0, rate="")
        assert self._task is not None
        self._ended = False
        self._total += total
        self._bars.update(self._task, total=self._total)

    def advance(self, count: int) -> None:
        """So many units more."""
        self._done += count
        assert self._task is not None
        self._bars.update(self._task, advance=count)
        elapsed = time.monotonic() - self._began
        self._bars.update(self._task, rate=f"{self._done / max(elapsed, 0.001):,.0f}/s")

    def finish(self, step: str, seconds: float, *, skipped: bool) -> None:
        """The step is done, or had been."""
        del step  # a line is a stage's, not a step's
        self._ended = True
        self._seconds += seconds
        self._skipped &= skipped
        if self._task is not None:
            self._bars.update(self._task, completed=self._total)

    def halt(self, state: RunState, why: str) -> None:
        """The run ends before its last step."""
        self._close()
        err.print(Text(f"  {state.value:<12} {clean(why)}"))

    def _close(self) -> None:
        """The stage's line, kept."""
        if self._group is None:
            return
        stage, role = self._group
        how = "done before" if self._skipped else f"{self._seconds:.1f} s"
        if not self._ended:
            how = "not finished"
        if self._task is not None:
            self._bars.remove_task(self._task)
            self._task = None
        err.print(Text(f"  {stage:<12} {role:<22} {how}"))
        self._group = None
