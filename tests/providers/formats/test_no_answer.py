"""Nothing answers, or the answer is an error: against every dialect.

The text that came before a fault is always yielded first; then comes one error in words, or a normal end.
What is retried, and how often, is the engine's: here a fault is met by one request and one error.
"""

import asyncio
import errno
import json
import socket
import time
from email.utils import formatdate

import aiohttp
import pytest

from tui.errors import ErrorKind
from tui.providers.http import ProviderHTTPError

KEY = "sk-test-0123456789abcdefWXYZ"


class TestNoAnswer:
    async def test_host_not_found(self, dialect, ask, monkeypatch):
        def getaddrinfo(*args, **kwargs):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        outcome = await ask(dialect.at("https://models.example"))
        assert outcome.error.kind is ErrorKind.CONNECT
        assert outcome.error.retryable
        assert outcome.error.message == "Cannot find the host models.example"
        assert "VPN" in outcome.error.hint

    async def test_no_network(self, dialect, ask, monkeypatch):
        """No name can be found and there is no route to anywhere: it is not the host's fault."""

        def getaddrinfo(*args, **kwargs):
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        monkeypatch.setattr("tui.providers.network.no_way_out", lambda: True)
        outcome = await ask(dialect.at("https://models.example"))
        assert (outcome.error.kind, outcome.error.message) == (ErrorKind.OFFLINE, "No network")
        assert not outcome.error.retryable
        outcome = await ask(dialect.at("http://127.0.0.1:1"))  # this machine can always be reached
        assert outcome.error.kind is ErrorKind.CONNECT

    async def test_no_route(self, dialect, ask, monkeypatch):
        async def unreachable(*args, **kwargs):
            raise OSError(errno.ENETUNREACH, "Network is unreachable")

        monkeypatch.setattr("aiohttp.connector.aiohappyeyeballs.start_connection", unreachable)
        outcome = await ask(dialect.at("https://1.1.1.1"))
        assert outcome.error.kind is ErrorKind.CONNECT
        assert outcome.error.message == "Cannot reach 1.1.1.1:443: network is unreachable"
        monkeypatch.setattr("tui.providers.network.no_way_out", lambda: True)
        assert (await ask(dialect.at("https://1.1.1.1"))).error.kind is ErrorKind.OFFLINE

    async def test_nothing_listens(self, dialect, ask):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        outcome = await ask(dialect.at(f"http://127.0.0.1:{port}"))
        assert outcome.error.kind is ErrorKind.CONNECT
        assert outcome.error.message == f"Nothing listens at 127.0.0.1:{port}"

    async def test_nothing_listens_where_ollama_should(self, dialects, ask, monkeypatch):
        async def refused(self, *args, **kwargs):
            raise ConnectionRefusedError(111, "Connection refused")

        monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "sock_connect", refused, raising=False)
        monkeypatch.setattr(asyncio.selector_events.BaseSelectorEventLoop, "sock_connect", refused)
        outcome = await ask(dialects["ollama"].provider)
        assert outcome.error.message == "Nothing listens at 127.0.0.1:11434"
        assert outcome.error.hint == "Is Ollama running?"

    async def test_no_connection_in_time(self, dialect, ask, monkeypatch, hasty):
        async def never(self, *args, **kwargs):
            await asyncio.Event().wait()

        monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", never)
        outcome = await ask(dialect.at("https://models.example"), timeouts=hasty)
        assert outcome.error.kind is ErrorKind.TIMEOUT
        assert outcome.error.message == "No connection to models.example:443 within 0.4 s"

    async def test_reset_before_the_headers(self, dialect, server, ask):
        server.answer = lambda exchange: exchange.reset()
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.CONNECT
        assert outcome.error.retryable
        assert "closed the connection before it answered" in outcome.error.message
        assert len(server.requests) == 1

    async def test_closed_before_the_headers(self, dialect, server, ask):
        async def answer(exchange):
            exchange.writer.close()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.CONNECT
        assert len(server.requests) == 1

    async def test_headers_never_come(self, dialect, server, ask, hasty):
        server.answer = lambda exchange: exchange.until_client_leaves()
        outcome = await ask(dialect.at(server.url), timeouts=hasty)
        assert outcome.error.kind is ErrorKind.TIMEOUT
        assert outcome.error.message == f"127.0.0.1:{server.port} did not begin to answer within 0.4 s"


