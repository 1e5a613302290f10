"""Each role's page of the manual, from the role itself."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any

from brand_metagen.agents.instructions import PACKAGED
from brand_metagen.agents.role import Agent
from brand_metagen.errors import InputError


def page(agent: Agent) -> str:
    """One page of Markdown: role, input, decision, policy, adviser, limits."""
    title = agent.role[0].upper() + agent.role[1:]
    steps = ", ".join(f"`{step}`" for step in agent.steps) or "none; it is asked by people"
    lines = [
        f"# {title}",
        "",
        agent.purpose,
        "",
        f"- *Role*: `{agent.role}`. Steps of a run: {steps}.",
        f"- *Policy*: `{agent.policy}`, without a model.",
        f"- *Adviser*: {agent.adviser}.",
        f"- *Instructions*: {_instructions(agent)}",
        "",
        "## Input",
        "",
        *_shape(agent.given),
        "",
        "## Decision",
        "",
        *_shape(agent.decision),
        "",
        "## Limits",
        "",
        *(f"- {limit}" for limit in agent.limits),
        "",
        "## By hand",
        "",
        f"    brand-metagen agents invoke {agent.slug} --input FILE --workspace W",
    ]
    return "\n".join(lines) + "\n"


def _instructions(agent: Agent) -> str:
    try:
        found = PACKAGED.packaged(agent.role)
    except InputError:
        return "none."
    return f"`agents/instructions/{agent.slug}.md`, version {found.version}."


def _shape(kind: type[Any]) -> Iterator[str]:
    yield " ".join((inspect.getdoc(kind) or "").split())
    yield ""
    for field in dataclasses.fields(kind):
        needed = (
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        )
        yield f"- `{field.name}`: {field.type}{'' if needed else ', may be left out'}"
