"""A monkey in the same process: no terminal, many more acts a second."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace
from textual.events import Resize
from textual.geometry import Size

from tests.app.conftest import DONE, Entry, Scripted, World
from tests.app.states import answered
from tests.monkey.ends import EndedError, Report
from tests.monkey.hand import Act, Hand, Rested, Sized, Typed
from tui.app.app import SegueApp
from tui.app.terminal.parser import InputParser
from tui.chat.chunks import Chunk, Reasoning
from tui.chat.message import Role, Status
from tui.chat.model import ModelInfo
from tui.chat.parts import Text, prompt_parts
from tui.config import Config
from tui.engine.start_options import StartOptions
from tui.errors import ErrorKind, ProviderError
from tui.history.sqlite.history import open_history

COLUMNS, ROWS = 100, 30
PATIENCE = 20.0
"""Seconds after which the app does not answer any more."""
EVERY = 25
"""Acts after which it is asked whether it lives."""
REPLY = (
    "# A title\n\nSome *words* with `code`, [a link](https://example.org/x) and $a^2$.\n\n"
    "```python\nfor i in range(3):\n    print(i)\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two\n\n"
)


class Moody(Scripted):
    """Thinks, answers in pieces, and fails now and then."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self._chance = chance

    async def create_async_generator(
        self, model: str, messages: Any, proxy: str | None = None, **kwargs: Any
    ) -> AsyncIterator[Chunk]:
        chance = self._chance
        if chance.random() < 0.15:
            raise ProviderError("The lab is closed", kind=chance.choice(list(ErrorKind)))
        if chance.random() < 0.4:
            yield Reasoning("Let me think. ")
        for word in f"I am {model}. {REPLY * chance.randint(0, 4)}".split(" "):
            await asyncio.sleep(chance.choice((0, 0, 0.001, 0.01)))
            yield f"{word} "
            if chance.random() < 0.005:
                raise ProviderError("The connection was lost")
        yield DONE


async def filled(store: Any, chance: Random) -> None:
    """Some conversations, as a person has them."""
    for number in range(chance.choice((0, 3, 30))):
        conversation = await store.create_conversation(model="lab/big", title=f"Conversation {number}")
        parent = None
        for _ in range(chance.randint(0, 6)):
            prompt = await store.add_message(
                conversation.id, parent, Role.USER, prompt_parts(f"Question {number}?")
            )
            status = chance.choice((Status.COMPLETE, Status.STOPPED, Status.ERROR, Status.INTERRUPTED))
            reply = await store.add_message(
                conversation.id, prompt.id, Role.ASSISTANT, model="lab/small", status=Status.STREAMING
            )
            await store.finish_message(
                replace(reply, parts=(Text(REPLY * chance.randint(0, 3)),), status=status)
            )
            parent = reply.id


async def run(seed: int, seconds: float, folder: Path) -> Report:
    """Let the monkey use the app for so many seconds.

    Raises:
        EndedError: The app failed, or answers no more.
    """
    chance = Random(seed)
    model = chance.choice(("lab/big", "lab/big", "lab/big", None))
    config = replace(Config(path=folder / "config.toml"), model=model, vim=chance.random() < 0.3)
    world = World(folder, config, Moody(chance))
    closed = Entry("far", available=False, reason="no key", needs_key=True, key_variables=("FAR",))
    world.entries.append(closed)
    world.catalogue.known.append(ModelInfo("far/one", available=False))
    world.catalogue.known += [ModelInfo(f"lab/m{number}") for number in range(chance.choice((0, 60)))]
    world.store = await open_history(None)
    await filled(world.store, chance)
    app = SegueApp(config, world.open_workspace, StartOptions())
    report, done = Report(seed), []
    app.leave_soon = lambda code: setattr(report, "quits", report.quits + 1)  # type: ignore[method-assign]
    try:
        async with app.run_test(size=(COLUMNS, ROWS), notifications=True):
            until = time.monotonic() + seconds
            for act in Hand(seed, COLUMNS, ROWS).acts():
                if time.monotonic() > until:
                    break
                done.append(act)
                await _do(app, act)
                if app._exception is not None:
                    break
                if len(done) % EVERY == 0:
                    await asyncio.wait_for(_answer(app), PATIENCE)
    except TimeoutError:
        raise EndedError(seed, done, "it does not answer") from None
    except Exception as error:
        if app._exception is None:
            raise EndedError(seed, done, "".join(traceback.format_exception(error))) from None
    finally:
        await world.store.close()
    if app._exception is not None:
        fault = getattr(app._exception, "error", app._exception)
        raise EndedError(seed, done, "".join(traceback.format_exception(fault)))
    report.acts = len(done)
    return report


async def _do(app: SegueApp, act: Act) -> None:
    match act:
        case Typed(text):
            parser = InputParser()
            for event in (*parser.feed(text), *parser.feed("")):
                app._driver.process_message(event)
            await asyncio.sleep(0)
        case Sized(columns, rows):
            size = Size(columns, rows)
            app._driver._size = (columns, rows)
            app.post_message(Resize(size, size))
        case Rested(seconds):
            await asyncio.sleep(seconds)


async def _answer(app: SegueApp) -> None:
    """Wait until the app and what is seen of it have done what they were asked for."""
    for pump in (app, app.screen):
        await answered(app, pump)
