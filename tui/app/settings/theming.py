"""The theme: by name, or chosen from a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tui.app.commands import Handlers

if TYPE_CHECKING:
    from tui.app.context import Context


class _Themes(Protocol):
    chosen_theme: str

    def use_theme(self, name: str) -> None:
        """Show a theme."""
        ...

    async def choose_theme(self, name: str) -> None:
        """Use a theme, from now on and in later runs."""
        ...


class Theming:
    """Does what is asked of the theme."""

    def __init__(self, context: Context, themes: _Themes) -> None:
        self._context = context
        self._themes = themes

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"theme": self._theme}

    async def _theme(self, argument: str) -> None:
        """Use a theme; without a name, let the person look at all."""
        if argument:
            await self._themes.choose_theme(argument)
            return
        from tui.app.settings.theme_chooser import ThemeChooser

        def chosen(name: str | None) -> None:
            if name is not None:
                self._context.soon(self._themes.choose_theme, name)

        await self._context.show(ThemeChooser(self._themes.use_theme, self._themes.chosen_theme), chosen)
