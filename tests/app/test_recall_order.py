"""Up recalls the prompts of this conversation first, then those of the others."""

from __future__ import annotations


async def test_this_conversation_comes_first(run) -> None:
    async with run() as world:
        for text in ("one here", "two here"):
            await world.say(text)
            await world.sees(text)
            await world.until(lambda: not world.current.busy)
        first = world.conversation.id
        await world.open_new()
        await world.say("elsewhere")
        await world.sees("elsewhere", "I am big.")
        await world.until(lambda: not world.current.busy)
        await world.open(first)
        await world.until(lambda: world.composer.recall.prompts[0].text == "two here")
        recalled = []
        for _ in range(3):
            await world.pilot.press("up")
            recalled.append(world.composer.draft)
        assert recalled == ["two here", "one here", "elsewhere"]
