"""`python -m benchmarks [SET …]`: quality on two made-up markets and the sets, then speed."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks import quality, scale, speed, tables
from benchmarks.commands import BenchError
from benchmarks.market.knowledge import PARTS
from benchmarks.market.make import make_market
from brand_metagen.errors import BrandMetagenError

MARKET = (400, 6_000, 7)
"""(brands, learning rows, seed) of both parts of the made-up market; as many rows are held out."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            figures = _bench(options, Path(folder))
        if options.json:
            options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    except (BenchError, BrandMetagenError, OSError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET", help="a folder with its truth")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to FILE")
    parser.add_argument("--quick", action="store_true", help="leave out the big markets")
    parser.add_argument("--grow", action="store_true", help="ten times the rows, and the brands")
    parser.add_argument("--only", action="store_true", help="the sets alone, no made-up market")
    return parser.parse_args(arguments)


def _bench(options: argparse.Namespace, scratch: Path) -> dict[str, object]:
    sets = ([] if options.only else _made_up(scratch)) + options.sets
    measured, compared = [], []
    for number, source in enumerate(sets):
        folder = scratch / f"set-{number}"
        one = quality.measure(source, folder, say)
        print(tables.quality(one))
        print(tables.strata(one))
        print(tables.settled(one), flush=True)
        measured.append(one)
        compared.append(speed.classifying(one.name, one.release, source, folder / "links", say))
    runs: list[speed.Running] = []
    if not options.quick:
        runs, big = speed.at_scale(scratch, say)
        compared.append(big)
    start = speed.help_time(say)
    print("## Speed\n")
    print(tables.paces(compared))
    if runs:
        print(tables.scale(runs))
    print(tables.starting(start))
    if options.grow:
        scale.main([])
    return {
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
        "quality": [quality.to_json(one) for one in measured],
        "classify": [asdict(one) for one in compared],
        "run": [asdict(one) for one in runs],
        "help": asdict(start),
    }


def _made_up(scratch: Path) -> list[Path]:
    brands, rows, seed = MARKET
    say(f"markets of {brands:,} brands and {rows:,} learning rows are made up")
    folders = []
    for part in PARTS:
        folders.append(scratch / f"market-{part}")
        make_market(folders[-1], part, brands, rows, seed)
    return folders


_BEGUN = time.perf_counter()


def say(text: str) -> None:
    """Progress goes to standard error."""
    print(f"[{time.perf_counter() - _BEGUN:6.1f} s] {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
