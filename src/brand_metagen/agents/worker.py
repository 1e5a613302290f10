"""The process in which a model is asked, through Strands Agents: one line of JSON per message.

First the settings come in and `ready` goes out. Then a request comes in and an answer goes out; in
a conversation, calls of tools go out and their results come in before it. Standard output belongs
to the messages alone.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import os
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO

MOST_MODEL_CALLS = 6
"""Model calls of one turn of a conversation."""


def main() -> None:
    """Serve requests until standard input ends."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not look like a message
    try:
        model = model_of(_read())
        _write(out, {"ready": True})
        while request := _read():
            if "tools" in request:
                _write(out, _conversed(model, request, out))
            else:
                _write(out, asyncio.run(_asked(model, request)))
    except Exception as error:
        # Told, so that it can be written down; whoever asks again starts another process.
        _write(out, {"error": worded(error)})
        raise


def model_of(settings: Mapping[str, Any]) -> Any:
    """The provider's model, as the settings have it."""
    provider = str(settings["provider"])
    if not provider.isidentifier():
        raise ValueError(f"agents.provider is the name of a provider, not {provider!r}")
    module = importlib.import_module(f"strands.models.{provider}")
    base = importlib.import_module("strands.models.model").Model
    made = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, base)
        and value.__module__ == module.__name__
    ]
    if not made:
        raise ValueError(f"strands.models.{provider} has no model")
    options = json.loads(settings["options"] or "{}")
    if provider == "bedrock":
        options = _bedrock(settings) | options
    else:
        options = {"model_id": settings["model"]} | options
    return made[-1](**options)


def _bedrock(settings: Mapping[str, Any]) -> dict[str, Any]:
    config = importlib.import_module("botocore.config").Config
    seconds = float(settings["call_seconds"])
    return {
        "model_id": settings["model"],
        "region_name": settings["region"],
        "endpoint_url": settings["endpoint_url"] or None,
        "max_tokens": settings["call_tokens"],
        "streaming": settings["streaming"],
        "temperature": 0.0,
        "boto_client_config": config(
            connect_timeout=seconds, read_timeout=seconds, retries={"total_max_attempts": 1}
        ),
    }


async def _asked(model: Any, request: Mapping[str, Any]) -> dict[str, Any]:
    """One call of the model, which must answer by the tool."""
    streaming = importlib.import_module("strands.event_loop.streaming")
    spec = {
        "name": request["name"],
        "description": "The answer.",
        "inputSchema": {"json": request["schema"]},
    }
    response = model.stream(
        messages=[{"role": "user", "content": [{"text": request["prompt"]}]}],
        tool_specs=[spec],
        system_prompt=request["system"],
        tool_choice={"any": {}},
    )
    stop = None
    async for event in streaming.process_stream(response):
        stop = event.get("stop", stop)
    if stop is None:
        return {"error": "the stream ended before the answer"}
    _, message, usage, _ = stop
    found = [c["toolUse"]["input"] for c in message["content"] if "toolUse" in c]
    return {"answers": found, **_usage(usage)}


def _conversed(model: Any, request: Mapping[str, Any], out: BinaryIO) -> dict[str, Any]:
    """A turn of a conversation, with our tools done on the other side."""
    strands = importlib.import_module("strands")
    tools = importlib.import_module("strands.tools.tools")
    sequential = importlib.import_module("strands.tools.executors").SequentialToolExecutor

    def done(use: Any, **_: Any) -> dict[str, Any]:
        _write(out, {"call": {"name": use["name"], "arguments": use["input"]}})
        result = _read().get("result")
        content = [{"text": str(result)}]
        return {"toolUseId": use["toolUseId"], "status": "success", "content": content}

    agent = strands.Agent(
        model=model,
        system_prompt=request["system"],
        tools=[tools.PythonAgentTool(spec["name"], spec, done) for spec in request["tools"]],
        callback_handler=None,
        tool_executor=sequential(),
        retry_strategy=None,
        load_tools_from_directory=False,
    )
    agent.hooks.add_callback(
        importlib.import_module("strands.hooks").BeforeModelCallEvent, _counted()
    )
    result = agent(request["prompt"])
    return {"text": str(result), **_usage(result.metrics.accumulated_usage)}


def _counted() -> Any:
    """Ends a turn that asks the model again and again."""
    calls = 0

    def count(_: Any) -> None:
        nonlocal calls
        calls += 1
        if calls > MOST_MODEL_CALLS:
            raise RuntimeError(f"more than {MOST_MODEL_CALLS} calls in one turn")

    return count


def _usage(usage: Mapping[str, Any]) -> dict[str, int]:
    return {
        "tokens_in": int(usage.get("inputTokens", 0)),
        "tokens_out": int(usage.get("outputTokens", 0)),
    }


def worded(error: Exception) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:500]


def _read() -> dict[str, Any]:
    line = sys.stdin.buffer.readline()
    found: dict[str, Any] = json.loads(line) if line.strip() else {}
    return found


def _write(out: BinaryIO, message: Mapping[str, Any]) -> None:
    out.write(json.dumps(message).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main()
