"""What looks like a thing can be clicked."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.app.conftest import DONE, World
from tui.app.lists.ask_line import AskLine
from tui.app.messages.name_line import named, time_words
from tui.app.models.picker import ModelPicker

CODE = "Words of it.\n\n```python\nprint(1)\n```"


def place(world: World, words: str) -> tuple[int, int]:
    """Where words stand on the screen."""
    for y, line in enumerate(world.text.split("\n")):
        if words in line:
            return line.index(words), y
    raise AssertionError(f"{words} is not there\n{world.text}")


async def click(world: World, words: str) -> None:
    await world.sees(words)
    x, y = place(world, words)
    await world.pilot.click(offset=(x, y))
    await world.pilot.pause()


async def talked(world: World, reply: str = CODE) -> None:
    world.script(reply, DONE)
    await world.say("Hello you")
    await world.sees(reply.split("\n")[0])
    await world.until(lambda: not world.current.busy)


async def test_a_message_is_chosen_by_a_click_and_left_by_another(run) -> None:
    async with run() as world:
        await talked(world)
        await click(world, "Words of it.")
        assert world.transcript.selected == world.conversation.leaf and world.transcript.has_focus
        await click(world, "▎ Hello you")
        assert world.transcript.selected == world.conversation.path()[0]
        await click(world, "▎ Hello you")
        assert world.transcript.selected is None and world.composer.has_focus


async def test_a_click_takes_no_keys_from_what_is_being_written(run) -> None:
    async with run() as world:
        await talked(world)
        await world.type("and ")
        await click(world, "Words of it.")
        assert world.transcript.selected is None and world.composer.has_focus
        await world.type("more")
        assert world.composer.draft == "and more"
        x, y = place(world, "▎ Hello you")
        await world.pilot.click(offset=(x, y))
        await world.until(lambda: world.transcript.selected == world.conversation.path()[0])
        assert world.composer.draft == "and more"
        await world.sees("esc back to writing")
        await click(world, "and more")
        await world.until(lambda: world.transcript.selected is None and world.composer.has_focus)
        await world.sees("enter send")


async def test_the_title_is_changed_by_a_click(run) -> None:
    async with run() as world:
        await talked(world)
        await world.pilot.click("#title", offset=(4, 0))
        await world.until(lambda: isinstance(world.app.screen, AskLine))


async def test_the_model_in_the_status_line_is_picked_by_a_click(run) -> None:
    async with run() as world:
        await world.pilot.click("#status", offset=(1, 0))
        await world.until(lambda: isinstance(world.app.screen, ModelPicker))
        await world.sees("2 of 2")


async def test_a_click_beside_a_sheet_closes_it_unless_something_is_written_there(run) -> None:
    async with run() as world:
        await world.pilot.press("ctrl+l")
        await world.sees("2 of 2")
        await world.pilot.click(offset=(1, 23))
        await world.until(lambda: world.app.screen is world.screen)
        world.screen.run_command("tag")
        await world.until(lambda: isinstance(world.app.screen, AskLine))
        await world.pilot.press("x")
        await world.pilot.click(offset=(1, 23))
        await world.pilot.pause()
        assert isinstance(world.app.screen, AskLine), "what is written is not lost"


async def test_the_label_of_code_is_copied_by_a_click(run, monkeypatch) -> None:
    async with run() as world:
        copied = []
        monkeypatch.setattr(world.transcript, "copy_text", copied.append)
        await talked(world)
        await click(world, "python")
        assert copied == ["print(1)"]


async def test_hints_in_the_key_line_are_clicked(run) -> None:
    async with run() as world:
        await click(world, "ctrl+l model")
        await world.until(lambda: isinstance(world.app.screen, ModelPicker))
        await world.sees("2 of 2")


async def test_a_chosen_message_says_when_it_was(run) -> None:
    async with run() as world:
        await talked(world)
        [prompt, reply] = await world.path()
        await world.pilot.press("alt+up")
        await world.sees(time_words(reply.created_at))
        await world.pilot.press("alt+up")
        await world.sees(time_words(prompt.created_at))


def test_a_time_of_another_day_has_its_day() -> None:
    now = datetime(2026, 5, 6, 12, 0, tzinfo=UTC).astimezone()
    assert len(time_words(datetime(2026, 5, 6, 12, 0, tzinfo=UTC), now)) == len("14:05")
    assert time_words(datetime(2026, 5, 4, 12, 0, tzinfo=UTC), now).startswith("2026-05-0")


def test_two_models_of_one_name_have_their_providers() -> None:
    assert named("a/fast", ["a/fast", "b/slow"]) == "fast"
    assert named("a/fast", ["a/fast", "b/fast"]) == "a/fast"
