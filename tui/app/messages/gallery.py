"""The pictures of messages: loaded and decoded when they come into view, kept while there is room."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from msgspec import Struct
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tui.app.background import in_thread
from tui.app.messages.loaded_pictures import LoadedPictures
from tui.app.terminal.cell_size import USUAL, cell_size
from tui.app.terminal.uploads import MOST, Uploads, placeholder
from tui.chat.attachment import Attachment
from tui.rendering.pictures import NotDrawn, Picture, as_png, decoded, fitted, halves

if TYPE_CHECKING:  # for the pictures that a person has a look at
    from tui.app.messages.alone import Alone
    from tui.app.messages.by_pixels import ByPixels

_MOST_KEPT = 32_000_000
"""Bytes of pixels that are kept."""
_MOST_SENT = 300_000
"""Bytes of a picture that the terminal is to hold."""
HALF = "▀"
Contents = Callable[[Sequence[Attachment]], Awaitable[Sequence[Attachment]]]
"""The same files with their contents."""


class Way(Enum):
    """How pictures are drawn."""

    WORDS = auto()
    """They are not: their names stand there."""
    CELLS = auto()
    """Each cell shows two pixels."""
    KITTY = auto()
    """The terminal holds them, and shows them where placeholders stand."""


class Known(Struct):
    """What is known of a picture."""

    size: tuple[int, int] = (0, 0)
    trouble: str = ""


class Gallery:
    """Pictures by what they contain, each decoded once, one after the other."""

    def __init__(
        self,
        way: Callable[[], Way] = lambda: Way.WORDS,
        uploads: Uploads | None = None,
        cell: tuple[int, int] | None = None,
        by_pixels: Callable[[], ByPixels] | None = None,
    ) -> None:
        """Begin without any.

        Args:
            way: How they are drawn now.
            uploads: Those that the terminal holds.
            cell: Pixels of a cell; without them the system is asked.
            by_pixels: Who draws them alone on the screen.
        """
        self._way = way
        self._uploads = uploads
        self._cell = cell
        self._by_pixels = by_pixels
        self._known: dict[str, Known] = {}
        self._pictures: OrderedDict[str, Picture] = OrderedDict()
        self._kept = 0
        self._one = asyncio.Lock()
        self.loaded = LoadedPictures()
        """Those that stand elsewhere, and were loaded."""

    @property
    def way(self) -> Way:
        """How they are drawn now."""
        return self._way()

    def known(self, file: Attachment) -> Known | None:
        """What is known of a picture; None before it was looked at."""
        return self._known.get(file.sha256)

    def lacks(self, file: Attachment) -> bool:
        """Whether it has to be loaded before it can be drawn."""
        if self.way is Way.WORDS:
            return False
        known = self.known(file)
        return known is None or (not known.trouble and file.sha256 not in self._pictures)

    def box(self, file: Attachment, most: tuple[int, int]) -> tuple[int, int] | None:
        """Columns and rows that it takes; None where it is not drawn, or not yet."""
        known = self.known(file)
        if self.way is Way.WORDS or known is None or known.trouble:
            return None
        width, height = self._cell or cell_size()
        shape = (USUAL[0], max(1, round(USUAL[0] * height / width)))  # on a screen of fine pixels, too
        return fitted(known.size, shape, (min(most[0], MOST), min(most[1], MOST)))

    def rows(self, file: Attachment, box: tuple[int, int], ground: str) -> list[list[Segment]] | None:
        """Its rows in so many columns and rows on a colour; None where it has to be loaded first."""
        picture = self._pictures.get(file.sha256)
        if picture is None:
            return None
        self._pictures.move_to_end(file.sha256)
        if (number := self._number(file, box)) is not None:
            colour = Style(color=Color.from_rgb(number >> 16, number >> 8 & 255, number & 255))
            columns, rows = box
            return [[Segment(placeholder(y, x), colour) for x in range(columns)] for y in range(rows)]
        page = Color.parse(ground).get_truecolor()
        drawn = halves(picture, *box, (page.red, page.green, page.blue))
        return [[_segment(*pair, count) for pair, count in row] for row in drawn]

    @property
    def draws_pixels(self) -> bool:
        """Whether the terminal can show a picture by its pixels that is in cells of two here."""
        return self.way is Way.CELLS and self._by_pixels is not None and self._by_pixels().way is not None

    async def as_pixels(self, file: Attachment, room: tuple[int, int], ground: str) -> Alone | None:
        """What draws a picture by its pixels; None where it is not loaded, or nothing can.

        Args:
            file: Which.
            room: Columns and rows that there are.
            ground: The colour on which it lies.
        """
        picture = self._pictures.get(file.sha256)
        if picture is None or self._by_pixels is None:
            return None
        return await self._by_pixels().drawn(picture, room, ground)

    # -- what the terminal holds
    def shows(self, file: Attachment, box: tuple[int, int], holder: Hashable) -> bool:
        """Somebody shows a picture in so many columns and rows. Returns whether that can be drawn now."""
        uploads = self._held_by_terminal
        return uploads is None or uploads.hold((file.sha256, box), holder)

    async def send(self, file: Attachment, box: tuple[int, int], holder: Hashable) -> None:
        """Have the terminal hold a picture that is loaded, if it holds any."""
        uploads, picture = self._held_by_terminal, self._pictures.get(file.sha256)
        if uploads is not None and picture is not None and uploads.number((file.sha256, box)) is None:
            width, height = self._cell or cell_size()
            most = (max(1, box[0] * width), max(1, box[1] * height))
            png = await in_thread(partial(as_png, picture, most, _MOST_SENT))
            await uploads.send((file.sha256, box), png, box, holder)

    def let_go(self, holder: Hashable) -> None:
        """Somebody shows no picture any more."""
        if self._uploads is not None:
            self._uploads.let_go(holder)

    @property
    def _held_by_terminal(self) -> Uploads | None:
        return self._uploads if self.way is Way.KITTY else None

    def _number(self, file: Attachment, box: tuple[int, int]) -> int | None:
        uploads = self._held_by_terminal
        return uploads.number((file.sha256, box)) if uploads else None

    # -- what is known
    async def load(self, file: Attachment, contents: Contents) -> None:
        """Decode a picture.

        Args:
            file: What it is.
            contents: Gives what it contains.

        Raises:
            HistoryError: That could not be read.
        """
        async with self._one:
            if not self.lacks(file):
                return
            data = file.data if file.data is not None else (await contents([file]))[0].data
            try:
                if data is None:
                    raise NotDrawn("its content is lost")
                picture = await in_thread(partial(decoded, data))
            except NotDrawn as error:
                self._known[file.sha256] = Known(trouble=str(error))
                return
            self._known[file.sha256] = Known(picture.size)
            self._keep(file.sha256, picture)

    def _keep(self, key: str, picture: Picture) -> None:
        self._pictures[key] = picture
        self._kept += len(picture.pixels)
        while self._kept > _MOST_KEPT and len(self._pictures) > 1:
            _, oldest = self._pictures.popitem(last=False)
            self._kept -= len(oldest.pixels)


NO_GALLERY = Gallery()
"""Where no picture is drawn."""


@runtime_checkable
class HasGallery(Protocol):
    """A program that draws pictures."""

    gallery: Gallery


def gallery_of(app: object) -> Gallery:
    """The pictures of an app."""
    return app.gallery if isinstance(app, HasGallery) else NO_GALLERY


def _segment(upper: tuple[int, int, int], lower: tuple[int, int, int], count: int) -> Segment:
    return Segment(HALF * count, Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower)))
