"""Anthropic Messages: what is sent, and the events that come."""

import json

import pytest

from tui.chat.chunks import FinishReason, Source, Usage
from tui.chat.model import ModelInfo
from tui.errors import ErrorKind, ProviderError
from tui.providers import Anthropic

KEY = "sk-ant-api03-0123456789WXYZ"


def body(messages="Hi", **options):
    messages = [{"role": "user", "content": messages}] if isinstance(messages, str) else messages
    return Anthropic.request_body("m", messages, options)


def streams(*events):
    data = b"".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n".encode() for e in events)
    return lambda exchange: exchange.whole(data, Content_Type="text/event-stream; charset=utf-8")


def start(**usage):
    return {"type": "message_start", "message": {"id": "msg", "content": [], "usage": usage}}


def delta(**fields):
    return {"type": "content_block_delta", "index": 0, "delta": fields}


def text(piece):
    return delta(type="text_delta", text=piece)


def end(reason="end_turn", **fields):
    return {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None}, **fields}


STOP = {"type": "message_stop"}


class TestRequest:
    def test_least(self):
        assert body() == {
            "model": "m",
            "max_tokens": 16384,
            "messages": [{"role": "user", "content": "Hi"}],
            "stream": True,
        }

    def test_system_prompt(self):
        sent = body([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}])
        kept = {"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}
        assert sent == body() | {"system": [kept]}

    def test_parameters(self):
        sent = body(temperature=0.0, top_p=0.5, max_tokens=9, stop="x", seed=1)
        assert sent == body() | {"temperature": 0.0, "top_p": 0.5, "max_tokens": 9, "stop_sequences": ["x"]}

    @pytest.mark.parametrize(
        ("effort", "sent"),
        [
            ("none", {"thinking": {"type": "disabled"}}),
            ("minimal", "low"),
            ("low", "low"),
            ("max", "max"),
        ],
    )
    def test_reasoning(self, effort, sent):
        if isinstance(sent, str):
            thinking = {"type": "adaptive", "display": "summarized"}
            sent = {"thinking": thinking, "output_config": {"effort": sent}}
        assert body(reasoning_effort=effort) == body() | sent

    def test_pictures_and_files(self):
        content = [
            {"type": "text", "text": "Look"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {"type": "image_url", "image_url": {"url": "https://a.example/x.png"}},
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}},
            {"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain;base64,aGk="}},
        ]
        assert body([{"role": "user", "content": content}])["messages"][0]["content"] == [
            {"type": "text", "text": "Look"},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
            {"type": "image", "source": {"type": "url", "url": "https://a.example/x.png"}},
            {
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"},
                "title": "a.pdf",
            },
            {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": "hi"},
                "title": "a.txt",
            },
        ]

    @pytest.mark.parametrize(
        ("options", "version"),
        [({}, "2026-10-21"), ({"temperature": 0.5}, "2023-06-01"), ({"top_p": 0.5}, "2023-06-01")],
    )
    async def test_headers(self, server, ask, dialects, options, version):
        server.answer = lambda exchange: exchange.whole(dialects["anthropic"].whole)
        await ask(dialects["anthropic"].at(server.url), api_key=KEY, **options)
        request = server.requests[0]
        assert request.target == "/v1/messages"
        assert request.headers["anthropic-version"] == version
        assert request.headers["x-api-key"] == KEY
        assert "authorization" not in request.headers

    async def test_auth_token(self, server, ask, dialects):
        server.answer = lambda exchange: exchange.whole(dialects["anthropic"].whole)
        await ask(dialects["anthropic"].at(server.url), api_key="sk-ant-oat01-0123456789WXYZ")
        assert server.requests[0].headers["authorization"] == "Bearer sk-ant-oat01-0123456789WXYZ"
        assert "x-api-key" not in server.requests[0].headers

    async def test_a_gateways_key_goes_in_both_headers_and_an_api_key_in_one(self, server, ask, dialects):
        server.answer = lambda exchange: exchange.whole(dialects["anthropic"].whole)
        await ask(dialects["anthropic"].at(server.url), api_key="gateway-0123456789")
        await ask(dialects["anthropic"].at(server.url), api_key="sk-ant-api03-0123456789")
        gateway, own = (request.headers for request in server.requests)
        assert gateway["authorization"] == "Bearer gateway-0123456789"
        assert gateway["x-api-key"] == "gateway-0123456789"
        assert own["x-api-key"] == "sk-ant-api03-0123456789" and "authorization" not in own


