"""Paths as they are typed, dropped and completed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.app.composer.candidates import TypedPath, path_candidates, typed_path
from tui.engine.attaching import dropped_paths, paths_in, quoted, words

posix = pytest.mark.skipif(os.name == "nt", reason="a shell of Windows has other quotes")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder to work in: ``a b.txt``, ``Apple.png``, ``.hidden``, ``pie/apple.md``, and a home."""
    work = tmp_path / "work"
    (work / "pie").mkdir(parents=True)
    for name in ("a b.txt", "Apple.png", ".hidden", "pie/apple.md"):
        (work / name).write_text(name)
    monkeypatch.chdir(work)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return work


@posix
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("one two", ["one", "two"]),
        ("  'a b' \"c d\"\t", ["a b", "c d"]),
        (r"a\ b c\'d", ["a b", "c'd"]),
        (r"'a\b' " '"x\\"y"', [r"a\b", 'x"y']),
        ("it's open", ["its open"]),
        ("a'b 'c", ["ab c"]),
        ("''", [""]),
        ("", []),
    ],
)
def test_words_are_those_of_a_shell(text, found):
    assert [word.text for word in words(text)] == found


@pytest.mark.parametrize("path", ["plain.txt", "a b.txt", "tab\tb", 'q"uote', "apo'strophe", "back\\slash"])
@posix
def test_a_quoted_path_is_one_word(path):
    assert [word.text for word in words(quoted(path))] == [path]
    assert quoted("plain.txt") == "plain.txt"


def test_a_path_is_taken_whole_if_it_is_there(folder):
    assert paths_in("a b.txt") == [Path("a b.txt")]
    assert paths_in('Apple.png "a b.txt"') == [Path("Apple.png"), Path("a b.txt")]
    assert paths_in("a b.txt\nApple.png") == [Path("a b.txt"), Path("Apple.png")]
    assert paths_in("~/work/a b.txt") == [folder / "a b.txt"]
    assert paths_in((folder / "a b.txt").as_uri()) == [folder / "a b.txt"]
    assert paths_in("none.txt") == [Path("none.txt")]
    assert paths_in(" \n ") == []


def test_a_drop_is_nothing_but_whole_paths_of_files(folder):
    text, picture = folder / "a b.txt", folder / "Apple.png"
    for drop in (f'"{text}"', f"{text} ", f"{text.as_uri()}\n"):
        assert dropped_paths(drop) == [text]
    assert dropped_paths(f'"{text}" "{picture}"') == [text, picture]
    for other in (f"see {text}", f"{text} is it", str(folder), "Apple.png", f"{text}x", "", "/", "x" * 9000):
        assert dropped_paths(other) == [], other


@posix
def test_a_drop_as_terminals_write_it(folder):
    text = folder / "a b.txt"
    for drop in (f"'{text}'", str(text).replace(" ", r"\ "), "~/work/a\\ b.txt"):
        assert dropped_paths(drop) == [text]


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("/attach ", TypedPath(8, "", False)),
        ("/attach pi", TypedPath(8, "pi", False)),
        ('/attach x.png "a b', TypedPath(14, "a b", False)),
        ("/attach x.png ", None),
        ("/attach", None),
        ("/open @x", None),
        ("look at @pi", TypedPath(8, "pi", True)),
        ("@", TypedPath(0, "", True)),
        ('see @"a b', TypedPath(4, "a b", True)),
        ("me@example.org", None),
        ("see @pie now", None),
    ],
)
def test_a_path_is_typed_after_the_command_or_after_an_at(line, typed):
    assert typed_path(line) == typed


def names(word: str, mention: bool = False) -> list[str]:
    return [found.path for found in path_candidates(TypedPath(0, word, mention))]


def test_a_word_becomes_what_begins_with_it_then_what_has_it(folder):
    assert names("") == ["a b.txt", "Apple.png", "pie/"]
    assert names("P") == ["pie/", "Apple.png"]
    assert names("apple.png") == ["Apple.png"]
    assert names("none") == []
    assert names(".") == [".hidden", "a b.txt", "Apple.png"]
    assert names(".", mention=True) == [".hidden"]
    assert names("p", mention=True) == ["pie/"]


def test_a_folder_is_gone_into(folder):
    assert names("pie/") == ["pie/apple.md", "pie/"]  # and all that is in it, last
    assert names("~/wo") == ["~/work/"]
    assert names("~/work/A") == ["~/work/a b.txt", "~/work/Apple.png"]
    assert names("none/") == names("a\x00/") == []
    [pie] = path_candidates(TypedPath(0, "pie", False))
    [apple] = path_candidates(TypedPath(0, "apple", False))
    assert (pie.goes_on, apple.goes_on, apple.about) == (True, False, "9 bytes")


def test_the_address_of_a_page_is_offered_as_it_is():
    (found,) = path_candidates(TypedPath(0, "https://example.com/a?b", mention=True))
    assert (found.path, found.about, found.goes_on) == ("https://example.com/a?b", "reads this page", False)
    assert path_candidates(TypedPath(0, "https://user@example.com/", mention=True)) == []


def test_a_pattern_is_offered_as_it_is(folder):
    (found,) = path_candidates(TypedPath(0, "pie/*.md", mention=True))
    assert (found.path, found.about) == ("pie/*.md", "all of them")
