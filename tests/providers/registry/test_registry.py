"""Who is offered, why not, and what a model id leads to: address, key, proxy and parameters."""

from __future__ import annotations

import sys

import pytest
from msgspec.structs import replace

from tui.credentials import Secret
from tui.errors import ConfigError, ErrorKind, MissingKeyError, ModelNotSupportedError, ProviderError
from tui.providers.health import State

KEY = "sk-test-0123456789"


def names(registry) -> list[str]:
    return [entry.name for entry in registry.providers()]


class TestOffered:
    def test_the_model_on_this_machine_comes_first(self, setup):
        entry = setup.registry().providers()[0]
        assert (entry.name, entry.kind, entry.needs_key, entry.free) == ("local", "local", False, True)

    def test_a_provider_without_its_key_says_how_to_give_one(self, setup):
        entry = setup.registry().entry("groq")
        assert not entry.available
        assert entry.reason == "no key: set GROQ_API_KEY or run `segue keys set groq`"
        assert entry.health.state is State.NO_KEY

    def test_a_key_in_the_own_file_counts_at_once(self, setup):
        registry = setup.registry()
        setup.credentials.store("groq", Secret(KEY))
        entry = registry.entry("groq")
        assert (entry.available, entry.key_source) == (True, "keys.json")

    def test_a_local_server_that_nobody_named_must_answer_first(self, setup):
        registry = setup.registry()
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
    def test_a_local_server_that_a_variable_names_is_offered(self, setup, monkeypatch, value, host):
        monkeypatch.setenv("OLLAMA_HOST", value)
        entry = setup.registry().entry("ollama")
        assert (entry.available, entry.host) == (True, host)

    def test_it_costs_nothing_only_on_this_machine(self, setup, monkeypatch):
        assert setup.registry().entry("ollama").free
        monkeypatch.setenv("OLLAMA_HOST", "https://ollama.example")
        assert not setup.registry().entry("ollama").free
        assert not setup.registry().entry("litellm").free, "it passes on to vendors that charge"

    def test_ai365vip_is_listed_with_the_reason(self, setup):
        entry = setup.registry().entry("ai365vip")
        assert (entry.available, entry.reason) == (False, "behind Cloudflare since October 2024")
        assert entry.health.state is State.NOT_WORKING

    def test_ai365vip_works_where_its_address_is_another(self, setup):
        setup.config('[providers.ai365vip]\nurl = "http://127.0.0.1:9000"')
        registry = setup.registry()
        entry = registry.entry("ai365vip")
        assert (entry.available, entry.host) == (True, "127.0.0.1:9000")
        assert registry.load("ai365vip").url == "http://127.0.0.1:9000"
        assert registry.load("ai365vip").working

    def test_azure_needs_an_address_of_its_own(self, setup, monkeypatch):
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
        assert setup.registry().entry("azure").reason == "its address is not set: AZURE_OPENAI_ENDPOINT"
        monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://res.openai.azure.com/")
        registry = setup.registry()
        assert registry.entry("azure").available
        assert registry.load("azure").url == "https://res.openai.azure.com/openai/v1"

    def test_bedrock_gets_its_address_from_the_region(self, setup, monkeypatch):
        reason = setup.registry().entry("bedrock").reason
        assert reason == "its address is not set: AWS_BEDROCK_BASE_URL or AWS_REGION"
        monkeypatch.setenv("AWS_REGION", "eu-west-1")
        assert setup.registry().entry("bedrock").host == "bedrock-runtime.eu-west-1.amazonaws.com"

    @pytest.mark.parametrize(
        ("variable", "value", "name"),
        [
            ("OPENAI_BASE_URL", "localhost:8000", "openai"),
            ("GROQ_BASE_URL", "http://box:port", "groq"),
            ("OLLAMA_HOST", "box:port", "ollama"),
            ("OLLAMA_HOST", "http://[::", "ollama"),
        ],
    )
    def test_an_address_that_is_none_is_said(self, setup, monkeypatch, variable, value, name):
        monkeypatch.setenv(variable, value)
        entry = setup.registry().entry(name)
        assert not entry.available
        assert variable in entry.reason and "is not an address" in entry.reason

    def test_the_config_can_hide_one(self, setup):
        setup.config("[providers.groq]\nenabled = false")
        assert "groq" not in names(setup.registry())