class TestStatus:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (400, ErrorKind.INVALID),
            (401, ErrorKind.AUTH),
            (402, ErrorKind.QUOTA),
            (403, ErrorKind.AUTH),
            (404, ErrorKind.NOT_FOUND),
            (408, ErrorKind.BUSY),
            (409, ErrorKind.BUSY),
            (413, ErrorKind.INVALID),
            (422, ErrorKind.INVALID),
            (429, ErrorKind.RATE_LIMIT),
            (500, ErrorKind.BUSY),
            (502, ErrorKind.BUSY),
            (503, ErrorKind.BUSY),
            (504, ErrorKind.BUSY),
            (529, ErrorKind.BUSY),
        ],
    )
    async def test_error_status(self, dialect, server, ask, status, kind):
        body = json.dumps({"error": {"message": "so it is\x1b[2J"}}).encode()
        server.answer = lambda exchange: exchange.whole(body, f"{status} Whatever")
        error = (await ask(dialect.at(server.url))).error
        assert isinstance(error, ProviderHTTPError) and isinstance(error, aiohttp.ClientResponseError)
        assert (error.status, error.status_code, error.kind) == (status, status, kind)
        assert error.retryable is (kind in (ErrorKind.BUSY, ErrorKind.RATE_LIMIT))
        assert f"({status})" in error.message and "so it is␛[2J" in error.message
        assert "\x1b" not in str(error) + error.body + error.vendor_message
        assert len(server.requests) == 1

    async def test_server_echoes_the_key(self, dialect, server, ask):
        async def answer(exchange):
            seen = exchange.request.headers
            echo = json.dumps({"error": {"message": f"bad key {KEY} in {seen}"}}).encode()
            await exchange.whole(echo, "401 Unauthorized", X_Echo=KEY)

        server.answer = answer
        error = (await ask(dialect.at(server.url), api_key=KEY)).error
        parts = (error.body, error.vendor_message, error.request_info, error.args, error.headers)
        shown = f"{error} {error!r} {parts}"
        assert KEY not in shown
        assert "WXYZ" in error.message  # which key it was can still be told

    @pytest.mark.parametrize(
        ("header", "value", "low", "high"),
        [
            ("Retry-After", "2", 2, 2),
            ("Retry-After", "0.5", 0.5, 0.5),
            ("retry-after-ms", "750", 0.75, 0.75),
            ("Retry-After", "in 100 s", 50, 101),
            ("Retry-After", "3600", 3600, 3600),
        ],
    )
    async def test_retry_after(self, dialect, server, ask, header, value, low, high):
        if value == "in 100 s":  # as a date
            value = formatdate(time.time() + 100, usegmt=True)
        server.answer = lambda exchange: exchange.whole(b"{}", "429 Too Many Requests", **{header: value})
        error = (await ask(dialect.at(server.url))).error
        assert low <= error.retry_after <= high

    @pytest.mark.parametrize(
        ("status", "word", "again"), [(400, "true", True), (503, "false", False), (429, "perhaps", True)]
    )
    async def test_the_servers_own_word_on_asking_again(self, dialect, server, ask, status, word, again):
        server.answer = lambda exchange: exchange.whole(b"{}", f"{status} Whatever", x_should_retry=word)
        assert (await ask(dialect.at(server.url))).error.retryable is again

    @pytest.mark.parametrize("value", ["soon", "-5", "1e99", "", "99999999999999999999", "Thu, 99 Foo"])
    async def test_garbage_in_retry_after(self, dialects, server, ask, value):
        server.answer = lambda exchange: exchange.whole(b"{}", "429 Too Many Requests", Retry_After=value)
        assert (await ask(dialects["openai_chat"].at(server.url))).error.retry_after is None

    async def test_context_too_long(self, framed, server, ask):
        body = json.dumps(
            {
                "error": {
                    "message": "This model's maximum context length is 8192 tokens. However, your messages "
                    "resulted in 9001 tokens.",
                    "code": "context_length_exceeded",
                }
            }
        ).encode()
        server.answer = lambda exchange: exchange.whole(body, "400 Bad Request")
        error = (await ask(framed.at(server.url))).error
        assert error.kind is ErrorKind.CONTEXT
        assert "9,001 tokens, more than the 8,192" in error.message

    async def test_error_body_that_does_not_end(self, dialect, server, ask, hasty):
        async def answer(exchange):
            await exchange.head("500 Oops")
            await exchange.chunk(b"half an expl")
            await exchange.until_client_leaves()

        server.answer = answer
        error = (await ask(dialect.at(server.url), timeouts=hasty)).error
        assert error.status == 500 and "half an expl" in error.message

    async def test_huge_error_body(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head("500 Oops")
            for _ in range(200):
                await exchange.chunk(b"x" * 10_000)
            await exchange.end()

        server.answer = answer
        error = (await ask(dialect.at(server.url))).error
        assert error.status == 500
        assert len(error.body) <= 64_000 and len(error.message) < 700

    async def test_redirect_is_not_followed(self, dialect, server, start_server, ask):
        thief = await start_server()

        async def answer(exchange):
            await exchange.whole(b"", "302 Found", Location=f"{thief.url}/login")

        server.answer = answer
        outcome = await ask(dialect.at(server.url), api_key=KEY)
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert outcome.error.status == 302
        assert f"redirects to 127.0.0.1:{thief.port}" in outcome.error.message
        assert thief.connections == 0

    @pytest.mark.parametrize("location", ["", "//[broken", "http://a.example:99999/", "\x1b[2J"])
    async def test_redirect_to_nonsense(self, dialects, server, ask, location):
        server.answer = lambda exchange: exchange.whole(b"", "301 Moved", Location=location)
        error = (await ask(dialects["openai_chat"].at(server.url))).error
        assert error.kind is ErrorKind.PROTOCOL
        assert "\x1b" not in error.message

    async def test_the_key_in_a_page_is_hidden(self, dialect, server, ask):
        page = f"<title>No {KEY} here</title>".encode()
        for status in ("200 OK", "500 Oops"):
            server.answer = lambda exchange, status=status: exchange.whole(
                page, status, Content_Type="text/html"
            )
            error = (await ask(dialect.at(server.url), api_key=KEY)).error
            assert "No •••WXYZ here" in error.message
