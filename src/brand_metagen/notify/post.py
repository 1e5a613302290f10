"""Webhooks: the message as JSON, and in Slack's form. No redirect is followed."""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from brand_metagen.errors import InputError, ServiceError
from brand_metagen.notify.deadline import connected
from brand_metagen.notify.letter import letter, subject
from brand_metagen.ports import Notice

ANSWER_BYTES = 10_000
"""Of an answer that are read; nothing in it is needed but its status."""
SHOWN_CHARS = 200
SLACK_HEADER, SLACK_TEXT = 150, 2_900
"""Characters that Slack takes in a header and, with some to spare, in a text."""
LATER = frozenset({408, 425, 429})
"""Refusals that a later try may escape; so may all of 5xx."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart. It may hold a secret, so no message names more than its host."""

    host: str
    port: int
    path: str = field(repr=False)
    encrypted: bool


class WebhookNotifier:
    """The message as it is stored, as JSON."""

    channel = "webhook"

    def __init__(self, url: str, seconds: float, context: ssl.SSLContext | None = None) -> None:
        self._target = target(url, f"notify.{self.channel}_url")
        self._seconds = seconds
        self._context = context

    def send(self, notice: Notice) -> None:
        """Post it; 2xx alone is a success. `Idempotency-Key` is the same at every try."""
        key = f"{notice.case_id}-{notice.sequence}"
        _post(self._target, self.payload(notice), key, self._seconds, self._context)

    def payload(self, notice: Notice) -> Mapping[str, object]:
        """What is posted."""
        return {
            "sequence": notice.sequence,
            "case_id": notice.case_id,
            "subject": notice.subject,
            "made_at": notice.made_at,
            **notice.body,
        }


class SlackNotifier(WebhookNotifier):
    """The message as blocks of plain text: nothing in it is a link, a mention or markup."""

    channel = "slack"

    def payload(self, notice: Notice) -> Mapping[str, object]:
        """What Slack's incoming webhooks take; `text` is what a telephone shows."""
        line = subject(notice)
        return {
            "text": line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
            "blocks": [
                {"type": "header", "text": _plain(line, SLACK_HEADER)},
                {"type": "section", "text": _plain(letter(notice), SLACK_TEXT)},
            ],
        }


def target(url: str, setting: str) -> Target:
    """A URL checked; raises InputError naming the setting, never the URL.

    >>> target("https://hooks.example.org/a?b=c", "notify.webhook_url").host
    'hooks.example.org'
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise InputError(f"{setting} is no URL") from error
    if parts.scheme not in ("https", "http") or not host:
        raise InputError(f"{setting}: write it like https://HOST/PATH")
    if parts.username is not None or not url.isascii() or not url.isprintable() or " " in url:
        raise InputError(f"{setting}: no user, no blanks and ASCII only in the URL")
    if parts.scheme == "http" and not on_this_machine(host):
        raise InputError(f"{setting}: https, as what is sent is not for everybody on the way")
    path = parts.path or "/"
    path = f"{path}?{parts.query}" if parts.query else path
    encrypted = parts.scheme == "https"
    return Target(host, port or (443 if encrypted else 80), path, encrypted)


def on_this_machine(host: str) -> bool:
    """Whether a host is this machine by its name or address.

    >>> on_this_machine("localhost"), on_this_machine("127.0.0.9"), on_this_machine("a.example")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _post(
    to: Target, payload: Mapping[str, object], key: str, seconds: float,
    context: ssl.SSLContext | None,
) -> None:  # fmt: skip
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "User-Agent": "brand-metagen",
        "Connection": "close",
    }
    try:
        with (
            connected(to.host, to.port, seconds, to.host) as line,
            closing(http.client.HTTPConnection(to.host, to.port)) as asking,
        ):
            asking.sock = _encrypted(line, to.host, context) if to.encrypted else line
            asking.request("POST", to.path, json.dumps(payload).encode(), headers)
            with asking.getresponse() as answer:
                said = answer.read(ANSWER_BYTES)
    except ssl.SSLError as error:
        raise ServiceError(f"{to.host}: no safe connection: {error.reason}") from error
    except (http.client.HTTPException, OSError) as error:
        why = str(error) or type(error).__name__
        raise ServiceError(f"{to.host} cannot be reached: {why}", retryable=True) from error
    _check(to, answer.status, said)


def _encrypted(line: socket.socket, host: str, context: ssl.SSLContext | None) -> ssl.SSLSocket:
    chosen = context or ssl.create_default_context()
    return chosen.wrap_socket(line, server_hostname=host)


def _check(to: Target, status: int, said: bytes) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise ServiceError(
            f"{to.host} answers {status}, a redirect, which is not followed; set the address it "
            "leads to"
        )
    text = "".join(c if c.isprintable() else " " for c in said.decode("utf-8", "replace"))
    raise ServiceError(
        f"{to.host} answers {status}: {text[:SHOWN_CHARS]}",
        retryable=status in LATER or status >= 500,
    )


def _plain(text: str, limit: int) -> dict[str, object]:
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return {"type": "plain_text", "text": cut, "emoji": False}
