"""What a message looks like, row by row."""

from datetime import UTC, datetime, timedelta

import pytest
from rich.style import Style

from tests.said import said
from tui.app.actions import Action
from tui.app.messages.look import Look
from tui.app.messages.message_view import MessageView, Standing
from tui.app.messages.name_line import time_words
from tui.app.theme.ink import Ink
from tui.app.theme.themes import SEGUE_DARK
from tui.chat.chunks import Image, Source, Usage
from tui.chat.message import Failure, Message, Role, Status
from tui.chat.parts import CallState, Notice, Reasoning, Sources, Text, ToolCall, ToolResult
from tui.rendering.palette import DARK

INK = Ink.from_theme(
    {**SEGUE_DARK.variables, **dict.fromkeys(("accent", "error", "warning", "success"), "#ff0000")}
)
LONG = "The server closed the connection before it had sent everything that it had promised to send"


def look(width=74, gutter=1):
    return Look(width, DARK, INK, gutter, gutter + 2 + width + 3, Style(bgcolor=DARK.background))


def reply(text="", *, width=74, standing=None, opened=False, **fields):
    message = Message(2, 1, 1, Role.ASSISTANT, said(text, fields), model="openai/gpt-6-sol", **fields)
    view = MessageView(message, look(width), standing or Standing(first=True, hue="sky"))
    if opened:
        view.fold()
    return view


def rows(view):
    return [view.line(row).text[1:].rstrip() for row in range(view.height)]


def test_a_prompt_is_shown_as_it_was_typed():
    text = "Look:\n\n```python\n    x  =  1\n```\n# no heading, *no* emphasis"
    view = MessageView(Message(1, 1, None, Role.USER, parts=(Text(text),)), look(), Standing(first=True))
    assert rows(view) == [f"▎ {line}".rstrip() for line in text.split("\n")]


def test_a_prompt_stands_on_the_band_with_its_rail():
    view = MessageView(Message(1, 1, None, Role.USER, parts=(Text("Hello"),)), look(), Standing(first=True))
    segments = [segment for segment in view.line(0) if segment.text.strip()]
    assert segments[0].text == "▎"
    assert segments[0].style.color.get_truecolor().hex == DARK.you
    assert segments[1].style.color.get_truecolor().hex == DARK.strong
    assert all(segment.style.bgcolor.get_truecolor().hex == DARK.band for segment in segments)


@pytest.mark.parametrize(
    ("fields", "first"),
    [
        ({"status": Status.STREAMING}, "  gpt-6-sol   waiting"),
        ({"status": Status.STREAMING, "reasoning": "Hm."}, "  gpt-6-sol   ▸ thinking"),
        (
            {"text": "Yes", "reasoning": "Hm.", "reasoning_seconds": 6.2},
            "  gpt-6-sol   ▸ thought for 6 s, 1 word",
        ),
        (
            {"text": "Yes", "reasoning": "So so.", "reasoning_seconds": 125},
            "  gpt-6-sol   ▸ thought for 2 min 5 s, 2 words",
        ),
        ({"text": "Yes", "reasoning": "So so."}, "  gpt-6-sol   ▸ thought, 2 words"),
        ({"text": "Yes"}, "  gpt-6-sol"),
        ({"status": Status.ERROR, "failure": Failure("connect", "No network")}, "  gpt-6-sol   not sent"),
        ({"status": Status.ERROR, "failure": Failure("auth", "No key")}, "  gpt-6-sol"),
    ],
)
def test_the_name_line_tells_the_state(fields, first):
    assert rows(reply(**fields))[0] == first


def test_versions_stand_at_the_right_edge():
    view = reply("Yes", standing=Standing(first=True, hue="sky", version=2, versions=3))
    assert rows(view)[0] == "  gpt-6-sol" + " " * (74 - 9 - 7) + "‹ 2/3 ›"


def test_open_reasoning_stands_between_name_and_text():
    view = reply("Yes.", reasoning="First.\nThen.", opened=True)
    assert rows(view) == ["  gpt-6-sol   ▾ thought, 2 words", "  First.", "  Then.", "", "  Yes."]
    assert next(s for s in view.line(1) if s.text.strip()).style.italic


