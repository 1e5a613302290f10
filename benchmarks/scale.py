"""How `run` grows: ten times the rows, ten times the brands; `python -m benchmarks.scale`.

Made-up markets; names beyond the registry's are put together from surnames and trades. Prints CPU
seconds beside wall seconds, for other work on a machine delays the one and hardly the other, and
memory as the sum of all processes' shares (PSS), so that what forked processes share counts once.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.commands import LAST_CHARACTERS, BenchError
from brand_metagen.sample.market import make_sample

SIZES = ((3_200, 150_000), (3_200, 1_500_000), (30_000, 300_000))
"""(brands, rows)."""
SEED = 1
INTERVAL = 0.25
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Growth:
    """One run: seconds by the clock and of all processes' CPU, and its peak memory (10^6 bytes)."""

    brands: int
    rows: int
    seconds: float
    cpu: float
    megabytes: float


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument(
        "--size", nargs=2, type=int, action="append", metavar=("BRANDS", "ROWS"), dest="sizes"
    )
    sizes = parser.parse_args(arguments).sizes or SIZES
    print("| brands | rows | seconds | CPU seconds | MB |\n|---|---|---|---|---|")
    try:
        for brands, rows in sizes:
            with tempfile.TemporaryDirectory(prefix="scale-") as folder:
                made = grown(brands, rows, Path(folder))
            print(
                f"| {made.brands:,} | {made.rows:,} | {made.seconds:.1f} | {made.cpu:.1f} "
                f"| {made.megabytes:,.0f} |",
                flush=True,
            )
    except BenchError as error:
        print(f"benchmarks.scale: {error}", file=sys.stderr)
        return 1
    return 0


def grown(brands: int, rows: int, folder: Path) -> Growth:
    """Run the main job on a market of that size; raises BenchError when it fails."""
    make_sample(folder / "data", brands, rows, SEED)
    arguments = ("run", "--data", str(folder / "data"), "--workspace", str(folder / "workspace"))
    before, begun = os.times(), time.perf_counter()
    with (folder / "messages").open("wb") as messages:
        process = subprocess.Popen(
            [sys.executable, "-m", "brand_metagen", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=messages,
        )
        most = 0
        while process.poll() is None:
            most = max(most, sum(map(shared_out, family(process.pid))))
            time.sleep(INTERVAL)
    seconds, after = time.perf_counter() - begun, os.times()
    if process.returncode:
        said = (folder / "messages").read_text(encoding="utf-8", errors="replace")
        raise BenchError(f"run ended with {process.returncode}: {said[-LAST_CHARACTERS:]}")
    cpu = sum(after[2:4]) - sum(before[2:4])
    return Growth(brands, rows, seconds, cpu, most / 1e6)


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it (Linux)."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in found:
            yield from family(int(child))


def shared_out(pid: int) -> int:
    """A process's bytes of memory, what it shares counted by its share; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1_024 for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    sys.exit(main())
