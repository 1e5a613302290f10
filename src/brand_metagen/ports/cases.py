"""Escalations as the store keeps them: cases, what was done to them, and the words to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Protocol

from brand_metagen.ports.pages import Page


class Level(IntEnum):
    """Who works on a case (ESC-04); each has its own time, see `escalate.sla`."""

    OPERATIONS = 1
    ENGINEERING = 2
    PRODUCT = 3


class CaseState(StrEnum):
    """Where a case stands (requirements section 0); moves are in `escalate.states`."""

    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"
    CANCELLED = "CANCELLED"


class Cause(StrEnum):
    """Why a case was opened (ESC-01 to ESC-03)."""

    ROUND_LIMIT = "round_limit"
    FAILURES = "processing_failures"
    DATA_QUALITY = "data_quality"
    SYSTEM_ERROR = "system_error"
    LOW_CONFIDENCE = "low_confidence"
    CONTRADICTION = "contradictory_feedback"
    SEVERAL_BRANDS = "several_brands"
    AMBIGUOUS_NAME = "ambiguous_name"
    LITTLE_DATA = "little_data"
    BUSINESS_RULE = "business_rule"
    DATA_DOUBT = "data_doubt"
    LEGAL = "legal_or_compliance"
    EXPERT_WANTED = "expert_wanted"
    """A reviewer flagged the brand without saying which of these it is."""


MANUAL = (
    Cause.EXPERT_WANTED,
    Cause.SEVERAL_BRANDS,
    Cause.AMBIGUOUS_NAME,
    Cause.LITTLE_DATA,
    Cause.BUSINESS_RULE,
    Cause.DATA_DOUBT,
    Cause.LEGAL,
)
"""Causes that people name (ESC-03)."""


class Method(StrEnum):
    """How a case was settled (ESC-10)."""

    MANUAL_METADATA = "manual_metadata"
    DATA_CORRECTION = "data_correction"
    BRAND_SPLIT = "brand_split"
    ALGORITHM_UPDATE = "algorithm_update"
    NO_CHANGE = "no_change"
    """The rule was right, or the brand needs none; the note says why."""


class Act(StrEnum):
    """What happens to a case; the `kind` of an event and the `action` of its audit row."""

    OPENED = "opened"
    JOINED = "joined"
    """The same trigger again while the case was open."""
    ASSIGNED = "assigned"
    CHECKED = "checked"
    """A point of a checklist, ticked or unticked."""
    NOTED = "noted"
    RAISED = "raised"
    PAUSED = "paused"
    RESUMED = "resumed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Opening:
    """A trigger as it fires. `brandid` is empty where no single brand is meant.

    While a case of the same brand and cause is open (or resolved and not closed), the trigger joins
    it. `facts` are plain data that the investigation needs as they were then.
    """

    brandid: str
    brandname: str
    cause: Cause
    level: Level
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)
    assignee: str = ""
    channels: tuple[str, ...] = ()
    """Where word of it goes."""


@dataclass(frozen=True, slots=True)
class Case:
    """One escalation (ESC-16). Times are UTC in ISO 8601, empty = not yet.

    `round` and `version` are the brand's when the case was opened; `joined` counts further triggers
    of the same cause; `paused` says that the clock stands still.
    """

    case_id: str
    brandid: str
    brandname: str
    cause: Cause
    level: Level
    state: CaseState
    reason: str
    round: int
    version: int
    confidence: float
    opened_by: str
    opened_at: str
    assigned_to: str = ""
    paused: bool = False
    joined: int = 0
    method: Method | None = None
    resolution: str = ""
    resolved_at: str = ""
    preventive: str = ""
    """What is done so that it does not come again."""
    lessons: str = ""
    closed_at: str = ""
    revision: int = 0
    """Grows with every event: what an actor must have seen to act."""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One thing that happened to a case, in the order in which it was written."""

    sequence: int
    case_id: str
    at: str
    actor: str
    kind: Act
    note: str
    detail: Mapping[str, object] = field(default_factory=dict)


class CaseOrder(StrEnum):
    """What a list of cases is sorted by (ESC-17)."""

    NEWEST = "newest"
    CONFIDENCE = "confidence"
    ID = "id"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases; empty = all."""

    states: tuple[CaseState, ...] = (CaseState.OPEN, CaseState.IN_PROGRESS, CaseState.RESOLVED)
    level: Level | None = None
    cause: Cause | None = None
    brandid: str = ""
    assigned_to: str = ""
    opened_from: str = ""
    opened_before: str = ""
    order: CaseOrder = CaseOrder.NEWEST


@dataclass(frozen=True, slots=True)
class CaseAct:
    """One act of a person on one case: event, case, brand and audit row commit together.

    `expected` is the revision on the actor's screen (None = whichever); `changes` are fields of the
    case. `frees_brand` lets an escalated brand go back to review when no other case holds it.
    """

    actor: str
    case_id: str
    kind: Act
    note: str = ""
    state: CaseState | None = None
    changes: Mapping[str, object] = field(default_factory=dict)
    detail: Mapping[str, object] = field(default_factory=dict)
    expected: int | None = None
    frees_brand: bool = False
    channels: tuple[str, ...] = ()
    """Where word of it goes."""


class NoticeState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """Given up after the last try; `escalations notices --retry` tries it again."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message on its way to one channel, written in the same transaction as what it tells."""

    sequence: int
    case_id: str
    channel: str
    subject: str
    body: Mapping[str, object]
    state: NoticeState
    attempts: int
    made_at: str
    due_at: str
    error: str = ""
    sent_at: str = ""


class Cases(Protocol):
    """The part of the store that keeps escalations. Every method is one transaction."""

    def open_case(self, opening: Opening, actor: str) -> tuple[Case, bool]:
        """Open a case, or join the open one of the same brand and cause (then True).

        A brand that may be escalated is; ConflictError never comes of where the brand stands.
        """
        ...

    def case(self, case_id: str) -> Case:
        """One case; raises InputError when there is none of that id."""
        ...

    def cases(self, wanted: CaseFilter, limit: int, cursor: str | None) -> Page[Case]: ...

    def case_events(self, case_id: str | None = None) -> tuple[CaseEvent, ...]:
        """What happened to a case, or to all, oldest first."""
        ...

    def act_on_case(self, act: CaseAct) -> Case:
        """Write one act; raises ConflictError when the case moved on or may not move so."""
        ...
