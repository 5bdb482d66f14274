"""A screen that was open leaves what lies under it as it was, to the colour."""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict

import pytest
from textual.widget import Widget

import tui.app

SHEETS = {
    "all conversations": ["ctrl+r"],
    "models": ["ctrl+l"],
    "commands": ["ctrl+p"],
    "keys": ["f1"],
    "prompts": ["ctrl+t"],
    "full text": ["ctrl+r", "tab"],
}


def painted(world) -> list[list[tuple[str, object]]]:
    return [
        [(segment.text, segment.style) for segment in row.simplify()]
        for row in world.app.screen._compositor.render_strips()
    ]


@pytest.mark.parametrize("theme", ["segue-dark", "segue-light"])
async def test_the_page_is_painted_after_every_screen_as_it_was_before(run, theme) -> None:
    async with run(size=(120, 40), theme=theme) as world:
        await world.say("Hi")
        await world.sees("I am big.", "Today")
        await world.until(lambda: not world.current.busy)
        await world.until(lambda: world.screen.query_one("#conversations").rows)
        await world.pilot.pause()
        before = painted(world)
        for name, keys in SHEETS.items():
            await world.pilot.press(*keys)
            await world.until(lambda: world.app.screen is not world.screen)
            await world.pilot.pause()
            while world.app.screen is not world.screen:
                await world.pilot.press("escape")
            await world.until(lambda: world.composer.has_focus)
            await world.pilot.pause()
            assert painted(world) == before, name


def test_no_two_widgets_have_one_name_in_style_sheets() -> None:
    """A style sheet of a screen loads with it and then holds everywhere."""
    named = defaultdict(set)
    for module in pkgutil.walk_packages(tui.app.__path__, "tui.app."):
        if module.name == "tui.app.terminal.driver":  # no widget, and it can't be loaded on Windows
            continue
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and issubclass(kind, Widget) and kind.__module__.startswith("tui."):
                named[kind._css_type_name].add(kind)
    assert not [kinds for kinds in named.values() if len(kinds) > 1]
