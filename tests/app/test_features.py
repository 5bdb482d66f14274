"""The features of the app: together they do every command, and each can be tried alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tui.app.commands import COMMANDS
from tui.app.conversations.conversation_settings import ConversationSettings
from tui.app.transcript.message_actions import CHOSEN
from tui.chat.conversation import Conversation
from tui.engine.conversation_service import ConversationService
from tui.errors import UsageError


async def test_every_command_is_done_in_one_place(run):
    async with run() as world:
        done = [name for handlers in (*world.features.does, world.screen.commands) for name in handlers]
    assert sorted(done) == sorted(command.name for command in COMMANDS)


class Alone:
    """As much of a context as a feature asks for that sets fields of a conversation."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.current = ConversationService(None, Conversation(0), None)
        self.session = SimpleNamespace(current=self.current, with_parameter=self.with_parameter)
        self.reading = self

    async def with_parameter(self, service: ConversationService, written: str) -> Any:
        return service.with_parameter(written)

    def notify(self, words: str, *, warning: bool = False) -> None:
        self.told.append(words)

    async def change(self, words: str, back: str, **changes: object) -> None:
        self.told.append(words)
        await self.current.change(**changes)


async def test_a_feature_needs_no_screen():
    context = Alone()
    commands = ConversationSettings(context).commands
    await commands["set"]("temperature 0.2")
    await commands["title"]("Kyoto  in four days")
    await commands["set"]("")
    assert context.told == ["temperature = 0.2", "Renamed to “Kyoto in four days”", "temperature = 0.2"]


async def test_what_is_chosen_for_a_message_that_has_gone_is_refused(run):
    async with run() as world:
        for action in CHOSEN:
            with pytest.raises(UsageError, match="not here any more"):
                await world.features.messages.do(action, 12345)


async def test_the_transcript_hands_on_what_is_done_with_messages(run):
    async with run() as world:
        bindings = world.transcript._bindings.key_to_bindings.values()
        handed_on = {each.id for bound in bindings for each in bound if each.action.startswith("choose")}
        assert handed_on == set(CHOSEN)
