"""Which keys may follow those of a command that is not whole yet."""

from __future__ import annotations

import pytest

from tui.app.composer.vim.following import following
from tui.app.composer.vim.grammar import parse


@pytest.mark.parametrize(
    ("pending", "visual", "expected"),
    [
        ("d", False, ("d", "the line")),
        ("d", False, ("i", "inside")),
        ("3", False, ("d", "delete")),
        ("2d", False, ("w", "word")),
        ("di", False, ('"', "quotation")),
        ("g", False, ("g", "first line")),
        ("df", False, ("…", "any letter")),
        ("r", False, ("…", "any letter")),
        ("y3", False, ("y", "the line")),
        ("i", True, ("(", "brackets")),
    ],
)
def test_what_makes_sense_is_offered(pending, visual, expected):
    assert expected in following(pending, visual=visual)


@pytest.mark.parametrize("pending", ["d", "c", "y", ">", "3", "2d", "y3", "di", "ca", "g", "dg"])
def test_every_key_that_is_offered_is_taken(pending):
    offered = following(pending)
    assert offered and len({key for key, _ in offered}) == len(offered)
    for key, _ in offered:
        parse(pending + key)  # raises where it makes no sense


def test_nothing_follows_where_nothing_has_begun():
    assert following("") == []
