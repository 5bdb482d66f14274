"""How streams end, and how they are left, against every dialect; ``cases`` has those that end badly."""

import asyncio
import json
from contextlib import aclosing

from tui.chat.chunks import FinishReason
from tui.providers.http import Timeouts, shared_session


class TestEnd:
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

    async def test_end_marks_that_come_with_every_piece_hurry_nobody(self, dialects, server, ask):
        """Once text has come after one, the next piece may take its time."""

        async def answer(exchange):
            await exchange.head(Content_Type="text/event-stream")
            for pause, text in ((0, "Hel"), (0.05, "lo"), (0.9, " world")):
                await asyncio.sleep(pause)
                await exchange.chunk(piece(text))
            await exchange.end()

        def piece(text):
            choice = {"index": 0, "delta": {"content": text}, "finish_reason": "stop"}
            return f"data: {json.dumps({'choices': [choice]})}\n\n".encode()

        server.answer = answer
        outcome = await ask(dialects["openai_chat"].at(server.url), timeouts=Timeouts(after_finish=0.6))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello world", FinishReason.STOP, None)

    async def test_broken_after_the_end_mark(self, framed, server, ask):
        async def answer(exchange):
            await framed.streams("Hello", end=False)(exchange)
            await exchange.chunk(framed.finish_only)
            await exchange.send(b"ff\r\nhalf a chunk")
            exchange.writer.close()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

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
