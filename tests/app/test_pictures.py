"""Pictures of replies and prompts, where they stand."""

from __future__ import annotations

import asyncio
import base64

import pytest
from msgspec.structs import replace
from textual.geometry import Offset
from textual.selection import Selection

from tests.app.conftest import DONE
from tests.pictures import BLUE, RED, bomb, png
from tests.providers.conftest import Server
from tui.app.messages.gallery import HALF
from tui.app.messages.picture_screen import PictureScreen
from tui.app.messages.selection import key_of
from tui.app.terminal.abilities import FEW, Abilities
from tui.chat.attachment import attachment_of
from tui.chat.chunks import Image
from tui.chat.parts import File
from tui.config import PicturesConfig, ToolsConfig
from tui.engine import remote_picture
from tui.errors import SegueError
from tui.system import opener
from tui.tools.builtin.fetching import ElsewhereError

AT_DUSK = png(200, 100, RED, BLUE)


def sent(data: bytes, kind: str = "png") -> Image:
    return Image(f"data:image/{kind};base64,{base64.b64encode(data).decode()}")


def cells(world) -> list[list[tuple[str, str]]]:
    """The colours of the cells that show a picture, row by row."""
    found = []
    for row in world.app.screen._compositor.render_strips():
        halves = [s for s in row if s.text.startswith(HALF) and s.style and s.style.color and s.style.bgcolor]
        colours = [
            (s.style.color.get_truecolor().hex, s.style.bgcolor.get_truecolor().hex)
            for s in halves
            for _ in s.text
        ]
        if colours:
            found.append(colours)
    return found


def _hex(colour) -> str:
    return colour.get_truecolor().hex


async def test_a_picture_stands_where_it_came_and_is_kept(run):
    async with run() as world:
        world.script("Before.", sent(AT_DUSK), "After.", DONE)
        await world.say("draw")
        await world.sees("Before.", HALF, "picture.png  image", "After.")
        red, blue = "#fa0000", "#0000fa"
        upper, middle, lower = [(red, red)] * 20, [(red, blue)] * 20, [(blue, blue)] * 20
        assert cells(world) == [upper, upper, middle, lower, lower]
        await world.until(lambda: world.session.live.all_saved)
        [_, reply] = await world.path()
        [before, picture, after] = reply.parts
        assert (before.text, after.text) == ("Before.", "After.")
        assert isinstance(picture, File) and picture.attachment.data is None
        [file] = await world.store.with_contents([picture.attachment])
        assert file.data == AT_DUSK


async def test_it_is_drawn_from_the_history_when_it_is_seen_and_again_at_another_width(run):
    async with run() as world:
        world.script("Before.", sent(AT_DUSK), DONE)
        await world.say("draw")
        await world.sees(HALF)
        before = cells(world)
        conversation = world.conversation.id
        await world.open_new()
        await world.sees_no(HALF)
        await world.open(conversation)
        await world.until(lambda: cells(world) == before)
        await world.pilot.resize_terminal(30 + 14, 24)
        await world.until(lambda: cells(world) and len(cells(world)[0]) == 20)


async def test_it_scrolls_and_what_is_off_the_screen_is_not_loaded(run):
    async with run() as world:
        world.script(sent(AT_DUSK), "\n\n" + "\n\n".join(f"line {n}" for n in range(60)), DONE)
        await world.say("draw")
        await world.sees("line 59")
        conversation = world.conversation.id
        await world.open_new()
        world.app.gallery._pictures.clear()
        world.app.gallery._known.clear()
        await world.open(conversation)
        await world.sees("line 59")
        assert not world.app.gallery._known
        world.transcript.action_scroll_home()
        await world.sees(HALF)
        shown = cells(world)
        world.transcript.action_scroll_end()
        await world.sees("line 59")
        world.transcript.action_scroll_home()
        await world.until(lambda: cells(world) == shown)


async def test_a_selection_over_a_picture_has_it_once_as_markdown(run):
    async with run() as world:
        world.script("Before.", sent(AT_DUSK), "After.", DONE)
        await world.say("draw")
        await world.sees(HALF, "After.")
        everything = Selection(Offset(0, key_of(1, 0)), Offset(0, key_of(2, 0)))
        text = world.transcript.get_selection(everything)[0]
        assert text == "Before.\n\n![picture](picture.png)\n\nAfter."
        world.screen.selections = {world.transcript: everything}
        await world.pilot.pause()
        assert HALF in world.text


@pytest.mark.parametrize(
    ("data", "words"),
    [(bomb(10_000, 10_000), "too large"), (AT_DUSK[:70], "broken")],
    ids=["bomb", "cut"],
)
async def test_what_can_not_be_drawn_is_named_with_the_reason(run, data, words):
    async with run() as world:
        world.script("Before.", sent(data), "After.", DONE)
        await world.say("draw")
        await world.sees("picture.png", words, "After.")
        assert not cells(world)


async def test_what_is_no_picture_stays_a_link(run):
    async with run() as world:
        world.script("Before.", sent(b"<svg/>"), "After.", DONE)
        await world.say("draw")
        await world.sees("Before.", "image", "After.")
        assert not cells(world)


