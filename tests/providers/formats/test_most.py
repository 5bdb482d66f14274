"""Limits that a server names when it refuses are kept to; large images are left out and named."""

from __future__ import annotations

import base64
import json
from functools import partial
from typing import Any

import pytest

from tests.providers.formats.conftest import Leading, Unknown
from tui.chat.attachment import attachment_of
from tui.chat.message import Status
from tui.engine.engine import Engine
from tui.engine.limits import Limits
from tui.errors import UsageError
from tui.history.sqlite.history import open_history
from tui.providers import most
from tui.providers.base import Target
from tui.providers.lessons import Lessons
from tui.providers.most import image_refused, tokens_refused

TOKENS = {
    "max_tokens: 16384 > 8192, which is the maximum allowed number of output tokens for claude-3": (
        8192,
        True,
    ),
    "max_tokens: 16384 > 4096, which is the maximum for claude-3-haiku-20240307": (4096, True),
    "max_tokens is too large: 16384. This model supports at most 4096 completion tokens, "
    "whereas you provided 16384.": (4096, True),
    "The maximum tokens you requested exceeds the model limit of 4096.": (4096, True),
    "Invalid max_tokens value, the valid range of max_tokens is [1, 8,192]": (8192, True),
    "`max_tokens` must be less than or equal to `8192`": (8192, True),
    "max_tokens must be lower than 8193": (8192, True),
    "it has a maxOutputTokens value of 16384 but the supported range is from 1 (inclusive) to 8193 "
    "(exclusive).": (8192, True),
    "'max_tokens' is too large: 16384. This model's maximum context length is 4096 tokens and your request "
    "has 10 input tokens (16384 > 4096 - 10).": (4086, False),
    "input length and `max_tokens` exceed context limit: 190000 + 16384 > 200000, decrease": (10000, False),
}


@pytest.mark.parametrize(("words", "found"), TOKENS.items())
def test_how_long_a_reply_may_be_is_read_from_the_refusal(words, found):
    refusal = tokens_refused(words, [("model",), ("max_tokens",)], {"model": "m", "max_tokens": 16384})
    assert refusal is not None
    assert (refusal.fields, refusal.by is not None) == ((f"max_tokens<={found[0]}",), found[1])


@pytest.mark.parametrize("words", ["max_tokens is not supported", "max_tokens: 16384", "unknown field", ""])
def test_a_refusal_without_a_number_is_none_of_this(words):
    assert tokens_refused(words, [("max_tokens",)], {"max_tokens": 16384}) is None


def limited(dialect, field: str, limit: int):
    """A server that takes no more."""

    async def answer(exchange):
        sent: Any = exchange.request.json
        for step in field.split("."):
            sent = sent.get(step, 0)
        if sent > limit:
            words = f"{field.split('.')[-1]}: {sent} > {limit}, the maximum allowed number of output tokens"
            body = json.dumps({"error": {"message": words, "type": "invalid_request_error"}})
            await exchange.whole(body.encode(), "400 Bad Request", Content_Type="application/json")
        else:
            await dialect.streams("Hello")(exchange)

    return answer


FIELDS = {
    "openai_chat": "max_tokens",
    "openai_responses": "max_output_tokens",
    "anthropic": "max_tokens",
    "gemini": "generationConfig.maxOutputTokens",
    "ollama": "options.num_predict",
}


@pytest.mark.parametrize("name", FIELDS)
async def test_a_limit_is_learnt_and_kept_to(server, send, dialects, name):
    dialect = dialects[name]
    server.answer = limited(dialect, FIELDS[name], 4096)
    provider = dialect.at(server.url)
    reply = await send(provider, max_tokens=50_000)
    assert (reply.text, reply.status) == ("Hello", Status.COMPLETE)
    assert reply.notices == ("lab/m writes at most 4,096 tokens at once",)
    assert len(server.requests) == 2
    assert (await send(provider, max_tokens=50_000)).notices == ()
    assert len(server.requests) == 3, "the second conversation asks for no more"
    assert (await send(provider, max_tokens=100)).text == "Hello"
    assert "100" in server.requests[-1].body.decode()


async def test_anthropics_own_default_is_made_smaller_too(server, send, dialects):
    server.answer = limited(dialects["anthropic"], "max_tokens", 8192)
    reply = await send(dialects["anthropic"].at(server.url))
    assert (reply.text, server.requests[-1].json["max_tokens"]) == ("Hello", 8192)


