"""Pictures that models make: how they are asked for, how they come, and how they go back to be changed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.pictures import BLUE, RED, png
from tests.providers.formats.conftest import Leading, Unknown
from tests.providers.formats.replay import replay, sse
from tui.chat.chunks import MAKING_PICTURE, Image, Progress
from tui.chat.message import Message
from tui.chat.parts import File, Text, of_kind
from tui.engine.engine import Engine
from tui.engine.limits import Limits
from tui.engine.tools import DRAW, turned
from tui.history.sqlite.history import open_history
from tui.providers.base import Target
from tui.providers.formats import wire_format
from tui.providers.vendors import make_class, vendors

RED_CAT, BLUE_CAT = png(40, 40, RED), png(40, 40, BLUE)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def url(data: bytes) -> str:
    return f"data:image/png;base64,{b64(data)}"


def answers(*bodies: str) -> Callable[[Any], Any]:
    """One body after the other, as a stream of events."""
    left = list(bodies)

    async def answer(exchange: Any) -> None:
        await exchange.whole(left.pop(0).encode(), Content_Type="text/event-stream")

    return answer


# -- as OpenAI's Responses say it
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "c2VjcmV0"}
MADE = {
    "type": "image_generation_call",
    "id": "ig_1",
    "status": "completed",
    "output_format": "png",
    "revised_prompt": "A red cat",
}


def responses(*items: dict[str, Any], before: tuple[dict[str, Any], ...] = ()) -> str:
    done = [
        {"type": "response.output_item.done", "output_index": place, "item": item}
        for place, item in enumerate(items)
    ]
    whole = {"object": "response", "status": "completed", "output": list(items), "usage": {"input_tokens": 9}}
    return sse(*before, *done, {"type": "response.completed", "response": whole})


def words(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}


class Talk:
    """A conversation with one model, asked as the app asks."""

    def __init__(self, store: Any, provider: Any, model: str) -> None:
        self.store = store
        self.target = Target(f"lab/{model}", provider, model)
        self.draw = False
        self.conversation: Any = None

    async def say(self, prompt: str, target: Target | None = None) -> Message:
        target = target or self.target
        engine = Engine(self.store, Leading(target), Unknown(), Limits(checkpoint=0.01))
        if self.conversation is None:
            self.conversation = await self.store.create_conversation(model=target.model_id)
        self.conversation.model = target.model_id
        self.conversation.tools = turned((), DRAW, self.draw)
        reply = await engine.send(self.conversation, prompt)
        return await reply.run(lambda event: None)


@pytest.fixture
async def talk(server: Any):
    """Begins a conversation with a vendor's model at the server."""
    store = await open_history(None)

    def begin(vendor: str, model: str) -> Talk:
        row = vendors()[vendor]
        provider = type("At", (make_class(wire_format(row.type), row, {}),), {"url": server.url})
        return Talk(store, provider, model)

    yield begin
    await store.close()


async def test_openai_is_asked_for_pictures_only_where_they_are_on(server, talk):
    chat = talk("openai", "gpt-6-sol")
    server.answer = answers(*[responses(words("Hi"))] * 2)
    await chat.say("Hi")
    chat.draw = True
    await chat.say("Hi")
    first, second = (request.json for request in server.requests)
    assert "tools" not in first
    assert second["tools"] == [{"type": "image_generation"}]
    assert second["include"] == ["reasoning.encrypted_content"]


async def test_a_picture_of_openai_is_kept_as_a_file_and_goes_back_as_its_own_item(server, talk):
    chat = talk("openai", "gpt-6-sol")
    chat.draw = True
    server.answer = answers(
        responses(THOUGHT, MADE | {"result": b64(RED_CAT)}, words("Here.")), responses(words("Done."))
    )
    reply = await chat.say("Draw a cat")
    [picture] = of_kind(reply.parts, File)
    assert (await chat.store.with_contents([picture.attachment]))[0].data == RED_CAT
    assert b64(RED_CAT) not in json.dumps(picture.native.blob)
    assert [type(part) for part in reply.parts if isinstance(part, File | Text)] == [File, Text]
    assert reply.usage.cost is None  # what the picture costs is asked for apart
    await chat.say("Make it blue")
    sent = server.requests[1].json["input"]
    assert sent[1:4] == [THOUGHT, MADE | {"result": b64(RED_CAT)}, {"role": "assistant", "content": "Here."}]
    assert [item.get("role") for item in sent] == ["user", None, None, "assistant", "user"]


