"""Runbooks, guides and the tutorial are followed from their first line to their last."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from brand_metagen.agents.table import AGENTS
from shown import DOCS, INDEX, PRACTICE, Reader, Step, steps


@pytest.mark.slow
@pytest.mark.usefixtures("here")
def test_the_index() -> None:
    assert Reader().follow(INDEX, first=PRACTICE) >= 30


FOLLOWED = {
    "runbooks/feedback": 35,
    "runbooks/escalations": 55,
    "runbooks/mcp": 35,
    "runbooks/analytics": 28,
    "runbooks/emergencies": 14,
    "console": 2,
    "guides/agents": 7,
    "guides/athena": 2,
    "guides/chat": 8,
    "guides/console": 8,
    "guides/deployment": 12,
    "guides/mcp": 14,
    "guides/monitoring": 10,
    "training/escalation_training": 8,
    "training/feedback_best_practices": 8,
    "training/system_overview": 4,
    "tutorial": 28,
}
FROM_NOTHING = {"tutorial", "training/system_overview"}
"""Documents, and how many steps each has at the least."""


@pytest.mark.slow
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", FOLLOWED)
def test_a_document(name: str) -> None:
    assert len(steps(DOCS / f"{name}.md")) >= FOLLOWED[name]
    if name in FROM_NOTHING:
        shutil.rmtree("W")
        shutil.rmtree("data")
    Reader().follow(DOCS / f"{name}.md")


SPARK = {"scale"}
"""What a local Spark runs, in a suite of its own."""


def test_every_document_with_commands_is_followed_by_a_test() -> None:
    shown = [path for path in DOCS.rglob("*.md") if any(isinstance(s, Step) for s in steps(path))]
    written = "".join(path.read_text("utf-8") for path in Path(__file__).parent.rglob("*.py"))
    roles = {f"{agent.slug}.md" for agent in AGENTS.values()}
    for path in shown:
        here = path.relative_to(DOCS).with_suffix("").as_posix()
        named = here in {*FOLLOWED, *SPARK} or f'"{path.name}"' in written or path == INDEX
        assert named or path.name in roles, f"no test runs the commands of {here}"
