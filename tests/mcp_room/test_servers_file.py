"""What mcp.json may say, and what is refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from brand_metagen.errors import InputError
from brand_metagen.mcp.servers_file import OWN_QUESTION, read_servers

VARIABLES = {"KEY": "s3cret", "HOST": "facts.example"}


def written(tmp_path: Path, content: Any) -> Path:
    file = tmp_path / "mcp.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def one(tmp_path: Path, entry: dict[str, Any]) -> Any:
    (spec,) = read_servers(written(tmp_path, {"mcpServers": {"facts": entry}}), VARIABLES)
    return spec


def test_a_command_and_an_address(tmp_path: Path) -> None:
    started = one(tmp_path, {"command": "npx", "args": ["-y", "thing"], "env": {"A": "${KEY}"}})
    assert (started.command, started.env, started.where) == (
        ("npx", "-y", "thing"), {"A": "s3cret"}, "npx",
    )  # fmt: skip
    reached = one(
        tmp_path,
        {"url": "https://${HOST}:8443/mcp?key=${KEY}", "headers": {"X-Key": "${KEY}"}},
    )
    assert reached.headers == {"X-Key": "s3cret"}
    assert reached.where == "https://facts.example:8443"
    assert "s3cret" not in repr(reached)
    assert reached.question is OWN_QUESTION


def test_order_disabled_and_unknown_keys(tmp_path: Path) -> None:
    entries = {
        "b": {"command": "b", "icon": "x"},
        "off": {"command": "off", "disabled": True},
        "a": {"command": "a", "brandMetagen": {"asks": False}},
    }
    found = read_servers(written(tmp_path, {"mcpServers": entries, "other": 1}), {})
    assert [(spec.name, spec.question is None) for spec in found] == [("b", False), ("a", True)]


def test_a_question_of_another_shape(tmp_path: Path) -> None:
    asks = {"tool": "brave_web_search", "arguments": {"query": "{query} company", "count": 3}}
    found = one(tmp_path, {"command": "npx", "brandMetagen": {"asks": asks}})
    assert found.question.about("Acme") == {"query": "Acme company", "count": 3}


def test_a_variable_that_is_not_set_makes_only_its_server_unusable(tmp_path: Path) -> None:
    found = one(tmp_path, {"command": "x", "env": {"A": "${MISSING}"}})
    assert found.problem == "the variable MISSING is not set"
    assert one(tmp_path, {"command": "x", "args": ["${MISSING:-usual}"]}).command[1] == "usual"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ([], "mcpServers"),
        ({"mcpServers": []}, "mcpServers"),
        ({"mcpServers": {"a": 1}}, "an object"),
        ({"mcpServers": {"../a": {"command": "x"}}}, "a name of letters"),
        ({"mcpServers": {"a": {}}}, "either a command or a url"),
        ({"mcpServers": {"a": {"command": "x", "url": "http://y"}}}, "either"),
        ({"mcpServers": {"a": {"command": "x", "args": "y"}}}, "args"),
        ({"mcpServers": {"a": {"command": "x", "env": {"A": 1}}}}, "env"),
        ({"mcpServers": {"a": {"url": "file:///etc/passwd"}}}, "http"),
        ({"mcpServers": {"a": {"command": "x", "brandMetagen": {"asks": {"tool": 1}}}}}, "asks"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_servers(written(tmp_path, content), {})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_servers(tmp_path / "none.json", {})
