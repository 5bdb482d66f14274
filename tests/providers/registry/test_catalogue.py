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
    async def test_the_servers_list_is_what_is_offered(self, room, server):
        room.config(LAB.format(url=server.url))
        catalogue = room.catalogue()
        assert ids(catalogue, "lab") == []
        await catalogue.refresh(["lab"])
        assert ids(catalogue, "lab") == ["big", "small"]

    async def test_the_configs_list_goes_before_the_servers(self, room, server):
        room.config(LAB.format(url=server.url) + 'models = ["small", "secret"]\n')
        server.rows = [{"id": "small", "context_length": 4096}, {"id": "big"}]
        catalogue = room.catalogue()
        await catalogue.refresh(["lab"])
        assert ids(catalogue, "lab") == ["small", "secret"]
        assert catalogue.info("lab/small").context == 4096, "what the server knows of it still counts"

    async def test_what_the_server_says_goes_before_the_shipped_facts(self, room, server, monkeypatch):
        monkeypatch.setenv("GROQ_API_KEY", "sk-0123456789ab")
        monkeypatch.setenv("GROQ_BASE_URL", server.url)
        name, fact = next(
            (n, f) for n, f in shipped("groq").items() if f.context and f.input_price is not None
        )
        server.rows = [{"id": name, "context_window": 1234}, {"id": "brand-new"}]
        catalogue = room.catalogue()
        assert catalogue.info(f"groq/{name}").context == fact.context
        await catalogue.refresh(["groq"])
        info = catalogue.info(f"groq/{name}")
        assert (info.context, info.input_price) == (1234, fact.input_price)
        new = catalogue.info("groq/brand-new")
        assert (new.context, new.input_price, new.vision, new.reasoning) == (None, None, None, None)

    def test_before_a_server_was_asked_the_well_known_models_are_offered(self, room, monkeypatch):
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-0123456789ab")
        models = [m for m in room.catalogue().models() if m.provider == "anthropic"]
        assert "claude-opus-5-5" in [m.name for m in models]
        assert all(m.available for m in models)

    def test_without_its_key_a_vendor_shows_no_more_than_its_default(self, room):
        catalogue = room.catalogue()
        assert ids(catalogue, "anthropic") == []
        [model] = [m for m in catalogue.models() if m.provider == "openai"]
        assert (model.id, model.available) == ("openai/gpt-6-sol", False)
        assert "OPENAI_API_KEY" in model.reason
        assert model.context and model.input_price

    def test_ai365vip_lists_its_models_as_unavailable_with_the_reason(self, room):
        models = [m for m in room.catalogue().models() if m.provider == "ai365vip"]
        assert [m.name for m in models] == ["gpt-3.5-turbo", "gpt-3.5-turbo-16k", "gpt-4o"]
        assert {(m.available, m.reason) for m in models} == {(False, "behind Cloudflare since October 2024")}


class TestPrices:
    def test_of_an_unknown_model_are_never_guessed(self, room):
        room.config('[providers.lab]\nurl = "http://h/v1"\nmodels = ["gpt-6-sol"]')
        info = room.catalogue().info("lab/gpt-6-sol")
        assert (info.input_price, info.output_price, info.context) == (None, None, None)

    def test_on_this_machine_are_nothing(self, room):
        catalogue = room.catalogue()
        for model_id in ("local/smollm2-135m", "ollama/qwen3:8b", "lmstudio/any"):
            assert catalogue.info(model_id).input_price == 0.0, model_id

    @pytest.mark.parametrize(
        "model_id", ["ollama/gpt-oss:120b-cloud", "ollama/kimi-k3:cloud", "litellm/gpt-6-sol"]
    )
    def test_of_what_only_passes_through_this_machine_are_unknown(self, room, model_id):
        assert room.catalogue().info(model_id).input_price is None

    def test_of_another_machine_are_unknown(self, room, monkeypatch):
        monkeypatch.setenv("OLLAMA_HOST", "10.0.0.5")
        assert room.catalogue().info("ollama/qwen3:8b").input_price is None


