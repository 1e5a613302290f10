"""No test talks to the network: connections other than to this machine are refused."""

from __future__ import annotations

import gc
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from network_guard import NetworkBanned, is_local


def pytest_collection_finish() -> None:
    """Thousands of collected tests are no garbage: the collector need not look at them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_unconfigure() -> None:
    """What was frozen is let go, lest libraries tell of leaks at the end."""
    gc.unfreeze()


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


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the market and its workspace, as the index has them made."""
    import shown

    folder = tmp_path_factory.mktemp("practice")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        shown.Reader().follow(shown.INDEX, last=shown.PRACTICE)
    return folder


@pytest.fixture
def here(practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy, and we are in it."""
    import shutil

    folder = tmp_path / "here"
    shutil.copytree(practice, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return folder
