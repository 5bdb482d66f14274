"""A picture alone on the screen, as large as it is or as there is room; saved and opened from here."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.background import in_background, to_ask
from tui.app.keymap import bind
from tui.app.lists.hints import Hints
from tui.app.lists.sheet import Sheet
from tui.app.messages.alone import show_alone
from tui.app.messages.gallery import Way, gallery_of
from tui.app.messages.picture_files import PictureFile, open_picture, save_picture
from tui.chat.attachment import size_words
from tui.errors import SegueError
from tui.text import one_line

_BACK = "any key leads back"
_NOT_HERE = "Pictures are not drawn here."


class PictureView(Widget):
    """The picture, in the middle of what room there is."""

    DEFAULT_CSS = "PictureView { width: 100%; height: 1fr; }"

    def __init__(self, file: PictureFile) -> None:
        super().__init__()
        self._file = file
        self._rows: list[list[Segment]] = []
        self._words = ""

    def on_mount(self) -> None:
        """The terminal may have become another's meanwhile, and hold nothing."""
        self.app.app_resume_signal.subscribe(self, lambda _: self._draw())

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._draw()

    def on_unmount(self) -> None:
        """Let go what the terminal holds."""
        gallery_of(self.app).let_go(self)

    def _draw(self) -> None:
        gallery, file = gallery_of(self.app), self._file.file
        known, box = gallery.known(file), gallery.box(file, (self.size.width, self.size.height))
        self._words = _NOT_HERE if gallery.way is Way.WORDS else known.trouble if known else ""
        self._rows = (box and gallery.rows(file, box, self.background_colors[1].hex)) or []
        if gallery.lacks(file) or (box and not gallery.shows(file, box, self)):
            in_background(self, "picture", self._load, exclusive=True)
        self.refresh()

    async def _load(self) -> None:
        gallery, file = gallery_of(self.app), self._file.file
        try:
            await gallery.load(file, self._file.contents)
            if box := gallery.box(file, (self.size.width, self.size.height)):
                await gallery.send(file, box, self)
        except SegueError as error:
            self.app.notify(str(error), severity="error", markup=False)
            return
        self._draw()

    def render_line(self, y: int) -> Strip:
        """A row; Textual calls this."""
        width, ground = self.size.width, self.visual_style.rich_style
        at = y - (self.size.height - len(self._rows)) // 2
        if 0 <= at < len(self._rows):
            row = [Segment(text, ground + style if style else ground) for text, style, _ in self._rows[at]]
            return _in_the_middle(row, width, ground)
        middle = not self._rows and y == self.size.height // 2
        return _in_the_middle([Segment(self._words[:width] if middle else "", ground)], width, ground)


def _in_the_middle(row: list[Segment], width: int, ground: Style) -> Strip:
    before = (width - sum(segment.cell_length for segment in row)) // 2
    return Strip([Segment(" " * before, ground), *row]).adjust_cell_length(width, ground)


class PictureScreen(Sheet[None]):
    """One picture, its name, and what can be done with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.PICTURE_SAVE, "save"),
        bind(Action.PICTURE_PIXELS, "see_pixels"),
        bind(Action.PICTURE_OPEN, "open_outside"),
    ]
    DEFAULT_CSS = """
    PictureScreen > .sheet {
        width: 100%; max-width: 100%; height: 100%; max-height: 100%;
        background: $background; padding: 0;
    }
    PictureScreen Hints { margin: 0 4; }
    """

    def __init__(self, file: PictureFile) -> None:
        """Prepare the screen.

        Args:
            file: The picture.
        """
        super().__init__()
        self._file = file
        self._lent = False
        """Whether the terminal is lent, or soon will be."""

    def compose_sheet(self) -> ComposeResult:
        """The picture, then its name and the keys."""
        file = self._file.file
        yield PictureView(self._file)
        yield Static(f"{one_line(file.name)}   {size_words(file.size)}", classes="words", markup=False)
        yield Hints(Action.PICTURE_PIXELS, Action.PICTURE_SAVE, Action.PICTURE_OPEN, Action.LIST_CLOSE)

    def on_click(self, event: events.Click) -> None:
        """A click anywhere leads back."""
        event.stop()
        self.action_close()

    def action_save(self) -> None:
        """Save it to a file."""
        in_background(self, "save", save_picture, self.app, self._file)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Pixels are shown where the terminal draws them; Textual calls this."""
        if action == "see_pixels" and not gallery_of(self.app).draws_pixels:
            return False
        return super().check_action(action, parameters)

    def action_see_pixels(self) -> None:
        """Show it by its pixels, until a key is pressed."""
        if not self._lent:
            self._lent = True
            to_ask(self, "pixels", self._see_pixels)

    async def _see_pixels(self) -> None:
        try:
            await self._show_pixels()
        finally:
            self._lent = False

    async def _show_pixels(self) -> None:
        app, gallery, file = self.app, gallery_of(self.app), self._file.file
        room = (app.size.width, app.size.height - 1)
        try:
            await gallery.load(file, self._file.contents)
        except SegueError as error:
            app.notify(str(error), severity="error", markup=False)
            return
        if shown := await gallery.as_pixels(file, room, self.background_colors[1].hex):
            with app.batch_update(), app.suspend():
                await show_alone(shown, _BACK)

    def action_open_outside(self) -> None:
        """Open it with the system's program."""
        in_background(self, "open", open_picture, self.app, self._file)
