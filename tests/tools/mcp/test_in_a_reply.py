"""Replies whose calls go to real processes, good ones and bad ones."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import DONE, WithTools, World
from tests.tools.mcp.conftest import PATIENCE, Faults, Start
from tui.chat.chunks import Finish, FinishReason
from tui.chat.message import Status
from tui.chat.parts import CallState, ToolCall, ToolResult, of_kind
from tui.config import McpConfig
from tui.engine.events import CallChanged, Working
from tui.engine.limits import Limits
from tui.engine.tools import Tools
from tui.history.sqlite.history import open_history
from tui.tools.approval import Decision
from tui.tools.mcp.server import McpServer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the way of the SDK is used there")
LEDGER = Path(__file__).parents[2] / "engine" / "ledger_server.py"
WAITS = "import threading; threading.Event().wait()"
ASKED = Finish(FinishReason.TOOL)


class Allows:
    """A person who allows all, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    async def ask(self, question: Any) -> Decision:
        self.asked.append(question)
        return Decision.CONVERSATION


def call(name: str, arguments: dict[str, Any] | None = None) -> ToolCall:
    return ToolCall("", "", name, arguments or {})


@pytest.fixture
async def having() -> AsyncIterator[Any]:
    """Makes a world whose conversations have these servers on."""
    store = await open_history(None)

    def make(*servers: McpServer, use: tuple[str, ...] = ()) -> World:
        world = World(store, Limits(checkpoint=0.01))
        world.provider = WithTools()
        world.engine.tools = Tools(lambda: servers, store, use=use or [one.name for one in servers])
        world.engine.tools.asker = Allows()
        return world

    yield make
    await store.close()


async def until_noted(line: str, faults_of: Faults) -> None:
    async with asyncio.timeout(PATIENCE):
        while line not in faults_of.lines:  # noqa: ASYNC110 (a file: nothing that tells)
            await asyncio.sleep(0.01)


async def run(world: World, conversation: Any = None) -> Any:
    conversation = conversation or await world.store.create_conversation(model="lab/one")
    return await (await world.engine.send(conversation, "Do it")).run(world.events.append)


def results(message: Any) -> list[str]:
    return [result.text for result in of_kind(message.parts, ToolResult)]


def states(message: Any) -> list[CallState]:
    return [one.state for one in of_kind(message.parts, ToolCall)]


def declared(world: World, request: int = -1) -> list[str]:
    return [spec.name for spec in world.provider.requests[request][2].get("tools", ())]


async def test_a_stop_is_told_to_the_server_at_once(having: Any, faults_of: Faults):
    world = having(faults_of(), use=("notes__hang",))
    world.script("I wait. ", call("notes__hang"), ASKED)
    running = asyncio.Event()

    def emit(event: Any) -> None:
        if isinstance(event, CallChanged) and event.call.state is CallState.RUNNING:
            running.set()

    conversation = await world.store.create_conversation(model="lab/one")
    reply = await world.engine.send(conversation, "Do it")
    coming = asyncio.create_task(reply.run(emit))
    await running.wait()
    await until_noted("tools/call", faults_of)
    begun = time.monotonic()
    coming.cancel()
    await asyncio.wait([coming])
    assert time.monotonic() - begun < 1.0, "a tenth of a second, on a machine that is not at work"
    await until_noted("notifications/cancelled", faults_of)
    [message] = await world.store.messages([reply.message.id])
    assert (message.status, states(message)) == (Status.STOPPED, [CallState.STOPPED])
    assert "may or may not" in results(message)[0] and message.text == "I wait. "


