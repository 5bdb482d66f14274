"""What differs is sent, and terminals show the same as if all had been."""

from __future__ import annotations

import random
import re
import shutil

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tests.app.terminal import emulators
from tests.app.terminal.frames import COLUMNS, CONSOLE, DISPUTED, ROWS, WORDS, Screen
from tui.app.terminal.thin import Thin

PAGE = Style(color="#dde0e5", bgcolor="#15171c")


def thin(fills=False) -> Thin:
    return Thin(fills=fills)


def both(frames, fills=True):
    """Frames as they are, and what is sent of them."""
    sent = thin(fills)
    whole = list(frames)
    return whole, [sent.frame(frame) for frame in whole]


def drawn(lines, cursor=(1, 1), width=40, bar=""):
    """A frame with these lines, and a bar at its right."""
    strips = [
        [Strip([Segment(line.ljust(width), PAGE)]), *([Strip([Segment(bar[y], PAGE)])] if bar else [])]
        for y, line in enumerate(lines)
    ]
    text = LayoutUpdate(strips, Region(0, 0, width, len(lines))).render_segments(CONSOLE)
    return f"{text}\x1b[{cursor[0]};{cursor[1]}H"


# -- equal screens
@pytest.mark.parametrize("fills", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_pyte_shows_the_same(seed, fills):
    one, write_one = emulators.pyte_screen(COLUMNS, ROWS)
    other, write_other = emulators.pyte_screen(COLUMNS, ROWS)
    for number, (whole, sent) in enumerate(zip(*both(Screen(seed).frames(60), fills), strict=True)):
        write_one.feed(whole)
        write_other.feed(sent)
        assert emulators.pyte_shows(one) == emulators.pyte_shows(other), f"frame {number}"


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
@pytest.mark.parametrize("seed", range(100, 103))
def test_tmux_shows_the_same(seed, tmp_path):
    tmux = emulators.Tmux(tmp_path, COLUMNS, ROWS)
    tmux.open("whole")
    tmux.open("sent")
    try:
        for number, (whole, sent) in enumerate(zip(*both(Screen(seed).frames(25)), strict=True)):
            tmux.feed("whole", whole)
            tmux.feed("sent", sent)
            assert tmux.shows("whole") == tmux.shows("sent"), f"frame {number}"
    finally:
        tmux.close()


@pytest.mark.skipif(not emulators.XTERM, reason="SEGUE_XTERM names no folder with @xterm/headless")
def test_xterm_shows_the_same():
    pairs = [both(Screen(seed).frames(40)) for seed in range(200, 212)]
    shown = emulators.xterm_shows(COLUMNS, ROWS, [text for pair in pairs for text in pair])
    for seed in range(len(pairs)):
        for number, (one, other) in enumerate(zip(shown[2 * seed], shown[2 * seed + 1], strict=True)):
            assert one == other, f"seed {seed}, frame {number}"


@pytest.mark.parametrize("seed", range(300, 306))
def test_what_terminals_measure_differently_is_sent_whole_with_all_right_of_it(seed):
    """pyte gives such characters other cells than Textual; nothing of them is left behind."""
    sent = thin()
    screen, stream = emulators.pyte_screen(COLUMNS, ROWS)
    frames = list(Screen(seed, [*WORDS, *DISPUTED]).frames(40))
    for frame in frames:
        stream.feed(sent.frame(frame))
    plain = [line for line in drawn(["nothing odd"] * ROWS, width=COLUMNS).split("\n")]
    stream.feed(sent.frame("\n".join(plain)))
    assert {line.rstrip() for line in screen.display} == {"nothing odd"}


@pytest.mark.parametrize("sign", DISPUTED)
def test_what_stands_right_of_what_terminals_measure_differently_is_where_it_belongs(sign):
    """pyte gives a flag four cells, and writes nothing after a joiner; nothing that stood there is seen."""
    sent = thin()
    screen, stream = emulators.pyte_screen(40, 2)
    lines = [f"{sign} word", f"| {sign}{sign} end"]
    stream.feed(sent.frame(drawn(["x" * 40] * 2)))
    stream.feed(sent.frame(drawn([line.ljust(40 - cell_len(line) + len(line)) for line in lines])))
    for y, line in enumerate(lines):
        word = line.rsplit(" ", 1)[1]
        at = cell_len(line) - len(word)
        assert screen.display[y].rstrip().endswith(" " + word)
        assert "".join(screen.buffer[y][x].data for x in range(at, at + len(word))) == word
        assert "x" not in screen.display[y]


def test_what_was_drawn_before_anybody_looked_is_put_right_and_known():
    sent = thin()
    screen, stream = emulators.pyte_screen(40, 3)
    frame = drawn(["plain", "🇨🇭 word", "more"])
    stream.feed(frame)
    assert screen.buffer[1][3].data != "w", "pyte gives a flag other cells"
    text = sent.put_right(frame)
    stream.feed(text)
    assert screen.buffer[1][3].data == "w"
    assert "plain" not in text and "more" not in text
    assert "plain" not in sent.frame(drawn(["plain", "other", "more"]))
    assert sent.put_right("\x1b[?25l") == ""


# -- what is sent
def test_what_stays_is_not_sent():
    sent = thin()
    frame = drawn(["one", "two"])
    assert sent.frame(frame)
    assert sent.frame(frame) == ""


def test_a_word_that_is_added_is_sent_alone():
    sent = thin()
    sent.frame(drawn(["one"]))
    assert re.sub(r"\x1b\[[\d;]*[mH]", "", sent.frame(drawn(["one two"]))) == "two"


def test_only_the_cursor_moves():
    sent = thin()
    sent.frame(drawn(["one"]))
    assert sent.frame(drawn(["one"], cursor=(1, 4))) == "\x1b[1;4H"


@pytest.mark.parametrize(("up", "move"), [(1, "\x1b[20;1H\n"), (2, "\x1b[20;1H\n\n"), (-1, "\x1b[1;1H\x1bM")])
def test_what_scrolls_is_moved_by_the_terminal(up, move):
    sent = thin()
    lines = ["".join(random.Random(number).choices("abcdefgh ", k=38)) for number in range(30)]
    bar = "#" * 5 + "." * 15
    sent.frame(drawn(lines[5:25], bar=bar))
    text = sent.frame(drawn(lines[5 + up : 25 + up], bar="." + bar[:-1]))
    assert f"\x1b[1;20r{move}\x1b[r" in text
    assert len(text) < 70 + 60 * abs(up)


def test_a_bar_that_moves_costs_little():
    sent = thin()
    lines = [f"line {number}" for number in range(40)]
    sent.frame(drawn(lines, bar="#" * 10 + " " * 30))
    assert len(sent.frame(drawn(lines, bar=" " * 4 + "#" * 10 + " " * 26))) <= 250


def test_colours_between_words_are_said_once():
    sent = thin()
    keyword, page = Style(color="#b6a0dc", bgcolor="#15171c"), PAGE
    words = [Segment(word, style) for word in ("if", "or", "in") for style in (keyword,)]
    spaced = [piece for word in words for piece in (word, Segment(" ", page))]
    frame = LayoutUpdate([[Strip(spaced)]], Region(0, 0, 9, 1)).render_segments(CONSOLE) + "\x1b[1;1H"
    assert sent.frame(frame).count("38;2;182;160;220") == 1


def test_blanks_are_erased_where_that_fills_them():
    frame = drawn(["one" + " " * 30 + "two"])
    assert "one\x1b[30X\x1b[30Ctwo" in thin(fills=True).frame(frame)
    assert f"one{' ' * 30}two" in thin().frame(frame)
    assert "one\x1b[37X\x1b[1;1H" in thin(fills=True).frame(drawn(["one"]))


def test_what_is_not_understood_goes_as_it_is_and_the_next_frame_is_right():
    sent = thin()
    screen, stream = emulators.pyte_screen(40, 3)
    stream.feed(sent.frame(drawn(["one", "two", "three"])))
    odd = drawn(["one", "TWO", "three"]).replace("TWO", "\x1b[1@TW")
    assert sent.frame(odd).endswith(odd)
    stream.feed(odd)
    stream.feed(sent.frame(drawn(["one", "two", "3"])))
    assert [line.rstrip() for line in screen.display] == ["one", "two", "3"]


@pytest.mark.parametrize(
    "text", ["\x1b[?2026h", "\x1b]52;c;YQ==\x07", "\x1b[>29u", "\x07", "\x1b[<u", "plain"]
)
def test_what_is_no_frame_goes_as_it_is(text):
    assert thin().frame(text) == text


def test_what_was_forgotten_is_sent_again():
    sent = thin()
    frame = drawn(["one", "two"])
    sent.frame(frame)
    sent.forget()
    again = sent.frame(frame)
    assert "one" in again and "two" in again


def test_a_piece_of_a_screen_of_which_nothing_is_known_is_understood():
    sent = thin()
    frame = "\x1b[2;5H\x1b[31mone\x1b[0m\x1b[2;8H\n\x1b[3;5H\x1b[31mtwo\x1b[0m\x1b[3;8H"
    assert "one" in sent.frame(frame)
    assert sent.frame(frame) == ""


def test_the_next_who_writes_has_no_colours_of_ours():
    sent = thin()
    assert not sent.frame(drawn(["one"])).endswith("\x1b[m")
    assert sent.put_down() == "\x1b[m"
    assert sent.put_down() == ""


def test_cells_that_were_ever_drawn_do_not_grow_without_end(monkeypatch):
    from tui.app.terminal import thin as module

    monkeypatch.setattr(module, "_MOST_CELLS", 50)
    sent = thin()
    screen, stream = emulators.pyte_screen(40, 1)
    for start in range(0x4E00, 0x4F00, 16):
        text = "".join(map(chr, range(start, start + 16)))
        stream.feed(sent.frame(drawn([text.ljust(24)], width=24)))
        assert screen.display[0].replace(" ", "").startswith(text)
    assert len(sent._cells.drawn) < 100
