"""``segue usage``, and budgets on the command line: the real program in a process of its own."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from tui.chat.model import Usage
from tui.chat.spending import Spent
from tui.history.sqlite.history import open_history

FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)
MODELS = ("openai/gpt-6-sol", "anthropic/claude-opus-5-5", "lab/big")


def spend(home, *spent: Spent) -> None:
    async def write() -> None:
        store = await open_history(home.history)
        for one in spent:
            await store.note_spending(one)
        await store.close()

    home.history.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(write())


@pytest.fixture
def month(home):
    """A month in which every model answered once a day; nobody knows what the lab asks."""
    home.variables["TZ"] = "UTC"
    spend(
        home,
        *(
            Spent(
                FIRST + timedelta(days=day),
                model,
                Usage(1000, 100, cached_tokens=500, cost=None if model == "lab/big" else 0.01 * (day + 1)),
                conversation_id=day % 3 + 1,
                message_id=day * 3 + place + 1,
            )
            for day in range(30)
            for place, model in enumerate(MODELS)
        ),
    )
    return home


def test_a_month_by_day_model_provider_and_conversation(month):
    by_day = json.loads(month.segue("usage", "--json").stdout)
    assert [row["key"] for row in by_day] == [f"2026-11-{day:02}" for day in range(1, 31)]
    assert by_day[2] == {
        "key": "2026-11-03",
        "replies": 3,
        "input_tokens": 3000,
        "output_tokens": 300,
        "cached_tokens": 1500,
        "written_tokens": 0,
        "cost": 0.06,
        "unpriced": 1,
    }
    by_model = json.loads(month.segue("usage", "--by", "model", "--json").stdout)
    assert {row["key"]: (row["replies"], row["cost"], row["unpriced"]) for row in by_model} == {
        "openai/gpt-6-sol": (30, 4.65, 0),
        "anthropic/claude-opus-5-5": (30, 4.65, 0),
        "lab/big": (30, 0.0, 30),
    }
    by_provider = json.loads(month.segue("usage", "--by", "provider", "--json").stdout)
    assert sorted(row["key"] for row in by_provider) == ["anthropic", "lab", "openai"]
    by_talk = json.loads(month.segue("usage", "--by", "conversation", "--json").stdout)
    assert sorted((row["key"], row["replies"]) for row in by_talk) == [("1", 30), ("2", 30), ("3", 30)]


def test_only_what_was_spent_since_a_day(month):
    rows = json.loads(month.segue("usage", "--since", "2026-11-29", "--json").stdout)
    assert [row["key"] for row in rows] == ["2026-11-29", "2026-11-30"]
    assert "is no day" in month.segue("usage", "--since", "soon", code=2).stderr


def test_the_table_and_the_bars_say_what_is_not_counted(month):
    table = month.segue("usage", "--by", "model")
    rows = [line.split() for line in table.stdout.splitlines()]
    assert rows[0] == ["replies", "read", "kept", "written", "cost"]
    assert ["lab/big", "30", "30k", "15k", "3k", "–"] in rows
    assert rows[-1] == ["in", "all", "90", "90k", "45k", "9k", "$9.30"]
    assert "30 replies without a known price are not counted" in table.stderr
    bars = month.segue("usage", "--bars").stdout.splitlines()
    assert bars[29].split() == ["2026-11-30", "$0.60", "█" * 24]
    assert bars[14].endswith("█" * 12)


def test_nothing_was_spent_yet(home):
    assert "Nothing was spent yet" in home.segue("usage").stderr
    assert json.loads(home.segue("usage", "--json").stdout) == []


@pytest.fixture
def paid(home, model_server):
    """A vendor whose prices are known, at a server of ours."""
    home.variables = {"MISTRAL_API_KEY": "sk-test-1234567890", "MISTRAL_BASE_URL": model_server.url}
    return home


def test_a_reply_counts_at_the_price_of_its_model(paid):
    asked = json.loads(paid.segue("ask", "-m", "mistral/mistral-large-4", "--json", "Hi").stdout)
    assert asked["cost"] == pytest.approx((9 * 0.7 + 4 * 2.1) / 1e6, abs=1e-9)
    [row] = json.loads(paid.segue("usage", "--by", "model", "--json").stdout)
    assert (row["key"], row["replies"], row["unpriced"]) == ("mistral/mistral-large-4", 1, 0)
    assert row["cost"] == pytest.approx(asked["cost"], abs=1e-9)


@pytest.mark.parametrize("more", [(), ("--no-save",)], ids=["kept", "not kept"])
def test_ask_refuses_where_the_budget_is_spent(paid, model_server, more):
    paid.configure("[budget]\nday = 1\nrefuse = true\n")
    spend(paid, Spent(datetime.now(UTC), "mistral/m", Usage(1, 1, cost=1.5)))
    said = paid.segue("ask", *more, "-m", "mistral/mistral-large-4", "Hi", code=1)
    assert said.stdout == ""
    assert "Today's budget: $1.50 of $1.00 is spent" in said.stderr
    assert "A model that costs nothing still answers" in said.stderr
    assert model_server.requests == []


def test_ask_warns_where_the_budget_does_not_refuse(paid):
    paid.configure("[budget]\nmonth = 1.0\n")
    spend(paid, Spent(datetime.now(UTC), "mistral/m", Usage(1, 1, cost=1.5)))
    said = paid.segue("ask", "-m", "mistral/mistral-large-4", "Hi")
    assert said.stdout == "Hello from the *lab*.\n"
    assert "This month's budget: $1.50 of $1.00 is spent" in said.stderr


def test_plain_mode_refuses_and_says_what_was_spent(paid, model_server):
    paid.configure('model = "mistral/mistral-large-4"\n[budget]\nday = 1.0\nrefuse = true\n')
    spend(paid, Spent(datetime.now(UTC), "mistral/m", Usage(1, 1, cost=1.5)))
    said = paid.segue("--plain", given="Hello\n/usage\n").stdout
    assert "Today's budget: $1.50 of $1.00 is spent" in said
    assert "today: $1.50 of $1.00" in said
    assert model_server.requests == []


def test_a_budget_that_is_no_amount_is_told_with_its_place(home):
    home.configure("[budget]\nday = -1\nagain = 0.5\n")
    said = home.segue("config", "check", code=1).stderr
    assert "config.toml:2:1: budget.day: must be US dollars from 0 on" in said
