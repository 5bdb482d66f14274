"""Connecting a provider: the key is asked for, kept, tried; what is wrong is said."""

from __future__ import annotations

import stat

import pytest
from textual.widgets import Static

from tui.app.lists.field import Field
from tui.app.models.connect import Connect, ConnectProvider
from tui.app.models.connect_server import ConnectServer
from tui.app.models.picker import Choice, ModelPicker
from tui.chat.model import ModelInfo
from tui.config import Config
from tui.credentials import Credentials
from tui.errors import ErrorKind, ProviderError, SegueError
from tui.paths import Paths
from tui.providers.address import address_in, name_for

KEY = "sk-very-secret-0123"


class Server:
    """A catalogue whose servers answer as told."""

    def __init__(self, registry, error: ProviderError | None = None) -> None:
        self.registry = registry
        self.error = error
        self.problems: dict[str, ProviderError] = {}

    async def refresh(self, names) -> None:
        for name in names:
            if self.error:
                self.problems[name] = self.error
            else:
                self.registry.entry(name).available = True


@pytest.fixture
def paths(tmp_path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "log")


@pytest.fixture
def credentials(paths) -> Credentials:
    return Credentials(paths, Config())


@pytest.fixture
def connect(host, registry, credentials):
    registry.entry("anthropic").account = "anthropic"

    def made(error: ProviderError | None = None, provider: str = "anthropic"):
        return host(lambda: Connect(provider, registry, credentials, Server(registry, error)))

    return made


async def test_a_key_that_works_is_kept_for_this_user_alone(
    connect, credentials, paths, text_of, quiet
) -> None:
    app = connect()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "ANTHROPIC_API_KEY" in text_of(app)
        await pilot.press(*KEY)
        assert KEY not in text_of(app) and "•" * len(KEY) in text_of(app)
        await pilot.press("enter")
        await quiet(pilot)
        assert app.results == [True]
    assert credentials.find("anthropic").secret.reveal() == KEY
    assert stat.S_IMODE((paths.config / "keys.json").stat().st_mode) == 0o600


async def test_a_refused_key_is_not_kept_and_the_reason_is_said(connect, credentials, text_of, quiet) -> None:
    app = connect(ProviderError("The key was refused [/x]", "Look at it again.", kind=ErrorKind.AUTH))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*KEY, "enter")
        await quiet(pilot)
        assert "× The key was refused [/x]. Look at it again." in text_of(app)
        assert app.results == []
    assert credentials.find("anthropic") is None


async def test_a_refused_key_that_cannot_be_removed_is_said_to_be_kept(
    connect, credentials, text_of, quiet, monkeypatch
) -> None:
    def read_only(account: str) -> bool:
        raise OSError("read-only")

    monkeypatch.setattr(credentials, "forget", read_only)
    app = connect(ProviderError("The key was refused", kind=ErrorKind.AUTH))
    async with app.run_test() as pilot:
        await pilot.press(*KEY, "enter")
        await quiet(pilot)
        assert "× The key was refused. The key is kept." in " ".join(text_of(app).split())


async def test_a_key_that_could_not_be_tried_is_kept(connect, credentials, text_of, quiet) -> None:
    app = connect(ProviderError("No network", kind=ErrorKind.CONNECT))
    async with app.run_test() as pilot:
        await pilot.press(*KEY, "enter")
        await quiet(pilot)
        assert "× No network. The key is kept." in " ".join(text_of(app).split())
    assert credentials.find("anthropic") is not None


async def test_enter_without_a_key_asks_for_one(connect, text_of) -> None:
    app = connect()
    async with app.run_test() as pilot:
        await pilot.press("enter")
        await pilot.pause()
        assert "Paste a key first." in text_of(app)


async def test_a_server_that_needs_no_key_is_looked_for_again(connect, registry, text_of, quiet) -> None:
    registry.entry("ollama").available, registry.entry("ollama").reason = (
        False,
        "no server answers at [::1]:11434",
    )
    app = connect(provider="ollama")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "no server answers at [::1]:11434" in text_of(app) and "enter look again" in text_of(app)
        await pilot.press("enter")
        await quiet(pilot)
        assert app.results == [True]


