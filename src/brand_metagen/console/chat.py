"""The conversation page: what is said, who worded each reply, and a yes before anything changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from brand_metagen.agents.chat import Conversation, Said
from brand_metagen.agents.chat_shapes import ToolContext
from brand_metagen.agents.chat_tools import TOOLS
from brand_metagen.agents.grammar import commands
from brand_metagen.agents.wiring import opened_means, rephrased
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.door import ROOT
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor, Role, RunRecord
from brand_metagen.web.state import Server

if TYPE_CHECKING:
    from brand_metagen.agents.advising import ModelAdviser

MOST_LINES = 60
"""Turns that the page shows; the audit log has every call."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What somebody said, and the reply."""

    asked: str
    said: Said


@dataclass
class Talk:
    """One person's conversation while the server runs."""

    conversation: Conversation
    means: ExitStack
    turns: list[Turn] = field(default_factory=list)
    turn: Lock = field(default_factory=Lock)

    def say(self, actor: Actor, message: str) -> None:
        """Say something, in the role the person has now."""
        with self.turn:
            context = self.conversation.context
            self.conversation.context = replace(context, actor=actor)
            self.turns.append(Turn(message, self.conversation.say(message)))
            del self.turns[:-MOST_LINES]

    def close(self) -> None:
        """End what advises it."""
        self.means.close()


def _talk(server: Server, actor: Actor) -> Talk:
    found = server.kept.get(f"talk:{actor.name}", lambda: _begun(server, actor))
    assert isinstance(found, Talk)
    return found


def _begun(server: Server, actor: Actor) -> Talk:
    stack, workspace = ExitStack(), server.workspace
    means = stack.enter_context(opened_means(workspace.settings, workspace))

    def begin(source: str, brands: Sequence[str]) -> RunRecord:
        return server.jobs.start(source, brands, actor.name)[0]

    context = ToolContext(
        rephrased(workspace, means), actor, begin=begin, market=server.warm.current
    )
    talk = Conversation(context, _adviser(means.adviser), means.instructions)
    return Talk(talk, stack)


def _adviser(adviser: Any) -> ModelAdviser | None:
    """The adviser where it can hold a conversation."""
    if adviser is None:
        return None
    from brand_metagen.agents.advising import ModelAdviser

    return adviser if isinstance(adviser, ModelAdviser) else None


def chat(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """What was said so far, and what may be said."""
    del wanted
    talk = _talk(server, actor)
    waiting = talk.conversation.waiting
    return render(
        "chat.html.j2", root=ROOT, turns=list(talk.turns), waiting=waiting, examples=commands(),
        model=talk.conversation.adviser and server.workspace.settings.agents.model,
        tools=[tool for tool in TOOLS.values() if actor.role.may(tool.role)], actor=actor,
        more=bool(talk.conversation.rest) and waiting is None,
    )  # fmt: skip


def say(server: Server, actor: Actor, form: Form) -> Reply:
    """Say something; the page shows what came of it."""
    message = form.text("message").strip()
    if not message:
        raise InputError("say something first")
    _talk(server, actor).say(actor, message)
    return Reply(again=True)


def forget(server: Server, actor: Actor, form: Form) -> Reply:
    """Begin anew."""
    del form
    server.kept.drop(f"talk:{actor.name}")
    return Reply("A new conversation.", again=True)


DEEDS: Deeds = {"chat_say": (Role.VIEWER, say), "chat_new": (Role.VIEWER, forget)}
