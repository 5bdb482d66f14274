"""Tools in plain mode: asked on the terminal, and never where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.test_ask_tools import TOOL
from tests.pictures import png

if sys.platform == "win32":
    pytest.skip("there is no pseudo-terminal of this kind on Windows", allow_module_level=True)

CTRL_C = "\x03"
ASKED = "y once, c in this conversation, a always, n no, s no and stop: "


@pytest.fixture
def notes(lab, tmp_path: Path) -> Path:
    path = tmp_path / "notes.txt"
    folder = lab.config.parent / "tools"
    folder.mkdir(parents=True)
    (folder / "notes.py").write_text(TOOL.format(path=str(path)), encoding="utf-8")
    lab.configure(lab.config.read_text() + '[tools]\nuse = ["add_note"]\n')
    return path


def asks(model_server, console, text: str = "milk"):
    model_server.calls.append(("add_note", {"text": text}))
    plain = console("--plain")
    plain.say("Note it")
    plain.see("The model wants to use add_note\n")
    plain.see(f"text: {text}")
    return plain


def test_yes_lets_it_be_done(notes, console, model_server):
    plain = asks(model_server, console)
    plain.see(ASKED)
    plain.type("y\r")
    plain.see("result: added milk")
    plain.see("big: Hello from the lab.")
    assert notes.read_text() == "milk\n" and b"\x1b" not in plain.output


@pytest.mark.parametrize("answer", ["n", "", "no"])
def test_no_leaves_it_undone_and_the_reply_goes_on(notes, console, model_server, answer):
    plain = asks(model_server, console)
    plain.see(ASKED)
    plain.type(f"{answer}\r")
    plain.see("big: Hello from the lab.")
    assert not notes.exists()


def test_what_is_no_answer_is_asked_again(notes, console, model_server):
    plain = asks(model_server, console)
    plain.see(ASKED)
    plain.type("perhaps\r")
    plain.see("one letter answers; an empty line means no")
    plain.see(ASKED)
    plain.type("s\r")
    plain.see("stopped")
    plain.see("you: ")
    assert not notes.exists()


def test_ctrl_c_at_the_question_stops_the_reply_and_the_next_prompt_is_sent(notes, console, model_server):
    plain = asks(model_server, console)
    plain.see(ASKED)
    plain.type(CTRL_C)
    plain.see("stopped")
    plain.say("Go on")
    plain.see("big: Hello from the lab.")
    assert not notes.exists()


def test_a_line_that_was_typed_before_the_question_answers_nothing_and_is_sent_later(
    notes, console, model_server
):
    model_server.calls.append(("add_note", {"text": "milk"}))
    model_server.wait = model_server.release
    plain = console("--plain")
    plain.say("Note it")
    assert model_server.reached.wait(30)
    plain.type("y\r")
    model_server.release.set()
    plain.see(ASKED)
    assert not notes.exists()
    plain.type("n\r")
    plain.see("big: Hello from the lab.")
    plain.see("you: y")
    plain.see("big: Hello from the lab.")
    assert not notes.exists()


def test_where_there_is_no_terminal_the_answer_is_no(notes, script, model_server):
    model_server.calls.append(("add_note", {"text": "milk"}))
    said = script("Note it", "y")
    assert "add_note" in said and "nobody could be asked" in said
    assert not notes.exists() and "you: y" in said


def test_tools_are_listed_and_turned_by_number_and_by_name(notes, script):
    said = script(
        "/tools",
        "1",
        "/tools add_note",
        "/tools add",
        "",
        "/tools addnote",
        "/mcp",
        "/search",
        "/search on",
        "/draw on",
    )
    assert "1. web_fetch, off, about " in said and "add_note, on, about " in said
    assert "you: /tools add\n1. add_note, off" in said
    assert "web_fetch is on in this conversation" in said and "add_note is off in this conversation" in said
    assert "There is no tool addnote. Did you mean add_note?" in said
    assert "no server is configured" in said
    assert said.count("big has no search of the web of its own") == 2
    assert "big makes no pictures" in said


def test_what_a_kept_prompt_misses_is_asked_for_a_line_each(lab, console, model_server):
    folder = lab.config.parent / "prompts"
    folder.mkdir()
    blanks = "variables:\n  language: {choices: [German, French]}\n  tone: kind\n"
    (folder / "translate.md").write_text(f"---\n{blanks}---\nInto {{language}}, {{tone}}: {{input}}")
    plain = console("--plain")
    plain.say("/translate Good day")
    plain.see("language, one of, needed: ")
    plain.type("French\r")
    plain.see("tone, text, else kind: ")
    plain.type("\r")
    plain.see("input, text, needed, else Good day: ")
    plain.type("\r")
    plain.see("send it? y yes")
    plain.type("y\r")
    plain.see("big: Hello from the lab.")
    assert model_server.requests[0]["messages"][-1]["content"] == "Into French, kind: Good day"
    assert b"password" not in plain.output


def test_a_model_that_makes_nothing_but_pictures_answers_with_one(lab, script, model_server):
    lab.configure(f'model = "lab/gpt-image-1"\n[providers.lab]\nurl = "{model_server.url}"\n')
    model_server.pictures, model_server.reply = [png()], "A red cat"
    said = script("A red cat", "/draw on", "/search on", "/compact")
    assert "Making a picture" in said and "file: picture.png, image" in said
    assert "this one makes nothing else" in said
    assert "gpt-image-1 has no search of the web of its own" in said
    assert "gpt-image-1 makes nothing but pictures" in said
    assert len(model_server.requests) == 1
