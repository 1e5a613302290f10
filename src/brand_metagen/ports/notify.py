"""Messages to people outside, and the store's list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from brand_metagen.ports.cases import Notice, NoticeState

CHANNELS = ("log", "file", "email", "webhook", "slack")
"""Every channel there is, by the name that `notify.channels` takes."""


class Notifier(Protocol):
    """One channel. It may be called from any thread, one message at a time."""

    @property
    def channel(self) -> str:
        """Its name, one of CHANNELS."""
        ...

    def send(self, notice: Notice) -> None:
        """Hand a message on; returns when the other side has it.

        Raises ServiceError, retryable when another try may help. What it says holds no secret.
        """
        ...


class Notices(Protocol):
    """The part of the store that keeps messages. Every method is one transaction."""

    def notices(self, state: NoticeState | None = None) -> tuple[Notice, ...]:
        """All messages, or those in one state, oldest first."""
        ...

    def notices_due(self) -> tuple[Notice, ...]:
        """Waiting messages whose time has come, oldest first."""
        ...

    def claim_notice(self, notice: Notice, seconds: float) -> Notice | None:
        """Take a message for one try, which counts from now on; None when somebody else did.

        Nobody else is given it before `seconds` are over: a process that dies loses the try, not
        the message.
        """
        ...

    def notice_done(self, notice: Notice, state: NoticeState, error: str, wait: float) -> None:
        """Say what came of a try that was claimed: sent, to be tried again after `wait` seconds, or
        given up. Nothing happens when a later try has begun since."""
        ...

    def retry_notices(self) -> int:
        """Let messages that were given up wait again, with all their tries; how many."""
        ...


@dataclass(frozen=True, slots=True)
class Sending:
    """That a report of one period is one recipient's: there is one of each kind, period and
    recipient, ever.

    `period` is such as 2026-11-26, 2026-W48, 2026-11 or RUN-0007, `first` its first day (empty of a
    run); `report_id` names the report that stands for it, perhaps together with other periods;
    `notice` is the number of the message (0 = none was needed).
    """

    kind: str
    period: str
    recipient: str
    first: str
    report_id: str
    made_at: str
    notice: int = 0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A report that is ready for one recipient. `periods` are those it stands for, as (name, first
    day); `channel` says by what it goes out, empty = its files are all there is to it."""

    kind: str
    periods: Sequence[tuple[str, str]]
    recipient: str
    report_id: str
    channel: str = ""
    subject: str = ""
    body: Mapping[str, object] = field(default_factory=dict)


class Sendings(Protocol):
    """The part of the store that keeps which reports went out. Every method is one transaction."""

    def sendings(self) -> tuple[Sending, ...]:
        """All of them, in the order of kind, recipient and period."""
        ...

    def send_report(self, report: Outgoing) -> int:
        """Claim a report's periods for its recipient and write its message, both or neither; the
        message's number (0 = none).

        Raises ConflictError when one of the periods is the recipient's already.
        """
        ...
