"""What a request costs: by hand and by the program, to a millionth of a dollar."""

from __future__ import annotations

import pytest

from tui.chat.model import ModelInfo, Usage
from tui.providers.facts import shipped

# model, what its server counted, and the sum by hand, from the vendor's list in dollars a million
BY_HAND = {
    # in 4, out 20, read 0.20, written 5
    "anthropic/claude-opus-5-5": (
        Usage(12_000, 500, cached_tokens=9_000, written_tokens=2_500),
        (500 * 4 + 9_000 * 0.20 + 2_500 * 5 + 500 * 20) / 1e6,
    ),
    # in 2, out 10, read 0.20, written 2.50
    "openai/gpt-6-sol": (
        Usage(20_000, 1_000, 400, 16_384, written_tokens=3_072),
        (544 * 2 + 16_384 * 0.20 + 3_072 * 2.50 + 1_000 * 10) / 1e6,
    ),
    # in 1.25, out 10, read 0.125; above 200k tokens 2.50, 15 and 0.25
    "gemini/gemini-2.5-pro": (
        Usage(250_000, 2_000, 900, 100_000),
        (150_000 * 2.50 + 100_000 * 0.25 + 2_000 * 15) / 1e6,
    ),
    # in 2, out 6, read 0.50
    "xai/grok-4.6": (Usage(5_000, 100, 50, 4_096), (904 * 2 + 4_096 * 0.50 + 100 * 6) / 1e6),
    # in 0.15, out 0.60, read 0.075
    "groq/openai/gpt-oss-120b": (
        Usage(3_000, 200, cached_tokens=2_048),
        (952 * 0.15 + 2_048 * 0.075 + 200 * 0.60) / 1e6,
    ),
}


@pytest.mark.parametrize("model", BY_HAND)
def test_the_program_reckons_as_a_hand_does(model):
    usage, dollars = BY_HAND[model]
    provider, _, name = model.partition("/")
    cost = shipped(provider)[name].cost(usage)
    assert cost == pytest.approx(dollars, abs=1e-6, rel=0)


KNOWN = ModelInfo("a/b", input_price=2.0, output_price=10.0)


@pytest.mark.parametrize(
    ("info", "usage"),
    [
        (KNOWN, Usage(1000, 10, cached_tokens=500)),
        (KNOWN, Usage(1000, 10, written_tokens=500)),
        (KNOWN, Usage(200_000, 10)),
        (KNOWN, Usage(1000)),
        (KNOWN, Usage(None, 10)),
        (KNOWN, Usage(10, 10, cached_tokens=500)),
        (ModelInfo("a/b", input_price=2.0), Usage(10, 10)),
        (
            ModelInfo("a/b", input_price=2.0, output_price=9.0, long_from=1000, long_input_price=4.0),
            Usage(2000, 10),
        ),
    ],
    ids=[
        "read from the cache, at a price that is not known",
        "written to it, likewise",
        "a prompt so long that it may have another price",
        "no count of the reply",
        "no count of the prompt",
        "more read from the cache than there was",
        "no price of the reply",
        "no price of the reply to a long prompt",
    ],
)
def test_a_price_that_is_not_sure_is_none(info, usage):
    assert info.cost(usage) is None


def test_what_is_free_costs_nothing_whatever_was_counted():
    assert ModelInfo("a/b", input_price=0.0, output_price=0.0).cost(Usage()) == 0.0


def test_two_requests_cost_what_both_do_or_nobody_knows():
    one, other = Usage(10, 5, cost=0.25, cached_tokens=4), Usage(20, 5, cost=0.5, written_tokens=7)
    assert one.plus(other) == Usage(30, 10, cached_tokens=4, cost=0.75, written_tokens=7)
    assert one.plus(Usage(20, 5)).cost is None


def test_the_shipped_facts_have_prices_of_kept_tokens_for_most_vendors():
    named = ("openai", "anthropic", "gemini", "mistral", "deepseek", "xai", "groq", "moonshot")
    assert all(any(info.cached_price for info in shipped(name).values()) for name in named)
    assert all(info.written_price for info in shipped("anthropic").values())
