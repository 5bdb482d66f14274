"""Earlier prompts, and which of them stands in the composer."""

from __future__ import annotations

from collections.abc import Sequence

from tui.chat.draft import Draft
from tui.text import typed


class Recall:
    """The prompts that Up and Down walk through; before the newest is what was not sent yet: nothing."""

    def __init__(self) -> None:
        self._everywhere: list[Draft] = []
        self._here: list[Draft] = []
        self.prompts: Sequence[Draft] = ()
        """Newest first; those of the conversation that is read before all others."""
        self._place = -1

    def know(self, prompts: Sequence[Draft]) -> None:
        """The prompts of all conversations, newest first."""
        self._everywhere = list(prompts)
        self._put_in_order()

    def read(self, prompts: Sequence[Draft]) -> None:
        """The prompts of the conversation that is read, newest first."""
        self._here = list(prompts)
        self._put_in_order()

    def _put_in_order(self) -> None:
        self.leave()
        here = {draft.text for draft in self._here}
        self.prompts = [*self._here, *(draft for draft in self._everywhere if draft.text not in here)]

    @property
    def begun(self) -> bool:
        """Whether a recalled prompt stands in the composer."""
        return 0 <= self._place < len(self.prompts)  # they may have become fewer

    def step(self, step: int) -> Draft | None:
        """The prompt ``step`` places further back; None where there is none."""
        place = max(-1, self._place + step)
        if place >= len(self.prompts):
            return None
        self._place = place
        return self.prompts[place] if place >= 0 else Draft()

    def leave(self) -> None:
        """Another draft stands in the composer."""
        self._place = -1

    def follow(self, text: str) -> None:
        """What stands in the composer is now ``text``; a prompt that was changed is recalled no more."""
        if self.begun and text != typed(self.prompts[self._place].text):
            self.leave()

    def remember(self, draft: Draft) -> None:
        """Put a draft before all others."""
        self._everywhere = [draft, *(earlier for earlier in self._everywhere if earlier != draft)]
        self._here = [draft, *(earlier for earlier in self._here if earlier != draft)]
        self._put_in_order()
