"""The files that go along with what is written, above it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from tui.app.actions import Action
from tui.app.keymap import keys_of
from tui.app.lists.line import Line, justify
from tui.app.theme.ink import Ink
from tui.chat.attachment import Attachment, size_words, tokens_words
from tui.rendering.spans import Span
from tui.text import one_line

_SHOWN = 4
Row = tuple[Sequence[Span[Style]], Sequence[Span[Style]]]


class AttachedLines(Line):
    """One line for each file; of many, the first ones and a count. Span[Style] of the composer's band."""

    DEFAULT_CSS = """
    AttachedLines { height: auto; display: none; }
    AttachedLines.-filled { display: block; }
    """
    files: reactive[tuple[Attachment, ...]] = reactive((), layout=True)
    offered: reactive[tuple[Attachment, ...]] = reactive((), layout=True)
    """Files whose paths were pasted: they may go along."""
    alone: reactive[bool] = reactive(True)
    """There is no text, so that Backspace removes the last file."""
    trouble: reactive[str] = reactive("", layout=True)
    """Why they can't be sent as it is."""

    class Removed(Message):
        """A file shall not go along."""

        def __init__(self, place: int) -> None:
            self.place = place
            super().__init__()

    def watch_files(self) -> None:
        """Take no room while there is nothing to show."""
        self.set_class(bool(self.files or self.offered), "-filled")

    watch_offered = watch_files

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A line for each row."""
        return len(self._rows(Ink.from_theme(self.app.theme_variables)))

    def render_line(self, y: int) -> Strip:
        """Draw one row; Textual calls this."""
        rows = self._rows(Ink.from_theme(self.app.theme_variables))
        left, right = rows[y] if y < len(rows) else ((), ())
        return justify(left, right, self.content_size.width).apply_style(self.visual_style.rich_style)

    def _rows(self, ink: Ink) -> list[Row]:
        rows: list[Row] = [self._file(place, ink) for place in range(min(len(self.files), _SHOWN))]
        if len(self.files) > _SHOWN:
            together = tokens_words(sum(file.tokens for file in self.files))
            more = [Span(f"and {len(self.files) - _SHOWN} more, {together} together", ink.dim)]
            rows.append((more, self._remove(len(self.files) - 1, ink)))
        if self.trouble:
            rows.append(([Span("× ", ink.error), Span(one_line(self.trouble), ink.ink)], ()))
        if self.offered:
            names = ", ".join(one_line(file.name) for file in self.offered)
            rows.append(
                (
                    [
                        Span(keys_of(self.app).name(Action.COMPLETE), ink.soft),
                        Span(" attaches ", ink.dim),
                        Span(names, ink.soft),
                    ],
                    (),
                )
            )
        return rows

    def _file(self, place: int, ink: Ink) -> Row:
        file = self.files[place]
        about = f"  {file.kind}  {size_words(file.size)}  {tokens_words(file.tokens)}"
        left = [Span(one_line(file.name), ink.soft), Span(about, ink.dim)]
        return left, self._remove(place, ink)

    def _remove(self, place: int, ink: Ink) -> Sequence[Span[Style]]:
        click = Style(meta={"@click": f"remove({place})"})
        if self.alone and place == len(self.files) - 1:
            key = keys_of(self.app).name(Action.DELETE_LEFT)
            return [Span(key, ink.soft + click), Span(" removes", ink.dim + click)]
        return [Span("remove", ink.dim + click)]

    def action_remove(self, place: int) -> None:
        """Let a file not go along."""
        self.post_message(self.Removed(place))
