"""A server of the Model Context Protocol at an address, in this process, that goes wrong as a test says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse | None]]


class HttpServer:
    """Speaks the newer way at /mcp and the older at /sse; of the older kind, with sessions."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str], Any]] = []
        """Method, path, headers and body of each."""
        self.sessions: set[str] = set()
        self.first: Answer | None = None
        """Answers a request before anybody else looks at it, or not."""
        self.calls = 0
        self.streams: list[asyncio.Queue[dict[str, Any]]] = []
        self.only_events = False
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self) -> None:
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        assert site._server is not None
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def restart(self) -> None:
        """As after a crash: the port is the same, and no session is known any more."""
        await self.stop()
        self.sessions.clear()
        await self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    def bodies(self, method: str) -> list[Any]:
        return [
            body for _, _, _, body in self.requests if isinstance(body, dict) and body.get("method") == method
        ]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        body = json.loads(raw) if raw[:1] == b"{" else raw.decode()
        self.requests.append((request.method, request.path, dict(request.headers), body))
        if self.first is not None and (answer := await self.first(request)) is not None:
            return answer
        if request.path == "/mcp" and not self.only_events:
            return await self._newer(request, body)
        if self.only_events and request.path == "/mcp" and request.method == "GET":
            return await self._events(request)
        if request.path == "/messages":
            reply = self._reply(body)
            if reply is not None:
                await self.streams[-1].put(reply)
            return web.Response(status=202)
        return web.Response(status=405 if request.path == "/mcp" else 404)

    async def _newer(self, request: web.Request, body: Any) -> web.StreamResponse:
        if request.method != "POST":
            return web.Response(status=405)
        if body.get("method") == "initialize":
            self.sessions.add(f"s{len(self.requests)}")
            return web.json_response(self._reply(body), headers={"Mcp-Session-Id": f"s{len(self.requests)}"})
        if body.get("method") == "server/discover":
            return web.json_response(self._reply(body))
        if request.headers.get("Mcp-Session-Id") not in self.sessions:
            return web.json_response(
                {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "Session not found"}},
                status=404,
            )
        reply = self._reply(body)
        return web.Response(status=202) if reply is None else web.json_response(reply)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"event: endpoint\ndata: /messages?session_id=7\n\n")
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.streams.append(queue)
        while True:
            message = await queue.get()
            await response.write(b"event: message\ndata: " + json.dumps(message).encode() + b"\n\n")

    def _reply(self, body: dict[str, Any]) -> dict[str, Any] | None:
        if "id" not in body or "method" not in body:
            return None
        reply: dict[str, Any] = {"jsonrpc": "2.0", "id": body["id"]}
        match body["method"]:
            case "initialize":
                reply["result"] = {
                    "protocolVersion": "2025-06-18",
                    "serverInfo": {"name": "far", "version": "1"},
                    "capabilities": {"tools": {}},
                }
            case "tools/list":
                schema = {"type": "object", "properties": {}}
                hints = {"readOnlyHint": True, "openWorldHint": False}
                reply["result"] = {"tools": [{"name": "echo", "inputSchema": schema, "annotations": hints}]}
            case "tools/call":
                self.calls += 1
                words = json.dumps(body["params"].get("arguments", {}))
                reply["result"] = {"content": [{"type": "text", "text": words}]}
            case _:
                reply["error"] = {"code": -32601, "message": "Method not found"}
        return reply