class TestEndpointOfTheConfig:
    def test_is_a_provider(self, setup):
        setup.config(
            '[providers.lab]\nurl = "http://127.0.0.1:8000/v1/"\ntitle = "The lab"\nmodels = ["big", "small"]'
        )
        registry = setup.registry()
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

    def test_of_another_format(self, setup):
        from tui.providers.formats.ollama import Ollama

        setup.config('[providers.attic]\ntype = "ollama"\nurl = "http://attic:11434"')
        assert issubclass(setup.registry().load("attic"), Ollama)

    def test_sends_the_headers_it_is_told(self, setup):
        setup.config('[providers.lab]\nurl = "http://h/v1"\nheaders = { "X-Team" = "blue" }')
        assert setup.registry().load("lab").headers == {"X-Team": "blue"}

    def test_headers_join_those_of_the_vendor(self, setup):
        setup.config('[providers.openrouter]\nheaders = { "X-Team" = "blue" }')
        assert setup.registry().load("openrouter").headers == {"X-Title": "Segue", "X-Team": "blue"}

    def test_without_an_address_names_the_nearest_provider(self, setup):
        setup.config('[providers.opnai]\nkey_env = "X"')
        entry = setup.registry().entry("opnai")
        assert (entry.available, entry.reason) == (
            False,
            "[providers.opnai] has no url; did you mean openai?",
        )

    def test_whose_key_is_not_there_says_where_it_is_looked_for(self, setup, monkeypatch):
        setup.config('[providers.lab]\nurl = "https://lab.example/v1"\nkey_env = "LAB_KEY"')
        monkeypatch.delenv("LAB_KEY", raising=False)
        entry = setup.registry().entry("lab")
        assert (entry.available, entry.key_variables) == (False, ("LAB_KEY",))
        assert "set LAB_KEY" in entry.reason


class TestTarget:
    async def test_leads_to_model_key_proxy_and_parameters(self, setup, monkeypatch):
        monkeypatch.setenv("LAB_KEY", KEY)
        setup.config("""
            proxy = "http://general:1"
            parameters = { temperature = 0.7, seed = 1 }
            [providers.lab]
            url = "https://lab.example/v1"
            key_env = "LAB_KEY"
            proxy = "http://own:2"
            parameters = { temperature = 0 }
            models = ["big"]
        """)
        target = await setup.registry().target("lab/big")
        assert (target.model_id, target.model, target.proxy) == ("lab/big", "big", "http://own:2")
        assert target.options == {"temperature": 0, "seed": 1}
        assert target.key == Secret(KEY)
        assert KEY not in repr(target)

    async def test_a_general_proxy_serves_all(self, setup):
        setup.config('proxy = "http://general:1"\n[providers.lab]\nurl = "http://h/v1"\nmodels = ["big"]')
        assert (await setup.registry().target("lab/big")).proxy == "http://general:1"

    async def test_the_key_reaches_the_provider_as_api_key(self, setup, monkeypatch):
        monkeypatch.setenv("GROQ_API_KEY", KEY)
        setup.config("parameters = { temperature = 0.7 }")
        target = await setup.registry().target("groq/qwen/qwen3.8-27b")
        asked = {}

        class Spy:
            @classmethod
            def create_async_generator(cls, model, messages, proxy=None, **kwargs):
                asked.update(kwargs, model=model)

        replace(target, provider=Spy).stream([{"role": "user", "content": "hi"}], {"temperature": 0.1})
        assert asked == {"model": "qwen/qwen3.8-27b", "api_key": KEY, "temperature": 0.1}

    async def test_an_alias_is_resolved(self, setup):
        setup.config('[providers.ai365vip]\nurl = "http://127.0.0.1:9000"')
        target = await setup.registry().target("ai365vip/gpt-3.5-turbo")
        assert (target.model_id, target.model) == ("ai365vip/gpt-3.5-turbo-16k", "gpt-3.5-turbo-16k")

    async def test_a_bare_provider_is_its_default_model(self, setup):
        setup.config(
            '[providers.lab]\nurl = "http://h/v1"\nmodels = ["big", "small"]\ndefault_model = "small"'
        )
        assert (await setup.registry().target("lab")).model_id == "lab/small"

    async def test_a_bare_provider_without_a_default_is_the_first_one_its_server_lists(self, setup, server):
        setup.config(f'[providers.lab]\nurl = "{server.url}"')
        assert (await setup.registry().target("lab")).model_id == "lab/big"

    async def test_names_are_found_whatever_their_case(self, setup):
        setup.config('[providers.lab]\nurl = "http://h/v1"\nmodels = ["big"]')
        assert (await setup.registry().target("Lab/big")).model_id == "lab/big"

    async def test_an_unlisted_model_is_refused_with_the_list(self, setup):
        setup.config('[providers.lab]\nurl = "http://h/v1"\nmodels = ["big"]')
        with pytest.raises(ModelNotSupportedError, match="It has: big"):
            await setup.registry().target("lab/huge")

    async def test_an_unknown_provider_names_the_nearest(self, setup):
        with pytest.raises(ProviderError) as caught:
            await setup.registry().target("opnai/gpt-6-sol")
        assert str(caught.value) == (
            "There is no provider 'opnai'. Did you mean openai? Model ids are PROVIDER/MODEL."
        )
        assert caught.value.kind is ErrorKind.NOT_FOUND

    async def test_a_model_without_its_provider_names_the_vendor_that_has_it(self, setup):
        with pytest.raises(ProviderError, match="Did you mean openai/gpt-6-sol"):
            await setup.registry().target("gpt-6-sol")

    async def test_a_missing_key_says_where_to_put_one(self, setup):
        with pytest.raises(MissingKeyError) as caught:
            await setup.registry().target("openai/gpt-6-sol")
        assert caught.value.hint == "Set OPENAI_API_KEY or run `segue keys set openai`."

    async def test_one_that_does_not_work_says_why(self, setup):
        with pytest.raises(ProviderError, match="behind Cloudflare since October 2024") as caught:
            await setup.registry().target("ai365vip/gpt-4o")
        assert caught.value.kind is ErrorKind.UNAVAILABLE

    async def test_a_key_command_that_fails_is_said(self, setup):
        setup.config(
            '[providers.lab]\nurl = "http://h/v1"\nmodels = ["big"]\nkey_command = "/no/such/program"'
        )
        with pytest.raises(ConfigError, match="could not be run"):
            await setup.registry().target("lab/big")

    async def test_a_local_server_is_tried_although_it_never_answered(self, setup):
        assert (await setup.registry().target("ollama/qwen3:8b")).model == "qwen3:8b"

    async def test_http_with_a_key_is_only_allowed_by_the_config(self, setup):
        setup.config("""
            [providers.lab]
            url = "http://lab.example/v1"
            models = ["big"]
            allow_http_key = true
        """)
        assert (await setup.registry().target("lab/big")).options == {"allow_http_key": True}


