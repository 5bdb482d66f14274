"""A conversation becomes a file, and nothing is overwritten."""

from __future__ import annotations

import errno
import os

import pytest

from tui.chat.conversation import Bundle, Conversation
from tui.chat.export import file_name
from tui.chat.message import Message, Role
from tui.chat.parts import Text
from tui.engine import exporting
from tui.engine.exporting import name_of_picture, write_all, write_conversation
from tui.errors import SegueError, UsageError


@pytest.fixture
def bundle():
    conversation = Conversation(7, title="Kyoto: four / days")
    prompt = Message(1, 7, None, Role.USER, parts=(Text("Where to?"),))
    conversation.append(prompt)
    return Bundle(conversation, [prompt])


def test_the_name_is_made_of_the_title(bundle, tmp_path):
    path = write_conversation(bundle, tmp_path)
    assert path == tmp_path / "kyoto-four-days.md"
    assert "Where to?" in path.read_text()
    assert write_conversation(bundle, tmp_path).name == "kyoto-four-days-2.md"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("cat.png", "cat.png"),
        ("What: a cat?.png", "What- a cat-.png"),
        ("../a|b.png", "a-b.png"),
        (".. ", "picture.png"),
        ("", "picture.png"),
    ],
)
def test_a_picture_is_called_as_every_system_allows(said, name):
    assert name_of_picture(said) == name


@pytest.mark.parametrize(("name", "sign"), [("a.md", "## "), ("a.html", "<html"), ("a.json", '"segue"')])
def test_the_ending_says_the_form(bundle, tmp_path, name, sign):
    assert sign in write_conversation(bundle, tmp_path / name).read_text()


def test_nothing_is_overwritten_and_no_link_followed(bundle, tmp_path):
    (tmp_path / "a.md").write_text("precious")
    (tmp_path / "b.md").symlink_to(tmp_path / "nowhere")
    for name in ("a.md", "b.md"):
        with pytest.raises(UsageError, match="is there already"):
            write_conversation(bundle, tmp_path / name)
    assert (tmp_path / "a.md").read_text() == "precious"
    assert not (tmp_path / "nowhere").exists()


def test_what_cannot_be_written_is_said(bundle, tmp_path):
    with pytest.raises(SegueError, match="can't be written"):
        write_conversation(bundle, tmp_path / "no/such/folder/a.md")
    with pytest.raises(UsageError, match=r"the ending \.exe"):
        write_conversation(bundle, tmp_path / "a.exe")


def test_a_full_disk_leaves_no_half_file(bundle, tmp_path, monkeypatch):
    def full(descriptor, *_, **__):
        os.close(descriptor)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exporting, "open", full, raising=False)
    with pytest.raises(SegueError, match=r"can't be written: No space left"):
        write_conversation(bundle, tmp_path / "a.md")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("title", "name"), [("../../etc/passwd", "etc-passwd"), ("", "conversation"), ("Ünïcode Ö", "ünïcode-ö")]
)
def test_a_title_cannot_leave_the_folder(title, name):
    assert file_name(title, "md") == f"{name}.md"


def test_all_go_into_one_file_or_a_new_folder(bundle, tmp_path):
    assert '"conversations"' in write_all([bundle, bundle], tmp_path / "all.json", "json").read_text()
    folder = write_all([bundle], tmp_path / "all", "html")
    assert [file.name for file in folder.iterdir()] == ["7-kyoto-four-days.html"]
    with pytest.raises(UsageError, match="is there already"):
        write_all([bundle], folder, "md")