def test_the_caret_follows_the_text_and_goes_with_the_end():
    view = reply(status=Status.STREAMING)
    assert rows(view) == ["  gpt-6-sol   waiting", "  ▍"]
    view.feed("", "Hm.")
    assert rows(view) == ["  gpt-6-sol   ▸ thinking", "  ▍"]
    view.feed("Then the", "")
    assert rows(view)[1] == "  Then the▍"
    view.feed(" timeout", "")
    assert rows(view)[1] == "  Then the timeout▍"
    ended = Message(
        2, 1, 1, Role.ASSISTANT, parts=(Reasoning("Hm."), Text("Then the timeout")), model="openai/gpt-6-sol"
    )
    view.replace(ended, view.standing)
    assert rows(view)[1:] == ["  Then the timeout"]


def test_feeding_tells_the_first_row_that_changed():
    view = reply("One.\n\nTwo.", status=Status.STREAMING)
    before = rows(view)
    first = view.feed(" More of two.\n\nThree.", "")
    assert rows(view)[:first] == before[:first]
    assert first == 3


@pytest.mark.parametrize(
    ("fields", "last"),
    [
        ({"status": Status.STOPPED}, "  stopped   r again   g go on   m other model   e edit"),
        ({"status": Status.LENGTH}, "  stopped at the token limit   r again   g go on   m other model"),
        (
            {"status": Status.FILTER},
            "  stopped by the provider's content rules   r again   m other model   e edit",
        ),
        ({"status": Status.INTERRUPTED}, "  interrupted   r again   g go on   m other model"),
        (
            {"status": Status.INTERRUPTED, "failure": Failure("lost", "Connection closed after 64 tokens")},
            "  × Connection closed after 64 tokens   r retry   g go on   m other model",
        ),
    ],
)
def test_how_a_reply_ended_stands_one_blank_below_its_text(fields, last):
    assert rows(reply("Then the timeout waits", **fields))[1:] == ["  Then the timeout waits", "", last]


def test_a_failure_without_text_stands_under_the_name():
    view = reply(status=Status.ERROR, failure=Failure("connect", "Nothing listens at 127.0.0.1:1"))
    assert rows(view) == [
        "  gpt-6-sol   not sent",
        "  × Nothing listens at 127.0.0.1:1   r retry   m other model   e edit",
    ]


def test_without_a_network_the_model_on_this_machine_is_offered():
    view = reply(status=Status.ERROR, failure=Failure("offline", "No network", "Check the connection."))
    assert rows(view) == [
        "  gpt-6-sol   not sent",
        "  × No network; your message is kept   r retry   m model on this machine",
    ]


def test_an_empty_reply_says_so():
    assert rows(reply(status=Status.EMPTY))[1] == "  the reply was empty   r again   m other model   e edit"


def test_a_long_failure_has_hint_and_keys_below():
    view = reply("Text", status=Status.INTERRUPTED, failure=Failure("lost", LONG, "Try again in a minute."))
    assert rows(view)[3:] == [
        "  × The server closed the connection before it had sent everything that it",
        "    had promised to send",
        "    Try again in a minute.",
        "    r retry   g go on   m other model",
    ]


def test_only_the_cross_of_a_failure_is_red():
    view = reply("Text", status=Status.INTERRUPTED, failure=Failure("lost", "Gone"))
    coloured = [s.text for s in view.line(3) if s.style.color == Style(color="#ff0000").color]
    assert coloured == ["× "]


def test_sources_and_pictures_are_numbered_links():
    view = reply(
        "Text",
        images=(Image("https://pictures.example/cat.png", "A cat"),),
        sources=(Source("https://one.example/a", "First"), Source("https://two.example/b")),
        notices=("temperature was dropped",),
    )
    assert rows(view)[2:] == [
        "",
        "  image  A cat   https://pictures.example/cat.png",
        "  1  First   https://one.example/a",
        "  2  https://two.example/b",
        "",
        "  temperature was dropped",
    ]
    assert view.target(4, 4).value == "https://one.example/a"
    assert view.target(4, 20).value == "https://one.example/a"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "ssh://-oProxyCommand=x", "https://a@b.test"]
)
def test_a_source_that_is_not_safe_is_only_shown(url):
    view = reply("Text", sources=(Source(url, "Look"),))
    assert "Look" in rows(view)[3]
    assert view.target(3, 4) is None


