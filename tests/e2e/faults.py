"""The driver from the tests' side: commands with faults, and a market to run them over."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from brand_metagen.sample.market import make_sample
from program import Done, environ, good

LEARN = "workflow.learning:Learning.learn"
KILLED = -signal.SIGKILL
FILES = ("metadata.jsonl", "model.json", "manifest.json", "assignments.csv", "ties.jsonl",
         "quarantine.csv", "quality.json", "report.html")  # fmt: skip
BATCHES = ("--set", "workflow.batch_size=10", "--set", "workflow.retry_factor=1")
TABLES = ("brand", "brand_to_check", "combo", "mcc")

Fault = tuple[object, ...]
"""Where (`module:name`), `before` or `after` it, at which call, what, and what that needs."""


class Driver:
    """A process that runs commands, one at a time, in children of its own."""

    def __init__(self, folder: Path) -> None:
        self._out, self._err = folder / "out.txt", folder / "err.txt"
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("driver.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environ({"PYTHONHASHSEED": "0"}),
        )

    def begin(self, *args: object, faults: Sequence[Fault] = ()) -> None:
        """Start a command; `end` waits for it."""
        job = {"args": [str(arg) for arg in args], "faults": faults}
        files = {"out": str(self._out), "err": str(self._err)}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job | files) + "\n")
        self._process.stdin.flush()

    def end(self) -> Done:
        assert self._process.stdout is not None
        code = int(self._process.stdout.readline())
        return Done(code, self._out.read_text(), self._err.read_text())

    def __call__(self, *args: object, faults: Sequence[Fault] = ()) -> Done:
        self.begin(*args, faults=faults)
        return self.end()

    def run(self, data: Path, workspace: Path, *more: object, faults: Sequence[Fault] = ()) -> Done:
        """The main job in batches of ten brands."""
        args = ("run", "--data", data, "--workspace", workspace, *BATCHES, *more)
        return self(*args, faults=faults)

    def exported(self, workspace: Path) -> dict[str, bytes]:
        """What an export of the workspace holds, by name."""
        out = workspace.with_name(f"{workspace.name}-out")
        good(self("export", "--workspace", workspace, "--out", out))
        return {name: (out / name).read_bytes() for name in FILES}

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


@dataclass(frozen=True, slots=True)
class Whole:
    """A market, and what a run over it that nothing disturbs leaves."""

    data: Path
    workspace: Path
    files: dict[str, bytes]


def make_market(folder: Path) -> Path:
    """Forty brands, eight hundred rows, and some rows for the quarantine."""
    data = make_sample(folder / "data", 40, 800, 4).out
    with (data / "combo.csv").open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for n in range(9):
            writer.writerow((f"X{n}", "B1", "", "", "9876", "=NO SUCH CODE"))
    return data


def copied(whole: Whole, folder: Path) -> Path:
    """The market in files that may be changed."""
    folder.mkdir()
    for table in TABLES:
        shutil.copyfile(whole.data / f"{table}.csv", folder / f"{table}.csv")
    return folder
