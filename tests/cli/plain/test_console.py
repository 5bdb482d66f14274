"""``segue --plain`` in a real pseudo-terminal: lines are added, and nothing else ever happens there."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from contextlib import closing

import pytest

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal of this kind on Windows", allow_module_level=True)

CTRL_C, CTRL_D, TAB, UP, ALT_ENTER = "\x03", "\x04", "\t", "\x1b[A", "\x1b\r"


@pytest.mark.parametrize("term", ["xterm-256color", "linux", "dumb"])
def test_no_escape_is_ever_written(console, model_server, stored, term):
    model_server.reply = "I am **{model}**.\n\n```sh\nls\n```\n" + "Very long words. " * 40
    plain = console("--plain", term=term)
    plain.say("Who are you? " + "And why? " * 30)
    plain.see("big: I am big.\n\ncode, sh:\nls\nend of code\n")
    plain.say("/model small")
    plain.say("And you?")
    plain.see("small: I am small.")
    plain.see("you: ")
    plain.type(CTRL_D)
    assert plain.end() == 0
    assert b"\x1b" not in plain.output
    assert [m["model"] for m in stored()] == [None, "lab/big", None, "lab/small"]


def test_a_dumb_terminal_gets_lines_by_itself_and_the_app_if_it_is_asked_for(console):
    plain = console(term="dumb")
    plain.say("Hi")
    plain.see("big: Hello from the lab.")
    assert b"\x1b" not in plain.output
    app = console("--no-plain", term="dumb")
    app.see("\x1b[?1049h")


def test_the_wish_of_the_environment_is_heard(console):
    console(ACCESSIBLE="1").see("Segue, plain mode")
    console(ACCESSIBLE="0").see("\x1b[?1049h")


def test_ctrl_c_stops_the_reply_and_keeps_its_text(lab, console, model_server, stored):
    model_server.reply = "This is the first sentence. And this one never ends"
    model_server.hold_after = 7
    plain = console("--plain")
    plain.say("Hi")
    plain.see("big: This is the first sentence. ")
    lab.wait_for_stored("And this")
    plain.type(CTRL_C)
    plain.see("And this\nstopped\nyou: ")
    assert model_server.left.wait(10), "the server never saw the connection close"
    model_server.release.set()
    plain.type("Go on\r")
    plain.see("big: This is the first sentence. And this one never ends")
    assert [(m["text"], m["status"]) for m in stored()][1] == (
        "This is the first sentence. And this",
        "stopped",
    )


def test_ctrl_c_twice_quits_and_once_does_not(console):
    plain = console("--plain")
    plain.see("you: ")
    plain.type("half a thou" + CTRL_C)
    plain.see("Ctrl+C again quits")
    plain.say("Hi")
    plain.see("Hello from the lab.")
    plain.see("you: ")
    plain.type(CTRL_C)
    plain.see("Ctrl+C again quits")
    plain.see("you: ")
    plain.type(CTRL_C)
    assert plain.end() == 0


def test_what_another_program_writes_into_the_settings_counts_with_the_next_line(lab, console, model_server):
    plain = console("--plain")
    plain.say("Hi")
    plain.see("big: Hello from the lab.")
    lab.configure(f'system = "Be brief."\n{lab.config.read_text()}')
    plain.say("/new")
    plain.see("config.toml was changed elsewhere, and counts here now")
    plain.say("Hi")
    plain.see("big: Hello from the lab.")
    assert model_server.requests[-1]["messages"][0] == {"role": "system", "content": "Be brief."}


def test_tools_that_another_program_turns_on_count_with_the_next_line(lab, console):
    plain = console("--plain")
    plain.say("/tools")
    plain.see("web_fetch, off")
    lab.configure(f'{lab.config.read_text()}[tools]\nuse = ["web_fetch"]\n')
    plain.type("/tools\r")
    plain.see("config.toml was changed elsewhere, and counts here now")
    plain.see("web_fetch, on")


def test_what_another_program_said_meanwhile_is_told_before_one_goes_on_behind_it(lab, console, model_server):
    plain = console("--plain")
    plain.say("Hi")
    plain.see("big: Hello from the lab.")
    lab.segue("ask", "-c", "From elsewhere")
    plain.say("And now?")
    plain.see("Another program went on in this conversation")
    plain.say("And now?")
    plain.see("big: Hello from the lab.")
    assert [m["content"] for m in model_server.requests[-1]["messages"]][2::2] == [
        "From elsewhere",
        "And now?",
    ]


def test_what_could_not_be_saved_to_the_end_is_told_at_the_end(lab, console, model_server):
    model_server.reply, model_server.hold_after = "One two", 1
    plain = console("--plain")
    plain.say("Count")
    lab.wait_for_stored("One")
    with closing(sqlite3.connect(lab.history, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # as another program that hangs
        model_server.release.set()
        plain.see("not saved: ")
        plain.see("you: ")
        plain.type(CTRL_D)
        assert plain.end() == 1
    assert "segue: the last of the replies could not be saved" in plain.text


def test_a_paste_of_several_lines_is_one_prompt(console, model_server):
    plain = console("--plain")
    plain.say("one\\\rtwo\r\rthree")
    plain.see("Hello from the lab.")
    assert [r["messages"][-1]["content"] for r in model_server.requests] == ["one\\\ntwo\n\nthree"]


def test_a_long_line_is_whole(console, model_server):
    plain = console("--plain")
    plain.say("word " * 2000)
    plain.see("Hello from the lab.")
    assert model_server.requests[0]["messages"][-1]["content"].split() == ["word"] * 2000


def test_earlier_prompts_come_back_commands_complete_and_lines_are_added(console, script, model_server):
    script("An earlier prompt")
    plain = console("--plain")
    plain.see("you: ")
    plain.type(UP + "\r")
    plain.see("Hello from the lab.")
    plain.see("you: ")
    plain.type("/hi" + TAB + "1\r")
    plain.see("/history 1\n2. big: Hello")
    plain.see("you: ")
    plain.type("/model lab/sm" + TAB + "\r")
    plain.see("small of lab answers")
    plain.see("you: ")
    plain.type("one" + ALT_ENTER + "two\r")
    plain.see("small: Hello")
    prompts = [r["messages"][-1]["content"] for r in model_server.requests]
    assert prompts == ["An earlier prompt", "An earlier prompt", "one\ntwo"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_stores_the_reply(lab, console, model_server, stored, number, code):
    model_server.hold_after = 2
    plain = console("--plain")
    plain.say("Hi")
    assert model_server.reached.wait(30)
    lab.wait_for_stored("Hello from")
    plain.process.send_signal(number)
    assert plain.end() == code and "Traceback" not in plain.text
    assert [(m["text"], m["status"]) for m in stored()][1] == ("Hello from", "stopped")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_at_the_prompt_ends_it(console, number, code):
    plain = console("--plain")
    plain.see("you: ")
    plain.process.send_signal(number)
    assert plain.end() == code and "Traceback" not in plain.text


@pytest.mark.parametrize("when", ["while a reply comes", "at the prompt"])
def test_a_terminal_that_vanishes_ends_it_and_keeps_the_text(lab, console, model_server, stored, when):
    plain = console("--plain")
    if when == "at the prompt":
        plain.say("Hi")
        plain.see("lab.\nyou: ")
    else:
        model_server.hold_after = 2
        plain.say("Hi")
        assert model_server.reached.wait(30)
        lab.wait_for_stored("Hello from")
    plain.vanish()
    plain.process.wait(30)
    assert stored()[1]["text"].startswith("Hello from")


def test_waiting_and_thinking_are_said_once_and_the_retry_without_a_countdown(console, model_server):
    model_server.status = 503
    plain = console("--plain")
    plain.say("Hi")
    plain.see("try 2 of 3")
    model_server.status = 200
    plain.see("big: Hello from the lab.")
    assert plain.text.count("try 2 of 3") == 1


def test_silence_is_broken_with_words(console, model_server):
    model_server.reply = "half a sentence that is long enough to be one. Then nothing"
    model_server.hold_after = 3
    plain = console("--plain")
    plain.say("Hi")
    plain.see("big: half a ")  # what has come, after three seconds
    model_server.release.set()
    plain.see("sentence that is long enough to be one. Then nothing\nyou: ")


@pytest.mark.skipif(not os.path.exists("/bin/sh"), reason="the editor of this test is a shell script")
def test_ctrl_c_in_the_editor_is_the_editors(console, model_server, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text(
        '#!/bin/sh\ntrap "echo caught; echo From the editor > $1; exit 0" INT\n'
        "echo open\nwhile :; do sleep 0.1; done\n"
    )
    editor.chmod(0o700)
    plain = console("--plain", VISUAL=str(editor))
    plain.say("/editor")
    plain.see("open")
    plain.type(CTRL_C)
    plain.see("caught\nyou: From the editor\nbig: Hello from the lab.\nyou: ")
    rows = json.dumps(model_server.requests[0]["messages"])
    assert "From the editor" in rows
