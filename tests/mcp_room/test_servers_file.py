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
        ({"mcpServers": {"a": {"command": "x", "disabled": "yes"}}}, "true or false"),
        ({"mcpServers": {"a": {"command": "x", "cwd": 3}}}, "cwd is a text"),
        ('{"mcpServers": {"a": {"command": "x"}, "a": {"command": "y"}}}', "stands twice"),
        ('{"mcpServers": {"a": {"command": "x", "timeout": NaN}}}', "no number"),
        ('{"mcpServers": {"a": {"command": "x", "timeout": 1' + "0" * 5_000 + "}}}", "not JSON"),
        ("\x00", "not JSON"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_servers(written(tmp_path, content), {})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_servers(tmp_path / "none.json", {})


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"url": "http://x:99999/mcp"}, "no address"),
        ({"url": "http://x:nine/mcp"}, "no address"),
        ({"url": "http://[::1/mcp"}, "no address"),
        ({"url": "http:///mcp"}, "no address"),
        ({"url": "http://x/a\r\nHost: y"}, "no address"),
        ({"url": "http://x/sse", "type": "sse"}, "streamable HTTP"),
        ({"url": "http://x", "headers": {"A": "x\r\nB: y"}}, "line break"),
        ({"url": "http://x", "headers": {"A": "${LINES}"}}, "line break"),
        ({"url": "http://x", "headers": {"A b": "x"}}, "no header may"),
        ({"command": "x\x00y"}, "cannot be passed on"),
        ({"command": "x", "args": ["\ud800"]}, "cannot be passed on"),
        ({"command": "x", "env": {"A": "\x00"}}, "cannot be passed on"),
        ({"command": "x", "env": {"A=B": "1"}}, "no variable may"),
        ({"command": "x", "env": {"": "1"}}, "no variable may"),
    ],
)
def test_what_no_system_takes_makes_only_its_server_unusable(
    tmp_path: Path, entry: dict[str, Any], why: str
) -> None:
    servers = {"mcpServers": {"bad": entry, "good": {"command": "y"}}}
    bad, good = read_servers(written(tmp_path, servers), {"LINES": "a\nb"})
    assert why in bad.problem
    assert "\n" not in bad.problem
    assert (bad.where, bad.command, good.problem) == ("", (), "")
