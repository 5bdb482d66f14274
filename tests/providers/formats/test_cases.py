"""Every way a streamed reply can go, against every dialect that can say it.

The faults are those of ``cases``, and some that need more than a server. Each runs through the engine and a
history, as a reply of the app does.
"""

from __future__ import annotations

import asyncio
import errno
import json
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from tests.providers.formats.cases import CASES, COMPLETE, ERROR, Case
from tests.providers.formats.dialects import DIALECTS, Dialect
from tui.chat.message import Message, Role, Status
from tui.chat.model import Pictures
from tui.engine.engine import Engine
from tui.engine.events import Event, TextAdded, Waiting
from tui.engine.limits import Limits
from tui.errors import ErrorKind
from tui.history.sqlite.history import open_history
from tui.providers.base import Target
from tui.providers.timeouts import Timeouts
from tui.secret import Secret

KEY = "sk-test-0123456789abcdefWXYZ"
HASTY = Timeouts(connect=0.4, headers=0.4, idle=0.4, error_body=0.4, after_finish=0.3)
TLS = Path(__file__).parent.parent / "tls"


@dataclass
class Sent:
    """What became of one prompt."""

    reply: Message
    """As it is in the history."""
    prompts: int
    """Messages of the person in the conversation."""
    waits: list[Waiting] = field(default_factory=list)

    @property
    def said(self) -> str:
        failure = self.reply.failure
        words = [f"{failure.message}. {failure.hint}"] if failure else []
        return "\n".join([*words, *self.reply.notices])


class World:
    """An engine that asks one provider."""

    def __init__(self, store: Any, limits: Limits) -> None:
        self.store = store
        self.engine = Engine(store, self, self, limits)
        self.target_: Target | None = None

    async def target(self, model_id: str) -> Target:
        assert self.target_
        return self.target_

    async def pictures(self, model_id: str) -> Pictures:
        return (await self.target(model_id)).pictures

    def info(self, model_id: str) -> None:
        return None

    def note_outcome(self, provider: str, error: Exception | None) -> None:
        return None

    async def begin(self, provider: Any, prompt: str = "Hi", proxy: str | None = None, **options: Any) -> Any:
        """Store a prompt; its conversation, and the reply to run."""
        self.target_ = Target("lab/m", provider, "m", proxy, options, Secret(KEY), "LAB_KEY")
        conversation = await self.store.create_conversation(model="lab/m")
        return conversation, await self.engine.send(conversation, prompt)

    async def send(
        self, provider: Any, tell: Callable[[Event], Any] = lambda event: None, **options: Any
    ) -> Sent:
        conversation, reply = await self.begin(provider, **options)
        events: list[Event] = []

        def emit(event: Event) -> None:
            events.append(event)
            tell(event)

        message = await reply.run(emit)
        [stored] = await self.store.messages([message.id])
        assert stored == message
        prompts = [node for node in conversation.nodes.values() if node.role is Role.USER]
        assert KEY not in repr((stored, events))
        return Sent(stored, len(prompts), [event for event in events if isinstance(event, Waiting)])


@pytest.fixture
async def make_world(monkeypatch):
    """Worlds with short waits between attempts."""
    monkeypatch.setattr("tui.engine.limits.random.uniform", lambda least, most: 0.01)
    stores = []

    async def make(**limits: Any) -> World:
        stores.append(await open_history(None))
        return World(stores[-1], Limits(checkpoint=0.01, **limits))

    yield make
    for store in stores:
        await store.close()


@pytest.fixture
async def world(make_world):
    return await make_world()


@pytest.mark.parametrize(
    ("case", "dialect"),
    [
        pytest.param(case, dialect, id=f"{case.number}, {case.fault}, {dialect.name}")
        for case in CASES
        for dialect in DIALECTS
        if case.dialects(dialect)
    ],
)
async def test_case(case: Case, dialect: Dialect, server, make_world):
    heard, text = asyncio.Event(), []
    if not case.text:
        heard.set()

    def tell(event: Event) -> None:
        text.extend([event.text] if isinstance(event, TextAdded) else [])
        if "".join(text) == case.text:
            heard.set()

    server.answer = case.answer(dialect, heard)
    world = await make_world(**case.limits)
    sent = await world.send(dialect.at(server.url), tell, **({"timeouts": HASTY} if case.hasty else {}))
    assert sent.reply.status is case.status
    assert (sent.reply.text, sent.reply.reasoning) == (case.text, case.thought)
    assert len(server.requests) == case.asked
    assert [wait.attempt for wait in sent.waits] == list(range(2, case.asked + 1))
    assert sent.prompts == 1
    assert case.said.replace("HOST", f"127.0.0.1:{server.port}") in sent.said
    assert bool(sent.reply.failure) is (case.status in (ERROR, Status.INTERRUPTED))


