"""Which protocol draws a picture by its pixels, and what is sent by it."""

from __future__ import annotations

import io
import re
from base64 import b64decode

import pytest
from PIL import Image

from tests.pictures import RED, png
from tui.app.messages.by_pixels import ByPixels
from tui.app.terminal.inline_files import inline_file
from tui.app.terminal.kinds import Pixels, TerminalKind
from tui.app.terminal.uploads import Uploads
from tui.rendering.pictures import decoded

XTERM = {"TERM": "xterm-256color"}
FILE = re.compile("\x1b]1337;File=inline=1;size=([0-9]+);width=([0-9]+);height=([0-9]+):([^\x1b]*)\x1b\\\\")


def pixels_of(kind: TerminalKind, *, sixels: bool = False) -> ByPixels:
    return ByPixels(lambda: kind, Uploads(lambda _: None, kind.sent), lambda: sixels)


@pytest.mark.parametrize(
    ("name", "env", "way"),
    [
        ("kitty(0.26.5)", {}, Pixels.KITTY),
        ("Konsole 22.12.3", {}, Pixels.KITTY),
        ("Konsole 21.8.0", {}, None),
        ("", {"KONSOLE_VERSION": "221203"}, Pixels.KITTY),
        ("", {"KONSOLE_VERSION": "210800"}, None),
        ("iTerm2 3.5.14", {}, Pixels.ITERM2),
        ("", {"LC_TERMINAL": "iTerm2", "LC_TERMINAL_VERSION": "3.4.20"}, Pixels.ITERM2),
        ("WezTerm 20240203-110809-5046fc22", {}, Pixels.ITERM2),
        ("mintty 3.7.0", {}, Pixels.ITERM2),
        ("XTerm(379)", {}, None),
        ("", {"TERM_PROGRAM": "vscode", "TERM_PROGRAM_VERSION": "1.103.0"}, None),
        ("", {}, None),
    ],
)
def test_a_terminal_that_is_not_known_to_draw_them_is_sent_none(name, env, way):
    assert pixels_of(TerminalKind.of({**XTERM, **env}).named(name)).way is way


def test_what_is_known_by_name_goes_before_sixels(monkeypatch):
    monkeypatch.setattr("tui.app.messages.by_pixels.known_cell_size", lambda: (10, 20))
    assert pixels_of(TerminalKind("konsole", (22, 12)), sixels=True).way is Pixels.KITTY
    assert pixels_of(TerminalKind("wezterm", (2024,)), sixels=True).way is Pixels.ITERM2
    assert pixels_of(TerminalKind("xterm", (379,)), sixels=True).way is Pixels.SIXEL


async def test_tmux_is_sent_what_it_hands_on_and_else_nothing():
    inside = TerminalKind.of({"TMUX": "/tmp/tmux-0/default,1,0"})
    keeps = inside.behind("WezTerm 20240203-110809", {}, passes=False)
    assert pixels_of(keeps).way is None
    one = pixels_of(inside.behind("WezTerm 20240203-110809", {}, passes=True))
    alone = await one.drawn(decoded(png(200, 100, RED)), (80, 23), "#101010")
    assert alone is not None
    wrapped = re.fullmatch("\x1bPtmux;(.*)\x1b\\\\", alone.shown.decode(), re.DOTALL)
    assert wrapped is not None
    assert FILE.fullmatch(wrapped[1].replace("\x1b\x1b", "\x1b"))


def test_a_small_file_comes_whole_and_a_large_one_in_pieces_where_that_is_known():
    small, large = png(20, 20, RED), bytes(range(256)) * 2000
    [whole] = inline_file(small, (2, 1), pieces=True)
    assert FILE.fullmatch(whole).groups()[:3] == (str(len(small)), "2", "1")
    [whole] = inline_file(large, (80, 20), pieces=False)
    assert b64decode(FILE.fullmatch(whole)[4]) == large
    first, *parts, last = inline_file(large, (80, 20), pieces=True)
    assert first == f"\x1b]1337;MultipartFile=inline=1;size={len(large)};width=80;height=20\x1b\\"
    assert last == "\x1b]1337;FileEnd\x1b\\"
    found = [re.fullmatch("\x1b]1337;FilePart=([^\x1b]*)\x1b\\\\", part) for part in parts]
    assert len(found) > 1
    assert b64decode("".join(match[1] for match in found if match)) == large


@pytest.mark.parametrize("name", ["konsole", "wezterm", "iterm2"])
async def test_a_picture_larger_than_the_screen_is_sent_as_large_as_that(name):
    alone = await pixels_of(TerminalKind(name, (2025,))).drawn(
        decoded(png(900, 900, RED)), (40, 10), "#101010"
    )
    assert alone is not None
    data = re.search("[:;]([A-Za-z0-9+/=]{50,})\x1b", alone.shown.decode())
    assert data is not None
    assert Image.open(io.BytesIO(b64decode(data[1]))).size == (200, 200)
    assert bool(alone.gone) == (name == "konsole"), "others go with what lies over them"
