"""Every vendor's way to say no, in one shape."""

import json
from datetime import UTC, datetime

import pytest

from tui.errors import ErrorKind
from tui.providers.error_parsing import (
    describe,
    describe_page,
    kind_of,
    parse_body,
    read_complaint,
    retry_after,
    should_retry,
)
from tui.secret import Secret

# What servers send with an error status: status, body, kind, and words that must be told.
BODIES = {
    "OpenAI, wrong key": (
        401,
        {
            "error": {
                "message": "Incorrect API key provided",
                "type": "x",
                "param": None,
                "code": "invalid_api_key",
            }
        },
        ErrorKind.AUTH,
        "Incorrect API key provided",
    ),
    "OpenAI, no balance": (
        429,
        {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}},
        ErrorKind.QUOTA,
        "exceeded your current quota",
    ),
    "OpenAI, too fast": (
        429,
        {"error": {"message": "Rate limit reached", "type": "tokens", "code": "rate_limit_exceeded"}},
        ErrorKind.RATE_LIMIT,
        "Rate limit reached",
    ),
    "OpenAI, no such model": (
        404,
        {"error": {"message": "The model `gpt-9` does not exist", "code": "model_not_found"}},
        ErrorKind.NOT_FOUND,
        "gpt-9",
    ),
    "OpenAI, content": (
        400,
        {"error": {"message": "rejected by our safety system", "code": "content_policy_violation"}},
        ErrorKind.FILTER,
        "safety system",
    ),
    "Anthropic, overloaded": (
        529,
        {
            "type": "error",
            "error": {"type": "overloaded_error", "message": "Overloaded"},
            "request_id": "req_1",
        },
        ErrorKind.BUSY,
        "Overloaded",
    ),
    "Anthropic, no balance": (
        400,
        {
            "type": "error",
            "error": {"type": "invalid_request_error", "message": "Your credit balance is too low to access"},
        },
        ErrorKind.QUOTA,
        "credit balance",
    ),
    "Anthropic, permission": (
        403,
        {"type": "error", "error": {"type": "permission_error", "message": "not allowed"}},
        ErrorKind.AUTH,
        "not allowed",
    ),
    "Gemini, wrong key with status 400": (
        400,
        {
            "error": {
                "code": 400,
                "message": "API key not valid. Please pass a valid API key.",
                "status": "INVALID_ARGUMENT",
                "details": [
                    {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
                ],
            }
        },
        ErrorKind.AUTH,
        "API key not valid",
    ),
    "Gemini, in an array": (
        429,
        [{"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}}],
        ErrorKind.RATE_LIMIT,
        "Quota exceeded",
    ),
    "Gemini, busy": (
        503,
        {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}},
        ErrorKind.BUSY,
        "overloaded",
    ),
    "OpenRouter, from the vendor behind it": (
        502,
        {
            "error": {
                "message": "Provider returned error",
                "code": 502,
                "metadata": {"provider_name": "X", "raw": '{"error":{"message":"GPU on fire"}}'},
            }
        },
        ErrorKind.BUSY,
        "Provider returned error: GPU on fire",
    ),
    "Groq, too long": (
        413,
        {
            "error": {
                "message": "Request too large for model `x` on tokens per minute: Limit 6000, Requested 8000",
                "type": "tokens",
                "code": "rate_limit_exceeded",
            }
        },
        ErrorKind.CONTEXT,
        "8,000 tokens, more than the 6,000",
    ),
    "Mistral": (
        422,
        {"object": "error", "message": {"detail": [{"loc": ["body", "temperature"], "msg": "too high"}]}},
        ErrorKind.INVALID,
        "too high",
    ),
    "FastAPI, text": (404, {"detail": "Not Found"}, ErrorKind.NOT_FOUND, "Not Found"),
    "FastAPI, list": (
        422,
        {"detail": [{"type": "missing", "loc": ["body", "model"], "msg": "Field required"}]},
        ErrorKind.INVALID,
        "Field required",
    ),
    "Ollama": (404, {"error": 'model "x" not found, try pulling it first'}, ErrorKind.NOT_FOUND, "pulling"),
    "Hugging Face": (
        503,
        {"error": "Model x is currently loading", "estimated_time": 20},
        ErrorKind.BUSY,
        "loading",
    ),
    "llama.cpp, loading": (
        503,
        {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}},
        ErrorKind.BUSY,
        "Loading model",
    ),
    "DeepSeek, no balance": (
        402,
        {
            "error": {
                "message": "Insufficient Balance",
                "type": "unknown_error",
                "code": "invalid_request_error",
            }
        },
        ErrorKind.QUOTA,
        "Insufficient Balance",
    ),
    "bare message": (400, {"message": "nope"}, ErrorKind.INVALID, "nope"),
    "plain text": (500, "upstream failed", ErrorKind.BUSY, "upstream failed"),
    "nothing": (500, "", ErrorKind.BUSY, "busy or failing (500)"),
    "odd shapes": (400, {"error": [1, None, {"message": None}], "detail": 7}, ErrorKind.INVALID, "refused"),
}


