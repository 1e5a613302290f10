"""Look at brands, metadata, ties and rows of the last completed run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError, NotFound
from brand_metagen.grammar import check_pattern
from brand_metagen.match.matcher import searcher
from brand_metagen.ports import BrandRow, BrandState, RunState
from brand_metagen.publish.metadata import load_lines
from brand_metagen.publish.ties import Tie, read_ties
from brand_metagen.records import Metadata
from brand_metagen.tables.normalise import normalise
from brand_metagen.workflow.context import step_folder

SAMPLES = 10


@dataclass(frozen=True, slots=True)
class BrandLine:
    """A brand at a glance."""

    brandid: str
    brandname: str
    sector: str
    state: str
    version: int
    confidence: float
    requires_confirmation: bool
    rows: int


@dataclass(frozen=True, slots=True)
class PatternTest:
    """What a pattern and codes take from the last run's market, by given label."""

    include: str
    exclude: str | None
    mccids: tuple[str, ...] | None
    rows: int
    share: float
    labels: tuple[tuple[str, int], ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """The workspace on one screen."""

    workspace: str
    running: bool
    last_run: str | None
    last_state: str | None
    release: str | None
    brands: dict[str, int]
    decisions: dict[str, int]
    needs_confirmation: int
    open_ties: int


def records(workspace: Workspace) -> list[Metadata]:
    """The metadata of the last completed run."""
    path = workspace.step("store") / "metadata.jsonl"
    return list(load_lines(path.read_text(encoding="utf-8"), str(path)))


def brands(workspace: Workspace, state: BrandState | None = None) -> list[BrandLine]:
    """All brands, or those in one state."""
    known = {m.brandid: m for m in records(workspace)}
    return [_line(row, known.get(row.brandid)) for row in workspace.store.brands(state)]


def _line(row: BrandRow, record: Metadata | None) -> BrandLine:
    rows = record.evidence.get("rows", 0) if record else 0
    return BrandLine(
        row.brandid,
        row.brandname,
        row.sector,
        row.state.value,
        row.version,
        record.confidence if record else 0.0,
        record.requires_confirmation if record else True,
        rows if isinstance(rows, int) else 0,
    )


def brand_id(workspace: Workspace, wanted: str) -> str:
    """A brand's id from its id or its name in any case (FB-11); InputError lists near names."""
    lines = workspace.store.brands()
    if any(line.brandid == wanted for line in lines):
        return wanted
    named = [line for line in lines if normalise(line.brandname) == normalise(wanted)]
    if len(named) == 1:
        return named[0].brandid
    near = [
        f"{b.brandid} {b.brandname}" for b in lines if normalise(wanted) in normalise(b.brandname)
    ]
    hint = f" Did you mean {'; '.join(near[:5])}?" if near else ""
    raise InputError(f"no brand {wanted!r}.{hint} `brand-metagen brands list` shows them all")


def metadata(workspace: Workspace, brandid: str, version: int | None = None) -> Metadata:
    """A brand's latest metadata, or one version of it."""
    versions = workspace.store.versions(brandid)
    if version is None and versions:
        return versions[-1]
    for record in versions:
        if record.version == version:
            return record
    failed = [row.error for row in workspace.store.brands() if row.brandid == brandid]
    why = "".join(f": {error}" for error in failed if error)
    raise NotFound(f"brand {brandid} has no version {version or 'yet'}{why}")


def evaluation(workspace: Workspace, brandid: str) -> dict[str, Any]:
    """What was found out about a brand's rows before learning."""
    path = workspace.step("evaluate") / "evaluations.jsonl"
    named = json.dumps(brandid), json.dumps(brandid, ensure_ascii=False)
    for line in path.read_text(encoding="utf-8").splitlines():
        if not any(name in line for name in named):
            continue
        found: dict[str, Any] = json.loads(line)
        if found["brandid"] == brandid:
            return found
    raise InputError(f"brand {brandid} is not in brand_to_check")


def combos(
    workspace: Workspace, brandid: str, decision: str | None, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """Rows labelled to a brand or decided for it, with the decision."""
    query = """
        SELECT ccid, bankid, mid, mccid, narrative, given_brandid, a.brandid, decision,
               confidence, reason
        FROM read_parquet($combos) c JOIN read_parquet($assignments) a USING (ccid, bankid)
        WHERE (a.brandid = $brandid OR a.given_brandid = $brandid)
          AND ($decision IS NULL OR decision = $decision)
        ORDER BY ccid, bankid LIMIT $limit OFFSET $offset
    """
    return _rows(workspace, query, brandid=brandid, decision=decision, limit=limit, offset=offset)


def narratives(workspace: Workspace, brandid: str, limit: int) -> list[dict[str, Any]]:
    """Distinct narratives of a brand with what became of them, most frequent first."""
    query = """
        SELECT narrative, decision, a.brandid = $brandid AS taken,
               given_brandid = $brandid AS labelled, count(*) AS rows
        FROM read_parquet($combos) c JOIN read_parquet($assignments) a USING (ccid, bankid)
        WHERE a.brandid = $brandid OR a.given_brandid = $brandid
        GROUP BY ALL ORDER BY rows DESC, narrative, decision LIMIT $limit
    """
    return _rows(workspace, query, brandid=brandid, limit=limit)


def _rows(workspace: Workspace, query: str, **parameters: Any) -> list[dict[str, Any]]:
    run_id = workspace.latest_run()
    places = {
        "combos": str(workspace.step("ingest", run_id) / "combo.parquet"),
        "assignments": str(workspace.step("resolve", run_id) / "assignments.parquet"),
    }
    with duckdb.connect() as connection:
        found = connection.execute(query, {**parameters, **places})
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def ties(workspace: Workspace, *, open_only: bool = False) -> list[Tie]:
    """Contested rows of the last completed run."""
    found = read_ties(workspace.step("resolve") / "ties.jsonl")
    return [tie for tie in found if not (open_only and tie.settled)]


def tie(workspace: Workspace, ccid: str, bankid: str) -> Tie:
    """One contested row."""
    for found in ties(workspace):
        if (found.ccid, found.bankid) == (ccid, bankid):
            return found
    raise InputError(f"combo {ccid} of bank {bankid} is not contested")


def try_pattern(
    workspace: Workspace, include: str, exclude: str | None, mccids: Sequence[str] | None
) -> PatternTest:
    """Run a pattern over the last run's market; refused when it is not portable or too broad."""
    check_pattern(include)
    if exclude:
        check_pattern(exclude)
    takes, shut = searcher(include), searcher(exclude) if exclude else None
    codes = set(mccids) if mccids is not None else None
    path = workspace.step("ingest") / "combo.parquet"
    labels: Counter[str] = Counter()
    samples: dict[str, None] = {}
    total = 0
    for text, mccid, label in _market(path):
        total += 1
        if (codes is None or mccid in codes) and takes(text) and not (shut and shut(text)):
            labels[label] += 1
            if len(samples) < SAMPLES:
                samples[text] = None
    return PatternTest(
        include,
        exclude,
        tuple(mccids) if mccids is not None else None,
        labels.total(),
        labels.total() / total if total else 0.0,
        tuple(labels.most_common(SAMPLES)),
        tuple(samples),
    )


def _market(path: Path) -> list[tuple[str, str, str]]:
    with duckdb.connect() as connection:
        query = "SELECT narrative, mccid, brandid FROM read_parquet($path) ORDER BY ccid, bankid"
        return connection.execute(query, {"path": str(path)}).fetchall()


def status(workspace: Workspace, *, running: bool) -> Status:
    """What runs, what waits, what the last run left."""
    runs = workspace.store.runs()
    done = workspace.store.latest_run(RunState.COMPLETED)
    decisions: dict[str, int] = {}
    waiting = unsettled = 0
    if done is not None:
        waiting, unsettled = _left_by(workspace.run_folder(done.run_id))
        found = done.summary.get("decisions", {})
        decisions = dict(found) if isinstance(found, dict) else {}
    return Status(
        str(workspace.folder),
        running,
        runs[-1].run_id if runs else None,
        runs[-1].state.value if runs else None,
        workspace.store.latest_release(),
        dict(sorted(Counter(b.state.value for b in workspace.store.brands()).items())),
        decisions,
        waiting,
        unsettled,
    )


@lru_cache(maxsize=8)
def _left_by(run: Path) -> tuple[int, int]:
    """Brands that need confirmation and open ties as a completed run left them, for good."""
    path = step_folder(run, "store") / "metadata.jsonl"
    lines = load_lines(path.read_text(encoding="utf-8"), str(path))
    open_ties = [
        tie for tie in read_ties(step_folder(run, "resolve") / "ties.jsonl") if not tie.settled
    ]
    return sum(record.requires_confirmation for record in lines), len(open_ties)


@dataclass(frozen=True, slots=True)
class Tried:
    """A narrative, what of it a pattern matched, and whether the rule takes it."""

    narrative: str
    matched: str
    taken: bool


def try_narratives(include: str, exclude: str | None, texts: Sequence[str]) -> list[Tried]:
    """Run a pattern over narratives as they would be read; refused as in `try_pattern`."""
    check_pattern(include)
    if exclude:
        check_pattern(exclude)
    takes, shut = searcher(include), searcher(exclude) if exclude else None
    tried = []
    for text in map(normalise, texts):
        match = takes(text)
        taken = match is not None and not (shut is not None and shut(text))
        tried.append(Tried(text, match.group() if match else "", taken))
    return tried