@pytest.fixture
def free_port():
    """A port of this machine where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]


class TestNoConnection:
    """Cases 1 to 4: nothing was sent, the prompt is kept."""

    @pytest.fixture
    def no_names(self, monkeypatch):
        def getaddrinfo(*args: Any, **kwargs: Any) -> Any:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    async def sent(self, world, provider, asked: int, **options: Any) -> Sent:
        sent = await world.send(provider, **options)
        assert (sent.reply.status, sent.reply.text, sent.prompts) == (ERROR, "", 1)
        assert len(sent.waits) == asked - 1
        return sent

    async def test_1_host_not_found(self, world, dialect, no_names):
        sent = await self.sent(world, dialect.at("https://models.example"), asked=3)
        assert sent.said == "Cannot find the host models.example. Check its name, the network and the VPN."

    async def test_1_no_network(self, world, dialect, no_names, monkeypatch):
        """No route to anywhere either: it is not the host's fault, and asking again at once is no use."""
        monkeypatch.setattr("tui.providers.connection_errors.no_way_out", lambda: True)
        sent = await self.sent(world, dialect.at("https://models.example"), asked=1)
        assert sent.reply.failure.kind == ErrorKind.OFFLINE
        assert sent.said == "No network. Check the connection; a model on this machine needs none."

    async def test_1_no_route(self, world, dialect, monkeypatch):
        async def unreachable(*args: Any, **kwargs: Any) -> Any:
            raise OSError(errno.ENETUNREACH, "Network is unreachable")

        monkeypatch.setattr("aiohttp.connector.aiohappyeyeballs.start_connection", unreachable)
        sent = await self.sent(world, dialect.at("https://1.1.1.1"), asked=3)
        assert sent.said.startswith("Cannot reach 1.1.1.1:443: network is unreachable. ")
        monkeypatch.setattr("tui.providers.connection_errors.no_way_out", lambda: True)
        sent = await self.sent(world, dialect.at("https://1.1.1.1"), asked=1)
        assert sent.reply.failure.kind == ErrorKind.OFFLINE
        sent = await self.sent(world, dialect.at("http://127.0.0.1:1"), asked=3)
        assert sent.reply.failure.kind == ErrorKind.CONNECT, "this machine can always be reached"

    async def test_2_nothing_listens(self, world, dialect, free_port):
        sent = await self.sent(world, dialect.at(f"http://127.0.0.1:{free_port}"), asked=3)
        assert sent.said.startswith(f"Nothing listens at 127.0.0.1:{free_port}. Check the address, and ")

    async def test_2_nothing_listens_where_ollama_should(self, world, dialects, monkeypatch):
        async def refused(*args: Any, **kwargs: Any) -> Any:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")

        monkeypatch.setattr("aiohttp.connector.aiohappyeyeballs.start_connection", refused)
        sent = await self.sent(world, dialects["ollama"].provider, asked=3)
        assert sent.said == "Nothing listens at 127.0.0.1:11434. Is Ollama running?"

    async def test_3_no_connection_in_time(self, world, dialect, monkeypatch):
        async def never(self: Any, *args: Any, **kwargs: Any) -> Any:
            await asyncio.Event().wait()

        monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", never)
        sent = await self.sent(world, dialect.at("https://models.example"), asked=1, timeouts=HASTY)
        assert sent.said.startswith("No connection to models.example:443 within 0.4 s. Check the address, ")

    @pytest.fixture
    async def secure(self, start_server):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
        return await start_server(ssl=context)

    async def test_4_certificate_that_nobody_signed(self, world, dialect, secure):
        sent = await self.sent(world, dialect.at(f"https://localhost:{secure.port}"), asked=1)
        assert f"The certificate of localhost:{secure.port} is not trusted: self-signed" in sent.said
        assert secure.requests == []

    async def test_4_certificate_of_another_host(self, world, dialect, secure, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "certificate.pem"))
        sent = await self.sent(world, dialect.at(f"https://127.0.0.1:{secure.port}"), asked=1)
        assert "mismatch" in sent.said
        assert secure.requests == []

    async def test_4_https_to_a_plain_port(self, world, dialect):
        seen = []

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen.append(await reader.read(65536))
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()
            await writer.wait_closed()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as plain:
            port = plain.sockets[0].getsockname()[1]
            sent = await self.sent(world, dialect.at(f"https://127.0.0.1:{port}"), asked=1)
        assert sent.said == f"127.0.0.1:{port} does not speak TLS. Does its address begin with http://?"
        assert seen and KEY.encode() not in seen[0]


