"""Gemini: what is sent, and the pieces that come."""

import json

import pytest

from tui.chat.chunks import FinishReason, Image, Source, Usage
from tui.chat.model import ModelInfo
from tui.errors import ErrorKind, ProviderError
from tui.providers import Gemini
from tui.providers.http import Timeouts

KEY = "AIzaSy0123456789abcdefWXYZ"
THOUGHTS = {"thinkingConfig": {"includeThoughts": True}}


def body(messages="Hi", model="gemini-3-pro", **options):
    messages = [{"role": "user", "content": messages}] if isinstance(messages, str) else messages
    return Gemini.request_body(model, messages, options)


def piece(*parts, finish=None, **fields):
    candidate = {"content": {"role": "model", "parts": list(parts)}, "index": 0, **fields}
    return {"candidates": [candidate | ({"finishReason": finish} if finish else {})], "modelVersion": "g"}


def streams(*events):
    data = b"".join(f"data: {json.dumps(e)}\r\n\r\n".encode() for e in events)
    return lambda exchange: exchange.whole(data, Content_Type="text/event-stream")


class TestRequest:
    def test_least(self):
        assert body() == {
            "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
            "generationConfig": THOUGHTS,
        }

    def test_conversation(self):
        sent = body(
            [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello!"},
            ]
        )
        assert sent["systemInstruction"] == {"parts": [{"text": "Be brief."}]}
        assert sent["contents"][1] == {"role": "model", "parts": [{"text": "Hello!"}]}

    def test_parameters(self):
        sent = body(temperature=0.0, top_p=0.5, max_tokens=9, stop=["x"], seed=1)
        assert sent["generationConfig"] == THOUGHTS | {
            "temperature": 0.0,
            "topP": 0.5,
            "maxOutputTokens": 9,
            "stopSequences": ["x"],
            "seed": 1,
        }

    @pytest.mark.parametrize(
        ("model", "effort", "sent"),
        [
            ("gemini-3-pro", "low", {"thinkingLevel": "LOW"}),
            ("gemini-3.8-flash", "max", {"thinkingLevel": "XHIGH"}),
            ("gemini-3-pro", "none", {"thinkingLevel": "MINIMAL"}),
            ("gemini-2.5-pro", "medium", {"thinkingBudget": 8192}),
            ("gemini-2.5-flash", "none", {"thinkingBudget": 0}),
        ],
    )
    def test_reasoning(self, model, effort, sent):
        config = body(model=model, reasoning_effort=effort)["generationConfig"]
        assert config["thinkingConfig"] == {"includeThoughts": True, **sent}

    def test_pictures_and_files(self):
        content = [
            {"type": "text", "text": "Look"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {"type": "image_url", "image_url": {"url": "https://a.example/x.png"}},
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}},
        ]
        assert body([{"role": "user", "content": content}])["contents"][0]["parts"] == [
            {"text": "Look"},
            {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
            {"fileData": {"fileUri": "https://a.example/x.png"}},
            {"inlineData": {"mimeType": "application/pdf", "data": "JVBE"}},
        ]

    @pytest.mark.parametrize(
        ("model", "path"),
        [
            ("gemini-3-pro", "/models/gemini-3-pro:streamGenerateContent?alt=sse"),
            ("models/gemini-3-pro", "/models/gemini-3-pro:streamGenerateContent?alt=sse"),
            ("tunedModels/mine", "/tunedModels/mine:streamGenerateContent?alt=sse"),
            ("a?b#c", "/models/a%3Fb%23c:streamGenerateContent?alt=sse"),
        ],
    )
    async def test_address_and_key(self, server, ask, dialects, model, path):
        server.answer = streams(piece({"text": "Hi"}, finish="STOP"))
        outcome = await ask(dialects["gemini"].at(server.url), model=model, api_key=KEY)
        assert (outcome.text, outcome.error) == ("Hi", None)
        assert server.requests[0].target == path
        assert server.requests[0].headers["x-goog-api-key"] == KEY


class TestStream:
    async def test_thoughts_text_sources_usage(self, server, ask, dialects):
        grounding = {"groundingChunks": [{"web": {"uri": "https://a.example/", "title": "A"}}, {"other": 1}]}
        server.answer = streams(
            piece({"text": "Hm", "thought": True}),
            piece({"text": "Hel", "thoughtSignature": "x"}),
            piece({"text": "lo"}, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}),
            piece({"text": ""}, finish="STOP", groundingMetadata=grounding)
            | {
                "usageMetadata": {
                    "promptTokenCount": 9,
                    "cachedContentTokenCount": 4,
                    "candidatesTokenCount": 2,
                    "thoughtsTokenCount": 10,
                    "totalTokenCount": 21,
                }
            },
        )
        outcome = await ask(dialects["gemini"].at(server.url))
        assert (outcome.reasoning, outcome.text, outcome.finish) == ("Hm", "Hello", FinishReason.STOP)
        assert outcome.sources == [Source("https://a.example/", "A")]
        assert outcome.images == [Image("data:image/png;base64,AAAA")]
        assert outcome.usage == Usage(9, 12, reasoning_tokens=10, cached_tokens=4)

    @pytest.mark.parametrize(
        ("reason", "finish"),
        [
            ("STOP", FinishReason.STOP),
            ("MAX_TOKENS", FinishReason.LENGTH),
            ("SAFETY", FinishReason.FILTER),
            ("RECITATION", FinishReason.FILTER),
            ("PROHIBITED_CONTENT", FinishReason.FILTER),
            ("MALFORMED_FUNCTION_CALL", FinishReason.TOOL),
        ],
    )
    async def test_finish_reasons(self, server, ask, dialects, reason, finish):
        server.answer = streams(piece({"text": "Hi"}), piece(finish=reason))
        outcome = await ask(dialects["gemini"].at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hi", finish, None)

    async def test_call_of_a_function(self, server, ask, dialects):
        server.answer = streams(piece({"functionCall": {"name": "f", "args": {}}}, finish="STOP"))
        assert (await ask(dialects["gemini"].at(server.url))).finish is FinishReason.TOOL

    async def test_finish_reason_in_every_piece(self, server, ask, dialects):
        server.answer = streams(piece({"text": "Hel"}, finish="STOP"), piece({"text": "lo"}, finish="STOP"))
        outcome = await ask(dialects["gemini"].at(server.url))
        assert (outcome.text, outcome.finish) == ("Hello", FinishReason.STOP)

    async def test_finish_reason_then_silence(self, server, ask, dialects):
        async def answer(exchange):
            await exchange.head(Content_Type="text/event-stream")
            await exchange.chunk(f"data: {json.dumps(piece({'text': 'Hi'}, finish='STOP'))}\n\n".encode())
            await exchange.until_client_leaves()

        server.answer = answer
        outcome = await ask(dialects["gemini"].at(server.url), timeouts=Timeouts(after_finish=0.3))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hi", FinishReason.STOP, None)

    async def test_blocked_prompt(self, server, ask, dialects):
        server.answer = streams({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {}})
        outcome = await ask(dialects["gemini"].at(server.url))
        assert (outcome.finish, outcome.notices) == (
            FinishReason.FILTER,
            ["Google blocked the prompt: SAFETY"],
        )

    async def test_array_in_place_of_a_stream(self, server, ask, dialects):
        pieces = [piece({"text": "Hel"}), piece({"text": "lo"}, finish="STOP")]
        server.answer = lambda exchange: exchange.whole(
            json.dumps(pieces, indent=1).encode(), Content_Type="application/json"
        )
        outcome = await ask(dialects["gemini"].at(server.url))
        assert (outcome.text, outcome.finish) == ("Hello", FinishReason.STOP)

    async def test_error_over_several_lines(self, server, ask, dialects):
        refusal = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
        server.answer = lambda exchange: exchange.whole(json.dumps([refusal], indent=2).encode())
        outcome = await ask(dialects["gemini"].at(server.url))
        assert outcome.error.kind is ErrorKind.BUSY


@pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession:DeprecationWarning")
async def test_googles_own_library_agrees(server, ask, dialects):
    from google import genai
    from google.genai import types

    counts = {
        "promptTokenCount": 9,
        "cachedContentTokenCount": 4,
        "candidatesTokenCount": 2,
        "thoughtsTokenCount": 10,
        "totalTokenCount": 21,
    }
    server.answer = streams(
        piece({"text": "Hm", "thought": True}) | {"usageMetadata": {"promptTokenCount": 9}},
        piece({"text": "Hel", "thoughtSignature": "eA=="}),
        piece({"text": "lo 🚀"}, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}),
        piece({"text": ""}, finish="MAX_TOKENS") | {"usageMetadata": counts},
    )
    ours = await ask(dialects["gemini"].at(server.url + "/v1beta"), api_key=KEY)
    options = types.HttpOptions(base_url=server.url, api_version="v1beta")
    client = genai.Client(api_key=KEY, http_options=options).aio
    parts, last = [], None
    async for last in await client.models.generate_content_stream(model="m", contents="Hi"):
        parts += last.candidates[0].content.parts
    await client.aclose()
    assert server.requests[0].target == server.requests[1].target
    assert ours.reasoning == "".join(part.text or "" for part in parts if part.thought)
    assert ours.text == "".join(part.text or "" for part in parts if not part.thought)
    assert len(ours.images) == sum(part.inline_data is not None for part in parts)
    assert (last.candidates[0].finish_reason, ours.finish) == (
        types.FinishReason.MAX_TOKENS,
        FinishReason.LENGTH,
    )
    theirs = last.usage_metadata
    assert ours.usage == Usage(
        theirs.prompt_token_count,
        theirs.candidates_token_count + theirs.thoughts_token_count,
        reasoning_tokens=theirs.thoughts_token_count,
        cached_tokens=theirs.cached_content_token_count,
    )


