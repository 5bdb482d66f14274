"""Programs that foreign code starts: they have no terminal.

Where nothing else is said, their output goes where the code's own goes, and they find nothing to read. So
none paints over the screen, takes a key, or writes into the answer that a pipe waits for.
"""

from __future__ import annotations

import inspect
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import wraps
from typing import Any

_PIECE = 65_536
_LAST_WORDS = 0.1
"""Seconds for what was written already; a program that goes on is heard no longer."""
_out: ContextVar[_Out | None] = ContextVar("out", default=None)
_arranged: ContextVar[bool] = ContextVar("arranged", default=False)
"""Whether what is being started has been told where it writes and reads."""


class _Out:
    """Where children write, read to its end whatever comes: a full pipe would stop who writes into it."""

    def __init__(self, keep: Callable[[str], object]) -> None:
        self._keep = keep
        self._write: int | None = None
        self._reader: threading.Thread | None = None

    @property
    def descriptor(self) -> int:
        """What children write to; made for the first of them."""
        if self._write is None:
            read, self._write = os.pipe()
            self._reader = threading.Thread(target=self._take, args=(read,), name="output", daemon=True)
            self._reader.start()
        return self._write

    def _take(self, read: int) -> None:
        with open(read, "rb", buffering=0) as pipe:
            while data := pipe.read(_PIECE):
                self._keep(data.decode("utf-8", "replace"))

    def close(self) -> None:
        """Hear what was written so far."""
        if self._write is not None and self._reader is not None:
            os.close(self._write)
            self._reader.join(_LAST_WORDS)
            self._keep = lambda text: None


@contextmanager
def without_terminal(keep: Callable[[str], object]) -> Iterator[None]:
    """What is started inside the block, by this thread or task and those with its context, has no terminal.

    Args:
        keep: Gets what they write, in a thread.
    """
    _teach()
    out = _Out(keep)
    token = _out.set(out)
    try:
        yield
    finally:
        _out.reset(token)
        out.close()


def _teach() -> None:
    """Let Python's ways to start a program look where they are used. All others go on as they did."""
    if not hasattr(os.system, "__wrapped__"):
        subprocess.Popen.__init__ = _started(subprocess.Popen.__init__)  # type: ignore[method-assign]
        os.system = _asked_of_the_shell(os.system)  # type: ignore[assignment]
        if os.name == "posix":
            os.register_at_fork(before=_make_way_out, after_in_child=_leave_terminal)
            for name in {"posix_spawn", "posix_spawnp"} & set(dir(os)):
                setattr(os, name, _spawned(getattr(os, name)))


def _started(start: Callable[..., None]) -> Callable[..., None]:
    signature = inspect.signature(start)

    @wraps(start)
    def started(*given: Any, **named: Any) -> None:
        out = _out.get()
        if out is not None:
            with suppress(TypeError):  # wrong arguments are told by what was called
                said = signature.bind(*given, **named).arguments
                named |= {name: subprocess.DEVNULL for name in ("stdin",) if said.get(name) is None}
                named |= {name: out.descriptor for name in ("stdout", "stderr") if said.get(name) is None}
                if os.name == "posix" and "start_new_session" not in said and "process_group" not in said:
                    named["start_new_session"] = True  # else it could still open the terminal by its name
        token = _arranged.set(True)
        try:
            start(*given, **named)
        finally:
            _arranged.reset(token)

    return started


def _make_way_out() -> None:
    """Before a fork: the pipe and who reads it are this process's, so they are made here."""
    out = _out.get()
    if out is not None and not _arranged.get():
        _ = out.descriptor


def _leave_terminal() -> None:
    """In a child that foreign code has forked; one of ``forkpty`` has a terminal of its own already."""
    out = _out.get()
    if out is None or _arranged.get() or os.getsid(0) == os.getpid():
        return
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    if nothing:
        os.close(nothing)
    for descriptor in (1, 2):
        os.dup2(out.descriptor, descriptor)


def _spawned(spawn: Callable[..., int]) -> Callable[..., int]:
    @wraps(spawn)
    def spawned(*given: Any, **named: Any) -> int:
        out = _out.get()
        if out is None:
            return spawn(*given, **named)
        ours = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            *((os.POSIX_SPAWN_DUP2, out.descriptor, each) for each in (1, 2)),
        ]
        named["file_actions"] = [*ours, *(named.get("file_actions") or ())]  # what is said comes after
        if named.get("setpgroup", 0) == 0:  # who has a session of its own has a group of its own, too
            alone = {name: value for name, value in named.items() if name != "setpgroup"}
            with suppress(NotImplementedError):  # not every system can
                return spawn(*given, **{"setsid": True, **alone})
        return spawn(*given, **named)

    return spawned


def _asked_of_the_shell(system: Callable[[Any], int]) -> Callable[[Any], int]:
    @wraps(system)
    def asked(command: Any) -> int:
        if _out.get() is None:
            return system(command)
        code = subprocess.call(command, shell=True)
        return code if os.name != "posix" else -code if code < 0 else code << 8

    return asked
