"""``segue ask`` with tools: those that are named, carried out where that was allowed, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

TOOL = '''
def add_note(text: str) -> str:
    """Adds a line to the notes.

    Args:
        text: The line.
    """
    with open({path!r}, "a") as notes:
        notes.write(text + chr(10))
    return f"added {{text}}"


def read_note() -> str:
    """Reads the notes."""
    return open({path!r}).read()
'''


@pytest.fixture
def notes(lab, tmp_path: Path) -> Path:
    """The notes that two tools of the person's own write and read."""
    path = tmp_path / "notes.txt"
    folder = lab.config.parent / "tools"
    folder.mkdir(parents=True)
    (folder / "notes.py").write_text(TOOL.format(path=str(path)), encoding="utf-8")
    return path


def told(model_server, text: str = "milk") -> None:
    model_server.calls.append(("add_note", {"text": text}))


def test_a_tool_that_was_allowed_is_carried_out_and_its_call_stands_in_the_document(lab, notes, model_server):
    told(model_server)
    done = lab.segue("ask", "--yes-tool", "add_note", "--json", "Note milk")
    document = json.loads(done.stdout)
    assert notes.read_text() == "milk\n"
    [call] = document["tool_calls"]
    assert call.pop("seconds") >= 0 and call.pop("id")
    assert call == {
        "server": "",
        "name": "add_note",
        "arguments": {"text": "milk"},
        "state": "done",
        "is_error": False,
        "result": "added milk",
    }
    assert (
        document["rounds"] == 1 and document["text"] == "Hello from the *lab*." and document["cost"] is None
    )
    declared = model_server.requests[0]["tools"]
    assert [one["function"]["name"] for one in declared] == ["add_note"]
    assert model_server.requests[1]["messages"][-1]["role"] == "tool"


def test_a_tool_that_was_not_allowed_is_declared_and_denied_and_that_is_said(lab, notes, model_server):
    told(model_server)
    done = lab.segue("ask", "--tool", "add_note", "Note milk")
    assert not notes.exists()
    assert done.stdout == "Hello from the *lab*.\n"
    assert "the tool add_note was not allowed; --yes-tool add_note allows it" in done.stderr
    told_the_model = model_server.requests[1]["messages"][-1]["content"]
    assert "nobody was asked" in told_the_model and "--yes-tool add_note" in told_the_model
    assert "declined" not in told_the_model


def test_what_was_allowed_names_one_tool_and_no_other(lab, notes, model_server):
    notes.write_text("old\n")
    model_server.calls.append(("read_note", {}))
    told(model_server)
    document = json.loads(
        lab.segue("ask", "--tool", "add_note", "--yes-tool", "read_note", "--json", "Go").stdout
    )
    assert [(one["name"], one["state"], one["is_error"]) for one in document["tool_calls"]] == [
        ("read_note", "done", False),
        ("add_note", "denied", True),
    ]
    assert document["rounds"] == 2 and notes.read_text() == "old\n"


def test_without_a_word_of_tools_no_tool_is_declared_and_nothing_is_carried_out(lab, notes, model_server):
    lab.configure(lab.config.read_text() + '[tools]\nuse = ["add_note"]\n')
    told(model_server)
    document = json.loads(lab.segue("ask", "--json", "Note milk").stdout)
    assert "tools" not in model_server.requests[0] and not notes.exists()
    assert document["status"] == "tool" and "not carried out" in document["tool_calls"][0]["result"]


def test_after_so_many_rounds_the_model_must_answer(lab, notes, model_server):
    for word in ("one", "two", "three"):
        told(model_server, text=word)
    document = json.loads(
        lab.segue("ask", "--yes-tool", "add_note", "--max-rounds", "2", "--json", "Note").stdout
    )
    assert notes.read_text() == "one\ntwo\n"
    assert model_server.requests[2]["tool_choice"] == "none"
    assert "2 times in a row" in " ".join(document["notices"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--tool", "add_notes"), "There is no tool add_notes\n       Did you mean add_note?"),
        (("--yes-tool", "nothing_like_it"), "There is no tool nothing_like_it"),
        (("--max-rounds", "0"), "--max-rounds must be at least 1"),
    ],
)
def test_what_can_t_be_meant_is_said_and_nothing_is_sent(lab, notes, model_server, options, words):
    assert words in lab.segue("ask", *options, "Hi", code=2).stderr
    assert not model_server.requests


def test_a_conversation_that_goes_on_keeps_its_tools(lab, notes, model_server):
    lab.segue("ask", "--tool", "add_note", "Hi")
    told(model_server)
    done = lab.segue("ask", "-c", "Note milk")
    assert "add_note was not allowed" in done.stderr and not notes.exists()


def test_a_vendor_without_a_search_answers_without_and_says_so(lab, model_server):
    done = lab.segue("ask", "--search", "What is new?")
    assert "lab/big has no search of the web: it answers without" in done.stderr


def test_a_model_without_pictures_answers_without_and_says_so(lab, model_server):
    done = lab.segue("ask", "--draw", "Draw a cat")
    assert "lab/big makes no pictures: it answers without" in done.stderr
