"""Every key in every state: none may end the program."""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from textual.screen import Screen
from textual.widget import Widget

import tui.app
from tests.app.conftest import World
from tests.app.states import STATES, State, begin, furnish, ground, home, press, settled

ALWAYS = (
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab"),
    *("enter", "escape", "backspace", "delete", "insert", "space", "alt+enter", "shift+enter"),
    *("f1", "f2", "f3", "f4", "f5", "f6", "f7", "ctrl+home", "ctrl+end", "shift+up", "alt+left"),
    *("a", "1", "/", "東"),
)
QUITS = {"ctrl+q"}


def keys_of(world: World, state: State) -> list[str]:
    """What is bound where the keys go, also what is not active just now; and what people press everywhere."""
    screen = world.app.screen
    nodes = [screen.focused, *(screen.focused.ancestors if screen.focused else ()), screen, world.app]
    bound = [
        key
        for node in nodes
        if node is not None
        for key, bindings in node._bindings.key_to_bindings.items()
        if state.edits or any(binding.id for binding in bindings)
    ]
    return [key for key in dict.fromkeys((*bound, *ALWAYS)) if key not in QUITS]


def look(world: World) -> tuple[Any, ...]:
    """What tells whether a key has led out of a state: not the caret, nor the row that is chosen."""
    over, transcript, composer = world.app.screen, world.transcript, world.composer
    return (
        [*map(id, world.app.screen_stack)],
        over.focused,
        [field.value for field in over.query("Field")],
        [bool(rows.rows) for rows in over.query("RowList")],
        (
            transcript.selected,
            transcript.lines.selection,
            bool(transcript.numbers),
            world.features.writing.editing,
        ),
        (
            composer.written,
            composer.selection.is_empty,
            composer.vim and composer.vim.shown,
            composer.open_menu,
            world.screen.classes,
        ),
        ground(world),
    )


async def reach(world: World, state: State, began: tuple[Any, ...] | None = None) -> tuple[Any, ...]:
    """Lead to a state. Returns on what ground, to be given the next time."""
    if began is None or ground(world) != began:
        await begin(world)
        began = ground(world)
    else:
        await home(world)
    await state.reach(world)
    await settled(world)
    return began


@pytest.mark.parametrize("name", STATES)
async def test_no_key_ends_the_program(name, run, tmp_path, monkeypatch):
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.app.composer.composer.BURST", 0.0)  # no key here is one of a paste
    state = STATES[name]
    async with run(size=state.size, vim=state.vim, ready=False) as world:
        furnish(world)
        await world.until(lambda: world.screen.features is not None)
        world.app.leave_soon = lambda code: None
        settings = world.session.workspace
        settings.config = replace(settings.config, model=state.model)
        began = await reach(world, state)
        here = look(world)
        chain = [world.app.screen, *world.app.screen.walk_children()]
        missing = [kind.__name__ for kind in state.has if not any(type(node) is kind for node in chain)]
        assert not missing, f"not reached: {missing}"
        for key in keys_of(world, state):
            await press(world, key)
            if look(world) != here:
                began = await reach(world, state, began)
                here = look(world)
            error = world.app._exception
            if error is not None:
                fault = getattr(error, "error", error)
                words = "".join(traceback.format_exception(fault))
                world.app._exception = None
                pytest.fail(f"{key} in: {name}\n{words}")


def with_keys() -> Iterator[type[Widget]]:
    """Every screen, and every widget with keys of its own."""
    for module in pkgutil.walk_packages(tui.app.__path__, "tui.app."):
        if module.name == "tui.app.terminal.driver":  # no widget, and it can't be loaded on Windows
            continue
        for kind in vars(importlib.import_module(module.name)).values():
            own = isinstance(kind, type) and kind.__module__ == module.name
            if (
                own
                and issubclass(kind, Widget)
                and (issubclass(kind, Screen) or kind.__dict__.get("BINDINGS"))
            ):
                yield kind


def test_the_states_show_every_screen_and_every_widget_that_has_keys():
    reached = [kind for state in STATES.values() for kind in state.has]
    missing = [kind.__name__ for kind in with_keys() if not any(issubclass(each, kind) for each in reached)]
    assert not missing, f"add a state in which keys go to {', '.join(missing)}"
