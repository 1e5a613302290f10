"""How fast, as ratios: against a bare RE2 set, and against a tenth of the rows. Asserts nothing."""

from __future__ import annotations

import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import re2

from benchmarks.commands import Cost, measured, product
from benchmarks.sets import Row, open_set
from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.match.matcher import Matcher
from brand_metagen.publish.classifier import BATCH, Classifier
from brand_metagen.publish.release import load
from brand_metagen.records import Rule
from brand_metagen.sample.market import make_sample

Say = Callable[[str], None]
Cell = tuple[str, str, str]
"""(narrative, mccid, mid) as the classifier takes it."""
Pair = tuple[float, float]
"""Processor seconds of ours and of the bare set."""
T = TypeVar("T")

SET_MEMORY = 1 << 30
"""Bytes the bare set may use; its default fails at some 10,000 patterns (measured)."""
PAIRS = 5
"""Times both are measured, in turns; the ratio is the median of the pairs' ratios."""
MOST_RULES = 3_000
BIG, MID, MID_TENTH = (3_200, 150_000), (300, 150_000), (300, 15_000)
"""(brands, rows) of the markets made up for `run`."""
SEED = 20_261


@dataclass(frozen=True, slots=True)
class Pace:
    """One way of asking. Rates are narratives per second; `ratio` > 1 when ours is the faster."""

    ours: float
    bare: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Classifying:
    """Ours against a bare set: just built (cold), on the same rows again (warm), and on rows it has
    not met after others of the same market (new; `matching` is that without ties, confirmation and
    reasons: which rules match a narrative and list its code, and where).

    `*_build` are the seconds to make either before the first row.
    """

    name: str
    rules: int
    narratives: int
    ours_build: float
    bare_build: float
    cold: Pace
    warm: Pace
    new: Pace
    matching: Pace


@dataclass(frozen=True, slots=True)
class Running:
    """The main job on a market made up for it."""

    brands: int
    rows: int
    cost: Cost


@dataclass(frozen=True, slots=True)
class Help:
    """Seconds of `brand-metagen --help`, and of a Python that does nothing (medians)."""

    ours: float
    python: float


