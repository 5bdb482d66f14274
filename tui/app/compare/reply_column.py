"""One reply beside others: its model's name, a hairline, its text."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Vertical
from textual.message import Message as TextualMessage
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.app.compare.lone_message import LoneMessage
from tui.app.messages.pager import Load
from tui.app.theme.ink import RAIL, Ink, cut, segments_of
from tui.chat.conversation import Conversation
from tui.chat.message import Message
from tui.rendering.spans import Span

_STRENGTH = 0.55
"""How much of its hue the hairline under a name has."""
_RAIL_AND_GAP, _PAD_AND_BAR = 2, 3


class ReplyHead(Widget):
    """Name and hairline, in the model's hue."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "ReplyHead { width: 100%; height: 2; }"
    name_shown: reactive[str] = reactive("")
    hue: reactive[str] = reactive("sky")
    chosen: reactive[bool] = reactive(False)

    def render_line(self, y: int) -> Strip:
        """The name, or the hairline; Textual calls this."""
        ink = Ink.from_theme(self.app.theme_variables)
        room = max(0, self.size.width - _RAIL_AND_GAP - _PAD_AND_BAR)
        rail = Span(RAIL, ink.accent) if self.chosen else Span(" ", Style.null())
        line = Span("─" * room, hairline_style(self.app.theme_variables, self.hue))
        spans = cut([Span(self.name_shown, ink.hues[self.hue])], room) if y == 0 else [line]
        segments = segments_of((rail, Span(" ", Style.null()), *spans))
        return Strip(segments).adjust_cell_length(self.size.width).apply_style(self.visual_style.rich_style)


class ReplyColumn(Vertical):
    """A compared reply. ``message`` is the last that is known of it."""

    DEFAULT_CSS = """
    ReplyColumn { width: 100%; height: 100%; }
    """
    chosen: reactive[bool] = reactive(False)

    @dataclass
    class Pointed(TextualMessage):
        """The person clicked on a column."""

        message_id: int

    def __init__(self, message: Message) -> None:
        super().__init__()
        self.message = message
        self.head = ReplyHead()
        self.text = LoneMessage()

    def compose(self) -> ComposeResult:
        """Head and text."""
        yield self.head
        yield self.text

    async def show(self, conversation: Conversation, load: Load) -> None:
        """Show the reply as it stands now."""
        self.message = await self.text.show(conversation, self.message, load)
        self.watch_chosen()

    def watch_chosen(self) -> None:
        """The chosen reply has the rail."""
        self.head.chosen = self.chosen
        self.text.selected = self.message.id if self.chosen else None

    def say(self, words: str) -> None:
        """What the reply does, or has taken."""
        self.text.say(words)

    def end(self, message: Message) -> None:
        """The reply has ended."""
        self.message = message
        self.text.replace(message)

    @on(events.Click)
    def _clicked(self) -> None:
        self.post_message(self.Pointed(self.message.id))


def hairline_style(variables: dict[str, str], hue: str) -> Style:
    """A hue laid thinly over the page; itself, where the terminal mixes no colours."""
    colour, page = Color.parse(variables[f"hue-{hue}"]), Color.parse(variables["background"])
    thin = colour if colour.ansi is not None or page.ansi is not None else page.blend(colour, _STRENGTH)
    return Style.from_color(thin.rich_color)
