"""The models known now: merged from config, servers and shipped facts; kept on disk; never in the way."""

from __future__ import annotations

import json
import os
import stat
import time

import pytest

from tui.errors import ErrorKind, ProviderError
from tui.providers import catalogue as module
from tui.providers.facts import dated, shipped
from tui.providers.health import State

LAB = '[providers.lab]\nurl = "{url}"\n'


def ids(catalogue, provider: str) -> list[str]:
    return [model.name for model in catalogue.models() if model.provider == provider]


class TestMerge:
    async def test_the_servers_list_is_what_is_offered(self, setup, server):
        setup.config(LAB.format(url=server.url))
        catalogue = setup.catalogue()
        assert ids(catalogue, "lab") == []
        await catalogue.refresh(["lab"])
        assert ids(catalogue, "lab") == ["big", "small"]

    async def test_a_model_of_two_providers_has_a_namesake_while_both_can_be_used(self, setup, server):
        setup.config(LAB.format(url=server.url) + LAB.format(url=server.url).replace("lab", "den"))
        catalogue = setup.catalogue()
        await catalogue.refresh(["lab"])
        assert not catalogue.has_namesake("lab/big")
        await catalogue.refresh(["den"])
        assert catalogue.has_namesake("lab/big") and not catalogue.has_namesake("lab/other")

    async def test_the_configs_list_goes_before_the_servers(self, setup, server):
        setup.config(LAB.format(url=server.url) + 'models = ["small", "secret"]\n')
        server.rows = [{"id": "small", "context_length": 4096}, {"id": "big"}]
        catalogue = setup.catalogue()
        await catalogue.refresh(["lab"])
        assert ids(catalogue, "lab") == ["small", "secret"]
        assert catalogue.info("lab/small").context == 4096, "what the server knows of it still counts"

    async def test_what_the_server_says_goes_before_the_shipped_facts(self, setup, server, monkeypatch):
        monkeypatch.setenv("GROQ_API_KEY", "sk-0123456789ab")
        monkeypatch.setenv("GROQ_BASE_URL", server.url)
        name, fact = next(
            (n, f) for n, f in shipped("groq").items() if f.context and f.input_price is not None
        )
        server.rows = [{"id": name, "context_window": 1234}, {"id": "brand-new"}]
        catalogue = setup.catalogue()
        assert catalogue.info(f"groq/{name}").context == fact.context
        await catalogue.refresh(["groq"])
        info = catalogue.info(f"groq/{name}")
        assert (info.context, info.input_price) == (1234, fact.input_price)
        new = catalogue.info("groq/brand-new")
        assert (new.context, new.input_price, new.vision, new.reasoning) == (None, None, None, None)

    def test_before_a_server_was_asked_the_well_known_models_are_offered(self, setup, monkeypatch):
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-0123456789ab")
        models = [m for m in setup.catalogue().models() if m.provider == "anthropic"]
        assert "claude-opus-5-5" in [m.name for m in models]
        assert all(m.available for m in models)

    def test_without_its_key_a_vendor_shows_no_more_than_its_default(self, setup):
        catalogue = setup.catalogue()
        assert ids(catalogue, "anthropic") == []
        [model] = [m for m in catalogue.models() if m.provider == "openai"]
        assert (model.id, model.available) == ("openai/gpt-6-sol", False)
        assert "OPENAI_API_KEY" in model.reason
        assert model.context and model.input_price

    def test_ai365vip_lists_its_models_as_unavailable_with_the_reason(self, setup):
        models = [m for m in setup.catalogue().models() if m.provider == "ai365vip"]
        assert [m.name for m in models] == ["gpt-3.5-turbo", "gpt-3.5-turbo-16k", "gpt-4o"]
        assert {(m.available, m.reason) for m in models} == {(False, "behind Cloudflare since October 2024")}


class TestPrices:
    def test_of_an_unknown_model_are_never_guessed(self, setup):
        setup.config('[providers.lab]\nurl = "http://h/v1"\nmodels = ["gpt-6-sol"]')
        info = setup.catalogue().info("lab/gpt-6-sol")
        assert (info.input_price, info.output_price, info.context) == (None, None, None)

    def test_on_this_machine_are_nothing(self, setup):
        catalogue = setup.catalogue()
        for model_id in ("local/smollm2-135m", "ollama/qwen3:8b", "lmstudio/any"):
            assert catalogue.info(model_id).input_price == 0.0, model_id

    @pytest.mark.parametrize(
        "model_id", ["ollama/gpt-oss:120b-cloud", "ollama/kimi-k3:cloud", "litellm/gpt-6-sol"]
    )
    def test_of_what_only_passes_through_this_machine_are_unknown(self, setup, model_id):
        assert setup.catalogue().info(model_id).input_price is None

    def test_of_another_machine_are_unknown(self, setup, monkeypatch):
        monkeypatch.setenv("OLLAMA_HOST", "10.0.0.5")
        assert setup.catalogue().info("ollama/qwen3:8b").input_price is None


