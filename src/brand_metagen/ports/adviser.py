"""A language model as adviser: a question with quoted data in, a checked answer or none out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

Answer = TypeVar("Answer")


class NoAdvice(StrEnum):
    """Why there is no advice. None of it stops who asked: they go on without."""

    BUDGET = "budget"
    """Calls, tokens, seconds or money of the run are used up; nothing was sent."""
    TOO_LARGE = "too_large"
    """The question holds more than one call may; nothing was sent."""
    LATE = "late"
    """No whole answer within the deadline; the call was cut."""
    MALFORMED = "malformed"
    """The answer is not of the shape that was asked for, or longer than it may be."""
    UNAVAILABLE = "unavailable"
    """The model could not be reached, or refused."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """Text of others under a name of ours: data to the model, never an instruction."""

    name: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question(Generic[Answer]):
    """What a role asks. `instructions` are ours, in their `version`; `answer` is a frozen dataclass
    of texts, numbers, truth values and tuples of them, whose fields are the schema."""

    role: str
    subject: str
    """What it is about, as the audit log names it: a brand, a run, a row."""
    instructions: str
    version: str
    quoted: tuple[Quoted, ...]
    answer: type[Answer]


@dataclass(frozen=True, slots=True)
class Spent:
    """What a call took: tokens in and out, seconds, and US dollars at the set prices."""

    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    money: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply(Generic[Answer]):
    """Advice, or why there is none (`value` is None then, and `missing` says why)."""

    value: Answer | None
    model: str
    spent: Spent = field(default_factory=Spent)
    missing: NoAdvice | None = None
    said: str = ""


class Adviser(Protocol):
    """Answers questions within its budget. Never raises for what the model does."""

    def ask(self, question: Question[Answer]) -> Reply[Answer]: ...

    def renew(self) -> None:
        """Begin the budget anew."""
        ...


class Rephraser(Protocol):
    """Says a remark again in sentences that the reader of remarks may understand."""

    def rephrase(
        self, brandname: str, remark: str, question: str, rows: Sequence[str]
    ) -> str | None:
        """The remark in plain sentences, None where there is no advice. `question` is what was not
        clear in it, `rows` are narratives that it may speak of."""
        ...
