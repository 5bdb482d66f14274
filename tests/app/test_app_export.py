"""A conversation becomes a file, and nothing is overwritten."""

from __future__ import annotations

import json

import pytest

from tui.app.export_file import export, slug
from tui.chat.bundle import Bundle
from tui.chat.conversation import Conversation
from tui.chat.message import Message, Role
from tui.errors import SegueError, UsageError


@pytest.fixture
def bundle():
    conversation = Conversation(7, title="Kyoto: four / days")
    prompt = Message(1, 7, None, Role.USER, "Where to?")
    conversation.append(prompt)
    return Bundle(conversation, [prompt])


def test_the_name_is_made_of_the_title(bundle, tmp_path):
    path = export(bundle, "", tmp_path)
    assert path == tmp_path / "kyoto-four-days.md"
    assert "Where to?" in path.read_text()
    assert export(bundle, "", tmp_path).name == "kyoto-four-days-2.md"


@pytest.mark.parametrize(("name", "sign"), [("a.md", "## "), ("a.html", "<html"), ("a.json", '"segue"')])
def test_the_ending_says_the_form(bundle, tmp_path, name, sign):
    assert sign in export(bundle, name, tmp_path).read_text()


def test_nothing_is_overwritten_and_no_link_followed(bundle, tmp_path):
    (tmp_path / "a.md").write_text("precious")
    (tmp_path / "b.md").symlink_to(tmp_path / "nowhere")
    for name in ("a.md", "b.md"):
        with pytest.raises(UsageError, match="is there already"):
            export(bundle, name, tmp_path)
    assert (tmp_path / "a.md").read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


def test_what_cannot_be_written_is_said(bundle, tmp_path):
    with pytest.raises(SegueError, match="can't be written"):
        export(bundle, "no/such/folder/a.md", tmp_path)
    with pytest.raises(UsageError, match=r"the ending \.exe"):
        export(bundle, "a.exe", tmp_path)


@pytest.mark.parametrize(
    ("title", "name"), [("../../etc/passwd", "etc-passwd"), ("", "conversation"), ("Ünïcode Ö", "ünïcode-ö")]
)
def test_a_title_cannot_leave_the_folder(title, name):
    assert slug(title) == name


async def test_the_command_exports(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with run() as world:
        await world.say("Hello there")
        await world.sees("I am big.", "ready")
        await world.type("/export chat.json")
        await world.pilot.press("enter")
        await world.sees("Exported to")
        assert json.loads((tmp_path / "chat.json").read_text())["title"] == "Hello there"


async def test_a_model_names_the_conversation_where_the_person_wants_that(run):
    async with run(size=(120, 40), auto_title=True) as world:
        world.script("Four days are enough.")
        world.script("Days in Kyoto")
        await world.say("How long for Kyoto and its temples?")
        await world.until(lambda: world.chat.room.desk.chat.conversation.title == "Days in Kyoto")
        await world.sees("Days in Kyoto")
