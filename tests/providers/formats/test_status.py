"""HTTP errors and redirects as a provider raises them, against every dialect; ``cases`` has what follows."""

import json
import time
from email.utils import formatdate

import aiohttp
import pytest

from tui.errors import ErrorKind
from tui.providers.http import ProviderHTTPError

KEY = "sk-test-0123456789abcdefWXYZ"


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

    @pytest.mark.parametrize("value", ["soon", "-5", "1e99", "", "99999999999999999999", "Thu, 99 Foo"])
    async def test_garbage_in_retry_after(self, dialects, server, ask, value):
        server.answer = lambda exchange: exchange.whole(b"{}", "429 Too Many Requests", Retry_After=value)
        assert (await ask(dialects["openai_chat"].at(server.url))).error.retry_after is None

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