class TestInfo:
    def test_of_a_model_nobody_listed_is_what_is_known_of_its_provider(self, setup):
        assert setup.catalogue().info("openai/never-heard-of").available is False

    def test_of_a_bare_provider_is_its_default_model(self, setup):
        assert setup.catalogue().info("openai").id == "openai/gpt-6-sol"

    def test_of_an_unknown_provider_is_none(self, setup):
        assert setup.catalogue().info("nobody/x") is None


class TestRefresh:
    async def test_never_raises_and_keeps_the_reason(self, setup, server):
        setup.config(LAB.format(url=server.url))
        server.status = 500
        registry = setup.registry()
        catalogue = setup.catalogue(registry)
        await catalogue.refresh(["lab", "groq", "nobody"])
        assert "the list is closed" in str(catalogue.problems["lab"])
        assert "needs a key" in str(catalogue.problems["groq"])
        assert "no provider" in str(catalogue.problems["nobody"])
        assert registry.health.of("lab").state is State.FAILING
        assert registry.health.of("groq").state is State.UNTRIED, "a missing key is not the vendor's failure"

    async def test_a_list_that_fails_keeps_the_old_one(self, setup, server):
        setup.config(LAB.format(url=server.url))
        catalogue = setup.catalogue()
        await catalogue.refresh(["lab"])
        server.status = 503
        await catalogue.refresh(["lab"])
        assert ids(catalogue, "lab") == ["big", "small"]
        server.status = 200
        await catalogue.refresh(["lab"])
        assert catalogue.problems == {}

    async def test_asks_all_that_make_sense_at_the_same_time(self, setup, server, monkeypatch):
        """Those without a key and those that can't work are left alone."""
        setup.config(LAB.format(url=server.url))
        asked = []

        async def discover(name):
            asked.append(name)
            return []

        registry = setup.registry()
        monkeypatch.setattr(registry, "discover", discover)
        await setup.catalogue(registry).refresh()
        assert "lab" in asked and "ollama" in asked
        assert not {"openai", "azure", "ai365vip"} & set(asked)

    async def test_a_local_server_that_answers_is_offered(self, setup, server, monkeypatch):
        registry = setup.registry()
        catalogue = setup.catalogue(registry)

        async def discover(name):
            raise ProviderError("nothing listens", kind=ErrorKind.CONNECT)

        monkeypatch.setattr(registry, "discover", discover)
        await catalogue.refresh(["lmstudio"])
        assert not registry.entry("lmstudio").available
        assert registry.entry("lmstudio").health.state is State.UNREACHABLE
        monkeypatch.undo()
        monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
        setup.config(f'[providers.lmstudio]\nurl = "{server.url}"')
        registry = setup.registry()
        await setup.catalogue(registry).refresh(["lmstudio"])
        assert registry.entry("lmstudio").health.state is State.OK

    async def test_tells_those_who_listen(self, setup, server):
        setup.config(LAB.format(url=server.url))
        catalogue = setup.catalogue()
        heard = []
        stop = catalogue.subscribe(lambda: heard.append(ids(catalogue, "lab")))
        await catalogue.refresh(["lab"])
        stop()
        await catalogue.refresh(["lab"])
        assert heard == [["big", "small"]]

    async def test_models_of_other_shapes_do_no_harm(self, setup, server):
        setup.config(LAB.format(url=server.url))
        server.rows = [{"id": "ok"}, {"name": 3}, {}, {"id": None}, {"id": "text-embedding-3"}]
        catalogue = setup.catalogue()
        await catalogue.refresh(["lab"])
        assert ids(catalogue, "lab") == ["ok"]