@pytest.mark.parametrize("fails", [False, True])
async def test_one_word_is_heard_before_it_is_used(
    host, registry, credentials, text_of, quiet, fails
) -> None:
    registry.entry("anthropic").account = "anthropic"
    server = Server(registry)
    server.models = lambda: [ModelInfo("anthropic/claude-opus-5")]

    async def hear(provider: str) -> str:
        if fails:
            raise ProviderError("Your balance is empty", kind=ErrorKind.QUOTA)
        return f"1 model. {provider} says “Hello”."

    app = host(lambda: Connect("anthropic", registry, credentials, server, hear))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*KEY, "enter")
        await quiet(pilot)
        if fails:
            assert "× It lists 1 model, but gives no word: Your balance is empty" in text_of(app)
            assert "use it all the same" in text_of(app) and app.results == []
            await pilot.press("enter")
            await quiet(pilot)
        else:
            assert any("says “Hello”" in str(note.message) for note in app._notifications)
        assert app.results == [True]


@pytest.fixture
def providers(host, registry, credentials):
    async def connect(name: str) -> bool:
        return bool(await app.push_screen_wait(Connect(name, registry, credentials, Server(registry))))

    async def add_server(typed: str) -> str | None:
        return await app.push_screen_wait(ConnectServer(Desk(), typed))

    registry.entry("anthropic").account = "anthropic"
    app = host(lambda: ConnectProvider(registry, connect, add_server))
    return app


async def test_a_provider_is_found_connected_and_named(providers) -> None:
    async with providers.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"anth", "enter")
        while not isinstance(providers.screen, Connect):
            await pilot.pause()
        await pilot.press(*KEY, "enter")
        while not providers.results:
            await pilot.pause()
        assert providers.results == ["anthropic"]


async def test_another_server_leads_to_the_form_and_its_name_comes_back(providers) -> None:
    async with providers.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"server", "enter")
        while not isinstance(providers.screen, ConnectServer):
            await pilot.pause()
        await pilot.press(*"localhost:8000", "enter")
        while not providers.screen._kept:
            await pilot.pause()
        await pilot.press("enter")
        while not providers.results:
            await pilot.pause()
        assert providers.results == ["server"]


async def test_an_address_typed_into_the_list_of_providers_stands_in_the_form(providers) -> None:
    async with providers.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"localhost:8000", "enter")
        while not isinstance(providers.screen, ConnectServer):
            await pilot.pause()
        assert providers.screen.query(Field).first().value == "localhost:8000"


async def test_closing_connects_nothing(providers) -> None:
    async with providers.run_test() as pilot:
        await pilot.press("escape")
        assert providers.results == [None]


async def test_from_the_picker_to_the_key_and_on_with_the_model(
    host, registry, catalogue, credentials
) -> None:
    """Choosing a model that misses its key asks for the key, then goes on with the model."""
    registry.entry("anthropic").account = "anthropic"

    async def connect(provider: str) -> bool:
        return bool(await app.push_screen_wait(Connect(provider, registry, credentials, Server(registry))))

    app = host(lambda: ModelPicker(catalogue, registry, connect=connect))
    async with app.run_test() as pilot:
        await pilot.press(*"opus", "enter")
        while not isinstance(app.screen, Connect):
            await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, ModelPicker) and app.results == []
        await pilot.press("enter")
        while not isinstance(app.screen, Connect):
            await pilot.pause()
        await pilot.press(*KEY, "enter")
        while not app.results:
            await pilot.pause()
        assert app.results == [Choice("anthropic/claude-opus-5")]


# -- a server by its address
class Desk:
    """Servers that answer, or not."""

    def __init__(self, error: SegueError | None = None) -> None:
        self.error = error
        self.added: list[tuple[str, str, str, str]] = []

    def address_in(self, written: str) -> str:
        return address_in(written)

    def name_for(self, url: str) -> str:
        return name_for(url, ["lab"])

    async def add(self, name, url, key, model, tell) -> tuple[str, str]:
        tell("Asking …")
        self.added.append((name, url, key.reveal() if key else "", model))
        if self.error:
            raise self.error
        return name, "2 models. It says “Hello”."


