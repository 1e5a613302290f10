"""A folder of four tables to a market and a quarantine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from brand_metagen.config import TableSettings
from brand_metagen.errors import InputError
from brand_metagen.ports import Correction
from brand_metagen.records import Brand, Combos, Market, Mcc, Quarantined
from brand_metagen.tables.check import DEMANDS, Checked, Demands, check_table
from brand_metagen.tables.corrections import Overlaid, overlay
from brand_metagen.tables.normalise import normalise
from brand_metagen.tables.quality import Quality, TableQuality, assess, count_reasons
from brand_metagen.tables.raw import RawTable, find_table, read_table

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "brand": ("brandid", "brandname", "sector"),
    "brand_to_check": ("brandid",),
    "combo": ("ccid", "bankid", "mid", "brandid", "mccid", "narrative"),
    "mcc": ("mccid", "mcc_desc", "sector"),
}
"""The contract's tables (ING-01 to ING-04)."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A market with what was left out and the report on both."""

    market: Market
    quarantine: tuple[Quarantined, ...]
    quality: Quality


class TooManyBadRows(InputError):
    """More of a table is bad than the settings allow; carries the rows."""

    def __init__(self, message: str, quarantine: tuple[Quarantined, ...]) -> None:
        super().__init__(message)
        self.quarantine = quarantine


def load_market(
    source: Path, settings: TableSettings, corrections: Sequence[Correction] = ()
) -> Loaded:
    """Read, correct, check and normalise the four tables of a folder.

    Corrections lie over what was read (`tables.corrections`); no file is written. Raises
    InputError for missing or unreadable tables, TooManyBadRows above the stated share.
    """
    if not source.is_dir():
        raise InputError(f"{source}: no such folder. It must hold {', '.join(sorted(COLUMNS))}")
    paths = {name: find_table(source, name) for name in COLUMNS}
    checked: dict[str, Checked] = {}
    tables: list[TableQuality] = []
    laid = Overlaid()
    with duckdb.connect() as connection:
        for demands in DEMANDS:
            raw = read_table(paths[demands.table], COLUMNS[demands.table], settings)
            laid += overlay(demands.table, raw, corrections)
            if demands.table == "combo":
                raw.clean("narrative", normalise)
            result = check_table(connection, raw, demands)
            checked[demands.table] = result
            tables.append(_quality(raw, result, demands))
            _stop_if_bad(raw, result, demands, settings, _bad_rows(checked))
    market = market_of({name: result.columns for name, result in checked.items()})
    quality = assess(market, tables, laid.applied, [stale.described for stale in laid.stale])
    return Loaded(market, _bad_rows(checked), quality)


def _bad_rows(checked: Mapping[str, Checked]) -> tuple[Quarantined, ...]:
    """The quarantine of the tables checked so far, in order of file and line."""
    found = (q for result in checked.values() for q in result.quarantine)
    return tuple(sorted(found, key=lambda q: (q.file, q.line, q.reason)))


def _quality(raw: RawTable, result: Checked, demands: Demands) -> TableQuality:
    bad = len(result.quarantine)
    return TableQuality(
        table=demands.table,
        file=raw.file,
        encoding=raw.encoding,
        rows=raw.records,
        good=raw.records - bad - result.collapsed,
        bad=bad,
        collapsed=result.collapsed,
        reasons=count_reasons(result.quarantine),
        ignored_columns=raw.ignored,
    )


def _stop_if_bad(
    raw: RawTable,
    result: Checked,
    demands: Demands,
    settings: TableSettings,
    quarantine: tuple[Quarantined, ...],
) -> None:
    bad = len(result.quarantine)
    if raw.records == 0:
        raise InputError(f"{raw.file}: the table {demands.table} is empty")
    if bad <= settings.max_bad_share * raw.records:
        return
    first = {q.reason: q.line for q in reversed(result.quarantine)}
    reasons = "; ".join(
        f"{reason} ({count} rows, first on line {first[reason]})"
        for reason, count in count_reasons(result.quarantine)[:3]
    )
    raise TooManyBadRows(
        f"{raw.file}: {bad} of {raw.records} rows are bad ({bad / raw.records:.1%}, "
        f"{settings.max_bad_share:.1%} allowed): {reasons}. Mend the table, or allow more with "
        "the setting tables.max_bad_share",
        quarantine,
    )


def market_of(tables: Mapping[str, Mapping[str, list[str]]]) -> Market:
    """Checked columns to a market."""
    brands = {row[0]: Brand(*row) for row in _rows(tables["brand"], COLUMNS["brand"])}
    mccs = {row[0]: Mcc(*row) for row in _rows(tables["mcc"], COLUMNS["mcc"])}
    combos = Combos(*(tables["combo"][column] for column in COLUMNS["combo"]))
    to_check = tuple(tables["brand_to_check"]["brandid"])
    return Market(brands, mccs, to_check, combos, fingerprint(tables))


def _rows(columns: Mapping[str, Sequence[str]], names: Iterable[str]) -> Iterable[tuple[str, ...]]:
    return zip(*(columns[name] for name in names), strict=True)


def fingerprint(tables: Mapping[str, Mapping[str, Sequence[str]]]) -> str:
    """SHA-256 of the checked content, rows in order of their keys."""
    digest = hashlib.sha256()
    for name, columns in sorted(COLUMNS.items()):
        for column in columns:
            digest.update(f"\x1d{name}.{column}\x1e".encode())
            joined = "\x1f".join(tables[name][column])
            digest.update(joined.encode())
            if joined.count("\x1f") >= len(tables[name][column]):
                # A cell holds the mark itself: lengths keep two tables from reading the same.
                digest.update(str([len(cell) for cell in tables[name][column]]).encode())
    return digest.hexdigest()
