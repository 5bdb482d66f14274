"""Text that runs from right to left is seen in its order everywhere, and stays what was written."""

from __future__ import annotations

from textual.geometry import Offset

from tests.app.conftest import DONE, World
from tui.app.lists.field import LoneField
from tui.app.terminal.replies import Named, Replied

REPLY = "זה דוח (a) 12.\n\nSee [קישור כאן](https://example.org/x) there.\n\n```\nx = 'אב'\n```"
SEEN = ".12 (a) חוד הז"


def place(world: World, words: str) -> tuple[int, int]:
    """Where words stand on the screen."""
    lines = world.text.split("\n")
    y = next(y for y, line in enumerate(lines) if words in line)
    return lines[y].index(words), y


async def talked(world: World) -> None:
    world.script(REPLY, DONE)
    await world.say("שלום (b) 7")
    await world.sees(SEEN)
    await world.until(lambda: not world.current.busy)


async def dragged(world: World, first: tuple[int, int], last: tuple[int, int]) -> str | None:
    await world.pilot.mouse_down(offset=first)
    await world.pilot.hover(offset=last)
    await world.pilot.mouse_up(offset=last)
    await world.pilot.pause()
    selected: str | None = world.app.screen.get_selected_text()
    return selected


async def test_a_reply_is_turned_and_what_is_marked_clicked_and_found_is_what_was_written(run):
    async with run(bidi="on") as world:
        await talked(world)
        x, y = place(world, SEEN)
        lines = world.text.split("\n")
        assert lines[y].rstrip(" ▐").endswith(SEEN) and x > 40, "it begins at the right"
        assert "x = 'בא'" in world.text
        [_, reply] = await world.path()
        assert reply.text == REPLY

        await world.pilot.click(world.transcript, offset=(x + 1, y - world.transcript.region.y), times=2)
        assert world.app.screen.get_selected_text() == "12"
        right = x + len(SEEN)
        assert await dragged(world, (right - 1, y), (right - 5, y)) == "זה דו"
        world.app.screen.clear_selection()

        at, row = place(world, "ןאכ רושיק")
        clicked: list[str] = []
        world.transcript.do = lambda target, _: clicked.append(target.value)
        await world.pilot.click(offset=(at + 1, row))
        await world.until(lambda: clicked == ["https://example.org/x"])

        await world.transcript.find("דוח")
        assert len(world.transcript.hits) == 1


async def test_the_list_of_conversations_has_its_titles_in_order_where_they_stand(run):
    async with run((120, 30), bidi="on") as world:
        await talked(world)
        await world.until(lambda: world.text.count("7 (b) םולש") >= 3)
        rows = [line for line in world.text.split("\n") if "7 (b) םולש" in line]
        assert any(line.startswith("▎  7 (b) םולש") for line in rows), "it keeps its place in the sidebar"


async def test_a_draft_is_turned_as_it_is_written_and_the_caret_goes_where_the_keys_point(run):
    async with run(bidi="on") as world:
        composer = world.composer
        await world.type("אבג xy")
        left, top, width, _ = composer.content_region
        line = world.text.split("\n")[top][left : left + width]
        assert line.rstrip() == "xy גבא".rjust(width)
        assert composer.cursor_screen_offset == Offset(left + width - 7, top), "the caret is at its end"
        await world.pilot.press("right")
        assert composer.cursor_location == (0, 5), "to the right is back"
        await world.pilot.press("ctrl+left")
        assert composer.cursor_location == (0, 6)
        await world.pilot.click(offset=(left + width - 1, top))
        assert composer.cursor_location == (0, 0)
        await world.pilot.press("left", "delete")
        assert composer.draft == "אג xy"
        await world.pilot.press("ctrl+a")
        await world.type("de ")
        assert composer.draft == "de אג xy"
        assert world.text.split("\n")[top][left : left + width].rstrip() == "de גא xy"
        await world.pilot.press("ctrl+a", "right")
        assert composer.cursor_location == (0, 1), "to the right is on"


async def test_it_is_left_to_a_terminal_that_does_it_as_soon_as_that_is_known(run, monkeypatch):
    for name in ("TERM_PROGRAM", "LC_TERMINAL", "KITTY_WINDOW_ID", "VTE_VERSION", "TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    async with run() as world:
        await talked(world)
        world.app.post_message(Replied(Named("mlterm(3.9.3)")))
        await world.sees("זה דוח (a) 12.")
        assert SEEN not in world.text
        world.app.post_message(Replied(Named("XTerm(379)")))
        await world.sees(SEEN)


async def test_a_terminal_that_turns_words_gets_them_in_order_with_their_letters_as_written(run, monkeypatch):
    for name in ("TERM_PROGRAM", "LC_TERMINAL", "KITTY_WINDOW_ID", "VTE_VERSION", "TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    async with run() as world:
        await talked(world)
        world.app.post_message(Replied(Named("kitty(0.36.4)")))
        await world.sees(".12 (a) דוח זה", "x = 'אב'", "כאן קישור")
        x, y = place(world, ".12 (a) דוח זה")
        last = x + len(SEEN) - 1
        assert await dragged(world, (last, y), (last - 4, y)) == "זה דו", "each letter is where it is seen"
        world.app.post_message(Replied(Named("Konsole 22.12.3")))
        await world.sees(".12 (a) \u200eדוח\u200e \u200eזה\u200e", "x = '\u200eאב\u200e'")


async def test_a_field_of_one_line_is_turned_too(run):
    async with run(bidi="on") as world:
        world.screen.run_command("tag")
        await world.until(lambda: isinstance(world.app.focused, LoneField))
        field = world.app.focused
        field.value = ""
        await world.type("אבג 12")
        left, top, width, _ = field.content_region
        assert world.text.split("\n")[top][left : left + width].strip() == "12 גבא"
        await world.pilot.click(offset=(left + width - 1, top))
        assert field.cursor_position == 0
