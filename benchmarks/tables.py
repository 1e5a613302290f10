"""The figures as Markdown tables with aligned columns: for a screen, and to be pasted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.calibration import Bin
from benchmarks.counting import Figures, Share
from benchmarks.quality import SetQuality
from benchmarks.sets import HELD_OUT, TRAIN
from benchmarks.settling import Confirmation, Ties
from benchmarks.speed import Classifying, Help, Pace, Running
from brand_metagen.confirm.grade import wilson

QUALITY_HEADER = (
    *("held-out rows", "F1_all", "95 %", "macro F1", "P_all", "recall"),
    *("look-alikes taken", "background taken", "train F1_all", "fix wrong", "fix missing"),
)
TIES_HEADER = (
    *("contested rows", "of rows taken", "given to one", "of these right"),
    *("left to humans", "given to none"),
)
CONFIRMATION_HEADER = ("candidates of rules", "confirmed", "left to humans", "excluded")
RELIABILITY_HEADER = (
    "confidence, held-out rows",
    "rows",
    "mean said",
    "share right",
    "too sure by",
)
SIDES = {TRAIN: "learned from", HELD_OUT: "held out"}
PACE_HEADER = ("classify", "rules", "narratives", "state", "ours /s", "bare RE2 set /s", "ratio")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: first column to the left, the others to the right.

    >>> print(table(("a", "bb"), [("ccc", "1")]))
    | a   | bb |
    |-----|---:|
    | ccc |  1 |
    """
    lines = [list(header), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    drawn = ["| " + " | ".join(_padded(line, widths)) + " |" for line in lines]
    rule = "|-" + "-" * widths[0] + "-|" + "".join("-" * (w + 1) + ":|" for w in widths[1:])
    return "\n".join([drawn[0], rule, *drawn[1:]])


def _padded(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = zip(cells, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]


def quality(one: SetQuality) -> str:
    """One set: every method beside the others, then what is only said of ours."""
    rows = []
    for method in one.methods:
        if method.held_out is None or method.train is None:
            rows.append([method.name, *["-"] * (len(QUALITY_HEADER) - 1)])
        else:
            rows.append([method.name, *_held_out(method.held_out), *_train(method.train)])
    title = (
        f"## {one.name}: {one.brands:,} brands, {one.train_rows:,} rows, "
        f"{one.held_out_rows:,} held out\n"
    )
    notes = [f"{m.name}: not measured, {m.note}" for m in one.methods if m.note]
    return "\n".join([title, table(QUALITY_HEADER, rows), "", *_ours(one), *notes, one.scorer, ""])


def _held_out(figures: Figures) -> list[str]:
    low, high = figures.interval
    return [
        _f(figures.f1_all),
        f"{low:.3f}-{high:.3f}",
        _f(figures.macro_f1),
        _f(figures.precision_all),
        _f(figures.recall),
        share(figures.look_alikes),
        share(figures.background),
    ]


def _train(figures: Figures) -> list[str]:
    return [_f(figures.f1_all), _f(figures.fix_wrong.value), _f(figures.fix_missing.value)]


def _ours(one: SetQuality) -> list[str]:
    ours = one.product
    costs = ", ".join(
        f"{verb} {cost.seconds:.2f} s / {cost.megabytes:,.0f} MB"
        for verb, cost in one.costs.items()
    )
    return [
        f"left to humans {share(ours.left_to_humans)} · ECE {ours.ece:.4f} · "
        f"Brier skill {ours.brier_skill:.3f}",
        f"{ours.rules:,} rules · mean MCC list {ours.mean_codes:.1f} · include length "
        f"{ours.include_median:.0f} median, {ours.include_p90:.0f} at the 90th percentile",
        f"{ours.astray:,} public names of others taken",
        costs,
    ]


def strata(one: SetQuality) -> str:
    """Recall on held-out rows by kind of row, every method beside the others."""
    methods = [method for method in one.methods if method.strata]
    kinds = [kind for kind, rows in methods[0].strata.items() if rows.of]
    header = ("held-out rows given their brand", "rows", *(method.name for method in methods))
    rows = [
        [kind, f"{methods[0].strata[kind].of:,}", *(_recall(m.strata[kind]) for m in methods)]
        for kind in kinds
    ]
    return table(header, rows) + "\n"


def _recall(of: Share) -> str:
    """A share with half its 95 % interval."""
    low, high = wilson(of.count, of.of)
    return f"{of.value or 0:.3f} ± {(high - low) / 2:.3f}"


def settled(one: SetQuality) -> str:
    """Ties, what confirmation stops and loses, and confidence by decile: three tables."""
    ours = one.product
    return "\n\n".join(
        (
            table(TIES_HEADER, map(_ties, ours.ties)),
            table(CONFIRMATION_HEADER, (row for c in ours.confirmation for row in _candidates(c))),
            table(RELIABILITY_HEADER, map(_decile, ours.reliability)) + "\n",
        )
    )


def _ties(of: Ties) -> list[str]:
    counts = (of.contested, of.settled, of.right, of.left, of.refused)
    return [SIDES[of.split], *map(share, counts)]


def _candidates(of: Confirmation) -> Iterable[list[str]]:
    for sort, ends in (("wrong", of.wrong), ("true", of.true)):
        counts = (ends.confirmed, ends.left, ends.excluded)
        yield [f"{sort}, {SIDES[of.split]}", *map(share, counts)]


def _decile(of: Bin) -> list[str]:
    right = Share(of.right, of.rows)
    gap = of.mean - of.right / of.rows
    said = f"{of.lowest:.4f}-{of.highest:.4f}"
    return [said, f"{of.rows:,}", f"{of.mean:.4f}", _recall(right), f"{gap:+.4f}"]


def share(of: Share) -> str:
    """A share with its counts.

    >>> share(Share(3, 12)), share(Share(0, 0))
    ('0.250 (3/12)', '-')
    """
    return "-" if of.value is None else f"{of.value:.3f} ({of.count:,}/{of.of:,})"


def _f(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def paces(compared: Iterable[Classifying]) -> str:
    """`classify` against the bare set, state by state."""
    rows = []
    for one in compared:
        build = Pace(one.ours_build, one.bare_build, one.bare_build / one.ours_build)
        start = [one.name, f"{one.rules:,}", f"{one.narratives:,}"]
        rows.append(
            [*start, "build", f"{build.ours:.2f} s", f"{build.bare:.2f} s", f"{build.ratio:.2f} x"]
        )
        states = (one.cold, one.new, one.matching, one.warm)
        names = ("cold", "new rows", "matching alone", "warm")
        for state, pace in zip(names, states, strict=True):
            rates = [f"{pace.ours:,.0f}", f"{pace.bare:,.0f}", f"{pace.ratio:.2f} x"]
            rows.append([*start, state, *rates])
    return table(PACE_HEADER, rows) + "\n"


def scale(runs: Sequence[Running]) -> str:
    """`run` on made-up markets; the ratio is to a tenth of the rows of as many brands."""
    seconds = {(one.brands, one.rows): one.cost.seconds for one in runs}
    rows = []
    for one in runs:
        tenth = seconds.get((one.brands, one.rows // 10))
        ratio = f"{one.cost.seconds / tenth:.1f} x" if tenth else "-"
        sizes = [f"{one.brands:,}", f"{one.rows:,}"]
        costs = [f"{one.cost.seconds:.1f}", f"{one.cost.megabytes:,.0f}"]
        rows.append(["run", *sizes, *costs, ratio])
    return table(("job", "brands", "rows", "seconds", "peak MB", "of a tenth"), rows) + "\n"


def starting(one: Help) -> str:
    return (
        f"brand-metagen --help {one.ours:.2f} s; Python alone {one.python:.2f} s; "
        f"ratio {one.ours / one.python:.1f} x\n"
    )
