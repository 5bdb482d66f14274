"""Ollama: what is sent, the lines that come, and what each model can."""

import asyncio
import json

import pytest

from tui.chat.chunks import FinishReason, Usage
from tui.chat.model import ModelInfo
from tui.errors import ErrorKind, ProviderError
from tui.providers import Ollama

KEY = "ollama-0123456789abcdefWXYZ"


def body(messages="Hi", provider=Ollama, **options):
    messages = [{"role": "user", "content": messages}] if isinstance(messages, str) else messages
    return provider.request_body("m", messages, options)


def line(text="", **fields):
    return {"model": "m", "message": {"role": "assistant", "content": text}, "done": False, **fields}


def streams(*lines):
    data = b"".join(json.dumps(each).encode() + b"\n" for each in lines)
    return lambda exchange: exchange.whole(data, Content_Type="application/x-ndjson")


class TestRequest:
    def test_least(self):
        assert body() == {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": True}

    def test_parameters(self):
        sent = body(temperature=0.0, top_p=0.5, max_tokens=9, seed=1, stop="x", num_ctx=8192)
        assert sent == body() | {
            "options": {
                "temperature": 0.0,
                "top_p": 0.5,
                "num_predict": 9,
                "seed": 1,
                "stop": ["x"],
                "num_ctx": 8192,
            }
        }

    def test_context_of_the_class(self):
        roomy = type("Roomy", (Ollama,), {"num_ctx": 32768, "keep_alive": "30m"})
        assert body(provider=roomy) == body() | {"options": {"num_ctx": 32768}, "keep_alive": "30m"}
        assert body(provider=roomy, num_ctx=4096)["options"] == {"num_ctx": 4096}

    @pytest.mark.parametrize(
        ("words", "options", "context"),
        [
            (100, {}, None),  # fits into what every server gives
            (5000, {}, 8192),
            (5000, {"max_tokens": 4000}, 16384),
            (20000, {}, 32768),
            (20000, {"num_ctx": 4096}, 4096),
        ],
    )
    def test_context_grows_with_the_conversation(self, words, options, context):
        sent = body("word " * words, **options)
        assert sent.get("options", {}).get("num_ctx") == context

    @pytest.mark.parametrize(("effort", "think"), [("none", False), ("low", "low"), ("high", "high")])
    def test_reasoning(self, effort, think):
        assert body(reasoning_effort=effort) == body() | {"think": think}

    def test_pictures_and_files(self):
        content = [
            {"type": "text", "text": "Look"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain;base64,aGk="}},
        ]
        assert body([{"role": "user", "content": content}])["messages"] == [
            {"role": "user", "content": "Look\na.txt:\n```\nhi\n```", "images": ["AAAA"]}
        ]

    async def test_what_it_does_not_take_is_said(self, server, ask, dialects):
        content = [
            {"type": "text", "text": "Look"},
            {"type": "image_url", "image_url": {"url": "https://a.example/x.png"}},
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}},
        ]
        server.answer = streams(line("Hi", done=True, done_reason="stop"))
        outcome = await ask(
            dialects["ollama"].at(server.url), messages=[{"role": "user", "content": content}]
        )
        assert outcome.notices == ["Ollama takes no such file; left out: https://a.example/x.png, a.pdf"]
        assert server.requests[0].json["messages"] == [{"role": "user", "content": "Look"}]

    async def test_cloud_key(self, server, ask, dialects):
        server.answer = streams(line("Hi", done=True))
        await ask(dialects["ollama"].at(server.url + "/"), api_key=KEY)
        assert server.requests[0].target == "/api/chat"
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


