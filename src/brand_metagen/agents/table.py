"""All agents by role, and how one is called with plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brand_metagen.agents import (
    analytics,
    commercial,
    confirmation,
    conversation,
    data_transformation,
    evaluator,
    feedback,
    orchestrator,
    production,
    tiebreaker,
)
from brand_metagen.agents.role import Agent, Means, slug_of
from brand_metagen.agents.shapes import Malformed, checked
from brand_metagen.app.accounts import need
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor
from brand_metagen.records import plain

_ALL = (
    orchestrator.AGENT,
    data_transformation.AGENT,
    evaluator.AGENT,
    production.AGENT,
    commercial.AGENT,
    confirmation.AGENT,
    tiebreaker.AGENT,
    feedback.AGENT,
    analytics.AGENT,
    conversation.AGENT,
)
AGENTS: Mapping[str, Agent] = {agent.role: agent for agent in _ALL}
"""Nine roles of the workflow and the conversation, in the order in which a row meets them."""


def agent_of(role: str) -> Agent:
    """An agent by its role, as a name or as files have it; raises InputError."""
    for agent in _ALL:
        if role in (agent.role, slug_of(agent.role)):
            return agent
    raise InputError(f"no role {role!r}; there are {', '.join(AGENTS)}")


def invoke(role: str, given: Any, means: Means, asker: Actor | None = None) -> dict[str, Any]:
    """One decision as plain data; raises InputError for an input that is not of the role's,
    NotAllowed where the account that asks has too little for it (None = who may ask anything)."""
    agent = agent_of(role)
    try:
        value = checked(agent.given, given)
    except Malformed as error:
        raise InputError(f"the input of {agent.role}: {error}") from error
    if asker is not None:
        need(asker, agent.asker_of(value))
    decided: dict[str, Any] = plain(agent.decide(value, means))
    return decided
