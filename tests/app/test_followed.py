"""Screens that follow what changes, and may be closed before they began."""

import pytest

from tui.app.conversations.conversations import Conversations
from tui.app.models.picker import ModelPicker


@pytest.mark.parametrize("key", ["ctrl+l", "ctrl+r"])
async def test_one_that_is_closed_at_once_ends_nothing(run, key, monkeypatch):
    kind = {"ctrl+l": ModelPicker, "ctrl+r": Conversations}[key]
    monkeypatch.setattr(kind, "on_mount", lambda self: self.dismiss(None))
    async with run() as world:
        await world.pilot.press(key)
        await world.until(lambda: len(world.app.screen_stack) == 1)
        await world.type("still here")
        await world.until(lambda: world.composer.draft == "still here")
