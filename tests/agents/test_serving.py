"""Roles over HTTP, as AgentCore asks them: a process of its own, real requests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from brand_metagen.agents.role import Means
from brand_metagen.agents.serve import Entry, check_entry, runtime
from brand_metagen.agents.table import AGENTS
from brand_metagen.app import accounts
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.ports import Role
from program import inside

CLAIMS = {"claims": [{"brandid": "1", "probability": 0.9}, {"brandid": "2", "probability": 0.3}]}


@pytest.fixture(scope="module")
def url(finished: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "brand_metagen", "agents", "serve", "--port", "0", "--json",
               "--role", "tiebreaker", "--workspace", str(finished / "w")]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        text = ""
        for line in lines:
            text += line
            if line.startswith("}"):
                break
        yield json.loads(text)["url"]
        process.terminate()


def ask(url: str, **payload: Any) -> httpx.Response:
    return httpx.post(f"{url}/invocations", json=payload, timeout=30)


def test_it_is_well(url: str) -> None:
    answer = httpx.get(f"{url}/ping")
    assert (answer.status_code, answer.json()["status"]) == (200, "Healthy")


def test_any_role_answers_from_one_server(url: str) -> None:
    answer = ask(url, role="tiebreaker", input=CLAIMS)
    assert answer.json()["decision"]["brandid"] == "1"
    assert ask(url, input=CLAIMS).json() == answer.json()
    talked = ask(url, role="conversation", input={"message": "brands"}).json()
    assert talked["decision"]["tool"] == "query_brands_to_check"
    told = ask(url, role="learning-analytics", input={}).json()
    assert told["role"] == "learning analytics"
    assert told["decision"]["facts"][0] == "20 brands"
    world = ask(url, role="commercial assessment", input={"brandname": "Tesco"}).json()
    assert world["decision"]["known"] is True


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        ({"role": "nobody", "input": {}}, 422),
        ({"role": "tiebreaker", "input": {"claims": "x"}}, 422),
        ({"role": "confirmation", "input": {"rows": [], "release": "/etc/passwd"}}, 422),
        ({"role": "learning analytics", "input": {"run_id": "RUN-9999"}}, 422),
    ],
)
def test_what_cannot_be_decided_is_said_whose_fault_it_is(
    url: str, payload: dict[str, Any], status: int
) -> None:
    answer = ask(url, **payload)
    assert answer.status_code == status
    assert answer.json()["problem"]


def test_only_json_of_a_bounded_size_is_taken(url: str) -> None:
    where = f"{url}/invocations"
    text = {"Content-Type": "text/plain"}
    as_json = {"Content-Type": "application/json"}
    assert httpx.post(where, content="{}", headers=text).status_code == 415
    assert httpx.post(where, content="{", headers=as_json).status_code == 400
    assert httpx.post(where, content="[]", headers=as_json).status_code == 422
    streamed = httpx.post(where, content=iter([b"{}"]), headers=as_json)
    assert streamed.status_code == 411
    large = b'{"role": "' + b"x" * 2_000_000 + b'"}'
    assert httpx.post(where, content=large, headers=as_json).status_code == 413


# Who may ask.


def behind(
    workspace: Workspace, entry: Entry, host: str = "127.0.0.1"
) -> Callable[..., tuple[int, dict[str, Any]]]:
    """The application asked without a socket: status and answer."""

    def asked(path: str = "/invocations", **more: Any) -> tuple[int, dict[str, Any]]:
        app = runtime(Means(workspace.settings, workspace), "tiebreaker", entry, host)
        with TestClient(app, base_url=more.pop("at", "http://127.0.0.1:8080")) as client:
            answer = client.get(path) if path == "/ping" else client.post(path, **more)
            return answer.status_code, answer.json()

    return asked


def token(workspace: Workspace, name: str, role: Role) -> str:
    accounts.add(workspace.store, "root", name, role, None)
    return accounts.issue(workspace.store, "root", name, "test", timedelta(days=1)).secret


def test_a_token_is_asked_for(workspace: Workspace) -> None:
    good = token(workspace, "ops", Role.OPERATOR)
    ask = behind(workspace, Entry.TOKENS)
    said = {"json": {"input": CLAIMS}}
    assert ask(**said)[0] == 401
    for wrong in ("Bearer", "Bearer x", f"Basic {good}", f"Bearer {'x' * 500}", "Bearer \u00e9"):
        assert ask(**said, headers={"Authorization": wrong.encode()})[0] == 401, wrong
    status, answer = ask(**said, headers={"Authorization": f"bearer {good}"})
    assert (status, answer["decision"]["brandid"]) == (200, "1")
    workspace.store.revoke_token(workspace.store.tokens("ops")[0].token_id, "root")
    assert ask(**said, headers={"Authorization": f"Bearer {good}"})[0] == 401
    assert ask("/ping")[0] == 200


VIEWERS = {
    "orchestrator": {"brandid": "no such"},
    "evaluator": {"brandid": "no such"},
    "confirmation": {"rows": []},
    "tiebreaker": CLAIMS,
    "conversation": {"message": "brands"},
}
REVIEWERS = {
    "metadata production": {"brandid": "no such"},
    "commercial assessment": {"brandname": "Tesco"},
    "feedback processing": {"brandid": "no such", "text": "hm"},
    "learning analytics": {"run_id": "RUN-9999"},
}
OPERATORS = {"data transformation": {"data": "/no/such"}}


def test_what_an_account_may_ask_goes_by_its_role(workspace: Workspace) -> None:
    assert {*VIEWERS, *REVIEWERS, *OPERATORS} == set(AGENTS)
    secrets = [token(workspace, role.value, role) for role in Role]
    asked = {**VIEWERS, **REVIEWERS, **OPERATORS}
    asked["a file"] = {"rows": [], "release": "/no/such"}
    refused: dict[str, set[str]] = {}
    app = runtime(Means(workspace.settings, workspace), "confirmation", Entry.TOKENS, "127.0.0.1")
    with TestClient(app, base_url="http://127.0.0.1:8080") as client:
        for role, secret in zip(Role, secrets, strict=True):
            for name, given in asked.items():
                payload = {"input": given} | ({"role": name} if name in AGENTS else {})
                headers = {"Authorization": f"Bearer {secret}"}
                answer = client.post("/invocations", json=payload, headers=headers)
                assert answer.status_code in (200, 403, 422), answer.text
                if answer.status_code == 403:
                    refused.setdefault(role.value, set()).add(name)
                    assert f"{role.value} is {role.value}" in answer.json()["problem"]
    assert refused == {
        "viewer": {*REVIEWERS, *OPERATORS, "a file"},
        "reviewer": {*OPERATORS, "a file"},
    }


def test_on_this_machine_it_answers_to_its_own_names(workspace: Workspace) -> None:
    ask = behind(workspace, Entry.MACHINE)
    said = {"json": {"input": CLAIMS}}
    assert ask(**said)[0] == 200
    assert ask(**said, at="http://localhost:8080")[0] == 200
    assert ask(**said, at="http://rebound.example:8080")[0] == 421
    assert behind(workspace, Entry.BEHIND, "0.0.0.0")(**said, at="http://any.example")[0] == 200


@pytest.mark.parametrize(
    ("host", "entry", "why"),
    [
        ("0.0.0.0", Entry.MACHINE, "--tokens"),
        ("10.1.2.3", Entry.MACHINE, "--behind-sign-in"),
        ("127.0.0.1", Entry.TOKENS, "users add"),
        ("0.0.0.0", Entry.TOKENS, "users token"),
    ],
)
def test_a_server_for_everybody_or_nobody_does_not_start(
    workspace: Workspace, host: str, entry: Entry, why: str
) -> None:
    with pytest.raises(InputError, match=why):
        check_entry(Means(workspace.settings, workspace), host, entry)


def test_a_server_that_is_guarded_starts(workspace: Workspace) -> None:
    means = Means(workspace.settings, workspace)
    check_entry(means, "127.0.0.1", Entry.MACHINE)
    check_entry(means, "0.0.0.0", Entry.BEHIND)
    token(workspace, "ops", Role.OPERATOR)
    check_entry(means, "0.0.0.0", Entry.TOKENS)


def test_the_command_refuses_what_everybody_could_use(finished: Path) -> None:
    refused = inside("agents", "serve", "--host", "0.0.0.0", "--port", "0")
    assert refused.code == 2
    assert "--behind-sign-in" in refused.err
    assert inside("agents", "serve", "--tokens", "--behind-sign-in").code == 2
    tokens = inside("agents", "serve", "--tokens", "--port", "0", "-w", finished / "w")
    assert (tokens.code, "users add" in tokens.err) == (2, True)
