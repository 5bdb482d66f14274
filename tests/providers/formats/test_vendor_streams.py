"""Streams as vendors send them in the shape of OpenAI's chat completions, each with its own habits."""

import json

import pytest

from tui.chat.chunks import FinishReason, Image, Source, Usage
from tui.errors import ErrorKind

STOP = FinishReason.STOP


def delta(finish=None, index=0, **fields):
    return {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [{"index": index, "delta": fields, "finish_reason": finish}],
    }


def usage(**counts):
    return {"id": "c1", "object": "chat.completion.chunk", "choices": [], "usage": counts}


DONE = "[DONE]"

# vendor: events (a text is sent as it stands), reasoning, text, finish, usage
STREAMS = {
    "OpenAI": (
        [
            delta(role="assistant", content="", refusal=None) | {"obfuscation": "abc", "usage": None},
            delta(content="Hel") | {"usage": None},
            delta(content="lo") | {"usage": None},
            delta("stop"),
            usage(
                prompt_tokens=9,
                completion_tokens=12,
                total_tokens=21,
                prompt_tokens_details={"cached_tokens": 4, "audio_tokens": 0},
                completion_tokens_details={"reasoning_tokens": 10},
            ),
            DONE,
        ],
        "",
        "Hello",
        STOP,
        Usage(9, 12, reasoning_tokens=10, cached_tokens=4),
    ),
    "OpenRouter": (
        [
            ": OPENROUTER PROCESSING\n\n",
            delta(
                role="assistant",
                content="",
                reasoning="Hm",
                reasoning_details=[{"type": "reasoning.text", "text": "Hm"}],
            ),
            ": OPENROUTER PROCESSING\n\n",
            delta(content="Hello"),
            delta("stop", content=""),
            usage(prompt_tokens=9, completion_tokens=2, cost=0.00012, is_byok=False, cost_details={"x": 1}),
            DONE,
        ],
        "Hm",
        "Hello",
        STOP,
        Usage(9, 2, cost=0.00012),
    ),
    "OpenRouter, only details": (
        [
            delta(reasoning_details=[{"type": "reasoning.summary", "summary": "Sum"}], content=None),
            delta(reasoning_details=[{"type": "reasoning.encrypted", "data": "xx"}]),
            delta(content="Hello"),
            delta("stop"),
            DONE,
        ],
        "Sum",
        "Hello",
        STOP,
        None,
    ),
    "Groq": (
        [
            delta(role="assistant", content="") | {"x_groq": {"id": "req_1"}},
            delta(reasoning="Hm", channel="analysis"),
            delta(content="Hello"),
            delta("stop")
            | {"x_groq": {"id": "req_1", "usage": {"prompt_tokens": 9, "completion_tokens": 2}}},
            usage(prompt_tokens=9, completion_tokens=2, queue_time=0.1),
            DONE,
        ],
        "Hm",
        "Hello",
        STOP,
        Usage(9, 2),
    ),
    "Groq, reasoning in the text": (
        [delta(content="<think>\nHm\n</think>\n\nHello"), delta("stop"), DONE],
        "",
        "<think>\nHm\n</think>\n\nHello",  # told apart by whoever takes the reply
        STOP,
        None,
    ),
    "GigaChat": (
        [
            {"choices": [{"delta": {"content": "Hel", "role": "assistant"}, "index": 0}], "object": "c"},
            {
                "choices": [{"delta": {"content": "lo"}, "index": 0, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 9, "completion_tokens": 2, "precached_prompt_tokens": 3},
            },
            DONE,
        ],
        "",
        "Hello",
        STOP,
        Usage(9, 2),
    ),
    "GigaChat, filtered": (
        [delta(content="He"), delta("blacklist", content=""), DONE],
        "",
        "He",
        FinishReason.FILTER,
        None,
    ),
    "Mistral": (
        [
            delta(role="assistant", content=""),
            delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]),
            delta(content=[{"type": "text", "text": "Hel"}, {"type": "reference", "reference_ids": [1]}]),
            delta("stop", content="lo") | {"usage": {"prompt_tokens": 9, "completion_tokens": 2}},
            DONE,
        ],
        "Hm",
        "Hello",
        STOP,
        Usage(9, 2),
    ),
    "Mistral, model_length": (
        [delta("model_length", content="Hello"), DONE],
        "",
        "Hello",
        FinishReason.LENGTH,
        None,
    ),
    "DeepSeek": (
        [
            ": keep-alive\n\n",
            delta(role="assistant", content=None, reasoning_content=""),
            delta(content=None, reasoning_content="Hm"),
            delta(content="Hello", reasoning_content=None),
            delta("stop", content="", reasoning_content=None)
            | {
                "usage": {
                    "prompt_tokens": 9,
                    "completion_tokens": 8,
                    "prompt_cache_hit_tokens": 5,
                    "prompt_cache_miss_tokens": 4,
                    "completion_tokens_details": {"reasoning_tokens": 6},
                }
            },
            DONE,
        ],
        "Hm",
        "Hello",
        STOP,
        Usage(9, 8, reasoning_tokens=6, cached_tokens=5),
    ),
    "xAI, which counts reasoning apart": (
        [
            delta(role="assistant", reasoning_content="Hm"),
            delta("stop", content="Hello"),
            usage(
                prompt_tokens=9,
                completion_tokens=2,
                total_tokens=61,
                completion_tokens_details={"reasoning_tokens": 50},
            ),
            DONE,
        ],
        "Hm",
        "Hello",
        STOP,
        Usage(9, 52, reasoning_tokens=50),
    ),
    "Together, both names at once": (
        [delta(reasoning="Hm", reasoning_content="Hm"), delta(content="Hello"), delta("stop"), DONE],
        "Hm",
        "Hello",
        STOP,
        None,
    ),
    "Together, eos": ([delta("eos", content="Hello"), DONE], "", "Hello", STOP, None),
    "Fireworks, reasoning in the text": (
        [
            delta(content="<thi"),
            delta(content="nk>Hm</think>\n\n"),
            delta(content="Hello"),
            delta("stop"),
            DONE,
        ],
        "",
        "<think>Hm</think>\n\nHello",
        STOP,
        None,
    ),
    "reasoning as an object": (
        [delta(reasoning={"content": "Hm"}), delta(content="Hello"), delta("stop"), DONE],
        "Hm",
        "Hello",
        STOP,
        None,
    ),
    "delta.thinking": (
        [delta(thinking="Hm"), delta(content="Hello"), delta("stop"), DONE],
        "Hm",
        "Hello",
        STOP,
        None,
    ),
    "Cerebras": (
        [
            delta(reasoning="Hm"),
            delta(content="Hello"),
            delta("stop") | {"usage": {"prompt_tokens": 9, "completion_tokens": 2}, "time_info": {"x": 1}},
            DONE,
        ],
        "Hm",
        "Hello",
        STOP,
        Usage(9, 2),
    ),
    "Azure": (
        [
            {
                "choices": [],
                "created": 0,
                "id": "",
                "model": "",
                "prompt_filter_results": [{"prompt_index": 0}],
            },
            delta(content="Hello"),
            delta("stop"),
            DONE,
        ],
        "",
        "Hello",
        STOP,
        None,
    ),
    "Azure, filtered": (
        [delta(content="He"), delta("content_filter"), DONE],
        "",
        "He",
        FinishReason.FILTER,
        None,
    ),
    "llama.cpp": (
        [
            delta(role="assistant", content=None),
            delta(reasoning_content="Hm"),
            delta(content="Hello"),
            delta("stop"),
            usage(prompt_tokens=9, completion_tokens=2)
            | {"timings": {"prompt_n": 9, "predicted_n": 2, "predicted_per_second": 31.5}},
            DONE,
        ],
        "Hm",
        "Hello",
        STOP,
        Usage(9, 2, tokens_per_second=31.5),
    ),
    "vLLM": (
        [
            delta(role="assistant", content=""),
            delta(reasoning="Hm"),
            delta(content="Hello"),
            delta("stop"),
            DONE,
        ],
        "Hm",
        "Hello",
        STOP,
        None,
    ),
    "LiteLLM": (
        [
            {"id": "c", "choices": [{"index": 0, "delta": {"content": "Hello", "role": "assistant"}}]},
            {"id": "c", "choices": [{"finish_reason": "stop", "index": 0, "delta": {}}]},
            {
                "id": "c",
                "choices": [{"index": 0, "delta": {}}],
                "usage": {"prompt_tokens": 9, "completion_tokens": 2, "cost": 0.5},
            },
            DONE,
        ],
        "",
        "Hello",
        STOP,
        Usage(9, 2, cost=0.5),
    ),
    "text-generation-webui, no [DONE]": (
        [delta(role="assistant", content="Hello"), delta("length", content="")],
        "",
        "Hello",
        FinishReason.LENGTH,
        None,
    ),
    "GitHub Models, empty finish reasons": (
        [delta("", content="Hel"), delta("", content="lo"), delta("stop"), DONE],
        "",
        "Hello",
        STOP,
        None,
    ),
    "tool call that nobody offered": (
        [
            delta(tool_calls=[{"index": 0, "id": "1", "function": {"name": "f", "arguments": ""}}]),
            delta(tool_calls=[{"index": 0, "function": {"arguments": "{}"}}]),
            delta("tool_calls"),
            DONE,
        ],
        "",
        "",
        FinishReason.TOOL,
        None,
    ),
    "refusal": (
        [delta(refusal="I can't "), delta(refusal="do that"), delta("stop"), DONE],
        "",
        "I can't do that",
        FinishReason.FILTER,
        None,
    ),
    "second choice": (
        [delta(content="Hel"), delta(content="XXX", index=1), delta(content="lo"), delta("stop"), DONE],
        "",
        "Hello",
        STOP,
        None,
    ),
    "reasoning only": ([delta(reasoning="Hm"), delta("length"), DONE], "Hm", "", FinishReason.LENGTH, None),
    "nothing at all": ([delta(role="assistant", content=""), delta("stop"), DONE], "", "", STOP, None),
    "whitespace": ([delta(content=" \n"), delta("stop"), DONE], "", " \n", STOP, None),
    "usage twice and in parts": (
        [
            delta(content="Hello") | {"usage": {"prompt_tokens": 9, "completion_tokens": 1}},
            delta("stop") | {"usage": {"prompt_tokens": 9, "completion_tokens": 2}},
            usage(prompt_tokens=9, completion_tokens=2),
            DONE,
        ],
        "",
        "Hello",
        STOP,
        Usage(9, 2),
    ),
}


