"""Who is offered, why not, and what a model id leads to: address, key, proxy and parameters."""

from __future__ import annotations

import sys

import pytest

from tui.credentials import Secret
from tui.errors import ConfigError, ErrorKind, MissingKeyError, ModelNotSupportedError, ProviderError
from tui.providers.health import State

KEY = "sk-test-0123456789"


def names(registry) -> list[str]:
    return [entry.name for entry in registry.providers()]


class TestOffered:
    def test_the_model_on_this_machine_comes_first(self, room):
        entry = room.registry().providers()[0]
        assert (entry.name, entry.kind, entry.needs_key, entry.free) == ("local", "local", False, True)

    def test_a_provider_without_its_key_says_how_to_give_one(self, room):
        entry = room.registry().entry("groq")
        assert not entry.available
        assert entry.reason == "no key: set GROQ_API_KEY or run `segue keys set groq`"
        assert entry.health.state is State.NO_KEY

    def test_a_key_in_the_own_file_counts_at_once(self, room):
        registry = room.registry()
        room.credentials.store("groq", Secret(KEY))
        entry = registry.entry("groq")
        assert (entry.available, entry.key_source) == (True, "keys.json")

    def test_a_local_server_that_nobody_named_must_answer_first(self, room):
        registry = room.registry()
        entry = registry.entry("ollama")
        assert (entry.available, entry.askable) == (False, True)
        assert entry.reason == "no server answers at 127.0.0.1:11434"
        registry.health.note_success("ollama")
        assert registry.entry("ollama").available

    @pytest.mark.parametrize(
        ("value", "host"),
        [
            ("10.0.0.5", "10.0.0.5:11434"),
            ("http://box", "box"),
            (":5", "127.0.0.1:5"),
            ("0.0.0.0", "127.0.0.1:11434"),
        ],
    )
    def test_a_local_server_that_a_variable_names_is_offered(self, room, monkeypatch, value, host):
        monkeypatch.setenv("OLLAMA_HOST", value)
        entry = room.registry().entry("ollama")
        assert (entry.available, entry.host) == (True, host)

    def test_it_costs_nothing_only_on_this_machine(self, room, monkeypatch):
        assert room.registry().entry("ollama").free
        monkeypatch.setenv("OLLAMA_HOST", "https://ollama.example")
        assert not room.registry().entry("ollama").free
        assert not room.registry().entry("litellm").free, "it passes on to vendors that charge"

    def test_ai365vip_is_listed_with_the_reason(self, room):
        entry = room.registry().entry("ai365vip")
        assert (entry.available, entry.reason) == (False, "behind Cloudflare since October 2024")
        assert entry.health.state is State.NOT_WORKING

    def test_ai365vip_works_where_its_address_is_another(self, room):
        room.config('[providers.ai365vip]\nurl = "http://127.0.0.1:9000"')
        registry = room.registry()
        entry = registry.entry("ai365vip")
        assert (entry.available, entry.host) == (True, "127.0.0.1:9000")
        assert registry.load("ai365vip").url == "http://127.0.0.1:9000"
        assert registry.load("ai365vip").working

    def test_azure_needs_an_address_of_its_own(self, room, monkeypatch):
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
        assert room.registry().entry("azure").reason == "its address is not set: AZURE_OPENAI_ENDPOINT"
        monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://res.openai.azure.com/")
        registry = room.registry()
        assert registry.entry("azure").available
        assert registry.load("azure").url == "https://res.openai.azure.com/openai/v1"

    def test_bedrock_gets_its_address_from_the_region(self, room, monkeypatch):
        reason = room.registry().entry("bedrock").reason
        assert reason == "its address is not set: AWS_BEDROCK_BASE_URL or AWS_REGION"
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        assert room.registry().entry("bedrock").host == "bedrock-runtime.eu-west-1.amazonaws.com"

    @pytest.mark.parametrize(
        ("variable", "value", "name"),
        [
            ("OPENAI_BASE_URL", "localhost:8000", "openai"),
            ("GROQ_BASE_URL", "http://box:port", "groq"),
            ("OLLAMA_HOST", "box:port", "ollama"),
            ("OLLAMA_HOST", "http://[::", "ollama"),
        ],
    )
    def test_an_address_that_is_none_is_said(self, room, monkeypatch, variable, value, name):
        monkeypatch.setenv(variable, value)
        entry = room.registry().entry(name)
        assert not entry.available
        assert variable in entry.reason and "is not an address" in entry.reason

    def test_the_config_can_hide_one(self, room):
        room.config("[providers.groq]\nenabled = false")
        assert "groq" not in names(room.registry())


