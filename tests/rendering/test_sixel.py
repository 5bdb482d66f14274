"""Pictures as sixels, read again by a decoder of the test's own."""

from __future__ import annotations

import re

import pytest
from PIL import Image

from tests.pictures import BLUE, RED, png, written
from tui.rendering.pictures import decoded
from tui.rendering.sixel import as_sixels

WHITE = (255, 255, 255)


def read(sequence: bytes) -> Image.Image:
    """What a terminal would draw."""
    found = re.fullmatch(rb'\x1bP0;1q"1;1;(\d+);(\d+)(.*)\x1b\\', sequence, re.DOTALL)
    width, height = int(found[1]), int(found[2])
    image = Image.new("RGB", (width, height), WHITE)
    palette: dict[int, tuple[int, ...]] = {}
    x = top = colour = 0
    for token in re.findall(rb"#[\d;]+|!\d+[?-~]|[$-]|[?-~]", found[3]):
        if token.startswith(b"#"):
            colour, *shares = map(int, token[1:].split(b";"))
            if shares:
                palette[colour] = tuple(round(share * 255 / 100) for share in shares[1:])
        elif token == b"$":
            x = 0
        elif token == b"-":
            x, top = 0, top + 6
        else:
            count = int(token[1:-1]) if token.startswith(b"!") else 1
            for _ in range(count):
                for place in range(6):
                    if (token[-1] - 63) >> place & 1:
                        image.putpixel((x, top + place), palette[colour])
                x += 1
            assert x <= width
    return image


def alike(one: Image.Image, other: Image.Image, most: int) -> bool:
    pairs = zip(one.convert("RGB").tobytes(), other.convert("RGB").tobytes(), strict=True)
    return one.size == other.size and all(abs(a - b) <= most for a, b in pairs)


@pytest.mark.parametrize("size", [(1, 1), (5, 6), (40, 13), (201, 100)])
def test_a_terminal_draws_the_picture(size):
    data = png(*size, RED, BLUE)
    drawn = read(as_sixels(decoded(data), (1000, 1000), WHITE))
    expected = Image.new("RGB", size, RED)
    expected.paste(BLUE, (0, size[1] // 2, *size))
    assert alike(drawn, expected, 3)


def test_many_colours_are_a_few_that_are_like_them():
    image = Image.linear_gradient("L").resize((90, 60)).convert("RGB")
    assert alike(read(as_sixels(decoded(written(image, "PNG")), (500, 500), WHITE)), image, 12)


def test_it_keeps_to_the_room_and_grows_no_larger_than_it_is():
    sizes = {
        most: read(as_sixels(decoded(png(400, 200)), most, WHITE)).size for most in [(100, 100), (900, 900)]
    }
    assert sizes == {(100, 100): (100, 50), (900, 900): (400, 200)}


def test_what_shines_through_lies_on_the_page():
    drawn = read(as_sixels(decoded(png(12, 12, (250, 0, 0, 0))), (100, 100), (0, 0, 250)))
    assert alike(drawn, Image.new("RGB", (12, 12), (0, 0, 250)), 3)
