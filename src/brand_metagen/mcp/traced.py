"""Our servers, each call under the trace of whoever asks."""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.types import CallToolResult, InputRequiredResult

from brand_metagen import tracing


class TracedServer(MCPServer[object]):
    """A server of the protocol that goes on with the trace that a call brings in `_meta`, where it
    is well-formed, and begins one of its own otherwise."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[object, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool by its name."""
        meta = context.request_context.meta if context is not None else None
        said = (meta or {}).get("traceparent", "")
        trace = tracing.taken(said if isinstance(said, str) else "")
        with tracing.within(trace=trace, operation=f"mcp {name}"):
            return await super().call_tool(name, arguments, context)
