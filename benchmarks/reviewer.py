"""`python -m benchmarks.reviewer SET [SET …]`: a truthful reviewer goes through the whole queue.

It works through the REST API of `brand-metagen serve` alone, and knows the truth about the learning
rows of the set. Prints figures.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.commands import BenchError, product
from benchmarks.counting import Answered, Predictions, Share, count
from benchmarks.known import Known
from benchmarks.quality import by_decisions, read_answers, run_product
from benchmarks.reviewing import APPROVED, Case, Reviewer, Turn
from benchmarks.server import Caller, serving
from benchmarks.sets import HELD_OUT, BenchSet, Key, open_set
from benchmarks.tables import share, table
from brand_metagen.errors import BrandMetagenError
from brand_metagen.publish.release import load

SEED = 1


@dataclass(frozen=True, slots=True)
class Market:
    """The product's answers at one moment: `seen` rows of the market, `unseen` held-out F1_all of
    confirmed rows and of those with review, `include` lengths (median, 90th percentile)."""

    seen: Mapping[Key, Answered]
    unseen: tuple[float, float]
    include: tuple[float, float]

    def right(self, known: Known) -> int:
        """Rows of the market decided rightly: confirmed for their brand, or for nobody."""
        return sum(_right(known.true[key], answer) for key, answer in self.seen.items())


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A set after its review."""

    name: str
    texts: bool
    cases: tuple[Case, ...]
    before: Market
    after: Market
    corrected: int
    still_approvable: Share

    @property
    def turns(self) -> list[Turn]:
        return [turn for case in self.cases for turn in case.turns]


def _right(brandid: str, answer: Answered) -> bool:
    if not brandid:
        return answer.decision in ("excluded", "unmatched")
    return answer.decision == "confirmed" and answer.brandid == brandid


def measure(source: Path, scratch: Path, how: tuple[int, bool, bool, bool]) -> Reviewed:
    """Learn the set, let the reviewer through its queue, and compare before and after.

    `how` is the seed, and whether they write text, are exacting, trust the reader.
    """
    one = open_set(source, scratch)
    run_product(one, scratch, say)
    known = Known.of(one)
    before = _market(one, scratch / "export", scratch / "predictions.csv")
    workspace, cases = scratch / "workspace", []
    with serving(workspace, "--no-login", "--as", "reviewer") as server:
        api = Caller(server.url)
        reviewer = Reviewer(api, known, *how, lambda: server.cpu_seconds)
        for case in reviewer.work():
            cases.append(case)
            if len(cases) % 25 == 0:
                say(f"{one.name}: {len(cases):,} brands reviewed")
        api.close()
    out, predictions = scratch / "after", scratch / "predictions-after.csv"
    product("export", "--workspace", str(workspace), "--out", str(out), "--what", "latest")
    product("classify", "--metadata", str(out / "metadata.jsonl"), "--input", str(one.unseen),
            "--output", str(predictions))  # fmt: skip
    after = _market(one, out, predictions)
    return Reviewed(
        one.name, how[1], tuple(cases), before, after,
        after.right(known) - before.right(known), _still(cases, known, after),
    )  # fmt: skip


def _market(one: BenchSet, export: Path, predictions: Path) -> Market:
    found: dict[str, Predictions] = by_decisions(read_answers(predictions))
    confirmed, offered = (count(one.truth, given, HELD_OUT).f1_all for given in found.values())
    rules = [m.rule for m in load(export / "metadata.jsonl").metadata if m.rule]
    lengths = sorted(len(rule.include) for rule in rules) or [0]
    spread = (statistics.median(lengths), float(lengths[round(0.9 * (len(lengths) - 1))]))
    return Market(read_answers(export / "assignments.csv"), (confirmed, offered), spread)


def _still(cases: Iterable[Case], known: Known, after: Market) -> Share:
    """Approved brands still approvable at the end: others' rules may have moved their rows."""
    given: dict[str, list[Key]] = {}
    for key, answer in after.seen.items():
        if answer.decision == "confirmed":
            given.setdefault(answer.brandid, []).append(key)
    approved = [case.brandid for case in cases if case.end == APPROVED]
    good = sum(known.trouble(brandid, given.get(brandid, ())).approvable for brandid in approved)
    return Share(good, len(approved))