class TestStream:
    async def test_thinking_text_usage(self, server, ask, dialects):
        thinking = line()
        thinking["message"]["thinking"] = "Hm"
        server.answer = streams(
            thinking,
            line("Hel"),
            line("lo"),
            line(
                done=True,
                done_reason="stop",
                prompt_eval_count=9,
                eval_count=50,
                eval_duration=2_000_000_000,
                total_duration=3_000_000_000,
            ),
        )
        outcome = await ask(dialects["ollama"].at(server.url))
        assert (outcome.reasoning, outcome.text, outcome.finish) == ("Hm", "Hello", FinishReason.STOP)
        assert outcome.usage == Usage(9, 50, tokens_per_second=25.0)

    @pytest.mark.parametrize(
        ("reason", "finish"),
        [("stop", FinishReason.STOP), ("length", FinishReason.LENGTH), ("load", FinishReason.STOP)],
    )
    async def test_done_reasons(self, server, ask, dialects, reason, finish):
        server.answer = streams(line("Hi"), line(done=True, done_reason=reason))
        assert (await ask(dialects["ollama"].at(server.url))).finish is finish

    async def test_tool_that_nobody_offered(self, server, ask, dialects):
        called = line()
        called["message"]["tool_calls"] = [{"function": {"name": "f", "arguments": {}}}]
        server.answer = streams(called, line(done=True, done_reason="stop"))
        assert (await ask(dialects["ollama"].at(server.url))).finish is FinishReason.TOOL

    async def test_model_not_there(self, server, ask, dialects):
        refusal = b'{"error":"model \\"m\\" not found, try pulling it first"}'
        server.answer = lambda exchange: exchange.whole(refusal, "404 Not Found")
        error = (await ask(dialects["ollama"].at(server.url))).error
        assert error.kind is ErrorKind.NOT_FOUND
        assert 'model "m" not found, try pulling it first' in error.message

    async def test_model_that_can_not_think(self, server, ask, dialects):
        refusal = b'{"error":"\\"m\\" does not support thinking"}'
        server.answer = lambda exchange: exchange.whole(refusal, "400 Bad Request")
        error = (await ask(dialects["ollama"].at(server.url), reasoning_effort="high")).error
        assert (error.kind, error.param) == (ErrorKind.INVALID, "reasoning_effort")


SHOWN = {
    "qwen": {
        "capabilities": ["completion", "tools", "thinking"],
        "model_info": {"general.architecture": "qwen3", "qwen3.context_length": 40960},
    },
    "llava": {"capabilities": ["completion", "vision"], "model_info": {"llama.context_length": 4096}},
    "nomic": {"capabilities": ["embedding"], "model_info": {}},
    "old": {"model_info": {"llama.context_length": 2048}},
}


async def test_ollamas_own_library_agrees(server, ask, dialects):
    import ollama

    thinking = line()
    thinking["message"]["thinking"] = "Hm"
    end = {"prompt_eval_count": 9, "eval_count": 50, "eval_duration": 2_000_000_000}
    server.answer = streams(
        thinking, line("Hel"), line("lo 🚀"), line(done=True, done_reason="length", **end)
    )
    ours = await ask(dialects["ollama"].at(server.url))
    text, thought = "", ""
    client = ollama.AsyncClient(server.url)
    messages = [{"role": "user", "content": "Hi"}]
    async for last in await client.chat("m", messages, stream=True):
        text += last.message.content or ""
        thought += last.message.thinking or ""
    await client.close()
    assert (ours.text, ours.reasoning) == (text, thought)
    assert (last.done_reason, ours.finish) == ("length", FinishReason.LENGTH)
    assert (ours.usage.input_tokens, ours.usage.output_tokens) == (last.prompt_eval_count, last.eval_count)
    ours_sent, theirs_sent = (request.json for request in server.requests)
    assert ours_sent == {name: theirs_sent[name] for name in ours_sent}


class TestModels:
    async def test_each_is_asked_what_it_can(self, server):
        most = now = 0

        async def answer(exchange):
            nonlocal most, now
            if exchange.request.target == "/api/tags":
                rows = [{"name": name, "model": name, "size": 5} for name in [*SHOWN, "gone"]]
                await exchange.whole(json.dumps({"models": rows}).encode())
                return
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.02)
            now -= 1
            name = exchange.request.json["model"]
            if name == "gone":
                await exchange.whole(b'{"error":"not found"}', "404 Not Found")
            else:
                await exchange.whole(json.dumps(SHOWN[name]).encode())

        server.answer = answer
        provider = type("Here", (Ollama,), {"url": server.url})
        assert await provider.discover_models() == [
            ModelInfo("qwen", 40960, vision=False, reasoning=True),
            ModelInfo("llava", 4096, vision=True, reasoning=False),
            ModelInfo("old", 2048),
            ModelInfo("gone"),
        ]
        assert 1 < most <= 4  # at the same time, but not all at once

    async def test_server_not_there(self, server):
        provider = type("Here", (Ollama,), {"url": server.url})
        await server.close()
        with pytest.raises(ProviderError, match="Nothing listens at"):
            await provider.discover_models()
