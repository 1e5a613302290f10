"""What can go wrong with a server, in the words that people and programs act on (MCP-24)."""

from __future__ import annotations

from enum import StrEnum


class Trouble(StrEnum):
    """The kinds of failure."""

    NOT_AVAILABLE = "server_not_available"
    TOOL_NOT_FOUND = "tool_not_found"
    INVALID_ARGUMENTS = "invalid_arguments"
    QUERY_FAILED = "query_failed"
    SLOW = "slow"
    TOO_LONG = "too_long"
    OTHER_SHAPE = "other_shape"
    LEFT_ALONE = "left_alone"
    """It failed so often that it is not asked for a while."""


ADVICE = {
    Trouble.NOT_AVAILABLE: "see that it is installed and runs: `brand-metagen mcp test SERVER`",
    Trouble.TOOL_NOT_FOUND: "see which tools it has: `brand-metagen mcp tools SERVER`",
    Trouble.INVALID_ARGUMENTS: "see which arguments it takes: `brand-metagen mcp tools SERVER`",
    Trouble.QUERY_FAILED: "the server could not do it; its own log says why",
    Trouble.SLOW: "raise mcp.deadline_seconds, or ask whoever runs the server",
    Trouble.TOO_LONG: "ask for less, or raise mcp.answer_bytes",
    Trouble.OTHER_SHAPE: "the server speaks otherwise than it should; ask whoever runs it",
    Trouble.LEFT_ALONE: "it is asked again after mcp.breaker_seconds",
}
"""What to do about each."""
WORTH_ANOTHER = (Trouble.NOT_AVAILABLE, Trouble.SLOW)
"""What may go better at once; all else would fail again in the same way."""


class Failure(Exception):
    """One question to one server failed; the next source is asked."""

    def __init__(self, kind: Trouble, message: str) -> None:
        super().__init__(message)
        self.kind = kind

    @property
    def advice(self) -> str:
        """What to do about it."""
        return ADVICE[self.kind]
