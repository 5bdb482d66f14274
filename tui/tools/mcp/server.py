"""One server: when it is started, who owns its connection, what happens when it ends, and its calls.

One task owns the connection, from entering it to leaving it; calls come from any other task. A server is
started by its first use, and again by the next use after it has ended; one that keeps ending is given up for
a while.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import shlex
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tui.chat.attachment import Attachment
from tui.config import McpConfig
from tui.errors import SegueError
from tui.faults import note
from tui.text import one_line, safe_url
from tui.tools.mcp.clock import Clock
from tui.tools.mcp.durations import MOST_ENDS, Durations
from tui.tools.mcp.elicitation import Action, Answer, Form, Person, Visit
from tui.tools.mcp.environment import Keys, child_environment, filled, filled_table
from tui.tools.mcp.eras import Eras
from tui.tools.mcp.failures import (
    McpError,
    ServerGone,
    SessionLost,
    SignInNeeded,
    innermost,
    was_closed,
    words_of,
)
from tui.tools.mcp.left_behind import Running
from tui.tools.mcp.link import Address, Hooks, Link, Opener, Program, ShowSignIn
from tui.tools.mcp.network import Network, Trouble
from tui.tools.mcp.offers import Prompt, Resource, Template, Written
from tui.tools.mcp.tokens import Tokens
from tui.tools.mcp.watch import Watch
from tui.tools.tool import Outcome, Progress, Step, ToolSpec, called_by, caller

LONGEST_INSTRUCTIONS = 2_000
"""Characters of a server's instructions that a model reads."""
_SETTLING = 2.0
"""Seconds for a server that ended to say why."""
_NO_SUCH_WAY = (404, 405)

T = TypeVar("T")
_AUTO, _LEGACY = "auto", "legacy"


class _StartedAnew(McpError):
    """It was ended while it started, and is started once more."""


class State(StrEnum):
    """How it is with a server."""

    IDLE = "not started"
    STARTING = "starting"
    READY = "ready"
    GONE = "gone"
    """It ended; the next use starts it again."""
    FAILED = "failed"
    """It was given up for a while."""
    SIGN_IN = "sign-in needed"


class Surroundings(Struct, frozen=True):
    """What all servers share."""

    network: Network
    keys: Keys
    running: Running
    eras: Eras
    tokens: Tokens
    person: Person | None = None
    durations: Durations = Durations()
    prepare: Callable[[], None] = lambda: None
    """What is done once, in a thread, before the first server starts."""


class Status(Struct, frozen=True):
    """How it is with a server, for the person. All of it is safe to show."""

    name: str
    origin: str
    state: State
    words: str = ""
    """Why it is so, where that needs a reason."""
    about: str = ""
    """Its own name and version."""
    version: str = ""
    """The version of the protocol."""
    modern: bool = False
    tools: int | None = None
    """How many it offers, as far as it was asked."""
    instructions: str = ""
    stderr: tuple[str, ...] = ()
    garbage: int = 0
    last_garbage: str = ""
    pid: int | None = None


class McpTool:
    """One tool of a server."""

    def __init__(self, server: McpServer, spec: ToolSpec) -> None:
        self._server = server
        self._spec = spec

    @property
    def spec(self) -> ToolSpec:
        """What is known of it."""
        return self._spec

    @property
    def origin(self) -> str:
        """The server's command or address."""
        return self._server.origin

    def scope(self, arguments: Mapping[str, Any]) -> str | None:
        """The tool itself is asked for, whatever it says of itself."""
        return ""

    async def call(self, arguments: Mapping[str, Any], progress: Progress) -> Outcome:
        """Call it; what goes wrong is an outcome too."""
        return await self._server.call(self._spec.name, arguments, progress)


