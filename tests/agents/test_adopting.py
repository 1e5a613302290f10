"""Instructions: tried on brands, adopted with a trace, taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bedrock import Answer, Asked, Bedrock, tool

from brand_metagen.agents.adopting import adopt, tried, undo
from brand_metagen.agents.advising import ModelAdviser
from brand_metagen.agents.instructions import Instructions
from brand_metagen.agents.role import Means
from brand_metagen.agents.table import AGENTS
from brand_metagen.agents.trials import TRIALS
from brand_metagen.app import escalations, feedback, queries, resolving
from brand_metagen.app.live import Live
from brand_metagen.app.understanding import Submission
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import Settings
from brand_metagen.errors import BrandMetagenError, ConflictError, InputError
from brand_metagen.ports import Cause, Method

pytestmark = pytest.mark.slow
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


def test_a_role_that_asks_no_model_has_no_instructions(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="asks no model"):
        adopt(workspace, "ann", "tiebreaker", written(tmp_path, "2"))


def test_every_role_that_asks_a_model_can_be_tried() -> None:
    told = {role for role, agent in AGENTS.items() if not agent.adviser.startswith("none")}
    assert told - {"tiebreaker"} == set(TRIALS)  # the tiebreaker's rows go to confirmation
    for role in TRIALS:
        assert Instructions(None).of(role).version


def answering(asked: Asked) -> Answer:
    """Answers any role, otherwise under the new instructions than under those in use."""
    new = "Say more." in asked.system
    shapes: dict[str, Any] = {
        "Spellings": {"aliases": ["QX9Z"] if new else []},
        "Official": {"names": ["Shell"] if new else []},
        "Judgement": {"verdict": "theirs" if new else "unsure"},
        "Sentences": {"sentences": ["Code 5812 is wrong."] if new else []},
        "Prose": {"text": "All went well." if new else "All is done."},
    }
    name = asked.tools[0]["toolSpec"]["name"] if asked.tools else ""
    if name in shapes:
        return tool(asked, **shapes[name])
    return Answer(text="All went well." if new else "All is done.")


@pytest.mark.parametrize("role", ["confirmation", "feedback processing", "learning analytics",
                                  "conversation"])  # fmt: skip
def test_the_other_roles_are_tried(
    workspace: Workspace, tmp_path: Path, ask: Callable[..., ModelAdviser], bedrock: Bedrock,
    role: str,
) -> None:  # fmt: skip
    bedrock.script = answering
    means = Means(Settings(), workspace, ask(), Instructions(workspace.folder))
    waiting = workspace.store.brands()
    brandid = next(b.brandid for b in waiting if queries.combos(workspace, b.brandid, "review", 1))
    if role == "feedback processing":
        said = Submission("hmm, those codes look odd to me somehow")
        feedback.submit(Live(workspace), "ann", brandid, 1, said)
    remarks = len(workspace.store.remarks(brandid, "", 9, None).items)
    (one,) = tried(role, written(tmp_path, "2"), [brandid], means)
    assert one.brandid == ("" if role == "learning analytics" else brandid)
    if role == "feedback processing":
        assert [*one.after] == ["hmm, those codes look odd to me somehow"]
    else:
        assert one.differs
    assert bedrock.asked
    assert len(workspace.store.remarks(brandid, "", 9, None).items) == remarks


def test_a_case_is_settled_by_instructions_and_opened_again_by_undo(
    workspace: Workspace, tmp_path: Path
) -> None:
    brandid = workspace.store.brands()[0].brandid
    line, _ = escalations.create(workspace, "ann", brandid, Cause.EXPERT_WANTED, "odd names")
    case = line.case.case_id
    with pytest.raises(BrandMetagenError):
        adopt(workspace, "bob", ROLE, written(tmp_path, "2"), case, "")  # no word on how
    assert Instructions(workspace.folder).of(ROLE).version == "1"
    adopt(workspace, "bob", ROLE, written(tmp_path, "2"), case, "names the parent company now")
    assert workspace.store.case(case).method is Method.ALGORITHM_UPDATE
    with pytest.raises(ConflictError, match="agents undo"):
        resolving.undo(Live(workspace), "bob", case, "it was wrong")
    undo(workspace, "bob", ROLE, case, "it was wrong")
    assert Instructions(workspace.folder).of(ROLE).version == "1"
    assert workspace.store.case(case).state.value == "IN_PROGRESS"


def test_a_case_that_is_not_open_keeps_the_instructions_as_they_were(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(BrandMetagenError):
        adopt(workspace, "bob", ROLE, written(tmp_path, "2"), "ESC-2020-999", "so")
    assert Instructions(workspace.folder).of(ROLE).version == "1"