class TestOnDisk:
    async def test_a_list_is_there_in_the_next_run(self, setup, server):
        setup.config(LAB.format(url=server.url))
        server.rows = [{"id": "big", "context_length": 8192, "capabilities": {"vision": True}}]
        await setup.catalogue().refresh(["lab"])
        later = setup.catalogue()
        assert ids(later, "lab") == ["big"]
        assert (later.info("lab/big").context, later.info("lab/big").vision) == (8192, True)
        assert "lab" not in later.stale()
        assert server.headers[1:] == [], "the second run asked nobody"

    async def test_a_local_server_seen_lately_is_offered_at_once(self, setup, monkeypatch):
        async def discover(name):
            return []

        registry = setup.registry()
        monkeypatch.setattr(registry, "discover", discover)
        await setup.catalogue(registry).refresh(["ollama"])
        again = setup.registry()
        assert not again.entry("ollama").available
        setup.catalogue(again)
        assert again.entry("ollama").available

    async def test_after_a_day_it_is_stale_but_still_shown(self, setup, server, monkeypatch):
        setup.config(LAB.format(url=server.url))
        await setup.catalogue().refresh(["lab"])
        monkeypatch.setattr(module, "STALE_SECONDS", -1)
        later = setup.catalogue()
        assert "lab" in later.stale()
        assert ids(later, "lab") == ["big", "small"]

    async def test_the_file_is_private(self, setup, server):
        setup.config(LAB.format(url=server.url))
        await setup.catalogue().refresh(["lab"])
        if os.name != "nt":
            assert stat.S_IMODE((setup.paths.cache / "models.json").stat().st_mode) == 0o600
        assert [file.name for file in setup.paths.cache.iterdir()] == ["models.json"]

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "{",
            "[]",
            "null",
            "\ud800",
            '{"version":1}',
            '{"version":1,"providers":{"lab":{"asked":"x","models":[]}}}',
            '{"version":1,"providers":{"lab":{"asked":1,"models":[{"nope":1}]}}}',
        ],
    )
    async def test_a_damaged_file_is_ignored_with_a_note(self, setup, server, content):
        setup.config(LAB.format(url=server.url))
        setup.paths.cache.mkdir()
        (setup.paths.cache / "models.json").write_bytes(content.encode("utf-8", "surrogatepass"))
        catalogue = setup.catalogue()
        assert "made anew" in catalogue.notice
        assert ids(catalogue, "lab") == []
        await catalogue.refresh(["lab"])
        assert setup.catalogue().notice == ""

    async def test_one_odd_fact_costs_only_itself(self, setup, server):
        """What an earlier program, or a person, has put there."""
        setup.config(LAB.format(url=server.url))
        setup.paths.cache.mkdir()
        rows = [
            {"id": "odd", "context": "200k", "input_price": [1], "vision": "yes", "reason": 5, "new": 1},
            {"id": "good", "context": 4096, "input_price": 0.5, "output_price": 1.5},
        ]
        stored = {"version": 1, "providers": {"lab": {"asked": time.time(), "models": rows}}}
        (setup.paths.cache / "models.json").write_text(json.dumps(stored))
        catalogue = setup.catalogue()
        assert ids(catalogue, "lab") == ["odd", "good"]
        odd, good = catalogue.info("lab/odd"), catalogue.info("lab/good")
        assert (odd.context, odd.input_price, odd.vision) == (None, None, None)
        assert (good.context, good.input_price, good.output_price) == (4096, 0.5, 1.5)

    def test_another_version_is_ignored_without_a_note(self, setup):
        setup.paths.cache.mkdir()
        (setup.paths.cache / "models.json").write_text(json.dumps({"version": 99, "providers": {}}))
        assert setup.catalogue().notice == ""

    async def test_a_folder_that_cant_be_written_is_said_and_no_more(self, setup, server):
        setup.config(LAB.format(url=server.url))
        setup.paths.cache.write_text("a file in the way")
        catalogue = setup.catalogue()
        await catalogue.refresh(["lab"])
        assert "could not be kept" in catalogue.notice
        assert ids(catalogue, "lab") == ["big", "small"]


def test_an_outcome_of_a_reply_is_the_providers_health(setup, monkeypatch):
    monkeypatch.setenv("GROQ_API_KEY", "sk-0123456789ab")
    registry = setup.registry()
    catalogue = setup.catalogue(registry)
    heard = []
    catalogue.subscribe(lambda: heard.append(registry.entry("groq").health.state))
    catalogue.note_outcome("groq", ProviderError("busy", kind=ErrorKind.BUSY))
    catalogue.note_outcome("groq", None)
    assert heard == [State.FAILING, State.OK]


def test_the_shipped_facts_are_dated_and_carry_their_licence():
    import gzip
    from pathlib import Path

    lines = gzip.decompress(Path(module.__file__).with_name("models.json.gz").read_bytes()).splitlines()
    raw = json.loads(lines[0])
    assert "MIT License" in raw["notice"] and "Berri AI" in raw["notice"]
    assert raw["date"] == dated() >= "2026-11-01"
    assert shipped("nobody") == {}


@pytest.mark.parametrize("model_id", ["openai/gpt-6-sol", "anthropic/claude-opus-5-5", "xai/grok-4.6"])
def test_the_shipped_facts_know_todays_models(setup, model_id):
    info = setup.catalogue().info(model_id)
    assert info.context > 100_000
    assert 0 < info.input_price < info.output_price < 1000, "dollars for a million tokens"
    assert info.reasoning
