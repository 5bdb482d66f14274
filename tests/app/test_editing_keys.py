"""The keys of a shell, of macOS and of kitty, and whole characters: in the composer and in every field."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input, TextArea

from tui.app.lists.ask_text import TextField
from tui.app.lists.field import Field, LoneField
from tui.app.lists.writing_area import WritingArea
from tui.app.terminal.parser import InputParser
from tui.app.theme.themes import THEMES

CLUSTERS = ("🇩🇪", "👍🏽", "👩‍👩‍👧", "e\u0301", "⚠️", "ශ්", "क्ष", "ที่", "漢", "각")
FIELDS: list[Callable[[], Any]] = [WritingArea, TextField, Field, LoneField]


class Fields(App[None]):
    """One field of a kind."""

    pilot: Any = None

    def __init__(self, make: Callable[[], Any]) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "segue-dark"
        self._made = make()

    def compose(self) -> ComposeResult:
        yield self._made

    @property
    def text(self) -> str:
        return str(self._made.text if isinstance(self._made, TextArea) else self._made.value)

    @property
    def caret(self) -> int:
        field = self._made
        return int(field.cursor_location[1] if isinstance(field, TextArea) else field.cursor_position)


@pytest.fixture(params=FIELDS, ids=lambda make: make.__name__)
def opened(request):
    @asynccontextmanager
    async def open_app():
        app = Fields(request.param)
        async with app.run_test(size=(40, 10)) as pilot:
            app.pilot = pilot
            app._made.focus()
            await pilot.pause()
            yield app

    return open_app


async def send(app: Any, *sequences: str) -> None:
    """What a terminal sends, through its reader."""
    reader = InputParser()
    for sequence in sequences:
        for message in (*reader.feed(sequence), *reader.feed("")):
            if isinstance(message, events.Key):
                app.post_message(message)
        if len(sequence) > 1 or sequence < " ":  # a binding waits for its turn, a letter does not
            await app.pilot.pause()
    await app.pilot.pause()


LEFT, RIGHT, BACKSPACE, DELETE, HOME = "\x1b[D", "\x1b[C", "\x08", "\x1b[3~", "\x01"


@pytest.mark.parametrize("char", CLUSTERS)
async def test_a_character_is_deleted_and_passed_as_a_whole(opened, char):
    async with opened() as app:
        await send(app, *f"x{char}{char}y")
        await app.pilot.pause()
        await send(app, LEFT, BACKSPACE)
        assert app.text == f"x{char}y"
        await send(app, LEFT)
        assert app.caret == 1
        await send(app, RIGHT)
        assert app.caret == 1 + len(char)
        await send(app, LEFT, DELETE)
        assert app.text == "xy"


@pytest.mark.parametrize(
    "keys", ["\x1b[127;2u", "\x1b[127;2:1u", "\x7f", "\x08"], ids=["kitty", "pressed", "delete", "ctrl+h"]
)
async def test_backspace_deletes_with_shift_too(opened, keys):
    async with opened() as app:
        await send(app, *"ab", keys)
        assert app.text == "a"


@pytest.mark.parametrize("keys", ["\x1b[1;3D", "\x1b[1;5D", "\x1bb", "\x1b[98;3u"])
async def test_a_word_to_the_left(opened, keys):
    async with opened() as app:
        await send(app, *"one two", keys, "x")
        assert app.text == "one xtwo"


@pytest.mark.parametrize("keys", ["\x1b[1;3C", "\x1b[1;5C", "\x1bf", "\x1b[102;3u"])
async def test_a_word_to_the_right(opened, keys):
    async with opened() as app:
        await send(app, *"one two", HOME, keys, "x")
        assert app.text == "onex two"


@pytest.mark.parametrize("keys", ["\x17", "\x1b\x7f", "\x1b[127;3u", "\x1b[127;5u"])
async def test_a_word_is_deleted_to_the_left(opened, keys):
    async with opened() as app:
        await send(app, *"one two", keys)
        assert app.text == "one "


@pytest.mark.parametrize("keys", ["\x1bd", "\x1b[100;3u", "\x1b[3;3~", "\x1b[3;5~"])
async def test_a_word_is_deleted_to_the_right(opened, keys):
    async with opened() as app:
        await send(app, *"one two", HOME, keys)
        assert app.text == " two"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("请看这个文件", "请看这个文"),
        ("你好，世界。", "你好，世界"),
        ("読むカタカナ", "読む"),
        ("नीला पानी", "नीला "),
    ],
)
async def test_a_word_of_a_script_without_spaces_is_no_clause(opened, text, left):
    async with opened() as app:
        await send(app, *text, "\x17")
        assert app.text == left


@pytest.mark.parametrize(("kill", "left"), [("\x17", "one "), ("\x15", ""), ("\x1b[127;9u", "")])
async def test_what_was_cut_is_put_in_again(opened, kill, left):
    async with opened() as app:
        await send(app, *"one two", kill)
        assert app.text == left
        await send(app, *"> ", "\x19", "\x19")
        assert app.text == left + "> " + ("one two"[len(left) :]) * 2


async def test_what_was_cut_to_the_end_is_put_in_again(opened):
    async with opened() as app:
        await send(app, *"one two", HOME, "\x0b", *"new ", "\x19")
        assert app.text == "new one two"


async def test_cuts_without_anything_between_are_one(opened):
    async with opened() as app:
        await send(app, *"one two three", "\x17", "\x17", "\x19", "!")
        assert app.text == "one two three!"


async def test_a_key_that_is_held_alone_writes_and_moves_nothing(opened):
    async with opened() as app:
        await send(app, *"ab", "\x1b[57441;2u", "\x1b[57442;5u", "\x1b[57443;3u", "\x1b[57358;65u", "c")
        assert app.text == "abc"


async def test_alt_and_a_letter_write_nothing(opened):
    async with opened() as app:
        await send(app, *"ab ", "\x1bd", "\x1bz", "\x1bq")
        assert app.text == "ab "


async def test_in_the_composer_the_line_is_cut_and_no_row_of_it(run):
    async with run(size=(60, 24)) as world:
        line = "word " * 40
        await world.type(f"first{line}")
        await world.pilot.press("ctrl+j")
        await world.type(line)
        await world.pilot.press("ctrl+u")
        assert world.composer.draft == f"first{line}\n"
        await world.pilot.press("ctrl+y")
        assert world.composer.draft == f"first{line}\n{line}"


async def test_undo_goes_by_words(run):
    async with run() as world:
        await world.type("one two three")
        drafts = []
        while world.composer.draft:
            await world.pilot.press("ctrl+z")
            drafts.append(world.composer.draft)
        assert drafts == ["one two ", "one ", ""]
        await world.pilot.press("ctrl+y")
        assert world.composer.draft == "one "


async def test_undo_gives_back_what_a_key_cut_and_nothing_else(run):
    async with run() as world:
        await world.type("one two")
        await world.pilot.press("ctrl+w", "ctrl+w", "ctrl+z")
        assert world.composer.draft == "one "


@pytest.mark.parametrize("keys", ["\x1b[27;2;13~", "\x1b[27;3;13~", "\x1b[13;2u", "\x1b[13;3u", "\x1b\r"])
async def test_a_new_line_by_shift_or_alt_in_every_form(run, keys):
    async with run() as world:
        for key in ("a", keys, "b"):
            for message in InputParser().feed(key):
                world.app.post_message(message)
        await world.until(lambda: world.composer.draft == "a\nb")


@pytest.mark.parametrize("keys", ["0d$", "0dW", '0f"ci"new', "0rX", "0~"])
async def test_vim_is_not_disturbed_by_keys_that_are_held(run, keys):
    async with run(vim=True) as world:
        await world.type('say "this"')
        await world.pilot.press("escape")
        for key in keys:
            if not key.islower() and not key.isdigit():
                world.app.post_message(next(iter(InputParser().feed("\x1b[57441;2u")), events.Focus()))
            await world.type(key)
        await world.until(lambda: world.composer.draft != 'say "this"')


async def test_ctrl_and_a_bracket_is_esc(run):
    async with run(vim=True) as world:
        await world.type("abc")
        for message in InputParser().feed("\x1b[91;5u"):
            world.app.post_message(message)
        await world.type("0x")
        assert world.composer.draft == "bc"


@pytest.mark.parametrize("char", CLUSTERS)
async def test_vim_goes_by_whole_characters(run, char):
    async with run(vim=True) as world:
        text = f"a{char}{char}b"
        await world.type(text)
        await world.pilot.press("escape")
        await world.type("hx")
        assert world.composer.draft == f"a{char}b"
        await world.type("0lrZ")
        assert world.composer.draft == "aZb"
        await world.type("u0lvd")
        assert world.composer.draft == "ab"
        await world.type("ulyl$p")
        assert world.composer.draft == f"a{char}bb" or world.composer.draft == f"a{char}b{char}"


async def test_a_paste_outside_of_vims_writing_is_undone_by_itself(run):
    async with run(vim=True) as world:
        await world.type("typed")
        await world.pilot.press("escape")
        world.app.post_message(events.Paste(" and pasted"))
        await world.until(lambda: "pasted" in world.composer.draft)
        await world.type("u")
        assert world.composer.draft == "typed"
        await world.type("u")
        assert world.composer.draft == ""


async def test_hidden_keys_are_put_into_no_ring():
    class Hidden(Fields):
        def compose(self) -> ComposeResult:
            yield LoneField(password=True)
            yield Field()

    app = Hidden(Field)
    async with app.run_test() as pilot:
        app.query_one(LoneField).focus()
        await pilot.press(*"sk-secret", "ctrl+u", "tab", "ctrl+y")
        assert [field.value for field in app.query(Input)] == ["", ""]
