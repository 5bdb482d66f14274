"""Every construct, drawn at three widths and in two palettes.

To draw the pictures beside this file anew: ``SEGUE_REDRAW=1 python -m pytest tests/rendering``; then look at
the difference.
"""

import os
from itertools import groupby
from pathlib import Path

import pytest

from tui.rendering.document import Document
from tui.rendering.palette import DARK, LIGHT

HERE = Path(__file__).parent
GALLERY = (HERE / "gallery.md").read_text(encoding="utf-8")


def compare(name, drawn):
    picture = HERE / "gallery" / name
    if os.environ.get("SEGUE_REDRAW"):
        picture.parent.mkdir(exist_ok=True)
        picture.write_text(drawn, encoding="utf-8")
    assert drawn == picture.read_text(encoding="utf-8")


WIDTHS = (60, 80, 120)
PALETTES = {"dark": DARK, "light": LIGHT}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_gallery_as_text(width):
    document = Document(GALLERY, width, DARK)
    lines = [document.line(row).text.rstrip() for row in range(document.height)]
    compare(f"{width}.txt", "\n".join(lines) + "\n")


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_gallery_in_colour(width, palette):
    document = Document(GALLERY, width, PALETTES[palette])
    lines = [styled(document.line(row)) for row in range(document.height)]
    compare(f"{width}-{palette}.txt", "\n".join(lines) + "\n")


def styled(strip):
    """A row as ``style‹text›``, for each run of one style."""
    runs = groupby(strip, key=lambda segment: str(segment.style))
    return " ".join(f"{style}‹{''.join(part.text for part in parts)}›" for style, parts in runs)


def test_streamed_it_is_the_same():
    live = Document("", 80, DARK, live=True)
    for start in range(0, len(GALLERY), 7):
        live.feed(GALLERY[start : start + 7])
    live.close()
    fresh = Document(GALLERY, 80, DARK)
    assert [styled(live.line(row)) for row in range(live.height)] == [
        styled(fresh.line(row)) for row in range(fresh.height)
    ]