@pytest.mark.parametrize("name", BODIES)
def test_error_bodies(name):
    status, body, kind, told = BODIES[name]
    text = body if isinstance(body, str) else json.dumps(body, indent=1)
    words = describe("host", status, read_complaint(parse_body(text)))
    assert words.kind is kind
    assert told in words.message
    assert words.hint


# How servers say that the conversation is too long, and the two numbers in it.
TOO_LONG = {
    "OpenAI": (
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
        9001,
        8192,
    ),
    "vLLM": (
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens "
        "(4500 in the messages, 500 in the completion).",
        5000,
        4096,
    ),
    "vLLM, newer": (
        "You passed 5001 input tokens and requested 0 output tokens. However, the model's context length is "
        "only 4096 tokens",
        5001,
        4096,
    ),
    "Anthropic": ("prompt is too long: 210000 tokens > 200000 maximum", 210000, 200000),
    "Anthropic, with the reply": (
        "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length",
        None,
        200000,
    ),
    "Gemini": (
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        1200000,
        1048576,
    ),
    "Mistral": (
        "Prompt contains 40000 tokens and 0 draft tokens, "
        "too large for model with 32768 maximum context length",
        40000,
        32768,
    ),
    "xAI": (
        "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
        140000,
        131072,
    ),
    "without numbers": ("Please reduce the length of the messages or completion.", None, None),
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_context(name):
    message, tokens, limit = TOO_LONG[name]
    complaint = read_complaint({"error": {"message": message, "type": "invalid_request_error"}})
    assert kind_of(400, complaint) is ErrorKind.CONTEXT
    assert (complaint.tokens, complaint.limit) == (tokens, limit)


def test_context_of_llama_cpp():
    complaint = read_complaint(
        {
            "error": {
                "code": 400,
                "message": "the request exceeds the available context size, try increasing it",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": 5000,
                "n_ctx": 4096,
            }
        }
    )
    words = describe("127.0.0.1:8080", 400, complaint)
    assert words.kind is ErrorKind.CONTEXT
    assert words.message.startswith(
        "The conversation has 5,000 tokens, more than the 4,096 that the model at 127.0.0.1:8080 takes (400)"
    )


@pytest.mark.parametrize(
    ("error", "param"),
    [
        ({"message": "Unsupported value", "param": "temperature"}, "temperature"),
        ({"message": "x", "param": "max_completion_tokens"}, "max_tokens"),
        ({"message": "x", "param": "reasoning.effort"}, "reasoning_effort"),
        ({"message": "x", "param": "reasoning_effort"}, "reasoning_effort"),
        ({"message": "x", "param": "messages[1].content"}, "messages[1].content"),
        ({"message": "temperature: Extra inputs are not permitted"}, "temperature"),
        ({"message": "`top_p` can't be used with this model"}, "top_p"),
        ({"message": "Invalid value at 'generation_config.max_output_tokens'"}, "max_tokens"),
        ({"details": [{"fieldViolations": [{"field": "generationConfig.topP"}]}], "message": "x"}, "top_p"),
        ({"message": '"qwen" does not support thinking'}, "reasoning_effort"),
        ({"message": "no such model: kimi-k2-thinking"}, None),
        ({"message": "unknown field"}, None),
    ],
)
def test_the_parameter_that_was_refused(error, param):
    assert read_complaint({"error": error}).param == param


def test_the_parameter_in_a_fastapi_error():
    complaint = read_complaint({"detail": [{"loc": ["body", "random_seed"], "msg": "Extra inputs"}]})
    assert complaint.param == "seed"


def test_retry_delay_of_google():
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17.5s"}]
    assert read_complaint({"error": {"message": "x", "details": details}}).retry_after == 17.5


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "20"}, 20),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30"}, 30),
        ({"retry-after": "tomorrow"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers, seconds):
    assert retry_after(headers, datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.4, "It asks to wait 1 s;"),
        (17, "It asks to wait 17 s;"),
        (3600, "It asks to wait 60 min;"),
        (86_400, "It asks to wait 24 h;"),
        (None, "Wait a little,"),
        (0, "Wait a little,"),
    ],
)
def test_how_long_to_wait_is_said(seconds, told):
    busy = describe("host", 429, read_complaint({"error": "slow down"}))
    assert busy.after(seconds).hint.startswith(told)
    refused = describe("host", 401, read_complaint({"error": "no"}))
    assert refused.after(seconds) == refused


