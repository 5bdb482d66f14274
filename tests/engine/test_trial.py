"""A server is tried before it is kept: how it speaks, what it lists, one word."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec.structs import replace

from tests.pictures import png
from tui.config import Config
from tui.credentials import Credentials
from tui.engine.engine import Engine
from tui.engine.trial import PROMPT, first_of, try_server
from tui.engine.workspace import Workspace
from tui.errors import ErrorKind, ModelNotSupportedError, ProviderError
from tui.history.sqlite.history import open_history
from tui.paths import Paths
from tui.providers.catalogue import Catalogue
from tui.providers.registry import Registry
from tui.secret import Secret

KEY = "sk-right-0123456789"
LISTS = {
    "/v1/models": {"data": [{"id": "alpha"}, {"id": "beta"}]},
    "/api/tags": {"models": [{"name": "alpha", "model": "alpha"}]},
    "/v1beta/models": {
        "models": [{"name": "models/alpha", "supportedGenerationMethods": ["generateContent"]}]
    },
}
EVENTS = {
    "/v1/chat/completions": [
        {"choices": [{"index": 0, "delta": {"reasoning_content": "Hm."}}]},
        {"choices": [{"index": 0, "delta": {"content": "Hello "}}]},
        {"choices": [{"index": 0, "delta": {"content": "there"}, "finish_reason": "stop"}]},
    ],
    "/v1/messages": [
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hello"}},
        {"type": "message_stop"},
    ],
    ":streamGenerateContent": [
        {"candidates": [{"content": {"parts": [{"text": "Hello"}]}, "finishReason": "STOP"}]}
    ],
}


@dataclass
class Server:
    """Has just these paths; may want a key, and may have models that don't answer."""

    paths: tuple[str, ...]
    url: str = ""
    key: str = ""
    broken: tuple[str, ...] = ()
    lists: dict[str, Any] = field(default_factory=lambda: dict(LISTS))
    asked: list[str] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        found = next((path for path in self.paths if request.path.endswith(path)), None)
        if found is None:
            return web.json_response({"detail": "Not Found"}, status=404)
        if self.key and self.key not in "".join(request.headers.values()):
            return web.json_response({"error": {"message": "Incorrect API key"}}, status=401)
        if request.method == "GET":
            return web.json_response(self.lists[found])
        body = await request.json()
        self.prompts.append(json.dumps(body))
        if body.get("model") in self.broken:
            return web.json_response({"error": {"message": "No such model"}}, status=404)
        if found == "/v1/images/generations":
            return web.json_response({"data": [{"b64_json": base64.b64encode(png()).decode()}]})
        if found == "/api/chat":
            return web.Response(text=json.dumps({"message": {"content": "Hello"}, "done": True}) + "\n")
        text = "".join(f"data: {json.dumps(event)}\n\n" for event in EVENTS[found])
        return web.Response(text=text, content_type="text/event-stream")


SPEAKS = {
    "openai": ("/v1/models", "/v1/chat/completions"),
    "ollama": ("/api/tags", "/api/chat"),
    "anthropic": ("/v1/models", "/v1/messages"),
    "gemini": ("/v1beta/models", ":streamGenerateContent"),
}


@pytest.fixture
async def serve() -> AsyncIterator[object]:
    running: list[TestServer] = []

    async def serve(*paths: str, key: str = "", broken: tuple[str, ...] = ()) -> Server:
        server = Server(paths, key=key, broken=broken)
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", server.answer)
        running.append(TestServer(app, host="127.0.0.1"))
        await running[-1].start_server()
        server.url = str(running[-1].make_url("")).rstrip("/")
        return server

    yield serve
    for each in running:
        await each.close()


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Workspace]:
    paths = Paths(*(tmp_path / name for name in ("config", "data", "cache", "log")))
    config = Config(path=paths.config_file)
    credentials = Credentials(paths, config)
    registry = Registry(config, credentials, paths)
    catalogue = Catalogue(registry)
    store = await open_history(None)
    engine = Engine(store, registry, catalogue)
    yield Workspace(
        config, paths, credentials, store, registry, catalogue, engine, partial(open_history, None)
    )
    await store.close()


