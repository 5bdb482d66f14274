"""Who turns text that runs from right to left: the terminal where it does so by itself, else the program."""

from __future__ import annotations

import sys

import pytest

from tui.app.terminal import turning
from tui.app.terminal.kinds import TerminalKind, Turner
from tui.app.terminal.turning import Turning, shaped

XTERM = {"TERM": "xterm-256color"}
LEAVE_IT, TURN_IT = "\x1b[8l", "\x1b[8h"


def kind(name: str = "", **env: str) -> TerminalKind:
    return TerminalKind.of({**XTERM, **env}).named(name)


def told(kind: TerminalKind, wish: str = "auto") -> tuple[Turning, list[str]]:
    sent: list[str] = []
    one = Turning(sent.append, lambda: kind, lambda: wish)  # type: ignore[arg-type, return-value]
    one.come()
    return one, sent


@pytest.mark.parametrize(
    ("name", "env", "turner"),
    [
        ("VTE(7600)", {}, Turner.ASKED),
        ("VTE(5602)", {}, Turner.PROGRAM),
        ("", {"VTE_VERSION": "7603"}, Turner.ASKED),
        ("mintty 3.7.0", {}, Turner.ASKED),
        ("", {"TERM_PROGRAM": "mintty", "TERM_PROGRAM_VERSION": "3.7.0"}, Turner.ASKED),
        ("", {"WT_SESSION": "1"}, Turner.PROGRAM),
        ("", {"TERM_PROGRAM": "vscode"}, Turner.PROGRAM),
        ("", {"TERM": "alacritty"}, Turner.PROGRAM),
        ("", {"TERM": "alacritty", "VTE_VERSION": "7603"}, Turner.PROGRAM),
        ("", {"TERM": "foot", "TERM_PROGRAM": "mintty"}, Turner.PROGRAM),
        ("WezTerm 20240203-110809-5046fc22", {}, Turner.PROGRAM),
        ("foot(1.16.2)", {}, Turner.PROGRAM),
        ("XTerm(379)", {}, Turner.PROGRAM),
        ("ghostty 1.2.0", {}, Turner.PROGRAM),
        ("", {}, Turner.PROGRAM),
        ("", {"TERM_PROGRAM": "Apple_Terminal", "TERM_PROGRAM_VERSION": "453"}, Turner.TERMINAL),
        ("Konsole 24.02.0", {}, Turner.PARTED),
        ("", {"KONSOLE_VERSION": "240200"}, Turner.PARTED),
        ("mlterm(3.9.3)", {}, Turner.TERMINAL),
        ("", {"MLTERM": "3.9.3"}, Turner.TERMINAL),
        ("iTerm2 3.6.0", {}, Turner.TERMINAL),
        ("iTerm2 3.5.14", {}, Turner.PROGRAM),
        ("kitty(0.36.4)", {}, Turner.WORDS),
        ("", {"KITTY_WINDOW_ID": "1", "TERM": "xterm-kitty"}, Turner.WORDS),
    ],
)
def test_each_terminal_has_its_turner(name, env, turner):
    assert kind(name, **env).turner is turner


def test_behind_tmux_it_is_the_terminal_outside_which_is_asked_for_nothing():
    inside = kind(TMUX="/tmp/tmux-0/default,1,0")
    assert inside.turner is Turner.PROGRAM
    assert inside.behind("kitty(0.36.4)", {}, passes=False).turner is Turner.WORDS
    assert inside.behind("VTE(7600)", {}, passes=True).turner is Turner.PARTED
    assert inside.behind("", {"VTE_VERSION": "7006", **XTERM}, passes=False).turner is Turner.PARTED
    assert inside.behind("foot(1.16.2)", {}, passes=False).turner is Turner.PROGRAM


def test_a_terminal_that_leaves_it_to_us_is_asked_while_it_is_ours_and_no_longer():
    one, sent = told(kind("VTE(7600)"))
    assert one.ours and sent == [LEAVE_IT]
    one.settle()
    one.leave()
    assert sent == [LEAVE_IT, TURN_IT]
    one.come()
    assert sent == [LEAVE_IT, TURN_IT, LEAVE_IT]


@pytest.mark.parametrize("name", ["XTerm(379)", "kitty(0.36.4)", "Konsole 24.02.0", "", "nobody"])
def test_no_other_is_told_anything(name):
    for wish in ("auto", "on", "off"):
        one, sent = told(kind(name), wish)
        one.leave()
        assert sent == []


def test_the_person_has_the_last_word():
    assert told(kind("kitty(0.36.4)"), "on")[0].ours
    one, sent = told(kind("VTE(7600)"), "off")
    assert not one.ours and not one.filters and sent == []


def test_a_terminal_that_says_late_who_it_is_is_asked_then():
    known = [kind("")]
    sent: list[str] = []
    one = Turning(sent.append, lambda: known[0], lambda: "auto")
    one.settle()
    one.come()
    assert sent == []
    known[0] = kind("VTE(7600)")
    one.settle()
    assert sent == [LEAVE_IT]


def test_letters_are_joined_by_us_only_where_the_terminal_does_not():
    assert told(kind("XTerm(379)"))[0].shape is shaped
    assert told(kind("VTE(7600)"))[0].shape is None
    assert told(kind("kitty(0.36.4)"), "on")[0].shape is None
    assert told(kind("Konsole 24.02.0"))[0].shape is None
    assert told(kind("Konsole 24.02.0"), "on")[0].shape is shaped


def test_joined_letters_are_as_many_as_before_with_their_marks():
    pytest.importorskip("arabic_reshaper")
    for text in ("مرحبا بالعالم", "لا إله", "مُحَمَّد", "کتاب ـ ١٢ abc"):
        assert len(shaped(text)) == len(text)
    assert shaped("بتث") == "ﺑﺘﺚ"


def test_what_joins_letters_is_loaded_for_the_first_line_that_needs_it(monkeypatch):
    turning._reshaper.cache_clear()
    monkeypatch.setitem(sys.modules, "arabic_reshaper", None)
    assert shaped("plain שלום") == "plain שלום"
    assert not turning._reshaper.cache_info().currsize
    turning._joined.cache_clear()
    assert shaped("ب ت") == "ب ت", "it is not installed"
    turning._reshaper.cache_clear()
    turning._joined.cache_clear()
