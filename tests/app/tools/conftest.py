"""Tools for the app that runs: they do what a test says, and ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.engine.conftest import FakeSource, FakeTool
from tui.app.tools import question_sheet
from tui.tools.tool import ToolSpec


@pytest.fixture(autouse=True)
def hears_at_once(monkeypatch):
    for name, seconds in {"DEAF": 0.0, "ALONE": 0.0, "WRITING": 0.001}.items():
        monkeypatch.setattr(question_sheet, name, seconds)


Equip = Callable[..., Awaitable[list[FakeTool]]]


@pytest.fixture
def equip() -> Equip:
    """Give the app that runs tools; its provider has tools from now on. Without any, ``fs write_file``."""

    async def equipped(world, *tools: FakeTool, on: tuple[str, ...] = ("fs",), **errors) -> list[FakeTool]:
        tools = tools or (FakeTool(ToolSpec("fs", "write_file", open_world=False)),)
        world.provider.tools, world.provider.format = True, "openai"
        servers = dict.fromkeys([*(tool.spec.server for tool in tools), *errors])
        sources = [
            FakeSource(name, [tool for tool in tools if tool.spec.server == name], errors.get(name))
            for name in servers
        ]
        world.session.tools._make = lambda: sources
        world.session.tools._use = on
        return [*tools]

    return equipped