class Bare:
    """A bare RE2 set over the includes: what a classifier cannot do without."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        options = re2.Options()
        options.max_mem = SET_MEMORY
        self._set = re2.Set.SearchSet(options)
        for rule in rules:
            self._set.Add(rule.include)
        self._set.Compile()

    def answers(self, texts: Sequence[str]) -> list[object]:
        match = self._set.Match
        return [match(text) for text in texts]


def classifying(name: str, metadata: Path, data: Path, scratch: Path, say: Say) -> Classifying:
    """Compare on the distinct held-out narratives of a set, with the rules of a release."""
    say(f"{name}: classify against a bare RE2 set")
    release, one = load(metadata), open_set(data, scratch)
    rules = [m.rule for m in release.metadata if m.rule][:MOST_RULES]
    seen, rows = distinct(one.train), distinct(one.held_out)
    with one_core():
        turns = [_turn(rules, release.model, seen, rows, turn) for turn in range(PAIRS)]
    ours_build, bare_build = (
        statistics.median(side) for side in zip(*turns_of(turns, 0), strict=True)
    )
    states = (pace(turns_of(turns, state), len(rows)) for state in (1, 2, 3, 4))
    return Classifying(name, len(rules), len(rows), ours_build, bare_build, *states)


def turns_of(turns: Sequence[Sequence[Pair]], at: int) -> list[Pair]:
    """One thing timed, over all turns."""
    return [turn[at] for turn in turns]


def _turn(
    rules: Sequence[Rule],
    model: ConfirmModel,
    seen: Sequence[Cell],
    rows: Sequence[Cell],
    turn: int,
) -> tuple[Pair, ...]:
    """Seconds of both: to build, cold, warm, on unseen rows after all seen ones, and of matching
    alone on those."""

    def fresh() -> tuple[Classifier, Bare, Pair]:
        ours, bare = partial(Classifier, rules, model), partial(Bare, rules)
        (made, first), (set_made, second) = timed(ours), timed(bare)
        return made, set_made, (first, second)

    def asked(ours: Classifier, bare: Bare, cells: Sequence[Cell]) -> Pair:
        texts, codes, mids = ([cell[i] for cell in cells] for i in range(3))
        return in_turn(
            partial(ours.answers, texts, codes, mids), partial(bare.answers, texts), turn
        )

    ours, bare, built = fresh()
    cold, warm = asked(ours, bare, rows), asked(ours, bare, rows)
    ours, bare, _ = fresh()
    asked(ours, bare, seen)
    new = asked(ours, bare, rows)
    return built, cold, warm, new, _matching(rules, seen, rows, turn)


def _matching(rules: Sequence[Rule], seen: Sequence[Cell], rows: Sequence[Cell], turn: int) -> Pair:
    """Seconds of a matcher and a bare set on unseen rows, both having met the seen ones."""
    matcher, bare = Matcher(rules), Bare(rules)

    def matched(cells: Sequence[Cell]) -> None:
        for at in range(0, len(cells), BATCH):
            texts, codes, _ = zip(*cells[at : at + BATCH], strict=True)
            matcher.matches(matcher.lexicon.read(texts), matcher.code_numbers(codes))

    texts = [text for text, _, _ in rows]
    matched(seen)
    bare.answers([text for text, _, _ in seen])
    return in_turn(partial(matched, rows), partial(bare.answers, texts), turn)


def distinct(rows: Sequence[Row]) -> list[Cell]:
    """Each narrative once, with the code and merchant id of its first row."""
    cells = {row.narrative: (row.narrative, row.mccid, row.mid) for row in reversed(rows)}
    return [cells[text] for text in sorted(cells)]


def in_turn(ours: Callable[[], object], bare: Callable[[], object], turn: int) -> Pair:
    """Seconds of both, one after the other; who goes first changes from turn to turn."""
    if turn % 2:
        second = timed(bare)[1]
        return timed(ours)[1], second
    first = timed(ours)[1]
    return first, timed(bare)[1]


def timed(task: Callable[[], T]) -> tuple[T, float]:
    """A task's result and its processor seconds, without the collector, which strikes at random."""
    gc.collect()
    gc.disable()
    try:
        begun = time.process_time()
        result = task()
        return result, time.process_time() - begun
    finally:
        gc.enable()


def pace(pairs: Sequence[Pair], narratives: int) -> Pace:
    """The median rates of the pairs' sides, and the median of the pairs' ratios.

    >>> pace([(1.0, 2.0), (2.0, 2.0), (1.0, 4.0)], 100)
    Pace(ours=100.0, bare=50.0, ratio=2.0)
    """
    ours, bare = (narratives / statistics.median(side) for side in zip(*pairs, strict=True))
    return Pace(ours, bare, statistics.median(b / o for o, b in pairs))


@contextmanager
def one_core() -> Iterator[None]:
    """Stay on one core where the system lets a process choose (Linux)."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def running(brands: int, rows: int, scratch: Path, say: Say) -> Running:
    """`brand-metagen run` on a market made up in `scratch / "data"`."""
    say(f"run: {brands:,} brands, {rows:,} rows")
    data = scratch / "data"
    make_sample(data, brands, rows, SEED)
    cost = product("run", "--data", str(data), "--workspace", str(scratch / "workspace"))
    return Running(brands, rows, cost)


def at_scale(scratch: Path, say: Say) -> tuple[list[Running], Classifying]:
    """The big market, with its rules in `classify`; then ten times the rows of a mid-size one."""
    big = scratch / "big"
    runs = [running(*BIG, big, say)]
    product("export", "--workspace", str(big / "workspace"), "--out", str(big / "export"))
    metadata = big / "export" / "metadata.jsonl"
    compared = classifying("made-up market", metadata, big / "data", big / "links", say)
    runs += [running(*size, scratch / str(size[1]), say) for size in (MID_TENTH, MID)]
    return runs, compared


def help_time(say: Say) -> Help:
    """Start-up, beside a Python that starts and ends."""
    say("--help")
    ours = [product("--help").seconds for _ in range(PAIRS)]
    python = [measured([sys.executable, "-c", ""]).seconds for _ in range(PAIRS)]
    return Help(statistics.median(ours), statistics.median(python))
