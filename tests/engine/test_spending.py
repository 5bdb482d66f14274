"""What replies cost, what becomes of that, and budgets."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tui.chat.chunks import Finish, FinishReason, ToolCall, Usage
from tui.chat.draft import Draft
from tui.chat.message import Message, Role, Status
from tui.chat.model import ModelInfo
from tui.chat.spending import By, Spent, day_start, sums, total
from tui.config import BudgetConfig
from tui.engine.session_events import GivenBack, Problem, Warned
from tui.errors import BudgetError, ErrorKind, ProviderError, UsageError
from tui.history.importers import import_file
from tui.history.sqlite.history import open_history

DONE = Finish(FinishReason.STOP)
PRICED = ModelInfo("lab/one", input_price=2.0, output_price=10.0, cached_price=0.2, long_from=0)
FREE = ModelInfo("lab/free", input_price=0.0, output_price=0.0)


@pytest.fixture
def priced(run):
    run.world.infos = {info.id: info for info in (PRICED, FREE)}
    return run


async def spent(run) -> list[Spent]:
    return await run.world.store.spending()


async def test_a_reply_keeps_what_it_cost_by_the_prices_of_its_day(priced):
    priced.world.script("Four.", Usage(1000, 50, cached_tokens=500), DONE)
    await priced.say("How long?")
    [one] = await spent(priced)
    assert one.usage.cost == pytest.approx((500 * 2 + 500 * 0.2 + 50 * 10) / 1e6, abs=1e-9)
    priced.world.infos["lab/one"] = replace(PRICED, input_price=99.0)
    [_, reply] = await priced.session.current.messages(priced.session.current.conversation.path())
    assert priced.session.current.cost(reply) == one.usage.cost
    assert reply.seconds_to_first is not None


async def test_what_the_server_says_goes_before_our_own_sum(priced):
    priced.world.script("Four.", Usage(1000, 50, cost=0.5), DONE)
    await priced.say("How long?")
    assert [one.usage.cost for one in await spent(priced)] == [0.5]


async def test_of_a_reply_that_was_stopped_no_one_knows_the_cost(priced):
    priced.world.script(Usage(1000, 1), "Half", asyncio.Event())
    priced.session.submit(Draft("How long?"))
    await priced.until_said("Half")
    priced.session.stop()
    await priced.until(lambda: priced.session.current.conversation.id and not priced.session.current.live)
    [one] = await spent(priced)
    assert one.usage.cost is None
    assert total([one]).unpriced == 1


async def test_a_request_that_failed_outright_took_nothing(priced):
    priced.world.script(ProviderError("No", kind=ErrorKind.AUTH))
    await priced.say("How long?")
    assert await spent(priced) == []


async def test_what_was_spent_stays_when_it_is_deleted_and_no_copy_counts_twice(priced):
    priced.world.script("Four.", Usage(1000, 50), DONE)
    await priced.say("How long?")
    store, service = priced.world.store, priced.session.current
    await service.duplicate()
    assert len(await spent(priced)) == 1
    await service.put_in_trash()
    assert await store.empty_trash(datetime.now(UTC) + timedelta(days=1)) == 1
    assert [one.usage.input_tokens for one in await spent(priced)] == [1000]


async def test_a_month_is_summed_up_by_day_model_provider_and_conversation():
    first = datetime(2026, 11, 1, 12, tzinfo=UTC)
    made = [
        Spent(
            first + timedelta(days=number // 2),
            ("openai/gpt-6-sol", "anthropic/claude-opus-5-5", "openai/gpt-6-mini")[number % 3],
            Usage(100 + number, 10, cached_tokens=number, cost=None if number == 7 else number / 1000),
            conversation_id=number % 4 + 1,
            message_id=number + 1,
        )
        for number in range(60)
    ]
    for by in By:
        rows = sums(made, by)
        assert sum(row.replies for row in rows) == 60
        assert sum(row.input_tokens for row in rows) == 6000 + sum(range(60))
        assert sum(row.cost for row in rows) == pytest.approx((sum(range(60)) - 7) / 1000, abs=1e-9)
        assert sum(row.unpriced for row in rows) == 1
    assert [row.key for row in sums(made, By.DAY)] == [f"2026-11-{day:02}" for day in range(1, 31)]
    assert {row.key for row in sums(made, By.PROVIDER)} == {"openai", "anthropic"}
    assert [row.replies for row in sums(made, By.CONVERSATION)] == [15] * 4


# -- budgets
async def note(run, cost: float | None, at: datetime | None = None) -> None:
    await run.world.store.note_spending(Spent(at or datetime.now(UTC), "lab/one", Usage(9, 9, cost=cost)))


async def test_a_spent_budget_refuses_before_anything_is_stored_or_sent(priced):
    priced.world.engine.budget.limits = BudgetConfig(day=1.0, refuse=True)
    await note(priced, 1.25)
    priced.session.submit(Draft("How long?"))
    await priced.until(lambda: priced.of(GivenBack))
    [problem] = priced.of(Problem)
    assert isinstance(problem.error, BudgetError)
    assert "Today's budget: $1.25 of $1.00 is spent" in str(problem.error)
    assert priced.of(GivenBack)[0].draft.text == "How long?"
    assert priced.world.provider.requests == []
    assert priced.session.current.conversation.path() == []


async def test_a_model_that_costs_nothing_answers_all_the_same(priced):
    priced.world.engine.budget.limits = BudgetConfig(day=0.0, refuse=True)
    await priced.session.current.change(model="lab/free")
    await priced.say("How long?")
    assert priced.of(Problem) == []


async def test_a_budget_that_does_not_refuse_warns_before_the_request_leaves(priced):
    priced.world.engine.budget.limits = BudgetConfig(month=1.0)
    await note(priced, 1.25)
    await note(priced, None)
    await priced.say("How long?")
    kinds = [type(event) for event in priced.told]
    assert kinds[0] is Warned
    [warned] = priced.of(Warned)
    assert warned.words == (
        "This month's budget: $1.25 of $1.00 is spent; 1 reply without a known price is not counted"
    )


async def test_that_a_budget_is_nearly_spent_is_said_once(priced):
    priced.world.engine.budget.limits = BudgetConfig(day=1.0, refuse=True)
    await note(priced, 0.9)
    await priced.say("How long?")
    await priced.say("And then?")
    assert len(priced.of(Warned)) == 1


async def test_yesterday_is_not_of_todays_budget(priced):
    priced.world.engine.budget.limits = BudgetConfig(day=1.0, refuse=True)
    now = datetime.now(UTC)
    await note(priced, 5.0, at=day_start(now) - timedelta(seconds=1))
    await priced.say("How long?")
    assert priced.of(Problem) == priced.of(Warned) == []


async def test_a_retry_and_a_summary_are_refused_too(priced):
    await priced.say("How long?")
    service = priced.session.current
    priced.world.engine.budget.limits = BudgetConfig(day=1.0, refuse=True)
    await note(priced, 1.0)
    for act in (service.retry(service.last_reply), service.compact(), service.edit(service.last, "Again")):
        with pytest.raises(BudgetError):
            await act


# -- what is read again
async def test_what_another_model_would_read_anew_is_said_where_it_costs_much(priced):
    service = priced.session.current
    await priced.say("word " * 60_000)
    assert (await service.reading()).startswith("about ")
    assert (await service.reading()).endswith(" with one")
    assert await service.reading("lab/free") == ""
    priced.world.engine.budget.limits = BudgetConfig(again=5.0)
    assert await service.reading() == ""


async def test_a_resend_that_reads_much_is_said_first_and_then_done(priced):
    service = priced.session.current
    await priced.say("word " * 60_000)
    with pytest.raises(UsageError, match="This reads about"):
        await service.mind(service.last_reply)
    await service.mind(service.last_reply)


async def test_a_reply_from_elsewhere_keeps_its_cost_and_counts_once(run, tmp_path):
    run.world.infos["lab/one"] = PRICED
    run.world.script("Four.", Usage(1000, 50, written_tokens=100, cost=0.125), DONE)
    await run.say("How long?")
    file = await run.session.current.export(tmp_path / "talk.json")
    other = await open_history(None)
    try:
        report = await import_file(other, file)
        [one] = await other.spending()
        assert (one.usage.written_tokens, one.usage.cost) == (100, 0.125)
        await other.delete_conversation(report.added[0])
        await other.empty_trash(datetime.now(UTC) + timedelta(days=1))
        await import_file(other, file)
        assert len(await other.spending()) == 1
    finally:
        await other.close()


def test_how_fast_a_reply_came_is_known_by_our_clock_where_it_was_one_request():
    begun = datetime(2026, 11, 1, tzinfo=UTC)
    reply = Message(1, 1, None, Role.ASSISTANT, status=Status.COMPLETE, usage=Usage(9, 100), created_at=begun)
    reply.first_at, reply.finished_at = begun + timedelta(seconds=0.5), begun + timedelta(seconds=2.5)
    assert (reply.seconds_to_first, reply.tokens_per_second) == (0.5, 50.0)
    reply.parts = (ToolCall("a", "", "fake"),)
    assert reply.tokens_per_second is None
