"""Which keys may follow: shown above the key line to who waits, where they do not fit into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui.app.actions import SHOWN_TOGETHER, Action, Scope
from tui.app.keymap import Keys, key_name
from tui.app.status.key_line import MOST, Hint, hint_of
from tui.app.theme.ink import Ink, segments_of
from tui.app.theme.page import Page
from tui.rendering.spans import Span

WAIT = 1.0
"""Seconds without a key after which who waits is shown what may follow."""
_GAP = 3
_SHARE = 3
"""At most one row in so many of the page is taken."""


class WhichKey(Widget):
    """Lies over the page, above the key line or what is written, and moves nothing of it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    WhichKey { display: none; dock: bottom; layer: over; width: 100%; height: auto; background: $band; }
    WhichKey.-shown { display: block; }
    """
    hints: reactive[tuple[Hint, ...]] = reactive((), layout=True)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._waiting: Timer | None = None

    def offer(self, hints: Sequence[Hint]) -> None:
        """These keys may follow now: they are shown after a wait, and then as long as any may follow."""
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        self.hints = tuple(hints) if len(hints) > MOST else ()
        if not self.hints:
            self.remove_class("-shown")
        elif not self.has_class("-shown"):
            self._waiting = self.set_timer(WAIT, self._show)

    def _show(self) -> None:
        writing = self.screen.query("#composer:focus-within")
        below = writing.first() if writing else self.screen.query_one("#keys")  # what is written stays seen
        page = self.screen.query_one("#main")
        self.styles.margin = (0, 0, page.region.bottom - below.region.y, 0)
        self.add_class("-shown")

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """As many rows as the keys take, up to a share of the page."""
        return len(self._rows(width))

    def _edge(self, width: int) -> int:
        return self.parent.edges(width)["text"][0] if isinstance(self.parent, Page) else 0

    @property
    def _widest(self) -> int:
        return max(hint.width for hint in self.hints)

    def _rows(self, width: int) -> list[Sequence[Hint]]:
        """The keys in columns, read from left to right."""
        if not self.hints:
            return []
        cell = self._widest + _GAP
        columns = max(1, (width - 2 * self._edge(width) + _GAP) // cell)
        rows = [self.hints[at : at + columns] for at in range(0, len(self.hints), columns)]
        return list(rows[: max(1, self.screen.size.height // _SHARE)])

    def render_line(self, y: int) -> Strip:
        """Draw a row; Textual calls this."""
        width, rows = self.size.width, self._rows(self.size.width)
        ink = Ink.from_theme(self.app.theme_variables)
        spans = list(self._spans(rows[y], ink)) if y < len(rows) else []
        segments = [Segment(" " * self._edge(width)), *segments_of(spans)]
        return Strip(segments).adjust_cell_length(width).apply_style(self.visual_style.rich_style)

    def _spans(self, row: Sequence[Hint], ink: Ink) -> Iterator[Span[Style]]:
        for hint in row:
            yield from hint.spans(ink)
            yield Span(" " * (self._widest - hint.width + _GAP), Style.null())


def of_a_message(screen: Screen[None], keys: Keys, impossible: Set[Action]) -> tuple[Hint, ...]:
    """What can be done with the chosen message, but for what is impossible just now."""
    active = {bound.binding.id for bound in screen.active_bindings.values() if bound.enabled}
    second = {*SHOWN_TOGETHER.values(), *impossible}
    actions = (a for a in Action if a.scope is Scope.MESSAGE and a in active and a not in second)
    return tuple(hint for action in actions for hint in hint_of(keys, action, action.words))


def of_numbers(count: int, keys: Keys) -> tuple[Hint, ...]:
    """The numbers that stand on parts of the chosen message, and the way out."""
    if not count:
        return ()
    numbers = "1" if count == 1 else f"1–{count}"
    leave = Action.MESSAGE_LEAVE
    return Hint(numbers, "which one"), *hint_of(keys, leave, "none")


def of_begun(screen: Screen[None], keys: Keys) -> tuple[Hint, ...]:
    """The keys that may follow the one that began."""
    bound = screen.active_bindings.items()
    found = [(key, active.binding) for key, active in bound if key.startswith(f"{keys.begun} ")]
    return tuple(Hint(key_name(key.partition(" ")[2]), binding.description) for key, binding in found)
