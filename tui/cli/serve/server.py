"""What is answered: the page, its files, and a visit. Nothing else, to nobody whom the gate refuses."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files as resources

from aiohttp import WSCloseCode, WSMsgType, web

from tui.cli.serve.gate import Gate
from tui.cli.serve.orders import Seen, Size, order_in
from tui.cli.serve.visitor import Visitor
from tui.errors import SegueError
from tui.text import one_line

MOST = 8
"""Visitors at the same time: each has a program of its own."""
ENDED, FULL, FAILED = 4000, 4001, 4002
"""Why a visit is over, as the page reads it."""
_HEARTBEAT = 30.0
"""Seconds after which a page that says nothing is asked whether it is there."""
_FIRST_WORD = 20.0
"""Seconds that a page has to say how large it is."""
_PASTE = 4 * 1024 * 1024
"""Bytes of one message of the page."""
_CLOSING = 12.0
"""Seconds that the visitors' programs have at the end."""
_YEAR = 365 * 24 * 3600
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_PAGE = ("index.html", "page.css", "page.js")
# Styles may stand in the page: the terminal makes its own as it measures the letters.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'{sockets}; "
    "img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NO_KEY = "403: this page opens with its key. Take the whole address that `segue serve` has printed.\n"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Serves the page to those whom the gate lets in.

    Args:
        gate: Decides who that is.
        emulator: The files of the terminal in the page, by name.
    """

    def __init__(self, gate: Gate, emulator: Mapping[str, bytes]) -> None:
        self._gate = gate
        own = resources("tui.cli.serve") / "page"
        self._files = {**emulator, **{name: (own / name).read_bytes() for name in _PAGE}}
        self._sockets: set[web.WebSocketResponse] = set()
        self._seats = 0
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/", self._page)
        app.router.add_get("/ws", self._visit)
        app.router.add_get("/{name}", self._file)
        app.on_response_prepare.append(self._with_headers)
        app.on_shutdown.append(self._goodbye)
        # The addresses that are asked for hold the token: nothing of them is written down.
        silent = logging.getLogger("segue.serve")
        silent.addHandler(logging.NullHandler())
        silent.propagate = False
        self._runner = web.AppRunner(app, access_log=None, logger=silent, shutdown_timeout=_CLOSING)

    async def start(self, host: str, port: int) -> None:
        """Listen.

        Raises:
            SegueError: It can't be listened there.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            await self._runner.cleanup()
            reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
            raise SegueError(
                f"Nothing can listen on port {port} of {one_line(host)}: {one_line(reason)}",
                "Take another one: --port N; 0 is any that is free.",
            ) from None
        self._gate.listens(self._runner.addresses[0][1])

    @property
    def address(self) -> str:
        """Where a browser comes in."""
        return self._gate.address()

    def address_for_once(self) -> str:
        """The same, with a key that fits one time."""
        return self._gate.address(once=True)

    async def close(self) -> None:
        """Listen no more, and let each visitor's program store and end."""
        await self._runner.cleanup()

    async def _goodbye(self, _app: web.Application) -> None:
        closing = [socket.close(code=WSCloseCode.GOING_AWAY) for socket in self._sockets]
        await asyncio.gather(*closing, return_exceptions=True)

    # -- who may come in
    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        transport = request.transport
        reached = transport.get_extra_info("sockname")[0] if transport else ""
        named = request.headers.getall("Host", [])
        if len(named) != 1 or not self._gate.knows_host(named[0], reached):
            return web.Response(status=403, text="403: this name is not one of this server.\n")
        if request.path == "/" and "k" in request.query:
            return self._greet(request)
        if not self._gate.remembers(request.cookies.get(self._gate.cookie_name, "")):
            return web.Response(status=403, text=_NO_KEY)
        return await handler(request)

    def _greet(self, request: web.Request) -> web.Response:
        """Let a browser keep a cookie in the place of the key, which leaves the line of addresses."""
        if not self._gate.lets_in(request.query["k"]):
            return web.Response(status=403, text=_NO_KEY)
        response = web.Response(status=303, headers={"Location": "./"})
        response.set_cookie(
            self._gate.cookie_name,
            self._gate.cookie.reveal(),
            max_age=_YEAR,
            httponly=True,
            samesite="Strict",
            secure=self._gate.is_secure,
        )
        return response

    async def _with_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        host = request.headers.get("Host", "")
        known = self._gate.knows_host(host) and "'" not in host
        sockets = f" ws://{host} wss://{host}" if known else ""  # some browsers don't count them as 'self'
        response.headers.update(_HEADERS)
        response.headers["Content-Security-Policy"] = _POLICY.format(sockets=sockets)

    # -- what they get
    async def _page(self, _request: web.Request) -> web.Response:
        return self._answer("index.html")

    async def _file(self, request: web.Request) -> web.Response:
        return self._answer(request.match_info["name"])

    def _answer(self, name: str) -> web.Response:
        if name not in self._files:
            return web.Response(status=404, text="404: there is no such page here.\n")
        kind = _TYPES[f".{name.rpartition('.')[2]}"]
        answer = web.Response(body=self._files[name], content_type=kind, charset="utf-8")
        answer.enable_compression()
        return answer

    async def _visit(self, request: web.Request) -> web.StreamResponse:
        origins = request.headers.getall("Origin", [])
        if len(origins) != 1 or not self._gate.knows_origin(origins[0], request.headers["Host"]):
            return web.Response(status=403, text="403: another page asks for this.\n")
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT, max_msg_size=_PASTE)
        if not socket.can_prepare(request).ok:
            return web.Response(status=400, text="400: only the page asks for this.\n")
        await socket.prepare(request)
        if self._seats >= MOST:
            await socket.close(code=FULL)
            return socket
        self._seats += 1
        self._sockets.add(socket)
        try:
            await self._converse(socket)
        finally:
            self._sockets.discard(socket)
            self._seats -= 1
        return socket

    async def _converse(self, socket: web.WebSocketResponse) -> None:
        size = await _first_size(socket)
        if size is None:
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)
            return
        try:
            visitor = await Visitor.welcome(size, os.environ)
        except OSError:
            await socket.close(code=FAILED)
            return
        drawing = asyncio.create_task(_draw(socket, visitor))
        try:
            await _obey(socket, visitor)
        finally:
            drawing.cancel()
            await asyncio.shield(asyncio.ensure_future(visitor.leave()))


async def _first_size(socket: web.WebSocketResponse) -> Size | None:
    try:
        first = await socket.receive(timeout=_FIRST_WORD)
    except TimeoutError:
        return None
    order = order_in(first.data) if first.type is WSMsgType.TEXT else None
    return order if isinstance(order, Size) else None


async def _draw(socket: web.WebSocketResponse, visitor: Visitor) -> None:
    """Send what the program draws; when it has ended, the visit is over."""
    try:
        async for piece in visitor.output():
            await socket.send_bytes(piece)
    except ConnectionError:  # the page is gone, which the other direction tells as well
        return
    await socket.close(code=ENDED)


async def _obey(socket: web.WebSocketResponse, visitor: Visitor) -> None:
    """Do what the page says, until it is gone."""
    async for message in socket:
        if message.type is WSMsgType.BINARY:
            if not visitor.press(message.data):
                return
        elif message.type is WSMsgType.TEXT:
            match order_in(message.data):
                case Size() as size:
                    visitor.resize(size)
                case Seen(pieces):
                    visitor.seen(pieces)
                case None:
                    return
