"""Money in the app: a budget that refuses or warns, what is read again, what was spent."""

from __future__ import annotations

from datetime import UTC, datetime

from tui.chat.chunks import Finish, FinishReason, Usage
from tui.chat.draft import Draft
from tui.chat.model import ModelInfo
from tui.chat.spending import Spent
from tui.config import BudgetConfig

DONE = Finish(FinishReason.STOP)
BIG = ModelInfo("lab/big", context=1_000_000, input_price=5.0, output_price=20.0, long_from=0)
SMALL = ModelInfo("lab/small", context=1_000_000, input_price=4.0, output_price=20.0, long_from=0)


async def spend(world, cost: float) -> None:
    await world.ready()
    await world.store.note_spending(Spent(datetime.now(UTC), "lab/big", Usage(9, 9, cost=cost)))


async def test_a_spent_budget_refuses_and_the_prompt_stays(run):
    async with run(budget=BudgetConfig(day=1.0, refuse=True)) as world:
        await spend(world, 1.5)
        await world.say("How long for Kyoto?")
        await world.sees("$1.50 of $1.00 is spent")
        await world.until(lambda: world.composer.draft == "How long for Kyoto?")
        assert world.provider.requests == []


async def test_a_budget_that_does_not_refuse_warns(run):
    async with run(budget=BudgetConfig(day=1.0)) as world:
        await spend(world, 1.5)
        await world.say("Hello")
        await world.sees("$1.50 of $1.00 is spent", "I am big.")


async def test_a_switch_says_what_the_next_prompt_reads(run):
    async with run() as world:
        world.catalogue.known = [BIG, SMALL]
        world.script("word " * 40_000, Usage(9, 40_000), DONE)
        await world.say("Hello")
        await world.sees("ready")
        await world.use_model("lab/small")
        await world.sees("The next prompt reads about", "with small")


async def test_a_resend_that_reads_much_is_said_first(run):
    async with run(size=(120, 40)) as world:
        world.catalogue.known = [BIG, SMALL]
        world.script("Yes.", Usage(60_000, 9), DONE)
        await world.ready()
        world.session.submit(Draft("word " * 40_000))
        await world.sees("Yes.", "ready")
        count = len(world.provider.requests)
        await world.type("/retry")
        await world.pilot.press("enter")
        await world.sees("This reads about")
        assert len(world.provider.requests) == count
        await world.type("/retry")
        await world.pilot.press("enter")
        await world.until(lambda: len(world.provider.requests) > count)


async def test_usage_says_what_was_spent_here_today_and_this_month(run):
    async with run(size=(160, 40)) as world:
        world.script("Yes.", Usage(1000, 50, cost=0.25), DONE)
        await world.say("Hello")
        await world.sees("Yes.", "ready")
        await world.type("/usage")
        await world.pilot.press("enter")
        await world.sees("! this conversation: $0.25", "! today: $0.25", "! this month: $0.25")
        await world.say("Again")
        await world.until(lambda: len(world.provider.requests) == 2 and not world.current.busy)
        await world.say("/usage")
        await world.sees("! this conversation: $0.25, 2 replies", "! this month: $0.25, 2 replies")
        assert world.text.count("! this conversation") == 1, "what was said before counts no more"


async def test_the_name_line_of_a_chosen_reply_says_how_it_came_and_what_it_cost(run):
    async with run(size=(160, 40)) as world:
        world.script("Yes.", Usage(1000, 50, cached_tokens=800, cost=0.25, tokens_per_second=48.0), DONE)
        await world.say("Hello")
        await world.sees("Yes.", "ready")
        await world.pilot.press("alt+up")
        await world.sees("50 tokens", "$0.250", "first ", "48 tok/s", "800 of 1k kept")
