"""The bar in which one types what to find in the conversation that is read."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import ClassVar

from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.widget import Widget

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.keymap import bind
from tui.app.life import has_gone
from tui.app.lists.field import Field
from tui.app.lists.line import Line
from tui.app.messages.message_list import MessageList
from tui.app.theme.ink import Ink
from tui.errors import SegueError
from tui.rendering.spans import Span


class FindCount(Line):
    """Which hit of how many."""

    words: reactive[str] = reactive("")

    def spans(self, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        """The count, at the right."""
        return (), [Span(self.words, ink.dim), Span(" ", Style.null())]


class FindBar(Horizontal):
    """Finds as one types; stays until Esc, which takes the marks away."""

    DEFAULT_CSS = """
    FindBar {
        height: 2;
        padding: 1 0 0 0;
        & Field, & Field:focus { width: 1fr; background: $band; }
        & Field:blur { border-left: wide $line; }
        & FindCount { width: 20; background: $band; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.FIND_BAR_NEXT, "step(1)"),
        bind(Action.FIND_BAR_PREVIOUS, "step(-1)"),
        bind(Action.FIND_BAR_PAGE_UP, "page(-1)"),
        bind(Action.FIND_BAR_PAGE_DOWN, "page(1)"),
        bind(Action.FIND_BAR_CLOSE, "close"),
    ]

    def __init__(self, messages: MessageList, came_from: Widget | None) -> None:
        """Make the bar.

        Args:
            messages: Where to find.
            came_from: What has the focus again afterwards.
        """
        super().__init__(classes="rail")
        self._messages = messages
        self._came_from = came_from

    def compose(self) -> ComposeResult:
        """Field and count."""
        yield Field(placeholder="Find in this conversation")
        yield FindCount()

    @property
    def field(self) -> Field:
        """Where one types."""
        return self.query_one(Field)

    def on_mount(self) -> None:
        """Take the keys."""
        for field in self.query(Field):  # none, if the bar was closed before it had all its parts
            field.focus()

    @on(Field.Changed)
    def _typed(self, event: Field.Changed) -> None:
        event.stop()
        in_background(self, "find", self._find, event.value, exclusive=True)

    async def _find(self, needle: str) -> None:
        await self._go(self._messages.find(needle))

    async def _go(self, going: Awaitable[None]) -> None:
        """Go to a hit; if the messages can't be read, say so."""
        try:
            await going
        except SegueError as error:
            self.notify(str(error), severity="error", markup=False)
        self._count()

    def _count(self) -> None:
        if has_gone(self):
            return
        hits = len(self._messages.hits)
        nothing = "nothing found" if self.field.value else ""
        self.query_one(FindCount).words = f"{self._messages.place} of {hits}" if hits else nothing

    async def action_step(self, step: int) -> None:
        """Go to another hit."""
        if self._messages.hits:
            await self._go(self._messages.next_hit(step))
        else:
            await self._find(self.field.value)

    def action_page(self, direction: int) -> None:
        """Read on above or below."""
        if direction < 0:
            self._messages.action_page_up()
        else:
            self._messages.action_page_down()

    async def action_close(self) -> None:
        """Take bar and marks away."""
        self._messages.end_find()
        if self._came_from is not None and self._came_from.is_attached:
            self._came_from.focus()
        await self.remove()
