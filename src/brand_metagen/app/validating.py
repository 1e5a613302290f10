"""One brand's data checked against the tables as they stand now, corrections included (ING-15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from brand_metagen.app import queries
from brand_metagen.app.source_tables import SourceTables, read_source
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.records import Quarantined
from brand_metagen.tables.load import TooManyBadRows, load_market
from brand_metagen.tables.quality import is_critical

HIGH = "high"
"""Severity of an issue that makes a brand's data invalid."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row in quarantine: which, where it stands in the file, and why."""

    ccid: str
    bankid: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Validation:
    """What is wrong with a brand's data: `rows` are all that are labelled to it, bad ones included.

    `critical` counts the reasons that are escalation triggers (ING-14); `table` says what is wrong
    with the brand's own rows in the brand tables; `evaluation` is the last run's, None where it
    learned no such brand.
    """

    brandid: str
    brandname: str
    rows: int
    quarantined: tuple[BadRow, ...]
    critical: Mapping[str, int]
    table: tuple[str, ...]
    evaluation: Mapping[str, Any] | None

    @property
    def valid(self) -> bool:
        """Nothing critical, nothing grave."""
        issues = self.evaluation["issues"] if self.evaluation else ()
        grave = any(issue["severity"] == HIGH for issue in issues)
        return not (grave or self.critical or self.table)


def validate(workspace: Workspace, wanted: str) -> Validation:
    """Check a brand, by its id or name; an id that only rows have is checked as well."""
    source = read_source(workspace)
    brandid = source.brand_id(wanted)
    quarantine = _quarantine(workspace, source)
    bad = tuple(_bad_rows(source, brandid, quarantine))
    known = source.brands.get(brandid)
    return Validation(
        brandid,
        known.brandname if known else "",
        len(source.rows(brandid)),
        bad,
        dict(sorted(Counter(row.reason for row in bad if is_critical(row.reason)).items())),
        tuple(_of_table(source, brandid, quarantine)),
        _evaluation(workspace, brandid),
    )


def _quarantine(workspace: Workspace, source: SourceTables) -> Mapping[tuple[str, int], str]:
    """Why each bad row is bad, by file and line; however many there are."""
    corrections = workspace.store.corrections()
    found: tuple[Quarantined, ...]
    try:
        found = load_market(source.folder, workspace.settings.tables, corrections).quarantine
    except TooManyBadRows as error:
        found = error.quarantine
    return {(q.file, q.line): q.reason for q in found if q.line}


def _bad_rows(
    source: SourceTables, brandid: str, quarantine: Mapping[tuple[str, int], str]
) -> list[BadRow]:
    raw = source.tables["combo"]
    reasons = ((i, quarantine.get((raw.file, raw.lines[i]))) for i in source.rows(brandid))
    return [BadRow(*source.key(i), raw.lines[i], why) for i, why in reasons if why is not None]


def _of_table(
    source: SourceTables, brandid: str, quarantine: Mapping[tuple[str, int], str]
) -> list[str]:
    """What is wrong with the brand in `brand` and `brand_to_check`."""
    found = []
    if brandid not in source.brands:
        found.append("no row in brand")
    for table in ("brand", "brand_to_check"):
        raw = source.tables[table]
        for line, listed in zip(raw.lines, raw.columns["brandid"], strict=True):
            why = quarantine.get((raw.file, line))
            if listed == brandid and why is not None:
                found.append(f"{table}, line {line}: {why}")
    return found


def _evaluation(workspace: Workspace, brandid: str) -> Mapping[str, Any] | None:
    try:
        return queries.evaluation(workspace, brandid)
    except InputError:
        return None