class TestInfo:
    def test_of_a_model_nobody_listed_is_what_is_known_of_its_provider(self, room):
        assert room.catalogue().info("openai/never-heard-of").available is False

    def test_of_a_bare_provider_is_its_default_model(self, room):
        assert room.catalogue().info("openai").id == "openai/gpt-6-sol"

    def test_of_an_unknown_provider_is_none(self, room):
        assert room.catalogue().info("nobody/x") is None


class TestRefresh:
    async def test_never_raises_and_keeps_the_reason(self, room, server):
        room.config(LAB.format(url=server.url))
        server.status = 500
        registry = room.registry()
        catalogue = room.catalogue(registry)
        await catalogue.refresh(["lab", "groq", "nobody"])
        assert "the list is closed" in str(catalogue.problems["lab"])
        assert "needs a key" in str(catalogue.problems["groq"])
        assert "no provider" in str(catalogue.problems["nobody"])
        assert registry.health.of("lab").state is State.FAILING
        assert registry.health.of("groq").state is State.UNTRIED, "a missing key is not the vendor's failure"

    async def test_a_list_that_fails_keeps_the_old_one(self, room, server):
        room.config(LAB.format(url=server.url))
        catalogue = room.catalogue()
        await catalogue.refresh(["lab"])
        server.status = 503
        await catalogue.refresh(["lab"])
        assert ids(catalogue, "lab") == ["big", "small"]
        server.status = 200
        await catalogue.refresh(["lab"])
        assert catalogue.problems == {}

    async def test_asks_all_that_make_sense_at_the_same_time(self, room, server, monkeypatch):
        """Those without a key and those that can't work are left alone."""
        room.config(LAB.format(url=server.url))
        asked = []

        async def discover(name):
            asked.append(name)
            return []

        registry = room.registry()
        monkeypatch.setattr(registry, "discover", discover)
        await room.catalogue(registry).refresh()
        assert "lab" in asked and "ollama" in asked
        assert not {"openai", "azure", "ai365vip"} & set(asked)

    async def test_a_local_server_that_answers_is_offered(self, room, server, monkeypatch):
        registry = room.registry()
        catalogue = room.catalogue(registry)

        async def discover(name):
            raise ProviderError("nothing listens", kind=ErrorKind.CONNECT)

        monkeypatch.setattr(registry, "discover", discover)
        await catalogue.refresh(["lmstudio"])
        assert not registry.entry("lmstudio").available
        assert registry.entry("lmstudio").health.state is State.UNREACHABLE
        monkeypatch.undo()
        monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
        room.config(f'[providers.lmstudio]\nurl = "{server.url}"')
        registry = room.registry()
        await room.catalogue(registry).refresh(["lmstudio"])
        assert registry.entry("lmstudio").health.state is State.OK

    async def test_tells_those_who_listen(self, room, server):
        room.config(LAB.format(url=server.url))
        catalogue = room.catalogue()
        heard = []
        stop = catalogue.subscribe(lambda: heard.append(ids(catalogue, "lab")))
        await catalogue.refresh(["lab"])
        stop()
        await catalogue.refresh(["lab"])
        assert heard == [["big", "small"]]

    async def test_models_of_other_shapes_do_no_harm(self, room, server):
        room.config(LAB.format(url=server.url))
        server.rows = [{"id": "ok"}, {"name": 3}, {}, {"id": None}, {"id": "text-embedding-3"}]
        catalogue = room.catalogue()
        await catalogue.refresh(["lab"])
        assert ids(catalogue, "lab") == ["ok"]


