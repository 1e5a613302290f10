"""What a tool of the conversation is: its arguments, the role it takes, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from brand_metagen.app.live import Live
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError, NotAllowed
from brand_metagen.ports import Actor, Progress, Quiet, Role, RunRecord

MOST = 1_000
"""Items of one answer (CHAT-02)."""
PAGE = 100
"""Items of one page of a query at the most (CHAT-06)."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. `kind` is string or integer; of an optional one the tool knows a default."""

    name: str
    about: str
    kind: str = "string"
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChatTool:
    """A tool; one that `changes` something is asked about first. `ask` is what to ask for what is
    missing. `told` puts what it answered into words; `names` are arguments that name brands, by id
    or name, which are put as ids before anything else."""

    name: str
    about: str
    arguments: tuple[Argument, ...]
    run: Callable[[ToolContext, Mapping[str, Any]], Any]
    role: Role = Role.VIEWER
    changes: bool = False
    told: Callable[[Any], str] | None = None
    names: tuple[str, ...] = ()

    def spec(self) -> dict[str, Any]:
        """How a model is told of it."""
        properties = {a.name: _property(a) for a in self.arguments}
        required = [a.name for a in self.arguments if a.required]
        schema = {"type": "object", "properties": properties, "required": required}
        return {"name": self.name, "description": self.about, "inputSchema": {"json": schema}}


@dataclass(frozen=True)
class ToolContext:
    """Where and for whom tools work. `begin` starts a run elsewhere (None = it is done here, and
    waited for); `market` gives the market where one is kept (None = it is read when asked for)."""

    workspace: Workspace
    actor: Actor
    progress: Progress = field(default_factory=Quiet)
    begin: Callable[[str, Sequence[str]], RunRecord] | None = None
    market: Callable[[], Live] | None = None

    def live(self) -> Live:
        """The market as of now."""
        return self.market() if self.market else Live(self.workspace)


def checked(tool: ChatTool, given: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """The arguments as the tool takes them; raises InputError for what does not fit, NotAllowed
    where the role is not enough."""
    if not actor.role.may(tool.role):
        raise NotAllowed(
            f"{tool.name} takes the role {tool.role.value}; {actor.name} is {actor.role.value}"
        )
    known = {a.name: a for a in tool.arguments}
    if unknown := sorted(set(given) - set(known)):
        raise InputError(f"{tool.name} takes no {', '.join(unknown)}; it takes {', '.join(known)}")
    found = {name: _fitting(known[name], value) for name, value in given.items() if value != ""}
    missing = [a.name for a in tool.arguments if a.required and a.name not in found]
    if missing:
        raise InputError(f"{tool.name} needs {', '.join(missing)}")
    return found


def _fitting(argument: Argument, value: Any) -> Any:
    if argument.kind == "integer":
        try:
            number = int(value)
        except (TypeError, ValueError):
            raise InputError(f"{argument.name} is a whole number, not {value!r}") from None
        if not 0 <= number <= 1_000_000:
            raise InputError(f"{argument.name} lies between 0 and 1,000,000")
        return number
    text = str(value)
    if argument.choices and text not in argument.choices:
        raise InputError(f"{argument.name} is one of {', '.join(argument.choices)}, not {text!r}")
    return text


def _property(argument: Argument) -> dict[str, Any]:
    found: dict[str, Any] = {"type": argument.kind, "description": argument.about}
    return found | ({"enum": list(argument.choices)} if argument.choices else {})
