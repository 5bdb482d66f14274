"""Pictures in real pseudo-terminals: held by those that are known to show them, in cells elsewhere."""

from __future__ import annotations

import io
import re
import struct
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator

import pytest
from PIL import Image

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal of this kind on Windows", allow_module_level=True)

import fcntl
import termios

from tests.app.test_real_terminal import CTRL_Q, ENTER, Terminal
from tests.pictures import BLUE, RED, png
from tests.rendering.test_sixel import read as sixels_read
from tui.app.terminal.uploads import MARKS, PLACEHOLDER

NAME, ATTRIBUTES, QUERY = b"\x1b[>q", b"\x1b[c", b"a=q"
KITTY = {NAME: b"\x1bP>|kitty(0.36.4)\x1b\\", ATTRIBUTES: b"\x1b[?62;4c"}
OLD_KITTY = {NAME: b"\x1bP>|kitty(0.27.1)\x1b\\", ATTRIBUTES: b"\x1b[?62;4c"}
XTERM = {NAME: b"\x1bP>|XTerm(379)\x1b\\", ATTRIBUTES: b"\x1b[?64;4c"}
KONSOLE = {NAME: b"\x1bP>|Konsole 22.12.3\x1b\\", ATTRIBUTES: b"\x1b[?62;1;4c"}
WEZTERM = {NAME: b"\x1bP>|WezTerm 20240203-110809\x1b\\", ATTRIBUTES: b"\x1b[?62;4c"}
ALT_UP, ESC = "\x1b[1;3A", "\x1b"
CTRL_HOME, CTRL_END, CTRL_N = "\x1b[1;5H", "\x1b[1;5F", "\x0e"
LONG = "\n\n".join(f"line {number}" for number in range(50))


@pytest.fixture
def terminal(lab) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_terminal(answers: dict[bytes, bytes], *arguments: str, **options: int) -> Terminal:
        opened.append(Terminal(lab.env, *arguments, answers=answers, **options))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()


def numbers(app: Terminal) -> list[int]:
    """The pictures that the terminal was sent."""
    return [int(number) for number in re.findall(rb"U=1,[^;]*?i=(\d+)", app.output)]


def taken_away(app: Terminal) -> list[int]:
    return [int(number) for number in re.findall(rb"a=d,d=I,i=(\d+)", app.output)]


def asked(app: Terminal, words: str) -> None:
    app.see("Ask")
    app.press("draw" + ENTER)
    app.see("picture.png", words)


def test_a_picture_is_sent_once_stands_in_cells_that_scroll_and_goes_at_the_end(terminal, model_server):
    model_server.pictures, model_server.reply = [png(200, 100, RED, BLUE)], "Here."
    app = terminal(KITTY)
    asked(app, "Here.")
    app.see(PLACEHOLDER)
    [number] = numbers(app)
    colour = f"38;2;{number >> 16};{number >> 8 & 255};{number & 255}".encode()
    assert colour in app.output
    assert f"{PLACEHOLDER}{MARKS[0]}{MARKS[0]}".encode() in app.output
    assert f"{PLACEHOLDER}{MARKS[4]}{MARKS[19]}".encode() in app.output
    assert not taken_away(app)
    model_server.pictures, model_server.reply = [], LONG
    app.press("more" + ENTER)
    app.see("line 49")
    app.press("\x1b[5~" * 8)
    app.see(PLACEHOLDER)
    assert numbers(app) == [number]
    app.press(CTRL_Q)
    assert app.end() == 0
    assert taken_away(app) == [number]


def test_it_is_taken_away_when_another_conversation_is_shown_and_sent_when_it_is_seen_again(
    terminal, model_server
):
    model_server.pictures, model_server.reply = [png(200, 100, RED, BLUE)], "Here."
    app = terminal(KITTY)
    asked(app, "Here.")
    app.see(PLACEHOLDER)
    app.press(CTRL_N)
    app.see_no(PLACEHOLDER)
    assert taken_away(app) == numbers(app)
    app.press(CTRL_Q)
    app.end()
    again = terminal(KITTY, "--continue")
    again.see(PLACEHOLDER, "picture.png")
    assert len(numbers(again)) == 1


