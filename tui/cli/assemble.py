"""Puts the parts together: settings, keys, providers, history, engine."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING

from tui.cli.output import INTERRUPTED, complain, say
from tui.cli.where import history_place
from tui.config import Config, load_config
from tui.credentials import Credentials
from tui.engine.budget import Budget
from tui.engine.engine import Engine
from tui.engine.tool_sources import sources, used
from tui.engine.tools import Tools
from tui.engine.workspace import Workspace
from tui.errors import HistoryError, HistoryFullError, HistoryReadOnlyError, HistoryTooNewError
from tui.history.place import File, Place, Server
from tui.history.store import HistoryStore
from tui.paths import Paths

if TYPE_CHECKING:
    from tui.engine.moving_in import MovingIn

_DEADLY = {"SIGTERM": 143, "SIGHUP": 129}


async def open_workspace(paths: Paths, config: Config, *, temporary: bool = False) -> Workspace:
    """Open the history and put the parts together.

    Args:
        paths: The program's folders.
        config: The settings.
        temporary: Keep the history in memory only.

    Raises:
        HistoryError: The history can't be opened.
    """
    from tui.engine.pdf_text import PdfResolver
    from tui.engine.remote_picture import PictureResolver
    from tui.history.opening import open_history
    from tui.providers.catalogue import Catalogue
    from tui.providers.registry import Registry
    from tui.system.crash_reports import keep_faults

    keep_faults(paths.log)
    async with AsyncExitStack() as opened:
        place = None if temporary else history_place(paths, config)
        store = await open_history(place)
        opened.push_async_callback(store.close)
        # One that may not be written now is read all the same, and says so by itself.
        with suppress(HistoryReadOnlyError, HistoryTooNewError, HistoryFullError):
            await store.interrupt_abandoned()
        credentials = Credentials(paths, config)
        registry = Registry(config, credentials, paths)
        opened.push_async_callback(registry.close)
        catalogue = Catalogue(registry)
        tools = Tools(lambda: sources(config, paths, store, credentials, tools), store, used(config))
        opened.push_async_callback(tools.close)
        budget = Budget(config.budget, store)
        if temporary and (kept := await _kept_spending(paths, config)) is not None:
            opened.push_async_callback(kept.close)
            budget.count_also(kept)
        resolver = PictureResolver(PdfResolver(registry), lambda: registry.config)
        engine = Engine(store, resolver, catalogue, tools=tools, budget=budget)
        at_close = opened.pop_all()
    return Workspace(
        config,
        paths,
        credentials,
        store,
        registry,
        catalogue,
        engine,
        open_temporary=partial(open_history, None),
        moving_in=_moving_in(paths, place, store),
        at_close=at_close,
    )


def _moving_in(paths: Paths, place: Place, store: HistoryStore) -> MovingIn | None:
    if not isinstance(place, Server) or not paths.history_file.exists():
        return None
    from tui.engine.moving_in import MovingIn
    from tui.history.opening import open_history

    return MovingIn(store, partial(open_history, File(paths.history_file)))


async def _kept_spending(paths: Paths, config: Config) -> HistoryStore | None:
    """The history that is not written in this run, where a budget wants to know what was spent there."""
    from tui.history.opening import open_history

    place = history_place(paths, config)
    limited = config.budget.day is not None or config.budget.month is not None
    if not limited or (isinstance(place, File) and not place.path.exists()):
        return None
    with suppress(HistoryError):  # nothing is kept in this run: it is no reason not to begin
        return await open_history(place)
    return None


def run_with_workspace(work: Callable[[Workspace], Awaitable[int]], *, temporary: bool = False) -> int:
    """Run one command on an open workspace, and close it whatever happens.

    A signal that ends the program cancels ``work`` first, so that a reply is stored as stopped.

    Returns:
        The exit code of ``work``, or that of the signal.
    """
    paths = Paths.default()
    config = load_config(paths.config_file)
    for problem in config.problems:
        complain(problem)
    ended_by: list[int] = []

    async def main() -> int:
        _end_on_signals(ended_by)
        workspace = await open_workspace(paths, config, temporary=temporary)
        try:
            if workspace.store.notice:
                say(f"segue: {workspace.store.notice}")
            return await work(workspace)
        finally:
            await workspace.close()

    try:
        return asyncio.run(main())
    except (KeyboardInterrupt, asyncio.CancelledError):
        return ended_by[0] if ended_by else INTERRUPTED


def _end_on_signals(ended_by: list[int]) -> None:
    if sys.platform == "win32":  # a console that closes ends the process at once; nothing can be awaited
        return
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def end(code: int) -> None:
        ended_by.append(code)
        task.cancel()

    for name, code in _DEADLY.items():
        loop.add_signal_handler(getattr(signal, name), end, code)
