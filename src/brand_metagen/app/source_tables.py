"""The customer's tables as they stand now, corrections laid over them, rows that are bad included.

Corrections are made against these: a row in quarantine is here and can be rescued.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.records import Brand, Mcc
from brand_metagen.tables.corrections import Overlaid, Stale, overlay
from brand_metagen.tables.load import COLUMNS
from brand_metagen.tables.normalise import normalise
from brand_metagen.tables.raw import RawTable, find_table, read_table

Key = tuple[str, str]


@dataclass(frozen=True)
class SourceTables:
    """Tables after corrections, before checks; `stale` are the corrections that do not fit."""

    folder: Path
    tables: Mapping[str, RawTable]
    stale: tuple[Stale, ...]

    @cached_property
    def brands(self) -> Mapping[str, Brand]:
        columns = self.tables["brand"].columns
        rows = zip(*(columns[name] for name in COLUMNS["brand"]), strict=True)
        return {row[0]: Brand(*row) for row in rows}

    @cached_property
    def mccs(self) -> Mapping[str, Mcc]:
        columns = self.tables["mcc"].columns
        rows = zip(*(columns[name] for name in COLUMNS["mcc"]), strict=True)
        return {row[0]: Mcc(*row) for row in rows}

    @cached_property
    def listed(self) -> frozenset[str]:
        """The brands that are to be learned."""
        return frozenset(self.tables["brand_to_check"].columns["brandid"])

    @property
    def combos(self) -> Mapping[str, list[str]]:
        """The columns of `combo`, narratives as the source writes them."""
        return self.tables["combo"].columns

    @cached_property
    def narratives(self) -> list[str]:
        """Normalised, in the order of the rows."""
        return [normalise(text) for text in self.combos["narrative"]]

    def key(self, place: int) -> Key:
        return self.combos["ccid"][place], self.combos["bankid"][place]

    @cached_property
    def of_brand(self) -> Mapping[str, list[int]]:
        """Where the rows labelled to a brand stand; the empty id holds those without a label."""
        found: dict[str, list[int]] = defaultdict(list)
        for i, brandid in enumerate(self.combos["brandid"]):
            found[brandid].append(i)
        return found

    def rows(self, brandid: str) -> list[int]:
        """Where the rows labelled to a brand stand."""
        return self.of_brand.get(brandid, [])

    def places(self, keys: Iterable[Key]) -> list[int]:
        """Where rows stand; a ccid alone (empty bankid) will do where one bank has it.

        Raises InputError for a row that is not there.
        """
        by_ccid: dict[str, list[int]] = defaultdict(list)
        for i, ccid in enumerate(self.combos["ccid"]):
            by_ccid[ccid].append(i)
        banks = self.combos["bankid"]
        found: list[int] = []
        for ccid, bankid in keys:
            here = [i for i in by_ccid.get(ccid, []) if bankid in ("", banks[i])]
            if not here:
                raise InputError(f"no row {ccid} {f'of bank {bankid} ' if bankid else ''}in combo")
            if len({banks[i] for i in here}) > 1:
                several = ", ".join(sorted({banks[i] for i in here}))
                raise InputError(f"row {ccid} stands for several banks: say which ({several})")
            found += here
        return found

    def brand_id(self, wanted: str) -> str:
        """A brand by its id or its name in any case, or an id that only rows have.

        Raises InputError for none or several of the name.
        """
        if wanted in self.brands:
            return wanted
        same = [b.brandid for b in self.brands.values()
                if normalise(b.brandname) == normalise(wanted)]  # fmt: skip
        if len(same) == 1:
            return same[0]
        if same:
            raise InputError(f"several brands are called {wanted!r}: say which ({', '.join(same)})")
        if wanted and wanted in self.of_brand:
            return wanted
        raise InputError(f"no brand {wanted!r}; `brand-metagen brands list` shows them")

    def known(self, wanted: str) -> Brand:
        """A brand of the brand table by its id or name; raises InputError when it has no row."""
        brandid = self.brand_id(wanted)
        if brandid not in self.brands:
            raise InputError(f"brand {brandid!r} stands in rows, but not in the brand table")
        return self.brands[brandid]


def source_folder(workspace: Workspace) -> Path:
    """The folder of tables that the last completed run read."""
    return Path(workspace.store.run(workspace.latest_run()).source)


def read_source(workspace: Workspace) -> SourceTables:
    """The tables of the last run's source as they stand now, with all corrections."""
    folder = source_folder(workspace)
    if not folder.is_dir():
        raise InputError(
            f"{folder}: the tables of the last run are not there any more. Put them back, or run "
            "over the folder they are in now"
        )
    corrections = workspace.store.corrections()
    tables, laid = {}, Overlaid()
    for name, columns in COLUMNS.items():
        tables[name] = read_table(find_table(folder, name), columns, workspace.settings.tables)
        laid += overlay(name, tables[name], corrections)
    return SourceTables(folder, tables, laid.stale)
