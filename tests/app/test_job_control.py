"""Suspended and resumed, written on by others, an editor that does not wait, a terminal that cuts lines."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time

import pytest

from tests.app.test_real_terminal import CTRL_C, CTRL_G, CTRL_Q, ENTER, Terminal

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal of this kind on Windows", allow_module_level=True)


@pytest.fixture
def terminal(lab):
    opened = []

    def open_terminal(*arguments, **size):
        opened.append(Terminal(lab.env, *arguments, **size))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()


def stopped(process):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with open(f"/proc/{process.pid}/stat") as file:
            if file.read().rsplit(")", 1)[1].split()[0] == "T":
                return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_a_stopped_program_draws_everything_when_it_goes_on(terminal):
    app = terminal()
    app.see("big", "Ask")
    app.press("half a thought")
    app.see("half a thought")
    os.kill(app.process.pid, signal.SIGTSTP)
    app.look(1.0)
    assert stopped(app.process)
    app._screen.reset()
    app.see_no("big")
    os.kill(app.process.pid, signal.SIGCONT)
    app.see("big", "half a thought")


def test_a_job_of_a_shell_is_suspended_until_the_shell_lets_it_go_on(terminal):
    app = terminal(shell="{}; echo back in the shell; read line; fg")
    app.see("big", "Ask")
    app.press("/suspend" + ENTER)
    app.see("back in the shell")
    app.press(ENTER)
    app.see("big", "Ask")
    app.press(CTRL_Q)
    assert app.end() == 0


WRITING = """
import os, signal
from textual.app import App
from tui.app.terminal.driver import Terminal

class Writing(App):
    def on_ready(self):
        with self._driver._writer_thread._queue.mutex:  # as while it puts a line there
            os.kill(os.getpid(), signal.SIGTSTP)

Writing(driver_class=Terminal).run()
"""


def test_a_program_that_is_writing_just_then_stops_all_the_same(terminal, tmp_path):
    script = tmp_path / "writing.py"
    script.write_text(WRITING)
    line = shlex.join([sys.executable, str(script)])
    terminal(shell=f"{line}; echo back in the shell; kill -KILL %1").see("back in the shell")


ENDING = """
import os, signal
from textual.app import App
from tui.app.terminal.driver import Terminal

class Ending(App):
    def on_ready(self):
        self.exit()
        os.kill(os.getpid(), signal.SIGTSTP)
        os.kill(os.getpid(), signal.SIGCONT)

Ending(driver_class=Terminal).run()
"""


def test_a_program_that_is_ending_does_not_stop_nor_begin_anew(terminal, tmp_path):
    script = tmp_path / "ending.py"
    script.write_text(ENDING)
    app = terminal(shell=f"{shlex.join([sys.executable, str(script)])}; echo ended by $?")
    app.see("ended by 0")
    assert app.output.count(b"\x1b[>29u") == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_a_program_that_was_stopped_unasked_has_the_terminal_once(terminal):
    app = terminal()
    app.see("big", "Ask")
    for typed, seen in (("half", "half"), (" a thought", "half a thought")):
        os.kill(app.process.pid, signal.SIGSTOP)
        assert stopped(app.process)
        app._screen.reset()
        os.kill(app.process.pid, signal.SIGCONT)
        app.press(typed)
        app.see("big", seen)
    app.press(CTRL_Q)
    assert app.end() == 0
    taken, given = app.output.count(b"\x1b[>29u"), app.output.count(b"\x1b[<u")
    assert taken == 3 and given == 2 * taken


@pytest.mark.parametrize("shell", ["", "{}; true"], ids=["alone", "a shell without jobs"])
def test_where_no_shell_waits_nothing_stops_and_it_is_said(terminal, shell):
    app = terminal(shell=shell, jobs=False)
    app.see("big", "Ask")
    app.press("/suspend" + ENTER)
    app.see("no shell to go back to")
    app.press(CTRL_C)
    app.see("again quits")
    app.press("a thought")
    app.see("a thought")
    app.press(CTRL_Q)
    assert app.end() == 0


@pytest.mark.parametrize("how", ["\x1b[108;6u", "/redraw" + ENTER, "\x1b[I"], ids=["key", "command", "focus"])
def test_what_others_wrote_on_the_screen_goes(terminal, how):
    app = terminal()
    app.see("big", "Ask")
    app.others_write(b"\x1b[1;1HBroadcast message from root\x1b[10;5Hthe system goes down")
    app.press(how)
    app.see_no("Broadcast")
    app.see_no("goes down")


def test_an_editor_that_comes_back_at_once_is_named_and_its_file_is_kept(lab, terminal, tmp_path):
    editor = tmp_path / "code"
    editor.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/path\n')
    editor.chmod(0o700)
    lab.variables["VISUAL"] = str(editor)
    app = terminal(columns=160)
    app.see("big")
    app.press("one" + CTRL_G)
    app.see("came back at once", "--wait")
    path = (tmp_path / "path").read_text()
    with open(path, "a") as file:
        file.write(" and two")
    app.press(CTRL_G)
    app.see("one and two")
    assert not os.path.exists(path)


def test_a_line_that_the_terminal_cut_is_refused_in_words(lab, terminal, model_server):
    app = terminal("--plain", term="dumb")
    app.see("you:")
    app.press("x" * 6010 + "\n")
    app.see("cut this line", "nothing is sent")
    app.press("short\n")
    app.see("Hello from")
    assert len(model_server.requests) == 1
