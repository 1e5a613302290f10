"""The human loop as the store keeps it: brands in the queue, remarks, decisions, the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from brand_metagen.constraints import Constraint
from brand_metagen.ports.cases import CaseAct, Opening
from brand_metagen.ports.pages import Page
from brand_metagen.records import Metadata, Status


class BrandState(StrEnum):
    """Where a brand stands (design.md, States of a brand); moves are in `review.states`."""

    UNPROCESSED = "unprocessed"
    PROCESSING = "processing"
    AWAITING_REVIEW = "awaiting_review"
    REGENERATING = "regenerating"
    APPROVED = "approved"
    PUBLISHED = "published"
    ESCALATED = "escalated"
    FAILED = "failed"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True, slots=True)
class BrandRow:
    """A brand's state and its latest version (0 = none yet), as a run leaves it.

    `confidence`, `rows` and `reason` are the latest version's; they decide the place in the queue.
    """

    brandid: str
    brandname: str
    sector: str
    state: BrandState
    version: int
    run_id: str
    error: str | None = None
    confidence: float = 0.0
    rows: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BrandLine:
    """A brand in the queue: what a run or a change left of it, and what humans did since.

    `round` counts accepted human feedback rounds, `corrections` the rounds of all time (a reset
    round keeps them), `failures` processing of it that failed in a row, be it a remark or a run;
    `approvals` those of the latest version; `priority` is expected corrected transactions per
    minute (see `review.queue`); `claimed_until` is UTC in ISO 8601, past = free.
    """

    brandid: str
    brandname: str
    sector: str
    state: BrandState
    version: int
    confidence: float
    rows: int
    reason: str
    round: int
    corrections: int
    failures: int
    approvals: int
    priority: float
    run_id: str
    error: str | None = None
    claimed_by: str | None = None
    claimed_until: str | None = None


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which brands of the queue; empty = all. `search` is part of an id or a name, any case."""

    states: tuple[BrandState, ...] = (BrandState.AWAITING_REVIEW,)
    sector: str = ""
    search: str = ""
    confidence_below: float | None = None
    round_from: int | None = None
    claimed_by: str = ""
    """Only what this person holds."""
    free_for: str = ""
    """Only what nobody else than this person holds."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A brand lent to one reviewer until a moment (UTC, ISO 8601)."""

    brandid: str
    actor: str
    until: str


class Verdict(StrEnum):
    """What a human did to a brand; the `action` of a change and of its row in the audit log."""

    APPROVE = "approve"
    UNDO = "undo"
    """An approval taken back, until it is published."""
    REJECT = "reject"
    FLAG = "flag"
    FEEDBACK = "feedback"
    CREATE = "create"
    """Metadata written by hand."""
    ROLLBACK = "rollback"
    """An older version's rule as a new version."""
    WITHDRAW = "withdraw"
    """What a remark asked, taken back."""
    ROUND = "round"
    """The round counter corrected by hand."""


class RemarkOutcome(StrEnum):
    """What came of a remark."""

    APPLIED = "applied"
    """A new version keeps it."""
    HELD = "held"
    """The version there was keeps it already."""
    UNCLEAR = "unclear"
    """Nothing in it could be acted on; a question was asked."""
    CONTRADICTED = "contradicted"
    """It excludes what was asked before; the round stopped."""
    UNMET = "unmet"
    """No rule could be found that keeps it."""
    FAILED = "failed"
    """Processing it failed."""
    WITHDRAWN = "withdrawn"
    """It bound the brand, until it was taken back."""


BINDING = (RemarkOutcome.APPLIED, RemarkOutcome.HELD)
"""What the constraints of a remark stay after."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reviewer said of one version (FB-06), what was understood, and what came of it.

    `asked` is what was pointed at beside the text, as plain data (the fields of the submission);
    `made` the version it led to (0 = none). `feedback_id`, `round`, `made` and `given_at` are set
    by the store.
    """

    brandid: str
    version: int
    author: str
    text: str
    asked: Mapping[str, object]
    category: str
    understood: tuple[Constraint, ...]
    not_understood: tuple[str, ...]
    outcome: RemarkOutcome
    explanation: str = ""
    feedback_id: str = ""
    round: int = 0
    made: int = 0
    given_at: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A remark taken back; `gone` is what the actor saw that nobody else asked for."""

    feedback_id: str
    gone: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One act of a human on one brand: all of it is written in one transaction, or none of it.

    `expected` is the version on the actor's screen: when the brand has moved on, or may not move
    to `state` from where it is (`review.states`), it raises ConflictError and writes nothing.
    `made` is a new version (numbered by the store), `status` what the latest version (the new one,
    if any) becomes. A `remark` that is applied or held binds its constraints and, when it is
    applied, counts a round. `key` is the submission's idempotency key: the same key again gives the
    first result back, with `reply` as it was then; with another `request` it is a conflict.
    """

    actor: str
    brandid: str
    expected: int
    action: Verdict
    state: BrandState | None = None
    made: Metadata | None = None
    line: BrandRow | None = None
    """The brand's facts for the queue, when `made` changes them."""
    status: Status | None = None
    remark: Remark | None = None
    note: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    round: int | None = None
    """The round counter set by hand (ITR-07), between 0 and the limit."""
    proposals: Mapping[str, Sequence[Constraint]] = field(default_factory=dict)
    """What would help similar brands (brandid → constraints): proposed there, never applied."""
    case: Opening | CaseAct | None = None
    """The escalation that the act opens or joins, or what it does to one (told the version)."""
    withdrawal: Withdrawal | None = None
    key: str = ""
    request: str = ""
    """A digest of what was submitted under the key."""
    reply: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submission under an idempotency key: a digest of what was asked, and the answer."""

    key: str
    request: str
    reply: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a change left: the brand's version, state and round, and the ids it was given.

    `replayed` = the key had been used before: nothing was written now, and `reply` is what was
    answered then.
    """

    version: int
    state: BrandState
    round: int
    sequence: int
    """Of the audit row."""
    feedback_id: str = ""
    replayed: bool = False
    reply: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the append-only log; `digest` covers the line and the digest before it."""

    sequence: int
    at: str
    actor: str
    action: str
    subject: str
    detail: Mapping[str, object]
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A release made public: one pointer names the latest."""

    sequence: int
    release_id: str
    published_at: str
    actor: str
    note: str


