"""The command line for tests: in this process, or in one of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from typing import Any
from unittest.mock import patch

from typer.main import get_command

from brand_metagen.cli.main import app

NOT_OURS = ("BRAND_METAGEN_", "FORCE_COLOR", "NO_COLOR", "COLUMNS")
"""Variables of whoever runs the tests that would change what is tested."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


def environ(changes: Mapping[str, str]) -> dict[str, str]:
    ours = {k: v for k, v in os.environ.items() if not k.startswith(NOT_OURS)}
    return ours | dict(changes)


def program(*args: object, stdin: bytes = b"", **changes: str) -> Done:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "brand_metagen", *map(str, args)],
        capture_output=True,
        timeout=120,
        input=stdin,
        env=environ(changes),
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def inside(*args: object, stdin: bytes = b"", **changes: str) -> Done:
    """Run a command in this process: the same, and quick."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    given = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    with (
        patch.dict(os.environ, environ(changes), clear=True),
        patch.object(sys, "stdin", given),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            _commands()([str(arg) for arg in args], prog_name="brand-metagen")
            code = 0
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
    return Done(code, *(_text(stream) for stream in (out, err)))


@cache
def _commands() -> Any:
    """All commands, built once: that takes longer than most of them do."""
    return get_command(app)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


def good(done: Done) -> Done:
    """The same, checked to have worked."""
    assert done.code == 0, (done.code, done.err)
    return done
