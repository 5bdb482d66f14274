"""What is sent in OpenAI's chat dialect, and what its lists of models say."""

import pytest

from tui.chat.model import ModelInfo
from tui.errors import ErrorKind, ProviderError
from tui.providers import OpenAIChat
from tui.providers.vendors import vendors

HI = [{"role": "user", "content": "Hi"}]
KEY = "sk-test-0123456789abcdefWXYZ"
EVERYTHING = {
    "temperature": 0.0,
    "top_p": 0.9,
    "max_tokens": 100,
    "reasoning_effort": "high",
    "seed": 7,
    "stop": ["\n"],
}


def body(options=None, messages=HI, **quirks):
    provider = type("Vendor", (OpenAIChat,), quirks)
    return provider.request_body("m", messages, options or {})


class TestBody:
    def test_least(self):
        assert body() == {
            "model": "m",
            "messages": HI,
            "stream": True,
            "stream_options": {"include_usage": True},
        }

    def test_parameters(self):
        assert body(EVERYTHING) == body() | EVERYTHING

    def test_parameters_that_are_none_are_not_sent(self):
        assert body(dict.fromkeys(EVERYTHING)) == body()

    def test_unknown_options_are_not_sent(self):
        assert body({"api_key": KEY, "num_ctx": 5, "foo": 1, "timeouts": None}) == body()

    def test_new_name_of_max_tokens(self):
        assert body({"max_tokens": 9}, max_tokens_field="max_completion_tokens")["max_completion_tokens"] == 9

    def test_mistral_seed(self):
        sent = body({"seed": 9}, seed_field="random_seed", stream_usage=False)
        assert sent == {"model": "m", "messages": HI, "stream": True, "random_seed": 9}

    @pytest.mark.parametrize(
        ("form", "effort", "sent"),
        [
            ("effort", "low", {"reasoning_effort": "low"}),
            ("effort", "none", {"reasoning_effort": "none"}),
            ("openrouter", "high", {"reasoning": {"effort": "high"}}),
            ("openrouter", "none", {"reasoning": {"enabled": False}}),
            ("deepseek", "minimal", {"thinking": {"type": "enabled"}, "reasoning_effort": "low"}),
            ("deepseek", "medium", {"thinking": {"type": "enabled"}, "reasoning_effort": "high"}),
            ("deepseek", "xhigh", {"thinking": {"type": "enabled"}, "reasoning_effort": "max"}),
            ("deepseek", "none", {"thinking": {"type": "disabled"}}),
            ("none", "high", {}),
        ],
    )
    def test_reasoning(self, form, effort, sent):
        assert body({"reasoning_effort": effort}, reasoning_format=form) == body() | sent

    @pytest.mark.parametrize("name", ["openrouter", "vercel"])
    def test_a_model_that_makes_pictures_is_asked_for_them(self, name):
        provider = type("Vendor", (OpenAIChat,), dict(vendors()[name].quirks))
        asked = {"modalities": ["image", "text"]}
        assert provider.request_body("google/gemini-3-pro-image-preview", HI, {}).items() >= asked.items()
        assert "modalities" not in provider.request_body("google/gemini-3-pro", HI, {})
        assert "modalities" not in provider.request_body("vendor/imagenet-chat", HI, {})

    def test_extra_body(self):
        assert body(extra_body={"mode": "instruct"}) == body() | {"mode": "instruct"}

    def test_pictures_and_files(self):
        content = [
            {"type": "text", "text": "Look"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}},
            {
                "type": "file",
                "file": {"filename": "a.py", "file_data": "data:text/x-python;base64,cHJpbnQoMSk="},
            },
        ]
        sent = body(messages=[{"role": "user", "content": content}])["messages"][0]["content"]
        assert sent[:3] == content[:3]
        assert sent[3] == {"type": "text", "text": "a.py:\n```\nprint(1)\n```"}


class TestHeaders:
    async def test_key(self, server, ask, dialects):
        server.answer = lambda exchange: exchange.whole(dialects["openai_chat"].whole)
        await ask(dialects["openai_chat"].at(server.url + "/v1/"), api_key=KEY)
        request = server.requests[0]
        assert (request.method, request.target) == ("POST", "/v1/chat/completions")
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.headers["content-type"] == "application/json"
        assert request.headers["user-agent"].startswith("segue/")

    async def test_azure(self, server, ask, dialects):
        server.answer = lambda exchange: exchange.whole(dialects["openai_chat"].whole)
        provider = dialects["openai_chat"].at(server.url, auth_header="api-key", headers={"X-Title": "Segue"})
        await ask(provider, api_key=KEY)
        assert server.requests[0].headers["api-key"] == KEY
        assert server.requests[0].headers["x-title"] == "Segue"
        assert "authorization" not in server.requests[0].headers

    async def test_no_key(self, server, ask, dialects):
        server.answer = lambda exchange: exchange.whole(dialects["openai_chat"].whole)
        await ask(dialects["openai_chat"].at(server.url))
        assert "authorization" not in server.requests[0].headers

    async def test_refused_parameter_is_named(self, server, ask, dialects):
        refusal = b'{"error": {"message": "Unsupported parameter", "param": "temperature", "code": "x"}}'
        server.answer = lambda exchange: exchange.whole(refusal, "400 Bad Request")
        error = (await ask(dialects["openai_chat"].at(server.url), temperature=0.5)).error
        assert (error.kind, error.param) == (ErrorKind.INVALID, "temperature")

    async def test_lone_surrogate_in_the_prompt(self, server, ask, dialects):
        server.answer = lambda exchange: exchange.whole(dialects["openai_chat"].whole)
        assert (await ask(dialects["openai_chat"].at(server.url), "half \ud83d")).error is None


