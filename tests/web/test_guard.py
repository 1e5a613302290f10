"""What every request passes: host, origin, size, headers, limits; and errors as problems."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from offices import API, Office, opened

from brand_metagen.logs.lines import Words
from brand_metagen.logs.redact import redacted
from brand_metagen.ports import Role

MEDIA = "application/problem+json"
TURNING = 3
"""Seconds before a minute turns in which no limit is tried."""
MEMBERS = {"type", "title", "status", "detail", "instance"}


@pytest.fixture
def strict(finished: Path, tmp_path: Path) -> Iterator[Office]:
    """A server that soon has enough."""
    shutil.copytree(finished / "w", tmp_path / "w")
    limits = {"serve__requests_per_minute": 5, "serve__failures_per_minute": 3}
    with opened(tmp_path / "w", finished / "data", serve__body_bytes=10_000, **limits) as made:
        yield made


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/brands/none", 404),
        ("GET", "/brands/none/rows", 404),
        ("GET", "/runs/RUN-9999", 404),
        ("GET", "/brands/{}/versions/99", 404),
        ("DELETE", "/status", 405),
        ("GET", "/review/queue?limit=0", 422),
        ("GET", "/review/queue?limit=101", 422),
        ("GET", "/review/queue?cursor=!", 400),
        ("GET", "/brands/{}/rows?cursor=!", 400),
        ("GET", "/brands/{}/rows?cursor=W10=", 400),
        ("GET", "/brands/{}/rows?decision=maybe", 422),
        ("GET", "/runs?cursor=RUN-9999", 400),
        ("GET", "/audit", 403),
        ("POST", "/classify", 422),
    ],
)
def test_errors_are_problems(shared: Office, method: str, path: str, status: int) -> None:
    answer = shared.ask(method, path.format(shared.largest()))
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, MEDIA), answer.text
    problem = answer.json()
    assert set(problem) >= MEMBERS
    assert problem["status"] == status
    assert problem["instance"] == API + path.format(shared.largest()).partition("?")[0]
    assert "Traceback" not in answer.text


def test_what_was_not_foreseen_shows_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("brand_metagen.app.queries.status", broken)
    answer = office.ask("GET", "/status")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, MEDIA)
    assert "secret" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_outage_is_not_an_empty_answer(office: Office) -> None:
    shutil.rmtree(office.workspace.folder / "runs")
    answer = office.ask("GET", "/status")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert str(office.workspace.folder) not in answer.text


@pytest.mark.parametrize("path", ["/healthz", f"{API}/status", f"{API}/openapi.json", "/nothing"])
def test_security_headers_are_on_every_answer(shared: Office, path: str) -> None:
    headers = shared.client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    if path.startswith(API):
        assert headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert not [name for name in headers if name.startswith("access-control")]
    assert "server" not in headers


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("127.0.0.1:9", 200), ("evil.example", 400), ("[::1]:8", 200),
     ("localhost.evil.example", 400), ("", 400), ("[", 400)],
)  # fmt: skip
def test_foreign_names_are_not_answered(shared: Office, host: str, status: int) -> None:
    answer = shared.client.get("/healthz", headers={"Host": host})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://127.0.0.1:1234"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_other_sites_pages_cannot_write(
    shared: Office, headers: dict[str, str], status: int
) -> None:
    answer = shared.client.post(
        f"{API}/classify", json={"items": []}, headers={**shared.headers(), **headers}
    )
    assert answer.status_code == status


def test_a_large_body_is_refused_whatever_it_says_of_its_length(strict: Office) -> None:
    path, headers = f"{API}/classify", strict.headers()
    told = strict.client.post(path, content=b"x" * 10_001, headers=headers)
    assert told.status_code == 413
    chunks = (b"x" * 1_000 for _ in range(11))
    untold = strict.client.post(path, content=chunks, headers=headers)
    assert (untold.status_code, untold.headers["Content-Type"]) == (413, MEDIA)
    assert strict.ask("POST", "/classify", {"items": []}).status_code == 200


@pytest.fixture
def minute() -> None:
    """A clock minute that does not turn in the next seconds, for limits count by these."""
    left = 60 - time.time() % 60
    if left < TURNING:
        time.sleep(left)


@pytest.mark.usefixtures("minute")
def test_each_token_has_a_limit_of_its_own(strict: Office) -> None:
    statuses = [strict.ask("GET", "/me").status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    answer = strict.ask("GET", "/me")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert strict.ask("GET", "/me", role=Role.ADMIN).status_code == 200
    assert strict.client.get("/healthz").status_code == 200


@pytest.mark.usefixtures("minute")
def test_guessing_ends_soon(strict: Office) -> None:
    wrong = {"Authorization": "Bearer bmg_guess"}
    statuses = [strict.client.get(f"{API}/me", headers=wrong).status_code for _ in range(5)]
    assert statuses == [401] * 3 + [429] * 2
    answer = strict.client.post(f"{API}/session", json={"name": "admin", "password": "x" * 12})
    assert answer.status_code == 429


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Basic YTpi", "Bearer a b", "Bearer " + "x" * 300, "bmg_x"]
)
def test_what_is_no_token_is_401(office: Office, value: str) -> None:
    answer = office.client.get(f"{API}/me", headers={"Authorization": value})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("paid with 4111111111111111 today", "paid with [card …1111] today"),
        ("4111-1111-1111-1111", "[card …1111]"),
        ("row 123456789012 of 5812", "row 123456789012 of 5812"),
        ("Authorization: Bearer abc.def", "Authorization: [secret]"),
        ("got bmg_Abc-12_x!", "got [secret]!"),
        ('{"password": "hunter2hunter2"}', '{"[secret]'),
    ],
)
def test_logs_hold_no_secrets(text: str, left: str) -> None:
    assert redacted(text) == left


def test_tracebacks_hold_none_either() -> None:
    try:
        raise ValueError("4111111111111111")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 0, "failed", None, (type(error), error, error.__traceback__)
        )
    line = Words(times=True).format(record)
    assert "4111111111111111" not in line
    assert "ValueError" in line
