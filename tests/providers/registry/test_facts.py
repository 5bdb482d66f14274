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
    assert json.loads(gzip.decompress(first))["providers"]["groq"] == {"x": [131072, 8192, 0.15, 0.6, "vr"]}
    assert "1 models" in capsys.readouterr().out


def test_it_says_how_it_is_used(capsys):
    assert make_facts.main([]) == 2
    assert "python -m tui.providers.make_facts LITELLM_JSON" in capsys.readouterr().err
