"""What every agent is: a role with a typed input, a typed decision and a policy without a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from brand_metagen.agents.instructions import PACKAGED, Instructions
from brand_metagen.app.live import Live
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import Settings
from brand_metagen.errors import InputError
from brand_metagen.ports import Adviser, Question, Quoted, Reply, Role
from brand_metagen.ports.adviser import Answer


@dataclass(frozen=True)
class Means:
    """What an agent may use: settings, a workspace to look things up in, an adviser to ask."""

    settings: Settings
    workspace: Workspace | None = None
    adviser: Adviser | None = None
    instructions: Instructions = PACKAGED

    def place(self) -> Workspace:
        """The workspace; raises InputError where there is none."""
        if self.workspace is None:
            raise InputError("this is looked up in a workspace: name one with --workspace")
        return self.workspace

    def live(self) -> Live:
        """The market of the workspace's last run; raises InputError where there is none."""
        return Live(self.place())

    def ask(
        self, role: str, subject: str, answer: type[Answer], *quoted: Quoted
    ) -> Reply[Answer] | None:
        """A question under the role's instructions; None where no model is configured."""
        if self.adviser is None:
            return None
        current = self.instructions.of(role)
        return self.adviser.ask(
            Question(role, subject, current.text, current.version, quoted, answer)
        )


@dataclass(frozen=True)
class Agent:
    """One role: `decide` is its policy with its adviser, `policy` says which function that is."""

    role: str
    purpose: str
    given: type[Any]
    decision: type[Any]
    decide: Callable[[Any, Means], Any]
    policy: str
    adviser: str
    limits: tuple[str, ...]
    steps: tuple[str, ...] = ()
    """The steps of a run that it does."""
    asker: Role | Callable[[Any], Role] = Role.VIEWER
    """What an account must be at least to ask it, if need be by the input, as for the REST routes:
    reviewers spend a model's money, operators name files of this machine, viewers the rest."""

    def asker_of(self, given: Any) -> Role:
        """What an account must be at least to ask this."""
        return self.asker if isinstance(self.asker, Role) else self.asker(given)

    @property
    def slug(self) -> str:
        """The name as files have it."""
        return slug_of(self.role)


def slug_of(role: str) -> str:
    """A role's name as files have it.

    >>> slug_of("data transformation")
    'data-transformation'
    """
    return role.replace(" ", "-")