@pytest.mark.parametrize("terminal", [Abilities(colours=FEW), Abilities(ascii=True)])
async def test_a_terminal_of_few_colours_or_glyphs_has_words(run, terminal):
    async with run(terminal=terminal) as world:
        world.script("Before.", sent(AT_DUSK), "After.", DONE)
        await world.say("draw")
        await world.sees("Before.", "picture.png", "After.")
        assert not cells(world)


async def test_the_setting_turns_them_off_and_on(run):
    async with run() as world:
        world.app.use_config(replace(world.app.config, pictures=PicturesConfig("off")))
        world.script("Before.", sent(AT_DUSK), "After.", DONE)
        await world.say("draw")
        await world.sees("picture.png", "After.")
        assert not cells(world)
        world.app.use_config(replace(world.app.config, pictures=PicturesConfig("cells")))
        await world.sees(HALF)


async def test_files_of_a_prompt_have_thumbnails_where_there_is_room(run):
    async with run(size=(80, 44)) as world:
        world.composer.attach(
            [attachment_of("one.png", AT_DUSK), attachment_of("two.png", png(40, 80, BLUE))]
        )
        world.script("Seen.", DONE)
        await world.say("look")
        await world.sees("one.png", "two.png", HALF, "Seen.")
        await world.until(lambda: max(map(len, cells(world))) == 12 + 3 or max(map(len, cells(world))) > 12)
        await world.pilot.resize_terminal(80, 30)
        await world.sees_no(HALF)


# -- what is done with one
@pytest.fixture
def folder(tmp_path, monkeypatch):
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


async def drawn(world) -> None:
    world.script("Before.", sent(AT_DUSK), "After.", DONE)
    await world.say("draw")
    await world.sees(HALF, "After.")


async def test_a_picture_is_seen_alone_and_saved_from_there(run, folder):
    async with run() as world:
        await drawn(world)
        await world.pilot.press("alt+up", "o")
        await world.until(lambda: isinstance(world.app.screen, PictureScreen))
        await world.sees(HALF, "picture.png", "save", "open outside")
        assert "After." not in world.text and "by pixels" not in world.text
        await world.pilot.press("w")
        await world.sees("Save a picture of")
        await world.pilot.press("enter")
        await world.sees("Saved to")
        assert (folder / "picture.png").read_bytes() == AT_DUSK
        await world.pilot.press("escape")
        await world.sees("After.", HALF)


async def test_a_click_on_a_picture_shows_it_alone_and_one_there_leads_back(run):
    async with run() as world:
        await drawn(world)
        row = next(y for y, line in enumerate(world.text.split("\n")) if HALF in line)
        await world.pilot.click(offset=(8, row))
        await world.until(lambda: isinstance(world.app.screen, PictureScreen))
        await world.sees(HALF)
        await world.pilot.click(offset=(8, row))
        await world.until(lambda: world.app.screen is world.screen)


async def test_pictures_and_code_have_numbers_where_there_are_several(run, folder):
    async with run() as world:
        world.script(sent(AT_DUSK), "Text.\n\n```python\nprint(1)\n```\n", sent(png(60, 40, BLUE)), DONE)
        await world.say("draw")
        await world.until(lambda: len(cells(world)) >= 7)
        await world.pilot.press("alt+up", "w")
        await world.sees(" 1 ", " 2 ", " 3 ")
        await world.pilot.press("3")
        await world.sees("Save a picture of")
        await world.pilot.press("enter")
        await world.sees("Saved to")
        assert (folder / "picture.png").read_bytes() == png(60, 40, BLUE)


async def test_no_file_is_written_over(run, folder):
    (folder / "mine.png").write_text("mine")
    async with run() as world:
        await drawn(world)
        await world.pilot.press("alt+up", "w")
        await world.sees("Save a picture of")
        await world.pilot.press("ctrl+u", *"mine.png", "enter")
        await world.sees("is there already")
        await world.pilot.press("enter")
        await world.sees("is there already")
        await world.pilot.press("escape", "escape")
        await world.say("/save mine.png")
        await world.sees("is there already")
        assert (folder / "mine.png").read_text() == "mine"
        await world.say("/save other.png")
        await world.sees("Saved to")
        assert (folder / "other.png").read_bytes() == AT_DUSK


async def test_the_command_saves_code_where_there_is_no_picture_and_says_where_there_is_nothing(run, folder):
    async with run() as world:
        await world.say("/save")
        await world.sees("no picture and no code")
        world.script("```python\nprint(1)\n```", DONE)
        await world.say("code")
        await world.sees("print(1)")
        await world.say("/save one.py")
        await world.sees("Saved to")
        assert (folder / "one.py").read_text() == "print(1)\n"


async def test_the_systems_program_gets_a_file_of_its_own(run, monkeypatch):
    opened = []
    monkeypatch.setattr(opener, "trouble", lambda env, platform: "")
    monkeypatch.setattr(opener, "open_file", lambda path: opened.append(path.read_bytes()))
    async with run() as world:
        await drawn(world)
        await world.pilot.press("alt+up", "O")
        await world.until(lambda: opened == [AT_DUSK])


