"""The whole program in a real pseudo-terminal: what only a terminal shows."""

from __future__ import annotations

import os
import re
import select
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal of this kind on Windows", allow_module_level=True)

import fcntl
import pty
import termios

import pyte

ENTER, ESCAPE, CTRL_C, CTRL_G, CTRL_L = "\r", "\x1b", "\x03", "\x07", "\x0c"
CTRL_Q, CTRL_R, CTRL_U, CTRL_X, F10 = "\x11", "\x12", "\x15", "\x18", "\x1b[21~"
TAB, ALT_UP, RIGHT = "\t", "\x1b[1;3A", "\x1b[C"
PATIENCE = 30.0
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?1000l")


def _session(leader: int) -> Iterator[int]:
    """The processes of a session, jobs of a shell among them."""
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(ProcessLookupError):
            if os.getsid(int(entry.name)) == leader:
                yield int(entry.name)


class Terminal:
    """A program in a pseudo-terminal, and the screen that its output makes."""

    def __init__(
        self,
        env: dict[str, str],
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        owner: bool = True,
        term: str = "xterm-256color",
        shell: str = "",
        jobs: bool = True,
        answers: dict[bytes, bytes] | None = None,
        program: Sequence[str] = (),
    ) -> None:
        self._answers = answers or {}
        """What the terminal answers to which question."""
        self._asked: dict[bytes, int] = {}
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.output = self._begun = b""
        self._master, slave = pty.openpty()
        self._name = os.ttyname(slave)
        termios.tcsetwinsize(slave, (rows, columns))
        program = list(program) or [sys.executable, "-m", "tui", *arguments]
        if shell:  # which runs the program where its line says {}
            line = shell.format(shlex.join(program))
            program = ["sh", "-m" if jobs else "+m", "-c", line]
        self.process = subprocess.Popen(
            program,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={"COLORTERM": "truecolor", **env, "TERM": term},
            start_new_session=True,
            preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if owner else None,
        )
        os.close(slave)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def send(self, data: bytes) -> None:
        os.write(self._master, data)

    def others_write(self, data: bytes) -> None:
        """Write to the terminal what the program knows nothing of, as ``wall`` does, and read that."""
        terminal = os.open(self._name, os.O_WRONLY | os.O_NOCTTY)
        os.write(terminal, data)
        os.close(terminal)
        self._read_until(lambda: data in self.output)

    def see(self, *words: str) -> None:
        """Read until all ``words`` stand on the screen."""
        self._read_until(lambda: all(word in self.text for word in words))
        missing = [word for word in words if word not in self.text]
        assert not missing, f"not on the screen: {missing}\n{self.text}"

    def look(self, seconds: float) -> None:
        """Read what comes within some time."""
        until = time.monotonic() + seconds
        self._read_until(lambda: time.monotonic() >= until, seconds)

    def see_no(self, word: str) -> None:
        """Read until ``word`` is gone."""
        self._read_until(lambda: word not in self.text)
        assert word not in self.text, self.text

    def end(self) -> int:
        """Read to the end of the program and return its exit code."""
        self._read_until(lambda: False)
        return self.process.wait(PATIENCE)

    def vanish(self) -> None:
        """Close the terminal's window."""
        os.close(self._master)
        self._master = -1

    def close(self) -> None:
        """End the program, and where it can be seen what else its session has, all of that."""
        if self.process.poll() is None:
            for member in _session(self.process.pid):
                with suppress(ProcessLookupError):
                    os.kill(member, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        if self._master >= 0:
            os.close(self._master)

    def _read_until(self, enough: Callable[[], bool], step: float = 0.5) -> None:
        deadline = time.monotonic() + PATIENCE
        while not enough() and time.monotonic() < deadline:
            ready, _, _ = select.select([self._master], [], [], step)
            if not ready:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:  # the other end is closed
                return
            if not data:
                return
            self.output += data
            self._answer()
            self._feed(data.replace(b"\x1b[?996n", b""))  # pyte knows no private one of its kind

    def _feed(self, data: bytes) -> None:
        """Draw what came; pyte would write what a picture is made of."""
        begun, self._begun = self._begun + data, b""
        text = re.sub(rb"\x1b_[^\x1b]*\x1b\\", b"", begun)
        text, picture, rest = text.partition(b"\x1b_")
        self._begun = picture + rest
        self._stream.feed(text)

    def _answer(self) -> None:
        for question, answer in self._answers.items():
            times = self.output.count(question)
            os.write(self._master, answer * (times - self._asked.get(question, 0)))
            self._asked[question] = times


@pytest.fixture
def terminal(lab) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_terminal(*arguments: str, **size: int) -> Terminal:
        opened.append(Terminal(lab.env, *arguments, **size))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()


def test_keys_of_one_read_are_done_in_their_order(terminal):
    app = terminal()
    app.see("big", "Ask")
    app.press("one two")
    app.see("one two")
    app.press("\x1bbX\x01Y")
    app.see("Yone Xtwo")


def test_converse_switch_model_quit_and_come_back(terminal, model_server):
    model_server.reply = "I am {model}."
    first = terminal()
    first.see("lab/big"[4:])
    first.press("Who are you?" + ENTER)
    first.see("I am big.", "ready")
    first.press("And you?" + CTRL_L)
    first.see("context")
    first.press("small" + ENTER)
    first.see_no("context")
    first.see("And you?")  # what was typed is still there
    first.press(ENTER)
    first.see("I am small.", "ready")
    assert [r["model"] for r in model_server.requests] == ["big", "small"]
    first.press(CTRL_Q)
    assert first.end() == 0
    again = terminal("--continue")
    again.see("I am big.", "I am small.")
    again.press(CTRL_Q)
    assert again.end() == 0


def test_a_hostile_reply_steers_nothing(terminal, model_server):
    model_server.reply = (
        "Look: \x1b]52;c;cHduZWQ=\x07 \x1b]0;owned\x07 \x1b[2J \x9b2J \u202eover \ud800 # done"
    )
    first = terminal()
    first.press("Go on" + ENTER)
    first.see("Look: ␛]52", "<U+202E>over", "done", "ready")
    for sequence in ("\x1b]52", "owned\x07", "\x9b", "\u202e"):
        assert sequence.encode() not in first.output


def test_a_setting_and_a_key_are_changed_and_the_rest_of_the_file_stays(lab, terminal):
    mine = lab.config.read_text() + "\n# Keys\n[keys]\n# as at home\nnew = 'f7' # was in the way\n"
    lab.config.write_text(f"# My settings\n{mine}")
    app = terminal()
    app.see("big", "Ask")
    app.press(F10)
    app.see("Type to find a setting")
    app.press("Vim's" + ENTER)
    app.see("Written to config.toml: true")
    app.press(CTRL_U + "keys.sidebar" + ENTER)
    app.see("Press the key")
    app.press(CTRL_X)
    app.see("Nothing else has it")
    app.press(ENTER)
    app.see("Written to config.toml: ctrl+x")
    app.press(ESCAPE)
    app.see("insert", "Ask")
    app.press(ESCAPE)
    app.see("normal")
    app.press(CTRL_X)
    app.see("open", "close")
    app.press(CTRL_Q)
    assert app.end() == 0
    text = lab.config.read_text()
    assert text == "# My settings\n" + mine.replace('"lab/big"\n', '"lab/big"\nvim = true\n').replace(
        "in the way\n", 'in the way\nsidebar = "ctrl+x"\n'
    )


def test_a_server_is_connected_by_its_address_and_answers_without_a_restart(home, terminal, model_server):
    home.configure("# mine\n")
    model_server.models = ("alpha",)
    app = terminal(rows=30)
    app.see("Begin with")
    app.press(ESCAPE)
    app.see_no("Begin with")
    app.press(f"/connect {model_server.url.removeprefix('http://')}/chat/completions" + ENTER)
    app.see("Address")
    app.press(TAB + "'sk-key-0123456789'" + TAB + CTRL_U + "box" + ENTER)
    app.see("1 model. box/alpha says “Hello”", "Kept as box in config.toml, its key in keys.json")
    app.press(ENTER)
    app.see("alpha answers from now on")
    app.press("Hi" + ENTER)
    app.see("Hello from the", "ready")
    assert model_server.headers[-1]["Authorization"] == "Bearer sk-key-0123456789"
    app.press(CTRL_Q)
    assert app.end() == 0
    assert (
        home.config.read_text() == f'# mine\n\n[providers.box]\ntype = "openai"\nurl = "{model_server.url}"\n'
    )
    assert b"sk-key" not in app.output


def test_a_draft_survives_a_quit(terminal):
    first = terminal()
    first.see("big")
    first.press("half a thought")
    first.see("half a thought")
    first.press(CTRL_Q)
    assert first.end() == 0
    again = terminal("--continue")
    again.see("half a thought")


def test_a_draft_survives_a_kill_and_so_do_recalled_prompts(lab, terminal):
    first = terminal()
    first.see("big")
    first.press("an earlier prompt" + ENTER)
    first.see("Hello from", "ready")
    first.press("half a thought")
    lab.wait_for_stored("half a thought", "draft", "conversations")
    first.process.kill()
    first.end()
    again = terminal()
    again.see("half a thought", "Hello from")
    again.press("\x15\x1b[A")  # clears the line, then recalls
    again.see_no("half a thought")
    again.see("▎ an earlier prompt")


def test_an_editor_borrows_the_terminal_and_gives_it_back(lab, terminal, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf " edited" >> "$1"\n')
    editor.chmod(0o700)
    lab.variables["VISUAL"] = str(editor)
    app = terminal()
    app.see("big")
    app.press("one" + CTRL_G)
    app.see("one edited")
    app.press(" two" + CTRL_G)
    app.see("one edited two edited")
    app.press(CTRL_Q)
    assert app.end() == 0


def test_an_editor_that_is_not_there_takes_no_terminal_away(lab, terminal):
    lab.variables["VISUAL"] = "no-such-editor"
    app = terminal()
    app.see("big")
    app.press("one" + CTRL_G)
    app.see("no-such-editor: No such file or directory")
    app.press(" two")
    app.see("one two")


def test_escape_stops_and_keeps_the_text(terminal, model_server):
    model_server.hold_after = 2
    app = terminal()
    app.see("big")
    app.press("Hi" + ENTER)
    app.see("Hello from")
    app.press(ESCAPE)
    app.see("stopped", "Hello from")
    assert model_server.left.wait(10), "the server never saw the connection close"


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_a_signal_saves_the_reply_and_restores_the_terminal(terminal, model_server, number, code):
    model_server.hold_after = 2
    app = terminal()
    app.see("big")
    app.press("Hi" + ENTER)
    app.see("Hello from")
    app.process.send_signal(number)
    assert app.end() == code
    assert [sequence for sequence in RESTORED if sequence not in app.output] == []
    model_server.release.set()
    again = terminal("--continue")
    again.see("Hello from", "stopped")


@pytest.mark.skipif(sys.platform == "darwin", reason="its terminals can't be polled")
@pytest.mark.parametrize("owner", [True, False], ids=["hung-up", "without-a-signal"])
def test_a_terminal_that_vanishes_ends_the_program_and_saves_the_reply(terminal, model_server, owner):
    model_server.hold_after = 2
    app = terminal(owner=owner)
    app.see("big")
    app.press("Hi" + ENTER)
    app.see("Hello from")
    app.vanish()
    assert app.process.wait(6) == 129
    model_server.release.set()
    again = terminal("--continue")
    again.see("Hello from", "stopped")


def test_keys_pressed_before_the_program_had_the_terminal_are_kept_and_sent(terminal, model_server):
    app = terminal()
    app.press("abc def" + ENTER)
    app.see("Hello from", "ready")
    assert [request["messages"][-1]["content"] for request in model_server.requests] == ["abc def"]


def test_lines_typed_ahead_in_one_go_stay_in_order(terminal, model_server):
    app = terminal()
    app.press("abc def" + ENTER + "ghi" + ENTER)
    app.see("Hello from", "ready")
    assert model_server.requests[0]["messages"][-1]["content"] == "abc def\nghi"


def test_typing_through_the_start_keeps_the_order(terminal, model_server):
    app = terminal()
    text = " ".join(map(str, range(100)))
    for character in text:
        app.press(character)
        app.look(0.005)
    app.press(ENTER)
    app.see("Hello from", "ready")
    assert model_server.requests[0]["messages"][-1]["content"] == text


def test_a_paste_that_is_not_marked_is_one_prompt(terminal, model_server):
    app = terminal()
    app.see("Ask, or / for commands")
    lines = ["x" * 4095, "second " * 10 + "line", "", "z" * 4000]
    app.press("\r".join(lines) + ENTER)
    app.see("Hello from", "ready")
    assert [r["messages"][-1]["content"] for r in model_server.requests][:1] == ["\n".join(lines)]


def test_a_paste_presses_no_keys(terminal, model_server):
    app = terminal()
    app.see("big")
    app.see("Ask, or / for commands")
    app.press("\x1b[200~line \x1b[31m red\x11\r\x1b[A\x1b\x1b[15~\x03 last\x1b[201~")
    app.see("line ␛[31m red␑", "␛[A␛␛[15~␃ last")
    assert model_server.requests == []


@pytest.mark.parametrize(("begin", "end", "size"), [("\x1b[200~", "\x1b[201~", 150_000), ("", "", 8_000)])
def test_a_long_paste_is_there_at_once(terminal, begin, end, size):
    app = terminal()
    app.see("Ask, or / for commands")
    text = "All work and no play makes me.\r" * (size // 31)
    started = time.monotonic()
    app.press(begin + text + "the end" + end)
    app.see("pasted text" if size > 100_000 else "lines]")
    assert time.monotonic() - started < 3


def test_kill_9_keeps_prompt_and_text_and_says_interrupted(lab, terminal, model_server):
    model_server.hold_after = 3
    app = terminal()
    app.see("big")
    app.press("Hi" + ENTER)
    app.see("Hello from the")
    lab.wait_for_stored("Hello from the")
    app.process.kill()
    app.end()
    model_server.release.set()
    again = terminal("--continue")
    again.see("Hi", "Hello from the", "Segue ended before this reply did")


def test_kill_9_keeps_all_that_came_of_a_comparison(lab, terminal, model_server):
    model_server.reply, model_server.hold_after = "I am {model} and more", 3
    app = terminal(columns=120, rows=40)
    app.see("big")
    app.press("Hi" + CTRL_L)
    app.see("tab compare")
    app.press("small" + TAB + ENTER)
    app.see("I am big", "I am small", "big  ● answering", "small  ● answering")
    lab.wait_for_stored("I am big")
    lab.wait_for_stored("I am small")
    app.process.kill()
    app.end()
    model_server.release.set()
    again = terminal("--continue")
    again.see("Segue ended before this reply did", "‹ 1/2 ›", "I am big")
    again.press(ALT_UP + RIGHT)
    again.see("Segue ended before this reply did", "‹ 2/2 ›", "I am small")


@pytest.fixture
def small_disk(lab) -> Iterator[Path]:
    """The history is on a disk of three megabytes, where we may mount one."""
    folder = lab.path / "data"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True)
    if done.returncode:
        pytest.skip("no right to mount")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_on_a_full_disk_the_conversation_goes_on_and_is_saved_when_there_is_room(
    terminal, model_server, small_disk
):
    model_server.hold_after, model_server.reply = 3, "Hello from the " + "lab, all of it. " * 500
    app = terminal()
    app.see("big")
    app.press("Hi" + ENTER)
    app.see("Hello from the")
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    model_server.release.set()
    app.see("the disk is full", "all of it.", "ready")
    ballast.unlink()
    app.see("Everything is saved again")
    app.press(CTRL_Q)
    assert app.end() == 0
    again = terminal("--continue")
    again.see("all of it.")


def test_ctrl_c_stops_then_asks_then_quits(terminal):
    app = terminal()
    app.see("big")
    app.press(CTRL_C)
    app.see("again")
    app.press(CTRL_C)
    assert app.end() == 0


def test_ctrl_c_again_and_again_quits_like_once(terminal):
    app = terminal()
    app.see("big")
    while app.process.poll() is None:  # also when the terminal has been given back already
        app.press(CTRL_C)
        app.look(0.02)
    assert app.end() == 0


def test_a_tiny_terminal_gets_one_clear_line(terminal):
    app = terminal(columns=30, rows=8)
    app.see("40")
    app.press(CTRL_Q)
    assert app.end() == 0


def test_a_terminal_of_unknown_kind_does_not_crash(lab):
    app = Terminal(lab.env, term="")
    try:
        app.see("big")
        app.press(CTRL_Q)
        assert app.end() == 0
    finally:
        app.close()


@pytest.mark.parametrize(
    "line",
    [
        b"\x1b[1089::99;5u",
        b"\x1b[1:2:3:4;5:6:7;8:9u",
        b"\x1b[99999999999999999999;5u",
        b"\x1b[<0;99999999999999999999999;1M" * 3,
        b"\x1b[48;24;80;0;0t\x1b[<35;5;5M",
        b"\x1b[48;99999999;99999999;1;1t",
        b"\x1b[200~\x1b[201~\x1b[201~",
        b"\x1b]52;c;aGk=\x07\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\\x1bP>|tmux 3.4\x1b\\\x1b[?62;1c",
    ],
)
def test_no_bytes_of_the_terminal_end_the_program_and_none_is_typed(terminal, line):
    app = terminal()
    app.see("big")
    app.send(line)
    app.look(0.3)
    app.press("still here")
    app.see("▎ still here")
    app.press(CTRL_Q)
    assert app.end() == 0


def test_bytes_that_are_no_text_are_seen_and_end_nothing(terminal):
    app = terminal()
    app.see("big")
    app.send(b"\xff\xfe\x9b\xc2\x1b\xc3")
    app.look(0.3)
    app.press("still here")
    app.see("\ufffdstill here")


def test_keys_by_their_place_are_asked_for_and_obeyed(terminal):
    app = terminal()
    app.see("big")
    app.press("some words")
    app.see("some words")
    app.press("\x1b[1075::117;5u")
    app.see_no("some words")
    assert app.output.count(b"\x1b[>29u") == 1
    app.press("\x1b[1081::113;5u")
    assert app.end() == 0
    assert app.output.count(b"\x1b[<u") == 2  # one for each that was asked for


HOSTILE = "\x1b]52;c;cHduZWQ=\x07\x9b2J\x1b]0;owned\x1b\\"


def test_names_of_files_steer_nothing(lab, terminal, tmp_path, monkeypatch):
    work = tmp_path / "hostile"
    work.mkdir()
    (work / f"r{HOSTILE}.txt").write_text("Buy milk")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent.parent))
    theme = 'theme = "x\\u001b]52;c;cHduZWQ=\\u0007"\n[nothing]\n"\\u001b]0;owned\\u0007" = 1\n'
    lab.configure(f"{lab.config.read_text()}\n{theme}")
    monkeypatch.chdir(work)
    lab.variables["VISUAL"] = f"no-such-{HOSTILE}"
    app = terminal(f"--attach=r{HOSTILE}.txt")
    app.see("big", "␛]52")
    app.press("see @r")
    app.look(0.5)
    app.press(TAB)
    app.look(0.5)
    app.press(CTRL_G)
    app.see("no-such-")
    app.press("\x1b[200~pasted\x1b]52;c;cHduZWQ=\x07\x1b[201~")
    app.see("pasted")
    for sequence in ("\x1b]52", "\x1b]0;", "\x9b", "\x1b[2J\x1b"):
        assert sequence.encode() not in app.output


@pytest.mark.parametrize(
    "arguments",
    [
        (f"--{HOSTILE}",),
        ("ask", f"--{HOSTILE}"),
        ("--open", HOSTILE),
        ("ask", "-m", HOSTILE, "Hi"),
        ("history", HOSTILE),
        ("history", "show", HOSTILE),
        ("history", "export", "1", "-o", f"/nowhere/{HOSTILE}"),
        ("history", "import", f"/nowhere/{HOSTILE}"),
        ("keys", "set", HOSTILE),
        ("local", HOSTILE),
        ("restore", f"/nowhere/{HOSTILE}"),
        ("--attach", HOSTILE),
        ("--plain", "-m", HOSTILE, "Hi"),
    ],
    ids=lambda arguments: " ".join(arguments).split("\x1b")[0],
)
def test_what_is_said_of_an_argument_steers_nothing(terminal, arguments):
    app = terminal(*arguments)
    app.look(1.5)
    app.press("\x04")
    for sequence in ("\x1b]52", "\x1b]0;", "\x9b"):
        assert sequence.encode() not in app.output