class TestEndpointOfTheConfig:
    def test_is_a_provider(self, room):
        room.config(
            '[providers.lab]\nurl = "http://127.0.0.1:8000/v1/"\ntitle = "The lab"\nmodels = ["big", "small"]'
        )
        registry = room.registry()
        entry = registry.entry("lab")
        assert (entry.title, entry.kind, entry.host, entry.available) == (
            "The lab",
            "config",
            "127.0.0.1:8000",
            True,
        )
        assert entry.default_model == "big"
        lab = registry.load("lab")
        assert (lab.__name__, lab.url, tuple(lab.models)) == (
            "Lab",
            "http://127.0.0.1:8000/v1",
            ("big", "small"),
        )

    def test_of_another_format(self, room):
        from tui.providers.formats.ollama import Ollama

        room.config('[providers.attic]\ntype = "ollama"\nurl = "http://attic:11434"')
        assert issubclass(room.registry().load("attic"), Ollama)

    def test_sends_the_headers_it_is_told(self, room):
        room.config('[providers.lab]\nurl = "http://h/v1"\nheaders = { "X-Team" = "blue" }')
        assert room.registry().load("lab").headers == {"X-Team": "blue"}

    def test_headers_join_those_of_the_vendor(self, room):
        room.config('[providers.openrouter]\nheaders = { "X-Team" = "blue" }')
        assert room.registry().load("openrouter").headers == {"X-Title": "Segue", "X-Team": "blue"}

    def test_without_an_address_names_the_nearest_provider(self, room):
        room.config('[providers.opnai]\nkey_env = "X"')
        entry = room.registry().entry("opnai")
        assert (entry.available, entry.reason) == (
            False,
            "[providers.opnai] has no url; did you mean openai?",
        )

    def test_whose_key_is_not_there_says_where_it_is_looked_for(self, room, monkeypatch):
        room.config('[providers.lab]\nurl = "https://lab.example/v1"\nkey_env = "LAB_KEY"')
        monkeypatch.delenv("LAB_KEY", raising=False)
        entry = room.registry().entry("lab")
        assert (entry.available, entry.key_variables) == (False, ("LAB_KEY",))
        assert "set LAB_KEY" in entry.reason


