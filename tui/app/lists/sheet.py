"""Screens that lie over another: ``Layer``; with a list to choose from, ``Chooser``; on a band, ``Sheet``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.containers import Vertical
from textual.filter import LineFilter
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import TextArea

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.life import has_gone, lives
from tui.app.lists.field import Field, LoneField
from tui.app.lists.row_list import RowList
from tui.app.terminal.turning import others
from tui.app.turns import ScreenSeen

Result = TypeVar("Result")


class Layer(Screen[Result | None]):
    """Ends once, with the first result, and takes no other screen with it; does nothing without its parts.

    A key that is pressed twice, or a worker that comes to its end, may ask for the end when the screen has
    ended, when another one lies over it, or before it has all its parts. Textual would take away what lies
    on top then. It would also let the screen begin, and keys act on it, while it has none of its parts.
    """

    BEARS_QUESTIONS: ClassVar[bool] = False
    """Whether a question of the conversation may come over it: it shows that conversation."""
    _ending: tuple[Result | None] | None = None
    """The result to end with."""
    _seen = False

    async def on_event(self, event: events.Event) -> None:
        """Take an event; a screen that was closed before it had its parts never begins."""
        if not (isinstance(event, events.Mount) and (has_gone(self) or not self.children)):
            await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before all parts are there: the app keeps keys until then."""
        return super().check_action(action, parameters) if lives(self) else False

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What its own lines go through: those of the screen that shines through are turned already."""
        return others(super().get_line_filters())

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """End with a result: now, or as soon as the screen is the one that is seen."""
        if self._ending is None and self in self.app.screen_stack:
            self._ending = (result,)
            if self.is_active and self.is_mounted:
                return super().dismiss(result)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """The screen is seen, for the first time or again; unless meanwhile another one lies over it."""
        if self._ending is not None and self.is_active:
            super().dismiss(self._ending[0])
        elif not self._seen:
            self._seen = True
            self.post_message(ScreenSeen())


class Chooser(Layer[Result]):
    """A list, usually under a field. The arrows go to the list, the letters to the field."""

    AUTO_FOCUS = "Field"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.LIST_CLOSE, "close"),
        bind(Action.LIST_UP, "move(-1)"),
        bind(Action.LIST_DOWN, "move(1)"),
        bind(Action.LIST_PAGE_UP, "page(-1)"),
        bind(Action.LIST_PAGE_DOWN, "page(1)"),
        bind(Action.LIST_FIRST, "first"),
        bind(Action.LIST_LAST, "last"),
    ]

    @property
    def rows(self) -> RowList:
        """The list of this screen."""
        return self.query_one(RowList)

    @property
    def field(self) -> Field:
        """The field of this screen."""
        return self.query_one(Field)

    def sync(self) -> None:
        """Bring the list up to what stands in the field; called before every key that chooses.

        A key may be handled before the message that the field changed: nothing may act on an older filter.
        """

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where nothing can be chosen, the keys that choose are free for others."""
        if action in ("move", "page", "first", "last") and not self.query(RowList):
            return False
        return super().check_action(action, parameters)

    def action_close(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def action_copy_text(self) -> None:
        """Copy what is selected; an interruption with nothing selected is one."""
        try:
            super().action_copy_text()
        except SkipAction:
            self.interrupted()

    def interrupted(self) -> None:
        """Close without a choice."""
        self.action_close()

    def action_move(self, step: int) -> None:
        """Choose another row."""
        self.sync()
        self.rows.move(step)

    def action_page(self, direction: int) -> None:
        """Choose a row a screen further on."""
        self.sync()
        self.rows.page(direction)

    def action_first(self) -> None:
        """Choose the first row."""
        self.sync()
        self.rows.first()

    def action_last(self) -> None:
        """Choose the last row."""
        self.sync()
        self.rows.last()

    def on_key(self, event: events.Key) -> None:
        """Letters that came before the field could have the focus are typed into it all the same."""
        fields = self.query(Field)
        if event.is_printable and event.character and fields and self.focused is None:
            event.stop()
            fields.first().focus()
            fields.first().take(event.character)


class Sheet(Chooser[Result], ModalScreen[Result | None]):
    """The base of all sheets. A subclass names what lies on it in ``compose_sheet``."""

    DEFAULT_CSS = """
    Sheet {
        background: $background 72%;
        align: center middle;
        & > .sheet {
            width: 88;
            max-width: 94%;
            height: auto;
            max-height: 90%;
            background: $band;
            padding: 1 0;
        }
        Field, Field:focus { margin: 0 2 1 2; }
        RowList {
            margin: 0 0 0 2;
            scrollbar-background: $band;
            scrollbar-background-hover: $band;
            scrollbar-background-active: $band;
        }
        Hints { margin: 1 4 0 4; }
        .words { margin: 0 4; height: auto; max-height: 50vh; color: $ink; }
        .dim { color: $dim; }
    }
    """

    _at_first: Sequence[str] = ()

    def compose(self) -> ComposeResult:
        """The band with what lies on it."""
        with Vertical(classes="sheet"):
            yield from self.compose_sheet()

    def compose_sheet(self) -> ComposeResult:
        """What lies on the sheet."""
        yield from ()

    def on_mount(self) -> None:
        """Remember what stands in the fields at first."""
        self._at_first = self._written

    @property
    def _written(self) -> list[str]:
        """What is written here, but for the words of a filter."""
        lines = [field.value for field in self.query(LoneField)]
        return [*lines, *(area.text for area in self.query(TextArea))]

    def interrupted(self) -> None:
        """Close; nothing that was written is lost by that."""
        if self._written == self._at_first:
            self.action_close()

    def on_click(self, event: events.Click) -> None:
        """Close, where the page behind was clicked; nothing that was written is lost by that."""
        if event.widget is self and self._written == self._at_first:
            event.stop()
            self.action_close()

    def on_resize(self, event: events.Resize) -> None:
        """Give the list what the other parts leave of nine tenths of the screen."""
        for rows in self.query(RowList):
            others = sum(_lines(child) for child in rows.siblings if isinstance(child, Widget))
            rows.styles.max_height = max(1, event.size.height * 9 // 10 - others - 2)


def _lines(widget: Widget) -> int:
    """The lines that a widget with a fixed height takes, its margins counted."""
    if not widget.display:
        return 0
    margin, height = widget.styles.margin, widget.styles.height
    return (height.cells or 1 if height is not None else 1) + margin.top + margin.bottom
