"""A model of this machine is asked what changed in a repository, with the tools of a real server of git.

``python -m tests.engine.ask_a_repository MODEL.gguf [RUNS]`` tells of each run whether it called, and what it
answered. The engine, the store, the server of the model and that of git are the real ones. SYSTEM in the
environment is added to the system prompt.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.engine.conftest import World
from tui.chat.message import Message
from tui.chat.parts import CallState, ToolCall, of_kind
from tui.config import McpConfig
from tui.engine.limits import Limits
from tui.engine.tools import Tools
from tui.history.sqlite.history import open_history
from tui.paths import Paths
from tui.providers.formats.openai_chat import OpenAIChat
from tui.providers.local.library import LocalModels
from tui.providers.local.provider import LocalProvider
from tui.providers.local.runner import Runner
from tui.tools.approval import OnlyThese
from tui.tools.mcp.network import Network
from tui.tools.mcp.servers import McpServers
from tui.tools.tool import ToolSource

READS = (
    "git_log",
    "git_status",
    "git_show",
    "git_diff",
    "git_diff_unstaged",
    "git_diff_staged",
    "git_branch",
)
ALLOWED = [f"git__{name}" for name in READS]
CHANGES = ((20, "Import the old recipes"), (3, "Add a recipe for rye bread"), (1, "Fix the oven temperature"))
"""Days ago, and what was said of it."""
QUESTION = "What changed in this repository this week?"


@dataclass(frozen=True, slots=True)
class Answered:
    """How a run went."""

    reply: Message
    seconds: float

    @property
    def called(self) -> bool:
        return any(call.state is CallState.DONE for call in of_kind(self.reply.parts, ToolCall))

    @property
    def right(self) -> bool:
        """Whether it names what changed this week."""
        text = self.reply.text.casefold()
        return self.called and "rye bread" in text and "oven" in text


def make_repository(folder: Path) -> Path:
    """A repository with changes of this week and before."""
    folder.mkdir()
    git = ["git", "-C", str(folder), "-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    subprocess.run([*git, "init", "-q"], check=True)
    for number, (days, words) in enumerate(CHANGES):
        (folder / f"{number}.md").write_text(f"{words}\n")
        when = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        subprocess.run([*git, "add", "."], check=True)
        dated = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when, "PATH": "/usr/bin:/bin"}
        subprocess.run([*git, "commit", "-q", "-m", words], check=True, env=dated)
    return folder


@asynccontextmanager
async def model_and_git(model: Path, folder: Path) -> AsyncIterator[World]:
    """An engine with a model of this machine, and the server of git."""
    repository = make_repository(folder / "recipes")
    store = await open_history(folder / "history.db")
    paths = Paths(*(folder / name for name in ("config", "data", "cache", "log")))
    servers = McpServers(
        {"git": McpConfig(command=sys.executable, args=("-m", "mcp_server_git", "-r", str(repository)))},
        paths,
        Network(lambda url: None, ssl.create_default_context, lambda url: True),
        lambda name: None,
    )
    runner = Runner(folder / "log")
    library = LocalModels(folder, {"one": model})
    world = World(store, Limits(first_token=600.0, next_token=600.0, tools_time=1800.0))
    world.provider = type("Local", (LocalProvider, OpenAIChat), {"library": library, "runner": runner})
    world.key = None
    sources: list[ToolSource] = [*servers.servers.values()]
    world.engine.tools = Tools(lambda: sources, use=ALLOWED)
    world.engine.tools.asker = OnlyThese(ALLOWED)
    try:
        yield world
    finally:
        await runner.close()
        await servers.close()
        await store.close()


async def ask(world: World, folder: Path) -> Answered:
    """Ask once, in a conversation of its own."""
    today = datetime.now(UTC).date()
    system = (
        f"You help with the git repository {folder / 'recipes'}. Today is {today}. Use the tools to look."
    )
    system = f"{system} {os.environ.get('SYSTEM', '')}".strip()
    conversation = await world.store.create_conversation(model="local/one", system=system)
    conversation.parameters = {"max_tokens": 300}
    begun = time.monotonic()
    reply = await (await world.engine.send(conversation, QUESTION)).run(world.events.append)
    return Answered(reply, time.monotonic() - begun)


async def main(model: Path, runs: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with model_and_git(model, folder) as world:
            all_of_them = []
            for number in range(1, runs + 1):
                answered = await ask(world, folder)
                all_of_them.append(answered)
                reply = answered.reply
                calls = [(call.name, call.state.value) for call in of_kind(reply.parts, ToolCall)]
                print(f"{number}: {answered.seconds:.0f} s, {reply.status.value}, calls {calls}")
                print(f"   {reply.text!r} {reply.notices} {reply.failure or ''}", flush=True)
            called = sum(one.called for one in all_of_them)
            said = sum(one.called and bool(one.reply.text.strip()) for one in all_of_them)
            right = sum(one.right for one in all_of_them)
            print(f"{model.name}: of {runs} runs {called} called, {said} answered after it, {right} rightly")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10))
