"""`python -m benchmarks.market --out D --part open|withheld --brands N --rows N --seed S`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.commands import BenchError
from benchmarks.market.knowledge import PARTS
from benchmarks.market.make import LAYOUT_FOLDS, make_market


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.market", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write the set into")
    parser.add_argument("--part", choices=PARTS, required=True)
    parser.add_argument("--brands", type=int, default=400)
    parser.add_argument("--rows", type=int, default=6_000, help="learning rows; as many held out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--leave-out-layouts",
        type=int,
        choices=range(LAYOUT_FOLDS),
        metavar="FOLD",
        help=f"layouts of one fold of {LAYOUT_FOLDS} stand in held-out rows alone",
    )
    parser.add_argument(
        "--edits",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="share of slips that are one edit of any letter, not of the kinds of the part",
    )
    options = parser.parse_args(arguments)
    try:
        make_market(
            options.out,
            options.part,
            options.brands,
            options.rows,
            options.seed,
            options.leave_out_layouts,
            options.edits,
        )
    except (BenchError, OSError) as error:
        print(f"benchmarks.market: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
