"""The servers of the Model Context Protocol: how it is with each, what is wrong, and what can be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from typing import ClassVar, Protocol

from msgspec import Struct
from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.keymap import bind
from tui.app.life import lives
from tui.app.lists.hints import Hints
from tui.app.lists.row_list import Row, RowList, Sentence
from tui.app.lists.sheet import Sheet
from tui.app.messages.long_text import LongText
from tui.app.theme.ink import Pen
from tui.rendering.spans import Span
from tui.tools.mcp.server import State, Status

_LAST_LINES = 10
"""Of a server's standard error that are shown."""
_NAME = 26
_OTHERS = 7
"""Lines of the sheet beside the list and the text."""
_GLYPHS = {State.READY: "●", State.GONE: "×", State.FAILED: "×", State.SIGN_IN: "!"}


class ServerActs(Protocol):
    """What the sheet knows and does."""

    @property
    def servers(self) -> Sequence[Status]:
        """How it is with each."""
        ...

    @property
    def off(self) -> Sequence[str]:
        """Those that the config turns off."""
        ...

    @property
    def none(self) -> str:
        """What is said where there is none."""
        ...

    def problem(self, name: str) -> str:
        """Why the tools of a server are not there, and what to do."""
        ...

    def signs_in(self, name: str) -> bool:
        """Whether there is something to sign in to."""
        ...

    async def restart(self, name: str) -> None:
        """End a server and start it anew."""
        ...

    async def sign_in(self, name: str) -> None:
        """Let the person sign in."""
        ...


class ServerRow(Struct, frozen=True):
    """A server: its name, its state, how many tools it has."""

    status: Status
    height: int = 1

    @property
    def key(self) -> Hashable:
        """The server."""
        return self.status.name

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line."""
        ink, mine, status = pen.ink, chosen is self, self.status
        glyph = _GLYPHS.get(status.state, "◦")
        styles = {"●": ink.success, "×": ink.error, "!": ink.warning}
        left = [
            Span(f"{glyph} ", styles.get(glyph, ink.dim)),
            Span(status.name, ink.strong if mine else ink.ink),
            Span(" " * max(2, _NAME - len(status.name)) + status.state.value, ink.dim),
        ]
        right = [Span(count_of(status), ink.dim)]
        return [pen.line(left, right, tinted=mine, railed=mine)]


class OffRow(Struct, frozen=True):
    """A server that the config turns off."""

    name: str
    height: int = 1
    key: Hashable | None = None

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One dim line."""
        left: list[Span[Style]] = [Span(f"◦ {self.name}", pen.ink.dim)]
        left.append(Span(" " * max(2, _NAME - len(self.name)) + "off: enabled = false", pen.ink.dim))
        return [pen.line(left)]


def count_of(status: Status) -> str:
    """``3 tools``; nothing before it was asked."""
    if status.tools is None:
        return ""
    return f"{status.tools} tool{'' if status.tools == 1 else 's'}"


def lines_of(status: Status, problem: str) -> Iterator[str]:
    """All that is to be known of a server, the most important first."""
    if problem or status.words:
        yield problem or status.words
        yield ""
    yield status.origin
    if status.about or status.version:
        era = "the newer protocol" if status.modern else "the older protocol"
        yield ", ".join(filter(None, (status.about, f"{era} {status.version}".rstrip())))
    if status.pid is not None:
        yield f"process {status.pid}"
    if status.garbage:
        last = f", as: {status.last_garbage}" if status.last_garbage else ""
        yield f"{status.garbage:,} lines on its standard output are no messages{last}"
    if status.stderr:
        yield ""
        yield "Its last words on standard error:"
        yield from status.stderr[-_LAST_LINES:]
    if status.instructions:
        yield ""
        yield f"It says of its use: {status.instructions}"


class ServersSheet(Sheet[None]):
    """A list of servers; below it what is known of the chosen one."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.SERVER_RESTART, "restart"),
        bind(Action.SERVER_SIGN_IN, "sign_in"),
    ]
    DEFAULT_CSS = """
    ServersSheet LongText { margin: 1 2 0 4; }
    """

    def __init__(self, acts: ServerActs) -> None:
        super().__init__()
        self._acts = acts

    def compose_sheet(self) -> ComposeResult:
        """List, what is known, keys."""
        yield RowList()
        yield LongText()
        yield Hints(Action.SERVER_RESTART, Action.SERVER_SIGN_IN, Action.LIST_UP, Action.LIST_CLOSE)

    def on_mount(self) -> None:
        """Show them."""
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Share what there is between list and text."""
        event.prevent_default()  # the base knows of no text below the list
        self._share(event.size.height)

    def _share(self, height: int) -> None:
        """Give the list what it needs, at most half; the text gets the rest."""
        room = max(2, height * 9 // 10 - _OTHERS)
        listed = max(1, min(self.rows.lines, room // 2))
        self.rows.styles.max_height = listed
        self.query_one(LongText).styles.max_height = room - listed

    def refresh_servers(self) -> None:
        """It is otherwise with one of them: show that."""
        if lives(self):
            self._show()

    def _show(self) -> None:
        rows: list[Row] = [ServerRow(status) for status in self._acts.servers]
        rows += [OffRow(name) for name in self._acts.off]
        chosen = self.rows.chosen
        self.rows.show(rows or [Sentence("No server is configured.")], chosen.key if chosen else None)
        self._share(self.size.height)
        self._show_chosen()

    @on(RowList.Moved)
    def _show_chosen(self) -> None:
        chosen = self.rows.chosen
        if isinstance(chosen, ServerRow):
            text = "\n".join(lines_of(chosen.status, self._acts.problem(chosen.status.name)))
        else:
            text = self._acts.none
        self.query_one(LongText).show(text)
        self.query_one(Hints).refresh()

    def action_page(self, direction: int) -> None:
        """Scroll what is known of the chosen one."""
        self.query_one(LongText).page(direction)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done with the chosen server."""
        if action in ("restart", "sign_in"):
            chosen = self.rows.chosen if lives(self) else None
            here = isinstance(chosen, ServerRow)
            return here and (action == "restart" or self._acts.signs_in(str(chosen.key if chosen else "")))
        return super().check_action(action, parameters)

    def action_restart(self) -> None:
        """End the chosen server and start it anew."""
        self._do(self._acts.restart)

    def action_sign_in(self) -> None:
        """Sign in to the chosen server."""
        self._do(self._acts.sign_in)

    def _do(self, act: Callable[[str], Awaitable[None]]) -> None:
        chosen = self.rows.chosen
        if isinstance(chosen, ServerRow):
            in_background(self.app.screen_stack[0], "servers", act, chosen.status.name)
