"""Every way in which a stream goes wrong, by name, against every dialect.

The text that came before the fault is always yielded first; then comes one error in words, or a normal end.
What is retried, and how often, is the engine's: here a fault is met by one request and one error.
"""

import asyncio
import gzip
import json
import socket
import time
import zlib
from contextlib import aclosing
from email.utils import formatdate

import aiohttp
import pytest

from tui.chat.chunks import FinishReason
from tui.errors import ErrorKind
from tui.providers.http import ProviderHTTPError, Timeouts

HASTY = Timeouts(connect=0.4, headers=0.4, idle=0.4, error_body=0.4, after_finish=0.3, drain=0.1)
KEY = "sk-test-0123456789abcdefWXYZ"


def stream(dialect, *pieces, before=b"", end=True):
    """An answer that streams ``pieces`` of text."""

    async def answer(exchange):
        await exchange.head(Content_Type=dialect.content_type)
        await exchange.chunk(before)
        for piece in dialect.reply(*pieces) if end else [dialect.begin, *map(dialect.text, pieces)]:
            await exchange.chunk(piece)
        if end:
            await exchange.end()

    return answer


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

    async def test_no_connection_in_time(self, dialect, ask, monkeypatch):
        async def never(self, *args, **kwargs):
            await asyncio.Event().wait()

        monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", never)
        outcome = await ask(dialect.at("https://models.example"), timeouts=HASTY)
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

    async def test_headers_never_come(self, dialect, server, ask):
        server.answer = lambda exchange: exchange.until_client_leaves()
        outcome = await ask(dialect.at(server.url), timeouts=HASTY)
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
            ("Retry-After", formatdate(time.time() + 100, usegmt=True), 50, 101),
            ("Retry-After", "3600", 3600, 3600),
        ],
    )
    async def test_retry_after(self, dialect, server, ask, header, value, low, high):
        server.answer = lambda exchange: exchange.whole(b"{}", "429 Too Many Requests", **{header: value})
        error = (await ask(dialect.at(server.url))).error
        assert low <= error.retry_after <= high

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

    async def test_error_body_that_does_not_end(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head("500 Oops")
            await exchange.chunk(b"half an expl")
            await exchange.until_client_leaves()

        server.answer = answer
        error = (await ask(dialect.at(server.url), timeouts=HASTY)).error
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


class TestBroken:
    async def test_reset_after_words(self, dialect, server, ask):
        arrived = asyncio.Event()  # a reset overtakes what the client has not read yet

        async def answer(exchange):
            await stream(dialect, "Hello ", "wor", end=False)(exchange)
            await arrived.wait()
            await exchange.reset()

        def seen(text):
            if text == "Hello wor":
                arrived.set()

        server.answer = answer
        outcome = await ask(dialect.at(server.url), seen=seen)
        assert outcome.text == "Hello wor"
        assert outcome.error.kind is ErrorKind.LOST and not outcome.error.retryable
        assert outcome.finish is None
        assert len(server.requests) == 1

    async def test_closed_in_the_middle_of_a_chunk(self, dialect, server, ask):
        async def answer(exchange):
            await stream(dialect, "Hello", end=False)(exchange)
            await exchange.send(b"ff\r\nhalf a chunk")
            exchange.writer.close()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert outcome.text.startswith("Hello")
        assert outcome.error.kind is ErrorKind.LOST
        assert outcome.finish is None

    async def test_body_shorter_than_its_length(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head(chunked=False, Content_Type=dialect.content_type, Content_Length="9999")
            await exchange.send(dialect.begin + dialect.text("Hello"))
            exchange.writer.close()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert outcome.text == "Hello"
        assert outcome.error.kind is ErrorKind.LOST

    async def test_illegal_chunk_size(self, dialect, server, ask):
        async def answer(exchange):
            await stream(dialect, "Hello", end=False)(exchange)
            await exchange.send(b"zz\r\nnonsense\r\n")
            await exchange.until_client_leaves()

        server.answer = answer
        outcome = await ask(dialect.at(server.url), timeouts=HASTY)
        assert outcome.text == "Hello"
        assert outcome.error.kind in (ErrorKind.LOST, ErrorKind.TIMEOUT)

    async def test_clean_end_without_end_mark(self, framed, server, ask):
        async def answer(exchange):
            await stream(framed, "Hello", end=False)(exchange)
            await exchange.end()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert outcome.text == "Hello"
        assert outcome.error.kind is ErrorKind.LOST
        assert "may be cut" in outcome.error.message
        assert outcome.finish is None

    async def test_half_an_event_at_the_end(self, framed, server, ask):
        async def answer(exchange):
            await stream(framed, "Hello", end=False)(exchange)
            await exchange.chunk(framed.text("lost")[:-8])
            await exchange.end()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert outcome.text == "Hello"
        assert outcome.error.kind is ErrorKind.LOST

    async def test_plain_text_ends_well_with_its_last_chunk(self, dialects, server, ask):
        server.answer = stream(dialects["ai365vip"], "Hello")
        outcome = await ask(dialects["ai365vip"].at(server.url))
        assert (outcome.chunks, outcome.error) == (["Hello"], None)

    async def test_stall_in_the_middle(self, dialect, server, ask):
        async def answer(exchange):
            await stream(dialect, "Hello", end=False)(exchange)
            await exchange.until_client_leaves()

        server.answer = answer
        outcome = await ask(dialect.at(server.url), timeouts=HASTY)
        assert outcome.text == "Hello"
        assert outcome.error.kind is ErrorKind.TIMEOUT
        assert "sent nothing more for 0.4 s" in outcome.error.message

    async def test_no_byte_after_the_headers(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type)
            await exchange.until_client_leaves()

        server.answer = answer
        outcome = await ask(dialect.at(server.url), timeouts=HASTY)
        assert outcome.error.kind is ErrorKind.TIMEOUT
        assert outcome.chunks == []


class TestEnd:
    async def test_end_mark_and_nothing_after_it(self, framed, server, ask):
        async def answer(exchange):
            await stream(framed, "Hello", end=False)(exchange)
            await exchange.chunk(framed.finish_only)
            await exchange.until_client_leaves()

        server.answer = answer
        began = time.monotonic()
        outcome = await ask(framed.at(server.url), timeouts=Timeouts(after_finish=0.3))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)
        assert time.monotonic() - began < 5  # and not the 60 s of an idle stream

    async def test_end_mark_then_keep_alives_for_ever(self, framed, server, ask):
        async def answer(exchange):
            await stream(framed, "Hello", end=False)(exchange)
            await exchange.chunk(framed.finish_only)
            while True:
                await exchange.chunk(framed.keep_alive)
                await asyncio.sleep(0.05)

        server.answer = answer
        outcome = await ask(framed.at(server.url), timeouts=Timeouts(after_finish=0.3))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

    async def test_broken_after_the_end_mark(self, framed, server, ask):
        async def answer(exchange):
            await stream(framed, "Hello", end=False)(exchange)
            await exchange.chunk(framed.finish_only)
            await exchange.send(b"ff\r\nhalf a chunk")
            exchange.writer.close()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

    async def test_done_without_finish_reason_and_an_open_socket(self, dialects, server, ask):
        async def answer(exchange):
            await stream(dialects["openai_chat"], "Hello", end=False)(exchange)
            await exchange.chunk(b"data: [DONE]\n\n")
            await exchange.until_client_leaves()

        server.answer = answer
        outcome = await ask(dialects["openai_chat"].at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

    async def test_text_after_the_end_is_left_out(self, framed, server, ask):
        server.answer = stream(framed, "Hello", before=b"")

        async def answer(exchange):
            await stream(framed, "Hello", end=False)(exchange)
            await exchange.chunk(framed.finish_only + framed.text(" and more") + framed.end)
            await exchange.end()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        expected = "Hello and more" if framed.name == "gemini" else "Hello"
        assert (outcome.text, outcome.finish, outcome.error) == (expected, FinishReason.STOP, None)

    async def test_keep_alives_only_are_bytes(self, framed, server, ask):
        async def answer(exchange):
            await exchange.head(Content_Type=framed.content_type)
            for _ in range(10):  # longer than the idle limit
                await exchange.chunk(framed.keep_alive)
                await asyncio.sleep(0.05)
            for piece in framed.reply("Hello"):
                await exchange.chunk(piece)
            await exchange.end()

        server.answer = answer
        outcome = await ask(framed.at(server.url), timeouts=HASTY)
        assert (outcome.text, outcome.error) == ("Hello", None)

    async def test_every_byte_by_itself(self, dialect, server, ask):
        text = "Hé🚀!"

        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type)
            for byte in b"".join(dialect.reply(text)):
                await exchange.chunk(bytes([byte]))
            await exchange.end()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == (text, None)


class TestNotAReply:
    async def test_web_page(self, dialect, server, ask):
        page = b"<!DOCTYPE html><html><head><title>Log in to &quot;Hotel&quot;</title></head></html>"
        server.answer = lambda exchange: exchange.whole(page, Content_Type="text/html; charset=utf-8")
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert outcome.text == ""
        assert f'127.0.0.1:{server.port} sent a web page “Log in to "Hotel"”' in outcome.error.message
        assert "login page" in outcome.error.hint

    async def test_web_page_under_the_right_type(self, dialect, server, ask):
        page = b"<!DOCTYPE html><html><title>Portal</title></html>"
        server.answer = lambda exchange: exchange.whole(page, Content_Type=dialect.content_type)
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert "web page “Portal”" in outcome.error.message

    @pytest.mark.parametrize("title", ["Just a moment...", "Attention Required! | Cloudflare"])
    async def test_cloudflare(self, dialect, server, ask, title):
        page = f"<html><head><title>{title}</title></head></html>".encode()
        server.answer = lambda exchange: exchange.whole(page, "403 Forbidden", Content_Type="text/html")
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.UNAVAILABLE
        assert isinstance(outcome.error, aiohttp.ClientResponseError)
        assert "behind Cloudflare's check" in outcome.error.message

    async def test_error_page_of_a_gateway(self, dialect, server, ask):
        page = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
        server.answer = lambda exchange: exchange.whole(page, "502 Bad Gateway", Content_Type="text/html")
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.BUSY
        assert "a web page (502) “502 Bad Gateway”" in outcome.error.message

    async def test_no_content(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head("204 No Content", chunked=False)

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert "empty answer (204)" in outcome.error.message

    async def test_empty_body(self, dialect, server, ask):
        server.answer = lambda exchange: exchange.whole(b"", Content_Type=dialect.content_type)
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert "empty answer (200)" in outcome.error.message

    async def test_only_keep_alives(self, framed, server, ask):
        server.answer = lambda exchange: exchange.whole(framed.keep_alive, Content_Type=framed.content_type)
        outcome = await ask(framed.at(server.url))
        assert "empty answer" in outcome.error.message

    async def test_error_in_json_with_status_200(self, dialect, server, ask):
        body = b'{"error": {"message": "model is overloaded", "type": "overloaded_error"}}'
        server.answer = lambda exchange: exchange.whole(body, Content_Type="application/json")
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.BUSY and outcome.error.retryable
        assert "model is overloaded" in outcome.error.message
        assert outcome.text == ""

    async def test_message_in_json_with_status_200(self, framed, server, ask):
        server.answer = lambda exchange: exchange.whole(
            b'{"detail": "Not Found"}', Content_Type="application/json"
        )
        outcome = await ask(framed.at(server.url))
        assert "Not Found" in outcome.error.message
        assert outcome.finish is None

    async def test_whole_reply_in_place_of_a_stream(self, framed, server, ask):
        server.answer = lambda exchange: exchange.whole(framed.whole, Content_Type="application/json")
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)
        assert (outcome.usage.input_tokens, outcome.usage.output_tokens) == (7, 5)

    async def test_some_other_text(self, framed, server, ask):
        server.answer = lambda exchange: exchange.whole(b"upstream connect error")
        outcome = await ask(framed.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert "upstream connect error" in outcome.error.message

    async def test_other_json(self, framed, server, ask):
        server.answer = lambda exchange: exchange.whole(b"[1, 2, null]", Content_Type="application/json")
        outcome = await ask(framed.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL


class TestErrorInsideTheStream:
    async def test_first(self, framed, server, ask):
        server.answer = lambda exchange: exchange.whole(framed.error, Content_Type=framed.content_type)
        outcome = await ask(framed.at(server.url))
        assert outcome.chunks == []
        assert "the model fell over" in outcome.error.message
        assert outcome.error.retryable is (framed.name != "ollama")  # the others say that it may pass

    async def test_after_words(self, framed, server, ask):
        async def answer(exchange):
            await stream(framed, "Hello", end=False)(exchange)
            await exchange.chunk(framed.error)
            await exchange.until_client_leaves()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert outcome.text == "Hello"
        assert "the model fell over" in outcome.error.message

    @pytest.mark.parametrize("data", ["overloaded, sorry", '{"message": "overloaded, sorry"}'])
    async def test_error_event_without_an_error_in_it(self, events, server, ask, data):
        async def answer(exchange):
            await stream(events, "Hello", end=False)(exchange)
            await exchange.chunk(f"event: error\ndata: {data}\n\n".encode())
            await exchange.end()

        server.answer = answer
        outcome = await ask(events.at(server.url))
        assert outcome.text == "Hello"
        assert outcome.error.kind is ErrorKind.BUSY
        assert "overloaded, sorry" in outcome.error.message

    async def test_the_key_in_it_is_hidden(self, framed, server, ask):
        error = framed.error.replace(b"the model fell over", b"no such key " + KEY.encode())
        server.answer = lambda exchange: exchange.whole(error, Content_Type=framed.content_type)
        outcome = await ask(framed.at(server.url), api_key=KEY)
        assert KEY not in str(outcome.error)


class TestBytes:
    async def test_byte_order_mark(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type)
            await exchange.chunk(b"\xef\xbb\xbf" + b"".join(dialect.reply("Hello")))
            await exchange.end()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == ("Hello", None)

    async def test_bad_utf8(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type)
            await exchange.chunk(b"".join(dialect.reply("HeLlo")).replace(b"HeLlo", b"He\xffllo"))
            await exchange.end()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == ("He\N{REPLACEMENT CHARACTER}llo", None)

    @pytest.mark.parametrize("newline", [b"\r\n", b"\r"])
    async def test_other_line_ends_cut_anywhere(self, framed, server, ask, newline):
        async def answer(exchange):
            await exchange.head(Content_Type=framed.content_type)
            for byte in b"".join(framed.reply("Hel", "lo")).replace(b"\n", newline):
                await exchange.chunk(bytes([byte]))
            await exchange.end()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

    async def test_fields_without_a_space_and_unknown_ones(self, events, server, ask):
        body = b"".join(events.reply("Hello")).replace(b"data: ", b"id: 7\nretry: 100\nfoo\ndata:")
        server.answer = lambda exchange: exchange.whole(body, Content_Type=events.content_type)
        outcome = await ask(events.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

    async def test_data_over_several_lines(self, events, server, ask):
        body = b"".join(events.reply("Hello")).replace(b'{"', b'{\ndata: "')
        server.answer = lambda exchange: exchange.whole(body, Content_Type=events.content_type)
        outcome = await ask(events.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

    async def test_separators_inside_json_are_not_line_ends(self, framed, server, ask):
        body = b"".join(framed.reply("aXb")).replace(b"aXb", "a\u2028\u0085\x1c\x0bb".encode())
        body = body.replace(b"\x1c\x0b", b"\\u001c\\u000b")
        server.answer = lambda exchange: exchange.whole(body, Content_Type=framed.content_type)
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.error) == ("a\u2028\u0085\x1c\x0bb", None)

    async def test_surrogates_in_two_events(self, framed, server, ask):
        server.answer = stream(framed, "Go \ud83d", "\ude80 and \ud83d")
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.error) == ("Go 🚀 and \N{REPLACEMENT CHARACTER}", None)

    @pytest.mark.parametrize("size", [600_000, 2_000_000])
    async def test_huge_line(self, dialect, server, ask, size):
        server.answer = lambda exchange: exchange.whole(
            b"".join(dialect.reply("x" * size)), Content_Type=dialect.content_type
        )
        outcome = await ask(dialect.at(server.url))
        assert (len(outcome.text), outcome.error) == (size, None)

    async def test_reply_of_12_mb(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type)
            await exchange.chunk(dialect.begin)
            for _ in range(120):
                await exchange.chunk(dialect.text("y" * 100_000))
            await exchange.chunk(dialect.end)
            await exchange.end()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (len(outcome.text), outcome.error) == (12_000_000, None)

    async def test_reply_without_end(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type)
            await exchange.chunk(dialect.begin)
            while not exchange.writer.is_closing():
                await exchange.chunk(dialect.text("y" * 500_000))

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert 19_000_000 < len(outcome.text) < 22_000_000
        assert outcome.error.kind is ErrorKind.LOST
        assert outcome.error.message.startswith("Stopped at 20 MB")

    async def test_line_without_end(self, framed, server, ask):
        async def answer(exchange):
            await exchange.head(Content_Type=framed.content_type)
            await exchange.chunk(b"data: " if framed.name != "ollama" else b"{")
            while not exchange.writer.is_closing():
                await exchange.chunk(b"z" * 500_000)

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert "16 MB" in outcome.error.message


class TestPacked:
    @pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate"])
    async def test_packed(self, dialect, server, ask, encoding):
        body = b"".join(dialect.reply("Hel", "lo"))
        packer = zlib.compressobj(wbits={"gzip": 31, "deflate": 15, "raw deflate": -15}[encoding])

        async def answer(exchange):
            name = encoding.split()[-1]
            await exchange.head(Content_Type=dialect.content_type, Content_Encoding=name)
            for start in range(0, len(body), 10):
                await exchange.chunk(packer.compress(body[start : start + 10]))
                await exchange.chunk(packer.flush(zlib.Z_SYNC_FLUSH))
            await exchange.chunk(packer.flush())
            await exchange.end()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == ("Hello", None)
        assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"

    async def test_cut(self, dialect, server, ask):
        packer = zlib.compressobj(wbits=31)

        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type, Content_Encoding="gzip")
            sent = dialect.begin + dialect.text("Hello")
            await exchange.chunk(packer.compress(sent) + packer.flush(zlib.Z_SYNC_FLUSH))
            await exchange.end()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert outcome.text == "Hello"
        assert outcome.error.kind is ErrorKind.LOST

    @pytest.mark.parametrize("encoding", ["gzip", "deflate"])
    async def test_lie(self, dialect, server, ask, encoding):
        body = b"".join(dialect.reply("Hello"))
        server.answer = lambda exchange: exchange.whole(body, Content_Encoding=encoding)
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert "can't be unpacked" in outcome.error.message

    async def test_not_asked_for(self, dialect, server, ask):
        server.answer = lambda exchange: exchange.whole(b"\x8b\x02\x80", Content_Encoding="br")
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert "packed its answer as br" in outcome.error.message

    async def test_bomb(self, dialect, server, ask):
        """30 MB of words in 30 kB: stopped at the limit of a reply, in little memory."""
        bomb = gzip.compress(dialect.begin + dialect.text("b" * 1_000_000) * 30)
        server.answer = lambda exchange: exchange.whole(
            bomb, Content_Encoding="gzip", Content_Type=dialect.content_type
        )
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.message.startswith("Stopped at 20 MB")


class TestOddEvents:
    async def test_one_unreadable_event(self, framed, server, ask):
        bad = b"{oops\n" if framed.name == "ollama" else b"data: {oops\n\n"

        async def answer(exchange):
            await exchange.head(Content_Type=framed.content_type)
            pieces = [framed.begin, framed.text("Hel"), bad, framed.text("lo"), framed.end]
            await exchange.chunk(b"".join(pieces))
            await exchange.end()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)
        assert outcome.notices == ["1 part of the reply could not be read"]

    async def test_null_and_odd_shapes(self, framed, server, ask):
        odd = [
            b"null",
            b"{}",
            b'{"choices": []}',
            b'{"choices": null, "candidates": null}',
            b'{"usage": null}',
        ]
        frame = b"%s\n" if framed.name == "ollama" else b"data: %s\n\n"

        async def answer(exchange):
            await exchange.head(Content_Type=framed.content_type)
            await exchange.chunk(framed.begin + b"".join(frame % event for event in odd))
            await exchange.chunk(framed.text("Hello") + framed.end)
            await exchange.end()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)
        assert outcome.notices == []

    async def test_nothing_but_unreadable_events(self, framed, server, ask):
        bad = b"{oops\n{again\n" if framed.name == "ollama" else b"data: {oops\n\ndata: {again\n\n"
        server.answer = lambda exchange: exchange.whole(bad, Content_Type=framed.content_type)
        outcome = await ask(framed.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert outcome.chunks == []

    async def test_last_event_without_blank_line(self, framed, server, ask):
        body = b"".join(framed.reply("Hello")).rstrip(b"\n")
        server.answer = lambda exchange: exchange.whole(body, Content_Type=framed.content_type)
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)


