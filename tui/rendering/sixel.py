"""A picture as sixels: rows of six pixels, a colour at a time, for terminals that draw them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui.rendering.pictures import Picture

_COLOURS = 128
_SIDE = 1000
"""Pixels of a side at most: xterm draws no more."""
_BAND = 6
"""Pixels that a sign stands for, from the top down."""
_FIRST = 63
"""The sign of a column without any."""
_RUN = re.compile(rb"(.)\1{3,}", re.DOTALL)


def as_sixels(picture: Picture, most: tuple[int, int], page: tuple[int, int, int]) -> bytes:
    """The sequence that draws a picture.

    Args:
        picture: What is drawn.
        most: Pixels across and down that there are; it is made no larger than it is.
        page: The colour on which it lies.
    """
    from PIL import Image

    image = Image.frombytes("RGBA", picture.kept, picture.pixels)
    scale = min(*(min(room, _SIDE) / side for room, side in zip(most, picture.size, strict=True)), 1.0)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    ground = Image.new("RGBA", (width, height), (*page, 255))
    whole = Image.alpha_composite(ground, image.resize((width, height)))
    few = whole.convert("RGB").quantize(_COLOURS)
    used = max(few.tobytes()) + 1
    palette = few.getpalette() or []
    shares = [[round(part * 100 / 255) for part in palette[3 * one : 3 * one + 3]] for one in range(used)]
    named = "".join(f"#{one};2;{red};{green};{blue}" for one, (red, green, blue) in enumerate(shares))
    head = f'\x1bP0;1q"1;1;{width};{height}{named}'
    return head.encode() + b"-".join(_bands(few.tobytes(), width)) + b"\x1b\\"


def _bands(pixels: bytes, width: int) -> Iterator[bytes]:
    for top in range(0, len(pixels), _BAND * width):
        band = pixels[top : top + _BAND * width]
        rows = [band[start : start + width] for start in range(0, len(band), width)]
        yield b"$".join(b"#%d" % colour + _short(_signs(rows, colour)) for colour in sorted(set(band)))


def _signs(rows: list[bytes], colour: int) -> bytes:
    """A sign a column: which of its pixels have the colour."""
    bits = 0
    for place, row in enumerate(rows):
        bits |= int.from_bytes(row.translate(_IS[colour][place]), "big")
    return bits.to_bytes(len(rows[0]), "big").translate(_SIGNS)


_SIGNS = bytes((bits + _FIRST) & 255 for bits in range(256))
_IS = [
    [bytes((1 << place) * (other == colour) for other in range(256)) for place in range(_BAND)]
    for colour in range(_COLOURS)
]


def _short(signs: bytes) -> bytes:
    return _RUN.sub(lambda run: b"!%d" % len(run[0]) + run[1], signs)
