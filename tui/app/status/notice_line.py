"""What the person must know and would miss in a toast: it stays until Esc, or until it is over."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rich.style import Style
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from tui.app.actions import Action
from tui.app.keymap import keys_of
from tui.app.messages.plain_text import PlainText
from tui.text import one_line

_SHOWN = 3


class NoticeLine(Widget):
    """Notices under the title, newest first."""

    DEFAULT_CSS = """
    NoticeLine { height: auto; display: none; color: $ink; padding: 0 0 1 0; }
    NoticeLine.-filled { display: block; }
    """
    notices: reactive[tuple[str, ...]] = reactive((), layout=True)

    def __init__(self) -> None:
        super().__init__(id="notice", classes="text")
        self._passing: dict[str, float] = {}
        """What may be over by itself, and when it was said, in seconds of the monotonic clock."""

    def add(self, notice: str) -> None:
        """Show one more; the same twice is once, also where one of them goes on to say more."""
        words = one_line(notice)
        if not any(other.startswith(words) for other in self.notices):
            others = (other for other in self.notices if not words.startswith(other))
            self.notices = (words, *others)

    def add_passing(self, notice: str) -> None:
        """Show one more, of something that may be over by itself."""
        self.add(notice)
        self._passing.setdefault(one_line(notice), time.monotonic())

    def drop_passing(self, shown_for: float = 0.0) -> None:
        """What may be over is over.

        Args:
            shown_for: Seconds; what was said later than that ago stays.
        """
        until = time.monotonic() - shown_for
        over = {words for words, said in self._passing.items() if said <= until}
        self.notices = tuple(words for words in self.notices if words not in over)
        self._passing = {words: said for words, said in self._passing.items() if words in self.notices}

    def drop(self, notice: str) -> None:
        """Show one less, if it is still there."""
        words = one_line(notice)
        self.notices = tuple(other for other in self.notices if other != words)

    def clear(self) -> bool:
        """Show none. Returns whether there were any."""
        had, self.notices = bool(self.notices), ()
        return had

    def on_click(self) -> None:
        """Away with them, as with the key."""
        self.clear()

    def watch_notices(self) -> None:
        """Take no room while there are none."""
        self.set_class(bool(self.notices), "-filled")

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the notices take."""
        return len(self._lines(width))

    def render(self) -> Content:
        """The newest, a count of the others, and the way out."""
        return Content("\n").join(self._lines(self.content_size.width))

    def _lines(self, width: int) -> list[Content]:
        hidden = len(self.notices) - _SHOWN
        more = f"and {hidden} more   " if hidden > 0 else ""
        dismiss = keys_of(self.app).name(Action.STOP)
        shown = [line for words in self.notices[:_SHOWN] for line in _hung(words, width)]
        return [*shown, Content.styled(f"  {more}{dismiss} dismiss", "$dim")]


def _hung(words: str, width: int) -> Iterator[Content]:
    """The lines of a notice, each under the first one's words."""
    lines = PlainText(words, max(width - 2, 1), Style.null())
    for row in range(lines.height):
        yield Content.assemble("  " if row else ("! ", "$warning"), lines.text(row).rstrip())
