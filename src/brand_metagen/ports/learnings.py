"""What is learned from the record: versions at a glance, rows judged by humans, plans of action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from brand_metagen.constraints import Constraint


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A metadata version without its rule; `author` is empty where a run made it."""

    brandid: str
    version: int
    made_at: str
    author: str
    confidence: float


class JudgedKind(StrEnum):
    """Which mistake a judged row could be."""

    TAKEN = "taken"
    """It was confirmed for a brand: is it that brand's?"""
    LEFT = "left"
    """It is labelled to a brand and was not confirmed for it: is it that brand's all the same?"""


class Draw(StrEnum):
    """How a row came to be judged."""

    DRAWN = "drawn"
    """By lot among all rows of its kind: such rows say how often the system is wrong."""
    POINTED = "pointed"
    """A reviewer pointed at it: such rows say where it is wrong, not how often."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A row that a human judges. `right` says whether what the system did with it was right; None =
    not judged yet. Times are UTC in ISO 8601."""

    sample_id: str
    brandid: str
    ccid: str
    bankid: str
    kind: JudgedKind
    how: Draw
    narrative: str
    asked_at: str
    right: bool | None = None
    actor: str = ""
    at: str = ""


class PlanState(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Plan:
    """An action plan (LA-15): `body` holds issue, cause, metrics with values and targets, actions
    with owner and date, success criteria; `result` what the metrics were when it was reviewed."""

    plan_id: str
    state: PlanState
    due: str
    author: str
    made_at: str
    body: Mapping[str, object]
    result: Mapping[str, object]
    reviewed_at: str = ""


class Fate(StrEnum):
    """What became of a lesson where it was proposed."""

    OPEN = "open"
    ADOPTED = "adopted"
    """The brand is asked for it since, by a person or because it was proven on the market."""
    REFUSED = "refused"
    KNOWN = "known"
    """The brand was asked for it before it was proposed."""
    WITHDRAWN = "withdrawn"
    """The remark that taught it was taken back before anybody adopted it."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What feedback on one brand (`learned_on`) proposes to another (MET-13), and its fate.

    The constraint holds author, moment and remark of the first brand's feedback; `decided_by` and
    `decided_at` say who adopted or refused it when.
    """

    lesson_id: str
    brandid: str
    constraint: Constraint
    learned_on: str
    fate: Fate = Fate.OPEN
    decided_by: str = ""
    decided_at: str = ""
    note: str = ""


class Learnings(Protocol):
    """The part of the store that metrics are made from. Every method is one transaction."""

    def version_lines(self) -> tuple[VersionLine, ...]:
        """All versions in order of time."""
        ...

    def draw(self, rows: Sequence[Judgement], actor: str) -> str:
        """Keep rows drawn by lot as one sample; its id. Rows drawn before and not yet judged are
        left out."""
        ...

    def judge(self, ccid: str, bankid: str, right: bool, actor: str) -> Judgement:
        """Answer for a drawn row; raises InputError for one that was not drawn, ConflictError for
        one that was judged."""
        ...

    def judgements(self) -> tuple[Judgement, ...]:
        """All drawn rows, judged or not, in the order in which they were drawn."""
        ...

    def lessons(self, brandid: str | None = None) -> tuple[Lesson, ...]:
        """All lessons proposed to brands, or to one, with what became of them, oldest first."""
        ...

    def refuse_lesson(self, lesson_id: str, actor: str, note: str) -> Lesson:
        """Refuse a lesson: it is not proposed any more; NotFound, or ConflictError when it is not
        open."""
        ...

    def add_plan(self, body: Mapping[str, object], due: str, actor: str) -> Plan: ...

    def plans(self) -> tuple[Plan, ...]: ...

    def review_plan(
        self, plan_id: str, state: PlanState, result: Mapping[str, object], actor: str
    ) -> Plan:
        """Write down what came of a plan; ConflictError when it is not open any more."""
        ...
