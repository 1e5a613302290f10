"""The operations server: the whole review by a client of the protocol, under its own role."""

from __future__ import annotations

import json
from typing import Any

import pytest
from by_hand import Web, Wire, over_pipes
from desks import Office, official

from brand_metagen.mcp.permissions import TOOLS
from brand_metagen.ports import Role
from program import good, inside

pytestmark = pytest.mark.slow

WRITES = ("feedback", "approve", "reject", "escalate")


def content(answer: dict[str, Any]) -> dict[str, Any]:
    assert not answer.get("isError"), answer
    found: dict[str, Any] = answer["structuredContent"]
    return found


def first(wire: Wire) -> dict[str, Any]:
    queue = content(wire.call("review_queue", limit=3))
    assert len(queue["items"]) == 3
    assert queue["next"]
    line: dict[str, Any] = queue["items"][0]
    return line


def test_a_reviewer_reads_tells_approves_and_escalates(office: Office) -> None:
    with office.listening("operations") as url:
        wire = Web(url, office.tokens["reviewer"])
        line = first(wire)
        brand, version = line["brandid"], line["version"]
        shown = content(wire.call("show_brand", brand=line["brandname"]))["record"]
        assert (shown["brandid"], shown["version"]) == (brand, version)
        remark = {"text": "Shut out 'HOTEL'.", "dry_run": True}
        tried = content(wire.call("feedback", brand=brand, version=version, **remark))["record"]
        assert (tried["stored"], tried["understood"][0]["kind"]) == (False, "words_out")
        done = content(wire.call("approve", brand=brand, version=version, note="seen", key="k1"))
        assert (done["state"], done["replayed"]) == ("approved", False)
        again = content(wire.call("approve", brand=brand, version=version, note="seen", key="k1"))
        assert again["replayed"]
        stale = wire.call("approve", brand=brand, version=99)
        assert stale["structuredContent"]["error"]["kind"] == "conflict"
        assert stale["structuredContent"]["error"]["now"]["version"] == version
        other = content(wire.call("review_queue", limit=1))["items"][0]
        gone = content(wire.call("escalate", brand=other["brandid"], version=other["version"],
                                 note="two firms", cause="expert_wanted"))  # fmt: skip
        assert gone["state"] == "escalated"
        assert content(wire.call("metrics"))["record"]["brands"]["escalated"] == 1
        status = content(wire.call("status"))["record"]
        assert (status["last_state"], "workspace" in status) == ("completed", False)
    listed = good(inside("audit", "export", "--workspace", office.workspace)).out.splitlines()
    acts = [json.loads(line) for line in listed if line.startswith("{")]
    assert {a["actor"] for a in acts if a["action"] in ("approve", "flag")} == {"the-reviewer"}


def test_each_tool_takes_the_role_that_the_table_says(office: Office) -> None:
    needed = {tool: role for server, tool, role in TOOLS if server == "operations"}
    with office.listening("operations") as url:
        viewer = Web(url, office.tokens["viewer"])
        assert set(viewer.tools()) == set(needed)
        line = first(viewer)
        for tool, role in needed.items():
            arguments = {
                "review_queue": {},
                "status": {},
                "metrics": {},
                "show_brand": {"brand": line["brandid"]},
            }.get(tool, {"brand": line["brandid"], "version": line["version"], "note": "x"})
            if tool == "feedback":
                arguments = {"brand": line["brandid"], "version": line["version"], "text": "x"}
            answer = viewer.call(tool, **arguments)
            refused = answer.get("isError", False)
            assert refused == (role is not Role.VIEWER), tool
            if refused:
                assert answer["structuredContent"]["error"]["kind"] == "not_allowed"


def test_the_registry_tools_of_the_table_are_those_there_are(shared: Office) -> None:
    said = official(shared.command("registry"), "", ())
    assert list(said.tools) == [tool for server, tool, _ in TOOLS if server == "registry"]


def test_hints_tell_reads_from_writes(shared: Office) -> None:
    said = official(shared.command("operations", "--as", "the-viewer"), "", ())
    for name, tool in said.tools.items():
        assert tool["annotations"]["readOnlyHint"] == (name not in WRITES)
        assert tool["outputSchema"]["type"] == "object"


def test_over_pipes_the_account_named_acts(office: Office) -> None:
    with over_pipes(office.command("operations", "--as", "the-reviewer")) as wire:
        wire.hello()
        line = first(wire)
        done = content(wire.call("reject", brand=line["brandid"], version=line["version"]))
    assert done["action"] == "reject"


@pytest.mark.parametrize(("more", "said"), [((), "--as"), (("--as", "nobody"), "nobody")])
def test_over_pipes_an_account_is_needed(office: Office, more: tuple[str, ...], said: str) -> None:
    done = inside("mcp", "serve", "operations", "--workspace", office.workspace, *more)
    assert done.code == 2
    assert said in done.err


def test_a_disabled_account_may_do_nothing(office: Office) -> None:
    with over_pipes(office.command("operations", "--as", "the-viewer")) as wire:
        wire.hello()
        assert first(wire)
        good(inside("users", "disable", "the-viewer", "--workspace", office.workspace))
        answer = wire.call("status")
    assert answer["structuredContent"]["error"]["kind"] == "not_allowed"


def test_a_call_goes_on_under_its_caller_s_trace(office: Office) -> None:
    trace = "ab" * 16
    parents = (f"00-{trace}-{'c' * 16}-01", f"00-{trace[:-1]}\n-{'c' * 16}-01", 7)
    with office.listening("operations") as url:
        wire = Web(url, office.tokens["reviewer"])
        queue = content(wire.call("review_queue", limit=3))["items"]
        for line, parent in zip(queue, parents, strict=True):
            said = {"brand": line["brandid"], "version": line["version"], "note": "seen"}
            call = {"name": "approve", "arguments": said, "_meta": {"traceparent": parent}}
            content(wire.ask("tools/call", call)["result"])
    listed = good(inside("audit", "export", "--workspace", office.workspace)).out.splitlines()
    acts = [json.loads(line) for line in listed if line.startswith("{")]
    traces = [act["detail"]["trace"] for act in acts if act["action"] == "approve"]
    assert traces[0] == trace
    assert all(len(other) == 32 and other != trace for other in traces[1:])
