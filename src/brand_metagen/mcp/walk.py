"""The whole way from the file of servers to an answer, step by step, saying where it breaks."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass

from brand_metagen.mcp.failures import Failure
from brand_metagen.mcp.servers_file import Question, ServerSpec
from brand_metagen.mcp.sources import Outcome, Sources, ToolInfo


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of the way: whether it went well, what was seen, and what to do if not."""

    server: str
    step: str
    good: bool
    detail: str
    advice: str = ""
    seconds: float = 0.0


def walk(sources: Sources, spec: ServerSpec, name: str) -> Iterator[Stop]:
    """Settings, command, connection, tools, a question about `name`, and the same from the cache.

    Ends at the first step that fails: nothing after it could work.
    """
    for look in (_settings, _reach):
        step = look(spec)
        yield step
        if not step.good:
            return
    began = time.monotonic()
    try:
        tools = sources.tools(spec)
    except Failure as failure:
        yield _failed(sources, spec, "connect", failure, time.monotonic() - began)
        return
    seconds = round(time.monotonic() - began, 3)
    listed = ", ".join(tool.tool for tool in tools[:10]) or "none"
    yield Stop(spec.name, "connect", True, f"{len(tools)} tools: {listed}", seconds=seconds)
    if spec.question is None:
        yield Stop(spec.name, "ask", True, "runs do not ask it")
        return
    yield from _questions(sources, spec, spec.question, tools, name)


def _settings(spec: ServerSpec) -> Stop:
    if spec.problem:
        advice = "set the variable, or take the server out of the file"
        return Stop(spec.name, "settings", False, spec.problem, advice)
    return Stop(spec.name, "settings", True, f"{'url' if spec.url else 'command'} {spec.where}")


def _reach(spec: ServerSpec) -> Stop:
    if spec.url:
        return Stop(spec.name, "reach", True, f"asked over HTTP at {spec.where}")
    found = shutil.which(spec.command[0])
    if found is None:
        advice = "install it, or give the whole path in `command`"
        return Stop(spec.name, "reach", False, f"no program {spec.where!r} on the path", advice)
    return Stop(spec.name, "reach", True, f"program {spec.where} is there")


def _questions(
    sources: Sources, spec: ServerSpec, question: Question, tools: list[ToolInfo], name: str
) -> Iterator[Stop]:
    if question.tool not in {tool.tool for tool in tools}:
        advice = "say under `brandMetagen` which tool to ask, or `asks: false`"
        yield Stop(spec.name, "tool", False, f"it has no tool {question.tool!r}", advice)
        return
    yield Stop(spec.name, "tool", True, f"{question.tool} is there")
    reply = sources.ask(spec, question.tool, question.about(name), fresh=True)
    if reply.outcome is not Outcome.ASKED:
        detail = f"{reply.kind}: {reply.message}"
        yield Stop(spec.name, "ask", False, detail, reply.advice, reply.seconds)
        return
    detail = f"{question.tool} about {name!r}: {reply.size:,} bytes"
    yield Stop(spec.name, "ask", True, detail, seconds=reply.seconds)
    again = sources.ask(spec, question.tool, question.about(name))
    good = again.outcome is Outcome.CACHED
    advice = "" if good else "see that the store can be written, and mcp.search_seconds"
    detail = "the same answer was kept" if good else f"it was {again.outcome.value}, not kept"
    yield Stop(spec.name, "cache", good, detail, advice, again.seconds)


def _failed(
    sources: Sources, spec: ServerSpec, step: str, failure: Failure, seconds: float
) -> Stop:
    said = sources.said(spec).strip().splitlines()
    last = f". Its last word: {said[-1][:200]}" if said else ""
    detail = f"{failure.kind.value}: {failure}{last}"
    return Stop(spec.name, step, False, detail, failure.advice, round(seconds, 3))
