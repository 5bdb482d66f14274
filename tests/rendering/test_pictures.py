"""Pictures are decoded within limits, and what can't be drawn says why."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc

import pytest
from PIL import Image

from tests.pictures import BLUE, RED, bomb, png, written
from tui.rendering.pictures import NotDrawn, as_png, decoded, fitted, halves

WHITE = (255, 255, 255)


def colours(row):
    return [pair for pair, count in row for _ in range(count)]


def test_each_cell_shows_the_pixels_above_and_below_its_middle():
    upper, lower = halves(decoded(png(40, 40, RED, BLUE)), 4, 2, WHITE)
    assert colours(upper) == [(RED, RED)] * 4
    assert colours(lower) == [(BLUE, BLUE)] * 4
    [only] = halves(decoded(png(40, 40, RED, BLUE)), 4, 1, WHITE)
    assert only == [((RED, BLUE), 4)]


def test_what_shines_through_lies_on_the_page():
    [row] = halves(decoded(png(20, 20, (0, 0, 0, 0))), 2, 1, (10, 20, 30))
    assert row == [(((10, 20, 30), (10, 20, 30)), 2)]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_the_kinds_that_models_send_and_people_attach_are_drawn(form):
    [row] = halves(decoded(written(Image.new("RGB", (64, 64), RED), form)), 1, 1, WHITE)
    for part in row[0][0]:
        assert max(abs(one - other) for one, other in zip(part, RED, strict=True)) < 12


def test_a_photo_is_turned_as_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = decoded(written(Image.new("RGB", (80, 40), RED), "JPEG", exif=exif))
    assert photo.size == (40, 80)


def test_only_the_first_frame_is_drawn():
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    data = written(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert halves(decoded(data), 1, 1, WHITE) == [[((RED, RED), 1)]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (b"%PDF-1.7", "no picture"),
        (png()[:60], "broken"),
        (png()[:30], "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20_000_000, "too large"),
        (bomb(10_000, 10_000), "too large"),
        (bomb(30_000, 30_000), "too large"),
        (bomb(5000, 4800)[:400], "broken"),
    ],
    ids=["empty", "svg", "pdf", "cut", "head", "bytes", "pixels", "bomb", "cut in its pixels"],
)
def test_what_can_not_be_drawn_says_why(data, words):
    with pytest.raises(NotDrawn, match=words):
        decoded(data)


def test_a_bomb_takes_no_memory():
    decoded(png())  # Pillow itself is loaded
    file = bomb(10_000, 10_000)
    tracemalloc.start()
    try:
        with pytest.raises(NotDrawn):
            decoded(file)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_large_jpeg_is_read_at_a_part_of_its_size_but_a_progressive_one_is_refused():
    photo = Image.new("RGB", (6000, 5000), RED)
    assert decoded(written(photo, "JPEG")).size == (6000, 5000)
    with pytest.raises(NotDrawn, match="too large"):
        decoded(written(photo, "JPEG", progressive=True))


@pytest.mark.parametrize(
    ("size", "most", "box"),
    [
        ((640, 400), (80, 20), (64, 20)),
        ((1600, 400), (80, 20), (80, 10)),
        ((4000, 1000), (80, 20), (80, 10)),
        ((16, 16), (80, 20), (2, 1)),
        ((1, 1), (80, 20), (1, 1)),
        ((100_000, 1), (80, 20), (80, 1)),
        ((1, 100_000), (80, 20), (1, 20)),
    ],
)
def test_a_picture_is_as_large_as_it_is_or_as_there_is_room(size, most, box):
    assert fitted(size, (10, 20), most) == box


def test_a_file_for_the_terminal_keeps_to_its_size():
    noise = Image.effect_noise((900, 900), 90).convert("RGB")
    file = as_png(decoded(written(noise, "PNG")), (800, 400), 60_000)
    assert len(file) <= 60_000
    sent = decoded(file)
    assert sent.size[0] <= 800 and sent.size[1] <= 400


def test_pillow_is_loaded_with_the_first_picture_and_its_lack_is_said():
    code = """if True:
        import sys
        import tui.app.messages.message_list
        from tui.rendering.pictures import NotDrawn, decoded
        assert "PIL" not in sys.modules
        sys.modules["PIL"] = None
        try:
            decoded(b"\\x89PNG\\r\\n\\x1a\\n")
        except NotDrawn as error:
            print(error)
    """
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert "pip install 'segue[pictures]'" in told.stdout