def test_an_editor_finds_no_picture_and_leaves_none_lost(lab, terminal, model_server):
    model_server.pictures, model_server.reply = [png(200, 100, RED, BLUE)], "Here."
    lab.variables = {"EDITOR": "true"}
    app = terminal(KITTY)
    asked(app, "Here.")
    app.see(PLACEHOLDER)
    [first] = numbers(app)
    app.press("\x07")
    app._read_until(lambda: len(numbers(app)) == 2)
    assert taken_away(app) == [first]
    second = numbers(app)[1]
    colour = f"38;2;{second >> 16};{second >> 8 & 255};{second & 255}".encode()
    app._read_until(lambda: colour in app.output)


@pytest.mark.parametrize("answers", [{}, OLD_KITTY, WEZTERM], ids=["mute", "old", "WezTerm"])
def test_others_are_sent_nothing_but_cells(terminal, model_server, answers):
    model_server.pictures, model_server.reply = [png(200, 100, RED, BLUE)], "Here."
    app = terminal(answers)
    asked(app, "Here.")
    app.see("▀")
    assert b"\x1b_G" not in app.output
    assert PLACEHOLDER.encode() not in app.output


def seen_by_pixels(app: Terminal) -> tuple[bytes, bytes]:
    """What was written to show a picture by its pixels, and what was until the app was there again."""
    fcntl.ioctl(app._master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 800, 480))
    asked(app, "Here.")
    app.see("▀")
    app.press(ALT_UP + "o")
    app.see("p by pixels", "w save")
    before = len(app.output)
    app.press("p")
    app._read_until(lambda: b"any key leads back" in app.output)
    shown, before = app.output[before:], len(app.output)
    app.press("w")
    app.see("p by pixels", "w save", "▀")
    assert "Save a picture" not in app.text
    back = app.output[before:]
    app.press(ESC)
    app.see("Here.")
    app.press(CTRL_Q)
    assert app.end() == 0
    return shown, back


def test_sixels_have_a_screen_of_their_own_until_a_key_is_pressed(terminal, model_server):
    model_server.pictures, model_server.reply = [png(200, 100, RED, BLUE)], "Here."
    shown, back = seen_by_pixels(terminal(XTERM))
    [sixels] = re.findall(rb"\x1bP0;1q.*?\x1b\\", shown, re.DOTALL)
    assert sixels_read(sixels).size == (200, 100)
    assert back.startswith(b"\x1b[2J\x1b[?25h\x1b[?1049l")


@pytest.mark.parametrize("answers", [OLD_KITTY, KONSOLE], ids=["old kitty", "Konsole"])
def test_who_knows_kittys_pictures_but_no_placeholders_draws_it_so_and_holds_none(
    terminal, model_server, answers
):
    model_server.pictures, model_server.reply = [png(200, 100, RED, BLUE)], "Here."
    shown, back = seen_by_pixels(terminal(answers))
    [(number, data)] = re.findall(rb"\x1b_Ga=T,C=1,q=2,f=100,i=(\d+),c=20,r=5,m=0;(.*?)\x1b\\", shown)
    assert Image.open(io.BytesIO(b64decode(data))).size == (200, 100)
    assert back.startswith(b"\x1b_Ga=d,d=I,i=" + number + b",q=2\x1b\\\x1b[2J\x1b[?25h\x1b[?1049l")


@pytest.mark.parametrize(
    ("answers", "variables"),
    [(WEZTERM, {}), ({}, {"LC_TERMINAL": "iTerm2", "LC_TERMINAL_VERSION": "3.4.20"})],
)
def test_a_file_is_shown_by_who_knows_iterm2s_protocol_also_at_the_end_of_a_line_of_ssh(
    lab, terminal, model_server, answers, variables
):
    model_server.pictures, model_server.reply = [png(200, 100, RED, BLUE)], "Here."
    lab.variables = variables
    shown, _ = seen_by_pixels(terminal(answers))
    [(size, data)] = re.findall(
        rb"\x1b]1337;File=inline=1;size=(\d+);width=20;height=5:([^\x1b]*)\x1b\\", shown
    )
    assert int(size) == len(b64decode(data))
    assert Image.open(io.BytesIO(b64decode(data))).size == (200, 100)
    assert b"\x1bP0;1q" not in shown


def test_no_color_and_few_colours_have_words(lab, terminal, model_server):
    model_server.pictures, model_server.reply = [png(200, 100, RED, BLUE)], "Here."
    lab.variables = {"NO_COLOR": "1"}
    app = terminal(KITTY)
    asked(app, "Here.")
    assert "▀" not in app.text
    assert b"\x1b_G" not in app.output
