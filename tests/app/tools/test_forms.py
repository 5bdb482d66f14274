"""What servers ask: a form, an address. Answered by keys that were meant for it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tui.app.tools import question_sheet, visit_sheet
from tui.app.tools.form_sheet import FormSheet
from tui.app.tools.visit_sheet import VisitSheet
from tui.text import clean, one_line
from tui.tools.mcp.elicitation import Action, Answer, Entry, Form, Kind, Option, Visit

HOSTILE = "\x1b]0;pwned\x07\u202e[red]bold[/red]\n\u2028line"
SIZES = (Option("s", "Small"), Option("l", "Large"))
ENTRIES = (
    Entry("name", "Your name", required=True),
    Entry("age", "Age", Kind.WHOLE, least=18),
    Entry("news", "Letters", Kind.YES_NO),
    Entry("size", "Size", Kind.ONE, options=SIZES),
    Entry("sizes", "Sizes", Kind.SEVERAL, options=SIZES),
)


async def filling(world, form: Form | None = None) -> asyncio.Task[Answer]:
    task = asyncio.create_task(world.features.asking.fill(form or Form("notes", "Who are you?", ENTRIES)))
    await world.until(lambda: isinstance(world.app.screen, FormSheet) and world.app.screen.is_mounted)
    await world.pilot.pause()
    return task


async def visiting(world, **fields: Any) -> asyncio.Task[Answer]:
    known = {"server": "notes", "message": "Sign here", "url": "https://notes.example:8443/sign?x=1"}
    task = asyncio.create_task(world.features.asking.visit(Visit(**{**known, **fields})))
    await world.until(lambda: isinstance(world.app.screen, VisitSheet) and world.app.screen.is_mounted)
    await world.pilot.pause()
    return task


async def test_a_form_is_filled_in_and_sent(run):
    async with run() as world:
        task = await filling(world)
        await world.sees("notes asks", "Who are you?", "Never write a password here", "Your name (needed)")
        await world.sees("one of Small, Large")
        await world.pilot.press("enter")
        await world.sees("Your name, text")
        await world.pilot.press(*"Ada", "enter")
        await world.until(lambda: isinstance(world.app.screen, FormSheet))
        await world.sees("Ada")
        await world.pilot.press("down", "enter")
        await world.sees("Age, whole number")
        await world.pilot.press(*"36", "enter")
        await world.until(lambda: isinstance(world.app.screen, FormSheet))
        await world.pilot.press("down", "enter")
        await world.sees("yes")
        await world.pilot.press("down", "enter")
        await world.sees("Type to filter")
        await world.pilot.press(*"lar", "enter")
        await world.until(lambda: isinstance(world.app.screen, FormSheet))
        await world.sees("Large")
        await world.pilot.press("s")
        answer = await task
        assert answer.action is Action.ACCEPT
        assert answer.values == {"name": "Ada", "age": 36, "news": True, "size": "l"}
        await world.until(lambda: world.app.screen is world.screen)


async def test_what_can_t_be_sent_so_is_said_where_it_stands(run):
    async with run() as world:
        task = await filling(world)
        await world.pilot.press("down", "enter")
        await world.pilot.press("7", "enter")
        await world.sees("× Age must be at least 18")
        await world.pilot.press("s")
        await world.sees("× Your name is needed", "× Age must be at least 18")
        assert not task.done()
        task.cancel()


@pytest.mark.parametrize(("key", "action"), [("d", Action.DECLINE), ("escape", Action.CANCEL)])
async def test_a_form_is_declined_or_closed(run, key, action):
    async with run() as world:
        task = await filling(world)
        await world.pilot.press(key)
        assert (await task).action is action


async def test_an_address_is_shown_whole_with_its_host_and_opened_by_a_key_alone(run, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr(visit_sheet, "trouble", lambda *_: "")
    monkeypatch.setattr(visit_sheet, "open_link", opened.append)
    async with run() as world:
        task = await visiting(world)
        await world.sees(
            "notes wants you to open an address",
            "It leads to notes.example:8443",
            "https://notes.example:8443/sign?x=1",
        )
        assert not opened
        await world.pilot.press("o")
        assert (await task).action is Action.ACCEPT
        await world.until(lambda: opened == ["https://notes.example:8443/sign?x=1"])


async def test_an_address_that_is_none_is_not_opened(run):
    async with run() as world:
        task = await visiting(world, url="file:///etc/passwd")
        await world.sees("Only plain http, https and mailto addresses are opened.")
        await world.pilot.press("o")
        assert not task.done()
        await world.pilot.press("d")
        assert (await task).action is Action.DECLINE


async def test_who_was_typing_answers_no_form(run, monkeypatch):
    async with run() as world:
        monkeypatch.setattr(question_sheet, "DEAF", 3600.0)
        monkeypatch.setattr(question_sheet, "WRITING", 3600.0)  # between two of its letters, too
        task = await filling(world)
        await world.type("send")
        await world.until(lambda: world.composer.draft == "send")
        assert not task.done()
        task.cancel()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (50, 12)])
async def test_nothing_of_a_server_steers_the_terminal_and_the_way_out_is_seen(run, size):
    async with run(size=size) as world:
        entries = tuple(Entry(f"n{n}", one_line(HOSTILE)[:80], description="x" * 300) for n in range(50))
        task = await filling(world, Form(HOSTILE * 9, "word " * 400, entries))
        await world.sees("close")
        await world.pilot.press("end", "pagedown")
        assert world.text == clean(world.text)
        task.cancel()
        await world.until(lambda: world.app.screen is world.screen)
        task = await visiting(
            world, server=HOSTILE * 9, message=HOSTILE * 99, url="https://x.example/" + "a" * 3000
        )
        await world.sees("close", "x.example")
        task.cancel()