# vendor: the body of GET /models, and what is made of it
LISTS = {
    "OpenAI": (
        {
            "object": "list",
            "data": [
                {"id": "gpt-6-sol", "object": "model", "created": 1, "owned_by": "openai"},
                *[
                    {"id": name}
                    for name in (
                        "text-embedding-3-small",
                        "whisper-1",
                        "tts-1-hd",
                        "gpt-4o-mini-tts",
                        "dall-e-3",
                        "omni-moderation-latest",
                        "gpt-realtime",
                        "gpt-4o-transcribe",
                        "gpt-image-1",
                        "sora-2",
                        "davinci-002",
                    )
                ],
            ],
        },
        [
            ModelInfo("gpt-6-sol"),
            ModelInfo("dall-e-3"),  # what these make is not in the list: the registry asks the class
            ModelInfo("gpt-image-1"),
        ],
    ),
    "OpenRouter": (
        {
            "data": [
                {
                    "id": "x/y",
                    "context_length": 200000,
                    "pricing": {
                        "prompt": "0.000003",
                        "completion": "0.000015",
                        "input_cache_read": "0.0000003",
                    },
                    "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
                    "supported_parameters": ["temperature", "reasoning"],
                    "top_provider": {"max_completion_tokens": 64000, "context_length": 200000},
                },
                {
                    "id": "x/free",
                    "context_length": 4096,
                    "pricing": {"prompt": "0", "completion": "0"},
                    "architecture": {"input_modalities": ["text"]},
                    "supported_parameters": [],
                    "top_provider": {"max_completion_tokens": None},
                },
                {"id": "auto", "context_length": 2000000, "pricing": {"prompt": "-1", "completion": "-1"}},
                {"id": "x/painter", "architecture": {"output_modalities": ["image"]}},
            ]
        },
        [
            ModelInfo("x/y", 200000, 64000, 3.0, 15.0, 0.3, vision=True, reasoning=True, pictures="never"),
            ModelInfo("x/free", 4096, None, 0.0, 0.0, vision=False, reasoning=False),
            ModelInfo("auto", 2000000),
            ModelInfo("x/painter", pictures="only"),
        ],
    ),
    "Groq": (
        {"data": [{"id": "llama", "context_window": 131072, "max_completion_tokens": 32768, "active": True}]},
        [ModelInfo("llama", 131072, 32768)],
    ),
    "Mistral": (
        {
            "data": [
                {
                    "id": "m-large",
                    "max_context_length": 262144,
                    "capabilities": {"completion_chat": True, "vision": True, "reasoning": False},
                },
                {"id": "m-other", "capabilities": {"completion_chat": False}},
            ]
        },
        [ModelInfo("m-large", 262144, vision=True, reasoning=False)],
    ),
    "Together, a bare list": (
        [
            {"id": "a/b", "type": "chat", "context_length": 8192, "pricing": {"input": 0.2, "output": 0.6}},
            {"id": "a/e", "type": "embedding", "context_length": 512},
        ],
        [ModelInfo("a/b", 8192, None, 0.2, 0.6)],
    ),
    "vLLM": ({"data": [{"id": "q", "max_model_len": 40960}]}, [ModelInfo("q", 40960)]),
    "llama.cpp": (
        {
            "models": [{"name": "x.gguf"}],
            "data": [
                {
                    "id": "x.gguf",
                    "meta": {"n_ctx": 4096, "n_ctx_train": 32768},
                    "architecture": {"input_modalities": ["text"]},
                }
            ],
        },
        [ModelInfo("x.gguf", 4096, vision=False)],
    ),
    "LM Studio's own": (
        {
            "models": [
                {
                    "type": "llm",
                    "key": "qwen/qwen3.5-9b",
                    "loaded_instances": [{"id": "qwen/qwen3.5-9b", "config": {"context_length": 4096}}],
                    "max_context_length": 262144,
                    "capabilities": {"vision": True, "trained_for_tool_use": True},
                },
                {
                    "type": "llm",
                    "key": "google/gemma-3-4b",
                    "loaded_instances": [],
                    "max_context_length": 131072,
                    "capabilities": {"vision": False},
                },
                {"type": "embedding", "key": "nomic", "loaded_instances": [], "max_context_length": 2048},
            ]
        },
        [
            ModelInfo("qwen/qwen3.5-9b", 4096, vision=True),
            ModelInfo("google/gemma-3-4b", 131072, vision=False),
        ],
    ),
    "xAI, with prices": (
        {
            "models": [
                {
                    "id": "grok-4.6",
                    "input_modalities": ["text", "image"],
                    "output_modalities": ["text"],
                    "prompt_text_token_price": 20000,
                    "cached_prompt_text_token_price": 5000,
                    "completion_text_token_price": 60000,
                }
            ]
        },
        [ModelInfo("grok-4.6", None, None, 2.0, 6.0, 0.5, vision=True, pictures="never")],
    ),
    "Vercel AI Gateway": (
        {
            "data": [
                {
                    "id": "a/b",
                    "type": "language",
                    "context_window": 200000,
                    "max_tokens": 64000,
                    "pricing": {"input": "0.000003", "output": "0.000015"},
                },
                {"id": "a/e", "type": "embedding", "pricing": {"input": "0.0000001"}},
            ]
        },
        [ModelInfo("a/b", 200000, 64000, 3.0, 15.0)],
    ),
    "LiteLLM": (
        {"data": [{"id": "gw", "max_input_tokens": 128000, "max_output_tokens": 4096}]},
        [ModelInfo("gw", 128000, 4096)],
    ),
    "GitHub Models, a bare list": (
        [
            {
                "id": "openai/gpt",
                "limits": {"max_input_tokens": 131072, "max_output_tokens": 16384},
                "supported_input_modalities": ["text", "image"],
            }
        ],
        [ModelInfo("openai/gpt", 131072, 16384, vision=True)],
    ),
    "odd rows": (
        {
            "data": [
                None,
                5,
                {},
                {"id": 7},
                {"id": "ok", "context_length": "8k", "pricing": "free"},
                {"id": "ok"},
            ]
        },
        [ModelInfo("ok")],
    ),
    "odd values": (
        {
            "data": [
                {"id": "a", "type": [], "context_length": "8192", "max_tokens": 4096.0, "capabilities": 5},
                {"id": "b", "context_length": 2**64, "pricing": {"prompt": "inf", "completion": []}},
                {"id": "c", "context_window": -1, "pricing": {"input": "0.1x", "output": True}},
                {"id": "d", "architecture": {"input_modalities": {}, "output_modalities": "text"}},
                {"id": "e", "loaded_instances": [5], "supported_parameters": 7, "limits": []},
            ]
        },
        [ModelInfo("a", 8192, 4096), *map(ModelInfo, "bcde")],
    ),
    "names alone": (["a", "b", 5], [ModelInfo("a"), ModelInfo("b")]),
    "names alone, in a field": ({"models": ["a", "b"]}, [ModelInfo("a"), ModelInfo("b")]),
    "rows by their names": (
        {"models": {"a": {"context_length": 9}, "b": {}}},
        [ModelInfo("a", 9), ModelInfo("b")],
    ),
    "a list in a list": ({"data": {"models": [{"id": "a"}]}}, [ModelInfo("a")]),
    "odd list": ({"data": None}, []),
}


