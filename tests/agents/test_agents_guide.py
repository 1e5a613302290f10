"""The commands that the guides to agents and the conversation show are run, in their order."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from program import good, inside

DOCS = Path(__file__).parents[2] / "docs" / "agents"


@pytest.mark.parametrize("name", ["README.md", "chat.md"])
def test_the_guide(
    name: str, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(finished / "w", "W")
    claims = {"claims": [{"brandid": "1", "probability": 0.9}]}
    Path("claims.json").write_text(json.dumps(claims))
    Path("new.md").write_text("version: 2\n\nGive the names of the company.\n")
    lines = (DOCS / name).read_text(encoding="utf-8").splitlines()
    shown = [line.strip() for line in lines if line.startswith("    brand-metagen ")]
    assert len(shown) == (6 if name == "README.md" else 2)
    for command in shown:
        good(inside(*shlex.split(command)[1:], stdin=b"help\nquit\n"))


def test_what_the_guide_says_can_be_said_is_understood() -> None:
    from brand_metagen.agents.grammar import intent_of

    lines = (DOCS / "chat.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `") and "`yes`" not in line]
    said = [part for row in rows for part in row.split("|")[1].split("`")[1::2]]
    assert len(said) >= 14
    for text in said:
        message = text.replace("TOOL", "get_health").replace("BRAND", "1014")
        assert intent_of(message.replace("FOLDER", "data")).tool, text