async def test_without_the_thought_before_it_a_picture_goes_along_with_the_prompt(server, talk):
    chat = talk("openai", "gpt-6-sol")
    chat.draw = True
    unsigned = {**THOUGHT, "encrypted_content": None}
    server.answer = answers(responses(unsigned, MADE | {"result": b64(RED_CAT)}), responses(words("Done.")))
    await chat.say("Draw a cat")
    await chat.say("Make it blue")
    sent = server.requests[1].json["input"]
    assert sent[1] == {"role": "assistant", "content": "[picture 1 follows]"}
    assert sent[2] == {
        "role": "user",
        "content": [
            {"type": "input_text", "text": "[picture 1]"},
            {"type": "input_image", "image_url": url(RED_CAT), "detail": "auto"},
            {"type": "input_text", "text": "Make it blue"},
        ],
    }


async def test_a_picture_of_another_model_goes_along_too_and_without_drawing_only_its_name(server, talk):
    chat = talk("openrouter", "google/gemini-3-pro-image-preview")
    shown = {"images": [{"type": "image_url", "image_url": {"url": url(RED_CAT)}}]}
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    server.answer = answers(
        sse({"choices": [{"index": 0, "delta": shown}]}, end), *[responses(words("Done."))] * 2
    )
    await chat.say("Draw a cat")
    openai = talk("openai", "gpt-6-sol").target
    await chat.say("What is it?", openai)
    chat.draw = True
    await chat.say("Make it blue", openai)
    named, seen = (request.json["input"] for request in server.requests[1:])
    assert named[1] == {
        "role": "assistant",
        "content": [{"type": "output_text", "text": "[image picture.png]"}],
    }
    assert url(RED_CAT) not in json.dumps(named)
    assert url(RED_CAT) in json.dumps(seen)


def test_sketches_are_progress_and_the_picture_comes_once():
    steps = ("in_progress", "generating", "partial_image", "completed")
    before = tuple(
        {"type": f"response.image_generation_call.{s}", "partial_image_b64": "AAAA"} for s in steps
    )
    came = replay("openai_responses", responses(MADE | {"result": b64(RED_CAT)}, before=before))
    assert [one.url for one in came.images] == [url(RED_CAT)]
    assert [chunk for chunk in came.chunks if isinstance(chunk, Progress)] == [MAKING_PICTURE] * 4


def test_a_picture_that_was_not_made_is_said_with_the_reason():
    failed = {**MADE, "status": "failed", "result": None, "error": {"message": "It was blocked"}}
    came = replay("openai_responses", responses(failed, words("Sorry.")))
    assert (came.images, came.text, came.notices) == ([], "Sorry.", ["No picture was made: It was blocked"])


async def test_a_model_that_makes_none_says_so_and_answers(server, talk):
    chat = talk("groq", "llama")
    chat.draw = True
    end = {"choices": [{"index": 0, "delta": {"content": "A cat."}, "finish_reason": "stop"}]}
    server.answer = answers(sse(end))
    reply = await chat.say("Draw a cat")
    assert (reply.text, reply.notices) == ("A cat.", ("lab/llama makes no pictures: it answers without",))


# -- as chat completions say it
async def test_openrouters_pictures_go_back_in_the_persons_turn(server, talk):
    chat = talk("openrouter", "google/gemini-3-pro-image-preview")
    shown = {"content": "Here.", "images": [{"type": "image_url", "image_url": {"url": url(RED_CAT)}}]}
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    again = {"choices": [{"index": 0, "message": shown, "finish_reason": "stop"}]}
    server.answer = answers(*[sse({"choices": [{"index": 0, "delta": shown}]}, again)] * 2, sse(end))
    reply = await chat.say("Draw a cat")
    assert len(of_kind(reply.parts, File)) == 1
    await chat.say("Make it blue")
    sent = server.requests[1].json
    assert sent["modalities"] == ["image", "text"]
    assert sent["messages"][1] == {"role": "assistant", "content": "Here.\n[picture 1 follows]"}
    assert sent["messages"][2]["content"] == [
        {"type": "text", "text": "[picture 1]"},
        {"type": "image_url", "image_url": {"url": url(RED_CAT)}},
        {"type": "text", "text": "Make it blue"},
    ]


