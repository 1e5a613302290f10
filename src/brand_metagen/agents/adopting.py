"""New instructions tried beside those in use, adopted, and taken back; the workspace remembers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from brand_metagen.agents.instructions import Instruction, Instructions, read
from brand_metagen.agents.role import Means
from brand_metagen.agents.table import agent_of, invoke
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.files import write_file
from brand_metagen.records import Brand

TRIED: Mapping[str, Callable[[Brand], Mapping[str, str]]] = {
    "metadata production": lambda brand: {"brandid": brand.brandid},
    "commercial assessment": lambda brand: {"brandname": brand.brandname, "sector": brand.sector},
}
"""Roles whose instructions can be tried brand by brand, with the input of each."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One brand's decision under the instructions in use and under the new ones."""

    brandid: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @property
    def differs(self) -> bool:
        return dict(self.before) != dict(self.after)


@dataclass(frozen=True, slots=True)
class Adopted:
    """A role's instructions after a change, and those before (None = the packaged ones)."""

    role: str
    version: str
    before: str | None


def tried(role: str, file: Path, brandids: Sequence[str], means: Means) -> tuple[Tried, ...]:
    """Decide on brands twice, nothing stored but the calls; raises InputError where the role is not
    asked brand by brand, no model is set, or the file is no instruction."""
    agent = agent_of(role)
    new, shape = read(file), TRIED.get(agent.role)
    if shape is None:
        raise InputError(f"{agent.role} is not asked brand by brand; {', '.join(TRIED)} are")
    if means.adviser is None:
        raise InputError("no model is set (agents.model), so instructions change nothing")
    market = means.live().market
    other = Instructions(means.instructions.workspace, ((agent.role, new),))
    found = []
    for brandid in brandids:
        if brandid not in market.brands:
            raise InputError(f"no brand {brandid!r} in the market of the last run")
        given = shape(market.brands[brandid])
        before = invoke(agent.role, given, means)
        after = invoke(agent.role, given, replace(means, instructions=other))
        found.append(Tried(brandid, before, after))
    return tuple(found)


def adopt(workspace: Workspace, actor: str, role: str, file: Path) -> Adopted:
    """Let a file's instructions hold from now on; those before are kept beside them.

    Raises ConflictError when the version in use has the same name and another text.
    """
    agent, new = agent_of(role), read(file)
    instructions = Instructions(workspace.folder)
    current = instructions.of(agent.role)
    if current.version == new.version:
        raise ConflictError(
            f"version {new.version} of {agent.role} is in use; give the new text another version"
        )
    place = instructions.place(agent.role)
    before = _stack(place)
    if place.is_file():
        write_file(place.with_suffix(f".{len(before) + 1:04d}"), place.read_bytes())
    place.parent.mkdir(exist_ok=True)
    write_file(place, _written(new))
    workspace.store.note(
        actor, "instructions adopted", agent.role, {"version": new.version, "text": new.text}
    )
    return Adopted(agent.role, new.version, current.version)


def undo(workspace: Workspace, actor: str, role: str) -> Adopted:
    """Take back what was adopted last; raises ConflictError where nothing was."""
    agent, instructions = agent_of(role), Instructions(workspace.folder)
    place = instructions.place(agent.role)
    if not place.is_file():
        raise ConflictError(f"{agent.role} has its packaged instructions; nothing to take back")
    left = read(place).version
    before = _stack(place)
    if before:
        write_file(place, before[-1].read_bytes())
        before[-1].unlink()
    else:
        place.unlink()
    now = instructions.of(agent.role)
    workspace.store.note(
        actor, "instructions taken back", agent.role, {"version": now.version, "left": left}
    )
    return Adopted(agent.role, now.version, left)


def _stack(place: Path) -> list[Path]:
    """Earlier instructions of a role in a workspace, oldest first."""
    return sorted(place.parent.glob(f"{place.stem}.[0-9][0-9][0-9][0-9]"))


def _written(instruction: Instruction) -> bytes:
    return f"version: {instruction.version}\n\n{instruction.text}\n".encode()
