"""Which parameters a model takes: what would be sent, as it would be sent."""

from __future__ import annotations

import pytest

from tui.chat.model import ModelInfo
from tui.providers.formats import FORMATS, wire_format
from tui.providers.knobs import knobs_of, wrong_in
from tui.providers.most import MOST

VENDOR = "https://api.lab.example/v1"


def refused(form: str, *, known: tuple[str, ...] = (), info: ModelInfo | None = None) -> dict[str, str]:
    provider = type("Lab", (wire_format(form),), {"url": "http://127.0.0.1:1"})
    found = knobs_of(provider, "big", info, known, {})
    return {knob.name: knob.refused for knob in found if knob.refused}


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("openai", set()),
        ("openai-responses", {"seed", "stop"}),
        ("anthropic", {"seed"}),
        ("gemini", set()),
        ("ollama", set()),
    ],
)
def test_what_a_wire_format_never_sends_is_told(form, names):
    assert refused(form) == dict.fromkeys(names, "has no such parameter")


@pytest.mark.parametrize(
    ("form", "lesson", "name"),
    [
        ("openai", "temperature", "temperature"),
        ("openai-responses", "reasoning", "reasoning_effort"),
        ("openai-responses", "top_p", "top_p"),
        ("anthropic", "output_config", "reasoning_effort"),
        ("gemini", "generationConfig.topP", "top_p"),
        ("ollama", "options.seed", "seed"),
    ],
)
def test_what_was_refused_before_is_told(form, lesson, name):
    assert refused(form, known=(lesson,)).get(name) == "refused it before"


@pytest.mark.parametrize("lesson", ["max_tokens=max_completion_tokens", f"max_tokens{MOST}4000"])
def test_what_is_only_sent_otherwise_is_not_refused(lesson):
    assert refused("openai", known=(lesson,)) == {}


def test_a_model_that_does_not_reason_has_no_effort():
    assert refused("openai", info=ModelInfo("big", reasoning=False)) == {
        "reasoning_effort": "does not reason"
    }
    assert refused("openai", info=ModelInfo("big", reasoning=True)) == {}


@pytest.mark.parametrize("form", FORMATS)
def test_every_wire_format_can_be_asked(form):
    refused(form)


def test_ranges_are_those_of_the_model_and_the_config_says_what_is_usual():
    anthropic = type("Lab", (wire_format("anthropic"),), {"url": VENDOR})
    info = ModelInfo("big", max_output=64_000)
    knobs = {knob.name: knob for knob in knobs_of(anthropic, "big", info, (), {"temperature": 0.3})}
    assert (knobs["temperature"].range, knobs["temperature"].usual) == ("0 to 1", 0.3)
    assert knobs["max_tokens"].range == "1 to 64,000"
    assert knobs["max_tokens"].wrong(64_001) == "max_tokens is 1 to 64,000 here, not 64,001"
    assert knobs["max_tokens"].wrong(64_000) == ""
    assert (knobs["seed"].range, knobs["stop"].range) == ("a whole number", "a text")


@pytest.mark.parametrize(
    ("form", "range_"),
    [
        ("openai", "0 to 2"),
        ("openai-responses", "0 to 2"),
        ("gemini", "0 to 2"),
        ("anthropic", "0 to 1"),
        ("ollama", "a number from 0 on"),
    ],
)
def test_the_range_of_a_temperature_is_that_of_the_vendors_reference(form, range_):
    lab = type("Lab", (wire_format(form),), {"url": VENDOR})
    [warmth] = [knob for knob in knobs_of(lab, "big", None, (), {}) if knob.name == "temperature"]
    assert warmth.range == range_


@pytest.mark.parametrize(
    ("form", "given", "words"),
    [
        ("openai", {"temperature": 5}, "temperature is 0 to 2 here, not 5"),
        ("anthropic", {"temperature": 1.5}, "temperature is 0 to 1 here, not 1.5"),
        ("ollama", {"top_p": 3}, "top_p is 0 to 1 here, not 3"),
        ("gemini", {"max_tokens": -4}, "max_tokens is a whole number from 1 on here, not -4"),
        ("ollama", {"temperature": 5}, ""),
        ("anthropic", {"seed": -1, "wait": -3, "stop": ["a"]}, ""),
    ],
)
def test_what_is_outside_its_range_is_told_before_it_is_sent(form, given, words):
    lab = type("Lab", (wire_format(form),), {"url": VENDOR})
    assert wrong_in(lab, "big", given, ()) == words


@pytest.mark.parametrize("way", [{"url": "http://127.0.0.1:1"}, {"url": VENDOR, "url_given": True}])
def test_a_server_of_ones_own_may_take_more_than_a_vendor(way):
    lab = type("Lab", (wire_format("openai"),), way)
    assert wrong_in(lab, "big", {"temperature": 3, "max_tokens": -1}, ()) == ""
    assert wrong_in(lab, "big", {"temperature": -1}, ()) == "temperature is a number from 0 on here, not -1"


def test_what_would_not_be_sent_may_be_anything():
    lab = type("Lab", (wire_format("openai"),), {"url": "http://127.0.0.1:1"})
    assert wrong_in(lab, "big", {"temperature": 5}, ("temperature",)) == ""


def test_a_provider_of_somebody_else_is_taken_at_its_word():
    assert [knob.refused for knob in knobs_of(object, "big", None, (), {})] == [""] * 6
