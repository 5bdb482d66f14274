"""Answers that are no reply, and oddities inside one, against every dialect; ``cases`` has the usual ones."""

import aiohttp
import pytest

from tui.chat.chunks import FinishReason
from tui.errors import ErrorKind

KEY = "sk-test-0123456789abcdefWXYZ"


class TestNotAReply:
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

    async def test_only_keep_alives(self, framed, server, ask):
        server.answer = lambda exchange: exchange.whole(framed.keep_alive, Content_Type=framed.content_type)
        outcome = await ask(framed.at(server.url))
        assert "empty answer" in outcome.error.message

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

    @pytest.mark.parametrize("data", ["overloaded, sorry", '{"message": "overloaded, sorry"}'])
    async def test_error_event_without_an_error_in_it(self, events, server, ask, data):
        async def answer(exchange):
            await events.streams("Hello", end=False)(exchange)
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


class TestOddEvents:
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
