"""What the guard of conftest.py lets through, and what it raises."""

from __future__ import annotations

import ipaddress
from typing import Any


class NetworkBanned(AssertionError):
    """A test tried to leave the machine."""


def is_local(address: Any) -> bool:
    """Whether an address of `socket.connect` stays here: loopback, or a socket in a file."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
