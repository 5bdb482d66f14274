"""Streams that break off, stall, end without an end, or are left: against every dialect.

The text that came before a fault is always yielded first; then comes one error in words, or a normal end.
What is retried, and how often, is the engine's: here a fault is met by one request and one error.
"""

import asyncio
import time
from contextlib import aclosing

import pytest

from tui.chat.chunks import FinishReason
from tui.errors import ErrorKind
from tui.providers.http import Timeouts, shared_session


class TestBroken:
    async def test_reset_after_words(self, dialect, server, ask):
        arrived = asyncio.Event()  # a reset overtakes what the client has not read yet

        async def answer(exchange):
            await dialect.streams("Hello ", "wor", end=False)(exchange)
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
            await dialect.streams("Hello", end=False)(exchange)
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

    async def test_illegal_chunk_size(self, dialect, server, ask, hasty):
        async def answer(exchange):
            await dialect.streams("Hello", end=False)(exchange)
            await exchange.send(b"zz\r\nnonsense\r\n")
            await exchange.until_client_leaves()

        server.answer = answer
        outcome = await ask(dialect.at(server.url), timeouts=hasty)
        assert outcome.text == "Hello"
        assert outcome.error.kind in (ErrorKind.LOST, ErrorKind.TIMEOUT)

    async def test_clean_end_without_end_mark(self, framed, server, ask):
        async def answer(exchange):
            await framed.streams("Hello", end=False)(exchange)
            await exchange.end()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert outcome.text == "Hello"
        assert outcome.error.kind is ErrorKind.LOST
        assert "may be cut" in outcome.error.message
        assert outcome.finish is None

    async def test_half_an_event_at_the_end(self, framed, server, ask):
        async def answer(exchange):
            await framed.streams("Hello", end=False)(exchange)
            await exchange.chunk(framed.text("lost")[:-8])
            await exchange.end()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert outcome.text == "Hello"
        assert outcome.error.kind is ErrorKind.LOST

    async def test_plain_text_ends_well_with_its_last_chunk(self, dialects, server, ask):
        server.answer = dialects["ai365vip"].streams("Hello")
        outcome = await ask(dialects["ai365vip"].at(server.url))
        assert (outcome.chunks, outcome.error) == (["Hello"], None)

    async def test_stall_in_the_middle(self, dialect, server, ask, hasty):
        async def answer(exchange):
            await dialect.streams("Hello", end=False)(exchange)
            await exchange.until_client_leaves()

        server.answer = answer
        outcome = await ask(dialect.at(server.url), timeouts=hasty)
        assert outcome.text == "Hello"
        assert outcome.error.kind is ErrorKind.TIMEOUT
        assert "sent nothing more for 0.4 s" in outcome.error.message

    async def test_no_byte_after_the_headers(self, dialect, server, ask, hasty):
        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type)
            await exchange.until_client_leaves()

        server.answer = answer
        outcome = await ask(dialect.at(server.url), timeouts=hasty)
        assert outcome.error.kind is ErrorKind.TIMEOUT
        assert outcome.chunks == []


class TestEnd:
    async def test_end_mark_and_nothing_after_it(self, framed, server, ask):
        async def answer(exchange):
            await framed.streams("Hello", end=False)(exchange)
            await exchange.chunk(framed.finish_only)
            await exchange.until_client_leaves()

        server.answer = answer
        began = time.monotonic()
        outcome = await ask(framed.at(server.url), timeouts=Timeouts(after_finish=0.3))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)
        assert time.monotonic() - began < 5  # and not the 60 s of an idle stream

    async def test_end_mark_then_keep_alives_for_ever(self, framed, server, ask):
        async def answer(exchange):
            await framed.streams("Hello", end=False)(exchange)
            await exchange.chunk(framed.finish_only)
            while True:
                await exchange.chunk(framed.keep_alive)
                await asyncio.sleep(0.05)

        server.answer = answer
        outcome = await ask(framed.at(server.url), timeouts=Timeouts(after_finish=0.3))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

    async def test_broken_after_the_end_mark(self, framed, server, ask):
        async def answer(exchange):
            await framed.streams("Hello", end=False)(exchange)
            await exchange.chunk(framed.finish_only)
            await exchange.send(b"ff\r\nhalf a chunk")
            exchange.writer.close()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

    async def test_done_without_finish_reason_and_an_open_socket(self, dialects, server, ask):
        async def answer(exchange):
            await dialects["openai_chat"].streams("Hello", end=False)(exchange)
            await exchange.chunk(b"data: [DONE]\n\n")
            await exchange.until_client_leaves()

        server.answer = answer
        outcome = await ask(dialects["openai_chat"].at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

    async def test_text_after_the_end_is_left_out(self, framed, server, ask):
        async def answer(exchange):
            await framed.streams("Hello", end=False)(exchange)
            await exchange.chunk(framed.finish_only + framed.text(" and more") + framed.end)
            await exchange.end()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        expected = "Hello and more" if framed.name == "gemini" else "Hello"
        assert (outcome.text, outcome.finish, outcome.error) == (expected, FinishReason.STOP, None)

    async def test_keep_alives_only_are_bytes(self, framed, server, ask, hasty):
        async def answer(exchange):
            await exchange.head(Content_Type=framed.content_type)
            for _ in range(10):  # longer than the idle limit
                await exchange.chunk(framed.keep_alive)
                await asyncio.sleep(0.05)
            for piece in framed.reply("Hello"):
                await exchange.chunk(piece)
            await exchange.end()

        server.answer = answer
        outcome = await ask(framed.at(server.url), timeouts=hasty)
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


class TestLeaving:
    async def test_connection_is_used_again_after_a_streamed_reply(self, framed, server, ask):
        """The reply ends at its end mark; what comes after it is taken if it is there at once."""

        server.answer = framed.streams("Hello")
        async with shared_session():
            for _ in range(3):
                assert (await ask(framed.at(server.url))).text == "Hello"
        assert server.connections == 1

    async def test_closing_the_generator_closes_the_connection(self, dialect, server):
        async def answer(exchange):
            await dialect.streams("Hello", end=False)(exchange)
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
            await dialect.streams("Hello", end=False)(exchange)
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
            await dialect.streams(*[word] * 20)(exchange)

        server.answer = answer
        provider = dialect.at(server.url)
        first, second = await asyncio.gather(ask(provider, "first"), ask(provider, "second"))
        assert (first.text, second.text) == ("one" * 20, "two" * 20)
