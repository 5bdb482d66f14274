"""Servers of the newer kind, over both ways: the same questions, changes and ends as of the older."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.tools.mcp.conftest import PATIENCE, Start, Teller, call, listening
from tui.config import McpConfig
from tui.tools.mcp.elicitation import Action, Answer
from tui.tools.mcp.server import McpServer, State
from tui.tools.tool import Step

SERVER = str(Path(__file__).with_name("modern_server.py"))


@pytest.fixture(params=["program", "address"])
async def settings(request: pytest.FixtureRequest) -> AsyncIterator[McpConfig]:
    if request.param == "program":
        yield McpConfig(command=sys.executable, args=(SERVER,))
        return
    async with listening(sys.executable, SERVER) as port:
        yield McpConfig(url=f"http://127.0.0.1:{port}/mcp")


async def test_a_server_of_the_newer_kind_is_known_as_one(start: Start, settings: McpConfig):
    server = start(settings)
    assert {tool.spec.name for tool in await server.tools()} == {"ask", "ask_for_ever", "grow", "wait"}
    status = server.status
    assert (status.modern, status.about, status.state) == (True, "modern 1", State.READY)
    assert status.instructions == "Of the newer kind."


async def test_a_question_in_a_result_is_asked_of_the_person(start: Start, settings: McpConfig):
    person = Teller(Answer(Action.ACCEPT, {"name": "Ann"}))
    server = start(settings, person=person)
    assert (await call(server, "ask")).text == "accept Ann kept"
    [form] = person.questions
    assert (form.server, form.message) == ("notes", "Who are you?")


async def test_a_server_that_asks_for_ever_is_stopped(start: Start, settings: McpConfig):
    person = Teller(Answer(Action.ACCEPT, {"name": "Ann"}))
    outcome = await call(start(settings, person=person), "ask_for_ever")
    assert outcome.is_error and len(person.questions) == 10


async def test_without_a_person_the_call_fails_and_nobody_waits(start: Start, settings: McpConfig):
    assert (await call(start(settings), "ask")).is_error


async def test_a_change_is_heard_of(start: Start, settings: McpConfig):
    heard = asyncio.Event()

    def changed(server: McpServer) -> None:
        if server.status.tools is not None:
            heard.set()

    server = start(settings, changed=changed)
    await server.tools()
    for _ in range(20):  # the server is listened to from a moment after its start on
        await call(server, "grow")
        names = [tool.spec.name for tool in await server.tools()]
        if "new" in names:
            break
    assert "new" in names and heard.is_set()
    assert (await call(server, "new")).text == "new indeed"


async def test_a_call_that_is_cut_short_leaves_the_session(start: Start, settings: McpConfig):
    server = start(settings)
    waiting = asyncio.Event()

    def progress(step: Step) -> None:
        waiting.set()

    calling = asyncio.create_task(server.call("wait", {}, progress))
    async with asyncio.timeout(PATIENCE):
        await waiting.wait()
    calling.cancel()
    await asyncio.wait({calling})
    assert calling.cancelled()
    assert (await call(server, "grow")).text == "grown"
