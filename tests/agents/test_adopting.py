"""Instructions: tried on brands, adopted with a trace, taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bedrock import Answer, Asked, Bedrock, tool

from brand_metagen.agents.adopting import adopt, tried, undo
from brand_metagen.agents.advising import ModelAdviser
from brand_metagen.agents.instructions import Instructions
from brand_metagen.agents.role import Means
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import Settings
from brand_metagen.errors import ConflictError, InputError

ROLE = "commercial assessment"


def written(folder: Path, version: str, text: str = "Say more.") -> Path:
    path = folder / f"{version}.md"
    path.write_text(f"version: {version}\n\n{text}\n")
    return path


def test_adopted_instructions_hold_and_each_is_taken_back(
    workspace: Workspace, tmp_path: Path
) -> None:
    now = Instructions(workspace.folder)
    assert now.of(ROLE).version == "1"
    done = adopt(workspace, "ann", ROLE, written(tmp_path, "2"))
    assert (done.version, done.before) == ("2", "1")
    adopt(workspace, "ann", ROLE, written(tmp_path, "3"))
    assert now.of(ROLE).version == "3"
    assert undo(workspace, "bob", ROLE).version == "2"
    assert undo(workspace, "bob", ROLE).version == "1"
    with pytest.raises(ConflictError):
        undo(workspace, "bob", ROLE)
    rows = workspace.store.audit(0, 1_000).items
    acts = [(r.actor, r.action) for r in rows if r.subject == ROLE]
    assert acts == [("ann", "instructions adopted")] * 2 + [("bob", "instructions taken back")] * 2
    assert workspace.store.verify_audit() == len(rows)


def test_the_same_version_is_not_adopted_twice(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(ConflictError):
        adopt(workspace, "ann", ROLE, written(tmp_path, "1"))
    with pytest.raises(InputError):
        adopt(workspace, "ann", ROLE, tmp_path / "no.md")
    with pytest.raises(InputError):
        adopt(workspace, "ann", "nobody", written(tmp_path, "2"))


def test_tried_instructions_show_what_they_change_and_change_nothing(
    workspace: Workspace, tmp_path: Path, ask: Callable[..., ModelAdviser], bedrock: Bedrock
) -> None:
    def script(asked: Asked) -> Answer:
        return tool(asked, names=["Shell"] if "Say more." in asked.system else [])

    bedrock.script = script
    means = Means(Settings(), workspace, ask(), Instructions(workspace.folder))
    brands = [b.brandid for b in workspace.store.brands()[:3]]
    found = tried(ROLE, written(tmp_path, "2"), brands, means)
    assert [one.brandid for one in found] == brands
    assert Instructions(workspace.folder).of(ROLE).version == "1"
    with pytest.raises(InputError):
        tried("tiebreaker", written(tmp_path, "2"), brands, means)
    with pytest.raises(InputError):
        tried(ROLE, written(tmp_path, "2"), ["nobody"], means)
    with pytest.raises(InputError):
        tried(ROLE, written(tmp_path, "2"), brands, Means(Settings(), workspace))
