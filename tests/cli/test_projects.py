"""A project on the command line and in lines: said, asked, and counted only where it was accepted."""

from __future__ import annotations

import json
import sys

import pytest

WHOLE = """
model = "lab/small"
system = "Speak of bread."
files = ["README.md"]
tools = ["read_file"]
"""


@pytest.fixture
def folder(lab, tmp_path):
    """A folder with a project; the program is started there."""
    work = tmp_path / "bread"
    (work / ".segue").mkdir(parents=True)
    (work / ".segue" / "project.toml").write_text(WHOLE)
    (work / "README.md").write_text("How to bake.")
    lab.work = work
    return work


def test_ask_says_that_there_is_one_and_does_not_use_it(lab, folder, model_server):
    said = lab.segue("ask", "Hi")
    assert f"the project in {folder} does not count: it is not accepted yet" in said.stderr
    assert said.stdout == "Hello from the *lab*.\n"
    [sent] = model_server.requests
    assert (sent["model"], sent["messages"]) == ("big", [{"role": "user", "content": "Hi"}])
    [row] = json.loads(lab.segue("history", "list", "--json").stdout)
    assert row["project"] is None


def test_once_accepted_ask_uses_it(lab, folder, model_server):
    assert "Conversations that you begin here" in lab.segue("--plain", given="/project yes\n").stdout
    for options in ((), ("--no-save",)):
        said = lab.segue("ask", *options, "Hi")
        assert f"in the project bread ({folder})" in said.stderr
        sent = model_server.requests[-1]
        assert sent["model"] == "small"
        assert sent["messages"][0] == {"role": "system", "content": "Speak of bread."}
        assert "How to bake." in json.dumps(sent["messages"])
    (folder / ".segue" / "project.toml").write_text(WHOLE + "persona = 'poet'\n")
    said = lab.segue("ask", "Hi")
    assert "its file has changed" in said.stderr and model_server.requests[-1]["model"] == "big"


def test_what_the_command_line_says_comes_before_the_project(lab, folder, model_server):
    lab.segue("--plain", given="/project yes\n")
    lab.segue("ask", "-m", "lab/big", "-s", "Speak of salt.", "Hi")
    sent = model_server.requests[-1]
    assert (sent["model"], sent["messages"][0]["content"]) == ("big", "Speak of salt.")


def test_declined_it_is_silent(lab, folder, model_server):
    assert "is not used" in lab.segue("--plain", given="/project no\n").stdout
    assert lab.segue("ask", "Hi").stderr == ""


def test_a_file_that_makes_no_sense_is_told_and_stops_nothing(lab, folder):
    (folder / ".segue" / "project.toml").write_text('model = "\x1b')
    said = lab.segue("ask", "Hi")
    assert "project.toml:1:10: not valid TOML" in said.stderr and "\x1b" not in said.stderr
    assert said.stdout == "Hello from the *lab*.\n"


def test_the_list_of_here_has_those_of_the_project(lab, folder, tmp_path):
    lab.segue("ask", "Elsewhere")
    lab.segue("--plain", given="/project yes\n")
    lab.segue("ask", "Of bread")
    rows = json.loads(lab.segue("history", "list", "--here", "--json").stdout)
    assert [(row["title"], row["project"]) for row in rows] == [("Of bread", str(folder))]
    assert "Elsewhere" not in lab.segue("history", "list", "--here").stdout
    assert len(json.loads(lab.segue("history", "list", "--json").stdout)) == 2
    lab.work = tmp_path
    assert "There is no project here" in lab.segue("history", "list", "--here", code=2).stderr


def test_a_script_in_lines_is_told_what_it_would_do_and_it_does_nothing(lab, folder, model_server):
    said = lab.segue("--plain", given="Hello\n").stdout
    assert f"A project was found in {folder}. It changes no key" in said
    assert "model: lab/small" in said and "  Speak of bread." in said
    assert "it does not count before you say so: /project yes or /project no" in said
    assert model_server.requests[0]["model"] == "big"


def test_in_lines_it_is_shown_and_decided_by_its_command(lab, folder, tmp_path):
    said = lab.segue("--plain", given="/project yes\n/project\n/options\n/project maybe\n").stdout
    assert "You use the project in" in said and f"project: {folder}" in said
    assert "A project is used or not" in said
    lab.work = tmp_path
    assert "There is no project here" in lab.segue("--plain", given="/project\n").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_at_a_terminal_it_is_asked_in_a_line(console, folder, model_server):
    here = console("--plain")
    here.see("model: lab/small")
    here.see("use it? y yes, n no")
    here.type("y\r")
    here.see("Conversations that you begin here belong to the project bread")
    here.see("small of lab answers")
    here.say("Hello")
    here.see("Hello from the lab.")
    here.say("/quit")
    assert here.end() == 0
    assert model_server.requests[0]["model"] == "small"
