"""The command line as a user runs it, measured."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")
LAST_CHARACTERS = 600
"""Of what a failed command said, what is shown."""


class BenchError(Exception):
    """A benchmark cannot be made; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall seconds and peak resident memory (10^6 bytes) of one process."""

    seconds: float
    megabytes: float


def measured(command: Sequence[str]) -> Cost:
    """Run a command to its end; raises BenchError with the end of its messages when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        done = subprocess.run(
            [sys.executable, "-S", str(CHILD), str(figures), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace")[-LAST_CHARACTERS:]
            raise BenchError(f"{' '.join(command)} ended with {done.returncode}: {said}")
        return Cost(**json.loads(figures.read_text(encoding="utf-8")))


def product(*arguments: str) -> Cost:
    """Run `brand-metagen` with these arguments, by the Python that runs the benchmark."""
    return measured([sys.executable, "-m", "brand_metagen", *arguments])
