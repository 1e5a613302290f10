"""E-mail over SMTP, encrypted before anything is said."""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate
from pathlib import Path

from brand_metagen.errors import InputError, ServiceError
from brand_metagen.notify.deadline import connected
from brand_metagen.notify.letter import attached, letter, subject
from brand_metagen.ports import Notice

ATTACHED_BYTES = 10_000_000
"""Of one file; many servers take no more than 10 MB in a letter."""
TYPES = {".pdf": "application/pdf", ".html": "text/html", ".json": "application/json"}
_READY = 220
"""What a server greets with (RFC 5321, 4.2.2)."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where letters go and through whom; `context` says which certificates are trusted."""

    to: tuple[str, ...]
    sender: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool
    seconds: float
    context: ssl.SSLContext | None = None
    folder: Path = Path()
    """Where the files lie that a message names to go with it."""


class MailNotifier:
    """One letter to all addresses."""

    channel = "email"

    def __init__(self, mailbox: Mailbox) -> None:
        self._box = mailbox
        self._to = tuple(address(one) for one in mailbox.to)
        self._from = address(mailbox.sender)

    def send(self, notice: Notice) -> None:
        """Hand it to the server. An address that is refused is an error even if others are not."""
        box, where = self._box, f"the mail server {self._box.host}"
        server = smtplib.SMTP(timeout=box.seconds)
        try:
            with connected(box.host, box.port, box.seconds, where) as line:
                refused = self._hand_over(server, line, notice)
        except smtplib.SMTPResponseException as error:
            # 4xx is "not now", 5xx is "never" (RFC 5321, 4.2.1).
            raise ServiceError(
                f"{where} says {error.smtp_code} {_said(error.smtp_error)}",
                retryable=400 <= error.smtp_code < 500,
            ) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(where, error.recipients) from error
        except smtplib.SMTPNotSupportedError as error:
            raise ServiceError(f"{where}: {error}", retryable=False) from error
        except ssl.SSLError as error:
            raise ServiceError(f"{where}: no safe connection: {error.reason}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise ServiceError(f"{where} cannot be reached: {error}", retryable=True) from error
        finally:
            server.close()
        if refused:
            raise _refused(where, refused)

    def _hand_over(
        self, server: smtplib.SMTP, line: socket.socket, notice: Notice
    ) -> dict[str, tuple[int, bytes]]:
        box = self._box
        server.sock = line
        code, greeting = server.getreply()
        if code != _READY:
            raise smtplib.SMTPConnectError(code, greeting)
        if box.tls:
            # The name that the certificate has to carry; `connect` would set it.
            server._host = box.host  # type: ignore[attr-defined]
            server.starttls(context=box.context or ssl.create_default_context())
        if box.user:
            server.login(box.user, box.password)
        refused = server.send_message(self._message(notice), self._from, self._to)
        server.quit()
        return refused

    def _message(self, notice: Notice) -> EmailMessage:
        message = EmailMessage(policy=SMTP_POLICY)
        message["Subject"] = subject(notice)
        message["From"] = self._from
        message["To"] = ", ".join(self._to)
        message["Date"] = formatdate()
        # The same at every try, so that a receiver can tell a second copy.
        message["Message-ID"] = f"<{notice.case_id}.{notice.sequence}.{self._from}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter(notice))
        for name in attached(notice):
            self._attach(message, self._box.folder / name)
        return message

    def _attach(self, message: EmailMessage, path: Path) -> None:
        """Lay a file beside the letter; raises ServiceError where it is gone or too large."""
        kind, _, subkind = TYPES.get(path.suffix, "application/octet-stream").partition("/")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ServiceError(
                f"{path}: {error.strerror}; it was to go with the letter. Make the report again, "
                "then `brand-metagen escalations notices --retry`"
            ) from error
        if len(data) > ATTACHED_BYTES:
            raise ServiceError(f"{path}: {len(data):,} bytes, {ATTACHED_BYTES:,} at most by mail")
        message.add_attachment(data, maintype=kind, subtype=subkind, filename=path.name)


def address(text: str) -> str:
    """An address as `user@host`; raises InputError for anything else.

    >>> address(" anna@example.org ")
    'anna@example.org'
    """
    try:
        found = Address(addr_spec=text.strip())
    except (MessageError, ValueError, IndexError) as error:
        raise _no_address(text) from error
    if not (found.username and found.domain) or not found.addr_spec.isprintable():
        raise _no_address(text)
    return found.addr_spec


def _no_address(text: str) -> InputError:
    return InputError(f"{text!r} is no e-mail address; write it like NAME@HOST")


def _refused(where: str, recipients: dict[str, tuple[int, bytes]]) -> ServiceError:
    codes = [code for code, _ in recipients.values()]
    said = "; ".join(f"{who}: {code} {_said(text)}" for who, (code, text) in recipients.items())
    later = all(400 <= code < 500 for code in codes)
    return ServiceError(f"{where} refuses {said}", retryable=later)


def _said(answer: bytes | str) -> str:
    """What the other side said, cut and harmless."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return "".join(c if c.isprintable() else " " for c in text[:200])