class TestStream:
    async def test_thinking_text_citations_usage(self, server, ask, dialects):
        citation = {"type": "web_search_result_location", "url": "https://a.example/", "title": "A"}
        server.answer = streams(
            start(input_tokens=5, cache_creation_input_tokens=3, cache_read_input_tokens=2, output_tokens=1),
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "thinking", "thinking": ""},
            },
            {"type": "ping"},
            delta(type="thinking_delta", thinking="Hm"),
            delta(type="signature_delta", signature="abc"),
            {"type": "content_block_stop", "index": 0},
            {
                "type": "content_block_start",
                "index": 1,
                "content_block": {"type": "redacted_thinking", "data": "x"},
            },
            {"type": "content_block_start", "index": 2, "content_block": {"type": "text", "text": ""}},
            text("Hel"),
            text("lo"),
            delta(type="citations_delta", citation=citation),
            end(usage={"output_tokens": 12}),
            STOP,
        )
        outcome = await ask(dialects["anthropic"].at(server.url))
        assert (outcome.reasoning, outcome.text, outcome.finish) == ("Hm", "Hello", FinishReason.STOP)
        assert outcome.sources == [Source("https://a.example/", "A")]
        assert outcome.usage == Usage(10, 12, cached_tokens=2, written_tokens=3)
        assert (outcome.error, outcome.notices) == (None, [])

    @pytest.mark.parametrize(
        ("reason", "finish"),
        [
            ("end_turn", FinishReason.STOP),
            ("stop_sequence", FinishReason.STOP),
            ("pause_turn", FinishReason.STOP),
            ("max_tokens", FinishReason.LENGTH),
            ("model_context_window_exceeded", FinishReason.LENGTH),
            ("tool_use", FinishReason.TOOL),
            ("refusal", FinishReason.FILTER),
        ],
    )
    async def test_stop_reasons(self, server, ask, dialects, reason, finish):
        server.answer = streams(start(input_tokens=1), text("Hi"), end(reason), STOP)
        outcome = await ask(dialects["anthropic"].at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hi", finish, None)

    async def test_refusal_says_why(self, server, ask, dialects):
        last = end("refusal")
        last["delta"]["stop_details"] = {"type": "refusal", "explanation": "Not about this"}
        server.answer = streams(start(input_tokens=1), last, STOP)
        outcome = await ask(dialects["anthropic"].at(server.url))
        assert (outcome.notices, outcome.finish) == (["Not about this"], FinishReason.FILTER)

    async def test_overloaded_first(self, server, ask, dialects):
        error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
        server.answer = streams(error)
        outcome = await ask(dialects["anthropic"].at(server.url))
        assert outcome.error.kind is ErrorKind.BUSY and outcome.error.retryable

    async def test_request_id_is_no_message(self, server, ask, dialects):
        refusal = {
            "type": "error",
            "error": {"type": "invalid_request_error", "message": "temperature: not permitted"},
            "request_id": "req_1",
        }
        server.answer = lambda exchange: exchange.whole(json.dumps(refusal).encode(), "400 Bad Request")
        error = (await ask(dialects["anthropic"].at(server.url), temperature=0.5)).error
        assert (error.kind, error.param) == (ErrorKind.INVALID, "temperature")
        assert "req_1" not in error.message


async def test_anthropics_own_library_agrees(server, ask, dialects):
    import anthropic

    server.answer = streams(
        start(input_tokens=9, output_tokens=1)
        | {
            "message": {
                "id": "msg",
                "type": "message",
                "role": "assistant",
                "model": "m",
                "content": [],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": {"input_tokens": 9, "output_tokens": 1},
            }
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
        {"type": "ping"},
        delta(type="thinking_delta", thinking="Hm"),
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        text("Hel") | {"index": 1},
        text("lo 🚀") | {"index": 1},
        {"type": "content_block_stop", "index": 1},
        end("max_tokens", usage={"output_tokens": 12}),
        STOP,
    )
    ours = await ask(dialects["anthropic"].at(server.url))
    async with anthropic.AsyncAnthropic(base_url=server.url, api_key="none", max_retries=0) as client:
        messages = [{"role": "user", "content": "Hi"}]
        async with client.messages.stream(model="m", max_tokens=9, messages=messages) as stream:
            theirs = await stream.get_final_message()
    assert [ours.reasoning, ours.text] == [theirs.content[0].thinking, theirs.content[1].text]
    assert (theirs.stop_reason, ours.finish) == ("max_tokens", FinishReason.LENGTH)
    assert (ours.usage.input_tokens, ours.usage.output_tokens) == (
        theirs.usage.input_tokens,
        theirs.usage.output_tokens,
    )


async def test_list_of_models(mocked):
    mocked.get(
        "https://api.anthropic.com/v1/models?limit=1000",
        payload={
            "data": [
                {
                    "id": "claude-opus-5-5",
                    "display_name": "Claude Opus 5.5",
                    "max_input_tokens": 1000000,
                    "max_tokens": 128000,
                    "lifecycle": "active",
                    "capabilities": {"image_input": {"supported": True}, "thinking": True},
                },
                {"id": "claude-2", "lifecycle": "retired"},
                {"id": "claude-plain"},
            ]
        },
    )
    assert await Anthropic.discover_models(api_key=KEY) == [
        ModelInfo("claude-opus-5-5", 1000000, 128000, vision=True, reasoning=True),
        ModelInfo("claude-plain"),
    ]


async def test_odd_rows_of_a_list_of_models(mocked):
    payload = {
        "data": [
            5,
            None,
            {"id": 5},
            {"id": "a", "max_input_tokens": "200k", "capabilities": []},
            {"id": "b", "max_input_tokens": "9"},
        ]
    }
    mocked.get("https://api.anthropic.com/v1/models?limit=1000", payload=payload)
    assert await Anthropic.discover_models(api_key=KEY) == [ModelInfo("a"), ModelInfo("b", 9)]


async def test_an_error_in_place_of_the_list(mocked):
    mocked.get("https://api.anthropic.com/v1/models?limit=1000", payload={"detail": "boom"})
    with pytest.raises(ProviderError, match="boom"):
        await Anthropic.discover_models(api_key=KEY)