def test_pictures_in_the_content_of_a_message_are_pictures():
    content = [{"type": "text", "text": "Here."}, {"type": "image_url", "image_url": {"url": url(RED_CAT)}}]
    message = {"choices": [{"index": 0, "message": {"content": content}, "finish_reason": "stop"}]}
    came = replay("openai_chat", sse(message))
    assert (came.text, came.images) == ("Here.", [Image(url(RED_CAT))])


# -- as Gemini says it
def gemini(*parts: dict[str, Any]) -> str:
    return sse({"candidates": [{"content": {"role": "model", "parts": list(parts)}, "finishReason": "STOP"}]})


def inline(data: bytes, **more: Any) -> dict[str, Any]:
    return {"inlineData": {"mimeType": "image/png", "data": b64(data)}, **more}


async def test_geminis_pictures_stand_between_its_words_and_go_back_signed(server, talk):
    chat = talk("gemini", "gemini-3-pro-image-preview")
    server.answer = answers(
        gemini(
            inline(BLUE_CAT, thought=True),
            {"text": "First: "},
            inline(RED_CAT, thoughtSignature="c2ln"),
            {"text": "then eat."},
        ),
        gemini({"text": "Done."}),
    )
    reply = await chat.say("A recipe with pictures")
    shown = [part for part in reply.parts if isinstance(part, Text | File)]
    assert [type(part) for part in shown] == [Text, File, Text]
    assert (await chat.store.with_contents([shown[1].attachment]))[0].data == RED_CAT
    await chat.say("Make it blue")
    first, sent = (request.json for request in server.requests)
    assert first["generationConfig"]["responseModalities"] == ["TEXT", "IMAGE"]
    assert first["generationConfig"]["thinkingConfig"] == {"includeThoughts": True}
    assert sent["contents"][1] == {
        "role": "model",
        "parts": [{"text": "First: "}, inline(RED_CAT, thoughtSignature="c2ln"), {"text": "then eat."}],
    }


async def test_a_model_of_google_that_does_not_think_is_not_asked_to(server, talk):
    chat = talk("gemini", "gemini-2.5-flash-image")
    server.answer = answers(gemini({"text": "Hi"}))
    await chat.say("Hi")
    assert server.requests[0].json["generationConfig"] == {"responseModalities": ["TEXT", "IMAGE"]}


async def test_only_the_newest_pictures_go_back_the_others_by_their_names(server, talk):
    chat = talk("gemini", "gemini-3-pro-image-preview")
    made = [png(40, 40, (number, 0, 0)) for number in range(7)]
    server.answer = answers(*[gemini(inline(data)) for data in made], gemini({"text": "Done."}))
    for number in range(8):
        await chat.say(f"Draw {number}")
    parts = [part for turn in server.requests[-1].json["contents"] for part in turn["parts"]]
    assert [part for part in parts if "inlineData" in part] == [inline(data) for data in made[2:]]
    assert parts.count({"text": "[image picture.png]"}) == 2


async def test_a_vendor_that_refuses_to_draw_is_asked_without(server, talk):
    chat = talk("openai", "gpt-6-nano")
    chat.draw = True
    bodies = [responses(words("I can't draw."))]

    async def answer(exchange: Any) -> None:
        if "tools" in server.requests[-1].json:
            error = {"message": "Tool 'image_generation' is not supported with gpt-6-nano.", "param": "tools"}
            body = json.dumps({"error": {**error, "type": "invalid_request_error"}}).encode()
            await exchange.whole(body, "400 Bad Request", Content_Type="application/json")
        else:
            await exchange.whole(bodies.pop().encode(), Content_Type="text/event-stream")

    server.answer = answer
    reply = await chat.say("Draw a cat")
    assert (reply.text, reply.notices) == (
        "I can't draw.",
        ("lab/gpt-6-nano refused the tool image_generation; sent without it",),
    )
