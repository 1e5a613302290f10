"""Data transformation: four tables checked row by row, and whether a run may go on with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from brand_metagen.agents.role import Agent, Means
from brand_metagen.ports import Role
from brand_metagen.tables.load import TooManyBadRows, load_market
from brand_metagen.tables.quality import Quality

SHOWN = 20
"""Bad rows that are shown; a run's quarantine lists all."""


@dataclass(frozen=True, slots=True)
class Given:
    """The folder that holds brand, brand_to_check, combo and mcc."""

    data: str


@dataclass(frozen=True, slots=True)
class BadRow:
    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to go on, why not, and what was left out."""

    go_on: bool
    why: str
    fingerprint: str
    quality: Quality | None
    quarantine: tuple[BadRow, ...]


def decide(given: Given, means: Means) -> Decision:
    """Read and check the tables; raises InputError where one is missing or cannot be read."""
    try:
        loaded = load_market(Path(given.data), means.settings.tables)
    except TooManyBadRows as error:
        bad = tuple(BadRow(q.file, q.line, q.reason) for q in error.quarantine[:SHOWN])
        return Decision(False, str(error), "", None, bad)
    bad = tuple(BadRow(q.file, q.line, q.reason) for q in loaded.quarantine[:SHOWN])
    return Decision(True, "", loaded.market.fingerprint, loaded.quality, bad)


AGENT = Agent(
    "data transformation",
    "Reads the four tables, keeps bad rows apart with file, line and reason, and stops a run whose "
    "tables are too bad.",
    Given,
    Decision,
    decide,
    "tables.load.load_market",
    "none: a row is right or wrong by rule",
    ("reads folders of this machine", "above 5 % bad rows (tables.max_bad_share) nothing goes on"),
    ("ingest",),
    asker=Role.OPERATOR,
)
