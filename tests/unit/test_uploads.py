"""Pictures that the terminal holds."""

from __future__ import annotations

import asyncio
import re
from base64 import b64decode

import pytest

from tui.app.terminal.kinds import TerminalKind
from tui.app.terminal.uploads import MARKS, MOST, Uploads, placeholder


@pytest.fixture
def terminal():
    said: list[str] = []
    return Uploads(said.append, lambda sequence: sequence), said


async def test_it_comes_in_pieces_that_make_the_whole(terminal):
    uploads, said = terminal
    png = bytes(range(256)) * 40
    await uploads.send("one", png, (80, 20), "list")
    first, *others = [re.fullmatch("\x1b_G([^;]*);([^\x1b]*)\x1b\\\\", piece).groups() for piece in said]
    assert first[0] == f"a=T,U=1,q=2,f=100,i={uploads.number('one')},c=80,r=20,m=1"
    assert [head for head, _ in others] == ["q=2,m=1"] * (len(others) - 1) + ["q=2,m=0"]
    assert b64decode("".join(text for _, text in (first, *others))) == png
    assert all(len(piece) < 4200 for piece in said)


async def test_it_comes_once_and_goes_when_nobody_shows_it(terminal):
    uploads, said = terminal
    await uploads.send("one", b"png", (2, 1), "list")
    await uploads.send("one", b"png", (2, 1), "preview")
    assert len(said) == 1
    number = uploads.number("one")
    uploads.let_go("list")
    assert len(said) == 1
    uploads.let_go("preview")
    assert said[1:] == [f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"]
    assert not uploads.hold("one", "list")


async def test_the_oldest_go_where_there_are_too_many(terminal, monkeypatch):
    monkeypatch.setattr("tui.app.terminal.uploads._MOST_HELD", 10)
    uploads, _ = terminal
    for key in ("one", "two"):
        await uploads.send(key, b"12345", (1, 1), "list")
    assert uploads.hold("one", "list")
    await uploads.send("three", b"1", (1, 1), "list")
    assert [uploads.number(key) is None for key in ("one", "two", "three")] == [False, True, False]


async def test_nothing_is_left_behind_also_of_one_on_its_way(terminal):
    uploads, said = terminal
    await uploads.send("one", b"png", (1, 1), "list")
    coming = asyncio.create_task(uploads.send("two", bytes(200_000), (1, 1), "list"))
    await asyncio.sleep(0)
    uploads.let_go("list")
    assert "a=d" not in said[-1]  # nothing comes between the pieces
    uploads.leave()
    here = len(said)
    assert said[-3] == "\x1b_Gm=0,q=2;\x1b\\"
    assert all(piece.startswith("\x1b_Ga=d,d=I") for piece in said[-2:])
    await coming
    assert len(said) == here
    assert uploads.number("one") is uploads.number("two") is None


def test_each_cell_names_its_place():
    assert MOST > 150
    assert len(set(MARKS)) == MOST
    assert placeholder(0, 2) == "\U0010eeee\u0305\u030e"


@pytest.mark.parametrize(
    ("words", "has"),
    [
        ("kitty(0.28.0)", True),
        ("kitty(0.27.9)", False),
        ("ghostty 1.0.1", True),
        ("WezTerm 20240203", False),
        ("Konsole 24.08", False),
        ("iTerm2 3.6.6", False),
    ],
)
def test_only_terminals_that_are_known_to_show_them_are_sent_pictures(words, has):
    assert TerminalKind().named(words).placeholders is has


@pytest.mark.parametrize("passes", [True, False])
def test_in_a_multiplexer_only_where_it_hands_on(passes):
    kind = TerminalKind(inside="tmux").behind("kitty(0.36.4)", {}, passes=passes)
    assert kind.placeholders is passes
    assert kind.sent("\x1b_Gm=0;\x1b\\").startswith("\x1bPtmux;\x1b\x1b_G") is passes