def wire(events):
    return b"".join(
        (e if e.startswith(":") else f"data: {e}\n\n").encode()
        if isinstance(e, str)
        else f"data: {json.dumps(e)}\n\n".encode()
        for e in events
    )


def streams(body):
    return lambda exchange: exchange.whole(body, Content_Type="text/event-stream")


@pytest.mark.parametrize("vendor", STREAMS)
async def test_stream(dialects, server, ask, vendor):
    events, reasoning, text, finish, counts = STREAMS[vendor]
    server.answer = streams(wire(events))
    outcome = await ask(dialects["openai_chat"].at(server.url))
    assert outcome.error is None
    assert (outcome.reasoning, outcome.text, outcome.finish) == (reasoning, text, finish)
    assert outcome.usage == counts
    assert outcome.notices == []


@pytest.mark.parametrize(
    ("event", "kind", "told"),
    [
        (
            {
                "id": "c",
                "error": {"code": 502, "message": "Provider died"},
                "choices": [{"delta": {}, "index": 0}],
            },
            ErrorKind.BUSY,
            "Provider died",
        ),
        (
            {"choices": [{"index": 0, "delta": {}, "finish_reason": "error", "error": {"message": "cut"}}]},
            ErrorKind.INVALID,
            "cut",
        ),
        ({"x_groq": {"error": "over capacity"}, "choices": []}, ErrorKind.INVALID, "over capacity"),
        ({"error": {"message": "Queue full", "status_code": 429}}, ErrorKind.RATE_LIMIT, "Queue full"),
        ({"error": "the runner stopped"}, ErrorKind.INVALID, "the runner stopped"),
    ],
)
async def test_error_in_the_middle(dialects, server, ask, event, kind, told):
    server.answer = streams(wire([delta(content="Hel"), event, delta(content="lo"), DONE]))
    outcome = await ask(dialects["openai_chat"].at(server.url))
    assert outcome.text == "Hel"
    assert outcome.error.kind is kind
    assert told in outcome.error.message


