"""A reply of several parts on standard output: its texts there, what it did on standard error, in order."""

from __future__ import annotations

import pytest

from tests.engine.conftest import DONE, FakeSource, FakeTool, WithTools, World
from tui.chat.chunks import Finish, FinishReason
from tui.chat.parts import CallState, Image, Reasoning, ToolCall, ToolResult
from tui.cli.ask import ReplyOutput
from tui.cli.part_lines import line_of
from tui.engine.limits import Limits
from tui.engine.tools import Tools
from tui.history.sqlite.history import open_history
from tui.tools.tool import ToolSpec

CAME = (
    *("I ", "look."),
    ToolCall("1", "fs", "read", {"path": "a"}),
    ToolResult("1", "milk\nand bread"),
    *("It says ", Image("https://a.test/x.png", "milk"), "milk."),
    Reasoning("So."),
    "Done.",
)


@pytest.mark.parametrize("held", [False, True])
async def test_texts_are_parted_as_in_the_stored_reply_and_calls_are_told(capsys, held) -> None:
    world = World(await open_history(None), Limits())
    world.script(*CAME, DONE)
    conversation = await world.store.create_conversation(model="lab/one")
    output = ReplyOutput(await world.engine.send(conversation, "What?"), raw=False)
    if held:
        await output.whole()
    await output.write()
    told = capsys.readouterr()
    assert told.out == f"{(await output.whole()).text}\n" == "I look.\n\nIt says milk.\n\nDone.\n"
    assert told.err.splitlines() == [
        'call: fs read {"path": "a"}',
        "result: milk and bread",
        "image: milk https://a.test/x.png",
    ]
    await world.store.close()


async def test_a_call_is_told_when_it_is_asked_for_when_it_runs_and_how_it_ended(capsys) -> None:
    world = World(await open_history(None), Limits())
    world.provider = WithTools()
    tool = FakeTool(ToolSpec("fs", "read"), asks=None)
    world.engine.tools = Tools(lambda: [FakeSource("fs", [tool])], use=("fs",))
    world.script(ToolCall("1", "", "fs__read", {"path": "a"}), Finish(FinishReason.TOOL))
    world.script("Done.", DONE)
    conversation = await world.store.create_conversation(model="lab/one")
    output = ReplyOutput(await world.engine.send(conversation, "What?"), raw=False)
    await output.write()
    assert capsys.readouterr().err.splitlines() == [
        'call: fs read {"path": "a"}',
        "running: fs read",
        "result: done",
    ]
    await world.store.close()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (CallState.ASKED, " · not run"),
        (CallState.RUNNING, " · running"),
        (CallState.DENIED, " · declined"),
        (CallState.DONE, ""),
    ],
)
def test_a_stored_call_says_what_became_of_it(state, words) -> None:
    assert line_of(ToolCall("1", "fs", "read", {"a": 1}, state=state)) == f'call: fs read {{"a": 1}}{words}'
