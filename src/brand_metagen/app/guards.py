"""What is checked before anything is done: texts and names that people give, and the mode."""

from __future__ import annotations

from ipaddress import ip_address

from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import Mode

MOST_OF_NAME = 200
"""Characters of a person's name; REST takes as many."""
MOST_OF_BRAND = 1_000
"""Characters of a brand's name or sector; REST takes as many."""
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


def said(workspace: Workspace, text: str, hint: str = "") -> str:
    """The text, when there is one and it is short enough; without a hint it may be missing.

    Raises InputError with the hint, or beyond `review.remark_chars` characters.
    """
    if hint and not text.strip():
        raise InputError(hint)
    return _short(text, "the text", workspace.settings.review.remark_chars)


def person(name: str) -> str:
    """A person's name without blanks around it; raises InputError beyond 200 characters."""
    return _short(name.strip(), "a person's name", MOST_OF_NAME)


def brand_text(text: str, what: str) -> str:
    """A brand's name or sector without blanks around it; InputError beyond 1,000 characters."""
    return _short(text.strip(), what, MOST_OF_BRAND)


def check_writable(workspace: Workspace) -> None:
    """Raise ConflictError while the system is read-only; for what no row of the store holds."""
    now = workspace.store.mode()
    if now.mode is Mode.READ_ONLY:
        raise ConflictError(
            f"the system is read-only since {now.at[:16]} ({now.actor}: {now.reason}). "
            "`brand-metagen unpause` ends that"
        )


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _short(text: str, what: str, most: int) -> str:
    if len(text) > most:
        raise InputError(f"{what} has {len(text):,} characters, {most:,} at most")
    return text