@pytest.mark.parametrize(
    "event",
    [
        delta("stop") | {"citations": ["https://a.example/", "https://b.example/"]},
        delta("stop")
        | {
            "citations": ["https://a.example/"],
            "search_results": [
                {"title": "A", "url": "https://a.example/"},
                {"title": "B", "url": "https://b.example/"},
            ],
        },
        delta(
            "stop",
            annotations=[
                {"type": "url_citation", "url_citation": {"url": "https://a.example/", "title": "A"}},
                {"type": "url_citation", "url_citation": {"url": "https://b.example/"}},
                {"type": "url_citation", "url_citation": {"url": "https://a.example/"}},
            ],
        ),
    ],
)
async def test_sources(dialects, server, ask, event):
    server.answer = streams(wire([delta(content="Hi"), event, event, DONE]))
    outcome = await ask(dialects["openai_chat"].at(server.url))
    assert [s.url for s in outcome.sources] == ["https://a.example/", "https://b.example/"]
    assert isinstance(outcome.sources[0], Source)


async def test_pictures(dialects, server, ask):
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    server.answer = streams(wire([delta(content="Here:", images=[picture]), delta("stop"), DONE]))
    outcome = await ask(dialects["openai_chat"].at(server.url))
    assert outcome.images == [Image("data:image/png;base64,AAAA")]


