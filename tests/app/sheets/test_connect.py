"""Connecting a provider: the key is asked for, kept, tried; what is wrong is said."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tui.app.models.connect import AnotherServer, Connect, ConnectProvider
from tui.app.models.picker import Choice, ModelPicker
from tui.config import Config
from tui.credentials import Credentials
from tui.errors import ErrorKind, ProviderError
from tui.paths import Paths

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


@pytest.fixture
def providers(host, registry, credentials):
    config = Path("/etc/[/x]/config.toml")
    return host(lambda: ConnectProvider(registry, credentials, Server(registry), config))


async def test_a_provider_is_found_connected_and_named(providers) -> None:
    async with providers.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"anth", "enter")
        while not isinstance(providers.screen, Connect):
            await pilot.pause()
        await pilot.press(*KEY, "enter")
        while not providers.results:
            await pilot.pause()
        assert providers.results == ["anthropic"]


async def test_another_server_shows_the_lines_for_the_config(providers, text_of) -> None:
    async with providers.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"server", "enter")
        while not isinstance(providers.screen, AnotherServer):
            await pilot.pause()
        await pilot.pause()
        assert "[providers.lab]" in text_of(providers) and "/etc/[/x]/config.toml" in text_of(providers)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(providers.screen, ConnectProvider)


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