async def test_an_address_and_a_key_are_put_right_and_said(host, text_of, quiet) -> None:
    desk = Desk()
    app = host(lambda: ConnectServer(desk))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"api.example.org/v1/chat/completions", "tab", *f'"Bearer {KEY}"')
        assert KEY not in text_of(app)
        await pilot.press("enter")
        await quiet(pilot)
        assert desk.added == [("example", "https://api.example.org/v1", KEY, "")]
        found = str(app.screen.query_one("#result", Static).content)
        assert "Taken: the address as https://api.example.org/v1, the key without its quotes" in found
        assert "● 2 models. It says “Hello”." in text_of(app) and "enter use it" in text_of(app)
        assert app.results == []
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == ["example"]


async def test_the_name_follows_the_address_until_it_is_ones_own(host, quiet) -> None:
    desk = Desk()
    app = host(lambda: ConnectServer(desk, "gpu-box:8000"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        name = app.screen.query_one("#name")
        assert name.value == "gpu-box"
        await pilot.press("ctrl+u", *"lab:1")
        assert name.value == "lab2"
        await pilot.press("down", "down", "ctrl+u", *"mine", "up", "up", "ctrl+u", *"other:1", "enter")
        await quiet(pilot)
        assert desk.added == [("mine", "http://other:1", "", "")]


async def test_what_does_not_answer_is_said_and_can_be_tried_again(host, text_of, quiet) -> None:
    desk = Desk(ProviderError("No server answers at h:1", "Is it running?", kind=ErrorKind.CONNECT))
    app = host(lambda: ConnectServer(desk, "http://h:1"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await quiet(pilot)
        assert "× No server answers at h:1. Is it running? Nothing is kept." in text_of(app)
        desk.error = None
        await pilot.press("enter")
        await quiet(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == ["h"] and len(desk.added) == 2


async def test_without_an_address_nothing_is_tried(host, text_of, quiet) -> None:
    desk = Desk()
    app = host(lambda: ConnectServer(desk))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "enter")
        await quiet(pilot)
        assert "An address is needed first" in text_of(app) and desk.added == []
        assert app.screen.focused.id == "address"


async def test_the_picker_leads_to_more_and_comes_back_with_its_models(
    host, registry, catalogue, entry
) -> None:
    async def connect_any() -> str:
        registry.entries.append(entry("box"))
        catalogue.learn(ModelInfo("box/alpha"))
        return "box"

    app = host(lambda: ModelPicker(catalogue, registry, connect_any=connect_any))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.screen.rows.chosen.key != ("connect", ""), "Enter alone goes on with a model"
        await pilot.press("home", "enter")
        while app.screen.field.value != "box":
            await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [Choice("box/alpha")]


@pytest.mark.parametrize("tried", ["box/alpha", "box/beta"])
async def test_the_picker_begins_with_the_model_that_was_tried(
    host, registry, catalogue, entry, tried
) -> None:
    async def connect_any() -> str:
        registry.entries.append(entry("box"))
        catalogue.learn(ModelInfo("box/alpha"))
        catalogue.learn(ModelInfo("box/beta"))
        return tried

    app = host(lambda: ModelPicker(catalogue, registry, connect_any=connect_any))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("home", "enter")
        while app.screen.field.value != "box":
            await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [Choice(tried)]


async def test_what_is_typed_over_a_name_that_was_made_takes_its_place(host, quiet) -> None:
    desk = Desk()
    app = host(lambda: ConnectServer(desk, "gpu-box:8000"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("tab", "tab", *"min", "up", "down", *"er", "enter")
        await quiet(pilot)
        assert desk.added == [("miner", "http://gpu-box:8000", "", "")], "one's own name is gone on with"


async def test_where_no_model_fits_the_picker_leads_to_more(host, registry, catalogue, text_of) -> None:
    async def connect_any() -> None:
        return None

    app = host(lambda: ModelPicker(catalogue, registry, connect_any=connect_any))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"zzqzz")
        await pilot.pause()
        assert "Nothing fits." in text_of(app) and "Connect a provider or a server" in text_of(app)
