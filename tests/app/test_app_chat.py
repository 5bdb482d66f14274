"""A person chats: sends, reads, stops, asks again."""

from __future__ import annotations

from tui.chat.chunks import Finish, FinishReason
from tui.chat.message import Status

DONE = Finish(FinishReason.STOP)


async def test_a_message_is_answered_and_kept(run):
    async with run() as world:
        world.script("Hello from ", "the lab.", DONE)
        await world.say("Who are you?")
        await world.sees("Who are you?", "big", "Hello from the lab.", "ready")
        prompt, reply = await world.path()
        assert (prompt.text, reply.text, reply.status) == (
            "Who are you?",
            "Hello from the lab.",
            Status.COMPLETE,
        )
        assert world.composer.draft == ""
