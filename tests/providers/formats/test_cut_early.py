"""A stream that ends before anything was shown is asked for again; a part that can't be read is told."""

from __future__ import annotations

import pytest

from tui.chat.message import Status
from tui.engine import limits

ROLES = {
    "openai_chat": b'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n',
    "openai_responses": b'data: {"type":"response.created","response":{"status":"in_progress"}}\n\n',
    "anthropic": b'data: {"type":"message_start","message":{"role":"assistant","content":[]}}\n\n',
    "gemini": b'data: {"candidates":[{"content":{"role":"model","parts":[]}}]}\n\n',
    "ollama": b'{"message":{"role":"assistant","content":""},"done":false}\n',
}


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(limits.random, "uniform", lambda low, high: 0.0)


@pytest.mark.parametrize("way", ["ends", "breaks"])
@pytest.mark.parametrize("name", ROLES)
async def test_nothing_but_the_beginning_is_asked_for_again(server, send, dialects, name, way):
    dialect = dialects[name]

    async def answer(exchange):
        if len(server.requests) > 1:
            await dialect.streams("Hello")(exchange)
            return
        await exchange.head(Content_Type=dialect.content_type)
        await exchange.chunk(ROLES[name])
        await (exchange.end() if way == "ends" else exchange.reset())

    server.answer = answer
    reply = await send(dialect.at(server.url))
    assert (reply.text, reply.status, len(server.requests)) == ("Hello", Status.COMPLETE, 2)


async def test_not_for_ever(server, send, dialects):
    async def answer(exchange):
        await exchange.head(Content_Type="text/event-stream")
        await exchange.chunk(ROLES["openai_chat"])
        await exchange.end()

    server.answer = answer
    reply = await send(dialects["openai_chat"].at(server.url))
    assert (reply.status, len(server.requests)) == (Status.ERROR, 3)


async def test_what_was_shown_is_never_asked_for_again(server, send, framed):
    server.answer = framed.streams("Hel", end=False)

    async def answer(exchange):
        await exchange.head(Content_Type=framed.content_type)
        for piece in (framed.begin, framed.text("Hel")):
            await exchange.chunk(piece)
        await exchange.end()

    server.answer = answer
    reply = await send(framed.at(server.url))
    assert (reply.text, reply.status, len(server.requests)) == ("Hel", Status.INTERRUPTED, 1)


@pytest.mark.parametrize("odd", [b'{"choices":[{"delta":{"content":"lo', b"{nonsense", b'{"a": }'])
async def test_a_part_that_can_not_be_read_is_told(server, send, dialects, odd):
    chat = dialects["openai_chat"]

    async def answer(exchange):
        await exchange.head(Content_Type="text/event-stream")
        await exchange.chunk(chat.text("Hel") + b"data: " + odd + b"\n\n" + chat.text("world") + chat.end)
        await exchange.end()

    server.answer = answer
    reply = await send(chat.at(server.url))
    assert reply.text == "Helworld"
    assert reply.notices == ("1 part of the reply could not be read",)
