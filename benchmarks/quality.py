"""What the installed command line makes of a set, beside the yardsticks on the same rows."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.calibration import Bin, brier_skill, calibration_error, reliability
from benchmarks.commands import Cost, product
from benchmarks.counting import Answered, Method, Predictions, Share, count
from benchmarks.probe import astray
from benchmarks.scorer import check
from benchmarks.sets import HELD_OUT, SPLITS, TRAIN, BenchSet, Key, Row, open_set
from benchmarks.settling import Confirmation, Ties, confirmation, ties
from benchmarks.strata import cases, recalls
from benchmarks.yardsticks import YARDSTICKS, TooLarge, Yardstick
from brand_metagen.match.matcher import Matcher
from brand_metagen.publish.release import load
from brand_metagen.records import Rule

Say = Callable[[str], None]

OFFERED = ("confirmed", "review", "tie")
ANY = "rules, any"


@dataclass(frozen=True, slots=True)
class Product:
    """Figures of ours alone. `include_*` are lengths of include patterns in characters.

    `astray` counts public names that rules of other brands take; `reliability` are held-out rows
    that name a candidate, by decile of confidence; `ties` and `confirmation` are of both splits.
    """

    left_to_humans: Share
    ece: float
    brier_skill: float
    rules: int
    mean_codes: float
    include_median: float
    include_p90: float
    astray: int
    reliability: tuple[Bin, ...]
    ties: tuple[Ties, ...]
    confirmation: tuple[Confirmation, ...]


@dataclass(frozen=True, slots=True)
class SetQuality:
    """All that was measured on a set. `scorer` says whether the scorer beside it agrees."""

    name: str
    brands: int
    train_rows: int
    held_out_rows: int
    methods: tuple[Method, ...]
    product: Product
    costs: Mapping[str, Cost]
    scorer: str
    release: Path


def measure(source: Path, scratch: Path, say: Say) -> SetQuality:
    """Run, export, classify and count; `scratch` must be empty and outlive the result."""
    one = open_set(source, scratch)
    say(f"{one.name}: {len(one.train):,} + {len(one.held_out):,} rows, {len(one.brands):,} brands")
    costs = run_product(one, scratch, say)
    release = scratch / "export" / "metadata.jsonl"
    rules = [m.rule for m in load(release).metadata if m.rule]
    seen, unseen = (
        read_answers(scratch / "export" / "assignments.csv"),
        read_answers(scratch / "predictions.csv"),
    )
    answers = {**seen, **unseen}
    ours = {**by_rules(one, rules), **by_decisions(answers)}
    methods = [_method(one, name, found) for name, found in ours.items()]
    say(f"{one.name}: scorer")
    checked = check(one, scratch, release, answers, methods)
    for name, yardstick in YARDSTICKS.items():
        say(f"{one.name}: {name}")
        methods.append(_yardstick(one, name, yardstick))
    return SetQuality(
        name=one.name,
        brands=len(one.brands),
        train_rows=len(one.train),
        held_out_rows=len(one.held_out),
        methods=tuple(methods),
        product=_product(one, rules, ours[ANY], answers),
        costs=costs,
        scorer=checked,
        release=release,
    )


def run_product(one: BenchSet, scratch: Path, say: Say) -> dict[str, Cost]:
    """The main job, its export and the classification of the held-out rows, as a user does it."""
    workspace, out = str(scratch / "workspace"), scratch / "export"
    commands = {
        "run": ("--data", str(one.folder), "--workspace", workspace),
        "export": ("--workspace", workspace, "--out", str(out)),
        "classify": (
            *("--metadata", str(out / "metadata.jsonl"), "--input", str(one.unseen)),
            *("--output", str(scratch / "predictions.csv")),
        ),
    }
    costs = {}
    for verb, options in commands.items():
        say(f"{one.name}: {verb}")
        costs[verb] = product(verb, *options)
    return costs


def read_answers(path: Path) -> dict[Key, Answered]:
    """The rows of a classified table by their key, in order."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (r["ccid"], r["bankid"]): Answered(
                r["brandid"], r["decision"], float(r["confidence"] or 0)
            )
            for r in csv.DictReader(file)
        }


