"""Lists of models in the shapes that servers in the wild give, and what is said where there is none."""

from __future__ import annotations

import json

import pytest

from tui.errors import ErrorKind, ProviderError
from tui.providers import Anthropic, Gemini, Ollama, OpenAIChat, OpenAIResponses
from tui.providers.listing import models_in

ROWS = [{"id": "a"}, {"id": "b"}]
SHAPES = {
    "as it should be": {"object": "list", "data": ROWS},
    "bare": ROWS,
    "names alone": ["a", "b"],
    "names in data": {"data": ["a", "b"]},
    "models": {"models": ROWS},
    "both, one null": {"data": None, "models": ROWS},
    "by name": {"data": {"a": {"x": 1}, "b": {}}},
    "by name at the top": {"a": {"owned_by": "me"}, "b": {"owned_by": "me"}},
    "in data's models": {"data": {"models": ["a", "b"]}},
    "result": {"success": True, "result": ROWS},
    "results": {"results": [{"name": "a"}, {"name": "b"}]},
    "model_list": {"model_list": [{"model_name": "a"}, {"model_name": "b"}]},
    "in an envelope": {"code": 0, "data": {"list": ROWS}},
    "lists in a list": {"data": [["a", "b"]]},
    "odd rows among them": {"data": [None, 5, {"id": "a"}, {"id": None}, [], "b", {"id": ""}]},
    "other names": {"data": [{"model": "a"}, {"modelId": "b"}]},
}


@pytest.mark.parametrize("payload", SHAPES.values(), ids=SHAPES)
def test_a_list_is_read_whatever_its_shape(payload):
    assert [model.id for model in models_in(payload)] == ["a", "b"]


EMPTY = [{"data": []}, {"data": None}, [], {"object": "list", "data": {}}, {"models": []}]
NO_LIST = ['{"version": "1.2"}', '{"status": "ok"}', '"Ollama is running"', "5", "true"]
PROVIDERS = [OpenAIChat, OpenAIResponses, Anthropic, Gemini, Ollama]


async def ask(server, provider, body: str):
    async def answer(exchange):
        await exchange.whole(body.encode(), Content_Type="application/json")

    server.answer = answer
    return await type("Lab", (provider,), {"url": f"{server.url}/v1"}).discover_models()


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("payload", EMPTY)
async def test_an_empty_list_is_one(server, provider, payload):
    assert await ask(server, provider, json.dumps(payload)) == []


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("body", NO_LIST)
async def test_something_else_is_said(server, provider, body):
    with pytest.raises(ProviderError, match="something else than a list of models") as caught:
        await ask(server, provider, body)
    assert caught.value.kind is ErrorKind.PROTOCOL


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_an_error_with_status_200_is_said(server, provider):
    with pytest.raises(ProviderError, match="no licence"):
        await ask(server, provider, '{"data": null, "error": {"message": "no licence"}}')
