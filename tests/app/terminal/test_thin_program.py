"""The whole program in a real terminal: little is sent, and what is seen is right, whatever happens to it."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time

import pytest

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal of this kind on Windows", allow_module_level=True)

import termios

from tests.app.test_real_terminal import CTRL_Q, ENTER, PATIENCE, Terminal
from tests.benchmarks.server import serving
from tui.app.app import SETTLED

TOKENS, RATE = 250, 100


@pytest.fixture
def terminal(lab):
    opened = []

    def open_terminal(*arguments, **size):
        opened.append(Terminal(lab.env, *arguments, **size))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()


def test_a_streamed_reply_takes_a_fraction_of_the_bytes(home, terminal):
    found = {}
    for kind in ("plain", "thin"):
        with serving(home.path, "mixed", TOKENS, RATE):
            folder = home.path / "CONFIG" / "segue"
            home.configure(f'bytes = "{kind}"\n{(folder / "config.toml").read_text()}')
            app = Terminal(home.env, "--temporary", "Begin", columns=100, rows=30)
            try:
                app.see("answering")
                app.look(SETTLED)  # until then all is sent
                begun = len(app.output)
                app.see("ready", "tokens")
                app.look(0.5)
                found[kind] = len(app.output) - begun, app.text.splitlines()[:-5]
            finally:
                app.close()
    (plain, whole), (thin, sent) = found["plain"], found["thin"]
    assert sent == whole
    assert thin * 4 < plain


def resized(app, columns, rows):
    """The terminal has another size."""
    app._screen.resize(rows, columns)
    termios.tcsetwinsize(app._master, (rows, columns))
    os.kill(app.process.pid, signal.SIGWINCH)


def shown(app, text):
    """What stands there once it is ``text``, or after long enough."""
    deadline = time.monotonic() + PATIENCE
    while app.text != text and time.monotonic() < deadline:
        app.look(0.2)
    return app.text


def drawn_anew(app):
    """What stands there, and what does after all was drawn once more on an empty screen."""
    app.look(1.0)
    before = app.text
    app._screen.erase_in_display(2)
    app.press("/redraw" + ENTER)
    return before, shown(app, before)


def test_after_a_storm_of_sizes_the_screen_is_as_freshly_drawn(terminal, model_server):
    model_server.reply = "\n".join(f"- the line {number} of many" for number in range(80))
    app = terminal()
    app.press("Begin" + ENTER)
    app.see("line 79", "ready")
    for columns, rows in ((120, 40), (40, 12), (81, 25), (60, 30), (100, 20)):
        resized(app, columns, rows)
        app.look(0.05)
    before, after = drawn_anew(app)
    assert "line 79" in before
    assert before == after


@pytest.mark.parametrize(
    "sizes", [[(80, 24)], [(60, 12), (80, 24)]], ids=["unheard", "too short to be drawn"]
)
def test_a_size_that_came_and_went_leaves_nothing_undrawn(terminal, sizes):
    app = terminal()
    app.see("big", "Ask")
    before, _ = drawn_anew(app)
    for _ in range(5):
        app._screen.erase_in_display(2)  # as tmux does, which tells the size of before once more
        for columns, rows in sizes:
            resized(app, columns, rows)
            app.look(0.004)
        assert shown(app, before) == before


def test_what_another_program_wrote_is_drawn_over(terminal):
    app = terminal()
    app.see("big", "Ask")
    app.others_write(b"\x1b[3;1Hgarbage everywhere\x1b[9;9Hmore")
    app.press("\x1b[I")  # looked at again
    app.see_no("garbage")
    app.see_no("more")


def test_the_shell_gets_its_terminal_without_our_colours(terminal):
    app = terminal()
    app.see("big", "Ask")
    app.look(2 * SETTLED)
    app.press("a")
    app.see("▎ a")
    app.press(CTRL_Q)
    assert app.end() == 0
    end = app.output.rindex(b"\x1b[?1049l")
    assert app.output.rindex(b"\x1b[m") < end
    assert b"\x1b[m" in app.output[app.output.rindex(b"H", 0, end) : end]


@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_a_window_of_tmux_that_others_make_smaller_and_larger_is_right(lab, model_server, tmp_path):
    model_server.reply = "\n".join(f"- the line {number} of many" for number in range(80))

    def tmux(*command):
        server = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
        return subprocess.run(
            [*server, *command], check=True, capture_output=True, text=True, env=lab.env
        ).stdout

    def sees(word, lacks="\0", rows=0):
        deadline = time.monotonic() + PATIENCE
        while True:
            text = tmux("capture-pane", "-p")
            if word in text and lacks not in text and len(text.rstrip().splitlines()) >= rows - 1:
                return text
            assert time.monotonic() < deadline, text
            time.sleep(0.1)

    def stays():
        """What has not changed for a while."""
        text, since, deadline = "", time.monotonic(), time.monotonic() + PATIENCE
        while time.monotonic() < min(since + 2, deadline):
            time.sleep(0.1)
            if (now := tmux("capture-pane", "-p")) != text:
                text, since = now, time.monotonic()
        return text

    program = shlex.join([sys.executable, "-m", "tui", "Begin"])
    tmux("new-session", "-d", "-x", "110", "-y", "35", program)
    try:
        sees("ready")
        for columns, rows in ((60, 20), (110, 35), (70, 14), (110, 35)):
            tmux("resize-window", "-x", str(columns), "-y", str(rows))
            sees("line 79", rows=rows)
        before = stays()
        tmux("send-keys", "/redraw")
        sees("/redraw")
        tmux("send-keys", "Enter")
        sees("Ask", lacks="/redraw")
        deadline = time.monotonic() + PATIENCE
        while tmux("capture-pane", "-p") != before and time.monotonic() < deadline:
            time.sleep(0.1)
        assert tmux("capture-pane", "-p") == before
    finally:
        tmux("kill-server")
