"""What came in and what was left out: the last run's data quality, its quarantine and issues."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from brand_metagen.app.workspace import Workspace
from brand_metagen.records import Quarantined
from brand_metagen.tables.cells import restore
from brand_metagen.tables.quality import Quality, is_critical, quality_from_json
from brand_metagen.tables.snapshot import QUALITY, QUARANTINE

GRAVEST = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class BrandIssue:
    """One issue of one brand's rows; `rows` some of those it shows in, as (ccid, bankid)."""

    brandid: str
    kind: str
    severity: str
    said: str
    count: int
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class IssueKind:
    """A kind of issue over all brands: brands and rows it shows in, brands by severity."""

    kind: str
    brands: int
    rows: int
    severities: tuple[tuple[str, int], ...]


def quality(workspace: Workspace) -> Quality:
    """The tables of the last completed run; raises InputError when there is none yet."""
    return _quality(workspace.step("ingest") / QUALITY)


def quarantine_file(workspace: Workspace) -> Path:
    """The rows left out of the last completed run, as a table that a spreadsheet may open."""
    return workspace.step("ingest") / QUARANTINE


def quarantine(workspace: Workspace, reason: str = "", file: str = "") -> list[Quarantined]:
    """Rows left out of the last completed run, in the order of the files."""
    found = _quarantine(quarantine_file(workspace))
    return [q for q in found if reason in ("", q.reason) and file in ("", q.file)]


def reasons(workspace: Workspace) -> list[tuple[str, int, bool]]:
    """Why rows were left out, how many for each, and whether that is critical (ING-14)."""
    counts = Counter(row.reason for row in quarantine(workspace))
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(reason, n, is_critical(reason)) for reason, n in ranked]


def issues(workspace: Workspace) -> list[IssueKind]:
    """Kinds of issues that brands' rows have, those of most brands first."""
    by_kind: dict[str, list[BrandIssue]] = {}
    for issue in _issues(workspace.step("evaluate") / "evaluations.jsonl"):
        by_kind.setdefault(issue.kind, []).append(issue)
    found = [_kind(kind, same) for kind, same in by_kind.items()]
    return sorted(found, key=lambda k: (-k.brands, k.kind))


def _kind(kind: str, same: list[BrandIssue]) -> IssueKind:
    counts = Counter(issue.severity for issue in same)
    severities = tuple((s, counts[s]) for s in GRAVEST if counts[s])
    return IssueKind(kind, len(same), sum(issue.count for issue in same), severities)


def brands_with(workspace: Workspace, kind: str) -> list[BrandIssue]:
    """The brands that have a kind of issue, the gravest and largest first."""
    found = _issues(workspace.step("evaluate") / "evaluations.jsonl")
    same = [issue for issue in found if issue.kind == kind]
    return sorted(same, key=lambda i: (GRAVEST.index(i.severity), -i.count, i.brandid))


@lru_cache(maxsize=4)
def _quality(path: Path) -> Quality:
    return quality_from_json(json.loads(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=2)
def _quarantine(path: Path) -> tuple[Quarantined, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return tuple(
        Quarantined(restore(f), int(line), restore(reason), restore(row))
        for f, line, reason, row in rows
    )


@lru_cache(maxsize=2)
def _issues(path: Path) -> tuple[BrandIssue, ...]:
    return tuple(_read(path))


def _read(path: Path) -> Iterator[BrandIssue]:
    for line in path.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        for issue in found["issues"]:
            rows = tuple((str(c), str(b)) for c, b in issue["combos"])
            yield BrandIssue(
                found["brandid"], issue["kind"], issue["severity"], issue["description"],
                issue["rows"], rows,
            )  # fmt: skip
