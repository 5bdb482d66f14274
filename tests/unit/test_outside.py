"""What is shown outside the page: each terminal gets what it takes, and no name steers one."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.app.terminal.kinds import Notice, TerminalKind
from tui.app.terminal.outside import WIDEST, Does, Outside
from tui.cells import cells

XTERM = {"TERM": "xterm-256color"}
SEQUENCE = re.compile(r"\x1b\](\d+);([^\x00-\x1f\x7f-\x9f]*)\x1b\\")
HOSTILE = (
    "4;3\a\x1b]52;c;aGk=\a",
    "\x1b\\\x1b[2J",
    "\x9b2J\x9d0;owned\x9c",
    "a\nb\r\tc\0",
    "a;b;c",
    "\u202eevil\u2066\u200b\ufeff",
    "\ud800",
    "名" * 200,
    "e" + "\u0301" * 400,
    "👩‍👩‍👧‍👦" * 60,
    "-e \\033]0;x",
    "<b>&amp;</b>",
    "",
)


def kind(name: str = "", **env: str) -> TerminalKind:
    return TerminalKind.of({**XTERM, **env}).named(name)


def outside(kind: TerminalKind, *, only_ascii: bool = False) -> tuple[Outside, list[str]]:
    sent: list[str] = []
    one = Outside(sent.append, kind, only_ascii=only_ascii)
    one.come()
    return one, sent


@pytest.mark.parametrize(
    ("name", "notice", "progress"),
    [
        ("kitty(0.39.1)", Notice.KITTY, True),
        ("kitty(0.37.0)", Notice.KITTY, False),
        ("kitty(0.35.2)", Notice.BELL, False),
        ("ghostty 1.2.0", Notice.GROWL, True),
        ("ghostty 1.1.3", Notice.GROWL, False),
        ("WezTerm 20250101-110809-5046fc22", Notice.GROWL, True),
        ("WezTerm 20240203-110809-5046fc22", Notice.GROWL, False),
        ("iTerm2 3.6.6", Notice.GROWL, True),
        ("iTerm2 3.5.0", Notice.GROWL, False),
        ("foot(1.16.2)", Notice.NOTIFY, False),
        ("VTE(7903)", Notice.NOTIFY, True),
        ("VTE(7600)", Notice.NOTIFY, False),
        ("XTerm(379)", Notice.BELL, False),
        ("Konsole 24.02.0", Notice.BELL, False),
        ("nobody", Notice.BELL, False),
        ("", Notice.BELL, False),
        ("\x1b[31m 9" * 99, Notice.BELL, False),
    ],
)
def test_a_terminal_that_names_itself_gets_what_it_takes(name, notice, progress):
    assert (kind(name).notice, kind(name).progress) == (notice, progress)


@pytest.mark.parametrize(
    ("env", "notice", "progress"),
    [
        ({"KITTY_WINDOW_ID": "1", "TERM": "xterm-kitty"}, Notice.BELL, False),  # of which version?
        ({"TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.2.3"}, Notice.GROWL, True),
        ({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.5.14"}, Notice.GROWL, False),
        ({"LC_TERMINAL": "iTerm2", "LC_TERMINAL_VERSION": "3.6.10"}, Notice.GROWL, True),
        ({"TERM": "foot"}, Notice.NOTIFY, False),
        ({"VTE_VERSION": "8000"}, Notice.NOTIFY, True),
        ({"WT_SESSION": "x"}, Notice.BELL, True),
        ({"ConEmuPID": "7"}, Notice.BELL, True),
        ({"TMUX": "/tmp/x,1,0", "TERM_PROGRAM": "ghostty", "WT_SESSION": "x"}, Notice.BELL, False),
        ({"STY": "1.x", "KITTY_WINDOW_ID": "1"}, Notice.BELL, False),
        ({"TERM": "dumb"}, Notice.BELL, False),
    ],
)
def test_the_environment_tells_it_where_the_terminal_does_not(env, notice, progress):
    of = TerminalKind.of({**XTERM, **env})
    assert (of.notice, of.progress) == (notice, progress)


def test_in_tmux_what_is_outside_counts_if_tmux_hands_it_on():
    inside = kind("tmux 3.4")
    assert inside.behind("kitty(0.40.0)", {}, passes=False).notice is Notice.BELL
    kitty = inside.behind("kitty(0.40.0)", {}, passes=True, always=True)
    one, sent = outside(kitty)
    one.notify("done")
    one.goes_on(True)
    one.leave()
    assert [each[:11] for each in sent] == ["\x1bPtmux;\x1b\x1b]9"[:11]] * 3
    assert all(each.endswith("\x1b\x1b\\\x1b\\") for each in sent)


def test_progress_that_tmux_might_not_end_is_not_begun():
    assert not kind("tmux 3.4").behind("kitty(0.40.0)", {}, passes=True).progress


def test_without_passing_on_nothing_wrapped_leaves():
    one, sent = outside(kind("tmux 3.4").behind("ghostty 1.3.0", {}, passes=False))
    one.notify("done")
    one.goes_on(True)
    one.leave()
    assert sent == ["\a"]


NOTIFIED = ("kitty(0.40.0)", "ghostty 1.3.0", "foot(1.20.0)", "XTerm(379)")


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("name", NOTIFIED)
def test_a_notice_is_one_sequence_whatever_is_told(name, words):
    one, sent = outside(kind(name))
    one.notify(words, 3)
    [notice] = sent
    if notice == "\a":
        return
    match = SEQUENCE.fullmatch(notice)
    assert match is not None
    number, rest = match.groups()
    if number == "99":
        where, _, coded = rest.partition(";")
        assert where == "i=segue3:e=1:o=unfocused"
        rest = b64decode(coded, validate=True).decode()
    elif number == "9":
        assert rest.startswith("Segue:")  # a number there would be a command
    else:
        assert number == "777" and rest.startswith("notify;Segue;") and rest.count(";") == 2
        rest = rest.removeprefix("notify;Segue;")
    assert cells(rest) <= WIDEST
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]", rest)


@given(st.text() | st.sampled_from(HOSTILE))
def test_a_title_is_one_sequence_whatever_it_is(title):
    one, sent = outside(kind())
    one.title(title)
    [shown] = sent
    match = SEQUENCE.fullmatch(shown.removeprefix("\x1b[22;2t"))
    assert match is not None and match[1] == "2"
    assert cells(match[2]) <= WIDEST
    shown.encode()


def test_a_terminal_of_few_letters_gets_a_title_of_these():
    one, sent = outside(kind(), only_ascii=True)
    one.title("● Grün – 名")
    assert sent == ["\x1b[22;2t\x1b]2;* Gr?n - ?\x1b\\"]


def test_a_title_is_written_when_it_changes_and_given_back():
    one, sent = outside(kind())
    one.title("one")
    one.title("one")
    one.title("two")
    one.leave()
    one.title("three")
    one.come()
    one.title(None)
    assert sent == [
        "\x1b[22;2t\x1b]2;one\x1b\\",
        "\x1b]2;two\x1b\\",
        "\x1b[23;2t",
        "\x1b[22;2t\x1b]2;three\x1b\\",
        "\x1b[23;2t",
    ]


def test_progress_is_ended_only_where_it_was_begun():
    one, sent = outside(kind("kitty(0.37.0)"))
    one.goes_on(True)
    one.goes_on(False)
    one.leave()
    assert sent == []
    one, sent = outside(kind("kitty(0.39.0)"))
    one.goes_on(True)
    one.goes_on(True)
    one.leave()
    one.leave()
    assert sent == ["\x1b]9;4;3\x1b\\", "\x1b]9;4;0\x1b\\"]


def test_what_the_program_does_is_told_to_a_terminal_that_asked_for_it():
    one, sent = outside(kind())
    one.does(Does.IDLE)
    assert sent == []
    one.shows_status = True
    one.show()
    one.does(Does.WORKING)
    one.does(Does.WORKING)
    one.leave()
    assert sent == [
        "\x1b]7501;state=idle:app=segue\x1b\\",
        "\x1b]7501;state=working:app=segue\x1b\\",
        "\x1b]7501;state=clear\x1b\\",
    ]


def test_a_notice_is_taken_back_where_that_can_be():
    for name, taken in (("kitty(0.40.0)", ["\x1b]99;i=segue2:p=close;\x1b\\"]), ("ghostty 1.3.0", [])):
        one, sent = outside(kind(name))
        one.take_back(2)
        assert sent == taken