class TestWaiting:
    """Cases 8 and 9: what the server asks is obeyed, told, and given up where it is too much."""

    @pytest.mark.parametrize("form", ["seconds", "milliseconds", "date"])
    async def test_8_the_next_try_comes_no_sooner_than_asked(self, world, dialect, server, form):
        began: list[float] = []

        async def answer(exchange: Any) -> None:
            began.append(time.time())
            until = {
                "seconds": {"Retry_After": "0.2"},
                "milliseconds": {"retry_after_ms": "200"},
                "date": {"Retry_After": formatdate(began[0] + 1, usegmt=True)},  # whole seconds: up to 1 s
            }[form]
            if len(began) > 1:
                await dialect.streams("Hello")(exchange)
            else:
                await exchange.whole(b'{"error": "slow"}', "429 Slow", **until)

        server.answer = answer
        sent = await world.send(dialect.at(server.url))
        assert (sent.reply.status, sent.reply.text) == (COMPLETE, "Hello")
        assert began[1] >= (began[0] + 0.2 if form != "date" else int(began[0] + 1))
        assert all(wait.reason.endswith("(429): slow") and wait.seconds <= 1 for wait in sent.waits)

    async def test_8_esc_ends_the_wait(self, world, dialect, server):
        server.answer = lambda exchange: exchange.whole(b"{}", "429 Slow", Retry_After="20")
        waiting = asyncio.Event()
        _, reply = await world.begin(dialect.at(server.url))
        task = asyncio.create_task(reply.run(lambda event: isinstance(event, Waiting) and waiting.set()))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        [stored] = await world.store.messages([reply.message.id])
        assert stored.status is Status.STOPPED and len(server.requests) == 1


class TestProxy:
    """Case 33: the proxy is named, its password never; this machine is reached without it."""

    async def test_33_that_wants_a_password(self, world, dialect, server):
        server.answer = lambda exchange: exchange.whole(b"no", "407 Proxy Authentication Required")
        sent = await self.sent(world, dialect, server.port)
        assert sent.said.startswith(
            f"The proxy 127.0.0.1:{server.port} said 407 Proxy Authentication Required"
        )

    async def test_33_that_is_not_there(self, world, dialect, free_port):
        sent = await self.sent(world, dialect, free_port)
        assert sent.said.startswith(f"Cannot reach the proxy 127.0.0.1:{free_port}: connection refused")

    async def test_33_that_talks_nonsense(self, world, dialect, server):
        async def answer(exchange: Any) -> None:
            await exchange.send(b"220 smtp.example ESMTP\r\n\r\n")
            exchange.writer.close()

        server.answer = answer
        sent = await self.sent(world, dialect, server.port)
        assert sent.said.startswith(f"The proxy 127.0.0.1:{server.port} sent something that is not HTTP")

    async def test_33_this_machine_is_reached_without_it(self, world, dialect, server, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        server.answer = dialect.streams("Hello")
        sent = await world.send(dialect.at(server.url), proxy="http://127.0.0.1:9")
        assert sent.reply.text == "Hello"

    async def sent(self, world, dialect, port: int) -> Sent:
        proxy = f"http://me:hush@127.0.0.1:{port}"
        sent = await world.send(dialect.at("https://models.example"), proxy=proxy)
        assert sent.reply.status is ERROR and sent.reply.failure.kind == ErrorKind.PROXY
        assert "hush" not in sent.said
        return sent


class TestStopping:
    """Cases 34 and 35: what is stopped is kept and the server sees it; what goes on is never mixed."""

    async def test_34_the_person_stops(self, world, dialect, server):
        async def answer(exchange: Any) -> None:
            await dialect.streams("Hello", end=False)(exchange)
            await exchange.until_client_leaves()

        server.answer = answer
        came = asyncio.Event()
        _, reply = await world.begin(dialect.at(server.url))
        task = asyncio.create_task(reply.run(lambda event: isinstance(event, TextAdded) and came.set()))
        await came.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(1):
            await server.client_left.wait()
        [stored] = await world.store.messages([reply.message.id])
        assert (stored.text, stored.status, stored.failure) == ("Hello", Status.STOPPED, None)

    async def test_35_two_at_once_are_not_mixed(self, world, dialect, server):
        async def answer(exchange: Any) -> None:
            word = "one " if b"first" in exchange.request.body else "two "
            await dialect.streams(*[word] * 20)(exchange)

        server.answer = answer
        provider = dialect.at(server.url)
        replies = [(await world.begin(provider, prompt))[1] for prompt in ("first", "second")]
        one, two = await asyncio.gather(*(reply.run(lambda event: None) for reply in replies))
        assert one.conversation_id != two.conversation_id
        assert [stored.text for stored in await world.store.messages([one.id, two.id])] == [
            "one " * 20,
            "two " * 20,
        ]


@pytest.mark.parametrize("parameter", ["temperature", "top_p", "max_tokens", "reasoning_effort"])
async def test_a_parameter_that_is_refused_is_left_out_and_told(world, framed, server, parameter):
    """It is sent once more without it, and only then: what nobody named stays."""
    value = "high" if parameter == "reasoning_effort" else 1

    async def answer(exchange: Any) -> None:
        if len(server.requests) == 1:
            error = {"message": f"Unsupported parameter: {parameter}", "param": parameter}
            await exchange.whole(json.dumps({"error": error}).encode(), "400 Bad Request")
        else:
            await framed.streams("Hello")(exchange)

    server.answer = answer
    sent = await world.send(framed.at(server.url), **{"seed": 7, parameter: value})
    assert (sent.reply.status, sent.reply.text, len(server.requests)) == (COMPLETE, "Hello", 2)
    assert sent.said == f"lab/m does not take {parameter}; sent without it"
    plain = framed.provider.request_body("m", [{"role": "user", "content": "Hi"}], {"seed": 7})
    assert server.requests[0].json != plain == server.requests[1].json
