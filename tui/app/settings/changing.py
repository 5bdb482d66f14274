"""The settings: listed with what they are, and changed while the app runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from tui.app.commands import Handlers
from tui.app.keymap import Keys
from tui.config import Config
from tui.engine.start_options import StartOptions
from tui.typed_toml import Changes

if TYPE_CHECKING:
    from tui.app.context import Context, WithModels

    class _Context(Context, WithModels, Protocol): ...


class _Program(Protocol):
    config: Config
    options: StartOptions
    chosen_theme: str

    async def change_settings(self, changes: Changes) -> None:
        """Write changes into the config, and work by it from now on."""
        ...

    async def reread_settings(self) -> None:
        """Work by what the config says now."""
        ...

    def use_theme(self, name: str) -> None:
        """Show a theme."""
        ...


class Changing:
    """Opens the list of settings, and is what it works on."""

    def __init__(self, context: _Context, program: _Program) -> None:
        self._context = context
        self._program = program
        self.use_theme = program.use_theme
        self.change = program.change_settings

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"settings": self.open}

    async def open(self, argument: str = "") -> None:
        """Show all settings, as the file has them now."""
        from tui.app.settings.settings_screen import SettingsScreen

        await self._program.reread_settings()
        await self._context.show(SettingsScreen(self, argument), lambda _: None)

    # -- what the screen works on
    @property
    def config(self) -> Config:
        """The settings that count now."""
        return self._program.config

    @property
    def chosen_theme(self) -> str:
        """The theme that the person has chosen."""
        return self._program.chosen_theme

    @property
    def keys(self) -> Keys:
        """The keys as they are bound now."""
        return self._context.keys

    @property
    def given(self) -> Mapping[str, Any]:
        """What the command line said, by option."""
        return {"--model": self._program.options.model}

    @property
    def providers(self) -> Mapping[str, str]:
        """The providers that there are, and who they are."""
        entries = self._context.session.workspace.registry.providers()
        return {entry.name: entry.host or entry.title for entry in entries}

    async def pick_model(self) -> str | None:
        """Let the person choose a model."""
        return await self._context.models.pick_first()

    async def connect(self, provider: str) -> bool:
        """Let the person give a provider its key."""
        return await self._context.models.connect(provider)
