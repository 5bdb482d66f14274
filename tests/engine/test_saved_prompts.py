"""Prompts kept as files."""

from __future__ import annotations

import pytest

from tui.engine.saved_prompts import LARGEST, SavedPrompts
from tui.errors import UsageError


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "prompts"
    place.mkdir()
    (place / "review.md").write_text("# Review this change\n\nSay what is wrong.\n")
    (place / "to-french.md").write_text("Translate into French: {input}")
    return place


def test_a_file_is_a_prompt_and_its_first_line_says_what_it_is_for(folder):
    prompts = SavedPrompts(folder).all()
    assert [(p.name, p.about) for p in prompts] == [
        ("review", "Review this change"),
        ("to-french", "Translate into French: {input}"),
    ]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/to-french Good morning", "Translate into French: Good morning"),
        ("/review", "# Review this change\n\nSay what is wrong."),
        ("/review a = 1\nb = 2", "# Review this change\n\nSay what is wrong.\n\na = 1\nb = 2"),
        ("/reviews", "/reviews"),
        ("/etc/passwd is a file", "/etc/passwd is a file"),
        ("no command", "no command"),
    ],
)
def test_what_is_typed_becomes_the_prompt(folder, typed, sent):
    assert SavedPrompts(folder).expand(typed) == sent


def test_a_prompt_with_a_place_for_words_needs_some(folder):
    with pytest.raises(UsageError, match="needs words"):
        SavedPrompts(folder).expand("/to-french")


def test_an_edited_file_counts_at_once(folder):
    prompts = SavedPrompts(folder)
    assert prompts.expand("/review").startswith("# Review")
    (folder / "review.md").write_text("Shorter.")
    assert prompts.expand("/review") == "Shorter."


def test_a_folder_that_is_not_there_holds_none(tmp_path):
    prompts = SavedPrompts(tmp_path / "none")
    assert (prompts.all(), prompts.problems()) == ([], [])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("Bad name.md", b"x", "small letters"),
        ("latin.md", b"caf\xe9", "not UTF-8"),
        ("huge.md", b"x" * (LARGEST + 1), "100 kB"),
        ("empty.md", b" \n", "is empty"),
    ],
)
def test_what_can_not_be_used_is_told_and_harms_nothing(folder, name, content, words):
    (folder / name).write_bytes(content)
    prompts = SavedPrompts(folder)
    assert words in str(prompts.problems()[0])
    assert [p.name for p in prompts.all()] == ["review", "to-french"]


def test_text_of_a_file_steers_no_terminal(folder):
    (folder / "evil.md").write_text("a\x1b]52;c;eA==\x07b")
    assert "\x1b" not in SavedPrompts(folder).expand("/evil")


def test_a_name_that_is_a_command_is_told(folder):
    problems = SavedPrompts(folder).problems(commands=["review"])
    assert [str(p) for p in problems] == ["prompts/review.md: /review is a command already. Rename the file."]


@pytest.mark.parametrize(
    "matter",
    [
        "---\ndescription: What it is for\n---",
        '---\r\ndescription: "What it is for"\r\n---',
        "\ufeff---\n# by me\ndescription: 'What it is for'\nmodel: a/b\ntags:\n  - x\n- y\n...",
        '+++\ndescription = "What it is for"\n[extra]\na = 1\n+++',
        "---\nargument-hint: [file]\ndescription: What it is for\n---\n\n",
    ],
)
def test_front_matter_is_never_sent_and_says_what_the_prompt_is_for(tmp_path, matter):
    (tmp_path / "review.md").write_text(f"{matter}\nSay what is wrong.\n", encoding="utf-8")
    prompts = SavedPrompts(tmp_path)
    assert prompts.expand("/review") == "Say what is wrong."
    assert prompts.all()[0].about == "What it is for"


@pytest.mark.parametrize(
    "text",
    ["---\nA rule above, and one below.\n---\nText", "---\nname: not closed", "Text\n---\na: b\n---\nmore"],
)
def test_a_rule_in_a_prompt_is_part_of_it(tmp_path, text):
    (tmp_path / "review.md").write_text(text)
    assert SavedPrompts(tmp_path).expand("/review") == text


def test_a_file_of_nothing_but_front_matter_is_told_as_empty(tmp_path):
    (tmp_path / "review.md").write_text("---\nname: review\n---\n")
    [problem] = SavedPrompts(tmp_path).problems()
    assert "is empty" in str(problem)