def test_a_very_long_reply_is_plain_until_all_of_it_was_read():
    view = reply("A word of **weight**. " * 3000)
    assert view.limited
    assert rows(view)[-1].endswith("enter show all")
    view.take(view.document.read_whole())
    assert not view.limited and "show all" not in rows(view)[-1]
    assert "**" not in view.line(view.height - 1).text


def test_clicks_find_their_action():
    view = reply(
        "Text",
        status=Status.STOPPED,
        reasoning="Hm.",
        standing=Standing(first=True, hue="sky", version=2, versions=3),
    )
    name, last = rows(view)[0][2:], rows(view)[3][2:]
    assert view.target(0, name.index("thought")).action is Action.MESSAGE_FOLD
    assert view.target(0, name.index("‹")).action is Action.VERSION_PREVIOUS
    assert view.target(0, name.index("›")).action is Action.VERSION_NEXT
    assert view.target(3, last.index("r again")).action is Action.MESSAGE_RETRY
    assert view.target(3, last.index("other")).action is Action.MESSAGE_MODEL
    assert view.target(3, last.index("edit")).action is Action.MESSAGE_EDIT
    assert view.target(3, 0) is None


def test_the_language_of_code_is_a_button_that_copies():
    view = reply("```python\nx = 1\n```")
    row = next(row for row, text in enumerate(rows(view)) if text.endswith("python"))
    assert view.target(row, 73).action is Action.MESSAGE_CODE
    assert view.target(row, 73).value == "x = 1"


def test_the_segue_has_a_name_at_each_end():
    standing = Standing(segue=("gpt-6-sol", "claude-opus-5"), segue_hues=("sky", "violet"))
    view = MessageView(Message(3, 1, 2, Role.USER, parts=(Text("And now?"),)), look(), standing)
    assert rows(view) == ["", f"  gpt-6-sol {'─' * 50} claude-opus-5", "", "▎ And now?"]
    shades = [s.style.color.get_truecolor().hex for s in view.line(1) if s.text == "─"]
    assert len(set(shades)) > 40


def test_a_selected_message_has_its_rail_over_its_whole_height():
    standing = Standing(segue=("a", "b"), segue_hues=("sky", "violet"), hue="sky")
    view = reply("One.\n\nTwo.", standing=standing)
    drawn = [view.line(row, selected=True).text[1:2] for row in range(view.height)]
    assert drawn == [" ", " ", " ", "▎", "▎", "▎", "▎"]


HOSTILE = "\x1b]52;c;cHduZWQ=\x07 [red]x [/nope] \x9b2J \u202eabc \ud800 [@click=app.quit]X[/]"


