"""Files and folders: only those that were named, wherever a path leads."""

from __future__ import annotations

import os

import pytest

from tui.tools.builtin.folders import Folders, ListFolder, ReadFile


def nothing(step):
    pass


@pytest.fixture
def notes(tmp_path):
    """A folder of notes, beside a secret."""
    (tmp_path / "secret.txt").write_text("the secret")
    folder = tmp_path / "notes"
    (folder / "deep").mkdir(parents=True)
    (folder / "todo.md").write_text("buy bread")
    (folder / "deep" / "more.txt").write_text("deeper")
    (folder / ".env").write_text("KEY=1")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("token")
    return folder


async def read(folder, path, **more):
    return await ReadFile(Folders([folder])).call({"path": str(path), **more}, nothing)


async def listed(folder, path=""):
    return (await ListFolder(Folders([folder])).call({"path": str(path)}, nothing)).text.splitlines()


async def test_a_file_is_read_by_its_whole_path_or_from_the_folder_on(notes):
    for path in (notes / "todo.md", "todo.md", "notes/todo.md", "deep/../todo.md"):
        assert (await read(notes, path)).text == "buy bread"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "/etc/passwd",
        ".env",
        ".git/config",
        "deep/../.env",
        "none.txt",
        "",
        "\0",
        "~nobody/x",
        "a" * 9000,
    ],
)
async def test_what_lies_outside_or_is_hidden_is_not_there(notes, path):
    outcome = await read(notes, path)
    assert outcome.is_error
    assert "secret" not in outcome.text.replace("secret.txt", "")


async def test_a_link_out_of_the_folder_is_refused(notes):
    (notes / "way-out").symlink_to(notes.parent)
    (notes / "leak.txt").symlink_to(notes.parent / "secret.txt")
    (notes / "hidden.txt").symlink_to(notes / ".env")
    for path in ("leak.txt", "way-out/secret.txt", "hidden.txt"):
        outcome = await read(notes, path)
        assert outcome.is_error
        assert "no " in outcome.text
    assert await listed(notes, notes) == [f"deep{os.sep}", "todo.md  9 bytes"]


async def test_a_link_inside_the_folder_is_followed(notes):
    (notes / "same.md").symlink_to(notes / "todo.md")
    assert (await read(notes, "same.md")).text == "buy bread"


async def test_a_folder_whose_own_way_has_dots_is_read(tmp_path):
    folder = tmp_path / ".notes"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    assert (await read(folder, "a.txt")).text == "a"


async def test_a_folder_beside_with_a_like_name_is_outside(notes):
    beside = notes.parent / "notes-private"
    beside.mkdir()
    (beside / "a.txt").write_text("private")
    assert (await read(notes, beside / "a.txt")).is_error


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
async def test_a_pipe_is_no_file_and_holds_nobody_up(notes):
    os.mkfifo(notes / "pipe")
    assert "no regular file" in (await read(notes, "pipe")).text
    assert "no regular file" in (await read(notes, "deep")).text or (await read(notes, "deep")).is_error


async def test_a_file_of_more_than_a_megabyte_is_refused(notes):
    (notes / "big.txt").write_text("x" * 1_000_001)
    assert "too large" in (await read(notes, "big.txt")).text


async def test_a_long_text_comes_in_pieces(notes):
    (notes / "long.txt").write_text("x" * 100_000 + "tail")
    assert "[characters 0 to 100000 of 100004]" in (await read(notes, "long.txt")).text
    assert (await read(notes, "long.txt", from_character=100_000)).text.startswith("tail\n")


async def test_a_picture_and_a_pdf_are_given_as_files(notes):
    (notes / "a.pdf").write_bytes(b"%PDF-1.4\n")
    (file,) = (await read(notes, "a.pdf")).files
    assert (file.name, file.media_type) == ("a.pdf", "application/pdf")


async def test_what_is_no_text_is_told(notes):
    (notes / "a.bin").write_bytes(b"\x00\xff")
    outcome = await read(notes, "a.bin")
    assert outcome.is_error
    assert "no image, PDF or text" in outcome.text


async def test_the_folders_are_listed_and_what_is_in_them(notes):
    assert await listed(notes) == [f"{notes}{os.sep}"]
    assert await listed(notes, "notes") == [f"deep{os.sep}", "todo.md  9 bytes"]
    assert await listed(notes, "deep") == ["more.txt  6 bytes"]


async def test_a_folder_outside_is_not_listed(notes):
    assert "may be read" in "".join(await listed(notes, ".."))
    assert "may be read" in "".join(await listed(notes, ".git"))
    assert "read_file" in "".join(await listed(notes, "todo.md"))


async def test_names_can_not_steer_a_terminal(notes):
    (notes / "a\x1b[31m\n.txt").write_text("x")
    assert "\x1b" not in "\n".join(await listed(notes, "notes"))


async def test_without_folders_nothing_is_there():
    outcome = await ReadFile(Folders([])).call({"path": "/etc/passwd"}, nothing)
    assert outcome.is_error
    assert "none" in outcome.text


def test_nothing_is_asked_for_what_the_person_named(notes):
    assert ReadFile(Folders([notes])).scope({"path": "todo.md"}) is None
