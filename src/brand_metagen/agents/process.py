"""A model asked in a process of its own, which is killed when it is late or says too much.

Nothing else ends a stream that never stops, whatever library reads it; and what the library loads
and starts stays out of this process, whose workers are forks.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.util import find_spec
from typing import Any

from brand_metagen.config import AgentSettings
from brand_metagen.errors import InputError

START_SECONDS = 60.0
"""A process that is not ready by then does not become so; loading takes 2 s on an idle machine."""
MOST_BYTES = 1_000_000
"""Of one message; a longer one is cut."""
Tool = Callable[[str, Mapping[str, Any]], Any]
"""Does what a model asks of our tools: name and arguments in, plain data out."""


class Late(Exception):
    """No whole message within the time."""


class Broken(Exception):
    """The process ended, or said what is not a message."""


def needed() -> None:
    """Raise InputError, naming the extra, where what advisers need is not installed."""
    if find_spec("strands") is None:
        raise InputError(
            "a model is set (agents.model) and asking it needs strands: "
            "pip install 'brand-metagen[agents]'"
        )


class ModelProcess:
    """One process at a time, started when first asked and again after it was cut."""

    def __init__(self, settings: AgentSettings) -> None:
        needed()
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._held = b""

    def ask(
        self, request: Mapping[str, Any], seconds: float, tool: Tool | None = None
    ) -> dict[str, Any]:
        """The answer to a request, whose calls of tools are done here meanwhile.

        Raises Late when it takes longer than that, Broken when there is no answer to be had.
        """
        try:
            self._start()
            until = time.monotonic() + seconds
            self._send(request)
            while True:
                message = self._message(until)
                if "call" not in message:
                    if "error" in message:
                        self.close()
                    return message
                if tool is None:
                    raise Broken("it called a tool that was not offered")
                call = message["call"]
                self._send({"result": tool(str(call["name"]), dict(call["arguments"]))})
        except (Late, Broken):
            self.close()
            raise

    def close(self) -> None:
        """End the process, whatever it is at."""
        process, self._process, self._held = self._process, None, b""
        if process is not None:
            process.kill()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
            process.wait()

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "brand_metagen.agents.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._send(asdict(self._settings))
        ready = self._message(time.monotonic() + START_SECONDS)
        if "ready" not in ready:
            raise Broken(str(ready.get("error", "it did not start")))

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise Broken("its process ended") from error

    def _message(self, until: float) -> dict[str, Any]:
        line = self._line(until)
        try:
            found = json.loads(line)
        except ValueError as error:
            raise Broken("its process said what is no message") from error
        if not isinstance(found, dict):
            raise Broken("its process said what is no message")
        return found

    def _line(self, until: float) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while b"\n" not in self._held:
            left = until - time.monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                raise Late
            part = os.read(pipe, 65_536)
            self._held += part
            if not part or len(self._held) > MOST_BYTES:
                raise Broken("its process ended" if not part else "it said too much")
        line, _, self._held = self._held.partition(b"\n")
        return line
