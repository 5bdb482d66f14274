"""Addresses as people copy them lead to the right place, and what was put right is said."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tui.chat.message import Message, Status
from tui.engine.engine import Engine
from tui.engine.limits import Limits
from tui.errors import ProviderError
from tui.history.sqlite.history import open_history
from tui.providers.address import at_version, joined


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("https://h/v1", "/chat/completions", "https://h/v1/chat/completions"),
        ("https://h/v1/", "/chat/completions", "https://h/v1/chat/completions"),
        ("https://h/v1/chat/completions", "/chat/completions", "https://h/v1/chat/completions"),
        ("https://h/v1/chat/completions/", "models", "https://h/v1/models"),
        ("https://h/v1/responses", "/responses", "https://h/v1/responses"),
        ("https://h", "/v1/messages", "https://h/v1/messages"),
        ("https://h/v1", "/v1/messages", "https://h/v1/messages"),
        ("https://h/anthropic/v1/", "/v1/messages", "https://h/anthropic/v1/messages"),
        ("https://h/v1/messages", "/v1/messages", "https://h/v1/messages"),
        ("https://h/v1/messages", "/v1/models?limit=1000", "https://h/v1/models?limit=1000"),
        ("https://h/v1?api-version=2", "/chat/completions", "https://h/v1/chat/completions?api-version=2"),
        ("https://h?a=1", "/v1/models?limit=9", "https://h/v1/models?limit=9&a=1"),
        (
            "https://r/openai/deployments/d/chat/completions?api-version=2024-06-01",
            "/chat/completions",
            "https://r/openai/deployments/d/chat/completions?api-version=2024-06-01",
        ),
        (
            "https://g/v1beta/models/m-2:generateContent?key=x",
            "/models/m:streamGenerateContent?alt=sse",
            "https://g/v1beta/models/m:streamGenerateContent?alt=sse&key=x",
        ),
        ("https://ai.azure.com/models", "/chat/completions", "https://ai.azure.com/models/chat/completions"),
        ("http://h:11434/api/chat", "/api/tags", "http://h:11434/api/tags"),
        ("http://h:11434/api", "/api/chat", "http://h:11434/api/chat"),
        ("http://me:pw@h/x#frag", "/api/chat", "http://me:pw@h/x/api/chat"),
    ],
)
def test_a_path_below_an_address(base, path, url):
    assert joined(base, path) == url


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://r.azure.com", "https://r.azure.com/openai/v1"),
        ("https://r.azure.com/openai", "https://r.azure.com/openai/v1"),
        ("https://r.azure.com/openai/v1", "https://r.azure.com/openai/v1"),
        ("https://r.azure.com/openai/deployments/d?a=1", "https://r.azure.com/openai/deployments/d?a=1"),
        ("https://r.azure.com?api-version=1", "https://r.azure.com/openai/v1?api-version=1"),
    ],
)
def test_an_address_without_its_version(base, url):
    assert at_version(base, "/openai/v1") == url


EVENTS = {
    "/chat/completions": [
        {"choices": [{"index": 0, "delta": {"content": "Hello"}, "finish_reason": "stop"}]},
    ],
    "/responses": [
        {"type": "response.output_text.delta", "delta": "Hello"},
        {"type": "response.completed", "response": {"output": []}},
    ],
    "/messages": [
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hello"}},
        {"type": "message_stop"},
    ],
    ":streamGenerateContent": [
        {"candidates": [{"content": {"parts": [{"text": "Hello"}]}, "finishReason": "STOP"}]}
    ],
}


@dataclass
class Picky:
    """Answers at exactly these paths; says of others that they are none, in its own way."""

    url: str = ""
    paths: tuple[str, ...] = ()
    otherwise: tuple[int, str] = (404, '{"detail":"Not Found"}')
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        if request.path not in self.paths:
            status, text = self.otherwise
            kind = "text/html" if text.startswith("<") else "application/json"
            return web.Response(status=status, text=text, content_type=kind)
        if request.method == "GET":
            return web.json_response({"data": [{"id": "m"}], "models": [{"name": "m", "model": "m"}]})
        if request.path.endswith("/api/chat"):
            return web.Response(text=json.dumps({"message": {"content": "Hello"}, "done": True}) + "\n")
        events = next(events for end, events in EVENTS.items() if request.path.endswith(end))
        body = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
        return web.Response(text=body, content_type="text/event-stream")


@pytest.fixture
async def picky() -> AsyncIterator[Picky]:
    serves = Picky()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", serves.answer)
    async with TestServer(app, host="127.0.0.1") as running:
        serves.url = str(running.make_url("")).rstrip("/")
        yield serves


@pytest.fixture
async def asked(setup) -> AsyncIterator[object]:
    """Asks ``lab/m`` as the app does."""
    store = await open_history(None)

    async def ask(model: str = "lab/m") -> Message:
        engine = Engine(store, setup.registry(), setup.catalogue(), Limits(checkpoint=0.01))
        conversation = await store.create_conversation(model=model)
        return await (await engine.send(conversation, "Hi")).run(lambda event: None)

    yield ask
    await store.close()


NOTHING_HERE = {
    "FastAPI": (404, '{"detail":"Not Found"}'),
    "Go": (404, "404 page not found"),
    "nginx": (404, "<html><title>404 Not Found</title></html>"),
    "a page in place of anything": (200, "<!doctype html><title>Home</title>"),
    "LM Studio": (200, '{"error":"Unexpected endpoint or method. (POST /x). Returning 200 anyway"}'),
    "OpenAI": (404, '{"error":{"message":"Invalid URL (POST /x)","type":"invalid_request_error"}}'),
    "a method": (405, '{"detail":"Method Not Allowed"}'),
    "nothing": (404, ""),
}


@pytest.mark.parametrize("otherwise", NOTHING_HERE.values(), ids=NOTHING_HERE)
async def test_an_address_without_v1_is_tried_with_it_and_remembered(setup, picky, asked, otherwise):
    picky.paths, picky.otherwise = ("/v1/chat/completions",), otherwise
    setup.config(f'[providers.lab]\nurl = "{picky.url}"\nmodels = ["m"]')
    reply = await asked()
    assert (reply.text, reply.status) == ("Hello", Status.COMPLETE)
    assert reply.notices == ("lab/m answers at …/v1; asked there",)
    assert picky.asked == ["/chat/completions", "/v1/chat/completions"]
    again = await asked()
    assert (again.text, again.notices) == ("Hello", ())
    assert picky.asked[2:] == ["/v1/chat/completions"]


@pytest.mark.parametrize("base", ["/v1", ""])
async def test_a_server_that_knows_chat_completions_alone_is_asked_by_them(
    setup, picky, asked, monkeypatch, base
):
    picky.paths = ("/v1/chat/completions", "/v1/models")
    monkeypatch.setenv("OPENAI_BASE_URL", picky.url + base)
    reply = await asked("openai/m")
    assert (reply.text, reply.status) == ("Hello", Status.COMPLETE)
    assert reply.notices[0] == "openai/m knows chat completions alone; asked by them"
    assert [model.id for model in await setup.registry().discover("openai")] == ["m"]


async def test_a_model_that_is_not_there_is_no_fault_of_the_address(setup, picky, asked):
    picky.otherwise = (404, '{"error":{"message":"The model `m` does not exist","code":"model_not_found"}}')
    setup.config(f'[providers.lab]\nurl = "{picky.url}"\nmodels = ["m"]')
    reply = await asked()
    assert reply.failure is not None and "does not exist" in reply.failure.message
    assert picky.asked == ["/chat/completions"]


@pytest.mark.parametrize("type_", ["openai", "gemini"])
@pytest.mark.parametrize("otherwise", NOTHING_HERE.values(), ids=NOTHING_HERE)
async def test_the_list_is_looked_for_below_the_version_too(setup, picky, type_, otherwise):
    picky.paths, picky.otherwise = ("/v1/models", "/v1beta/models"), otherwise
    if type_ == "gemini":
        picky.paths = ("/v1beta/models",)
    setup.config(f'[providers.lab]\ntype = "{type_}"\nurl = "{picky.url}"')
    assert [model.id for model in await setup.registry().discover("lab")] == ["m"]


async def test_an_address_that_leads_nowhere_is_said_exactly(setup, picky, asked):
    picky.otherwise = NOTHING_HERE["OpenAI"]
    setup.config(f'[providers.lab]\nurl = "{picky.url}/wrong/v1"\nmodels = ["m"]')
    reply = await asked()
    assert reply.failure is not None
    assert reply.failure.hint == (
        "Check the provider's address: there is nothing at /wrong/v1/chat/completions."
    )


async def test_where_there_is_no_list_at_all_the_first_answer_counts(setup, picky):
    picky.otherwise = NOTHING_HERE["LM Studio"]
    setup.config(f'[providers.lab]\nurl = "{picky.url}"')
    with pytest.raises(ProviderError, match="Unexpected endpoint"):
        await setup.registry().discover("lab")


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/", "/v1/messages", "?beta=1", "/v1?beta=1"])
async def test_any_form_of_anthropics_address(setup, picky, asked, monkeypatch, end):
    picky.paths = ("/v1/messages", "/v1/models")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", picky.url + end)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-api-0123456789")
    assert (await asked("anthropic/m")).text == "Hello"
    assert picky.asked[0].partition("?")[0] == "/v1/messages"
    assert ("beta=1" in picky.asked[0]) is ("beta" in end)


@pytest.mark.parametrize("end", ["", "/v1", "/v1/", "/api", "/api/chat", "/v1/chat/completions"])
async def test_any_form_of_ollamas_address(setup, picky, asked, monkeypatch, end):
    picky.paths = ("/api/chat", "/api/tags", "/api/show")
    monkeypatch.setenv("OLLAMA_HOST", picky.url + end)
    assert (await asked("ollama/m")).text == "Hello"
    assert picky.asked[0] == "/api/chat"


@pytest.mark.parametrize("end", ["", "/v1beta", "/v1beta/models", "/v1beta/models/m:generateContent"])
async def test_any_form_of_geminis_address(setup, picky, asked, end):
    picky.paths = ("/v1beta/models/m:streamGenerateContent",)
    setup.config(f'[providers.lab]\ntype = "gemini"\nurl = "{picky.url}{end}"\nmodels = ["m"]')
    assert (await asked()).text == "Hello"


@pytest.mark.parametrize("end", ["/v1/chat/completions", "/v1/chat/completions?api-version=3", "/v1?a=b"])
async def test_an_address_of_a_whole_request_with_a_query(setup, picky, asked, end):
    picky.paths = ("/v1/chat/completions", "/v1/models")
    setup.config(f'[providers.lab]\nurl = "{picky.url}{end}"')
    assert (await asked()).text == "Hello"
    assert picky.asked[0].partition("?")[2] == end.partition("?")[2]
