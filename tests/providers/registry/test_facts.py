"""The script that makes the shipped facts: what it keeps, and under which name."""

from __future__ import annotations

import gzip
import json
from datetime import date

import pytest

from tui.providers import make_facts

DAY = date(2026, 11, 22)
ROW = {
    "litellm_provider": "groq",
    "mode": "chat",
    "max_input_tokens": 131072,
    "max_output_tokens": 8192.0,
    "input_cost_per_token": 1.5e-07,
    "output_cost_per_token": 6e-07,
    "supports_vision": True,
    "supports_reasoning": True,
}


def made(vendor: str, **rows: dict) -> dict:
    return dict(make_facts.facts(rows, vendor, DAY))


def test_a_chat_model_is_kept_in_our_units():
    assert made("groq", **{"groq/openai/gpt-oss-20b": ROW}) == {
        "openai/gpt-oss-20b": [131072, 8192, 0.15, 0.6, "vr"]
    }


def test_prices_of_kept_tokens_and_of_long_prompts_are_kept():
    more = {
        "cache_read_input_token_cost": 1.5e-08,
        "cache_creation_input_token_cost": 2e-07,
        "input_cost_per_token_above_200k_tokens": 3e-07,
        "output_cost_per_token_above_200k_tokens": 1.2e-06,
        "cache_read_input_token_cost_above_200k_tokens": 3e-08,
    }
    assert made("groq", **{"groq/x": ROW | more})["x"][5:] == [0.015, 0.2, 200_000, 0.3, 1.2, 0.03]


def test_what_is_written_for_nothing_has_no_price_of_its_own():
    assert made("groq", **{"groq/x": ROW | {"cache_creation_input_token_cost": 0.0}})["x"][5:] == []


def test_where_thoughts_have_another_price_that_of_a_reply_is_not_known():
    assert made("groq", **{"groq/x": ROW | {"output_cost_per_reasoning_token": 4e-06}})["x"][3] is None


def test_of_several_limits_only_what_is_below_all_is_sure():
    more = {f"input_cost_per_token_above_{limit}k_tokens": 3e-07 for limit in (256, 128)}
    assert made("groq", **{"groq/x": ROW | more})["x"][5:] == [None, None, 128_000]


def test_what_the_source_does_not_say_stays_unknown():
    row = {"litellm_provider": "groq", "mode": "chat"}
    assert made("groq", **{"groq/x": row}) == {"x": [None, None, None, None, ""]}


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("groq/whisper", {"mode": "audio_transcription"}),
        ("groq/old", {"deprecation_date": "2026-11-22"}),
        ("xai/grok", {"litellm_provider": "xai"}),
        ("gpt-without-prefix", {}),
        ("groq/llama-guard-3-8b", {}),
        ("groq/gpt-audio-mini", {}),
    ],
)
def test_what_can_not_chat_or_is_gone_is_left_out(key, change):
    assert made("groq", **{key: {**ROW, **change}}) == {}


def test_one_that_will_go_is_kept():
    assert made("groq", **{"groq/x": {**ROW, "deprecation_date": "2026-11-23"}})


def test_perplexity_keeps_only_what_its_new_api_has():
    rows = {
        "perplexity/sonar-pro": {**ROW, "litellm_provider": "perplexity"},
        "perplexity/perplexity/sonar": {**ROW, "litellm_provider": "perplexity", "mode": "responses"},
    }
    assert list(made("perplexity", **rows)) == ["perplexity/sonar"]


def test_the_file_is_the_same_for_the_same_source(tmp_path, monkeypatch, capsys):
    source = tmp_path / "prices.json"
    source.write_text(json.dumps({"sample_spec": {}, "groq/x": ROW}))
    monkeypatch.setattr(make_facts, "TARGET", tmp_path / "models.json.gz")
    assert make_facts.main([str(source)]) == 0
    first = make_facts.TARGET.read_bytes()
    make_facts.main([str(source)])
    assert make_facts.TARGET.read_bytes() == first
    lines = list(map(json.loads, gzip.decompress(first).splitlines()))
    assert ["groq", {"x": [131072, 8192, 0.15, 0.6, "vr"]}] in lines
    assert "1 models" in capsys.readouterr().out


def test_it_says_how_it_is_used(capsys):
    assert make_facts.main([]) == 2
    assert "python -m tui.providers.make_facts LITELLM_JSON" in capsys.readouterr().err
