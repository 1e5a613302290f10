"""Conversation: a message becomes a tool with its arguments, or a question back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from brand_metagen.agents.chat_tools import TOOLS
from brand_metagen.agents.grammar import MOST_CHARS, intent_of
from brand_metagen.agents.role import Agent, Means
from brand_metagen.errors import InputError


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says."""

    message: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The tool that is meant and what it needs; nothing is run here. `confirm_first` = it changes
    something, and waits for a yes; `reply` = an answer that needs no tool."""

    tool: str
    arguments: Mapping[str, str]
    question: str
    suggestions: tuple[str, ...]
    role_needed: str
    confirm_first: bool
    reply: str = ""


def decide(given: Given, means: Means) -> Decision:
    """Read a message."""
    del means  # the grammar needs none
    if len(given.message) > MOST_CHARS:
        raise InputError(f"a message has {MOST_CHARS:,} characters at the most")
    intent = intent_of(given.message)
    tool = TOOLS.get(intent.tool)
    return Decision(
        intent.tool,
        intent.arguments or {},
        intent.question,
        intent.suggestions,
        tool.role.value if tool else "",
        tool.changes if tool else False,
        intent.reply,
    )


AGENT = Agent(
    "conversation",
    "Talks to operators in plain words: runs, status, feedback, lists, metrics, escalations, help.",
    Given,
    Decision,
    decide,
    "agents.grammar.intent_of",
    "in `brand-metagen chat`: chooses the tools for what the grammar does not know, and words what "
    "they answered. Words with a figure that no tool gave are dropped; changes are put to the "
    "speaker in the program's own words",
    (
        "tools run under the speaker's role; a change waits for a yes",
        "every call of a tool is in the audit log",
        "10 items a page; 6 model calls a turn",
    ),
)
