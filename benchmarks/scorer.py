"""The scorer that lies beside a set counts as well: two counts are worth more than one."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from benchmarks.counting import Answered, Figures, Method
from benchmarks.sets import HELD_OUT, TRAIN, BenchSet, Key

CLOSE = 1e-4
"""Figures this far apart count as equal; the scorer rounds some to four places."""
SCORED = {
    "rules, resolved": "resolved",
    "rules, any": "any",
    "confirmed": "predictions",
    "confirmed + review": "offered",
}
"""Our methods, and what the scorer calls them."""


def check(
    one: BenchSet,
    scratch: Path,
    release: Path,
    answers: Mapping[Key, Answered],
    methods: Iterable[Method],
) -> str:
    """Let the scorer beside the set count as well, and say how far the two agree."""
    if one.scorer is None:
        return "no score.py lies in or beside this set: counted by the benchmark alone"
    predictions, figures = scratch / "all.csv", scratch / "scorer.json"
    with predictions.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("ccid", "bankid", "brandid", "decision", "confidence"))
        writer.writerows((*key, a.brandid, a.decision, a.confidence) for key, a in answers.items())
    command = [sys.executable, str(one.scorer), str(one.folder), "--metadata", str(release)]
    command += ["--predictions", str(predictions), "--json", str(figures)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"score.py failed, so counted by the benchmark alone: {done.stderr[-300:].strip()}"
    theirs = json.loads(figures.read_text(encoding="utf-8"))
    compared = list(_compared(methods, theirs))
    apart = [text for text, equal in compared if not equal]
    if apart:
        return "score.py counts otherwise: " + "; ".join(apart)
    return f"score.py counts the same ({len(compared)} figures)"


def _compared(
    methods: Iterable[Method], theirs: Mapping[str, Mapping[str, float | None]]
) -> Iterator[tuple[str, bool]]:
    for method in methods:
        for split, figures in ((TRAIN, method.train), (HELD_OUT, method.held_out)):
            their = theirs.get(f"{SCORED[method.name]}/{split}")
            if their is None or figures is None:
                continue
            for name, ours in _comparable(figures, split).items():
                value = their[name]
                equal = ours == value or (
                    ours is not None and value is not None and abs(ours - value) < CLOSE
                )
                yield f"{method.name}, {split}, {name}: {ours} here, {value} there", equal


def _comparable(figures: Figures, split: str) -> dict[str, float | None]:
    """Figures under the scorer's names."""
    ours = {
        "F1_all": figures.f1_all,
        "P_all": figures.precision_all,
        "R": figures.recall,
        "macroF1": figures.macro_f1,
        "FPR_near": figures.look_alikes.value,
        "FPR_bg": figures.background.value,
    }
    if split == TRAIN:
        ours |= {"fix_wrong": figures.fix_wrong.value, "fix_missing": figures.fix_missing.value}
    return ours
