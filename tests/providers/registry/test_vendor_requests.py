"""Every vendor's requests as they leave: address, key header and body, and where its list of models is."""

from __future__ import annotations

import json

import pytest
from aioresponses import aioresponses

from tui.errors import ProviderError
from tui.providers.vendors import vendors

KEY = "sk-test-0123456789abcdefWXYZ"
HI = [{"role": "user", "content": "Hi"}]
WISHES = {"temperature": 0.5, "max_tokens": 100, "seed": 7, "reasoning_effort": "high"}
BEARER = {"Authorization": f"Bearer {KEY}"}


def chat(without: tuple[str, ...] = (), **other):
    """The body in OpenAI's chat dialect, as most want it."""
    body = {"model": "m", "messages": HI, "stream": True, "stream_options": {"include_usage": True}, **WISHES}
    return {name: value for name, value in {**body, **other}.items() if name not in without}


def responses():
    return {
        "model": "m",
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
        "stream": True,
        "store": False,
        "temperature": 0.5,
        "max_output_tokens": 100,
        "reasoning": {"effort": "high", "summary": "auto"},
    }


NEW_MAX = chat(without=("max_tokens",), max_completion_tokens=100)

# vendor: the chat's address, the headers that say who asks, the body, the list's address
REQUESTS = {
    "openai": (
        "https://api.openai.com/v1/responses",
        BEARER,
        responses(),
        "https://api.openai.com/v1/models",
    ),
    "anthropic": (
        "https://api.anthropic.com/v1/messages",
        # a key of an unknown form goes both ways; temperature is refused by the newer version
        BEARER | {"x-api-key": KEY, "anthropic-version": "2023-06-01"},
        {
            "model": "m",
            "messages": HI,
            "stream": True,
            "max_tokens": 100,
            "temperature": 0.5,
            "thinking": {"type": "adaptive", "display": "summarized"},
            "output_config": {"effort": "high"},
        },
        "https://api.anthropic.com/v1/models?limit=1000",
    ),
    "gemini": (
        "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse",
        {"x-goog-api-key": KEY},
        {
            "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
            "generationConfig": {
                "temperature": 0.5,
                "maxOutputTokens": 100,
                "seed": 7,
                "thinkingConfig": {"includeThoughts": True, "thinkingLevel": "HIGH"},
            },
        },
        "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000",
    ),
    "openrouter": (
        "https://openrouter.ai/api/v1/chat/completions",
        BEARER | {"X-Title": "Segue"},
        chat(without=("reasoning_effort",), reasoning={"effort": "high"}),
        "https://openrouter.ai/api/v1/models?output_modalities=all",
    ),
    "groq": ("https://api.groq.com/openai/v1/chat/completions", BEARER, chat(), None),
    "mistral": (
        "https://api.mistral.ai/v1/chat/completions",
        BEARER,
        chat(without=("seed", "stream_options"), random_seed=7),
        None,
    ),
    "deepseek": (
        "https://api.deepseek.com/chat/completions",
        BEARER,
        chat(thinking={"type": "enabled"}),
        "https://api.deepseek.com/models",
    ),
    "xai": ("https://api.x.ai/v1/chat/completions", BEARER, chat(), "https://api.x.ai/v1/language-models"),
    "together": ("https://api.together.ai/v1/chat/completions", BEARER, chat(), None),
    "fireworks": ("https://api.fireworks.ai/inference/v1/chat/completions", BEARER, chat(), None),
    "cerebras": ("https://api.cerebras.ai/v1/chat/completions", BEARER, NEW_MAX, None),
    "perplexity": (
        "https://api.perplexity.ai/v1/responses",
        BEARER,
        responses(),
        "https://api.perplexity.ai/v1/models",
    ),
    "github": (
        "https://models.github.ai/inference/chat/completions",
        BEARER,
        chat(),
        "https://models.github.ai/catalog/models",
    ),
    "azure": ("https://res.openai.azure.com/openai/v1/chat/completions", {"api-key": KEY}, NEW_MAX, None),
    "bedrock": (
        "https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1/chat/completions",
        BEARER,
        chat(),
        None,
    ),
    "moonshot": ("https://api.moonshot.ai/v1/chat/completions", BEARER, chat(), None),
    "zai": ("https://api.z.ai/api/paas/v4/chat/completions", BEARER, chat(), None),
    "dashscope": (
        "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions",
        BEARER,
        chat(),
        None,
    ),
    "huggingface": ("https://router.huggingface.co/v1/chat/completions", BEARER, chat(), None),
    "nvidia": ("https://integrate.api.nvidia.com/v1/chat/completions", BEARER, chat(), None),
    "deepinfra": ("https://api.deepinfra.com/v1/openai/chat/completions", BEARER, chat(), None),
    "vercel": (
        "https://ai-gateway.vercel.sh/v1/chat/completions",
        BEARER,
        chat(providerOptions={"gateway": {"caching": "auto"}}),
        None,
    ),
    "opencode": ("https://opencode.ai/zen/v1/chat/completions", BEARER, chat(), None),
    "ollama-cloud": ("https://ollama.com/v1/chat/completions", BEARER, chat(), None),
    "gigachat": (
        "https://gigachat.devices.sberbank.ru/api/v1/chat/completions",
        {"Authorization": "Bearer a-token-that-lasts-30-minutes"},
        chat(without=("stream_options",)),
        None,
    ),
    "ollama": (
        "http://127.0.0.1:11434/api/chat",
        {},
        {
            "model": "m",
            "messages": HI,
            "stream": True,
            "think": "high",
            "options": {"temperature": 0.5, "num_predict": 100, "seed": 7},
        },
        "http://127.0.0.1:11434/api/tags",
    ),
    "lmstudio": (
        "http://127.0.0.1:1234/v1/chat/completions",
        BEARER,
        chat(),
        "http://127.0.0.1:1234/api/v1/models",
    ),
    "llamacpp": ("http://127.0.0.1:8080/v1/chat/completions", BEARER, chat(), None),
    "vllm": ("http://127.0.0.1:8000/v1/chat/completions", BEARER, chat(), None),
    "litellm": ("http://127.0.0.1:4000/v1/chat/completions", BEARER, chat(), None),
    "textgen": ("http://127.0.0.1:5000/v1/chat/completions", {}, chat(), None),
}


