"""Pictures as pixels, decoded within limits; Pillow is loaded with the first one.

``decoded`` may take a while and is for a thread. What can't be drawn is ``NotDrawn``, whose words say why.
"""

from __future__ import annotations

import io
import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tui.chat.attachment import LARGEST, media_type_of

if TYPE_CHECKING:
    from PIL import Image

EXTRA = "drawn with an extra: pip install 'segue[pictures]'"
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
_MOST_PIXELS = 24_000_000
_MOST_OF_JPEG = 100_000_000
"""It is decoded at an eighth of its size; but for a progressive one, which has to be held whole."""
_TOO_LARGE = "too large to be drawn"
_SIDE = 1000
"""Pixels of the longer side that are kept."""
_SMALLEST = 16
"""Pixels of the longer side that a picture keeps, however many bytes they take."""


class NotDrawn(Exception):
    """A picture can't be drawn; the words say why."""


class Picture(NamedTuple):
    """A decoded picture: what is kept of it."""

    size: tuple[int, int]
    """Pixels of the whole picture, as it is looked at."""
    kept: tuple[int, int]
    """Pixels that are kept."""
    pixels: bytes
    """Red, green, blue and opacity of each."""


def decoded(data: bytes) -> Picture:
    """The first frame of a picture, turned as it was taken.

    Raises:
        NotDrawn: It is none, is broken, or is too large.
    """
    kind = media_type_of(data)
    if kind not in _FORMATS:
        raise NotDrawn("no picture that is known here")
    if len(data) > LARGEST:
        raise NotDrawn(_TOO_LARGE)
    pillow()
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as image:
            return _read(image)
    except NotDrawn:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise NotDrawn(_TOO_LARGE) from None
    except Exception:  # a decoder meets whatever somebody has sent
        raise NotDrawn("broken: it can't be drawn") from None


def _read(image: Image.Image) -> Picture:
    from PIL import ImageOps

    width, height = image.size
    reduced = image.format == "JPEG" and not image.info.get("progressive")
    if width * height > (_MOST_OF_JPEG if reduced else _MOST_PIXELS):
        raise NotDrawn(_TOO_LARGE)
    image.draft("RGB", (_SIDE, _SIDE))
    image.thumbnail((_SIDE, _SIDE))
    turned = ImageOps.exif_transpose(image)
    kept = turned.convert("RGBA")
    if (turned.width > turned.height) is not (image.width > image.height):
        width, height = height, width
    return Picture((width, height), kept.size, kept.tobytes())


@cache
def pillow() -> None:
    """Have Pillow at hand, without its own warnings, which would land on the screen.

    Raises:
        NotDrawn: It is not installed.
    """
    try:
        from PIL import Image
    except ImportError:
        raise NotDrawn(EXTRA) from None
    import warnings

    warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


def fitted(size: tuple[int, int], cell: tuple[int, int], most: tuple[int, int]) -> tuple[int, int]:
    """Columns and rows that a picture takes: as large as it is, or as it can be.

    Args:
        size: Its pixels.
        cell: Pixels of a cell of the terminal.
        most: Columns and rows that there are.
    """
    (width, height), (cell_width, cell_height) = size, cell
    columns, rows = width / cell_width, height / cell_height
    scale = min(1.0, most[0] / columns, most[1] / rows)
    return (
        max(1, min(most[0], math.ceil(columns * scale - 0.01))),
        max(1, min(most[1], math.ceil(rows * scale - 0.01))),
    )


Pair = tuple[tuple[int, int, int], tuple[int, int, int]]
"""The colours of the upper and the lower half of a cell."""


def halves(
    picture: Picture, columns: int, rows: int, page: tuple[int, int, int]
) -> list[list[tuple[Pair, int]]]:
    """The cells of each row, as runs of equal ones: two colours, and how many cells have them.

    Args:
        picture: What is drawn.
        columns: Cells of a row.
        rows: Rows.
        page: The colour on which it lies.
    """
    from PIL import Image

    image = Image.frombytes("RGBA", picture.kept, picture.pixels)
    small = image.resize((columns, 2 * rows), Image.Resampling.BOX, reducing_gap=2.0)
    ground = Image.new("RGBA", small.size, (*page, 255))
    raw = Image.alpha_composite(ground, small).convert("RGB").tobytes()
    lines = [
        [(raw[at], raw[at + 1], raw[at + 2]) for at in range(start, start + 3 * columns, 3)]
        for start in range(0, len(raw), 3 * columns)
    ]
    return [_runs(list(zip(lines[2 * row], lines[2 * row + 1], strict=True))) for row in range(rows)]


def _runs(cells: list[Pair]) -> list[tuple[Pair, int]]:
    found: list[tuple[Pair, int]] = []
    for pair in cells:
        if found and found[-1][0] == pair:
            found[-1] = (pair, found[-1][1] + 1)
        else:
            found.append((pair, 1))
    return found


def as_png(picture: Picture, most: tuple[int, int], largest: int) -> bytes:
    """A file with the picture, in so many pixels and bytes at most.

    Args:
        picture: What is in it.
        most: Pixels across and down.
        largest: Bytes; smaller pictures are tried until one has no more.
    """
    from PIL import Image

    image = Image.frombytes("RGBA", picture.kept, picture.pixels)
    if image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    image.thumbnail(most)
    while True:
        written = io.BytesIO()
        image.save(written, "PNG")
        if written.tell() <= largest or max(image.size) <= _SMALLEST:
            return written.getvalue()
        scale = min(0.9, math.sqrt(largest / written.tell()))
        image = image.resize((max(1, int(image.width * scale)), max(1, int(image.height * scale))))
