"""The commands say where the way breaks and what to do; exit codes tell programs."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from desks import HERE, Office

from program import Done, good, inside

pytestmark = pytest.mark.slow

QUICK = (
    *("--set", "mcp.deadline_seconds=4", "--set", "mcp.attempts=1"),
    *("--set", "mcp.wait_seconds=0"),
)


def servers(office: Office, **entries: Any) -> None:
    (office.workspace / "mcp.json").write_text(json.dumps({"mcpServers": entries}))


def way(name: str) -> dict[str, Any]:
    return {"command": sys.executable, "args": [str(HERE / "misbehaving.py"), name]}


def run(office: Office, *args: object, **variables: str) -> Done:
    return inside(*args, "--workspace", office.workspace, **variables)


@pytest.mark.parametrize(
    ("entry", "step", "advice"),
    [
        ({"command": "no-such-program"}, "reach", "install it"),
        ({"command": "x", "env": {"A": "${NOT_SET_ANYWHERE}"}}, "settings", "set the variable"),
        (way("never_starts"), "connect", "deadline_seconds"),
        ({**way("good"), "brandMetagen": {"asks": {"tool": "other", "arguments": {}}}}, "tool",
         "which tool"),
        (way("hangs"), "ask", "deadline_seconds"),
        (way("floods"), "ask", "answer_bytes"),
        ({"url": "http://127.0.0.1:9/mcp"}, "connect", "mcp test"),
    ],
    ids=["program", "variable", "start", "tool", "hang", "flood", "url"],
)  # fmt: skip
def test_the_walk_says_where_it_breaks(
    office: Office, entry: dict[str, Any], step: str, advice: str
) -> None:
    servers(office, one=entry)
    done = run(office, "mcp", "test", "--json", *QUICK)
    assert done.code == 1
    stops = done.data
    assert [s["step"] for s in stops if not s["good"]] == [step]
    assert stops[-1]["step"] == step
    assert advice in done.err


def test_the_walk_through_to_the_end(office: Office) -> None:
    servers(office, one=way("good"), silent={**way("good"), "brandMetagen": {"asks": False}})
    stops = good(run(office, "mcp", "test", "--json", *QUICK)).data
    assert [s["step"] for s in stops if s["server"] == "one"] == [
        "settings", "reach", "connect", "tool", "ask", "cache",
    ]  # fmt: skip
    assert stops[-1]["detail"] == "runs do not ask it"


def test_a_program_s_last_word_is_shown(office: Office) -> None:
    code = "import sys; sys.stderr.write('no licence \\x1b[31mfound'); sys.exit(3)"
    servers(office, one={"command": sys.executable, "args": ["-c", code]})
    done = run(office, "mcp", "test", *QUICK)
    assert "no licence" in done.out
    assert "\x1b" not in done.out


def test_tools_of_those_that_answer_are_listed(office: Office) -> None:
    servers(office, good=way("good"), dead={"command": "no-such-program"})
    done = run(office, "mcp", "tools", "--json", *QUICK)
    assert done.code == 1
    assert [t["server"] for t in done.data["tools"]] == ["good"]
    assert [f["server"] for f in done.data["failed"]] == ["dead"]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("mcp", "call", "search_brands", "query"), 2, "name=text"),
        (("mcp", "call", "search_brands", "limit:=x"), 2, "not JSON"),
        (("mcp", "call", "search_brands", "query=x", "--server", "none"), 2, "there are: one"),
        (("mcp", "call", "search_brands", "query=x"), 1, "query_failed"),
        (("mcp", "serve", "operations", "--http", "--as", "ana"), 2, "token says who"),
        (("cache", "clear"), 2, "--confirm"),
        (("cache", "invalidate"), 2, "PATTERN"),
        (("cache", "inspect", "nothing"), 2, "nothing is kept"),
        (("cache", "stats", "--from", "yesterday"), 2, "2026-01-31"),
        (("registry", "check", "nobody", "Fuel"), 2, "no brand"),
    ],
)
def test_what_is_wrong_is_named(
    office: Office, args: tuple[str, ...], code: int, said: str
) -> None:
    servers(office, one=way("refuses"))
    done = run(office, *args)
    assert (done.code, said in done.err) == (code, True), done.err


def test_a_kept_answer_that_was_changed_is_found(office: Office) -> None:
    servers(office, one=way("good"))
    good(run(office, "mcp", "call", "search_brands", "query=Tesco"))
    same = good(run(office, "cache", "compare", "search_brands:Tesco", "--json")).data
    assert same == {"same": True, "differences": []}
    good(run(office, "cache", "verify"))
    import sqlite3

    with sqlite3.connect(office.workspace / "brand-metagen.sqlite3") as connection:
        connection.execute("""UPDATE answers SET answer = '{"query": 1}'""")
    done = run(office, "cache", "verify", "--json")
    assert done.code == 1
    faults = {fault["fault"] for fault in done.data["faults"]}
    assert any("another size" in fault for fault in faults)
    assert any("another shape" in fault for fault in faults)


def test_servers_may_be_listed_elsewhere(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text(json.dumps({"mcpServers": {"there": way("good")}}))
    called = ("mcp", "call", "search_brands", "query=Tesco", "--config", file, "--json")
    assert good(run(office, *called)).data["server"] == "there"


def test_who_asks_stands_in_the_log(office: Office) -> None:
    servers(office, one=way("good"))
    good(run(office, "mcp", "call", "search_brands", "query=Tesco", "--as", "ana"))
    good(run(office, "cache", "clear", "--confirm", "--as", "ben"))
    lines = good(run(office, "audit", "export")).out.splitlines()
    rows = [json.loads(line) for line in lines if line.startswith("{")]
    assert [(r["actor"], r["action"]) for r in rows[-2:]] == [
        ("ana", "mcp_call"), ("ben", "cache_cleared"),
    ]  # fmt: skip


def test_without_the_extra_all_else_works(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        n for n in sys.modules if n == "mcp" or n.startswith(("mcp.", "brand_metagen.mcp"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)  # type: ignore[arg-type]
    servers(office, one=way("good"))
    done = run(office, "mcp", "tools")
    assert (done.code, "brand-metagen[agents]" in done.err) == (2, True)
    good(run(office, "status"))
    good(run(office, "cache", "stats"))
    found = good(run(office, "registry", "search", "tesco", "--json")).data
    assert found[0]["brandname"] == "Tesco"


def test_others_who_can_read_the_file_are_warned_of(office: Office) -> None:
    servers(office, one=way("good"))
    for mode, said in ((0o644, "others on this machine"), (0o600, "only its owner")):
        (office.workspace / "mcp.json").chmod(mode)
        listed = good(run(office, "mcp", "permissions", "--json")).data["sources"]
        assert said in next(s["detail"] for s in listed if s["name"] == "mcp.json")
    assert os.access(office.workspace / "mcp.json", os.R_OK)


def test_diagnose_names_the_server_that_is_dead(office: Office) -> None:
    env = {"BRAND_METAGEN_MCP_DEADLINE_SECONDS": "4", "BRAND_METAGEN_MCP_ATTEMPTS": "1"}
    servers(office, fine=way("good"))
    assert run(office, "diagnose", "all", "--json", **env).data == []
    servers(office, fine=way("good"), dead={"command": "no-such-program"}, mute=way("dies"))
    done = run(office, "diagnose", "mcp-failures", "--json", **env)
    assert done.code == 1
    assert [f["command"] for f in done.data] == [
        "brand-metagen mcp test dead", "brand-metagen mcp test mute",
    ]  # fmt: skip
    assert "step reach" in done.data[0]["cause"]
    (office.workspace / "mcp.json").write_text("{")
    (finding,) = run(office, "diagnose", "mcp-failures", "--json", **env).data
    assert "mend the file" in finding["cause"]


def test_a_question_and_its_answer_are_one_trace(office: Office) -> None:
    trace = "ab" * 16
    parent = f"00-{trace}-{'c' * 16}-01"
    good(run(office, "mcp", "call", "search_brands", "query=Star", TRACEPARENT=parent))
    lines = good(run(office, "logs", "show", "--trace", trace, "--json")).data
    asked = [line["operation"] for line in lines if line["logger"] == "brand_metagen.mcp"]
    assert sorted(asked) == ["mcp call", "mcp search_brands"], "the client's, and the server's"
    assert len({line["process"] for line in lines}) == 2
