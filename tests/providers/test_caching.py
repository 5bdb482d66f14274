"""What leaves so that vendors keep what they have read, and what they count of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.providers.formats.dialects import sse
from tui.errors import ErrorKind, ProviderError
from tui.providers.base import Target
from tui.providers.formats import wire_format
from tui.providers.refusals import refusal_in
from tui.providers.vendors import make_class, vendors
from tui.tools.tool import ToolSpec

MARK = {"type": "ephemeral"}
KEY = "3f1c" * 8
TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "First"},
    {"role": "assistant", "content": "One."},
    {"role": "user", "content": "Second"},
]
READ = ToolSpec("", "read_file", "Reads a file", {"type": "object", "properties": {}})


def vendor(name: str, url: str = "") -> Any:
    row = vendors()[name]
    return type("At", (make_class(wire_format(row.type), row, {}),), {"url": url or row.url})


@pytest.fixture
def leaves(server):
    """What leaves for a vendor: its body and its headers."""

    async def sent(name: str, model: str = "m", messages: Any = TALK, **more: Any) -> tuple[Any, Any]:
        server.answer = lambda exchange: exchange.whole(b"{}", "400 Bad Request")
        target = Target(f"{name}/{model}", vendor(name, server.url), model, **more.pop("target", {}))
        with pytest.raises(ProviderError):
            async for _ in target.stream(messages, {}, cache_key=KEY, **more):
                pass
        return server.requests[-1].json, server.requests[-1].headers

    return sent


async def test_anthropic_keeps_tools_and_system_prompt_and_what_stands_before_the_newest_prompt(leaves):
    body, _ = await leaves("anthropic", tools=[READ])
    assert body["system"] == [{"type": "text", "text": "Be brief.", "cache_control": MARK}]
    assert "cache_control" not in json.dumps(body["tools"]), "they stand before the system prompt"
    assert body["messages"] == [
        {"role": "user", "content": "First"},
        {"role": "assistant", "content": [{"type": "text", "text": "One.", "cache_control": MARK}]},
        {"role": "user", "content": "Second"},
    ]


async def test_without_a_system_prompt_the_last_tool_is_marked(leaves):
    body, _ = await leaves("anthropic", messages=TALK[1:2], tools=[READ])
    assert body["tools"][-1]["cache_control"] == MARK
    assert body["messages"] == [{"role": "user", "content": "First"}]


async def test_what_tools_gave_is_kept_for_the_next_round(leaves):
    call = {"type": "tool_call", "id": "a", "name": "read_file", "arguments": {}, "native": None}
    result = {
        "type": "tool_result",
        "id": "a",
        "name": "read_file",
        "text": "milk",
        "is_error": False,
        "files": [],
    }
    rounds = [*TALK, {"role": "assistant", "content": [call]}, {"role": "tool", "content": [result]}]
    body, _ = await leaves("anthropic", messages=rounds, tools=[READ])
    marked = [place for place, turn in enumerate(body["messages"]) if "cache_control" in json.dumps(turn)]
    assert marked == [1, 4]
    assert json.dumps(body).count("cache_control") == 3, "four are allowed"


@pytest.mark.parametrize("name", ["openai", "azure", "mistral"])
async def test_requests_of_one_conversation_have_one_key(leaves, name):
    body, _ = await leaves(name)
    assert body["prompt_cache_key"] == KEY


@pytest.mark.parametrize(("name", "header"), [("xai", "x-grok-conv-id"), ("fireworks", "x-session-affinity")])
async def test_requests_of_one_conversation_go_to_one_server(leaves, name, header):
    body, headers = await leaves(name)
    assert headers[header] == KEY
    assert KEY not in json.dumps(body)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("openrouter", "anthropic/claude-opus-5-5"),
        ("openrouter", "qwen/qwen3-max"),
        ("litellm", "claude-opus"),
    ],
)
async def test_gateways_get_the_marks_for_models_that_need_them(leaves, name, model):
    body, _ = await leaves(name, model)
    assert body["messages"][0]["content"] == [{"type": "text", "text": "Be brief.", "cache_control": MARK}]
    assert body["messages"][2]["content"] == [{"type": "text", "text": "One.", "cache_control": MARK}]
    assert body["messages"][3] == TALK[3]


@pytest.mark.parametrize(
    ("name", "model"), [("openrouter", "openai/gpt-6-sol"), ("groq", "m"), ("deepseek", "m")]
)
async def test_vendors_that_keep_by_themselves_get_the_messages_as_they_are(leaves, name, model):
    body, _ = await leaves(name, model)
    assert body["messages"] == TALK


async def test_vercels_gateway_is_asked_to_do_it(leaves):
    body, _ = await leaves("vercel")
    assert body["providerOptions"] == {"gateway": {"caching": "auto"}}


async def test_geminis_requests_begin_alike_so_that_it_keeps_them_by_itself(leaves):
    first, _ = await leaves("gemini", messages=TALK[:2])
    then, _ = await leaves("gemini")
    assert then["systemInstruction"] == first["systemInstruction"]
    assert then["contents"][:1] == first["contents"]


async def test_a_server_that_refuses_the_marks_is_asked_without_them(leaves):
    body, _ = await leaves("anthropic")
    words = "system.0.cache_control: Extra inputs are not permitted"
    refusal = refusal_in(ErrorKind.INVALID, 400, words, {"error": {"message": words}}, body)
    assert refusal is not None and refusal.fields == ("cache_control",)
    plain, _ = await leaves("anthropic", target={"refused": frozenset(refusal.fields)})
    assert plain["system"] == "Be brief."
    assert "cache_control" not in json.dumps(plain)


async def test_a_server_that_refuses_the_key_is_asked_without_it(leaves):
    body, _ = await leaves("mistral")
    words = "Extra inputs are not permitted: prompt_cache_key"
    refusal = refusal_in(ErrorKind.INVALID, 422, words, {"message": words}, body)
    assert refusal is not None and refusal.fields == ("prompt_cache_key",)
    plain, _ = await leaves("mistral", target={"refused": frozenset(refusal.fields)})
    assert "prompt_cache_key" not in plain


COUNTS = {
    "openai": {
        "prompt_tokens": 2006,
        "completion_tokens": 300,
        "prompt_tokens_details": {"cached_tokens": 1920, "cache_write_tokens": 64},
    },
    "a gateway to Anthropic": {
        "prompt_tokens": 2006,
        "completion_tokens": 300,
        "cache_creation_input_tokens": 64,
        "prompt_tokens_details": {"cached_tokens": 1920},
    },
    "moonshot": {
        "prompt_tokens": 2006,
        "completion_tokens": 300,
        "cached_tokens": 1920,
        "cache_write_tokens": 64,
    },
}


@pytest.mark.parametrize("counts", COUNTS.values(), ids=COUNTS.keys())
async def test_kept_and_written_tokens_are_counted(server, ask, counts):
    end = {"choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}], "usage": counts}
    server.answer = lambda exchange: exchange.whole(
        sse(end) + b"data: [DONE]\n\n", Content_Type="text/event-stream"
    )
    came = await ask(vendor("groq", server.url))
    assert came.usage is not None
    usage = came.usage
    assert (usage.input_tokens, usage.cached_tokens, usage.written_tokens) == (2006, 1920, 64)
