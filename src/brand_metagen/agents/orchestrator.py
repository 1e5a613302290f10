"""Orchestrator: carries a run through its steps, and says which brands need an expert."""

from __future__ import annotations

from dataclasses import dataclass

from brand_metagen.agents.role import Agent, Means
from brand_metagen.escalate.triggers import of_brand


@dataclass(frozen=True, slots=True)
class Given:
    """A brand of a run as the workspace's queue has it."""

    brandid: str
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    cause: str
    level: int
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """`next` is what happens to the brand now: review, escalate, or nothing."""

    state: str
    next: str
    cases: tuple[Case, ...]


def decide(given: Given, means: Means) -> Decision:
    """Look one brand up in the workspace and route it."""
    line = means.place().store.line(given.brandid)
    opened = of_brand(line, given.run_id or line.run_id or "", means.settings.escalate)
    cases = tuple(Case(o.cause.value, int(o.level), o.reason) for o in opened)
    waits = line.state.value == "awaiting_review"
    return Decision(
        line.state.value, "escalate" if cases else "review" if waits else "nothing", cases
    )


AGENT = Agent(
    "orchestrator",
    "Carries a run through its steps, numbers versions, makes the release, routes what is left to "
    "reviewers and experts.",
    Given,
    Decision,
    decide,
    "workflow.runner.Runner with escalate.triggers.of_brand",
    "none: routes are rules",
    ("a step is tried 3 times (workflow.step_attempts)", "needs a workspace"),
    ("store", "escalate"),
)
