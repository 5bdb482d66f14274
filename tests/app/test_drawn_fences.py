"""Fences that are drawn, in the app: the source a key away, diagrams beside the message loop."""

from __future__ import annotations

import asyncio

import pytest

from tests.app.conftest import DONE
from tui.app.messages import diagrams
from tui.chat.chunks import Reasoning
from tui.rendering import mermaid

GRAPH = "```mermaid\ngraph TD\n A[One] --> B[Two]\n```"
TABLE = "```csv\na,b\n1,2\n```"


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    mermaid.forget()
    monkeypatch.setattr(diagrams, "SECONDS", 60.0)
    yield
    mermaid.forget()


async def answered(world, reply: str) -> None:
    world.script(reply, DONE)
    await world.say("Hi")
    await world.until(lambda: world.provider.requests and not world.current.busy)


async def test_a_diagram_is_drawn(run) -> None:
    async with run() as world:
        await answered(world, f"{GRAPH}\n")
        await world.sees("│  One  │", "│  Two  │")


async def test_while_it_is_drawn_the_source_is_shown_and_keys_answer(run, monkeypatch) -> None:
    done = asyncio.Event()

    async def slow(source: str) -> mermaid.Drawn:
        await done.wait()
        return mermaid.drawn_from(["a drawing of it"])

    monkeypatch.setattr(diagrams, "drawn", slow)
    async with run() as world:
        await answered(world, f"Before\n\n{GRAPH}\n")
        await world.sees("A[One] --> B[Two]")
        await world.type("words")
        await world.sees("words")
        done.set()
        await world.sees("a drawing of it")
        await world.sees_no("A[One]")


async def test_the_words_at_the_top_stay_where_they_are_when_a_drawing_comes(run, monkeypatch) -> None:
    done = asyncio.Event()

    async def slow(source: str) -> mermaid.Drawn:
        await done.wait()
        return mermaid.drawn_from(["drawn\n" * 30])

    monkeypatch.setattr(diagrams, "drawn", slow)
    async with run() as world:
        await answered(world, f"{GRAPH}\n\n" + "".join(f"Line {n}\n\n" for n in range(60)))
        transcript = world.transcript
        world.screen.set_focus(None)
        transcript.viewport.go(6)
        await world.until(lambda: diagrams_wanted(transcript))
        first = transcript.render_line(0).text
        done.set()
        await world.until(lambda: not diagrams_wanted(transcript))
        assert transcript.render_line(0).text == first


def diagrams_wanted(transcript) -> bool:
    return any(view.awaited for view in transcript.viewport.window.views.values())


async def test_what_takes_too_much_is_its_source_and_says_why(run, monkeypatch) -> None:
    monkeypatch.setattr(diagrams, "SECONDS", 0.0)
    async with run() as world:
        await answered(world, f"{GRAPH}\n")
        await world.sees("too tangled to draw", "A[One] --> B[Two]")


@pytest.mark.parametrize("source", ["graph TD\n A[", "graph TD\n A[One]", "pie\nwords", "no diagram"])
async def test_what_is_no_diagram_is_its_source(source) -> None:
    assert await diagrams.drawn(source) == mermaid.Drawn()


async def test_what_stands_for_characters_and_breaks_is_drawn_as_them() -> None:
    drawn = await diagrams.drawn("graph TD\n A[One<br/>two] --> B[#lt;x#gt; &amp; #35;]")
    assert "One two" in drawn.pictures[0][2] and "<x> & #" in "".join(drawn.pictures[0])


async def test_a_drawing_across_is_one_downwards_where_it_does_not_fit() -> None:
    drawn = await diagrams.drawn("graph LR\n A[日本語] --> B[Two words here] --> C[Three]")
    narrow = drawn.fitting(24)
    assert narrow is not None and "日本語" in "".join(narrow)


async def test_it_turns_into_its_source_and_back(run) -> None:
    async with run() as world:
        await answered(world, TABLE)
        await world.sees("1    2")
        await world.pilot.press("alt+up", "o")
        await world.sees("1,2")
        await world.pilot.press("o")
        await world.sees("1    2")


async def test_of_several_a_number_says_which(run) -> None:
    async with run() as world:
        await answered(world, f"[link](https://example.com)\n\n{TABLE}\n\n```tsv\nx\ty\n3\t4\n```\n")
        await world.sees("1    2", "3    4")
        await world.pilot.press("alt+up", "o", "2")
        await world.sees("1,2", "3    4")


async def test_the_source_is_copied_and_a_click_on_its_name_does_it(run, monkeypatch) -> None:
    async with run() as world:
        await answered(world, TABLE)
        copied: list[str] = []
        monkeypatch.setattr(world.transcript, "copy_text", copied.append)
        await world.pilot.press("alt+up", "c")
        await world.until(lambda: copied == ["a,b\n1,2"])


async def test_long_data_opens_with_the_key_that_folds(run) -> None:
    async with run() as world:
        await answered(world, "```json\n" + "".join(f"{n}\n" for n in range(60)) + "```")
        await world.sees("60 lines", "50 more lines")
        await world.pilot.press("alt+up", "space")
        await world.sees_no("more lines")


async def test_a_conversation_without_such_fences_loads_nothing_for_them(run) -> None:
    async with run() as world:
        await answered(world, "```python\nx = 1\n```")
        await world.sees("x = 1")
        window = world.transcript.viewport.window
        assert not any(view.awaited or view.drawn for view in window.views.values())


async def test_a_hit_in_a_reply_of_several_parts_is_gone_to(run) -> None:
    async with run() as world:
        world.script("Kyoto. ", Reasoning("Where else?"), "And Nara.", DONE)
        await world.say("Where?")
        await world.sees("Nara", "ready")
        await world.pilot.press("ctrl+f", *"nara", "enter")
        await world.until(lambda: world.features.transcript.found)
