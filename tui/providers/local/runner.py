"""The child processes that serve models: started on first use, reused, stopped when unused.

A crash in the engine, its load (which holds its interpreter for seconds) and what it prints can't hurt the
app. A child ends when its stdin closes, so none outlives this process.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path

from tui.digest import new_name
from tui.errors import ErrorKind, ProviderError
from tui.paths import PRIVATE_FILE, private_dir
from tui.providers.local import server
from tui.providers.local.library import LocalModel
from tui.providers.local.spawn import spawn

CONTEXT = 8192
"""Tokens of prompt and reply. More costs memory, and reading it would take minutes on a processor."""
LOAD_LIMIT = 300.0
"""Seconds that a model may take to load: a big file on a slow disk."""
LOAD_STEP = 5.0
"""Seconds between two words about a load."""
IDLE_LIMIT = 600.0
"""Seconds without a request after which a child is stopped and its memory given back."""
END_DELAY = 0.5
"""Seconds between the last word of a process that crashes and its end."""
STOP_LIMIT = 1.0
"""Seconds that a child has to end by itself."""
_REASON = re.compile(r"error loading model: (.+)")


class Child:
    """One process that serves one model. A thread reads its first line and waits for its end.

    Attributes:
        key: What a caller must send.
        users: How many requests it serves.
        stop: End the process; does nothing the second time, and is called at exit.
    """

    def __init__(self, model: LocalModel, log: Path | None) -> None:
        self.key = new_name(32)
        self.users = 0
        self._title = model.title
        self._log = log
        self._process = _start(model, self.key, log)
        self._deadline = time.monotonic() + LOAD_LIMIT
        self._ready: Future[dict[str, str]] = Future()
        self._ready.set_running_or_notify_cancel()  # who gives up waiting must not cancel it for all
        threading.Thread(target=self._watch, name=f"local model {model.name}", daemon=True).start()
        self.stop = weakref.finalize(self, _stop, self._process)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    @property
    def loaded(self) -> bool:
        """Whether the model answers."""
        return self._ready.done() and self.alive

    async def ready(self) -> bool:
        """Wait for the load, some seconds at most, and say whether it is over.

        Raises:
            ProviderError: It has taken too long.
        """
        await asyncio.wait([asyncio.wrap_future(self._ready)], timeout=LOAD_STEP)
        if not self._ready.done() and time.monotonic() > self._deadline:
            self.stop()
            raise ProviderError(
                f"{self._title} did not load within {LOAD_LIMIT:.0f} s",
                self._see_log(),
                kind=ErrorKind.TIMEOUT,
            )
        return self._ready.done()

    async def url(self) -> str:
        """Where the model answers, once it is loaded.

        Raises:
            ProviderError: It could not be loaded.
        """
        while not await self.ready():
            pass
        answer = self._ready.result()
        if "url" not in answer:
            await self._ended()  # the engine writes its log late
            raise self._load_error(answer.get("error", ""))
        return answer["url"]

    async def explain(self, error: ProviderError) -> ProviderError:
        """What to say of an ``error`` during a reply: that the process ended, if that is why."""
        if error.kind not in (ErrorKind.CONNECT, ErrorKind.LOST) or not await self._ended():
            return error
        return ProviderError(
            f"The model on this machine stopped ({_ending(self._process.returncode)})",
            f"Send again to start it anew. {self._see_log()}".strip(),
            kind=ErrorKind.LOST,
        )

    def hang_up(self) -> None:
        """Close the child's stdin, upon which it ends; does not wait for that."""
        _hang_up(self._process)

    async def _ended(self) -> bool:
        """Whether the process is gone: its sockets close a moment before it is."""
        try:
            await asyncio.to_thread(self._process.wait, END_DELAY)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _watch(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stdout:
            line = stdout.readline()
        try:
            self._ready.set_result(json.loads(line))
        except ValueError:  # it died without a word
            self._ready.set_result({})
        self._process.wait()

    def _load_error(self, words: str) -> ProviderError:
        hint = "apt-get install libgomp1" if "libgomp" in words else self._see_log()
        reason = self._reason_in_log() or words or _ending(self._process.wait())
        return ProviderError(f"{self._title} could not be loaded: {reason}", hint, kind=ErrorKind.UNAVAILABLE)

    def _reason_in_log(self) -> str:
        """The engine's own words are only in its log."""
        if self._log is None:
            return ""
        match = _REASON.search(self._log.read_text(encoding="utf-8", errors="replace"))
        return match[1] if match else ""

    def _see_log(self) -> str:
        return f"The log is {self._log}" if self._log else ""


class Runner:
    """The children of this program, one for each model in use.

    Args:
        log: Folder of the logs; None throws them away.
        idle: Seconds without a request after which a child is stopped.
    """

    def __init__(self, log: Path | None = None, *, idle: float = IDLE_LIMIT) -> None:
        self._log = log
        self._idle = idle
        self._children: dict[Path, Child] = {}
        self._timers: dict[Path, asyncio.TimerHandle] = {}

    @asynccontextmanager
    async def serving(self, model: LocalModel) -> AsyncIterator[Child]:
        """The child that serves ``model``, kept inside the block; started if need be, perhaps still loading.

        Raises:
            ProviderError: The process could not be started.
        """
        child = self._children.get(model.path)
        if child is None or not child.alive:
            child = self._children[model.path] = Child(model, self._log_file(model.name))
        if timer := self._timers.pop(model.path, None):
            timer.cancel()
        child.users += 1
        try:
            yield child
        finally:
            child.users -= 1
            if not child.users and child.alive:
                loop = asyncio.get_running_loop()
                self._timers[model.path] = loop.call_later(self._idle, self._rest, model.path)

    async def close(self) -> None:
        """Stop every child."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        children = list(self._children.values())
        self._children.clear()
        await asyncio.gather(*(asyncio.to_thread(child.stop) for child in children))

    def _rest(self, path: Path) -> None:
        del self._timers[path]
        self._children.pop(path).hang_up()

    def _log_file(self, name: str) -> Path | None:
        return self._log / f"local-{re.sub(r'[^A-Za-z0-9._-]', '_', name)}.log" if self._log else None


def _start(model: LocalModel, key: str, log: Path | None) -> subprocess.Popen[bytes]:
    order = server.Order(
        model=str(model.path),
        name=model.name,
        context=CONTEXT,
        threads=_threads(),
        sampling=model.sampling,
    )
    # -P: the folder of server.py must not shadow the standard library
    command = [sys.executable, "-P", server.__file__, json.dumps(order)]
    try:
        if log:
            private_dir(log.parent)
        with open(log or os.devnull, "wb", opener=_private) as errors:
            return spawn(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, server.KEY_VARIABLE: key},
            )
    except OSError as error:
        raise ProviderError(
            f"{model.title} could not be started: {error}", kind=ErrorKind.UNAVAILABLE
        ) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE_FILE)


def _threads() -> int:
    """About one for each core: a second thread on the same core makes it slower."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return usable if usable <= 4 else usable // 2


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    _hang_up(process)
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:  # it loads, and hears nothing meanwhile
        process.kill()
        process.wait()


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