@pytest.mark.parametrize("width", [20, 74])
def test_hostile_text_is_harmless_everywhere(width):
    message = Message(
        2,
        1,
        1,
        Role.ASSISTANT,
        parts=(
            Reasoning(HOSTILE),
            Text(HOSTILE),
            Image(HOSTILE, HOSTILE),
            Sources((Source(HOSTILE, HOSTILE),)),
            Notice(HOSTILE),
        ),
        model=f"x/{HOSTILE}",
        status=Status.INTERRUPTED,
        failure=Failure("lost", HOSTILE, HOSTILE),
    )
    segue = Standing(hue="sky", segue=("a", "b"), segue_hues=("sky", "leaf"))
    view = MessageView(message, look(width), segue)
    view.fold()
    drawn = "".join(view.line(row).text for row in range(view.height))
    assert not [c for c in drawn if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\ud800"]
    assert "[red]x" in drawn or width < 30


@pytest.mark.parametrize("width", [8, 20, 74, 88])
def test_every_row_is_as_wide_as_the_page(width):
    view = reply(
        "Wide 世界世界世界 and 👩‍💻 and a verylongwordthatdoesnotfit " * 3,
        width=width,
        reasoning="世界 " * 40,
        status=Status.INTERRUPTED,
        failure=Failure("lost", LONG, LONG),
        sources=(Source("https://one.example/" + "a" * 200, "世界" * 60),),
        standing=Standing(hue="sky", version=10, versions=12),
        opened=True,
    )
    assert {view.line(row).cell_length for row in range(view.height)} == {1 + 2 + width + 3}


def test_a_row_is_found_again_after_the_reasoning_has_opened():
    view = reply("One.\n\nTwo.", reasoning="Hm.\nSo.")
    place = view.place(3)
    assert rows(view)[3] == "  Two."
    view.fold()
    assert rows(view)[view.row(place)] == "  Two."


@pytest.mark.parametrize("width", range(1, 16))
def test_a_prompt_beside_marks_that_leave_it_no_room_is_shown_all_the_same(width):
    standing = Standing(first=True, version=10, versions=12, pinned=True)
    view = MessageView(Message(1, 1, None, Role.USER, (Text("I am\n東京 /mod ^"),)), look(width), standing)
    shown = "".join("".join(rows(view)).split())
    assert all(letter in shown for letter in "Iam東京/mod^")


def test_versions_of_a_prompt_stand_beside_it():
    message = Message(1, 1, None, Role.USER, parts=(Text("word " * 20),))
    view = MessageView(message, look(40), Standing(first=True, version=1, versions=2))
    assert rows(view) == [
        "▎ word word word word word word    ‹ 1/2 ›",
        "▎ word word word word word word",
        "▎ word word word word word word",
        "▎ word word",
    ]
    assert view.target(0, 33).action is Action.VERSION_PREVIOUS
    assert view.target(0, 39).action is Action.VERSION_NEXT
    assert view.target(1, 39) is None
    assert {view.line(row).cell_length for row in range(4)} == {1 + 2 + 40 + 3}


def test_the_selected_reply_tells_what_it_took():
    created = datetime(2026, 11, 22, tzinfo=UTC)
    view = reply(
        "Yes",
        usage=Usage(output_tokens=1312, cost=0.0042),
        created_at=created,
        finished_at=created + timedelta(seconds=6.25),
        standing=Standing(first=True, hue="sky", version=2, versions=3),
    )
    took = f"   1,312 tokens   6.2 s   $0.004   {time_words(created)}   ‹ 2/3 ›"
    assert view.line(0, selected=True).text.rstrip().endswith(took)
    assert view.line(0, selected=True).cell_length == view.line(0).cell_length
    assert "tokens" not in view.line(0).text


def test_words_stand_on_the_name_line_while_nothing_has_come():
    view = reply(status=Status.STREAMING)
    view.say("server busy; try 2 of 3 in 4 s")
    assert rows(view)[0] == "  gpt-6-sol   server busy; try 2 of 3 in 4 s"
    view.feed("Here", "")
    assert rows(view)[0] == "  gpt-6-sol"


LOOKED_UP = (
    Reasoning("Where could it be?", 2.0),
    Text("I look."),
    ToolCall("1", "fs", "read_file", {"path": "a.md"}, state=CallState.DONE),
    ToolResult("1", "milk"),
    Text("It says milk."),
)


def test_what_stands_between_texts_is_drawn_in_its_place():
    message = Message(2, 1, 1, Role.ASSISTANT, LOOKED_UP, model="openai/gpt-6-sol")
    view = MessageView(message, look(), Standing(first=True, hue="sky"))
    shown = [row.strip() for row in rows(view) if row.strip()]
    assert shown[0] == "gpt-6-sol"
    assert "thought for 2 s, 4 words" in shown[1] and shown[2] == "I look."
    assert shown[3].startswith("▸ fs read_file") and "a.md" in shown[3]
    assert shown[4:] == ["It says milk."]
    assert "Where could it be?" not in "".join(shown)
    opened = next(row for row in range(view.height) if "thought for" in view.line(row).text)
    assert view.toggle(opened)
    assert "Where could it be?" in "".join(rows(view))


def test_a_reply_that_comes_is_drawn_as_it_is_read_again():
    view = reply(status=Status.STREAMING)
    for piece in (Reasoning("First."), "One ", "two.", Reasoning("So "), Reasoning("so."), "Three."):
        view.feed(*(("", piece.text) if isinstance(piece, Reasoning) else (piece, "")))
    parts = (Reasoning("First."), Text("One two."), Reasoning("So so."), Text("Three."))
    ended = Message(2, 1, 1, Role.ASSISTANT, parts, model="openai/gpt-6-sol")
    again = MessageView(ended, look(), Standing(first=True, hue="sky"))
    view.replace(ended, view.standing)
    assert rows(view) == rows(again)
    shown = "\n".join(rows(view))
    assert shown.index("thought") < shown.index("One two.") < shown.rindex("thought") < shown.index("Three.")
