"""A model server on loopback that is as slow and as unreliable as servers are."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from random import Random

from aiohttp import web

REPLY = (
    "# A title\n\nSome *words* with `code`, [a link](https://example.org/x) and $a^2$.\n\n"
    "```python\nfor i in range(3):\n    print(i)\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two\n\n"
)


class Moody:
    """Speaks OpenAI's chat completions: in pieces, with pauses, and now and then with a fault."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)

    async def models(self, request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": f"m{n}"} for n in range(60)]})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        chance = self._chance
        if chance.random() < 0.15:
            status = chance.choice((400, 401, 404, 429, 500, 503))
            return web.json_response({"error": {"message": "The lab is closed"}}, status=status)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        with contextlib.suppress(ConnectionError):  # the client has gone
            await response.prepare(request)
            await self._answer(response)
        return response

    async def _answer(self, response: web.StreamResponse) -> None:
        chance = self._chance
        for word in (REPLY * chance.randint(1, 6)).split(" "):
            delta = {"reasoning_content": f"{word} "} if chance.random() < 0.05 else {"content": f"{word} "}
            await self._send(response, {"choices": [{"index": 0, "delta": delta}]})
            await asyncio.sleep(chance.choice((0, 0, 0.005, 0.02)))
            if chance.random() < 0.003:
                return  # without an end
        await self._send(response, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        await response.write(b"data: [DONE]\n\n")

    async def _send(self, response: web.StreamResponse, event: object) -> None:
        await response.write(f"data: {json.dumps(event)}\n\n".encode())


@contextlib.contextmanager
def serving(seed: int) -> Iterator[str]:
    """The address of a server that runs meanwhile."""
    loop, ready, address = asyncio.new_event_loop(), threading.Event(), []

    async def start() -> web.AppRunner:
        moody, app = Moody(seed), web.Application()
        app.router.add_get("/v1/models", moody.models)
        app.router.add_post("/v1/chat/completions", moody.chat)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        address.append(f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/v1")
        ready.set()
        return runner

    def serve() -> None:
        runner = loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    ready.wait(10)
    yield address[0]
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