async def test_a_text_in_the_place_of_a_list_is_said(mocked):
    mocked.get("https://api.openai.com/v1/models", payload="hello")
    with pytest.raises(ProviderError, match="something else than a list of models: “hello”"):
        await OpenAIChat.discover_models(api_key=KEY)


@pytest.mark.parametrize("vendor", LISTS)
async def test_list_of_models(mocked, vendor):
    payload, expected = LISTS[vendor]
    mocked.get("https://api.openai.com/v1/models", payload=payload)
    assert await OpenAIChat.discover_models(api_key=KEY) == expected


async def test_list_elsewhere(mocked):
    """Seen from the provider's address: a server that was moved keeps its list, and gets its key alone."""
    vendor = type(
        "GitHub",
        (OpenAIChat,),
        {"url": "https://a.example/inference", "models_endpoint": "../catalog/models"},
    )
    mocked.get("https://a.example/catalog/models", payload=[{"id": "m"}])
    assert await vendor.discover_models() == [ModelInfo("m")]


@pytest.mark.parametrize(
    "answer", [{"status": 404}, {"payload": {"error": "Unexpected endpoint or method. (GET /api/v1/models)"}}]
)
async def test_older_server_without_its_own_list(mocked, answer):
    vendor = type(
        "LMStudio", (OpenAIChat,), {"url": "http://127.0.0.1:1234/v1", "models_endpoint": "../api/v1/models"}
    )
    mocked.get("http://127.0.0.1:1234/api/v1/models", **answer)
    mocked.get("http://127.0.0.1:1234/v1/models", payload={"data": [{"id": "m"}]})
    assert await vendor.discover_models() == [ModelInfo("m")]


@pytest.mark.parametrize("payload", [{"error": "boom"}, {"detail": "boom"}, {"code": 500, "msg": "boom"}])
async def test_an_error_in_place_of_the_list(mocked, payload):
    mocked.get("https://api.openai.com/v1/models", payload=payload)
    with pytest.raises(ProviderError, match="boom"):
        await OpenAIChat.discover_models(api_key=KEY)
