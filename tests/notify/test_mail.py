"""E-mail, against a real SMTP server."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from messages import notice, with_reason
from servers import dripping

from brand_metagen.errors import InputError, ServiceError
from brand_metagen.notify.mail import Mailbox, MailNotifier, address

ANNA, BEN, US = "anna@example.org", "ben@example.org", "brand-metagen@example.org"
AUTHORITY = trustme.CA()


class Desk:
    """Keeps what arrives; answers as it is told."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.answer = "250 OK"
        self.refused: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, to: str, options: Any
    ) -> str:
        if to in self.refused:
            return self.refused[to]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.letters.append(envelope)
        return self.answer


@contextlib.contextmanager
def office(tls: bool = True, **more: Any) -> Iterator[tuple[Desk, int]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("localhost").configure_cert(context)
    if tls:
        more = {"tls_context": context, "require_starttls": True, **more}
    desk, loop = Desk(), asyncio.new_event_loop()
    made = loop.create_server(lambda: SMTP(desk, loop=loop, **more), "127.0.0.1", 0)
    server = loop.run_until_complete(made)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield desk, server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()


def channel(port: int, to: tuple[str, ...] = (ANNA,), **more: Any) -> MailNotifier:
    trusted = ssl.create_default_context()
    AUTHORITY.configure_trust(trusted)
    given = {
        "host": "localhost", "user": "", "password": "", "tls": True, "seconds": 5.0,
        "context": trusted, **more,
    }  # fmt: skip
    return MailNotifier(Mailbox(to, US, port=port, **given))


def letter_of(envelope: Envelope) -> EmailMessage:
    assert isinstance(envelope.content, bytes)
    found = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_letter_arrives_over_tls() -> None:
    with office() as (desk, port):
        channel(port, (ANNA, BEN)).send(notice())
    (envelope,) = desk.letters
    assert (envelope.mail_from, envelope.rcpt_tos) == (US, [ANNA, BEN])
    letter = letter_of(envelope)
    assert letter["Subject"] == "ESC-2026-001 opened: Star (7), round limit"
    assert letter["To"] == f"{ANNA}, {BEN}"
    assert letter["Message-ID"] == f"<ESC-2026-001.5.{US}>"
    assert "Reason: 10 rounds" in letter.get_content()


def test_a_relay_on_this_machine_needs_no_tls() -> None:
    with office(tls=False) as (desk, port):
        channel(port, tls=False).send(notice())
    assert len(desk.letters) == 1


def test_nothing_is_said_without_tls_where_it_is_wanted() -> None:
    with office(tls=False) as (desk, port), pytest.raises(ServiceError, match="STARTTLS") as caught:
        channel(port).send(notice())
    assert not caught.value.retryable
    assert desk.letters == []


def test_nothing_is_said_to_a_server_whose_certificate_is_not_trusted() -> None:
    with office() as (desk, port), pytest.raises(ServiceError, match="no safe") as caught:
        channel(port, context=None).send(notice())
    assert not caught.value.retryable
    assert desk.letters == []


@pytest.mark.parametrize(
    ("answer", "retryable"),
    [("451 later", True), ("550 never", False), ("552 too\x1b much", False)],
)
def test_a_refused_letter(answer: str, retryable: bool) -> None:
    with office() as (desk, port):
        desk.answer = answer
        with pytest.raises(ServiceError, match=f"says {answer[:3]}") as caught:
            channel(port).send(notice())
    assert caught.value.retryable is retryable
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("refused", "retryable", "arrived"),
    [
        ({ANNA: "550 who", BEN: "550 who"}, False, 0),
        ({ANNA: "451 later", BEN: "451 later"}, True, 0),
        ({ANNA: "550 who"}, False, 1),
    ],
)
def test_refused_addresses(refused: dict[str, str], retryable: bool, arrived: int) -> None:
    with office() as (desk, port):
        desk.refused = refused
        with pytest.raises(ServiceError, match=f"refuses {ANNA}") as caught:
            channel(port, (ANNA, BEN)).send(notice())
    assert caught.value.retryable is retryable
    assert len(desk.letters) == arrived


def test_a_user_signs_in_and_a_wrong_password_is_not_tried_again() -> None:
    def check(server: Any, session: Any, envelope: Any, how: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    with office(authenticator=check, auth_required=True) as (desk, port):
        channel(port, user="us", password="right").send(notice())
        with pytest.raises(ServiceError, match="535") as caught:
            channel(port, user="us", password="wrong").send(notice())
    assert not caught.value.retryable
    assert "wrong" not in str(caught.value)
    assert len(desk.letters) == 1


@pytest.mark.parametrize("first", [b"", b"220 slow\r\n250-", b"220-"])
def test_a_server_that_drips_is_cut_off(first: bytes) -> None:
    with dripping(first) as port, pytest.raises(ServiceError, match="longer than") as caught:
        channel(port, host="127.0.0.1", seconds=0.3).send(notice())
    assert caught.value.retryable


def test_nobody_there() -> None:
    with office() as (_, port):
        pass
    with pytest.raises(ServiceError, match="cannot be reached") as caught:
        channel(port).send(notice())
    assert caught.value.retryable


@pytest.fixture(scope="module")
def open_office() -> Iterator[tuple[Desk, int]]:
    with office(tls=False) as found:
        yield found


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.just("a\r\nBcc: x@y.z"))
def test_no_text_adds_a_header(open_office: tuple[Desk, int], text: str) -> None:
    desk, port = open_office
    channel(port, tls=False).send(with_reason(text))
    letter = letter_of(desk.letters[-1])
    assert set(letter.keys()) - {"X-Peer", "X-MailFrom", "X-RcptTo"} == {
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
        "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert letter["To"] == ANNA
    assert not letter.is_multipart()


@pytest.mark.parametrize(
    "text",
    ["", "anna", "anna@", "@example.org", "a@b@c", "a b@example.org", "anna@example.org\r\nBcc: x",
     "Anna <anna@example.org>", "a@example.org, b@example.org", "a@exam\x00ple.org"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(InputError, match="no e-mail address"):
        address(text)