class TestOddHttp:
    async def test_http_1_0_until_the_connection_closes(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.send(b"HTTP/1.0 200 OK\r\n\r\n" + b"".join(dialect.reply("Hello")))
            exchange.writer.close()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == ("Hello", None)

    @pytest.mark.parametrize("content_type", ["application/octet-stream", "nonsense", "TEXT/Event-Stream;x"])
    async def test_odd_content_type(self, dialect, server, ask, content_type):
        server.answer = lambda exchange: exchange.whole(
            b"".join(dialect.reply("Hello")), Content_Type=content_type
        )
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == ("Hello", None)

    async def test_early_hints(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
            await exchange.whole(b"".join(dialect.reply("Hello")), Content_Type=dialect.content_type)

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == ("Hello", None)

    @pytest.mark.parametrize(
        "head",
        [
            b"HTTP/1.1 200 OK\r\nX-Big: " + b"h" * 100_000 + b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: banana\r\n\r\n",
            b"SSH-2.0-OpenSSH_9.6\r\n",
        ],
        ids=["header of 100 kB", "bad length", "ssh"],
    )
    async def test_not_http(self, dialect, server, ask, head):
        async def answer(exchange):
            await exchange.send(head)
            exchange.writer.close()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert outcome.error.status_code is None
        said = outcome.error.message.replace(str(server.port), "")
        assert "not HTTP" in said and "400" not in said


class TestLeaving:
    async def test_closing_the_generator_closes_the_connection(self, dialect, server):
        async def answer(exchange):
            await stream(dialect, "Hello", end=False)(exchange)
            await exchange.until_client_leaves()

        server.answer = answer
        generator = dialect.at(server.url).create_async_generator("m", [{"role": "user", "content": "Hi"}])
        async with aclosing(generator) as chunks:
            async for chunk in chunks:
                if chunk == "Hello":
                    break
        async with asyncio.timeout(1):
            await server.client_left.wait()

    async def test_cancelling_closes_the_connection(self, dialect, server, ask):
        began = asyncio.Event()

        async def answer(exchange):
            await stream(dialect, "Hello", end=False)(exchange)
            began.set()
            await exchange.until_client_leaves()

        server.answer = answer
        task = asyncio.create_task(ask(dialect.at(server.url)))
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(1):
            await server.client_left.wait()

    async def test_two_at_once_are_not_mixed(self, dialect, server, ask):
        async def answer(exchange):
            word = "one" if b"first" in exchange.request.body else "two"
            await stream(dialect, *[word] * 20)(exchange)

        server.answer = answer
        provider = dialect.at(server.url)
        first, second = await asyncio.gather(ask(provider, "first"), ask(provider, "second"))
        assert (first.text, second.text) == ("one" * 20, "two" * 20)
