"""From the first line to the last: reads, does, and ends so that nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any

from tui.cli.assemble import open_workspace
from tui.cli.output import DONE, FAILED, complain, say
from tui.cli.plain.asker import PlainAsker
from tui.cli.plain.commands import Commands, completions
from tui.cli.plain.interrupts import Interrupts
from tui.cli.plain.keyboard import Keyboard
from tui.cli.plain.mode import PlainMode
from tui.cli.plain.page import Page
from tui.cli.plain.spoken import InWords
from tui.cli.plain.voice import Manner
from tui.config import Config
from tui.engine.start_options import StartOptions
from tui.errors import SegueError
from tui.paths import Paths

LONGEST_GOODBYE = 5.0
"""Seconds that the end may take."""


def run(config: Config, start: StartOptions, manner: Manner | None = None) -> int:
    """Converse until the person or the input ends it; in words, unless another manner is wanted.

    The event loop runs while something is done and rests while the person writes: so a line is read as any
    program reads it, and Ctrl+C is one thing at a time.

    Raises:
        SegueError: The history can't be opened, or what the command line names is not there.
        BrokenPipeError: Nobody reads any more.
    """
    for problem in config.problems:
        complain(problem)
    page, manner = Page(), manner or InWords()
    with asyncio.Runner() as runner:
        interrupts = Interrupts(runner)
        page.when_lost = interrupts.stop
        workspace = interrupts.run(open_workspace(Paths.default(), config, temporary=start.temporary))
        try:
            mode = interrupts.run(PlainMode.begin(page, workspace, start, manner))
            try:
                _converse(page, interrupts, mode, start, manner)
            finally:
                with interrupts.ignored():
                    runner.run(_wait_a_while(mode.finish()))
                for words in mode.lost:
                    say(f"segue: {words}")
        finally:
            with interrupts.ignored():
                runner.run(_wait_a_while(workspace.close()))
    return FAILED if mode.lost else DONE


def _converse(
    page: Page, interrupts: Interrupts, mode: PlainMode, start: StartOptions, manner: Manner
) -> None:
    workspace = mode.workspace
    commands = Commands(mode, interrupts)
    prompts = interrupts.run(workspace.store.prompts())
    saved = workspace.saved_prompts
    keyboard = Keyboard(
        page, prompts, lambda text: completions(text, workspace.catalogue.models(), saved.all())
    )
    manner.put_back = keyboard.put_back
    if keyboard.asks:
        mode.tools.asker = mode.tools.person = asker = PlainAsker(page, keyboard, interrupts)
        _do(page, interrupts, mode.offer_project(asker))
    else:
        _do(page, interrupts, mode.offer_project(None))
    if start.prompt:
        page.line(f"{mode.prompt}{start.prompt}")
        _do(page, interrupts, commands.take(start.prompt))
    warned = False
    while not commands.done:
        page.end_line()
        if page.lost:
            raise BrokenPipeError
        try:
            text = keyboard.read(mode.prompt)
        except EOFError:
            return
        except KeyboardInterrupt:
            if warned:
                return
            page.line("Ctrl+C again quits")
            warned = True
        except SegueError as error:
            page.tell(error)
        else:
            warned = False
            _do(page, interrupts, mode.reread_settings())
            _do(page, interrupts, commands.take(text))


def _do(page: Page, interrupts: Interrupts, act: Coroutine[Any, Any, None]) -> None:
    """Do something, such as what was entered; what can't be done is told."""
    try:
        interrupts.run(act)
    except SegueError as error:
        page.tell(error)
    except KeyboardInterrupt:
        page.end_line()


async def _wait_a_while(end: Awaitable[None]) -> None:
    """Wait for an end, but not for a disk or a server that hangs."""
    try:
        async with asyncio.timeout(LONGEST_GOODBYE):
            await end
    except TimeoutError:
        pass
