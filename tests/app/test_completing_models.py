"""A model that is typed after a command is completed."""

from __future__ import annotations

import pytest

from tui.app.composer.candidates import model_candidates, typed_model
from tui.chat.model import ModelInfo

IDS = ["openai/gpt-6-sol", "openai/gpt-6-sol-mini", "anthropic/claude-opus-5"]


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        ("/model gpt sol", "gpt sol"),
        ("/compare opus", "opus"),
        ("/compare openai/gpt-6-sol, op", "op"),
        ("/compare opus ", None),
        ("/model ", None),
        ("/title gpt", None),
        ("say /model gpt", None),
    ],
)
def test_what_is_typed_of_a_model(draft, words) -> None:
    typed = typed_model(draft)
    assert (typed and typed.words) == words
    assert typed is None or draft[typed.start :] == words


def test_the_best_comes_first_and_a_whole_id_is_done() -> None:
    assert model_candidates(typed_model("/model sol gpt"), lambda: IDS)[0] == "openai/gpt-6-sol"
    assert model_candidates(typed_model("/compare opus"), lambda: IDS)[0] == "anthropic/claude-opus-5"
    assert model_candidates(typed_model("/model openai/gpt-6-sol"), lambda: IDS) == []


async def test_tab_completes_a_model_and_the_next_one(run):
    async with run() as world:
        world.catalogue.known.append(ModelInfo("away/small", available=False))
        await world.type("/compare sma")
        await world.sees("lab/small")
        assert "away/small" not in world.text, "it can't answer"
        await world.pilot.press("tab")
        assert world.composer.draft == "/compare lab/small"
        await world.type(" bi")
        await world.sees("lab/big")
        await world.pilot.press("tab")
        assert world.composer.draft == "/compare lab/small lab/big"


async def test_enter_takes_a_model_to_which_one_has_gone(run):
    async with run() as world:
        await world.type("/model l")
        await world.sees("lab/big", "lab/small")
        await world.pilot.press("down", "enter")
        await world.until(lambda: world.status.model == "lab/small")
        assert world.composer.draft == ""
