"""/export, and a title from a model."""

from __future__ import annotations

import json


async def test_the_command_exports(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with run() as world:
        await world.say("Hello there")
        await world.sees("I am big.", "ready")
        await world.type("/export chat.json")
        await world.pilot.press("enter")
        await world.sees("Exported to")
        assert json.loads((tmp_path / "chat.json").read_text())["title"] == "Hello there"


async def test_a_model_names_the_conversation_where_the_person_wants_that(run):
    async with run(size=(120, 40), auto_title=True) as world:
        world.script("Four days are enough.")
        world.script("Days in Kyoto")
        await world.say("How long for Kyoto and its temples?")
        await world.until(lambda: world.conversation.title == "Days in Kyoto")
        await world.sees("Days in Kyoto")