def by_rules(one: BenchSet, rules: list[Rule]) -> dict[str, Predictions]:
    """The rules without the model: all that match, and the one that matched the longest text."""
    resolved, every = _by_rules(one.rows, rules)
    return {"rules, resolved": resolved, ANY: every}


def _by_rules(rows: Sequence[Row], rules: list[Rule]) -> tuple[Predictions, Predictions]:
    matcher = Matcher(rules)
    codes = [frozenset(rule.mccids) for rule in rules]
    every: dict[Key, frozenset[str]] = {}
    resolved: dict[Key, frozenset[str]] = {}
    for row in rows:
        taken = [t for t in matcher.spans(row.narrative) if row.mccid in codes[t[0]]]
        every[row.key] = frozenset(rules[rule].brandid for rule, _ in taken)
        most = max((end - start for _, (start, end) in taken), default=0)
        best = [rule for rule, (start, end) in taken if end - start == most]
        resolved[row.key] = frozenset({rules[best[0]].brandid} if len(best) == 1 else ())
    return resolved, every


def longest(rows: Sequence[Row], rules: list[Rule]) -> Predictions:
    """Of the rules that take a row, the one that matches the longest text; none if equal."""
    return _by_rules(rows, rules)[0]


def by_decisions(answers: Mapping[Key, Answered]) -> dict[str, Predictions]:
    """The confirmed rows, and with them those whose candidate is put before a human."""
    return {
        "confirmed": _given(answers, OFFERED[:1]),
        "confirmed + review": _given(answers, OFFERED),
    }


def _given(answers: Mapping[Key, Answered], decisions: Iterable[str]) -> Predictions:
    return {
        key: frozenset({a.brandid})
        for key, a in answers.items()
        if a.brandid and a.decision in decisions
    }


def _method(one: BenchSet, name: str, found: Predictions) -> Method:
    return Method(
        name,
        count(one.truth, found, TRAIN),
        count(one.truth, found, HELD_OUT),
        strata=recalls(cases(one), found),
    )


def _yardstick(one: BenchSet, name: str, yardstick: Yardstick) -> Method:
    try:
        return _method(one, name, yardstick(one))
    except ImportError:
        return Method(name, None, None, "scikit-learn is not installed (group bench)")
    except TooLarge as reason:
        return Method(name, None, None, f"too large: {reason}")


def _product(
    one: BenchSet, rules: list[Rule], every: Predictions, answers: Mapping[Key, Answered]
) -> Product:
    true = {t.key: t.brandid for t in one.truth if t.split == HELD_OUT}
    named = [(key, a) for key, a in answers.items() if a.brandid and key in true]
    scored = [(a.confidence, a.brandid == true[key]) for key, a in named]
    lengths = sorted(len(rule.include) for rule in rules) or [0]
    return Product(
        left_to_humans=Share(sum(a.decision in OFFERED[1:] for _, a in named), len(named)),
        ece=calibration_error(scored),
        brier_skill=brier_skill(scored),
        rules=len(rules),
        mean_codes=statistics.fmean(len(rule.mccids) for rule in rules) if rules else 0.0,
        include_median=statistics.median(lengths),
        include_p90=lengths[round(0.9 * (len(lengths) - 1))],
        astray=len(astray(rules, one.brands)),
        reliability=reliability(scored),
        ties=tuple(ties(one.truth, every, answers, split) for split in SPLITS),
        confirmation=tuple(confirmation(one.truth, every, answers, split) for split in SPLITS),
    )


def to_json(quality: SetQuality) -> dict[str, object]:
    """All figures as JSON values."""
    return {**asdict(quality), "release": None}