class TestTarget:
    async def test_leads_to_model_key_proxy_and_parameters(self, room, monkeypatch):
        monkeypatch.setenv("LAB_KEY", KEY)
        room.config("""
            proxy = "http://general:1"
            parameters = { temperature = 0.7, seed = 1 }
            [providers.lab]
            url = "https://lab.example/v1"
            key_env = "LAB_KEY"
            proxy = "http://own:2"
            parameters = { temperature = 0 }
            models = ["big"]
        """)
        target = await room.registry().target("lab/big")
        assert (target.model_id, target.model, target.proxy) == ("lab/big", "big", "http://own:2")
        assert target.options == {"temperature": 0, "seed": 1}
        assert target.key == Secret(KEY)
        assert KEY not in repr(target)

    async def test_a_general_proxy_serves_all(self, room):
        room.config('proxy = "http://general:1"\n[providers.lab]\nurl = "http://h/v1"\nmodels = ["big"]')
        assert (await room.registry().target("lab/big")).proxy == "http://general:1"

    async def test_the_key_reaches_the_provider_as_api_key(self, room, monkeypatch):
        monkeypatch.setenv("GROQ_API_KEY", KEY)
        room.config("parameters = { temperature = 0.7 }")
        target = await room.registry().target("groq/qwen/qwen3.8-27b")
        asked = {}

        class Spy:
            @classmethod
            def create_async_generator(cls, model, messages, proxy=None, **kwargs):
                asked.update(kwargs, model=model)

        object.__setattr__(target, "provider", Spy)
        target.stream([{"role": "user", "content": "hi"}], {"temperature": 0.1})
        assert asked == {"model": "qwen/qwen3.8-27b", "api_key": KEY, "temperature": 0.1}

    async def test_an_alias_is_resolved(self, room):
        room.config('[providers.ai365vip]\nurl = "http://127.0.0.1:9000"')
        target = await room.registry().target("ai365vip/gpt-3.5-turbo")
        assert (target.model_id, target.model) == ("ai365vip/gpt-3.5-turbo-16k", "gpt-3.5-turbo-16k")

    async def test_a_bare_provider_is_its_default_model(self, room):
        room.config(
            '[providers.lab]\nurl = "http://h/v1"\nmodels = ["big", "small"]\ndefault_model = "small"'
        )
        assert (await room.registry().target("lab")).model_id == "lab/small"

    async def test_a_bare_provider_without_a_default_is_the_first_one_its_server_lists(self, room, server):
        room.config(f'[providers.lab]\nurl = "{server.url}"')
        assert (await room.registry().target("lab")).model_id == "lab/big"

    async def test_names_are_found_whatever_their_case(self, room):
        room.config('[providers.lab]\nurl = "http://h/v1"\nmodels = ["big"]')
        assert (await room.registry().target("Lab/big")).model_id == "lab/big"

    async def test_an_unlisted_model_is_refused_with_the_list(self, room):
        room.config('[providers.lab]\nurl = "http://h/v1"\nmodels = ["big"]')
        with pytest.raises(ModelNotSupportedError, match="It has: big"):
            await room.registry().target("lab/huge")

    async def test_an_unknown_provider_names_the_nearest(self, room):
        with pytest.raises(ProviderError) as caught:
            await room.registry().target("opnai/gpt-6-sol")
        assert str(caught.value) == (
            "There is no provider 'opnai'. Did you mean openai? Model ids are PROVIDER/MODEL."
        )
        assert caught.value.kind is ErrorKind.NOT_FOUND

    async def test_a_model_without_its_provider_names_the_vendor_that_has_it(self, room):
        with pytest.raises(ProviderError, match="Did you mean openai/gpt-6-sol"):
            await room.registry().target("gpt-6-sol")

    async def test_a_missing_key_says_where_to_put_one(self, room):
        with pytest.raises(MissingKeyError) as caught:
            await room.registry().target("openai/gpt-6-sol")
        assert caught.value.hint == "Set OPENAI_API_KEY or run `segue keys set openai`."

    async def test_one_that_does_not_work_says_why(self, room):
        with pytest.raises(ProviderError, match="behind Cloudflare since October 2024") as caught:
            await room.registry().target("ai365vip/gpt-4o")
        assert caught.value.kind is ErrorKind.UNAVAILABLE

    async def test_a_key_command_that_fails_is_said(self, room):
        room.config(
            '[providers.lab]\nurl = "http://h/v1"\nmodels = ["big"]\nkey_command = "/no/such/program"'
        )
        with pytest.raises(ConfigError, match="could not be run"):
            await room.registry().target("lab/big")

    async def test_a_local_server_is_tried_although_it_never_answered(self, room):
        assert (await room.registry().target("ollama/qwen3:8b")).model == "qwen3:8b"

    async def test_http_with_a_key_is_only_allowed_by_the_config(self, room):
        room.config("""
            [providers.lab]
            url = "http://lab.example/v1"
            models = ["big"]
            allow_http_key = true
        """)
        assert (await room.registry().target("lab/big")).options == {"allow_http_key": True}