def figures(one: Reviewed) -> dict[str, str]:
    """What is printed of a set, by name."""
    cases, turns = one.cases, one.turns
    approved = [case for case in cases if case.end == APPROVED]
    first = Share(sum(case.looks == 1 for case in approved), len(cases))
    clear = [turn for turn in turns if turn.way != "vague"]
    fit = [turn for turn in clear if turn.satisfiable]
    accepted = [turn for turn in turns if turn.accepted]
    asked = sum(turn.understood for turn in accepted)
    actions = sum(case.actions for case in cases)
    (conf0, all0), (conf1, all1) = one.before.unseen, one.after.unseen
    cpus = [turn.cpu for turn in turns if turn.cpu is not None]
    return {
        "brands": f"{len(cases):,}",
        "approved at first look": share(first),
        "approved in the end": share(Share(len(approved), len(cases))),
        "escalated": share(Share(len(cases) - len(approved), len(cases))),
        "mean rounds, all": _mean(case.looks for case in cases),
        "mean rounds, approved": _mean(case.looks for case in approved),
        "approved, approvable at the end": share(one.still_approvable),
        "actions (remarks + decisions)": f"{actions:,}",
        "corrected rows (net)": f"{one.corrected:,}",
        "corrected rows per action": f"{one.corrected / max(actions, 1):.3f}",
        "corrected rows per remark": f"{one.corrected / max(len(turns), 1):.3f}",
        "satisfiable remarks accepted": share(Share(sum(t.accepted for t in fit), len(fit))),
        "… and no narrative listed": share(
            Share(sum(t.accepted and not t.listed for t in fit), len(fit))
        ),
        "remarks with a part not understood": share(
            Share(sum(bool(t.parts) for t in clear), len(clear))
        ),
        "constraints read that are untrue": share(
            Share(sum(len(t.untrue) for t in turns), sum(t.understood for t in turns))
        ),
        "constraints held by listing": share(Share(sum(t.listed for t in accepted), asked)),
        "include length, median": f"{one.before.include[0]:.0f} → {one.after.include[0]:.0f}",
        "include length, 9/10": f"{one.before.include[1]:.0f} → {one.after.include[1]:.0f}",
        "unseen F1_all, confirmed": f"{conf0:.4f} → {conf1:.4f}",
        "unseen F1_all, with review": f"{all0:.4f} → {all1:.4f}",
        "seconds per remark, p50 · p95": _quantiles([turn.seconds for turn in turns]),
        "server CPU per remark, p50 · p95": _quantiles(cpus),
    }


def report(measured: Sequence[Reviewed]) -> str:
    """All sets beside each other, then how remarks fared and what stood in the way."""
    columns = [figures(one) for one in measured]
    names = [f"{one.name}{'' if one.texts else ', no text'}" for one in measured]
    rows = [[name, *(column[name] for column in columns)] for name in columns[0]]
    parts = [table(("truthful reviewer", *names), rows)]
    for name, one in zip(names, measured, strict=True):
        parts.append(f"\n{name}: remarks by the way they were given\n\n{_ways(one.turns)}")
        parts.append(f"\n{name}: rows in trouble, all brands\n\n{_obstacles(one.cases)}")
    return "\n".join(parts)


def _ways(turns: Sequence[Turn]) -> str:
    outcomes = sorted({turn.outcome for turn in turns})
    counts = Counter((turn.way, turn.outcome) for turn in turns)
    rows = [
        [way, *(f"{counts[way, outcome]:,}" for outcome in outcomes)]
        for way in sorted({turn.way for turn in turns})
    ]
    return table(("way", *outcomes), rows)


def _obstacles(cases: Sequence[Case]) -> str:
    """Rows in trouble at the first look, at the last, and at the last of escalated brands."""
    ends = sorted({case.end for case in cases} - {APPROVED})
    views = [
        [case.at_first for case in cases],
        [case.at_last for case in cases],
        *([case.at_last for case in cases if case.end == end] for end in ends),
    ]
    counted = [Counter[str]() for _ in views]
    for total, pictures in zip(counted, views, strict=True):
        for picture in pictures:
            total.update(picture)
    named = [f"{end} ({sum(case.end == end for case in cases)} brands)" for end in ends]
    kinds = sorted(set().union(*counted))
    rows = [[kind, *(f"{total[kind]:,}" for total in counted)] for kind in kinds]
    return table(("rows", "first look", "last look", *named), rows)


def _mean(values: Iterable[int]) -> str:
    found = list(values)
    return f"{statistics.fmean(found):.2f}" if found else "-"


def _quantiles(values: Sequence[float]) -> str:
    found = sorted(values)
    if not found:
        return "-"
    p50, p95 = (found[round(q * (len(found) - 1))] for q in (0.5, 0.95))
    return f"{p50:.2f} · {p95:.2f}"


def say(text: str) -> None:
    """Progress goes to standard error."""
    print(text, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reviewer", description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET", help="a folder with its truth")
    parser.add_argument("--no-text", action="store_true", help="point at rows and codes alone")
    parser.add_argument(
        "--exacting", action="store_true", help="approve nothing with an error: more to say"
    )
    parser.add_argument("--trusting", action="store_true", help="do not check how words were read")
    parser.add_argument("--seed", type=int, default=SEED, help="of what is said and how")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every case to FILE")
    options = parser.parse_args(arguments)
    measured = []
    try:
        for source in options.sets:
            with tempfile.TemporaryDirectory(prefix="reviewer-") as scratch:
                how = (options.seed, not options.no_text, options.exacting, options.trusting)
                measured.append(measure(source, Path(scratch), how))
        print(report(measured))
        if options.json:
            told = {one.name: [asdict(case) for case in one.cases] for one in measured}
            options.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    except (BenchError, BrandMetagenError, OSError) as error:
        print(f"benchmarks.reviewer: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