def test_no_vendor_is_left_out():
    assert set(REQUESTS) == set(vendors()) - {"ai365vip"}, "whose request is tested with its format"


@pytest.fixture
def registry(setup, monkeypatch):
    """A registry where every vendor has its key."""
    for vendor in vendors().values():
        for name in vendor.keys[:1]:
            monkeypatch.setenv(name, KEY)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://res.openai.azure.com/")
    return setup.registry()


@pytest.fixture
def wire():
    """Every address answers with an error; GigaChat's gives a token."""
    with aioresponses() as table:
        table.post(
            "https://ngw.devices.sberbank.ru:9443/api/v2/oauth",
            payload={"access_token": "a-token-that-lasts-30-minutes", "expires_at": 4_000_000_000_000},
        )
        yield table


def sent(wire, method: str, url: str):
    """The one request to ``url``."""
    found = {(verb, str(to)): calls for (verb, to), calls in wire.requests.items()}
    [call] = found[method, url]
    return call.kwargs


@pytest.mark.parametrize("vendor", REQUESTS)
async def test_chat(vendor, registry, wire):
    url, identity, body, _ = REQUESTS[vendor]
    wire.post(url, status=400, payload={"error": "enough"})
    target = await registry.target(f"{vendor}/m")
    with pytest.raises(ProviderError, match="enough"):
        async for _chunk in target.stream(HI, WISHES):
            pass
    request = sent(wire, "POST", url)
    assert request["headers"] == identity
    assert json.dumps(request["json"], sort_keys=True) == json.dumps(body, sort_keys=True)
    assert request["allow_redirects"] is False


@pytest.mark.parametrize("vendor", REQUESTS)
async def test_list(vendor, registry, wire):
    chat_url, _identity, _body, url = REQUESTS[vendor]
    url = url or chat_url.replace("/chat/completions", "/models")
    wire.get(url, status=500, payload={"error": "enough"})
    with pytest.raises(ProviderError, match="enough"):
        await registry.discover(vendor)
    assert sent(wire, "GET", url)["allow_redirects"] is False


@pytest.mark.parametrize(
    ("vendor", "variable", "value", "url"),
    [
        (name, variable, "https://elsewhere.example/base/", "https://elsewhere.example/base")
        for name, vendor in vendors().items()
        for variable in vendor.urls
        if not vendor.url_path and vendor.type != "ollama"
    ]
    + [
        ("gemini", "GOOGLE_GEMINI_BASE_URL", "https://elsewhere.example", "https://elsewhere.example/v1beta"),
        ("azure", "AZURE_OPENAI_ENDPOINT", "https://r.example/openai/v1/", "https://r.example/openai/v1"),
        ("ollama", "OLLAMA_HOST", "box:5", "http://box:5"),
    ],
)
def test_address_from_the_environment(setup, monkeypatch, vendor, variable, value, url):
    monkeypatch.setenv(variable, value)
    assert setup.registry().load(vendor).url == url


def test_openais_organisation_and_project(setup, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    assert setup.registry().load("openai").headers == {"OpenAI-Organization": "org-1"}
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    assert setup.registry().load("openai").headers["OpenAI-Project"] == "proj-1"
    setup.config('[providers.openai]\nurl = "https://gateway.example/v1"')
    assert setup.registry().load("openai").headers == {}, "nobody else's business"
