"""A reply of several parts on standard output: its texts there, what it did on standard error, in order."""

from __future__ import annotations

import pytest

from tests.engine.conftest import DONE, World
from tui.chat.parts import Image, Reasoning, ToolCall, ToolResult
from tui.cli.ask import ReplyOutput
from tui.engine.limits import Limits
from tui.history.sqlite.history import open_history

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
        'call: fs read {"path": "a"} · asked',
        "result: milk and bread",
        "image: milk https://a.test/x.png",
    ]
    await world.store.close()
