"""A server that refuses a field is asked again without it, and never with it from then on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tui.chat.message import Status


def refuses(dialect, refused, refusal: Any, status: str = "400 Bad Request"):
    """An answer that is a refusal as long as ``refused`` finds something in the request."""

    async def answer(exchange):
        if refused(exchange.request.json):
            body = refusal if isinstance(refusal, str) else json.dumps(refusal)
            await exchange.whole(body.encode(), status, Content_Type="application/json")
        else:
            await dialect.streams("Hello")(exchange)

    return answer


def error(message: str, **fields: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", **fields}}


EXTRA = {
    "type": "extra_forbidden",
    "loc": ["body", "NAME"],
    "msg": "Extra inputs are not permitted",
    "input": {},
}
UNKNOWN = [
    error("Unsupported parameter: 'NAME' is not supported with this model.", param="NAME"),
    error("Unrecognized request argument supplied: NAME"),
    error("Unknown parameter: 'NAME'.", code="unknown_parameter", param=None),
    {"detail": [EXTRA]},
    {"object": "error", "message": {"detail": [EXTRA]}, "type": "invalid_request_error"},
    {"object": "error", "message": str([{**EXTRA, "loc": ("body", "NAME")}]), "code": 400, "param": None},
    error("Extra inputs are not permitted, field: 'NAME'"),
    error("property 'NAME' is unsupported, did you mean 'max_tokens'?"),
    {"message": 'json: unknown field "NAME"'},
    {"error": "unknown field `NAME`, expected one of `model`, `messages`, `temperature`, `top_p` at line 1"},
    {"message": 'Unrecognized field "NAME" (class Chat), not marked as ignorable (2 known: "seed", "stop")'},
    error("Additional properties are not allowed ('NAME' was unexpected)"),
    {
        "errors": [
            {"message": "must NOT have additional properties", "params": {"additionalProperty": "NAME"}}
        ]
    },
    {"issues": [{"code": "unrecognized_keys", "keys": ["NAME"], "message": "Unrecognized key(s) in object"}]},
    {"message": "Malformed input request: extraneous key [NAME] is not permitted"},
    error("lab does not support parameters: ['NAME'], for model=m"),
    error("Argument not supported on this model: NAME"),
    {"detail": "TypeError: create() got an unexpected keyword argument 'NAME'"},
    {"error": "NAME is not supported"},
    error("NAME is not currently supported"),
]


@pytest.mark.parametrize("name", ["stream_options", "temperature", "reasoning_effort", "seed", "top_p"])
@pytest.mark.parametrize("refusal", UNKNOWN, ids=lambda refusal: json.dumps(refusal)[:60])
@pytest.mark.parametrize("status", ["400 Bad Request", "422 Unprocessable Entity"])
async def test_a_field_is_known_in_any_vendors_words(server, dialects, send, name, refusal, status):
    chat = dialects["openai_chat"]
    words = json.dumps(refusal).replace("NAME", name)
    server.answer = refuses(chat, lambda body: name in body, words, status)
    settings = {"temperature": 0.5, "top_p": 0.9, "seed": 7, "reasoning_effort": "low", "max_tokens": 99}
    reply = await send(chat.at(server.url), **settings)
    assert (reply.text, reply.status) == ("Hello", Status.COMPLETE)
    assert reply.notices == (f"lab/m does not take {name}; sent without it",)
    first, second = (request.json for request in server.requests)
    assert second == {field: value for field, value in first.items() if field != name}
    again = await send(chat.at(server.url), **settings)
    assert (again.text, again.notices, len(server.requests)) == ("Hello", (), 3)


@pytest.mark.parametrize(
    ("dialect_name", "parameters", "refused", "words", "left"),
    [
        ("openai_responses", {"temperature": 1}, "temperature", "Unsupported parameter: 'temperature'", {}),
        ("openai_responses", {}, "store", "Unknown parameter: 'store'.", {}),
        (
            "openai_chat",
            {"max_tokens": 9},
            "max_tokens",
            "this model does not support MaxTokens, please use MaxCompletionTokens",
            {"max_completion_tokens": 9},
        ),
        (
            "openai_chat",
            {"temperature": 0.5, "seed": 1},
            "temperature",
            "invalid temperature: only 1 is allowed for this model",
            {"seed": 1},
        ),
        (
            "openai_responses",
            {"reasoning_effort": "low"},
            "reasoning.summary",
            "Your organization must be verified to generate reasoning summaries",
            {"reasoning": {"effort": "low"}},
        ),
        (
            "anthropic",
            {"top_p": 0.5},
            "top_p",
            "top_p: Extra inputs are not permitted",
            {"max_tokens": 16384},
        ),
        (
            "anthropic",
            {"temperature": 0.5, "top_p": 0.5},
            "temperature",
            "`temperature` and `top_p` cannot both be specified for this model",
            {"top_p": 0.5},
        ),
        (
            "anthropic",
            {"reasoning_effort": "low"},
            "output_config.effort",
            "This model does not support the effort parameter.",
            {"thinking": {"type": "adaptive", "display": "summarized"}},
        ),
        ("anthropic", {"reasoning_effort": "low"}, "thinking", "adaptive thinking is not supported", {}),
        (
            "gemini",
            {"seed": 5},
            "generationConfig.seed",
            "Invalid JSON payload received. Unknown name \"seed\" at 'generation_config': Cannot find field.",
            {},
        ),
        (
            "gemini",
            {"temperature": 0.1},
            "generationConfig.thinkingConfig",
            "Thinking is not enabled for this model",
            {"generationConfig": {"temperature": 0.1}},
        ),
        ("ollama", {"reasoning_effort": "high"}, "think", '"m" does not support thinking', {}),
        (
            "ollama",
            {"seed": 5, "top_p": 0.1},
            "options.seed",
            "unknown option: seed",
            {"options": {"top_p": 0.1}},
        ),
    ],
)
async def test_every_dialect(server, dialects, send, dialect_name, parameters, refused, words, left):
    dialect = dialects[dialect_name]

    def stands_in(body: dict[str, Any]) -> bool:
        for step in refused.split("."):
            if step not in body:
                return False
            body = body[step]
        return True

    server.answer = refuses(dialect, stands_in, error(words))
    reply = await send(dialect.at(server.url), **parameters)
    assert (reply.text, reply.failure, len(server.requests)) == ("Hello", None, 2)
    assert left.items() <= server.requests[1].json.items()
    await send(dialect.at(server.url), **parameters)
    assert len(server.requests) == 3


SYSTEM_WORDS = [
    error("Unsupported value: 'messages[0].role' does not support 'system' with this model."),
    error("System role not supported"),
    error("Only user and assistant roles are supported!"),
    error("Conversation roles must alternate user/assistant/user/assistant/..."),
    error("Developer instruction is not enabled for models/gemma-3-27b-it"),
    error("Invalid role: system. Must be one of user, assistant"),
    {"detail": [{"loc": ["body", "messages", 0, "role"], "msg": "Input should be 'user' or 'assistant'"}]},
    error("system messages are not supported by this model"),
    error("role must be one of user, assistant"),
]


@pytest.mark.parametrize("refusal", SYSTEM_WORDS, ids=lambda refusal: json.dumps(refusal)[:60])
async def test_a_refused_system_prompt_stands_before_the_first_message(server, framed, send, refusal):
    def has_system(body: dict[str, Any]) -> bool:
        named = {"system", "instructions", "systemInstruction"} & body.keys()
        return bool(named) or any(m["role"] == "system" for m in body.get("messages", ()))

    server.answer = refuses(framed, has_system, refusal)
    reply = await send(framed.at(server.url), system="Be brief.")
    assert (reply.text, len(server.requests)) == ("Hello", 2)
    assert "Be brief.\\n\\nHi" in json.dumps(server.requests[1].json)
    assert reply.notices == ("lab/m takes no system prompt; it was put before the first message",)
    await send(framed.at(server.url), system="Be brief.")
    assert len(server.requests) == 3


async def test_a_template_that_fails_on_the_system_role_is_a_refusal_too(server, dialects, send):
    chat = dialects["openai_chat"]
    refusal = error("Jinja Exception: System role not supported", code=500)
    server.answer = refuses(
        chat, lambda body: body["messages"][0]["role"] == "system", refusal, "500 Internal Server Error"
    )
    assert (await send(chat.at(server.url), system="Be brief.")).text == "Hello"
    assert len(server.requests) == 2


async def test_a_limit_with_two_names_is_sent_by_the_other_one(server, dialects, send):
    chat = dialects["openai_chat"]
    words = "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    server.answer = refuses(chat, lambda body: "max_tokens" in body, error(words, param="max_tokens"))
    reply = await send(chat.at(server.url), max_tokens=99)
    assert reply.notices == ("lab/m does not take max_tokens; sent as max_completion_tokens",)
    assert server.requests[1].json["max_completion_tokens"] == 99


async def test_a_server_that_says_nothing_gets_the_plainest_request(server, dialects, send):
    chat = dialects["openai_chat"]
    server.answer = refuses(chat, lambda body: "stream_options" in body, "Bad Request")
    assert (await send(chat.at(server.url), temperature=0.5)).text == "Hello"
    assert server.requests[1].json["temperature"] == 0.5
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("words", "requests"),
    [
        ("The prompt breaks our rules. Please stop.", 1),
        ("This model's maximum context length is 8192 tokens, however you requested 9000 (max_tokens)", 1),
        ("Bad Request", 2),
        ("Unsupported parameter: 'stream_options'", 2),
    ],
)
async def test_a_refusal_that_goes_on_is_told_after_few_requests(server, dialects, send, words, requests):
    chat = dialects["openai_chat"]
    server.answer = refuses(chat, lambda body: True, error(words))
    reply = await send(chat.at(server.url), max_tokens=99, stop="x")
    assert reply.status is Status.ERROR and words.split("'")[0].rstrip(". ") in reply.failure.message
    assert len(server.requests) == requests
    server.requests.clear()
    await send(chat.at(server.url), max_tokens=99, stop="x")
    assert len(server.requests) == requests, "what did not help was learnt"


async def test_a_value_that_is_refused_is_left_out_once(server, dialects, send):
    chat = dialects["openai_chat"]
    server.answer = refuses(
        chat, lambda b: b.get("top_p", 0) > 0.9, error("top_p must be below 0.9", param="top_p")
    )
    assert (await send(chat.at(server.url), top_p=0.95)).text == "Hello"
    assert (await send(chat.at(server.url), top_p=0.5)).text == "Hello"
    assert server.requests[-1].json["top_p"] == 0.5


async def test_the_config_calls_fields_by_their_own_names_or_by_ours(server, framed, send):
    server.answer = framed.streams("Hello")
    reply = await send(
        framed.at(server.url), refuses=["reasoning_effort", "top_p"], reasoning_effort="low", top_p=0.3
    )
    plain = framed.provider.request_body("m", [{"role": "user", "content": "Hi"}], {})
    assert (reply.text, server.requests[0].json) == ("Hello", plain)


async def test_the_config_can_name_another_name(server, dialects, send):
    chat = dialects["openai_chat"]
    server.answer = chat.streams("Hello")
    await send(chat.at(server.url), refuses=["max_tokens=max_completion_tokens"], max_tokens=99)
    sent = server.requests[0].json
    assert "max_tokens" not in sent and sent["max_completion_tokens"] == 99


async def test_what_the_config_says_beforehand_is_never_sent(server, dialect, send):
    server.answer = dialect.streams("Hello")
    fields = ["stream_options", "temperature", "system"]
    reply = await send(dialect.at(server.url), system="Be brief.", refuses=fields, temperature=0.5)
    assert (reply.text, reply.notices, len(server.requests)) == ("Hello", (), 1)
    if dialect.framed:
        sent = json.dumps(server.requests[0].json)
        assert "temperature" not in sent and "stream_options" not in sent and "Be brief.\\n\\nHi" in sent
