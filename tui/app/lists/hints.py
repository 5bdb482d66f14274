"""The line of keys at the foot of a sheet, as they are bound now, and a word at its right end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.style import Style
from textual.binding import Binding
from textual.reactive import reactive
from textual.screen import Screen

from tui.app.lists.line import Line
from tui.app.theme.ink import Ink, Part, width_of

_NAMES = {
    "escape": "esc",
    "pageup": "page up",
    "pagedown": "page down",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "question_mark": "?",
    "slash": "/",
    "plus": "+",
}
_GAP = 3


def key_name(key: str) -> str:
    """A key as people write it: ``ctrl+enter``, ``esc``, ``↑``."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _NAMES.get(last, last)])


def bound_key(screen: Screen[Any], binding_id: str) -> str:
    """The key that is bound to an id on a screen now."""
    bound = (active.binding for active in screen.active_bindings.values())
    return next((key_name(binding.key) for binding in bound if binding.id == binding_id), "")


class Hints(Line):
    """Keys of a screen with what they do. A click on one does it.

    Where they do not all fit, those before the last are left out, so the way out always stands there.
    """

    note: reactive[str] = reactive("")
    """The words at the right end."""

    def __init__(self, *binding_ids: str) -> None:
        super().__init__()
        self._ids: tuple[str, ...] = binding_ids
        self._words: dict[str, str] = {}

    def show(self, *binding_ids: str, **words: str) -> None:
        """Show these bindings; ``words`` (ids with ``_`` for ``-``) replaces what a binding is said to do."""
        self._ids, self._words = binding_ids, words
        self.refresh()

    def parts(self, ink: Ink) -> tuple[Sequence[Part], Sequence[Part]]:
        """The keys that fit, and the note."""
        right: list[Part] = [(self.note, ink.dim)] if self.note else []
        room = self.content_size.width - (width_of(right) + _GAP if right else 0)
        hints = self._hints(ink)
        while len(hints) > 1 and sum(width_of(hint) + _GAP for hint in hints) - _GAP > room:
            del hints[-2]
        gap: Part = (" " * _GAP, Style.null())
        return [part for hint in hints for part in (*hint, gap)][:-1], right

    def _hints(self, ink: Ink) -> list[list[Part]]:
        bound: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.id:
                bound.setdefault(active.binding.id, active.binding)
        return [self._hint(bound[name], ink) for name in self._ids if name in bound]

    def _hint(self, binding: Binding, ink: Ink) -> list[Part]:
        words = self._words.get((binding.id or "").replace("-", "_"), binding.description)
        click = Style(meta={"@click": f"screen.{binding.action}"})
        key = binding.key_display or key_name(binding.key)
        return [(key, ink.soft + click), (f" {words}", ink.dim + click)]
