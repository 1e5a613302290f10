"""`python -m benchmarks.ablation SET …`: what each part of the learner is worth.

Every part is switched off in turn, and every setting varied with `--settings`. Measured on the
held-out rows of a set; with `--folds N` on the rows learned from instead, each part of them by what
was learned from the others and against the labels given, so that no held-out row is looked at.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.charts import bars
from benchmarks.commands import BenchError
from benchmarks.counting import Answered, Figures, Share, count
from benchmarks.quality import OFFERED, by_decisions, longest
from benchmarks.sets import HELD_OUT, BenchSet, Key, Row, Truth, open_set
from benchmarks.variants import PARTS, WHOLE, Variant, varied
from brand_metagen.app.runs import public_names
from brand_metagen.config import Settings
from brand_metagen.errors import BrandMetagenError
from brand_metagen.publish.classifier import Classifier
from brand_metagen.records import Combos, Market, Rule
from brand_metagen.tables.load import load_market
from brand_metagen.workflow.learning import Learning

COLUMNS = ("ccid", "bankid", "mid", "brandid", "mccid", "narrative")


@dataclass(frozen=True, slots=True)
class Job:
    """Rows to learn from, rows to ask, and what the answers are measured by."""

    market: Market
    rows: tuple[Row, ...]
    truth: tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class Worth:
    """A variant measured: the rules alone, confirmed rows, and these with what humans see.

    `codes` are codes per rule, `length` the median length of include patterns.
    """

    name: str
    rules: Figures
    confirmed: Figures
    offered: Figures
    humans: Share
    codes: float
    length: float


def jobs(one: BenchSet, folds: int) -> list[Job]:
    """The set as it is, or its learning rows in folds by narrative."""
    market = load_market(one.folder, Settings().tables).market
    if not folds:
        return [Job(market, one.held_out, one.truth)]
    made = []
    for fold in range(folds):
        rows = tuple(row for row in one.train if _fold(row.narrative, folds) == fold)
        given = tuple(
            Truth(r.key, r.given, "labelled" if r.given else "background", HELD_OUT, "")
            for r in rows
        )
        made.append(Job(_outside(market, fold, folds), rows, given))
    return made


def _fold(narrative: str, folds: int) -> int:
    return zlib.crc32(b"fold " + narrative.encode()) % folds


def _outside(market: Market, fold: int, folds: int) -> Market:
    combos = market.combos
    kept = [i for i, text in enumerate(combos.narrative) if _fold(text, folds) != fold]
    columns = {name: [getattr(combos, name)[i] for i in kept] for name in COLUMNS}
    return replace(market, combos=Combos(**columns))


def measure(variant: Variant, asked: Sequence[Job]) -> Worth:
    """Learn and ask every job as the variant does; folds are counted together."""
    known = public_names() if variant.public_names else ()
    truth = [t for job in asked for t in job.truth]
    by_rules: dict[Key, frozenset[str]] = {}
    answers: dict[Key, Answered] = {}
    rules: list[Rule] = []
    with variant.in_place():
        for job in asked:
            learning = Learning(job.market, known, variant.settings)
            brands = [learning.learn(brandid) for brandid in job.market.to_check]
            model, _ = learning.fit(brands)
            rules = [brand.full.rule for brand in brands if brand.full.rule]
            by_rules |= longest(job.rows, rules)
            answers |= _answers(Classifier(rules, model), job.rows)
    decided = by_decisions(answers)
    named = [a for a in answers.values() if a.brandid]
    return Worth(
        variant.name,
        count(truth, by_rules, HELD_OUT),
        count(truth, decided["confirmed"], HELD_OUT),
        count(truth, decided["confirmed + review"], HELD_OUT),
        Share(sum(a.decision in OFFERED[1:] for a in named), len(named)),
        statistics.fmean(len(rule.mccids) for rule in rules),
        statistics.median(len(rule.include) for rule in rules),
    )


def _answers(classifier: Classifier, rows: Sequence[Row]) -> Iterator[tuple[Key, Answered]]:
    answers = classifier.answers(
        [r.narrative for r in rows], [r.mccid for r in rows], [r.mid for r in rows]
    )
    columns = zip(rows, answers.brandid, answers.decision, answers.confidence, strict=True)
    for row, brandid, decision, confidence in columns:
        yield row.key, Answered(brandid, decision.value, confidence)


HEAD = (
    "| without | rules: F1_all | macro F1 | look-alikes | codes | include |"
    " confirmed: precision | recall | look-alikes | + review: F1_all | humans |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def line(worth: Worth) -> str:
    """A row of the table."""
    cells = (
        worth.name,
        f"{worth.rules.f1_all:.3f}",
        f"{worth.rules.macro_f1:.3f}",
        _share(worth.rules),
        f"{worth.codes:.1f}",
        f"{worth.length:.0f}",
        f"{worth.confirmed.precision_all:.3f}",
        f"{worth.confirmed.recall:.3f}",
        _share(worth.confirmed),
        f"{worth.offered.f1_all:.3f}",
        f"{worth.humans.value or 0:.3f}",
    )
    return "| " + " | ".join(cells) + " |"


def _share(figures: Figures) -> str:
    """Look-alikes taken, or where nobody says which they are, rows without a label."""
    value = figures.look_alikes.value
    return f"{value:.3f}" if value is not None else f"({figures.background.count})"


def losses(measured: Mapping[str, Sequence[Worth]]) -> dict[str, list[float]]:
    """Points of F1_all that each part is worth, set by set: of the rules, or of what is offered."""
    return {
        found[0].name: [
            100 * max(whole.rules.f1_all - w.rules.f1_all, whole.offered.f1_all - w.offered.f1_all)
            for whole, w in zip((ws[0] for ws in measured.values()), found, strict=True)
        ]
        for found in zip(*(ws[1:] for ws in measured.values()), strict=True)
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ablation", description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET")
    parser.add_argument("--folds", type=int, default=0, help="on the rows learned from, in N folds")
    parser.add_argument("--settings", action="store_true", help="vary settings, not parts")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="a picture of the losses")
    options = parser.parse_args(arguments)
    variants = [WHOLE, *(varied() if options.settings else PARTS)]
    measured: dict[str, list[Worth]] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="ablation-") as folder:
            for number, source in enumerate(options.sets):
                one = open_set(source, Path(folder) / str(number))
                asked = jobs(one, options.folds)
                print(f"\n### {one.name}\n\n{HEAD}", flush=True)
                for variant in variants:
                    worth = measure(variant, asked)
                    measured.setdefault(one.name, []).append(worth)
                    print(line(worth), flush=True)
        if options.svg:
            picture = bars(losses(measured), list(measured), "points of F1_all lost without it")
            options.svg.write_text(picture, encoding="utf-8")
    except (BenchError, BrandMetagenError, OSError) as error:
        print(f"benchmarks.ablation: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
