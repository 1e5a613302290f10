"""The guard of conftest.py: the machine itself may be reached, nothing else."""

from __future__ import annotations

import socket

import pytest

from network_guard import NetworkBanned, is_local


@pytest.mark.parametrize(
    ("address", "local"),
    [
        (("127.0.0.1", 80), True),
        (("127.8.8.8", 80), True),
        (("::1", 80, 0, 0), True),
        (("localhost", 80), True),
        ("/run/socket", True),
        (("10.0.0.1", 80), False),
        (("192.0.2.1", 80), False),
        (("2001:db8::1", 80, 0, 0), False),
        (("example.org", 80), False),
        (("127.0.0.1.example.org", 80), False),
    ],
)
def test_what_is_local(address: object, local: bool) -> None:
    assert is_local(address) is local


def test_leaving_the_machine_is_refused() -> None:
    with socket.socket() as tcp, pytest.raises(NetworkBanned):
        tcp.connect(("192.0.2.1", 80))
    with socket.socket(type=socket.SOCK_DGRAM) as udp, pytest.raises(NetworkBanned):
        udp.sendto(b"x", ("192.0.2.1", 53))
    with pytest.raises(NetworkBanned):
        socket.create_connection(("example.org", 443), timeout=1)


def test_the_machine_itself_is_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        client.sendall(b"here")
        accepted, _ = server.accept()
        with accepted:
            assert accepted.recv(4) == b"here"
