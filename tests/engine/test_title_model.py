"""Which model names a conversation."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tui.chat.model import ModelInfo
from tui.engine.choice import title_model

KNOWN = [
    ModelInfo("lab/big", input_price=5.0, output_price=25.0),
    ModelInfo("lab/mini", input_price=0.1, output_price=0.4),
    ModelInfo("lab/gone", input_price=0.01, output_price=0.01, available=False),
    ModelInfo("lab/unpriced"),
    ModelInfo("far/nano", input_price=0.001, output_price=0.001),
]


def catalogue() -> Any:
    def info(model_id: str) -> ModelInfo | None:
        return next((model for model in KNOWN if model.id == model_id), None)

    return SimpleNamespace(models=lambda: KNOWN, info=info)


def test_nobody_names_it_unless_that_is_wanted():
    assert title_model(False, "lab/big", catalogue()) is None


def test_the_model_that_is_named_does():
    assert title_model("far/nano", "lab/big", catalogue()) == "far/nano"


def test_the_cheapest_of_the_same_provider_does_for_nobody_else_is_to_read_it():
    assert title_model(True, "lab/big", catalogue()) == "lab/mini"
    assert title_model(True, "far/nano", catalogue()) == "far/nano"


def test_no_price_is_guessed_so_the_model_that_answers_does():
    assert title_model(True, "lab/unpriced", catalogue()) == "lab/unpriced"
    assert title_model(True, "else/where", catalogue()) == "else/where"
