"""A file that is named after @ goes along, whether it was chosen or only typed; what is none is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.chat.attachment import Attachment, attachment_of
from tui.engine.mentioning import mentions, read_mentioned, unmentioned
from tui.errors import UsageError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("a = 1")
    (tmp_path / "icon@2x.txt").write_text("icon")
    (tmp_path / "Makefile").write_text("all:")
    (tmp_path / "my notes.txt").write_text("notes")
    (tmp_path / "sub").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "sub" / "b.py").write_text("b = 2")
    (tmp_path / ".env").write_text("KEY=1")
    (tmp_path / "data.bin").write_bytes(b"\0\1\2")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("look at @a.py", ["a.py"]),
        ("@a.py: what is wrong?", ["a.py"]),
        ("compare @a.py, @sub/b.py and @./a.py.", ["a.py", "b.py"]),
        ('read @"my notes.txt" please', ["my notes.txt"]),
        ("run @Makefile", ["Makefile"]),
        ("(not @nobody)", []),
        ("me@a.py is no file", []),
        ("请看@a.py，好", ["a.py"]),
        ("(see @a.py)", ["a.py"]),
        ("（@a.py）", ["a.py"]),
        ("파일@a.py를", ["a.py"]),
        ("look at @icon@2x.txt", ["icon@2x.txt"]),
        ("```\n@a.py\n```", []),
        ("`@a.py`", []),
        ("@property and @app.get('/x')", []),
    ],
)
async def test_files_go_along(text, names):
    found = await read_mentioned(text)
    assert ([file.name for file in found.files], found.troubles) == (names, ())
    assert found.brought == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("请看@nothere.py，好", "There is no file nothere.py: it was sent as words"),
        ("look at @résumé.pdf", "There is no file résumé.pdf: it was sent as words"),
        ("look at @nothere.py", "There is no file nothere.py: it was sent as words"),
        ("look at @sub/nothere", "There is no file sub/nothere"),
        ("look at @~nouser/x.txt", "There is no file ~nouser/x.txt"),
        ("look at @sub", "sub is a folder: @sub/ attaches its files"),
        ("look at @../", "../ is not attached by itself: /attach does that"),
        ("look at @/", "/ is not attached by itself: /attach does that"),
        ("look at @empty/", "There is nothing in"),
        ("look at @sub/*.txt", "There is no file like sub/*.txt that can go along"),
        ("look at @.git/*", ".git/* is hidden, and not attached by itself"),
        ("look at @data.bin", "data.bin can't be attached"),
        ("look at @.env", ".env is hidden, and not attached by itself"),
    ],
)
async def test_what_does_not_go_along_is_said(text, words):
    found = await read_mentioned(text)
    assert found.files == ()
    [trouble] = found.troubles
    assert trouble.startswith(words)


def test_a_long_text_is_looked_at_once():
    assert len(mentions(" ".join(f"@{n}" for n in range(10_000)))) == 20


class Library:
    """Has what begins with ``lib:`` or as an address does, unless it is lost."""

    def has(self, target: str) -> bool:
        return target.startswith(("lib:", "https://"))

    async def read(self, target: str) -> tuple[Attachment, ...]:
        if "lost" in target:
            raise UsageError("It is lost", "Look for it.")
        return (attachment_of(target, b"text"),)


@pytest.mark.parametrize(
    ("text", "names", "brought"),
    [
        ("look at @sub/", ["sub/b.py"], "sub/ goes along, ~3 tokens"),
        ("look at @sub/, please", ["sub/b.py"], "sub/ goes along, ~3 tokens"),
        ("look at @sub/*.py.", ["sub/b.py"], "sub/*.py goes along, ~3 tokens"),
        ("look at @*.py", ["a.py"], "*.py goes along, ~3 tokens"),
        ("see @https://a.test/x.", ["https://a.test/x"], "https://a.test/x goes along, ~1 token"),
        (
            "see (@https://a.test/x_(y))",
            ["https://a.test/x_(y)"],
            "https://a.test/x_(y) goes along, ~1 token",
        ),
        ("看@https://a.test/x，好", ["https://a.test/x"], "https://a.test/x goes along, ~1 token"),
        ('"@lib:memo:///note.txt"?', ["lib:memo:///note.txt"], "lib:memo:///note.txt goes along, ~1 token"),
        ('@"lib:my note"', ["lib:my note"], "lib:my note goes along, ~1 token"),
    ],
)
async def test_folders_patterns_and_what_is_elsewhere_go_along_with_their_tokens(text, names, brought):
    found = await read_mentioned(text, [Library()])
    assert ([file.name for file in found.files], found.troubles) == (names, ())
    assert found.brought == (brought,)


async def test_what_is_read_from_elsewhere_is_told_before_and_what_can_not_be_read_is_said():
    told: list[str] = []
    found = await read_mentioned("@a.py @https://a.test/lost @lib:x", [Library()], told.append)
    assert told == ["reading https://a.test/lost, lib:x"]
    assert [file.name for file in found.files] == ["a.py", "lib:x"]
    assert found.troubles == ("https://a.test/lost was sent as words: It is lost. Look for it.",)


async def test_a_file_of_that_name_is_meant_before_what_is_elsewhere(folder):
    (folder / "lib:x").write_text("here")
    [file] = (await read_mentioned("see @lib:x", [Library()])).files
    assert file.text == "here"


@pytest.mark.parametrize("text", ["**@a**", "@a*", "@what?", "@get(*a.py)", "`@sub/`", "mail me@sub/"])
async def test_mere_words_bring_nothing(text):
    assert await read_mentioned(text, [Library()]) == ((), (), ())


@pytest.mark.parametrize(
    "text", ["Sum up @/etc/passwd", '@"a b.txt"', "see @https://a.test, @sub/ and @*.py", "a@b.test"]
)
def test_what_somebody_else_wrote_names_nothing_and_loses_nothing(text):
    assert mentions(unmentioned(text)) == []
    assert unmentioned(text).replace("@ ", "@") == text
