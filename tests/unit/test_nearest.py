"""What a mistyped name may be meant to be."""

from __future__ import annotations

import ast
from pathlib import Path

import tui
from tui.nearest import did_you_mean, nearest

NAMES = ["model", "new", "Conversations"]


def test_the_nearest_name_is_found_whatever_its_case():
    assert nearest("modle", NAMES) == ["model"]
    assert nearest("CONVERSATION", NAMES) == ["Conversations"]
    assert nearest("xyz", NAMES) == []


def test_at_most_so_many_are_given_and_the_nearest_comes_first():
    assert nearest("small", ["smaller", "smalls", "large"], most=2) == ["smalls", "smaller"]


def test_where_none_is_near_the_other_words_are_said():
    assert did_you_mean("modle", NAMES, "F1 lists them.") == "Did you mean model?"
    assert did_you_mean("xyz", NAMES, "F1 lists them.") == "F1 lists them."


def test_a_paste_is_like_no_name():
    assert nearest("conversation" * 4000, ["conversations"] * 3) == []


def test_there_is_one_way_to_look_for_the_nearest_name():
    folder = Path(tui.__file__).parent
    users = {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if (isinstance(node, ast.alias) and node.name in ("difflib", "get_close_matches", "SequenceMatcher"))
    }
    assert users == {"nearest.py", "app/compare/differences.py"}, "the latter compares texts, no names"