async def test_usage_that_follows_the_finish_reason(dialects, server, ask):
    """Usage comes after the finish reason, and is still waited for."""

    async def answer(exchange):
        await exchange.head(Content_Type="text/event-stream")
        await exchange.chunk(wire([delta("stop", content="Hi")]))
        await exchange.chunk(wire([usage(prompt_tokens=9, completion_tokens=2)]))
        await exchange.until_client_leaves()

    server.answer = answer
    from tui.providers.http import Timeouts

    outcome = await ask(dialects["openai_chat"].at(server.url), timeouts=Timeouts(after_finish=0.3))
    assert (outcome.usage, outcome.finish, outcome.error) == (Usage(9, 2), STOP, None)


# What OpenAI's own library reads as well: it knows no lists as content and no <think> in the text.
PLAIN = [name for name in STREAMS if not name.startswith(("Mistral", "Fireworks", "Groq, reasoning", "xAI"))]


@pytest.mark.parametrize("vendor", PLAIN)
async def test_openais_own_library_agrees(server, dialects, ask, vendor):
    import openai

    server.answer = streams(wire(STREAMS[vendor][0]))
    ours = await ask(dialects["openai_chat"].at(server.url))
    text, reasons, counts = "", [], None
    async with openai.AsyncOpenAI(base_url=server.url, api_key="none", max_retries=0) as client:
        messages = [{"role": "user", "content": "Hi"}]
        async for chunk in await client.chat.completions.create(model="m", messages=messages, stream=True):
            counts = chunk.usage or counts
            for choice in (c for c in chunk.choices if c.index == 0):
                text += choice.delta.content or choice.delta.refusal or ""
                reasons += [choice.finish_reason] if getattr(choice, "finish_reason", None) else []
    assert ours.text == text
    assert (ours.finish is not None) == bool(reasons)
    if counts:
        assert (ours.usage.input_tokens, ours.usage.output_tokens) == (
            counts.prompt_tokens,
            counts.completion_tokens,
        )