async def test_list_of_models(mocked):
    mocked.get(
        "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000",
        payload={
            "models": [
                {
                    "name": "models/gemini-3-pro",
                    "inputTokenLimit": 1048576,
                    "outputTokenLimit": 65536,
                    "supportedGenerationMethods": ["generateContent", "countTokens"],
                    "thinking": True,
                },
                {"name": "models/embedding-001", "supportedGenerationMethods": ["embedContent"]},
                {"name": "models/gemini-3-tts", "supportedGenerationMethods": ["generateContent"]},
            ]
        },
    )
    assert await Gemini.discover_models(api_key=KEY) == [
        ModelInfo("gemini-3-pro", 1048576, 65536, reasoning=True)
    ]


async def test_odd_rows_of_a_list_of_models(mocked):
    payload = {
        "models": [
            5,
            {"name": 5},
            {"name": "models/a", "inputTokenLimit": [], "thinking": "yes"},
            {"name": "b", "inputTokenLimit": "9", "supportedGenerationMethods": ["generateContent"]},
        ]
    }
    mocked.get("https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000", payload=payload)
    assert await Gemini.discover_models(api_key=KEY) == [ModelInfo("a"), ModelInfo("b", 9)]


async def test_an_error_in_place_of_the_list(mocked):
    mocked.get(
        "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000", payload={"detail": "boom"}
    )
    with pytest.raises(ProviderError, match="boom"):
        await Gemini.discover_models(api_key=KEY)
