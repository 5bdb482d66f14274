"""Pictures that come into view: they are loaded then, and what they push away keeps its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from tui.app.messages.gallery import Contents, Gallery
from tui.app.messages.picture_lines import PictureLines
from tui.app.messages.viewport import Viewport

if TYPE_CHECKING:
    from tui.app.messages.message_view import MessageView

Begin = Callable[[PictureLines], None]
"""Loads a picture in the background, then calls ``came``."""


class PicturesInView:
    """Looks for pictures in view that are not loaded. Off the screen a picture costs nothing."""

    def __init__(self, viewport: Viewport, gallery: Callable[[], Gallery], begin: Begin) -> None:
        """Begin with none.

        Args:
            viewport: Where they stand.
            gallery: Those that are known.
            begin: Has one loaded.
        """
        self._viewport = viewport
        self._gallery = gallery
        self._begin = begin
        self._coming: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether some are on their way."""
        return bool(self._coming)

    def find(self) -> None:
        """Begin to load those that are in view."""
        for view in self._views():
            rows = self._viewport.rows_of(view)
            for picture in view.pictures:
                lines = picture.lines
                here = picture.meets(rows) and not lines.shown_by(self)
                if here and lines.file.sha256 not in self._coming:
                    self._coming.add(lines.file.sha256)
                    self._begin(lines)

    def leave(self) -> None:
        """Nothing is shown here any more."""
        self._coming.clear()
        self._gallery().let_go(self)

    async def load(self, lines: PictureLines, contents: Contents) -> None:
        """Load a picture and draw it.

        Raises:
            HistoryError: Its content could not be read; it is not asked for again.
        """
        await lines.load(contents, self)
        key, window = lines.file.sha256, self._viewport.window
        self._coming.discard(key)
        for view in [*window.views.values()] if window else []:
            if any(picture.lines.file.sha256 == key for picture in view.pictures):
                self._viewport.show_pictures(view)

    def _views(self) -> Iterator[MessageView]:
        viewport, window = self._viewport, self._viewport.window
        if window is None or not window.ids:
            return
        first, last = (window.at(line)[0] for line in (viewport.top, viewport.bottom))
        near: Sequence[MessageView | None] = [viewport.view(key) for key in window.ids[first : last + 1]]
        yield from filter(None, near)