class Reviews(Protocol):
    """The part of the store that humans write. Every method is one transaction."""

    def revision(self) -> int:
        """Grows with every change to versions, their status or constraints, whoever made it."""
        ...

    def line(self, brandid: str) -> BrandLine:
        """One brand; raises NotFound when there is none of that id."""
        ...

    def queue(self, wanted: QueueFilter, limit: int, cursor: str | None) -> Page[BrandLine]:
        """Brands by falling priority, equal ones by id; a broken cursor raises InputError."""
        ...

    def count_states(self) -> Mapping[BrandState, int]:
        """Brands in each state, those without any included."""
        ...

    def claim(self, brandid: str, actor: str, seconds: int) -> Claim:
        """Take a brand, or keep it longer; raises ConflictError while somebody else has it.

        Claims tell people apart, they do not lock: a change by somebody else goes through, and a
        brand that leaves the queue is no longer claimed.
        """
        ...

    def claim_next(self, wanted: QueueFilter, actor: str, seconds: int) -> Claim | None:
        """Take the first brand that nobody has, not even the actor; None when there is none.

        With `wanted.free_for` set to the actor, what they have already counts as free.
        """
        ...

    def give_back(self, brandid: str, actor: str) -> None:
        """End the actor's claim; nothing happens when they have none."""
        ...

    def change(self, change: Change) -> Recorded:
        """Write one act of a human, whole or not at all.

        Raises ConflictError, whose `now` says who did what when: the brand has moved on, may not
        move so, has had all its rounds, takes no feedback (deactivated), has no approval to take
        back (UNDO away from `approved`), or the actor may not approve it. Where two approvers are
        wanted (`review.second_approver`), the first approval is counted and leaves state and
        status as they are; who had the version made cannot approve it, and REJECT, FLAG and UNDO
        take approvals back.
        """
        ...

    def stands(self, brandid: str) -> Mapping[str, object]:
        """Where a brand stands, and who brought it there when: the `now` of a conflict; raises
        NotFound when there is none of that id."""
        ...

    def replay(self, actor: str, key: str, request: str) -> Recorded | None:
        """What a submission under this key led to, None when it is new; raises ConflictError when
        the key stood for another request."""
        ...

    def recall(self, actor: str, key: str, request: str) -> Mapping[str, object] | None:
        """What a submission that is not about one brand was answered under this key; as `replay`.

        Keys are forgotten after `review.key_days`.
        """
        ...

    def note_failure(self, remark: Remark, error: str) -> int:
        """Keep a remark that could not be processed, and say how many failed in a row (FB-09).

        The brand stays where it is; to escalate it is another change.
        """
        ...

    def constraints(self, brandid: str | None = None) -> Mapping[str, tuple[Constraint, ...]]:
        """What binds each brand (or one), in the order in which it was asked; equal ones once."""
        ...

    def bound_by(self, feedback_id: str) -> tuple[Constraint, ...]:
        """What would bind no longer if a remark were withdrawn: what no other remark asks."""
        ...

    def remark(self, feedback_id: str) -> Remark: ...

    def remarks(
        self, brandid: str | None, search: str, limit: int, cursor: str | None
    ) -> Page[Remark]:
        """Remarks on a brand or on all, newest first; `search` is part of their text, author,
        brand id or brand name, in any case (FB-07)."""
        ...

    def proposals(self, brandid: str) -> tuple[Constraint, ...]:
        """What corrections of similar brands suggest here and is not asked here yet, in order."""
        ...

    def publish(
        self,
        release_id: str,
        versions: Mapping[str, int],
        actor: str,
        note: str,
        said: Submitted | None = None,
    ) -> Publication:
        """Make a release the public one: the pointer, its versions and their brands at once.

        With an idempotency key the answer, to which the publication's `sequence` is added, is
        remembered in the same transaction.

        `versions` are the release's (brandid → version); raises ConflictError when one of them is
        not approved (any more). What was public and is not in it is approved again, so an older
        release published again is a rollback.
        """
        ...

    def publications(self) -> tuple[Publication, ...]:
        """All publications, oldest first; the last one is what is public."""
        ...

    def note(self, actor: str, action: str, subject: str, detail: Mapping[str, object]) -> int:
        """Append a row of its own to the audit log; its sequence."""
        ...

    def audit(self, after: int, limit: int) -> Page[AuditRow]:
        """Rows in order, those after a sequence (0 = from the first); `next` is a sequence."""
        ...

    def recent(
        self, limit: int, actor: str = "", actions: Sequence[str] = (), *,
        subject: str = "", before: int = 0,
    ) -> tuple[AuditRow, ...]:  # fmt: skip
        """The last rows, newest first: an actor's, of actions, of a subject, before a sequence."""

    def verify_audit(self) -> int:
        """Check the whole chain and return its length; raises IntegrityError at the first break."""
        ...
