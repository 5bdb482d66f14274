"""A server of the newer kind, by the SDK itself: it asks by its results, and tells of changes to who listens.

Run as ``python modern_server.py [PORT]``; with a port it is spoken to over HTTP.
"""

from __future__ import annotations

import asyncio
import sys

from mcp.server.mcpserver import Context, MCPServer
from mcp_types import ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult

server = MCPServer("modern", instructions="Of the newer kind.", version="1")


def question() -> ElicitRequest:
    schema = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    return ElicitRequest(params=ElicitRequestFormParams(message="Who are you?", requested_schema=schema))


@server.tool()
async def ask(ctx: Context) -> str | InputRequiredResult:
    """Ask once, then answer."""
    given = (ctx.input_responses or {}).get("who")
    if isinstance(given, ElicitResult):
        return f"{given.action} {(given.content or {}).get('name')} {ctx.request_state}"
    return InputRequiredResult(input_requests={"who": question()}, request_state="kept")


@server.tool()
async def ask_for_ever(ctx: Context) -> str | InputRequiredResult:
    """Ask and ask."""
    return InputRequiredResult(input_requests={"who": question()})


@server.tool()
async def grow(ctx: Context) -> str:
    """Have one tool more from now on."""
    server.add_tool(new, name="new")
    await ctx.notify_tools_changed()
    return "grown"


@server.tool()
async def wait(ctx: Context) -> str:
    """Never answer."""
    await ctx.report_progress(1, 2, "waiting")
    await asyncio.Event().wait()
    return "never"


async def new() -> str:
    return "new indeed"


if len(sys.argv) > 1:
    asyncio.run(server.run_streamable_http_async(host="127.0.0.1", port=int(sys.argv[1])))
else:
    server.run()
