"""``segue --inline`` in a real pseudo-terminal: plain mode's loop, and replies that are drawn."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_ask_tools import TOOL

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal of this kind on Windows", allow_module_level=True)

CTRL_C, CTRL_D, TAB, UP = "\x03", "\x04", "\t", "\x1b[A"
SAFE = re.compile(rb"\x1b\[(?:[0-9;]*m|[0-9]+A|J|K|[0-9]*[CDGPH@]|\?2026[hl]|\?2004[hl]|\?1034h)|\x1b[>=]")
"""All that may steer the terminal: colours, the rows that are drawn again, and line editing."""


def echoes(console) -> bool:
    import termios

    return bool(termios.tcgetattr(console._master)[3] & termios.ECHO)


def test_a_reply_has_the_models_name_in_its_hue_and_markdown_without_marks(console, model_server):
    model_server.reply = (
        "I am **{model}**.\n\n```python\nprint('x')  # why\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    )
    inline = console("--inline")
    inline.say("Who are you?")
    inline.see("I am ")
    inline.see("you: ")
    drawn = inline.text
    assert re.search("\n\x1b\\[1;(3|9)[0-7]mbig\x1b", drawn) and "I am \x1b[1;39mbig\x1b[0m." in drawn
    assert "**" not in drawn and "```" not in drawn and "|---|" not in drawn
    assert re.search(r"\x1b\[[0-9;]*m# why", drawn)


def test_no_row_is_filled_and_no_screen_is_taken(console, model_server):
    model_server.reply = "One.\n\n```\ncode\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nThe end."
    inline = console("--inline")
    inline.say("Go")
    inline.see("The end.")
    inline.see("you: ")
    inline.type(CTRL_D)
    assert inline.end() == 0
    rows = re.sub("\x1b\\[[0-9;?]*[a-zA-Z]", "", inline.text).split("\n")
    assert [row for row in rows if row.endswith(" ") and not row.startswith("you: ")] == []
    assert (
        b"\x1b[?1049h" not in inline.output
        and b"\x1b[2J" not in inline.output
        and b"\x1b[3J" not in inline.output
    )


def test_without_colours_there_are_none(console, model_server):
    model_server.reply = "`code` and **bold**.\n\n```python\nprint('x')\n```"
    inline = console("--inline", NO_COLOR="1")
    inline.say("Go")
    inline.see("print")
    inline.see("you: ")
    assert not re.search(r"\x1b\[[0-9;]*(?:3|9)[0-8]m", inline.text) and "\x1b[1mbold" in inline.text


def test_ctrl_c_in_mid_reply_keeps_its_text_and_the_next_prompt_is_sent(lab, console, model_server, stored):
    model_server.reply = "First.\n\nThis one never ends"
    model_server.hold_after = 2
    inline = console("--inline")
    inline.say("Hi")
    inline.see("This")
    lab.wait_for_stored("one")
    assert not echoes(inline)
    inline.type(CTRL_C)
    inline.see("stopped")
    inline.see("you: ")
    assert model_server.left.wait(10), "the server never saw the connection close"
    model_server.release.set()
    inline.type("Go on\r")
    inline.see("This one never ends")
    inline.see("you: ")
    inline.type(CTRL_D)
    assert inline.end() == 0 and b"^C" not in inline.output
    assert (stored()[1]["text"], stored()[1]["status"]) == ("First.\n\nThis one", "stopped")


def test_the_terminal_shows_what_is_typed_again_when_the_program_was_ended(lab, console, model_server):
    model_server.hold_after = 2
    inline = console("--inline")
    inline.say("Hi")
    lab.wait_for_stored("Hello from")
    inline.see("from")
    inline.process.terminate()
    assert inline.end() == 143 and "Traceback" not in inline.text
    assert "Hello from" in inline.text


def test_ctrl_c_twice_quits(console):
    inline = console("--inline")
    inline.see("you: ")
    inline.type(CTRL_C)
    inline.see("Ctrl+C again quits")
    inline.see("you: ")
    inline.type(CTRL_C)
    assert inline.end() == 0


def test_prompts_come_back_and_commands_are_those_of_plain_mode(console, model_server):
    inline = console("--inline")
    inline.say("An earlier prompt")
    inline.see("Hello from the ")
    inline.see("you: ")
    inline.type(UP + "\r")
    inline.see("Hello from the ")
    inline.see("you: ")
    inline.type("/hi" + TAB + "1\r")
    inline.see("4. big")
    inline.see("Hello from the ")
    inline.say("/model small")
    inline.see("small of lab answers")
    assert [r["messages"][-1]["content"] for r in model_server.requests] == ["An earlier prompt"] * 2


def test_a_reply_can_not_steer_the_terminal(console, model_server):
    evil = "\x1b]52;c;aGk=\x07\x1b[2J\x1b[5A\x9b3J\x1b]0;title\x07\x1b[?1049h\r\x08\u202e"
    model_server.reply = f"{evil}\n\n# {evil}\n\n```{evil}\n{evil}\n```\n\n[x{evil}](https://a{evil})\n\n"
    model_server.reply += f"| {evil} |\n|---|\n| x |\n\nend."
    inline = console("--inline")
    inline.say("Go")
    inline.see("end.")
    inline.see("you: ")
    reply = inline.output[inline.output.index(b"Go") :]
    rest = SAFE.sub(b"", reply)
    assert (
        b"\x1b" not in rest
        and b"\x07" not in rest
        and "\u202e" not in rest.decode()
        and "\x9b" not in rest.decode()
    )


@pytest.mark.parametrize("answer", ["y", "n"])
def test_a_tool_asks_below_what_is_printed(lab, console, model_server, tmp_path: Path, answer):
    notes, folder = tmp_path / "notes.txt", lab.config.parent / "tools"
    folder.mkdir(parents=True)
    (folder / "notes.py").write_text(TOOL.format(path=str(notes)), encoding="utf-8")
    lab.configure(lab.config.read_text() + '[tools]\nuse = ["add_note"]\n')
    model_server.calls.append(("add_note", {"text": "milk"}))
    inline = console("--inline")
    inline.say("Note it")
    inline.see("The model wants to use add_note")
    inline.see("s no and stop: ")
    inline.type(f"{answer}\r")
    inline.see("Hello from the ")
    inline.see("you: ")
    assert notes.exists() == (answer == "y")


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_whose_cursor_does_not_move_is_told_of_plain_mode(console, term):
    inline = console("--inline", term=term)
    inline.see("segue --plain")
    assert inline.end() == 2 and b"\x1b" not in inline.output


def test_a_pipe_is_told_of_plain_mode(lab):
    done = lab.segue("--inline", given="Hi\n", code=2)
    assert "needs a terminal" in done.stderr and "segue --plain" in done.stderr and not done.stdout


def test_plain_and_inline_are_not_both(lab):
    assert "not allowed with" in lab.segue("--inline", "--plain", given="", code=2).stderr


def test_its_start_brings_nothing_that_plain_mode_does_without():
    def brought(module: str) -> set[str]:
        code = f"import sys, {module}; print(*sys.modules)"
        return set(subprocess.check_output([sys.executable, "-c", code], text=True).split())

    more = brought("tui.cli.inline.run") - brought("tui.cli.plain.run")
    ours = {name for name in more if name.startswith("tui.")}
    assert ours == {
        "tui.cli.inline",
        "tui.cli.inline.run",
        "tui.cli.inline.terminal",
        "tui.app.terminal",
        "tui.app.terminal.abilities",
        "tui.app.theme",
        "tui.app.theme.grid",
    }
    assert not {"textual", "rich", "markdown_it", "pygments"} & {name.split(".")[0] for name in more}


def test_how_far_something_is_stands_below_and_does_not_stay(lab, console, model_server, tmp_path: Path):
    folder = lab.config.parent / "tools"
    folder.mkdir(parents=True)
    (folder / "notes.py").write_text(TOOL.format(path=str(tmp_path / "notes.txt")), encoding="utf-8")
    lab.configure(lab.config.read_text() + '[tools]\nuse = ["add_note"]\n')
    model_server.calls.append(("add_note", {"text": "milk"}))
    inline = console("--inline")
    inline.say("Note it")
    inline.see("s no and stop: ")
    inline.type("s\r")
    inline.see("you: ")
    lines = re.sub("\x1b\\[\\?2026[hl]", "", inline.text).split("\n")
    stayed = [line for line, below in itertools.pairwise(lines) if not below.startswith("\x1b[1A")]
    assert not any("Writing the call" in line or "waiting" in line for line in stayed)
