"""What a terminal answers, in a real pseudo-terminal: nothing is typed, light and dark are followed."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal of this kind on Windows", allow_module_level=True)

from tests.app.test_real_terminal import CTRL_G, CTRL_Q, ENTER, Terminal
from tests.app.test_terminal_input import REPORTS
from tui.app.theme.themes import SEGUE_DARK, SEGUE_LIGHT

COLOUR, SCHEME, NAME, MODE, ATTRIBUTES = b"\x1b]11;?", b"\x1b[?996n", b"\x1b[>q", b"\x1b[?2031$p", b"\x1b[c"
LIGHT, DARK = b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", b"\x1b]11;rgb:0000/0000/0000\x1b\\"
KNOWN, END = b"\x1b[?2031;2$y", b"\x1b[?62;4c"


def _background(theme: Any) -> bytes:
    red, green, blue = (int(theme.background[place : place + 2], 16) for place in (1, 3, 5))
    return f"48;2;{red};{green};{blue}".encode()


LIGHT_PAGE, DARK_PAGE = _background(SEGUE_LIGHT), _background(SEGUE_DARK)


@pytest.fixture
def terminal(lab) -> Iterator[Any]:
    opened: list[Terminal] = []

    def open_terminal(*arguments: str, env: dict[str, str] | None = None, **more: Any) -> Terminal:
        opened.append(Terminal({**lab.env, **(env or {})}, *arguments, **more))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()


def comes(app: Terminal, sequence: bytes, after: int = 0) -> bytes:
    """Read until ``sequence`` was sent; what was sent since ``after``."""
    app._read_until(lambda: sequence in app.output[after:])
    assert sequence in app.output[after:], sequence
    return app.output[after:]


def test_replies_that_come_among_keys_whole_and_byte_by_byte_are_no_text(terminal):
    app = terminal()
    app.see("big", "Ask")
    app.press("a")
    for reply in REPORTS[:-2]:  # the last two are the focus
        app.send(reply.encode())
        for byte in reply.encode():
            app.send(bytes([byte]))
    app.press("b")
    app.see("ab")
    app.press("cd" + "\x1b[D" + "X")
    app.see("abcXd")


def test_an_answer_of_light_comes_before_the_first_paint(terminal):
    app = terminal()
    app.send(LIGHT + END)  # as from a terminal that answers faster than anybody can draw
    app.see("big", "Ask")
    assert LIGHT_PAGE in app.output
    assert DARK_PAGE not in app.output


def test_a_late_answer_changes_the_theme_and_no_key_is_lost(terminal):
    app = terminal()
    app.press("abc")
    app.see("big", "abc")
    assert DARK_PAGE in app.output
    app.send(b"d" + LIGHT + b"e")
    comes(app, LIGHT_PAGE)
    app.see("abcde")


def test_a_change_while_a_reply_comes_keeps_draft_and_place(terminal, model_server):
    model_server.reply = " ".join(f"word{number}" for number in range(60))
    model_server.hold_after = 20
    answers = {COLOUR: DARK, ATTRIBUTES: END}
    app = terminal(answers=answers)
    app.press("Go on" + ENTER)
    app.see("word18")
    app.press("half a thought")
    app.see("half a thought")
    before, sent = app.text, len(app.output)
    answers[COLOUR] = LIGHT
    app.send(b"\x1b[?997;2n")
    comes(app, LIGHT_PAGE, sent)
    app.see("half a thought", "word18")
    assert [line for line in app.text.splitlines() if "word" in line] == [
        line for line in before.splitlines() if "word" in line
    ]


def test_the_wish_of_the_system_counts_where_no_colour_is_told(terminal):
    app = terminal(answers={MODE: KNOWN, ATTRIBUTES: END, SCHEME: b"\x1b[?997;2n"})
    app.see("big", "Ask")
    comes(app, LIGHT_PAGE)


def test_the_colour_of_the_page_counts_more_than_the_wish_of_the_system(terminal):
    app = terminal(answers={COLOUR: DARK, ATTRIBUTES: END})
    app.see("big", "Ask")
    app.send(b"\x1b[?997;2n")
    app.press("still dark")
    app.see("still dark")
    app.look(0.5)
    assert LIGHT_PAGE not in app.output


def test_a_theme_that_was_chosen_stays_whatever_the_terminal_tells(terminal, lab):
    lab.configure('theme = "segue-dark"\n' + lab.config.read_text())
    app = terminal(answers={COLOUR: LIGHT, ATTRIBUTES: END})
    app.see("big", "Ask")
    app.send(b"\x1b[?997;2n")
    app.press("mine")
    app.see("mine")
    app.look(0.5)
    assert LIGHT_PAGE not in app.output


@pytest.mark.parametrize("way", ["quit", "terminated"])
def test_the_terminal_tells_nothing_any_longer_after_the_end(terminal, way):
    app = terminal()
    app.see("big", "Ask")
    if way == "quit":
        app.press(CTRL_Q)
    else:
        app.process.send_signal(signal.SIGTERM)
    app.end()
    for mode in (b"?2031", b"?1004"):
        assert app.output.rindex(b"\x1b[%bl" % mode) > app.output.rindex(b"\x1b[%bh" % mode)


def test_an_editor_has_a_terminal_that_tells_nothing(terminal, lab, tmp_path):
    waits = tmp_path / "waits.sh"
    waits.write_text('#!/bin/sh\necho EDITOR; read line; echo "edited" > "$1"\n')
    waits.chmod(0o700)
    app = terminal(env={"EDITOR": str(waits), "VISUAL": str(waits)})
    app.see("big", "Ask")
    app.press(CTRL_G)
    output = comes(app, b"EDITOR")
    assert output.rindex(b"\x1b[?2031l") > output.rindex(b"\x1b[?2031h")
    app.press("\n")
    app.see("edited")
    assert re.search(rb"\x1b\[\?2031h.*\Z", app.output[app.output.rindex(b"EDITOR") :], re.DOTALL)


@pytest.mark.parametrize(
    ("term", "program", "asked", "not_asked"),
    [
        ("xterm-256color", "", (COLOUR, NAME, MODE, ATTRIBUTES, b"\x1b]7501;?"), (SCHEME,)),
        ("xterm-256color", "Apple_Terminal", (COLOUR, ATTRIBUTES), (NAME, MODE, b"\x1b]7501")),
        ("linux", "", (), (COLOUR, NAME, ATTRIBUTES, b"\x1b]7501", b"\x1b]2;")),
        ("tmux-256color", "", (COLOUR, NAME, ATTRIBUTES), (b"\x1b]7501",)),
    ],
)
def test_a_terminal_is_asked_what_it_can_bear(terminal, term, program, asked, not_asked):
    app = terminal(term=term, env={"TERM_PROGRAM": program, "TMUX": "", "VTE_VERSION": ""})
    app.see("big", "Ask")
    assert all(question in app.output for question in asked)
    assert not any(question in app.output for question in not_asked)


def test_a_terminal_that_turns_text_is_asked_to_leave_it_to_us_until_the_end(terminal):
    app = terminal(env={"VTE_VERSION": "7603"})
    app.see("big", "Ask")
    comes(app, b"\x1b[8l")
    assert b"\x1b[8h" not in app.output
    app.press("שלום (a) 12")
    app.see("12 (a) םולש")
    app.press(CTRL_Q)
    app.end()
    assert app.output.count(b"\x1b[8l") == app.output.count(b"\x1b[8h") == 1


# -- what is shown outside the page
def test_the_title_is_given_back_however_the_program_ends(terminal):
    for way in ("quit", "terminated"):
        app = terminal()
        app.see("big", "Ask")
        comes(app, b"\x1b[22;2t\x1b]2;Segue")
        if way == "quit":
            app.press(CTRL_Q)
        else:
            app.process.send_signal(signal.SIGTERM)
        app.end()
        assert app.output.count(b"\x1b[22;2t") == app.output.count(b"\x1b[23;2t") == 1


def test_an_editor_has_the_title_of_the_terminal(terminal, tmp_path):
    waits = tmp_path / "waits.sh"
    waits.write_text("#!/bin/sh\necho EDITOR; read line\n")
    waits.chmod(0o700)
    app = terminal(env={"EDITOR": str(waits), "VISUAL": str(waits)})
    app.see("big", "Ask")
    comes(app, b"\x1b[22;2t")
    app.press(CTRL_G)
    output = comes(app, b"EDITOR")
    assert output.rindex(b"\x1b[23;2t") > output.rindex(b"\x1b[22;2t")
    app.press("\n")
    comes(app, b"\x1b[22;2t", len(output))


@pytest.mark.parametrize(
    ("name", "told"), [("kitty(0.40.0)", b"\x1b]99;i=segue1:e=1"), ("foot(1.20.0)", b"\x1b]777;")]
)
def test_who_looks_elsewhere_is_told_once_and_who_looks_never(terminal, lab, model_server, name, told):
    lab.configure(lab.config.read_text() + "[notify]\nafter = 0\n")
    model_server.hold_after = 1
    app = terminal(answers={NAME: b"\x1bP>|%b\x1b\\" % name.encode(), ATTRIBUTES: END})
    app.press("Go on" + ENTER)
    app.see("Hello")
    app.send(b"\x1b[O")
    model_server.release.set()
    app.see("ready")
    comes(app, told)
    app.send(b"\x1b[I")
    before = len(app.output)
    app.press("Again" + ENTER)
    app.see("Again", "ready")
    app.look(1.5)
    assert told not in app.output[before:].replace(b"p=close", b"")
    assert app.output.count(told) == 1 + app.output.count(told + b":p=close")


def test_a_hostile_title_is_one_sequence(terminal, model_server):
    app = terminal()
    app.see("big", "Ask")
    app.press("/title 4;3" + "\x1b[200~\a\x1b]52;c;aGk=\a\x1b\\\x1b[201~" + ENTER)
    app.press("Hello" + ENTER)
    app.see("ready")
    app.press(CTRL_Q)
    app.end()
    assert b"\x1b]52" not in app.output
    titles = re.findall(rb"\x1b\]2;([^\x1b]*)\x1b\\", app.output)
    assert titles and not any(b"\a" in title for title in titles)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
@pytest.mark.parametrize(
    ("passes", "elsewhere", "told"),
    [
        ("off", "split-window", b"\a"),
        ("on", "split-window", b"\x1b]99;i=segue1:e=1:o=unfocused;"),
        ("on", "new-window", b"\a"),  # tmux hands on nothing of a window that is not seen
    ],
)
def test_in_tmux_only_what_it_hands_on_is_wrapped(lab, model_server, tmp_path, passes, elsewhere, told):
    """The program in a pane of a tmux, whose terminal names itself kitty."""
    model_server.hold_after = 1
    socket, config = str(tmp_path / "socket"), tmp_path / "tmux.conf"
    config.write_text(f"set -g focus-events on\nset -g allow-passthrough {passes}\nset -s escape-time 0\n")
    lab.configure(lab.config.read_text() + "[notify]\nafter = 0\n")

    def tmux(*command: str) -> list[str]:
        return ["tmux", "-S", socket, "-f", str(config), *command]

    env = {key: value for key, value in lab.env.items() if key not in ("TMUX", "TMUX_PANE", "DISPLAY")}
    client = Terminal(
        env,
        program=tmux("new-session", sys.executable, "-m", "tui"),
        answers={NAME: b"\x1bP>|kitty(0.40.0)\x1b\\", ATTRIBUTES: b"\x1b[?65;1;9c"},
    )
    try:
        client.see("big", "Ask")
        client.press("Hello" + ENTER)
        client._read_until(model_server.reached.is_set)
        subprocess.run(tmux(elsewhere, "cat"), check=True, env=env)
        client.look(0.5)
        before = len(client.output)
        model_server.release.set()
        comes(client, told, before)
        assert (b"]99;" in client.output) is (b"]99;" in told)
    finally:
        subprocess.run(tmux("kill-server"), check=False)
        client.close()
