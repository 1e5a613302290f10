"""The demo: a market made up, learned, classified, held against its truth, and shown."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text

from brand_metagen.app import queries, runs
from brand_metagen.app.classify import classify
from brand_metagen.app.export import export
from brand_metagen.app.workspace import Workspace
from brand_metagen.cli.explain import explain
from brand_metagen.cli.output import RunProgress, clean, err, out, print_json, table
from brand_metagen.cli.summary import run_table
from brand_metagen.cli.wiring import opened
from brand_metagen.publish.ties import Tie
from brand_metagen.records import Metadata
from brand_metagen.sample.market import make_sample

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Held:
    """Confirmed rows held against the truth; `rows` says which."""

    rows: str
    of_brands: int
    confirmed: int
    precision: float
    recall: float


def show(folder: Path, brands: int, rows: int, seed: int, *, as_json: bool = False) -> None:
    """Run the whole job in `folder` and print what came of it and where to look."""
    err.print(f"Making a market of {brands:,} brands and {rows:,} rows in {folder / 'data'} …")
    made = make_sample(folder / "data", brands, rows, seed)
    results = folder / "results"
    with opened(folder / "workspace", create=True) as workspace:
        with RunProgress() as progress:
            finished = runs.start(workspace, made.out, (), progress, fresh=True)
        exported = export(workspace, results)
        if not as_json:
            out.print()
            out.print(run_table(finished.run))
            _rules(workspace)
            _ties(workspace)
        unseen = str(results / "unseen.csv")
        classify(
            results / "metadata.jsonl",
            str(made.truth / "unseen.csv"),
            unseen,
            workspace.settings.tables,
            lambda _: None,
        )
    held = _held(made.truth / "truth.csv", results)
    report = (results / "report.html").resolve()
    if as_json:
        summary = finished.run.summary
        print_json({"exported": exported, "summary": summary, "report": report, "truth": held})
    else:
        _truth(held)
        _where(folder, results, report)


def _where(folder: Path, results: Path, report: Path) -> None:
    """Where to look next, with the command as it was called."""
    program = sys.argv[0] if Path(sys.argv[0]).name == "brand-metagen" else "brand-metagen"
    out.print()
    out.print(Text("Where to look", style="bold"))
    out.print(f"  the report       {report}")
    out.print(f"  rules and rows   {results}/metadata.jsonl, {results}/assignments.csv")
    out.print(f"  one brand        {program} brands show BRAND --workspace {folder / 'workspace'}")


def _rules(workspace: Workspace) -> None:
    """Rules with most pieces among the brands with many rows: the ones with something to tell."""
    proven = [m for m in queries.records(workspace) if m.rule is not None]
    telling = sorted(proven, key=_telling, reverse=True)[:SHOWN]
    out.print()
    out.print(Text("Three rules, with what bears them out", style="bold"))
    for record in telling:
        out.print()
        for part in explain(record):
            out.print(part)


def _telling(record: Metadata) -> tuple[bool, int, int, str]:
    assert record.rule is not None
    rows = record.evidence.get("rows", 0)
    size = rows if isinstance(rows, int) else 0
    return record.rule.exclude is not None, len(record.rule.pieces), size, record.brandid


def _ties(workspace: Workspace) -> None:
    names = {b.brandid: b.brandname for b in workspace.store.brands()}
    found = queries.ties(workspace)
    # One of each kind first, then different narratives.
    distinct: dict[tuple[str, ...], Tie] = {}
    for tie in found:
        distinct.setdefault(tuple(brandid for brandid, _ in tie.claims), tie)
    chosen = sorted(distinct.values(), key=lambda t: (t.settled, t.narrative))[:SHOWN]
    out.print()
    out.print(
        Text(f"{len(chosen)} of {len(found)} contested rows, with what decides them", style="bold")
    )
    for tie in chosen:
        claims = ", ".join(f"{names[b]} {p:.2f}" for b, p in tie.claims)
        out.print(clean(f"  {tie.narrative}  [{tie.mccid}]"))
        out.print(clean(f"    claims: {claims}"))
        out.print(clean(f"    {tie.decision.value}: {tie.reason}"))


def _held(truth: Path, results: Path) -> list[Held]:
    """Confirmed rows against the truth the market was made from; the run never saw it."""
    with truth.open(encoding="utf-8", newline="") as file:
        true = {(r["ccid"], r["bankid"]): r for r in csv.DictReader(file)}
    held = []
    for name, path in (("learned from", "assignments.csv"), ("never seen", "unseen.csv")):
        counts: Counter[str] = Counter()
        with (results / path).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                wanted = true[row["ccid"], row["bankid"]]["true_brandid"]
                sure = row["decision"] == "confirmed"
                counts["of brands"] += bool(wanted)
                counts["confirmed"] += sure
                counts["right"] += sure and row["brandid"] == wanted
        precision = counts["right"] / max(1, counts["confirmed"])
        recall = counts["right"] / max(1, counts["of brands"])
        held.append(Held(name, counts["of brands"], counts["confirmed"], precision, recall))
    return held


def _truth(held: Sequence[Held]) -> None:
    out.print()
    columns = ("against the truth", "of brands", "confirmed", "precision", "recall")
    rows = [(f"rows {h.rows}", h.of_brands, h.confirmed, h.precision, h.recall) for h in held]
    out.print(table("", columns, rows))