@pytest.mark.parametrize(
    ("env", "platform", "words"),
    [
        ({"SSH_CONNECTION": "1 2 3 4", "DISPLAY": ":0"}, "linux", "Over SSH"),
        ({}, "linux", "no desktop"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ""),
        ({}, "darwin", ""),
    ],
)
def test_a_picture_is_opened_where_the_person_sits(env, platform, words):
    assert words in opener.trouble(env, platform)
    assert bool(words) is bool(opener.trouble(env, platform))


async def test_a_file_of_a_prompt_is_seen_alone_too(run):
    async with run() as world:
        world.composer.attach([attachment_of("one.png", AT_DUSK)])
        world.script("Seen.", DONE)
        await world.say("look")
        await world.sees("one.png", "Seen.")
        await world.pilot.press("alt+up", "up", "o")
        await world.sees(HALF)


async def test_pictures_of_two_models_stand_side_by_side(run):
    async with run(size=(120, 40)) as world:
        world.script_of("big", "One.", sent(png(200, 100, RED)), DONE)
        world.script_of("small", "Two.", sent(png(200, 100, BLUE)), DONE)
        await world.say("draw")
        await world.sees("One.", HALF, "ready")
        world.screen.run_command("compare", "small")
        await world.sees("Compare", "One.", "Two.")
        both = {("#fa0000",) * 2, ("#0000fa",) * 2}
        await world.until(lambda: {cell for row in cells(world) for cell in row} >= both)


# -- one that is elsewhere
CAT_AT = "https://pictures.example/cat.png"


@pytest.fixture
def elsewhere(monkeypatch):
    """What addresses hold; how often each was asked for."""
    asked: list[str] = []

    async def load(address, config):
        asked.append(address)
        answer = elsewhere_answers[min(len(asked), len(elsewhere_answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, asyncio.Event):
            await answer.wait()
        return attachment_of("cat.png", AT_DUSK)

    elsewhere_answers: list[object] = [None]
    monkeypatch.setattr(remote_picture, "load_picture", load)
    return asked, elsewhere_answers


@pytest.mark.parametrize(
    "part", [f"Look: ![a cat]({CAT_AT})\n\nNice?", Image(CAT_AT, "a cat")], ids=["in a text", "as a part"]
)
async def test_a_picture_elsewhere_is_loaded_by_a_key_after_its_host_was_shown(run, elsewhere, part):
    asked, _ = elsewhere
    async with run() as world:
        world.script("Before.", part, DONE)
        await world.say("draw")
        await world.sees("a cat", "pictures.example")
        assert not asked and not cells(world)
        await world.pilot.press("alt+up", "o")
        await world.sees(
            CAT_AT, "A picture on pictures.example; nothing of it is loaded yet.", "load picture"
        )
        assert not asked
        await world.pilot.press("l")
        await world.until(lambda: isinstance(world.app.screen, PictureScreen))
        await world.sees(HALF, "cat.png")
        await world.pilot.press("escape")
        await world.sees("Before.", "a cat", HALF, "▸ cat.png")
        assert asked == [CAT_AT]
        [_, reply] = await world.path()
        assert File not in map(type, reply.parts)
        await world.pilot.press("o", "1")
        await world.until(lambda: isinstance(world.app.screen, PictureScreen))
        assert asked == [CAT_AT]


async def test_esc_ends_a_picture_that_is_being_loaded_and_what_fails_is_said(run, elsewhere):
    asked, answers = elsewhere
    answers[:] = [
        SegueError("pictures.example answered with status 404"),
        ElsewhereError("https://other.example/cat.png"),
        asyncio.Event(),
    ]
    async with run() as world:
        world.script(f"![a cat]({CAT_AT})", DONE)
        await world.say("draw")
        await world.sees("a cat")
        await world.pilot.press("alt+up", "o", "l")
        await world.sees("pictures.example answered with status 404")
        await world.pilot.press("l")
        await world.sees("It has moved to other.example; nothing was loaded from there yet.")
        await world.pilot.press("l")
        await world.sees("Loading from other.example")
        assert asked == [CAT_AT, CAT_AT, "https://other.example/cat.png"]
        await world.pilot.press("escape")
        await world.until(lambda: world.app.screen is world.screen)
        assert not cells(world)


async def test_nothing_is_asked_of_a_server_before_the_key(run):
    server = Server()
    server.answer = lambda exchange: exchange.whole(AT_DUSK, Content_Type="image/png")
    await server.start()
    async with run() as world:
        allowed = ToolsConfig(allow_hosts=("127.0.0.1",))
        workspace = world.session.workspace
        workspace.config = replace(workspace.config, tools=allowed)
        world.script(f"![a cat]({server.url}/cat.png)", DONE)
        await world.say("draw")
        await world.sees("a cat")
        await world.pilot.press("alt+up", "o")
        await world.sees("nothing of it is loaded yet")
        assert not server.requests
        await world.pilot.press("l")
        await world.sees(HALF, "cat.png")
        assert [request.target for request in server.requests] == ["/cat.png"]
    await server.close()
