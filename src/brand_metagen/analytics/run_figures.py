"""What one run left, as reports want it: read from its record, its steps and its quality file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from brand_metagen.analytics.history import Stretch
from brand_metagen.publish.facts import WalletRows


@dataclass(frozen=True, slots=True)
class TableFigures:
    """One input table: rows read, kept, left out (by reason) and exact repeats folded."""

    table: str
    rows: int
    good: int
    bad: int
    collapsed: int
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DataFigures:
    """What the tables of a run were like. `corrected` counts cells that corrections changed,
    `stale` says of each correction that no longer fits why."""

    tables: tuple[TableFigures, ...]
    labelled: int
    unlabelled: int
    brands_without_rows: int
    brands_with_few_rows: int
    codes: int
    codes_unused: int
    brands_without_sector: int
    corrected: int
    stale: tuple[str, ...]

    @property
    def bad(self) -> int:
        """Rows left out, of all tables."""
        return sum(table.bad for table in self.tables)

    @property
    def collapsed(self) -> int:
        """Exact repeats folded, of all tables."""
        return sum(table.collapsed for table in self.tables)

    @property
    def rows(self) -> int:
        """Rows read, of all tables."""
        return sum(table.rows for table in self.tables)


@dataclass(frozen=True, slots=True)
class RunFigures:
    """One run. Times are UTC in ISO 8601; what was not recorded is empty, zero or None.

    `stages` are seconds by stage, `repeated` steps begun more than once, `failed_brands` and
    `failed_agents` say what happened to each, `slowest` is the seconds of the brands that took
    longest to learn, `memory` the most bytes a process held, `money` the dollars of advice (None =
    no model was asked).
    """

    run_id: str
    state: str
    begun: str
    ended: str
    only: int
    error: str
    seconds: float
    stages: Mapping[str, float]
    repeated: tuple[str, ...]
    failed_brands: Mapping[str, str]
    failed_agents: Mapping[str, str]
    warnings: tuple[str, ...]
    release: str
    cases: tuple[str, ...]
    brands: int
    rules: int
    abstained: int
    to_confirm: int
    decisions: Mapping[str, int]
    labels: Mapping[str, int]
    ties_settled: int
    wallets: Mapping[str, WalletRows] = field(default_factory=dict)
    slowest: Mapping[str, float] = field(default_factory=dict)
    memory: int = 0
    money: float | None = None
    calls: int = 0
    data: DataFigures | None = None

    @property
    def rows(self) -> int:
        """Rows decided on."""
        return sum(self.decisions.values())

    @property
    def learned(self) -> int:
        """Brands that it learned: those asked for, all where none were named."""
        return self.only or self.brands

    @property
    def completed(self) -> bool:
        return self.state == "completed"

    @property
    def at(self) -> str:
        """When it ended, else when it began."""
        return self.ended or self.begun


def within(runs: Sequence[RunFigures], span: Stretch) -> list[RunFigures]:
    """The runs that ended in a span (that began in it, where they have not ended)."""
    return [run for run in runs if span.holds(run.at)]


def last_before(
    runs: Sequence[RunFigures], end: str, *, than: str = "", whole: bool = False
) -> RunFigures | None:
    """The last completed run that ended before a moment, other than one; `whole` = over all
    brands."""
    found = [
        r for r in runs
        if r.completed and r.ended < end and r.run_id != than and not (whole and r.only)
    ]  # fmt: skip
    return found[-1] if found else None
