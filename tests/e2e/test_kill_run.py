"""A run killed inside every stage ends with the same bytes, and no finished step is done twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from brand_metagen.sample.market import make_sample

FILES = ("metadata.jsonl", "assignments.csv", "quarantine.csv", "model.json", "report.html")

# Runs the command line, killing itself at the n-th call of one stage, before or after its work.
DRIVER = """
import os, signal, sys
stage, when, nth = sys.argv[1], sys.argv[2], int(sys.argv[3])
from brand_metagen.workflow import pipeline
work, calls = getattr(pipeline, stage), [0]
def killed(*args):
    calls[0] += 1
    if calls[0] == nth and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = work(*args)
    if calls[0] == nth and when == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return result
setattr(pipeline, stage, killed)
sys.argv = ["brand-metagen", *sys.argv[4:]]
from brand_metagen.cli.main import main
main()
"""

STAGES = ("ingest", "evaluate", "learn", "confirm", "resolve", "assess", "store", "report")
CALLS = {"learn": (1, 2, 2)}
KILLS = [
    (stage, when, nth)
    for stage in STAGES
    for nth in CALLS.get(stage, (1,))
    for when in ("before", "after")
]


def command(
    *args: str, driver: tuple[str, ...] = (), seed: str = "0"
) -> subprocess.CompletedProcess[str]:
    program = ["-c", DRIVER, *driver] if driver else ["-m", "brand_metagen"]
    return subprocess.run(
        [sys.executable, *program, *args],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )


def run(data: Path, workspace: Path) -> tuple[str, ...]:
    return (
        "run",
        "--data",
        str(data),
        "--workspace",
        str(workspace),
        "--set",
        "workflow.batch_size=5",
    )


def exported(workspace: Path, out: Path) -> dict[str, bytes]:
    assert command("export", "--workspace", str(workspace), "--out", str(out)).returncode == 0
    return {name: (out / name).read_bytes() for name in FILES}


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("market")
    made = make_sample(folder / "data", 35, 700, 4)
    assert command(*run(made.out, folder / "whole")).returncode == 0
    return made.out, exported(folder / "whole", folder / "out")


def test_twenty_kills_change_nothing(market: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    data, whole = market
    assert len(KILLS) >= 20
    for stage, when, nth in KILLS:
        killed = command(*run(data, tmp_path / "w"), driver=(stage, when, str(nth)))
        assert killed.returncode == -signal.SIGKILL, (stage, when, nth, killed.stderr)
    done = command(*run(data, tmp_path / "w"))
    assert done.returncode == 0, done.stderr
    assert exported(tmp_path / "w", tmp_path / "o") == whole
    shown = command("runs", "show", "RUN-0001", "--workspace", str(tmp_path / "w"), "--json")
    steps = json.loads(shown.stdout)["steps"]
    assert [step["completions"] for step in steps] == [1] * len(steps)
    assert sum(step["starts"] for step in steps) > len(steps)


def test_hash_seed_and_order_of_rows_change_nothing(
    market: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    data, whole = market
    shuffled = tmp_path / "data"
    shuffled.mkdir()
    for table in ("brand", "brand_to_check", "combo", "mcc"):
        header, *lines = (data / f"{table}.csv").read_text().splitlines(keepends=True)
        (shuffled / f"{table}.csv").write_text(header + "".join(reversed(lines)))
    assert command(*run(shuffled, tmp_path / "w"), seed="7").returncode == 0
    ours = exported(tmp_path / "w", tmp_path / "o")
    assert ours == whole
