"""A program that calls tools of a real server for ever, to be killed: see ``test_killed_anywhere``.

``python killed_anywhere.py FOLDER RUN``: the history, the server's ledger and its own diary are in FOLDER.
A reply that the run before left is gone on with; then prompt follows prompt. A line of the diary is written
when the fact in it must be on the disk already; each step is a line of the output.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tests.engine.conftest import DONE, WithTools, World
from tui.chat.chunks import Chunk, Finish, FinishReason
from tui.chat.message import Status
from tui.chat.parts import ToolCall
from tui.config import McpConfig
from tui.engine.limits import Limits
from tui.engine.tools import Tools
from tui.history.sqlite.history import open_history
from tui.paths import Paths
from tui.tools.approval import OnlyThese
from tui.tools.mcp.durations import Durations
from tui.tools.mcp.network import Network
from tui.tools.mcp.servers import McpServers
from tui.tools.tool import ToolSource

SERVER = Path(__file__).with_name("ledger_server.py")
ROUNDS = 3


class Restless(WithTools):
    """A model that calls and calls; each call has a name that none ever had."""

    def __init__(self, run: str, diary: Path) -> None:
        super().__init__()
        self._run = run
        self._diary = diary
        self._round = 0

    async def create_async_generator(
        self, model: str, messages: Any, proxy: str | None = None, **kwargs: Any
    ) -> AsyncIterator[Chunk]:
        """Say a word, call one to three times; every few rounds come to an end."""
        for message in messages:
            for part in message["content"] if message["role"] == "tool" else ():
                if part["text"].partition("\n")[2].startswith("gave "):
                    self.note(part["text"].partition("\n")[2])
        self._round += 1
        yield f"Round {self._round}. "
        await asyncio.sleep(random.uniform(0, 0.01))
        if self._round % (ROUNDS + 1) == 0:
            yield DONE
            return
        for number in range(random.randint(1, 3)):
            name = f"{self._run}-{self._round}-{number}"
            yield ToolCall("", "", "ledger__do", {"name": name, "takes": random.uniform(0, 0.01)})
        yield Finish(FinishReason.TOOL)

    def note(self, line: str) -> None:
        with self._diary.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


async def main(folder: Path, run: str) -> None:
    store = await open_history(folder / "history.db")
    await store.interrupt_abandoned()
    world = World(store, Limits(checkpoint=0.005))
    model = Restless(run, folder / "diary")
    world.provider = model
    paths = Paths(*(folder / name for name in ("config", "data", "cache", "log")))
    servers = McpServers(
        {"ledger": McpConfig(command=sys.executable, args=("-I", "-S", str(SERVER), str(folder / "ledger")))},
        paths,
        Network(lambda url: None, ssl.create_default_context, lambda url: True),
        lambda name: None,
        durations=Durations(start=90.0),
    )
    sources: list[ToolSource] = [*servers.servers.values()]
    world.engine.tools = Tools(lambda: sources, use=["ledger"])
    world.engine.tools.asker = OnlyThese(["ledger__do"])
    rows = await store.list_conversations()
    conversation = (
        await store.load_conversation(rows[0].id)
        if rows
        else await store.create_conversation(model="lab/one")
    )
    await sources[0].tools()
    print("begun", flush=True)

    def step(event: object) -> None:
        print(type(event).__name__, flush=True)

    if conversation.path():
        [last] = await store.messages(conversation.path()[-1:])
        if last.status is Status.INTERRUPTED:
            await (await world.engine.resume(conversation, last.id)).run(step)
    number = 0
    while True:
        number += 1
        reply = await world.engine.send(conversation, f"prompt {run}-{number}")
        model.note(f"prompt {run}-{number}")
        await reply.run(step)
        model.note(f"answered {run}-{number}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
