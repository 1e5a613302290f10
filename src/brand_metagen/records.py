"""The values that travel between the stages, frozen. Ids and codes are text from end to end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Brand:
    """A retail brand as the customer names it."""

    brandid: str
    brandname: str
    sector: str


@dataclass(frozen=True, slots=True)
class Mcc:
    """A merchant category code, leading zeros kept."""

    mccid: str
    mcc_desc: str
    sector: str


@dataclass(frozen=True, slots=True)
class Combos:
    """Already-seen combinations as parallel columns, sorted by (ccid, bankid).

    `narrative` is normalised (see `tables.normalise`). `brandid` is the given label, noisy, and
    empty where nothing was assigned.
    """

    ccid: list[str]
    bankid: list[str]
    mid: list[str]
    brandid: list[str]
    mccid: list[str]
    narrative: list[str]

    def __len__(self) -> int:
        return len(self.ccid)


@dataclass(frozen=True, slots=True)
class Market:
    """The four tables after checking: everything the learner may know.

    `brands` and `mccs` are in order of their ids; `fingerprint` is the SHA-256 of the content and
    does not depend on the order of the input rows.
    """

    brands: Mapping[str, Brand]
    mccs: Mapping[str, Mcc]
    to_check: tuple[str, ...]
    combos: Combos
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row left out: where it stood (`line` is a physical line from 1; 0 = none), and why."""

    file: str
    line: int
    reason: str
    row: str


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Issue:
    """Something about a brand's rows that a human may want to know (EVA-05)."""

    kind: str
    severity: Severity
    description: str
    rows: int
    combos: tuple[tuple[str, str], ...] = ()
    """Up to ten (ccid, bankid) of the affected rows."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One alternative of an include pattern, and what it is worth on the market.

    `kind` says where it came from (full_name, head, spelling, initials, ngram, alias …); `rows` and
    `wrong` count distinct narratives of the market it takes, and those it should not.
    """

    pattern: str
    kind: str
    rows: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Rule:
    """The metadata of one brand: a row is its when include matches, exclude does not, MCC is in."""

    brandid: str
    include: str
    exclude: str | None
    mccids: tuple[str, ...]
    pieces: tuple[Piece, ...] = ()

    @property
    def regex(self) -> str:
        """The whole rule as one pattern for engines with look-ahead (searched, case-insensitive).

        >>> Rule("1", "A", None, ()).regex
        'A'
        >>> Rule("1", "A", "B", ()).regex
        '^(?![ -~]*(?:B))[ -~]*(?:A)'
        """
        if self.exclude is None:
            return self.include
        return f"^(?![ -~]*(?:{self.exclude}))[ -~]*(?:{self.include})"


class Decision(StrEnum):
    """What becomes of one combo."""

    CONFIRMED = "confirmed"
    EXCLUDED = "excluded"
    TIE = "tie"
    REVIEW = "review"
    UNMATCHED = "unmatched"


class Status(StrEnum):
    """What a metadata version is."""

    CANDIDATE = "candidate"
    APPROVED = "approved"
    PUBLISHED = "published"
    ABSTAINED = "abstained"


@dataclass(frozen=True, slots=True)
class Metadata:
    """One immutable, numbered metadata version: a rule with its evidence; a line of a release."""

    brandid: str
    brandname: str
    sector: str
    version: int
    status: Status
    rule: Rule | None
    confidence: float
    requires_confirmation: bool
    reasons: tuple[str, ...]
    evidence: Mapping[str, object] = field(default_factory=dict)


def plain(value: Any) -> Any:
    """A record as dicts and lists for JSON; unlike `dataclasses.asdict` it copies no leaf.

    >>> plain(Issue("kind", Severity.LOW, "text", 1, (("1", "2"),)))["combos"]
    [['1', '2']]
    """
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
