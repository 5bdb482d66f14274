"""OpenAI Responses: what is sent, and the events that come."""

import pytest

from tui.chat.chunks import FinishReason, Image, Source, Usage
from tui.chat.model import ModelInfo
from tui.errors import ErrorKind
from tui.providers import OpenAIResponses

KEY = "sk-test-0123456789abcdefWXYZ"


def body(messages="Hi", **options):
    messages = [{"role": "user", "content": messages}] if isinstance(messages, str) else messages
    return OpenAIResponses.request_body("m", messages, options)


def streams(*events):
    import json

    data = b"".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n".encode() for e in events)
    return lambda exchange: exchange.whole(data, Content_Type="text/event-stream")


def text(piece, item="i1"):
    return {"type": "response.output_text.delta", "item_id": item, "delta": piece}


def end(kind="completed", **fields):
    response = {"object": "response", "status": kind, "error": None, "incomplete_details": None, "output": []}
    return {"type": f"response.{kind}", "response": response | fields}


class TestBody:
    def test_least(self):
        assert body() == {
            "model": "m",
            "input": [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
            "stream": True,
            "store": False,
        }

    def test_conversation(self):
        sent = body(
            [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello!"},
            ]
        )
        assert sent["instructions"] == "Be brief."
        assert sent["input"] == [
            {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
            {"role": "assistant", "content": [{"type": "output_text", "text": "Hello!"}]},
        ]

    def test_parameters(self):
        sent = body(temperature=0.0, top_p=0.5, max_tokens=9, reasoning_effort="low", seed=1, stop="x")
        assert sent == body() | {
            "temperature": 0.0,
            "top_p": 0.5,
            "max_output_tokens": 9,
            "reasoning": {"effort": "low", "summary": "auto"},
        }

    def test_pictures_and_files(self):
        content = [
            {"type": "text", "text": "Look"},
            {"type": "image_url", "image_url": {"url": "https://a.example/x.png"}},
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}},
        ]
        assert body([{"role": "user", "content": content}])["input"][0]["content"] == [
            {"type": "input_text", "text": "Look"},
            {"type": "input_image", "image_url": "https://a.example/x.png", "detail": "auto"},
            {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"},
        ]


class TestStream:
    async def test_reasoning_text_sources_usage(self, server, ask, dialects):
        citation = {"type": "url_citation", "url": "https://a.example/", "title": "A"}
        server.answer = streams(
            {"type": "response.created", "response": {"status": "in_progress", "error": None}},
            {"type": "response.output_item.added", "item": {"type": "reasoning"}},
            {"type": "response.reasoning_summary_part.added", "summary_index": 0},
            {"type": "response.reasoning_summary_text.delta", "delta": "Hm"},
            {"type": "response.reasoning_summary_part.added", "summary_index": 1},
            {"type": "response.reasoning_summary_text.delta", "delta": "so"},
            text("Hel"),
            text("lo"),
            {"type": "response.output_text.annotation.added", "annotation": citation},
            {"type": "response.output_text.done", "text": "Hello"},
            {"type": "response.content_part.done", "part": {"type": "output_text", "text": "Hello"}},
            end(
                output=[{"type": "message", "content": [{"type": "output_text", "text": "Hello"}]}],
                usage={
                    "input_tokens": 9,
                    "input_tokens_details": {"cached_tokens": 4},
                    "output_tokens": 12,
                    "output_tokens_details": {"reasoning_tokens": 10},
                },
            ),
        )
        outcome = await ask(dialects["openai_responses"].at(server.url + "/v1"), api_key=KEY)
        assert (outcome.reasoning, outcome.text, outcome.finish) == ("Hm\n\nso", "Hello", FinishReason.STOP)
        assert outcome.sources == [Source("https://a.example/", "A")]
        assert outcome.usage == Usage(9, 12, reasoning_tokens=10, cached_tokens=4)
        assert server.requests[0].target == "/v1/responses"
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"

    async def test_perplexity(self, server, ask, dialects):
        """Text twice, search results as an item, the price in dollars."""
        server.answer = streams(
            {"type": "response.created", "response": {}},
            {
                "type": "response.output_item.done",
                "item": {"type": "search_results", "results": [{"url": "https://a.example/", "title": "A"}]},
            },
            text("Hello"),
            {"type": "response.output_text.done", "text": "Hello"},
            end(
                usage={
                    "input_tokens": 9,
                    "output_tokens": 2,
                    "cost": {"total_cost": 0.006, "currency": "USD"},
                }
            ),
        )
        outcome = await ask(dialects["openai_responses"].at(server.url))
        assert (outcome.text, outcome.sources) == ("Hello", [Source("https://a.example/", "A")])
        assert outcome.usage.cost == 0.006

    async def test_text_only_at_the_end(self, server, ask, dialects):
        item = {"type": "message", "content": [{"type": "output_text", "text": "Hello", "annotations": []}]}
        server.answer = streams(end(output=[{"type": "reasoning"}, item]))
        outcome = await ask(dialects["openai_responses"].at(server.url))
        assert (outcome.text, outcome.finish) == ("Hello", FinishReason.STOP)

    @pytest.mark.parametrize(
        ("last", "finish"),
        [
            (end("incomplete", incomplete_details={"reason": "max_output_tokens"}), FinishReason.LENGTH),
            (end("incomplete", incomplete_details={"reason": "content_filter"}), FinishReason.FILTER),
            (end("incomplete", incomplete_details={"reason": "something new"}), FinishReason.STOP),
        ],
    )
    async def test_incomplete(self, server, ask, dialects, last, finish):
        server.answer = streams(text("Hel"), last)
        outcome = await ask(dialects["openai_responses"].at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hel", finish, None)

    async def test_refusal(self, server, ask, dialects):
        server.answer = streams({"type": "response.refusal.delta", "delta": "I can't"}, end())
        outcome = await ask(dialects["openai_responses"].at(server.url))
        assert (outcome.text, outcome.finish) == ("I can't", FinishReason.FILTER)

    async def test_tool_that_nobody_offered(self, server, ask, dialects):
        call = {"type": "function_call", "name": "f", "arguments": "{}"}
        server.answer = streams({"type": "response.output_item.done", "item": call}, end())
        outcome = await ask(dialects["openai_responses"].at(server.url))
        assert outcome.finish is FinishReason.TOOL

    async def test_picture(self, server, ask, dialects):
        made = {
            "type": "image_generation_call",
            "status": "completed",
            "result": "AAAA",
            "output_format": "webp",
        }
        server.answer = streams({"type": "response.output_item.done", "item": made}, end())
        outcome = await ask(dialects["openai_responses"].at(server.url))
        assert outcome.images == [Image("data:image/webp;base64,AAAA")]

    async def test_failed(self, server, ask, dialects):
        failed = end("failed", error={"code": "rate_limit_exceeded", "message": "too much"})
        server.answer = streams(text("Hel"), failed)
        outcome = await ask(dialects["openai_responses"].at(server.url))
        assert outcome.text == "Hel"
        assert outcome.error.kind is ErrorKind.RATE_LIMIT
        assert "too much" in outcome.error.message


async def test_openais_own_library_agrees(server, ask, dialects):
    import openai

    server.answer = streams(
        {"type": "response.created", "sequence_number": 0, "response": {"status": "in_progress"}},
        {"type": "response.reasoning_summary_text.delta", "delta": "Hm", "summary_index": 0},
        text("Hel"),
        text("lo 🚀"),
        end(usage={"input_tokens": 9, "output_tokens": 12, "total_tokens": 21}),
    )
    ours = await ask(dialects["openai_responses"].at(server.url))
    theirs = {"response.output_text.delta": "", "response.reasoning_summary_text.delta": ""}
    async with openai.AsyncOpenAI(base_url=server.url, api_key="none", max_retries=0) as client:
        async for event in await client.responses.create(model="m", input="Hi", stream=True):
            if event.type in theirs:
                theirs[event.type] += event.delta
    assert [ours.text, ours.reasoning] == list(theirs.values())
    assert (event.type, ours.finish) == ("response.completed", FinishReason.STOP)
    counts = event.response.usage
    assert (ours.usage.input_tokens, ours.usage.output_tokens) == (counts.input_tokens, counts.output_tokens)


async def test_list_of_models(mocked):
    mocked.get("https://api.openai.com/v1/models", payload={"data": [{"id": "gpt-6-sol"}, {"id": "tts-1"}]})
    assert await OpenAIResponses.discover_models(api_key=KEY) == [ModelInfo("gpt-6-sol")]
