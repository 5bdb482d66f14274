"""``segue ask -o FILE``: the pictures of a reply as files, and what is said of those that are none."""

from __future__ import annotations

import json

import pytest

from tests.pictures import BLUE, RED, png, written


@pytest.fixture
def paints(home, model_server, tmp_path):
    """A model whose replies have words and pictures, and an empty folder to work in."""
    home.configure(f'model = "lab/big"\n[providers.lab]\nurl = "{model_server.url}"\n')
    model_server.pictures, model_server.reply = [png()], "A red cat on a mat"
    home.work = tmp_path / "work"
    home.work.mkdir()
    return home


def test_a_picture_is_written_to_the_file_that_is_named(paints):
    done = paints.segue("ask", "-o", "cat.png", "A red cat")
    assert (paints.work / "cat.png").read_bytes() == png()
    assert done.stdout == "A red cat on a mat\n"
    assert f"segue: saved to {paints.work / 'cat.png'}\n" in done.stderr


def test_it_is_written_too_where_nothing_else_is_kept(paints):
    paints.segue("ask", "--no-save", "-o", "cat.png", "A red cat")
    assert (paints.work / "cat.png").read_bytes() == png() and not paints.history.exists()


def test_several_are_numbered(paints, model_server):
    model_server.pictures = [png(), png(colour=BLUE)]
    paints.segue("ask", "-o", "cat.png", "Two cats")
    assert (paints.work / "cat.png").read_bytes() == png(colour=RED)
    assert (paints.work / "cat-2.png").read_bytes() == png(colour=BLUE)


def test_so_are_those_of_several_models(paints):
    both = ("-m", "lab/big", "-m", "lab/small")
    paints.segue("ask", *both, "-o", "cat.png", "A red cat")
    assert {file.name for file in paints.work.iterdir()} == {"cat.png", "cat-2.png"}


@pytest.mark.parametrize("named, file", [("cat", "cat.png"), (".", "picture.png"), ("cat.v2", "cat.v2")])
def test_a_name_without_an_ending_gets_that_of_its_kind_and_a_folder_a_whole_name(paints, named, file):
    paints.segue("ask", "-o", named, "A red cat")
    assert [each.name for each in paints.work.iterdir()] == [file]


def test_an_ending_of_another_kind_stays_and_is_told(paints, model_server):
    from PIL import Image

    jpeg = written(Image.new("RGB", (8, 8)), "JPEG")
    model_server.pictures = [jpeg]
    done = paints.segue("ask", "-o", "cat.png", "A red cat")
    assert (paints.work / "cat.png").read_bytes() == jpeg
    assert "cat.png; whatever its name says, it is a JPG" in done.stderr


@pytest.mark.parametrize(
    "named, words",
    [
        ("cat.png", "cat.png is there already"),
        ("none/cat.png", "There is no folder"),
        ("-", "Standard output has the words"),
    ],
)
def test_what_can_not_be_written_is_told_before_anything_is_asked(paints, model_server, named, words):
    (paints.work / "cat.png").write_text("mine")
    done = paints.segue("ask", "-o", named, "A red cat", code=1 if "folder" in words else 2)
    assert words in done.stderr and not model_server.requests
    assert (paints.work / "cat.png").read_text() == "mine"


def test_a_reply_without_any_is_a_failure_and_its_words_are_there(paints, model_server):
    model_server.pictures = []
    done = paints.segue("ask", "-o", "cat.png", "Hi", code=1)
    assert done.stdout == "A red cat on a mat\n"
    assert "There was no picture in the reply" in done.stderr


def test_scripts_read_which_there_are_and_where(paints):
    document = json.loads(paints.segue("ask", "--json", "-o", "cat.png", "A red cat").stdout)
    [picture] = document["pictures"]
    assert picture["file"] == str(paints.work / "cat.png") and picture["size"] == len(png())
    [picture] = json.loads(paints.segue("ask", "--json", "A red cat").stdout)["pictures"]
    assert picture["file"] is None and picture["mime"] == "image/png"


def test_without_a_file_it_is_said_where_they_are(paints):
    done = paints.segue("ask", "A red cat")
    assert "segue: 1 picture in the history; segue --open 1 shows and saves what is kept" in done.stderr
    done = paints.segue("ask", "--no-save", "A red cat")
    assert (
        "segue: 1 picture made and not kept: --no-save keeps nothing; -o FILE writes pictures" in done.stderr
    )


def test_a_model_that_would_make_pictures_only_to_be_lost_is_not_asked(paints, model_server):
    done = paints.segue("ask", "--no-save", "-m", "lab/gpt-image-1", "A red cat", code=2)
    assert "--no-save would lose the pictures of gpt-image-1" in done.stderr and "-o FILE" in done.stderr
    assert not model_server.requests
    paints.segue("ask", "--no-save", "-m", "lab/gpt-image-1", "-o", "cat", "A red cat")
    assert (paints.work / "cat.png").read_bytes() == png()