class McpServer:
    """A server that is configured, running or not. A ``ToolSource``."""

    def __init__(
        self,
        name: str,
        settings: McpConfig,
        surroundings: Surroundings,
        changed: Callable[[McpServer], None] = lambda server: None,
    ) -> None:
        """Remember how it is started; ``changed`` is told of each new state, and of lists that changed."""
        self._name = name
        self._settings = settings
        self._with = surroundings
        self._changed = changed
        self._idle = settings.timeout or surroundings.durations.idle
        self._start = settings.start_timeout or surroundings.durations.start
        self._state = State.IDLE
        self._words = ""
        self._watch = Watch()
        self._link: Link | None = None
        self._owner: asyncio.Task[None] | None = None
        self._started: asyncio.Future[Link] | None = None
        self._ended = asyncio.Event()
        self._asked_to_end = False
        self._closing = False
        self._anew = False
        """It is ended to be started anew: who waits for it waits on."""
        self._ends: deque[float] = deque(maxlen=MOST_ENDS)
        self._left_alone_until = 0.0
        self._trouble: Trouble | None = None
        self._events = False
        self._locked_out: SignInNeeded | None = None
        self._specs: Sequence[ToolSpec] | None = None
        self._stale = False
        self._told = -surroundings.durations.quiet
        self._clocks: dict[Clock, int | None] = {}
        """Of the calls at work, each with its conversation."""
        self._questions: set[asyncio.Task[Answer]] = set()
        self._left: set[asyncio.Task[Any]] = set()

    @property
    def name(self) -> str:
        """The server's name in the config."""
        return self._name

    @property
    def origin(self) -> str:
        """Its command or address, without what its settings refer to."""
        if self._settings.url is not None:
            return one_line(self._settings.url)
        return one_line(shlex.join([self._settings.command or "", *self._settings.args]))

    @property
    def status(self) -> Status:
        """How it is now."""
        link, watch = self._link, self._watch
        return Status(
            name=self._name,
            origin=self.origin,
            state=self._state,
            words=self._words,
            about=link.about if link else "",
            version=link.version if link else "",
            modern=link.modern if link else False,
            tools=len(self._offered(self._specs)) if self._specs is not None else None,
            instructions=link.instructions if link else "",
            stderr=watch.stderr,
            garbage=watch.garbage,
            last_garbage=watch.last_garbage,
            pid=watch.pid if link else None,
        )

    @property
    def instructions(self) -> str:
        """What the model is told of its use: nothing, unless the settings let it."""
        if not self._settings.instructions or self._link is None:
            return ""
        return self._link.instructions[:LONGEST_INSTRUCTIONS]

    # --- what it offers ----------------------------------------------------------------------------------

    async def tools(self) -> Sequence[McpTool]:
        """Its tools as they are now; it is started for it.

        Raises:
            McpError: It can't be reached, or does not tell.
        """
        link = await self._connection()
        if self._specs is None or self._stale:
            self._stale = False
            self._specs = await self._do(lambda link, tell: link.tools(), link)
            self._changed(self)
        return [McpTool(self, spec) for spec in self._offered(self._specs)]

    async def call(self, tool: str, arguments: Mapping[str, Any], progress: Progress) -> Outcome:
        """Call a tool. What goes wrong is an outcome, for the model to read."""
        try:
            return await self._do(lambda link, tell: link.call(tool, arguments, tell), progress=progress)
        except SegueError as error:
            return Outcome(str(error), is_error=True)

    async def resources(self) -> Sequence[Resource]:
        """What can be read of it.

        Raises:
            McpError: It does not tell.
        """
        return await self._do(lambda link, tell: link.resources())

    async def templates(self) -> Sequence[Template]:
        """Families of resources.

        Raises:
            McpError: It does not tell.
        """
        return await self._do(lambda link, tell: link.templates())

    async def read(self, uri: str) -> tuple[Attachment, ...]:
        """A resource, as files to attach.

        Raises:
            McpError: It can't be read, is too large, or nothing that a model can read.
        """
        return await self._do(lambda link, tell: link.read(uri))

    async def prompts(self) -> Sequence[Prompt]:
        """The prompts that it has written.

        Raises:
            McpError: It does not tell.
        """
        return await self._do(lambda link, tell: link.prompts())

    async def prompt(self, name: str, arguments: Mapping[str, str]) -> Written:
        """A prompt with its arguments filled in, for the composer.

        Raises:
            McpError: It can't be had.
        """
        return await self._do(lambda link, tell: link.prompt(name, arguments))

    async def complete(
        self, of: Template | Prompt, argument: str, begun: str, others: Mapping[str, str] | None = None
    ) -> Sequence[str]:
        """What an argument of a prompt, or a variable of a template, may be.

        Raises:
            McpError: It does not tell.
        """
        return await self._do(lambda link, tell: link.complete(of, argument, begun, others or {}))

    # --- beginning and end -------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start it, if it does not run.

        Raises:
            McpError: It can't be reached; says why.
        """
        await self._connection()

    async def restart(self) -> None:
        """End it, forget what went wrong, and start it anew.

        Raises:
            McpError: It can't be reached; says why.
        """
        self._anew = True
        try:
            await self._end()
        finally:
            self._anew = False
        self._forgive()
        await self._connection()

    async def sign_in(self, show: ShowSignIn) -> None:
        """Let the person sign in; returns when the server is ready.

        Args:
            show: Gets the address that the person is to open. Nothing opens it by itself.

        Raises:
            McpError: It did not come to that; says why.
        """
        if self._settings.url is None:
            raise McpError(f"{self._name} is a program of this machine: there is nothing to sign in to")
        await self._end()
        self._forgive()
        await self._connection(show)

    async def close(self) -> None:
        """End it. The program waits for this a few seconds at most."""
        self._closing = True
        await self._end()

    def _forgive(self) -> None:
        self._ends.clear()
        self._left_alone_until = 0.0
        self._state, self._words = State.IDLE, ""

    async def _end(self) -> None:
        owner = self._owner
        if owner is None or owner.done():
            return
        self._asked_to_end = True
        if self._state is State.STARTING:
            owner.cancel()
        self._ended.set()
        await asyncio.wait({owner}, timeout=self._with.durations.close)

    async def _connection(self, show_sign_in: ShowSignIn | None = None) -> Link:
        """The connection, begun where there is none.

        Raises:
            McpError: There can't be one; says why.
        """
        if self._owner is not None and self._ended.is_set():
            await asyncio.wait({self._owner})
        if self._owner is None or self._owner.done():
            self._refuse_where_hopeless()
            self._ended = asyncio.Event()
            self._asked_to_end = False
            self._started = asyncio.get_running_loop().create_future()
            self._started.add_done_callback(_seen)
            with called_by(None):  # it serves whoever calls next, too
                self._owner = asyncio.create_task(self._own(self._started, show_sign_in))
            self._owner.add_done_callback(_seen)
        assert self._started is not None
        try:
            return await asyncio.shield(self._started)
        except _StartedAnew:
            return await self._connection(show_sign_in)

    def _refuse_where_hopeless(self) -> None:
        if self._closing:
            raise McpError(f"{self._name} is being ended")
        if self._state is State.SIGN_IN:
            raise SignInNeeded(self._words, f"segue mcp login {self._name}")
        if self._state is State.FAILED and time.monotonic() < self._left_alone_until:
            raise McpError(self._words, "It is tried again in a while, or when you restart it.")

    async def _own(self, started: asyncio.Future[Link], show_sign_in: ShowSignIn | None) -> None:
        """The connection, from its beginning to its end; this task alone enters and leaves it."""
        self._become(State.STARTING)
        self._specs, self._stale, self._locked_out = None, False, None
        try:
            await self._load()
            await self._live(started, show_sign_in)
        except asyncio.CancelledError:
            kind = _StartedAnew if self._anew else McpError
            self._settle(kind(f"{self._name} was ended"), started)
            raise
        except (Exception, BaseExceptionGroup) as error:
            self._settle(error, started)
        else:
            self._settle(None, started)
        finally:
            self._link = None
            self._ended.set()

    async def _load(self) -> None:
        """Import what knows the SDK, in a thread: it would stop the screen for a second.

        Raises:
            McpError: It is not installed.
        """
        await asyncio.to_thread(self._with.prepare)
        try:
            await asyncio.to_thread(importlib.import_module, "tui.tools.mcp.connection")
        except ImportError as error:
            raise McpError(
                f"{self._name} can't be used: a part that speaks to such servers is missing"
                f" ({one_line(error.name or str(error), 60)})",
                'Install it: pip install "segue[mcp]"',
            ) from None

    async def _live(self, started: asyncio.Future[Link], show_sign_in: ShowSignIn | None) -> None:
        """Try the ways that there are; the first that leads to the server is lived on to its end."""
        old = self._with.eras.is_old(self.origin)
        ways: list[tuple[str, bool]] = [(_LEGACY if old else _AUTO, self._settings.type == "sse")]
        while ways:
            mode, events = ways.pop()
            self._watch, self._trouble, self._events = Watch(), None, events
            try:
                await self._live_by(mode, events, started, show_sign_in)
            except (Exception, ExceptionGroup) as error:
                if started.done():
                    raise
                self._with.eras.keep(self.origin, old=False)  # it may have been renewed
                other = self._other_way(error, mode, events)
                if other is None:
                    raise
                ways.append(other)

    def _other_way(self, error: Exception, mode: str, events: bool) -> tuple[str, bool] | None:
        """What may lead to a server of the older kind, where the newer way did not."""
        if isinstance(innermost(error), TimeoutError | OSError | SegueError):
            return None
        if self._settings.url is None:
            return (_LEGACY, False) if mode == _AUTO else None  # it ended at a question that it does not know
        answered = self._trouble.status if self._trouble else 0
        if self._settings.type is None and not events and answered in _NO_SUCH_WAY:
            return (_LEGACY, True)
        return None

    async def _live_by(
        self, mode: str, events: bool, started: asyncio.Future[Link], show_sign_in: ShowSignIn | None
    ) -> None:
        if not self._asked_to_end:
            self._ended.clear()
        open_link: Opener = importlib.import_module("tui.tools.mcp.connection").open_link
        way = await self._way(events, show_sign_in)
        hooks = Hooks(
            self._ended.set, self._lists_changed, self._troubled, self._ask if self._with.person else None
        )
        opened = open_link(
            self._name,
            way,
            _LEGACY if events else mode,
            hooks,
            watch=self._watch,
            running=self._with.running,
            durations=self._with.durations,
        )
        limit = self._start if show_sign_in is None else self._start + self._with.durations.sign_in
        async with asyncio.timeout(limit) as starting:
            async with opened as link:
                starting.reschedule(None)
                self._with.eras.keep(self.origin, old=not link.modern)
                self._link, self._trouble = link, None
                self._become(State.READY)
                started.set_result(link)
                await self._until_it_ends(link)

    async def _until_it_ends(self, link: Link) -> None:
        following: asyncio.Task[None] | None = None
        if link.modern and link.tells_changes:
            following = asyncio.create_task(link.follow_changes(self._with.durations.quiet))
        try:
            await self._ended.wait()
        finally:
            if following is not None:
                following.cancel()
                await asyncio.wait({following})
                _seen(following)

    async def _way(self, events: bool, show_sign_in: ShowSignIn | None) -> Program | Address:
        """How it is started or reached. Commands of the settings are run: in a thread.

        Raises:
            ConfigError: A setting refers to something that is not there.
        """
        settings, where, keys = self._settings, f"mcp.{self._name}", self._with.keys

        def find() -> Program | Address:
            if settings.url is None:
                return Program(
                    command=os.path.expanduser(settings.command or ""),
                    args=[filled(f"{where}.args", arg, keys) for arg in settings.args],
                    env=child_environment(self._name, settings, keys),
                    cwd=os.path.expanduser(settings.cwd) if settings.cwd else None,
                )
            return Address(
                url=filled(f"{where}.url", settings.url, keys),
                headers=filled_table(f"{where}.headers", settings.headers, keys),
                network=self._with.network,
                tokens=self._with.tokens,
                client_id=settings.client_id,
                events=events,
                show_sign_in=show_sign_in,
                locked_out=self._lock_out,
            )

        return await asyncio.to_thread(find)

    def _settle(self, error: BaseException | None, started: asyncio.Future[Link]) -> None:
        """Say what became of the server, and why."""
        cause = self._locked_out or (innermost(error) if error else None)
        was_ready = started.done()
        told = self._reason(cause)
        if isinstance(cause, SignInNeeded):
            self._become(State.SIGN_IN, told.message)
        elif self._asked_to_end:
            self._become(State.IDLE)
        elif self._given_up(hopeless=isinstance(cause, TimeoutError)):
            self._become(State.FAILED, told.message)
        else:
            self._become(State.GONE, told.message)
        if not was_ready:
            started.set_exception(told)

    def _lock_out(self, needed: SignInNeeded) -> None:
        self._locked_out = needed

    def _reason(self, cause: BaseException | None) -> McpError:
        """Why the server is not there."""
        name, last = self._name, self._watch.last_words
        because = f": {last}" if last else ""
        if isinstance(cause, McpError):
            return cause
        if isinstance(cause, SegueError):
            return McpError(cause.message, cause.hint)
        if isinstance(cause, TimeoutError):
            hint = f"start_timeout in [mcp.{name}] gives it longer."
            return McpError(f"{name} was not ready within {self._start:g} s{because}", hint)
        if isinstance(cause, OSError):
            what = one_line(str(cause.filename or self._settings.command), 200)
            missing = isinstance(cause, FileNotFoundError)
            trouble = (
                f"there is no {what}" if missing else f"{what}: {(cause.strerror or str(cause)).lower()}"
            )
            return McpError(f"{name} can't be started: {trouble}", f"See [mcp.{name}] in the config.")
        if self._trouble:
            return McpError(f"{name}: {self._trouble.words}")
        if self._settings.url is None and (last or was_closed(cause)):
            said = because or ", and said nothing"
            return ServerGone(f"{name} ended{said}", f"See [mcp.{name}] in the config.")
        return ServerGone(f"{name}: {words_of(cause)}" if cause else f"{name} ended the connection")

    def _given_up(self, *, hopeless: bool) -> bool:
        """Whether it has ended too often to be started again at once."""
        now, window = time.monotonic(), self._with.durations.window
        self._ends.append(now)
        often = len(self._ends) == MOST_ENDS and now - self._ends[0] <= window
        if often or hopeless:
            self._left_alone_until = now + window
        return often or hopeless

    def _become(self, state: State, words: str = "") -> None:
        self._state, self._words = state, words
        self._changed(self)

    # --- what the connection tells -----------------------------------------------------------------------

    def _lists_changed(self) -> None:
        """It has other tools, say; they are asked for when the next reply begins."""
        self._stale = True
        now = time.monotonic()
        if now - self._told >= self._with.durations.quiet:
            self._told = now
            self._changed(self)

    def _troubled(self, trouble: Trouble) -> None:
        if self._link is None:
            self._trouble = trouble
        # Whoever comes back there will not know our session; and in the older way nobody else tells the call.
        elif not self._link.modern and (self._events or not trouble.status):
            self._trouble = self._trouble or trouble
            self._ended.set()

    async def _ask(self, question: Form | Visit) -> Answer:
        """Ask the person; the clocks of the calls stand still meanwhile."""
        person = self._with.person
        assert person is not None
        if not self._clocks:  # it was asked for nothing, so it has nothing to ask
            return Answer(Action.DECLINE)
        if isinstance(question, Visit) and not (safe_url(question.url) or "").startswith("http"):
            return Answer(Action.DECLINE)
        question = replace(question, conversations=self._callers)
        asked: Coroutine[Any, Any, Answer] = (
            person.fill(question) if isinstance(question, Form) else person.visit(question)
        )
        asking = asyncio.create_task(asked)
        asking.add_done_callback(_seen)
        self._questions.add(asking)
        try:
            with self._clocks_stopped():
                await asyncio.wait({asking})
            if not asking.cancelled() and (fault := asking.exception()):
                note(fault if isinstance(fault, Exception) else RuntimeError(str(fault)))
                return Answer(Action.CANCEL)
            return Answer(Action.CANCEL) if asking.cancelled() else asking.result()
        finally:
            asking.cancel()
            self._questions.discard(asking)

    @property
    def _callers(self) -> frozenset[int]:
        """The conversations that a question may belong to: its call's, where it says which one that is."""
        mine = caller()
        every = [mine] if mine is not None else self._clocks.values()
        return frozenset(place for place in every if place is not None)

    @contextmanager
    def _clocks_stopped(self) -> Iterator[None]:
        clocks = tuple(self._clocks)
        for clock in clocks:
            clock.stop()
        try:
            yield
        finally:
            for clock in clocks:
                clock.go_on()

    # --- calls -------------------------------------------------------------------------------------------

    async def _do(
        self,
        work: Callable[[Link, Progress], Awaitable[T]],
        link: Link | None = None,
        progress: Progress = lambda step: None,
    ) -> T:
        """Let a connection do something; a server that has forgotten us is connected to once more.

        Raises:
            McpError: It is not done; says why.
        """
        try:
            return await self._in_time(work, link or await self._connection(), progress)
        except SessionLost:
            await self._end()
        except ServerGone as error:
            raise await self._why_gone(error) from None
        try:
            return await self._in_time(work, await self._connection(), progress)
        except ServerGone as error:
            raise await self._why_gone(error) from None

    async def _why_gone(self, error: ServerGone) -> McpError:
        """What is known of the end of a server, a moment after it."""
        if self._owner is not None:
            await asyncio.wait({self._owner}, timeout=_SETTLING)
        if self._state is State.SIGN_IN:
            return SignInNeeded(self._words, f"segue mcp login {self._name}")
        last = self._watch.last_words or (self._trouble.words if self._trouble else "")
        if not last or last in error.message:
            return error
        return ServerGone(f"{error.message} in the middle of this: {last}")

    async def _in_time(
        self, work: Callable[[Link, Progress], Awaitable[T]], link: Link, progress: Progress
    ) -> T:
        """Do something in a task of its own: where it is cut short, nobody waits for it to find its end."""
        clock: Clock | None = None

        def tell(step: Step) -> None:
            if clock in self._clocks:  # else it is told too late
                clock.alive()
                progress(step)

        async def do() -> T:
            return await work(link, tell)

        task = asyncio.create_task(do())
        try:
            async with asyncio.timeout(None) as limit:
                clock = Clock(limit, self._idle, self._with.durations.whole)
                self._clocks[clock] = caller()
                await asyncio.wait({task})
        except TimeoutError:
            assert clock is not None
            seconds = self._idle if clock.idled else self._with.durations.whole
            what = "said nothing for" if clock.idled else "was not done within"
            raise McpError(f"{self._name} {what} {seconds:g} s", "It was told to stop.") from None
        finally:
            if clock is not None:
                self._clocks.pop(clock, None)
            self._leave(task)
        if task.cancelled():
            raise ServerGone(f"{self._name} ended the connection")
        return task.result()

    def _leave(self, task: asyncio.Task[Any]) -> None:
        """Let go of a call: told to stop where it is not done. Questions that nobody waits for end."""
        task.add_done_callback(_seen)
        if not task.done():
            self._left.add(task)
            task.add_done_callback(self._left.discard)
            task.cancel()
        if not self._clocks:
            for question in self._questions:
                question.cancel()

    def _offered(self, specs: Sequence[ToolSpec]) -> Sequence[ToolSpec]:
        """The tools that the settings let through.

        Of a server elsewhere all words may be a stranger's, whatever it says: what runs here could do by
        itself what it talks a model into, and what runs elsewhere could not.
        """
        wanted, unwanted = self._settings.tools, self._settings.without_tools
        far = self._settings.url is not None
        return [
            replace(spec, open_world=spec.open_world or far)
            for spec in specs
            if (not wanted or spec.name in wanted) and spec.name not in unwanted
        ]


def _seen(done: asyncio.Future[Any]) -> None:
    """Take note of how something ended, so that nothing complains that nobody did."""
    if not done.cancelled():
        done.exception()
