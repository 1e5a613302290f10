"""Messages to people outside, and the store's list of them."""

from __future__ import annotations

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