class TestAKeyStaysWithItsHost:
    """A changed address must not carry the vendor's key to another host."""

    ELSEWHERE = '[providers.openai]\nurl = "https://gateway.example/v1"\n'

    async def key(self, setup) -> str | None:
        target = await setup.registry().target("openai/gpt-6-sol")
        return target.key.reveal() if target.key else None

    async def test_a_vendors_variable_does_not_follow_an_address_of_the_config(self, setup, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        setup.config(self.ELSEWHERE)
        assert await self.key(setup) is None
        assert setup.registry().entry("openai").key_variables == ()

    async def test_unless_the_config_names_it(self, setup, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        setup.config(self.ELSEWHERE + 'key_env = "OPENAI_API_KEY"')
        assert await self.key(setup) == KEY

    async def test_or_has_a_command_for_it(self, setup):
        python = sys.executable.replace("\\", "/")
        line = f"'{python}' -c 'print(chr(107) * 16)'"
        setup.config(self.ELSEWHERE + f'key_command = "{line}"')
        assert await self.key(setup) == "k" * 16

    async def test_or_the_address_is_that_of_the_vendor_all_the_same(self, setup, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        setup.config('[providers.openai]\nurl = "https://api.openai.com/v2"')
        assert await self.key(setup) == KEY

    async def test_the_vendors_own_address_variable_takes_the_vendors_key_along(self, setup, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.example/v1/")
        assert await self.key(setup) == KEY
        assert setup.registry().load("openai").url == "https://gateway.example/v1"

    async def test_a_stored_key_stays_too(self, setup, monkeypatch):
        setup.credentials.store("openai", Secret(KEY))
        monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.example/v1")
        assert await self.key(setup) is None

    async def test_a_key_stored_for_the_new_address_is_used_only_there(self, setup, monkeypatch):
        setup.config(self.ELSEWHERE)
        account = setup.registry().entry("openai").account
        assert account == "openai@gateway.example"
        setup.credentials.store(account, Secret(KEY))
        assert await self.key(setup) == KEY
        setup.config("")
        with pytest.raises(MissingKeyError):
            await self.key(setup)

    async def test_http_is_another_host_than_https(self, setup, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        setup.config('[providers.openai]\nurl = "http://api.openai.com/v1"')
        assert await self.key(setup) is None

    async def test_a_changed_address_needs_no_key(self, setup):
        setup.config('[providers.openai]\nurl = "http://127.0.0.1:8000/v1"')
        assert setup.registry().entry("openai").available
        assert await self.key(setup) is None


async def test_discover_sends_the_key_to_the_server(setup, server, monkeypatch):
    monkeypatch.setenv("LAB_KEY", KEY)
    setup.config(f'[providers.lab]\nurl = "{server.url}"\nkey_env = "LAB_KEY"')
    assert [model.id for model in await setup.registry().discover("lab")] == ["big", "small"]
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"


async def test_close_without_anything_open(setup):
    registry = setup.registry()
    registry.providers()
    await registry.close()


async def test_files_of_the_person_are_local_models(setup, tmp_path):
    file = tmp_path / "mine.gguf"
    file.write_bytes(b"GGUF")
    setup.config(f'[local.models]\nmine = "{file}"')
    registry = setup.registry()
    assert "mine" in registry.entry("local").models
    if registry.entry("local").available:
        assert (await registry.target("local/mine")).model == "mine"
        (setup.paths.config / "keys.json").write_text("{")
        assert (await setup.registry().target("local/mine")).key is None, "no key is looked for"
    await registry.close()


class TestPatience:
    """How long the first word may take."""

    async def test_a_server_in_the_own_network_may_have_to_load_its_model(self, setup, monkeypatch):
        monkeypatch.setenv("GROQ_API_KEY", KEY)
        setup.config('[providers.lab]\nurl = "http://192.168.1.5/v1"\nmodels = ["big"]')
        registry = setup.registry()
        assert (await registry.target("lab/big")).patience == 300
        assert (await registry.target("groq/llama")).patience is None

    async def test_the_config_can_say_it(self, setup, monkeypatch):
        monkeypatch.setenv("GROQ_API_KEY", KEY)
        setup.config("[providers.groq]\nwait = 900")
        target = await setup.registry().target("groq/llama")
        assert (target.patience, target.options) == (900, {"wait": 900})


async def test_own_certificates_come_along(setup, monkeypatch):
    setup.config('[providers.lab]\nurl = "https://lab.example/v1"\nca_file = "/lab.pem"\nmodels = ["big"]')
    assert (await setup.registry().target("lab/big")).options == {"ca_file": "/lab.pem"}


class TestDownloads:
    def test_a_model_that_is_not_here_yet_says_how_much_its_first_reply_fetches(self, setup):
        registry = setup.registry()
        entry = registry.entry("local")
        assert entry.downloads
        missing = registry.downloads()
        assert missing == {f"local/{name}": registry.download_of(f"local/{name}") for name in entry.models}
        assert all(size > 1_000_000 for size in missing.values())

    def test_no_other_provider_downloads(self, setup):
        registry = setup.registry()
        assert [entry.name for entry in registry.providers() if entry.downloads] == ["local"]
        assert registry.download_of("ollama/llama3") is None
        assert registry.download_of("nobody/nothing") is None


class TestTheCaseOfAName:
    def test_of_a_provider_of_the_config_does_not_matter(self, setup):
        setup.config('[providers.Lab]\nurl = "http://127.0.0.1:1/v1"\nmodels = ["m"]')
        registry = setup.registry()
        assert {registry.entry(name).name for name in ("Lab", "lab", "LAB")} == {"Lab"}
        setup.credentials.store("Lab", Secret("sk-0123456789abc"))
        assert registry.entry("lab").key_source == "keys.json"

    async def test_of_a_model_id_does_not_matter(self, setup):
        setup.config('[providers.Lab]\nurl = "http://127.0.0.1:1/v1"\nmodels = ["m"]')
        assert (await setup.registry().target("LAB/m")).model_id == "Lab/m"

    def test_written_otherwise_a_built_in_provider_is_changed_all_the_same(self, setup):
        setup.config('[providers.OpenAI]\nurl = "http://127.0.0.1:1/v1"\nkey = "sk-0123456789abc"')
        registry = setup.registry()
        assert [e.name for e in registry.providers() if e.name.lower() == "openai"] == ["openai"]
        entry = registry.entry("openai")
        assert (entry.host, entry.key_source) == ("127.0.0.1:1", "config.toml")

    def test_keeps_two_apart_that_differ_in_it_alone(self, setup):
        setup.config('[providers.Lab]\nurl = "http://a/v1"\n[providers.lab]\nurl = "http://b/v1"')
        registry = setup.registry()
        assert (registry.entry("Lab").host, registry.entry("lab").host) == ("a", "b")
