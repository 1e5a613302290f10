"""Roles over HTTP, as AgentCore asks them: a process of its own, real requests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

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