@pytest.mark.parametrize(
    ("value", "word"), [("true", True), (" False ", False), ("maybe", None), ("", None), (None, None)]
)
def test_the_servers_own_word_on_asking_again(value, word):
    assert should_retry({} if value is None else {"x-should-retry": value}) is word


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, ErrorKind.BUSY),
        ({"error": {"code": 502, "message": "bad"}}, ErrorKind.BUSY),
        ({"error": {"code": 429, "message": "slow down"}}, ErrorKind.RATE_LIMIT),
        ({"error": {"message": "wrong", "status_code": 400}}, ErrorKind.INVALID),
        ({"code": "server_error", "message": "oops"}, ErrorKind.BUSY),
        ({"error": "unexpected EOF in the runner"}, ErrorKind.INVALID),
    ],
)
def test_errors_inside_a_stream_have_no_status(payload, kind):
    words = describe("host", None, read_complaint(payload))
    assert words.kind is kind


def test_key_in_the_words():
    key = Secret("sk-0123456789abcdefghijWXYZ")
    complaint = read_complaint(
        {"error": {"message": f"Incorrect API key: {key.reveal()}", "code": "invalid_api_key"}}
    )
    words = describe("host", 401, complaint, key)
    assert key.reveal() not in words.message
    assert words.message == "host refused the key •••WXYZ (401): Incorrect API key: •••WXYZ"
    assert describe("host", 401, complaint).message.startswith("host wants a key (401)")


@pytest.mark.parametrize(
    ("html", "status", "kind", "told"),
    [
        ("<title>Just a moment...</title>", 403, ErrorKind.UNAVAILABLE, "Cloudflare's check for browsers"),
        (
            "<title>x</title><script src=/cdn-cgi/challenge-platform/>",
            403,
            ErrorKind.UNAVAILABLE,
            "Cloudflare",
        ),
        (
            "<title>a.example | 522: Connection timed out</title> cloudflare",
            522,
            ErrorKind.BUSY,
            "page of Cloudflare",
        ),
        ("<h1>404</h1>", 404, ErrorKind.NOT_FOUND, "a web page (404)"),
        ("<title>\n Sign &amp; in \n</title>", None, ErrorKind.PROTOCOL, "“Sign & in”"),
        ("<html>", None, ErrorKind.PROTOCOL, "host sent a web page in place of an answer"),
    ],
)
def test_pages(html, status, kind, told):
    words = describe_page("host", html, status)
    assert words.kind is kind
    assert told in words.message


def test_deep_nesting_is_no_trap():
    deep = json.loads("[" * 900 + "]" * 900)
    assert read_complaint({"error": deep}).message == ""
    assert parse_body("[" * 100_000) == "[" * 100_000


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ({"n_ctx": 4096, "n_prompt_tokens": "5000"}, (None, 4096)),
        ({"n_ctx": "4096", "n_prompt_tokens": 5000}, (None, None)),
        ({"n_ctx": True}, (None, None)),
    ],
)
def test_counts_that_are_none(counts, found):
    complaint = read_complaint({"error": {"type": "exceed_context_size_error", **counts}})
    assert (complaint.tokens, complaint.limit) == found
    assert describe("host", 400, complaint).kind is ErrorKind.CONTEXT


@pytest.mark.parametrize(
    "body",
    [
        'event: error\ndata: {"error": {"message": "the model fell over"}}\n\n',
        'data: {"choices": []}\n\ndata: {"error": {"message": "the model fell over"}}\n\ndata: [DONE]\n\n',
        ': hello\n\ndata: {"type": "error", "error": {"message": "the model fell over"}}',
        '{"done": false}\n{"error": "the model fell over"}\n',
        "data: the model fell over\n\n",
    ],
)
def test_an_error_that_is_a_stream_of_events_is_read(body):
    words = describe("host", 500, read_complaint(parse_body(body)))
    assert words.message == "host is busy or failing (500): the model fell over"