class TestOnDisk:
    async def test_a_list_is_there_in_the_next_run(self, room, server):
        room.config(LAB.format(url=server.url))
        server.rows = [{"id": "big", "context_length": 8192, "capabilities": {"vision": True}}]
        await room.catalogue().refresh(["lab"])
        later = room.catalogue()
        assert ids(later, "lab") == ["big"]
        assert (later.info("lab/big").context, later.info("lab/big").vision) == (8192, True)
        assert "lab" not in later.stale()
        assert server.headers[1:] == [], "the second run asked nobody"

    async def test_a_local_server_seen_lately_is_offered_at_once(self, room, monkeypatch):
        async def discover(name):
            return []

        registry = room.registry()
        monkeypatch.setattr(registry, "discover", discover)
        await room.catalogue(registry).refresh(["ollama"])
        again = room.registry()
        assert not again.entry("ollama").available
        room.catalogue(again)
        assert again.entry("ollama").available

    async def test_after_a_day_it_is_stale_but_still_shown(self, room, server, monkeypatch):
        room.config(LAB.format(url=server.url))
        await room.catalogue().refresh(["lab"])
        monkeypatch.setattr(module, "STALE_SECONDS", -1)
        later = room.catalogue()
        assert "lab" in later.stale()
        assert ids(later, "lab") == ["big", "small"]

    async def test_the_file_is_private(self, room, server):
        room.config(LAB.format(url=server.url))
        await room.catalogue().refresh(["lab"])
        if os.name != "nt":
            assert stat.S_IMODE((room.paths.cache / "models.json").stat().st_mode) == 0o600
        assert [file.name for file in room.paths.cache.iterdir()] == ["models.json"]

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
    async def test_a_damaged_file_is_ignored_with_a_note(self, room, server, content):
        room.config(LAB.format(url=server.url))
        room.paths.cache.mkdir()
        (room.paths.cache / "models.json").write_bytes(content.encode("utf-8", "surrogatepass"))
        catalogue = room.catalogue()
        assert "made anew" in catalogue.notice
        assert ids(catalogue, "lab") == []
        await catalogue.refresh(["lab"])
        assert room.catalogue().notice == ""

    async def test_one_odd_fact_costs_only_itself(self, room, server):
        """What an earlier program, or a person, has put there."""
        room.config(LAB.format(url=server.url))
        room.paths.cache.mkdir()
        rows = [
            {"id": "odd", "context": "200k", "input_price": [1], "vision": "yes", "reason": 5, "new": 1},
            {"id": "good", "context": 4096, "input_price": 0.5, "output_price": 1.5},
        ]
        stored = {"version": 1, "providers": {"lab": {"asked": time.time(), "models": rows}}}
        (room.paths.cache / "models.json").write_text(json.dumps(stored))
        catalogue = room.catalogue()
        assert ids(catalogue, "lab") == ["odd", "good"]
        odd, good = catalogue.info("lab/odd"), catalogue.info("lab/good")
        assert (odd.context, odd.input_price, odd.vision) == (None, None, None)
        assert (good.context, good.input_price, good.output_price) == (4096, 0.5, 1.5)

    def test_another_version_is_ignored_without_a_note(self, room):
        room.paths.cache.mkdir()
        (room.paths.cache / "models.json").write_text(json.dumps({"version": 99, "providers": {}}))
        assert room.catalogue().notice == ""

    async def test_a_folder_that_cant_be_written_is_said_and_no_more(self, room, server):
        room.config(LAB.format(url=server.url))
        room.paths.cache.write_text("a file in the way")
        catalogue = room.catalogue()
        await catalogue.refresh(["lab"])
        assert "could not be kept" in catalogue.notice
        assert ids(catalogue, "lab") == ["big", "small"]


def test_an_outcome_of_a_reply_is_the_providers_health(room, monkeypatch):
    monkeypatch.setenv("GROQ_API_KEY", "sk-0123456789ab")
    registry = room.registry()
    catalogue = room.catalogue(registry)
    heard = []
    catalogue.subscribe(lambda: heard.append(registry.entry("groq").health.state))
    catalogue.note_outcome("groq", ProviderError("busy", kind=ErrorKind.BUSY))
    catalogue.note_outcome("groq", None)
    assert heard == [State.FAILING, State.OK]


def test_the_shipped_facts_are_dated_and_carry_their_licence():
    import gzip
    from pathlib import Path

    raw = json.loads(gzip.decompress(Path(module.__file__).with_name("models.json.gz").read_bytes()))
    assert "MIT License" in raw["notice"] and "Berri AI" in raw["notice"]
    assert raw["date"] == dated() >= "2026-11-01"
    assert shipped("nobody") == {}


@pytest.mark.parametrize("model_id", ["openai/gpt-6-sol", "anthropic/claude-opus-5-5", "xai/grok-4.6"])
def test_the_shipped_facts_know_todays_models(room, model_id):
    info = room.catalogue().info(model_id)
    assert info.context > 100_000
    assert 0 < info.input_price < info.output_price < 1000, "dollars for a million tokens"
    assert info.reasoning
