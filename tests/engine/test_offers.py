"""What is typed behind the name of a server's prompt."""

from __future__ import annotations

import pytest

from tui.engine.offers import Blank, argument_of
from tui.tools.mcp.offers import Argument, Prompt

ONE = Prompt("greet", arguments=(Argument("who"),))
TWO = Prompt("draw it", arguments=(Argument("what"), Argument("how")))
NONE = Prompt("hi")


@pytest.mark.parametrize(
    ("typed", "argument", "begun", "others"),
    [
        ("greet ", "who", "", {}),
        ("greet Ann Lee", "who", "Ann Lee", {}),
        ("greet who=An", "who", "An", {}),
        ("draw it ", "what", "", {}),
        ("draw it ho", "what", "ho", {}),
        ("draw it house la", "how", "la", {"what": "house"}),
        ('draw it "a house" la', "how", "la", {"what": "a house"}),
        ('draw it "a ho', "what", "a ho", {}),
        ("draw it how=big ho", "what", "ho", {"how": "big"}),
        ('draw it how="very b', "how", "very b", {}),
    ],
)
def test_the_argument_that_is_typed_is_known_with_those_before_it(typed, argument, begun, others):
    blank = argument_of([NONE, ONE, TWO], typed)
    assert blank is not None
    assert (blank.variable, blank.begun, dict(blank.others)) == (argument, begun, others)


@pytest.mark.parametrize(
    "typed", ["", "greet", "gre ", "hi ", "hi there", "draw it a b c", "draw it how=a how=b"]
)
def test_where_no_argument_is_typed_there_is_none(typed):
    assert argument_of([NONE, ONE, TWO], typed) is None


@pytest.mark.parametrize(
    ("typed", "value", "becomes"),
    [
        ("greet A", "Ann Lee", "greet Ann Lee"),
        ("draw it ho", "house", "draw it house"),
        ("draw it ho", "a house", 'draw it "a house"'),
        ('draw it "a ho', "a house", 'draw it "a house"'),
        ("draw it how=b", 'very "big" one', "draw it how='very \"big\" one'"),
    ],
)
def test_a_value_stands_so_that_it_is_read_as_one(typed, value, becomes):
    blank = argument_of([ONE, TWO], typed)
    assert isinstance(blank, Blank) and blank.with_value(value) == becomes
