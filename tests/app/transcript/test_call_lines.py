"""Calls of tools in a reply: a line each while they are folded, and what they gave back."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.app.transcript.test_message_view import look, rows
from tui.app.messages.call_lines import MOST
from tui.app.messages.message_view import MessageView, Standing
from tui.chat.attachment import attachment_of
from tui.chat.message import Message, Role, Status
from tui.chat.parts import CallState, Part, Reasoning, Text, ToolCall, ToolResult
from tui.text import clean

HOSTILE = "\x1b]0;pwned\x07\x1b[2J\u202egpj.exe [red]bold[/red] <b>**x**</b>\n\r\u2028line"


def call(number: int = 1, **fields: Any) -> ToolCall:
    known = {"server": "fs", "name": "read_file", "arguments": {"path": "notes/todo.md"}}
    return ToolCall(str(number), **{**known, "state": CallState.DONE, **fields})


def view_of(*parts: Part, width: int = 74, status: Status = Status.COMPLETE) -> MessageView:
    message = Message(2, 1, 1, Role.ASSISTANT, parts, model="openai/gpt-6-sol", status=status)
    return MessageView(message, look(width), Standing(first=True, hue="sky"))


def shown(view: MessageView) -> list[str]:
    return [row[2:] for row in rows(view)[1:]]


def show(view: MessageView, *parts: Part, status: Status = Status.STREAMING) -> None:
    view.replace(replace(view.message, parts=parts, status=status), view.standing)


def test_calls_of_a_round_stand_together_each_with_its_end():
    view = view_of(
        Text("I look."),
        call(1),
        call(2, server="web", name="fetch", arguments={"max": 3, "url": "https://example.com/page"}),
        call(3, name="write_file", state=CallState.DENIED),
        ToolResult("1", "milk", seconds=0.1),
        ToolResult("2", "no such page", is_error=True),
        ToolResult("3", "The person declined", is_error=True),
        Text("Milk."),
    )
    assert shown(view) == [
        "I look.",
        "",
        "▸ fs read_file  notes/todo.md   0.1 s",
        "× web fetch  example.com/page   failed",
        "× fs write_file  notes/todo.md   declined",
        "",
        "Milk.",
    ]


def test_an_open_call_shows_its_arguments_and_its_result():
    view = view_of(call(arguments={"path": "a.md", "lines": [1, 2]}), ToolResult("1", "milk\nbread"))
    assert view.toggle(1)
    assert shown(view) == ["▾ fs read_file  a.md", "  path: a.md", "  lines: [1, 2]", "  milk", "  bread"]
    assert view.toggle(1)
    assert len(shown(view)) == 1


def test_twelve_lines_are_shown_of_a_long_result_until_all_are_asked_for():
    text = "\n".join(f"line {number}" for number in range(3000))
    view = view_of(call(), ToolResult("1", text))
    view.toggle(1)
    lines = shown(view)
    assert len(lines) == 1 + 1 + MOST + 1 and lines[-1] == "  all 3,000 lines"
    assert view.folds == [1, view.height - 1]
    assert view.toggle(view.height - 1)
    assert shown(view)[-1] == "  line 2999"


def test_one_endless_line_is_cut_by_its_rows():
    view = view_of(call(), ToolResult("1", "word " * 20_000))
    view.toggle(1)
    assert len(shown(view)) == 1 + 1 + MOST + 1
    assert shown(view)[-1] == "  all of it"


def test_files_of_a_result_are_named_below_it():
    view = view_of(call(), ToolResult("1", "", files=(attachment_of("a.txt", b"words"),)))
    view.toggle(1)
    assert shown(view)[-1].startswith("  a.txt (text")


def test_a_running_call_says_how_far_it_is():
    view = view_of(call(state=CallState.RUNNING), status=Status.STREAMING)
    assert shown(view) == ["▸ fs read_file  notes/todo.md   running"]
    first = view.say_calls({"1": ("running 4 s", "step 3 of 10"), "other": ("x",)})
    assert first == 1
    assert shown(view) == ["▸ fs read_file  notes/todo.md   running 4 s   step 3 of 10"]


def test_what_is_open_stays_open_while_the_reply_goes_on():
    view = view_of(Text("I look."), call(state=CallState.RUNNING), status=Status.STREAMING)
    view.toggle(3)
    show(view, Text("I look."), call(), ToolResult("1", "milk"))
    assert shown(view)[2:] == ["▾ fs read_file  notes/todo.md", "  path: notes/todo.md", "  milk"]
    view.feed("It says", "")
    view.feed(" milk.", "")
    assert shown(view)[-2:] == ["", "It says milk.▍"]
    show(
        view, Text("I look."), call(), ToolResult("1", "milk"), Text("It says milk."), status=Status.COMPLETE
    )
    assert shown(view)[2:] == [
        "▾ fs read_file  notes/todo.md",
        "  path: notes/todo.md",
        "  milk",
        "",
        "It says milk.",
    ]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (CallState.ASKED, "not run"),
        (CallState.FAILED, "failed"),
        (CallState.DENIED, "declined"),
        (CallState.STOPPED, "stopped"),
    ],
)
def test_a_call_that_was_not_done_says_so(state, words):
    assert shown(view_of(call(state=state)))[0].endswith(f"   {words}")


def test_a_call_that_waits_in_a_reply_that_comes_says_so():
    view = view_of(call(state=CallState.ASKED), status=Status.STREAMING)
    assert shown(view) == ["▸ fs read_file  notes/todo.md   waiting"]


def test_a_result_without_its_call_stands_alone():
    view = view_of(Text("Before."), ToolResult("gone", "milk"), Text("After."))
    assert shown(view) == ["Before.", "", "▸ result", "", "After."]


def test_a_thought_between_calls_folds_too_and_all_of_it_can_be_opened():
    view = view_of(Reasoning("Where?", 2.0), call(1), ToolResult("1", "a"), Reasoning("Hm.", 1.0), call(2))
    assert len(view.folds) == 4
    for row in reversed(view.folds):
        assert view.toggle(row)
    assert {"Where?", "Hm."} <= {row.strip() for row in shown(view)}


@pytest.mark.parametrize("width", [8, 20, 40, 74])
def test_the_line_fits_whatever_is_in_it(width):
    long = call(server="s" * 90, name="n" * 90, arguments={"a": "x" * 500}, state=CallState.RUNNING)
    view = view_of(long, width=width, status=Status.STREAMING)
    view.say_calls({"1": ("running 4 s", "step " * 60)})
    view.toggle(1)
    for row in range(view.height):
        assert view.line(row).cell_length == look(width).columns


@pytest.mark.parametrize("opened", [False, True])
def test_nothing_that_comes_from_outside_steers_the_terminal(opened):
    bad = call(server=HOSTILE, name=HOSTILE, arguments={HOSTILE: HOSTILE, "b": [HOSTILE]})
    view = view_of(
        replace(bad, state=CallState.RUNNING), ToolResult("1", HOSTILE * 50), status=Status.STREAMING
    )
    view.say_calls({"1": (HOSTILE,)})
    if opened:
        view.toggle(1)
    drawn = "\n".join(view.line(row).text for row in range(view.height))
    assert drawn == clean(drawn)
    assert "[red]bold[/red]" in drawn and "**x**" in drawn


def test_found_words_are_marked_where_they_are_shown():
    view = view_of(Text("Milk?"), call(), ToolResult("1", "We need milk."), Text("Yes, milk."))
    view.mark(("milk",))
    assert len(view.hits) == 2
    view.toggle(3)
    assert len(view.hits) == 3
    for row, cells in view.hits.items():
        for start, end in cells:
            assert view.line(row).text[3 + start : 3 + end].lower() == "milk"


def test_places_in_the_text_are_found_again():
    view = view_of(Text("One."), call(), ToolResult("1", "two\nthree"), Text("Four."))
    view.toggle(3)
    for word in ("One.", "read_file", "three", "Four."):
        row, cell = view.locate(view.body.source.index(word))
        assert view.line(row).text[3 + cell :].startswith(word)


def test_what_is_selected_of_an_open_call_is_copied_exactly():
    result = "a  long line " * 20 + "\n\tindented"
    view = view_of(call(), ToolResult("1", result))
    view.toggle(1)
    copied = view.body.copy((2, 0), (view.body.height, 0))
    assert copied.strip() == result.strip()


def test_another_width_keeps_what_is_open():
    view = view_of(Text("One."), call(), ToolResult("1", "two " * 40))
    view.toggle(3)
    view.resize(look(30), view.standing)
    assert shown(view)[2].startswith("▾ fs read_file")
    assert len(shown(view)) > 5
