"""What the plain mode says of a session, without a process of its own."""

from __future__ import annotations

import asyncio
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from tests.engine.conftest import DONE, World
from tui.cli.plain.mode import PlainMode
from tui.cli.plain.page import Page
from tui.cli.plain.spoken import InWords
from tui.config import Config
from tui.engine.limits import Limits
from tui.engine.start_options import StartOptions
from tui.engine.workspace import Workspace
from tui.errors import HistoryFullError
from tui.history.sqlite.history import open_history
from tui.paths import Paths


@pytest.fixture
async def world():
    made = World(await open_history(None), Limits(save_again=0.01))
    yield made
    await made.store.close()


@pytest.fixture
async def mode(world, tmp_path):
    config = replace(Config(path=tmp_path / "config.toml"), model="lab/one")
    paths = Paths(*(tmp_path / name for name in ("config", "data", "cache", "log")))
    registry: Any = SimpleNamespace(problems=(), providers=list, download_of=lambda model_id: None)
    catalogue: Any = SimpleNamespace(notice="")
    workspace = Workspace(
        config, paths, None, world.store, registry, catalogue, world.engine, partial(open_history, None)
    )  # type: ignore[arg-type]
    yield await PlainMode.begin(Page(), workspace, StartOptions(), InWords())
    await workspace.close()


async def test_what_is_stopped_is_stored_before_anything_else_is_done(mode, world, capsys):
    said: asyncio.Task[None]

    class Interrupting(asyncio.Event):
        """What the provider waits for: meanwhile the person presses Ctrl+C."""

        async def wait(self) -> Any:
            said.cancel()
            return await super().wait()

    world.script("Half", Interrupting(), DONE)
    said = asyncio.create_task(mode.send("Go"))
    with pytest.raises(asyncio.CancelledError):
        await said
    assert capsys.readouterr().out.endswith("one: Half\nstopped\n")
    _, reply = await world.store.messages(mode.current.conversation.path())
    assert (reply.text, reply.status) == ("Half", "stopped")


async def test_a_reply_that_is_not_saved_is_told_and_saved_when_there_is_room(
    mode, world, capsys, monkeypatch
):
    take = world.store.finish_message

    async def full(message: Any) -> None:
        raise HistoryFullError("The disk is full", "Make room.")

    monkeypatch.setattr(world.store, "finish_message", full)
    await mode.send("Hi")
    assert "not saved: The disk is full. Make room.\n" in capsys.readouterr().out
    [_, reply] = await mode.current.messages(mode.current.conversation.path())
    assert reply.text == "ok"
    monkeypatch.setattr(world.store, "finish_message", take)
    await mode.workspace.close()
    assert "everything is saved again\n" in capsys.readouterr().out
    _, reply = await world.store.messages(mode.current.conversation.path())
    assert (reply.text, reply.status) == ("ok", "complete")


async def test_a_fault_of_ours_ends_in_no_silence(mode, world, monkeypatch):
    def broken(event: Any) -> None:
        raise LookupError("a fault")

    monkeypatch.setattr("tui.cli.plain.mode.Printer.take", lambda self, event: broken(event))
    with pytest.raises(LookupError):
        await mode.send("Hi")
    _, reply = await world.store.messages(mode.current.conversation.path())
    assert reply.text == "ok"
