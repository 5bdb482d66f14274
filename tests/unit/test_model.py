"""What is known of a model, and what follows from it."""

from __future__ import annotations

import pytest

from tui.chat.chunks import Usage
from tui.chat.model import ModelInfo, split_id


def test_the_provider_is_the_part_before_the_first_slash() -> None:
    assert split_id("openrouter/openai/gpt-6") == ("openrouter", "openai/gpt-6")
    assert split_id("ollama") == ("ollama", "")


@pytest.mark.parametrize(
    ("prices", "usage", "dollars"),
    [
        ((2.0, 10.0), Usage(500, 400), 0.005),
        ((0.0, 0.0), Usage(), 0.0),
        ((None, 10.0), Usage(500, 400), None),
        ((2.0, 10.0), Usage(500), None),
        ((2.0, 10.0), Usage(500, 400, cached_tokens=100), None),
        ((2.0, 10.0), Usage(200_000, 400), None),
    ],
    ids=["known", "free", "a price is not known", "a count is not known", "cached", "a long prompt"],
)
def test_a_cost_is_said_only_where_it_is_sure(prices, usage, dollars) -> None:
    info = ModelInfo("lab/big", input_price=prices[0], output_price=prices[1])
    assert info.cost(usage) == dollars
