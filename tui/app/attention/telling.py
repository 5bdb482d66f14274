"""By which way the person is told: the terminal's, the system's, or a bell."""

from __future__ import annotations

from tui.app.terminal.kinds import Notice
from tui.app.terminal.outside import Outside
from tui.config import NotifyConfig


class Telling:
    """Tells, by the way that the person wants and the terminal has."""

    def __init__(self, outside: Outside) -> None:
        """Begin with nothing told.

        Args:
            outside: What is shown outside the page.
        """
        self._outside = outside
        self._number = 0
        self._to_take_back: list[int] = []

    async def know_terminal(self) -> None:
        """Ask the multiplexer which terminal is outside, and whether it hands anything on to that."""
        if self._outside.kind.inside == "tmux":
            from tui.system import tmux

            client = await tmux.client()
            self._outside.kind = self._outside.kind.behind(
                client.terminal, client.environment, passes=client.passes, always=client.passes_always
            )
            self._outside.show()

    async def tell(self, words: str, config: NotifyConfig) -> None:
        """Tell the person something."""
        await self.know_terminal()  # another one may look by now
        self._number += 1
        if await self._by_system(words, config):
            return
        self._to_take_back.append(self._number)
        self._outside.notify(words, self._number, always=config.when == "always", bell=config.how == "bell")

    async def _by_system(self, words: str, config: NotifyConfig) -> bool:
        """Whether the system has told it: where that is wanted, or the terminal can't but ring."""
        kind = self._outside.kind
        mute = kind.notice is Notice.BELL or kind.name == "vte"  # which takes notices, and drops them
        if config.how == "system" or (config.how == "auto" and mute):
            from tui.system import desktop

            return await desktop.notify(self._outside.fitting(words))
        return False

    def take_back(self) -> None:
        """What was told is known by now."""
        numbers, self._to_take_back = self._to_take_back, []
        for number in numbers:
            self._outside.take_back(number)
