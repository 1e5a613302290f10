"""New instructions tried beside those in use, adopted, and taken back; the workspace remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from brand_metagen.agents.instructions import Instruction, Instructions, read
from brand_metagen.agents.role import Means
from brand_metagen.agents.table import agent_of
from brand_metagen.agents.trials import OF_RUNS, TRIALS
from brand_metagen.app import escalations
from brand_metagen.app.guards import check_writable
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.files import write_file
from brand_metagen.ports import Method


@dataclass(frozen=True, slots=True)
class Tried:
    """What a brand came to under the instructions in use and under the new ones; `brandid` is empty
    where the role is asked about a run."""

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
    """Do the role's work on brands twice, nothing stored but the calls; raises InputError where the
    role asks no model, none is set, a brand is not known, or the file is no instruction."""
    agent = agent_of(role)
    new, trial = read(file), TRIALS.get(agent.role)
    if trial is None:
        raise InputError(f"{agent.role} asks no model; {', '.join(TRIALS)} do")
    if means.adviser is None:
        raise InputError("no model is set (agents.model), so instructions change nothing")
    wanted = ("",) if agent.role in OF_RUNS else tuple(brandids)
    if not wanted:
        raise InputError(f"{agent.role} is tried on brands: name some with --brands or --case")
    market = means.live().market
    for brandid in wanted:
        if brandid and brandid not in market.brands:
            raise InputError(f"no brand {brandid!r} in the market of the last run")
    other = Instructions(means.instructions.workspace, ((agent.role, new),))
    renewed = replace(means, instructions=other)
    return tuple(Tried(b, trial(b, means), trial(b, renewed)) for b in wanted)


def adopt(
    workspace: Workspace, actor: str, role: str, file: Path, case_id: str = "", note: str = ""
) -> Adopted:
    """Let a file's instructions hold from now on; those before are kept beside them.

    With a case they settle it as an update of the algorithm, and the note says how. Raises
    ConflictError when the version in use has the same name, InputError for a role without a model.
    """
    agent, new = agent_of(role), read(file)
    check_writable(workspace)
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
    if case_id:
        _settled(workspace, actor, agent.role, case_id, note, current.version, new.version)
    return Adopted(agent.role, new.version, current.version)


def _settled(
    workspace: Workspace, actor: str, role: str, case_id: str, note: str, old: str, new: str
) -> None:
    """Settle the case by what was adopted; where the case does not take that, it is taken back."""
    told = {"role": role, "version": new, "before": old}
    detail = {"instructions": told, "settings": {}, "before": {}}
    try:
        escalations.resolve(workspace, actor, case_id, Method.ALGORITHM_UPDATE, note, detail)
    except BaseException:
        undo(workspace, actor, role)
        raise


def undo(
    workspace: Workspace, actor: str, role: str, case_id: str = "", reason: str = ""
) -> Adopted:
    """Take back what was adopted last, and open the case again that it settled.

    Raises ConflictError where nothing was adopted, or that case is not resolved.
    """
    agent, instructions = agent_of(role), Instructions(workspace.folder)
    check_writable(workspace)
    place = instructions.place(agent.role)
    if not place.is_file():
        raise ConflictError(f"{agent.role} has its packaged instructions; nothing to take back")
    left = read(place).version
    if case_id:
        escalations.reopen(workspace, actor, case_id, reason)
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
