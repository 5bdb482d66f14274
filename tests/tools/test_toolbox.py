"""The tools at hand: found by the names that models use, within what a request can take."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tui.tools.tool import Outcome, ToolSpec
from tui.tools.toolbox import Toolbox, TooManyToolsError


@dataclass
class Some:
    spec: ToolSpec
    origin: str = "here"

    def scope(self, arguments):
        return ""

    async def call(self, arguments, progress):
        return Outcome("done")


def tool(server, name, **fields):
    return Some(ToolSpec(server, name, **fields))


def test_one_tool_name_on_two_servers_both_are_found():
    first, second = tool("a", "search"), tool("b", "search")
    box = Toolbox([first, second])
    assert [spec.name for spec in box.specs] == ["a__search", "b__search"]
    assert (box.find("a__search"), box.find("b__search")) == (first, second)


def test_a_tool_is_found_by_its_changed_name_too():
    odd = tool("fs", "läs fil")
    box = Toolbox([odd])
    assert box.find(box.specs[0].name) is odd
    assert box.find("läs fil") is None


def test_what_a_schema_can_not_say_is_in_the_description():
    box = Toolbox([tool("a", "b", description="Does it.", schema={"oneOf": [{"required": ["x"]}]})])
    assert box.specs[0].description.startswith("Does it.\n\nRequired is one of")


def test_an_unknown_tool_is_answered_with_the_nearest_names():
    box = Toolbox([tool("fs", "read_file"), tool("", "web_fetch")])
    assert box.unknown("fs__readfile") == "There is no tool 'fs__readfile'. Did you mean fs__read_file?"
    assert "There are: fs__read_file, web_fetch." in box.unknown("zzzzzzzz")
    assert Toolbox().unknown("x") == "There is no tool 'x'. There are none."


def test_wrong_arguments_are_answered_with_what_is_wrong():
    schema = {"properties": {"n": {"type": "integer"}}, "required": ["n"]}
    box = Toolbox([tool("a", "b", schema=schema)])
    assert box.wrong("a__b", {"n": 1}) == ""
    assert box.wrong("a__b", {"n": "one"}) == "The arguments do not fit:\n- n: 'one' is not of type 'integer'"
    assert "no tool" in box.wrong("a__c", {})


def test_five_hundred_tools_are_not_declared():
    box = Toolbox(tool("many", f"t{n}") for n in range(500))
    with pytest.raises(TooManyToolsError, match="500 tools are on, and a request can have 128") as caught:
        box.check_size()
    assert "/tools" in caught.value.hint


def test_declarations_that_take_more_than_a_tenth_of_the_window_are_not_sent():
    box = Toolbox(tool("many", f"t{n}", description="word " * 200) for n in range(20))
    box.check_size()
    box.check_size(1_000_000)
    with pytest.raises(TooManyToolsError, match="more than a tenth of the 8,192"):
        box.check_size(8_192)
