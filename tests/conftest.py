"""No test talks to the network: connections other than to this machine are refused."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from network_guard import NetworkBanned, is_local


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def guarded(name: str) -> None:
        allowed = getattr(socket.socket, name)

        def only_local(self: socket.socket, *args: Any) -> Any:
            # `sendto` has its address last, after optional flags; `connect` has nothing else.
            if not is_local(args[-1]):
                raise NetworkBanned(f"{name} to {args[-1]!r}")
            return allowed(self, *args)

        monkeypatch.setattr(socket.socket, name, only_local)

    for name in ("connect", "connect_ex", "sendto"):
        guarded(name)
    resolve = socket.getaddrinfo

    def only_local_names(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not is_local((name, 0)):
            raise NetworkBanned(f"look-up of {name!r}")
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", only_local_names)
