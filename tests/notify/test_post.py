"""Webhooks and Slack, against a real server."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator

import pytest
import trustme
from messages import notice, with_reason
from servers import Heard, dripping, web

from brand_metagen.errors import InputError, ServiceError
from brand_metagen.notify.post import ANSWER_BYTES, SlackNotifier, WebhookNotifier, target

SECONDS = 5.0


@pytest.fixture
def heard() -> Iterator[Heard]:
    with web() as found:
        yield found


def test_a_webhook_gets_the_message_as_json(heard: Heard) -> None:
    WebhookNotifier(heard.url, SECONDS).send(notice())
    ((path, headers, body),) = heard.requests
    assert path == "/hook?key=s3cret"
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == "ESC-2026-001-5"
    assert body["subject"] == "ESC-2026-001 opened: Star (7), round limit"
    assert body["case"]["reason"] == "10 rounds"


def test_slack_gets_blocks_of_plain_text(heard: Heard) -> None:
    SlackNotifier(heard.url, SECONDS).send(with_reason("<!channel> *b* <https://x|y> & :boom:"))
    ((_, _, body),) = heard.requests
    assert "<" not in body["text"]
    assert "&lt;!channel&gt;" in body["text"]
    kinds = {block["text"]["type"] for block in body["blocks"]}
    assert kinds == {"plain_text"}
    assert all(block["text"]["emoji"] is False for block in body["blocks"])


def test_slack_is_sent_no_more_than_it_takes(heard: Heard) -> None:
    SlackNotifier(heard.url, SECONDS).send(with_reason("y" * 9_000))
    ((_, _, body),) = heard.requests
    header, section = body["blocks"]
    assert len(header["text"]["text"]) == 150
    assert len(section["text"]["text"]) <= 3_000


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, False), (404, False), (408, True), (429, True), (500, True), (503, True)],
)
def test_a_refusal_is_an_error(heard: Heard, status: int, retryable: bool) -> None:
    heard.status, heard.body = status, b"no\x1b[31m\nroom"
    with pytest.raises(ServiceError, match=rf"localhost answers {status}: no \[31m room") as caught:
        WebhookNotifier(heard.url, SECONDS).send(notice())
    assert caught.value.retryable is retryable


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(heard: Heard, status: int) -> None:
    heard.status, heard.headers = status, {"Location": heard.url}
    with pytest.raises(ServiceError, match="redirect") as caught:
        WebhookNotifier(heard.url, SECONDS).send(notice())
    assert not caught.value.retryable
    assert len(heard.requests) == 1


def test_no_more_of_an_answer_is_read_than_is_needed(heard: Heard) -> None:
    heard.status, heard.body = 500, b"z" * (100 * ANSWER_BYTES)
    with pytest.raises(ServiceError) as caught:
        WebhookNotifier(heard.url, SECONDS).send(notice())
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 500 No\r\n\r\n"])
def test_a_server_that_drips_is_cut_off(first: bytes) -> None:
    with dripping(first) as port:
        channel = WebhookNotifier(f"http://127.0.0.1:{port}/", 0.3)
        with pytest.raises(ServiceError, match=r"longer than 0\.3 s") as caught:
            channel.send(notice())
    assert caught.value.retryable


def test_a_server_that_never_speaks_tls_is_cut_off() -> None:
    with dripping(drop=b"") as port:
        channel = WebhookNotifier(f"https://127.0.0.1:{port}/", 0.3)
        with pytest.raises(ServiceError, match=r"longer than 0\.3 s") as caught:
            channel.send(notice())
    assert caught.value.retryable


def test_nobody_there_is_a_passing_failure_without_the_secret() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    channel = WebhookNotifier(f"http://localhost:{port}/s3cret?s3cret", SECONDS)
    with pytest.raises(ServiceError, match="localhost cannot be reached") as caught:
        channel.send(notice())
    assert caught.value.retryable
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(channel._target)


def test_https_with_a_certificate_that_is_trusted_and_with_none() -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    client = ssl.create_default_context()
    with web(server) as heard:
        with pytest.raises(ServiceError, match="no safe connection") as caught:
            WebhookNotifier(heard.url, SECONDS).send(notice())
        assert not caught.value.retryable
        assert heard.requests == []
        authority.configure_trust(client)
        WebhookNotifier(heard.url, SECONDS, client).send(notice())
        assert len(heard.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "", "hooks.example.org", "ftp://a.example/x", "http://hooks.example.org/x",
        "https://", "https://u:p@a.example/", "https://a.example/ b", "https://a.example/\r\nX: y",
        "https://a.example:99999/", "https://ä.example/", "file:///etc/passwd", "http://10.0.0.1/",
    ],
)  # fmt: skip
def test_urls_that_are_refused(url: str) -> None:
    with pytest.raises(InputError, match=r"notify\.webhook_url") as caught:
        target(url, "notify.webhook_url")
    assert len(url) < 9 or url not in str(caught.value)


def test_a_payload_is_plain_data() -> None:
    channel = SlackNotifier("https://a.example/", SECONDS)
    assert json.loads(json.dumps(channel.payload(notice()))) == channel.payload(notice())