@pytest.mark.parametrize("kind", ["openai", "ollama", "gemini"])
async def test_how_a_server_speaks_is_found_out_and_one_word_comes(workspace, serve, kind):
    server, told = await serve(*SPEAKS[kind]), []
    found = await try_server(workspace, "box", server.url, None, tell=told.append)
    assert (found.settings.type, found.settings.url, found.name) == (kind, server.url, "box")
    assert found.models[0].id == "alpha"
    assert found.word.said.startswith("box/alpha says “Hello”")
    assert PROMPT in server.prompts[-1]
    assert any("for a word" in words for words in told)


async def test_what_speaks_like_two_is_asked_as_the_likelier(workspace, serve):
    server = await serve(*SPEAKS["anthropic"])
    found = await try_server(workspace, "box", f"{server.url}/anthropic", None)
    assert found.settings.type == "anthropic"


async def test_thinking_is_heard(workspace, serve):
    server = await serve(*SPEAKS["openai"])
    found = await try_server(workspace, "box", server.url, None)
    assert found.word.thinks and "It thinks first." in found.word.said


async def test_models_that_make_nothing_but_pictures_are_asked_last(workspace, serve):
    server = await serve(*SPEAKS["openai"], "/v1/images/generations")
    server.lists["/v1/models"] = {"data": [{"id": "flux.2-dev"}, {"id": "alpha"}]}
    assert (await try_server(workspace, "box", server.url, None)).word.model_id == "box/alpha"
    server.lists["/v1/models"] = {"data": [{"id": "flux.2-dev"}]}
    found = await try_server(workspace, "box2", server.url, None)
    assert found.word.said.startswith("box2/flux.2-dev makes a picture after")


async def test_a_model_that_does_not_answer_is_passed_over(workspace, serve):
    server = await serve(*SPEAKS["openai"], broken=("alpha",))
    found = await try_server(workspace, "box", server.url, None)
    assert found.word.model_id == "box/beta"


async def test_a_key_is_sent_and_kept_nowhere(workspace, serve):
    server = await serve(*SPEAKS["openai"], key=KEY)
    found = await try_server(workspace, "box", server.url, Secret(KEY))
    assert found.word.text == "Hello" and found.settings.key is None
    assert not (workspace.paths.config / "keys.json").exists()
    assert not workspace.paths.config_file.exists()


@pytest.mark.parametrize("key", [None, Secret("sk-wrong-0123456789")])
async def test_a_key_that_is_refused_or_missing_is_said(workspace, serve, key):
    server = await serve(*SPEAKS["openai"], key=KEY)
    with pytest.raises(ProviderError) as raised:
        await try_server(workspace, "box", server.url, key)
    assert raised.value.kind is ErrorKind.AUTH and "wrong-0123" not in str(raised.value)


async def test_a_server_without_a_list_is_asked_for_the_model_that_is_named(workspace, serve):
    server = await serve("/v1/chat/completions")
    with pytest.raises(ModelNotSupportedError, match="lists no models"):
        await try_server(workspace, "box", server.url, None)
    found = await try_server(workspace, "box", server.url, None, "mine")
    assert found.settings.models == ("mine",) and found.word.model_id == "box/mine"


async def test_where_nobody_answers_only_one_way_is_tried(workspace):
    told: list[str] = []
    with pytest.raises(ProviderError) as raised:
        await try_server(workspace, "box", "http://127.0.0.1:9", None, tell=told.append)
    assert raised.value.kind is ErrorKind.CONNECT and len(told) == 1


async def test_nothing_of_the_trial_is_left(workspace, serve):
    server = await serve(*SPEAKS["openai"])
    await try_server(workspace, "box", server.url, None)
    assert await workspace.store.count_conversations() == 0
    assert "box" not in [entry.name for entry in workspace.registry.providers()]


async def test_where_a_server_has_its_api_is_asked_in_vain_only_once(workspace, serve):
    server = await serve(*SPEAKS["openai"])
    found = await try_server(workspace, "box", server.url, None)
    assert "/chat/completions" in server.asked
    server.asked.clear()
    kept = replace(workspace.config, providers={"box": found.settings})
    await first_of(workspace, Registry(kept, workspace.credentials, workspace.paths), ["box/alpha"])
    assert server.asked == ["/v1/chat/completions"]


async def test_why_the_first_gave_no_word_is_said(workspace, serve):
    server = await serve(*SPEAKS["openai"], broken=("alpha", "beta"))
    with pytest.raises(ProviderError, match="No such model"):
        await try_server(workspace, "box", server.url, None)
    with pytest.raises(ModelNotSupportedError):
        await first_of(workspace, workspace.registry, [])