# --- images
SMALL, LARGE = b"\x89PNG\r\n\x1a\n" + b"s" * 900, b"\x89PNG\r\n\x1a\n" + b"L" * 9000
IMAGES = [
    "messages.0.content.0.image.source.base64: image exceeds 5 KB maximum: 12000 bytes > 5120 bytes",
    "Image is too large",
    "Could not process image",
    "At least one of the image dimensions exceed max allowed size: 8000 pixels",
    "image size exceeds the limit of 0.005 MB",
]


def picky(dialect, words: str, status: str):
    """A server that takes no large image."""
    large = base64.b64encode(LARGE).decode()

    async def answer(exchange):
        if large in exchange.request.body.decode().replace("\\/", "/"):
            body = json.dumps({"error": {"message": words, "type": "invalid_request_error"}})
            await exchange.whole(body.encode(), status, Content_Type="application/json")
        else:
            await dialect.streams("Hello")(exchange)

    return answer


@pytest.fixture
async def talk():
    """A conversation with a provider, in which what is learnt is known at the next turn."""
    store, lessons = await open_history(None), Lessons()

    def begin(provider, model: str = "lab/m"):
        async def say(conversation, files=()):
            learn = partial(lessons.learn, provider.url, "m")
            target = Target(model, provider, "m", refused=lessons.of(provider.url, "m"), learn=learn)
            engine = Engine(store, Leading(target), Unknown(), Limits(checkpoint=0.01))
            reply = await engine.send(conversation, "What is this?", attachments=files)
            return await reply.run(lambda event: None)

        return say

    begin.store = store
    yield begin
    await store.close()


@pytest.mark.parametrize("words", IMAGES)
@pytest.mark.parametrize("status", ["400 Bad Request", "413 Payload Too Large"])
@pytest.mark.parametrize("name", ["openai_chat", "openai_responses", "anthropic", "gemini", "ollama"])
async def test_an_image_that_is_refused_poisons_no_conversation(server, talk, dialects, name, words, status):
    server.answer = picky(dialects[name], words, status)
    say = talk(dialects[name].at(server.url))
    conversation = await talk.store.create_conversation(model="lab/m")
    files = (attachment_of("small.png", SMALL), attachment_of("large.png", LARGE))
    reply = await say(conversation, files)
    assert (reply.text, reply.status) == ("Hello", Status.COMPLETE), reply.failure
    [notice] = reply.notices
    assert notice.endswith("left out: large.png; /attach takes a smaller copy along")
    assert base64.b64encode(SMALL).decode() in server.requests[-1].body.decode().replace("\\/", "/")
    assert (await say(conversation)).text == "Hello", "and every later turn goes well"


def test_a_size_that_the_server_names_is_remembered_and_a_mere_no_is_not():
    body = {"images": [base64.b64encode(LARGE).decode()]}
    named = image_refused(400, "image exceeds 5 KB maximum", body)
    assert named is not None and (named.fields, named.by is not None) == (("image<=5120",), True)
    plain = image_refused(400, "image too large", body)
    assert plain is not None and plain.by is None
    assert image_refused(400, "image too large", {"messages": []}) is None


async def test_an_image_that_a_vendor_is_known_to_refuse_is_not_sent(server, talk, dialects):
    server.answer = dialects["anthropic"].streams("Hello")
    say = talk(dialects["anthropic"].at(server.url), "anthropic/m")
    conversation = await talk.store.create_conversation(model="anthropic/m")
    huge = attachment_of("huge.png", b"\x89PNG\r\n\x1a\n" + b"x" * 6_000_000)
    with pytest.raises(UsageError, match=r"huge\.png is too large for anthropic: an image may have 3\.9 MB"):
        await say(conversation, (huge,))
    assert server.requests == []


async def test_one_that_was_sent_to_another_vendor_before_is_left_out_by_name(
    server, talk, dialects, monkeypatch
):
    monkeypatch.setitem(most._KNOWN_IMAGES, "anthropic", 5000)
    server.answer = dialects["anthropic"].streams("Hello")
    conversation = await talk.store.create_conversation(model="lab/m")
    provider = dialects["anthropic"].at(server.url)
    assert (await talk(provider)(conversation, (attachment_of("huge.png", LARGE),))).text == "Hello"
    conversation.model = "anthropic/m"
    reply = await talk(provider, "anthropic/m")(conversation)
    assert reply.notices == (
        "Too large for anthropic; left out: huge.png; /attach takes a smaller copy along",
    )
    assert len(server.requests[-1].body) < 5000 and b"[image huge.png]" in server.requests[-1].body
