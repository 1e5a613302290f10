"""Other settings tried on the market, side by side with the last run, before they are adopted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from brand_metagen.app.live import run_context
from brand_metagen.app.outages import as_ours
from brand_metagen.app.workspace import CONFIG, Workspace
from brand_metagen.config import load_settings
from brand_metagen.files import sha256
from brand_metagen.ports import Progress
from brand_metagen.publish.classifier import uncollected
from brand_metagen.publish.metadata import load_lines
from brand_metagen.records import Decision
from brand_metagen.workflow.context import step_folder
from brand_metagen.workflow.trial import try_run

TRIALS = "trials"
MOST_MOVES = 20
"""Pairs of brands between which rows move, the most rows first."""
MOST_SAMPLES = 5


@dataclass(frozen=True, slots=True)
class BrandEffect:
    """What the settings do to one brand: (before, after) each."""

    brandid: str
    brandname: str
    include: tuple[str | None, str | None]
    codes: tuple[int, int]
    confidence: tuple[float, float]
    decisions: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Effect:
    """What other settings would change: of the brands they are meant for, and of all others.

    `decisions` are rows of the whole market by decision; `moves` rows whose brand or decision
    changes, by (from, to), with samples; `others` brands besides those meant that change.
    """

    settings: Mapping[str, Any]
    meant: tuple[BrandEffect, ...]
    decisions: Mapping[str, tuple[int, int]]
    moved_rows: int
    moves: tuple[Mapping[str, Any], ...]
    others: tuple[BrandEffect, ...]
    other_brands: int


def try_settings(
    workspace: Workspace, changes: Mapping[str, str], meant: Iterable[str], progress: Progress
) -> Effect:
    """Run the market of the last run under changed settings, aside, and compare.

    Raises InputError for settings that do not exist. It takes as long as a run does; nothing of it
    is kept but a folder under `trials`, made anew each time.
    """
    settings = load_settings(workspace.folder / CONFIG, overrides=changes)
    last = workspace.run_folder(workspace.latest_run())
    like = run_context(workspace, workspace.latest_run())
    folder = workspace.folder / TRIALS / "settings"
    run = replace(like, run_id="TRIAL", folder=folder, settings=settings)
    with as_ours(), uncollected():
        try_run(run, last, progress)
    return _effect(changes, last, folder, frozenset(meant))


def ground(workspace: Workspace) -> str:
    """What settings are tried on, as a digest: the last run, and the settings as written."""
    path = workspace.folder / CONFIG
    written = path.read_bytes() if path.exists() else b""
    return sha256(workspace.latest_run().encode() + b"\0" + written)


def _effect(changes: Mapping[str, str], last: Path, tried: Path, meant: frozenset[str]) -> Effect:
    before, after = _records(last), _records(tried)
    counts = _decisions(last, tried)
    effects = []
    for brandid in sorted(before.keys() & after.keys()):
        old, new = before[brandid], after[brandid]
        rules = [(m.rule.include if m.rule else None) for m in (old, new)]
        codes = [len(m.rule.mccids) if m.rule else 0 for m in (old, new)]
        effects.append(
            BrandEffect(
                brandid,
                old.brandname,
                (rules[0], rules[1]),
                (codes[0], codes[1]),
                (old.confidence, new.confidence),
                counts.get(brandid, {}),
            )
        )
    others = [e for e in effects if e.brandid not in meant and _changes(e)]
    moves = _moves(last, tried)
    return Effect(
        dict(changes),
        tuple(e for e in effects if e.brandid in meant),
        _total(counts),
        sum(move["rows"] for move in moves),
        tuple(moves[:MOST_MOVES]),
        tuple(sorted(others, key=_size, reverse=True)[:MOST_MOVES]),
        len(others),
    )


def _changes(effect: BrandEffect) -> bool:
    return any(old != new for old, new in effect.decisions.values())


def _size(effect: BrandEffect) -> int:
    return sum(abs(new - old) for old, new in effect.decisions.values())


def _records(folder: Path) -> dict[str, Any]:
    path = step_folder(folder, "grade") / "metadata.jsonl"
    return {m.brandid: m for m in load_lines(path.read_text(encoding="utf-8"), str(path))}


def _decisions(last: Path, tried: Path) -> dict[str, dict[str, tuple[int, int]]]:
    """Rows of each brand by decision, before and after."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    sides = [_counted(last), _counted(tried)]
    for key in sorted({*sides[0], *sides[1]}):
        found.setdefault(key[0], {})[key[1]] = (sides[0][key], sides[1][key])
    return found


def _counted(folder: Path) -> Counter[tuple[str, str]]:
    query = "SELECT brandid, decision, count(*) FROM read_parquet($rows) GROUP BY ALL"
    with duckdb.connect() as connection:
        rows = connection.execute(query, {"rows": _assignments(folder)}).fetchall()
    return Counter({(brandid or "", decision): count for brandid, decision, count in rows})


def _total(counts: Mapping[str, Mapping[str, tuple[int, int]]]) -> dict[str, tuple[int, int]]:
    found = {}
    for decision in Decision:
        pairs = [named.get(decision.value, (0, 0)) for named in counts.values()]
        found[decision.value] = (sum(p[0] for p in pairs), sum(p[1] for p in pairs))
    return found


def _moves(last: Path, tried: Path) -> list[dict[str, Any]]:
    """Rows that change hands, by whose they were and whose they would be."""
    query = """
        SELECT a.brandid AS from_brand, a.decision AS from_decision,
               b.brandid AS to_brand, b.decision AS to_decision, count(*) AS rows,
               list(DISTINCT narrative ORDER BY narrative)[:$samples] AS samples
        FROM read_parquet($before) a JOIN read_parquet($after) b USING (ccid, bankid)
             JOIN read_parquet($combos) c USING (ccid, bankid)
        WHERE a.decision <> b.decision OR coalesce(a.brandid, '') <> coalesce(b.brandid, '')
        GROUP BY ALL
        ORDER BY rows DESC, from_brand, from_decision, to_brand, to_decision
    """
    places = {
        "before": _assignments(last),
        "after": _assignments(tried),
        "combos": str(step_folder(tried, "ingest") / "combo.parquet"),
        "samples": MOST_SAMPLES,
    }
    with duckdb.connect() as connection:
        found = connection.execute(query, places)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _assignments(folder: Path) -> str:
    return str(step_folder(folder, "resolve") / "assignments.parquet")