async def test_a_server_that_ends_in_mid_call_is_a_result_and_the_next_call_starts_it(
    having: Any, faults_of: Faults
):
    world = having(faults_of(), use=("notes__crash", "notes__echo"))
    world.script(call("notes__crash"), ASKED)
    world.script(call("notes__echo", {"a": 1}), ASKED)
    world.script("So be it.", DONE)
    message = await run(world)
    crashed, echoed = results(message)
    assert states(message) == [CallState.FAILED, CallState.DONE]
    assert "out of cheese" in crashed and echoed == '{"a": 1}' and len(faults_of.pids) == 2
    assert (message.status, message.text) == (Status.COMPLETE, "So be it.")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (McpConfig(command="no-such-program-at-all"), "no-such-program-at-all"),
        (
            McpConfig(
                command=sys.executable,
                args=("-c", "import threading; threading.Event().wait()"),
                start_timeout=1.0,
            ),
            "within 1 s",
        ),
        (McpConfig(command=sys.executable, args=("-c", "raise SystemExit('no licence')")), "no licence"),
        (McpConfig(url="http://127.0.0.1:9/mcp"), "notes"),
    ],
)
async def test_a_server_that_does_not_start_is_named_and_the_chat_goes_on(
    having: Any, start: Start, settings: McpConfig, words: str
):
    world = having(start(settings), use=("notes",))
    world.script("Hello.", DONE)
    message = await run(world)
    assert (message.status, message.text) == (Status.COMPLETE, "Hello.")
    assert any("notes" in notice and words in notice for notice in message.notices), message.notices
    assert declared(world) == []


async def test_of_five_hundred_tools_none_is_sent_and_that_is_told(having: Any, faults_of: Faults):
    world = having(faults_of("500"))
    world.script("Hello.", DONE)
    message = await run(world)
    assert declared(world) == [] and message.text == "Hello."
    assert "tools are on" in message.notices[0]


async def test_a_list_that_changes_in_mid_reply_counts_from_the_next_reply_on(having: Any, faults_of: Faults):
    world = having(faults_of("changed"))
    world.script(call("notes__echo"), ASKED)
    world.script("One.", DONE)
    world.script("Two.", DONE)
    conversation = await world.store.create_conversation(model="lab/one")
    await run(world, conversation)
    await run(world, conversation)
    first, second, third = (declared(world, number) for number in range(3))
    assert first == second and "notes__new" not in first
    assert third == [*first, "notes__new"]


async def test_one_tool_name_on_two_servers_both_are_called(having: Any, start: Start, tmp_path: Path):
    def ledger(name: str) -> McpServer:
        args = str(LEDGER), str(tmp_path / f"done by {name}")
        return start(McpConfig(command=sys.executable, args=args), name=name)

    world = having(ledger("one"), ledger("two"))
    world.script(call("two__do", {"name": "b"}), call("one__do", {"name": "a"}), ASKED)
    message = await run(world)
    assert results(message) == ["gave b", "gave a"]
    assert [(tmp_path / f"done by {name}").read_text() for name in ("one", "two")] == ["a\n", "b\n"]


async def test_a_result_of_three_megabytes_is_cut_and_that_is_told(having: Any, faults_of: Faults):
    world = having(faults_of(), use=("notes__big",))
    world.script(call("notes__big"), ASKED)
    message = await run(world)
    [result] = of_kind(message.parts, ToolResult)
    assert (len(result.text), result.whole) == (1_000_000, 3_000_000)
    assert "[100 kB of 3.0 MB]" in str(world.provider.requests[1][1][-1])


async def test_an_answer_beyond_all_bounds_costs_its_call_alone(having: Any, faults_of: Faults):
    world = having(faults_of(), use=("notes__huge", "notes__echo"))
    world.script(call("notes__huge"), call("notes__echo"), ASKED)
    message = await run(world)
    assert states(message) == [CallState.FAILED, CallState.DONE]


async def test_what_a_server_says_on_the_way_can_not_steer_a_terminal(having: Any, faults_of: Faults):
    world = having(faults_of(), use=("notes__progress", "notes__refuse"))
    world.script(call("notes__progress", {"pause": 0}), call("notes__refuse"), ASKED)
    message = await run(world)
    told = [event.progress.text for event in world.told(Working)]
    assert told and not any("\x1b" in words for words in told)
    assert not any("\x1b" in text for text in results(message)[1:])


async def test_a_server_that_says_it_only_reads_is_asked_for_all_the_same(having: Any, faults_of: Faults):
    world = having(faults_of(), use=("notes__reads",))
    world.script(call("notes__reads"), ASKED)
    await run(world)
    [question] = world.engine.tools.asker.asked
    assert question.spec.read_only and question.scope is not None