class TestAKeyStaysWithItsHost:
    """A changed address must not carry the vendor's key to another host."""

    ELSEWHERE = '[providers.openai]\nurl = "https://gateway.example/v1"\n'

    async def key(self, room) -> str | None:
        target = await room.registry().target("openai/gpt-6-sol")
        return target.key.reveal() if target.key else None

    async def test_a_vendors_variable_does_not_follow_an_address_of_the_config(self, room, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        room.config(self.ELSEWHERE)
        assert await self.key(room) is None
        assert room.registry().entry("openai").key_variables == ()

    async def test_unless_the_config_names_it(self, room, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        room.config(self.ELSEWHERE + 'key_env = "OPENAI_API_KEY"')
        assert await self.key(room) == KEY

    async def test_or_has_a_command_for_it(self, room):
        python = sys.executable.replace("\\", "/")
        line = f"'{python}' -c 'print(chr(107) * 16)'"
        room.config(self.ELSEWHERE + f'key_command = "{line}"')
        assert await self.key(room) == "k" * 16

    async def test_or_the_address_is_that_of_the_vendor_all_the_same(self, room, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        room.config('[providers.openai]\nurl = "https://api.openai.com/v2"')
        assert await self.key(room) == KEY

    async def test_the_vendors_own_address_variable_takes_the_vendors_key_along(self, room, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.example/v1/")
        assert await self.key(room) == KEY
        assert room.registry().load("openai").url == "https://gateway.example/v1"

    async def test_a_stored_key_stays_too(self, room, monkeypatch):
        room.credentials.store("openai", Secret(KEY))
        monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.example/v1")
        assert await self.key(room) is None

    async def test_a_key_stored_for_the_new_address_is_used_only_there(self, room, monkeypatch):
        room.config(self.ELSEWHERE)
        account = room.registry().entry("openai").account
        assert account == "openai@gateway.example"
        room.credentials.store(account, Secret(KEY))
        assert await self.key(room) == KEY
        room.config("")
        with pytest.raises(MissingKeyError):
            await self.key(room)

    async def test_http_is_another_host_than_https(self, room, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        room.config('[providers.openai]\nurl = "http://api.openai.com/v1"')
        assert await self.key(room) is None

    async def test_a_changed_address_needs_no_key(self, room):
        room.config('[providers.openai]\nurl = "http://127.0.0.1:8000/v1"')
        assert room.registry().entry("openai").available
        assert await self.key(room) is None


async def test_discover_sends_the_key_to_the_server(room, server, monkeypatch):
    monkeypatch.setenv("LAB_KEY", KEY)
    room.config(f'[providers.lab]\nurl = "{server.url}"\nkey_env = "LAB_KEY"')
    assert [model.id for model in await room.registry().discover("lab")] == ["big", "small"]
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"


async def test_close_without_anything_open(room):
    registry = room.registry()
    registry.providers()
    await registry.close()


async def test_files_of_the_person_are_local_models(room, tmp_path):
    file = tmp_path / "mine.gguf"
    file.write_bytes(b"GGUF")
    room.config(f'[local.models]\nmine = "{file}"')
    registry = room.registry()
    assert "mine" in registry.entry("local").models
    if registry.entry("local").available:
        assert (await registry.target("local/mine")).model == "mine"
        (room.paths.config / "keys.json").write_text("{")
        assert (await room.registry().target("local/mine")).key is None, "no key is looked for"
    await registry.close()


class TestPatience:
    """How long the first word may take."""

    async def test_a_server_in_the_own_network_may_have_to_load_its_model(self, room, monkeypatch):
        monkeypatch.setenv("GROQ_API_KEY", KEY)
        room.config('[providers.lab]\nurl = "http://192.168.1.5/v1"\nmodels = ["big"]')
        registry = room.registry()
        assert (await registry.target("lab/big")).patience == 300
        assert (await registry.target("groq/llama")).patience is None

    async def test_the_config_can_say_it(self, room, monkeypatch):
        monkeypatch.setenv("GROQ_API_KEY", KEY)
        room.config("[providers.groq]\nwait = 900")
        target = await room.registry().target("groq/llama")
        assert (target.patience, target.options) == (900, {"wait": 900})


async def test_own_certificates_come_along(room, monkeypatch):
    room.config('[providers.lab]\nurl = "https://lab.example/v1"\nca_file = "/lab.pem"\nmodels = ["big"]')
    assert (await room.registry().target("lab/big")).options == {"ca_file": "/lab.pem"}


class TestTheCaseOfAName:
    def test_of_a_provider_of_the_config_does_not_matter(self, room):
        room.config('[providers.Lab]\nurl = "http://127.0.0.1:1/v1"\nmodels = ["m"]')
        registry = room.registry()
        assert {registry.entry(name).name for name in ("Lab", "lab", "LAB")} == {"Lab"}
        room.credentials.store("Lab", Secret("sk-0123456789abc"))
        assert registry.entry("lab").key_source == "keys.json"

    async def test_of_a_model_id_does_not_matter(self, room):
        room.config('[providers.Lab]\nurl = "http://127.0.0.1:1/v1"\nmodels = ["m"]')
        assert (await room.registry().target("LAB/m")).model_id == "Lab/m"

    def test_written_otherwise_a_built_in_provider_is_changed_all_the_same(self, room):
        room.config('[providers.OpenAI]\nurl = "http://127.0.0.1:1/v1"\nkey = "sk-0123456789abc"')
        registry = room.registry()
        assert [e.name for e in registry.providers() if e.name.lower() == "openai"] == ["openai"]
        entry = registry.entry("openai")
        assert (entry.host, entry.key_source) == ("127.0.0.1:1", "config.toml")

    def test_keeps_two_apart_that_differ_in_it_alone(self, room):
        room.config('[providers.Lab]\nurl = "http://a/v1"\n[providers.lab]\nurl = "http://b/v1"')
        registry = room.registry()
        assert (registry.entry("Lab").host, registry.entry("lab").host) == ("a", "b")
