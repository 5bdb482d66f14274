"""A program that answers with tools and is killed somewhere: see ``test_killed``.

``python killed.py HISTORY LOG POINT`` ends itself with SIGKILL when it comes to POINT. LOG has a line for
each call that was carried out.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.engine.conftest import DONE, FakeSource, FakeTool, WithTools, World
from tui.chat.chunks import Finish, FinishReason
from tui.chat.parts import ToolCall
from tui.engine.limits import Limits
from tui.engine.tools import Tools
from tui.history.sqlite.history import open_history
from tui.tools.tool import Outcome, ToolSpec

ROUNDS = 2
CALLS = ("a", "b")


async def main(history: Path, log: Path, point: int) -> None:
    passed = 0

    def here() -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)

    async def does(arguments, progress):
        here()
        with log.open("a") as file:
            file.write(f"{arguments['name']}\n")
        here()
        return Outcome(f"gave {arguments['name']}")

    store = await open_history(history)
    world = World(store, Limits(checkpoint=0.001))
    world.provider = WithTools()
    source = FakeSource("fs", [FakeTool(ToolSpec("fs", "do", read_only=point % 2 == 0), does, None)])
    world.engine.tools = Tools(lambda: [source], use=["fs"])
    append, finish = store.append, store.finish_message

    async def appended(*args):
        here()
        await append(*args)
        here()

    async def finished(*args):
        here()
        await finish(*args)
        here()

    store.append, store.finish_message = appended, finished
    for number in range(ROUNDS):
        calls = (ToolCall("", "", "fs__do", {"name": f"{name}{number}"}) for name in CALLS)
        world.script("Once ", *calls, Finish(FinishReason.TOOL))
    world.script("Done.", DONE)
    conversation = await store.create_conversation(model="lab/one")
    reply = await world.engine.send(conversation, "Do it")
    await reply.run(lambda event: None)
    await store.close()
    print(passed)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
