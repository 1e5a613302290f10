"""The client: servers in order, each with deadline, retries and breaker; every question on record.

Whatever a server does, the caller gets a reply in bounded time and is told where it comes from.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from random import Random
from types import TracebackType
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal

from brand_metagen.config import McpSettings
from brand_metagen.errors import InputError
from brand_metagen.files import sha256
from brand_metagen.mcp.breaker import Breaker
from brand_metagen.mcp.cleaning import clean_text, cleaned
from brand_metagen.mcp.connection import Connection, Raw
from brand_metagen.mcp.failures import WORTH_ANOTHER, Failure, Trouble
from brand_metagen.mcp.keeping import Keeper, key_of
from brand_metagen.mcp.servers_file import ServerSpec
from brand_metagen.ports import Answer, Store

LOG = logging.getLogger("brand_metagen.mcp")
SHOWN_ARGUMENT = 200
"""Characters of a question in the audit log."""


class Outcome(StrEnum):
    """Where a reply comes from."""

    ASKED = "asked"
    CACHED = "cached"
    LAST_GOOD = "last_good"
    """The server failed; this is what it said before."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a question to one server. `kind` and `message` say what went wrong, if it did;
    `seconds` is how long it took, `age_seconds` how old the answer is, `size` in bytes."""

    server: str
    tool: str
    outcome: Outcome
    answer: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    age_seconds: float = 0.0
    attempts: int = 0
    size: int = 0
    kind: str = ""
    message: str = ""
    advice: str = ""

    @property
    def good(self) -> bool:
        """Whether there is an answer."""
        return self.outcome is not Outcome.FAILED


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """A tool a server offers; `arguments` is its schema, as the server wrote it."""

    server: str
    tool: str
    description: str
    arguments: Mapping[str, Any]
    typed: bool
    """Whether it says what its answers look like."""


class Sources:
    """Servers that may be asked; a context manager, so that none outlives it.

    `actor` and `subject` stand in the audit log. Chance (the wait between two tries) comes from
    `random`, time from `clock`, `monotonic` and `sleep`, so that tests may set them.
    """

    def __init__(
        self,
        specs: Sequence[ServerSpec],
        settings: McpSettings,
        store: Store,
        *,
        data: str = "",
        actor: str = "system",
        random: Random | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.specs = tuple(specs)
        self._settings, self._store, self._actor = settings, store, actor
        self._keeper = Keeper(store, settings, data, clock)
        self._random = random or Random()  # noqa: S311 - spreads tries in time, keeps no secret
        self._monotonic, self._sleep = monotonic, sleep
        self._breakers = {spec.name: Breaker(settings, monotonic, sleep) for spec in specs}
        self._connections: dict[str, Connection] = {}
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None

    def __enter__(self) -> Sources:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every session, and every server that was started for one."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()
        self._stack.close()
        self._portal = None

    def spec(self, name: str) -> ServerSpec:
        """A server by its name; raises InputError with the names there are."""
        for spec in self.specs:
            if spec.name == name:
                return spec
        listed = ", ".join(s.name for s in self.specs) or "none"
        raise InputError(f"no server {name[:64]!r} is configured; there are: {listed}")

    def ask(
        self, spec: ServerSpec, tool: str, arguments: Mapping[str, Any], *, fresh: bool = False
    ) -> Reply:
        """Ask one server, or find its answer kept; never raises for what the server does.

        `fresh` passes over what is kept.
        """
        began = self._monotonic()
        kept = None if fresh else self._keeper.fresh(spec.name, tool, arguments)
        if kept is not None:
            reply = self._from_kept(kept, Outcome.CACHED)
        else:
            reply = self._asked(spec, tool, arguments)
            if not reply.good and (old := self._keeper.last_good(spec.name, tool, arguments)):
                found = self._from_kept(old, Outcome.LAST_GOOD)
                reply = replace(
                    found,
                    attempts=reply.attempts,
                    kind=reply.kind,
                    message=reply.message,
                    advice=reply.advice,
                )
        reply = replace(reply, seconds=round(self._monotonic() - began, 6))
        self._note(reply, arguments)
        return reply

    def tools(self, spec: ServerSpec) -> list[ToolInfo]:
        """The tools of one server; raises Failure."""
        found = self._connection(spec).tools()
        return [
            ToolInfo(
                spec.name,
                clean_text(tool.name),
                clean_text(tool.description or ""),
                tool.input_schema,
                tool.output_schema is not None,
            )
            for tool in found
        ]

    def said(self, spec: ServerSpec) -> str:
        """The end of what a server that was started here complained of."""
        connection = self._connections.get(spec.name)
        return connection.said if connection else ""

    def _connection(self, spec: ServerSpec) -> Connection:
        if spec.problem:
            raise Failure(Trouble.NOT_AVAILABLE, spec.problem)
        if self._portal is None:
            self._portal = self._stack.enter_context(start_blocking_portal())
        if spec.name not in self._connections:
            self._connections[spec.name] = Connection(self._portal, spec, self._settings)
        return self._connections[spec.name]

    def _asked(self, spec: ServerSpec, tool: str, arguments: Mapping[str, Any]) -> Reply:
        breaker, failure = self._breakers[spec.name], Failure(Trouble.LEFT_ALONE, "it failed often")
        attempts = 0
        while attempts < self._settings.attempts and breaker.closed():
            if attempts:
                self._wait(attempts)
            attempts += 1
            try:
                breaker.turn()
                raw = self._connection(spec).call(tool, arguments)
                answer = cleaned(tool, *_content(raw))
            except Failure as error:
                failure = error
                breaker.count(failed=error.kind not in (Trouble.TOOL_NOT_FOUND,
                                                        Trouble.INVALID_ARGUMENTS))  # fmt: skip
                if error.kind not in WORTH_ANOTHER:
                    break
            else:
                breaker.count(failed=False)
                self._keeper.keep(spec.name, tool, arguments, answer)
                return Reply(
                    spec.name, tool, Outcome.ASKED, answer, attempts=attempts, size=raw.size
                )
        return Reply(
            spec.name,
            tool,
            Outcome.FAILED,
            attempts=attempts,
            kind=failure.kind.value,
            message=clean_text(str(failure)),
            advice=failure.advice,
        )

    def _wait(self, attempts: int) -> None:
        """Longer each time, and never all at once: drawn from the upper half of the wait."""
        longest = self._settings.wait_seconds * self._settings.retry_factor ** (attempts - 1)
        self._sleep(longest * (0.5 + self._random.random() / 2))

    def _from_kept(self, kept: Answer, outcome: Outcome) -> Reply:
        age = round(self._keeper.age(kept), 3)
        return Reply(kept.server, kept.tool, outcome, kept.answer, age_seconds=age, size=kept.size)

    def _note(self, reply: Reply, arguments: Mapping[str, Any]) -> None:
        """A row of the audit log: what was asked of whom, how long it took, what came of it."""
        answer = sha256(repr(sorted(reply.answer.items())).encode()) if reply.good else ""
        detail = {
            "question": clean_text(key_of(reply.tool, arguments))[:SHOWN_ARGUMENT],
            "tool": clean_text(reply.tool),
            "outcome": reply.outcome.value,
            "kind": reply.kind,
            "attempts": reply.attempts,
            "seconds": reply.seconds,
            "age_seconds": reply.age_seconds,
            "bytes": reply.size,
            "answer": answer,
        }
        self._store.note(self._actor, "mcp_call", reply.server, detail)
        context = {"server": reply.server, **detail}
        level = logging.INFO if reply.good else logging.WARNING
        said = {"operation": "mcp call", "error": reply.kind, "context": context, "told": True}
        LOG.log(level, "a server was asked", extra=said)


def _content(raw: Raw) -> tuple[Mapping[str, Any] | None, Sequence[str]]:
    """The content of an answer; raises Failure when the tool says that it failed."""
    if not raw.failed:
        return raw.structured, raw.texts
    said = raw.structured.get("error") if raw.structured else None
    kind, text = Trouble.QUERY_FAILED, " ".join(raw.texts)[:500]
    if isinstance(said, dict):
        text = str(said.get("message", text))[:500]
        if said.get("kind") in ("invalid_argument", "not_found"):
            kind = Trouble.INVALID_ARGUMENTS
    elif text.startswith("Unknown tool"):
        kind = Trouble.TOOL_NOT_FOUND
    raise Failure(kind, text)
