"""The program is killed while a reply calls tools: nothing is carried out twice, no result is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine import killed
from tests.engine.conftest import DONE, FakeSource, FakeTool, WithTools, World
from tui.chat.message import Message, Status
from tui.chat.parts import CallState, ToolCall, ToolResult, of_kind
from tui.engine.limits import Limits
from tui.engine.tools import Tools
from tui.history.sqlite.history import open_history
from tui.tools.tool import ToolSpec

ROOT = Path(__file__).parents[2]
POINTS = range(1, 27, 2)
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


def killed_at(folder: Path, point: int) -> tuple[int, list[str]]:
    """Run the program until it is killed at a point. Returns its exit code, and what it carried out."""
    log = folder / "log"
    log.touch()
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.killed", str(folder / "history.db"), str(log), str(point)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode, log.read_text().split()


def check(message: Message, carried_out: list[str]) -> None:
    """All that was carried out is told as what it is."""
    results = {result.call: result for result in of_kind(message.parts, ToolResult)}
    calls = {str(call.arguments["name"]): call for call in of_kind(message.parts, ToolCall)}
    assert len(set(carried_out)) == len(carried_out)
    assert set(carried_out) <= calls.keys(), "a call is on the disk before it leaves"
    for name, call in calls.items():
        result = results[call.id]
        if call.state is CallState.DONE:
            assert name in carried_out and result.text == f"gave {name}"
        else:
            assert call.state is CallState.STOPPED and result.is_error
            assert ("may or may not" in result.text) or name not in carried_out


@pytest.mark.parametrize("point", POINTS)
async def test_wherever_it_is_killed_each_call_is_told_as_what_it_is_and_none_is_repeated(tmp_path, point):
    code, carried_out = killed_at(tmp_path, point)
    store = await open_history(tmp_path / "history.db")
    try:
        assert not store.notice
        assert await store.interrupt_abandoned() == (1 if code else 0)
        [row] = await store.list_conversations()
        conversation = await store.load_conversation(row.id)
        prompt, message = await store.messages(conversation.path())
        assert prompt.text == "Do it"
        assert message.status is (Status.INTERRUPTED if code else Status.COMPLETE)
        check(message, carried_out)

        # It goes on with what is known, and by itself carries out nothing again.
        tool = FakeTool(ToolSpec("fs", "do"), None, None)
        world = World(store, Limits())
        world.provider = WithTools()
        world.engine.tools = Tools(lambda: [FakeSource("fs", [tool])], use=["fs"])
        world.script("And on.", DONE)
        again = await (await world.engine.resume(conversation, message.id)).run(world.events.append)
        assert tool.calls == [] and again.text.endswith("And on.")
        check(again, carried_out)
    finally:
        await store.close()


def test_the_points_reach_from_the_first_piece_to_the_stored_end(tmp_path):
    code, carried_out = killed_at(tmp_path, 0)
    assert (code, len(carried_out)) == (0, killed.ROUNDS * len(killed.CALLS))
