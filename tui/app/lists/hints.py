"""The line of keys at the foot of a sheet, as they are bound now, and a word at its right end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.style import Style
from textual.binding import Binding
from textual.reactive import reactive

from tui.app.actions import NO_KEY, SHOWN_TOGETHER
from tui.app.keymap import key_name, together
from tui.app.lists.line import Line
from tui.app.theme.ink import Ink, width_of
from tui.rendering.spans import Span

_GAP = 3
_OTHER_WAY: Mapping[str, str] = {one.value: other.value for one, other in SHOWN_TOGETHER.items()}


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

    def spans(self, ink: Ink) -> tuple[Sequence[Span[Style]], Sequence[Span[Style]]]:
        """The keys that fit, and the note."""
        right: list[Span[Style]] = [Span(self.note, ink.dim)] if self.note else []
        room = self.content_size.width - (width_of(right) + _GAP if right else 0)
        hints = self._hints(ink)
        while len(hints) > 1 and sum(width_of(hint) + _GAP for hint in hints) - _GAP > room:
            del hints[-2]
        gap: Span[Style] = Span(" " * _GAP, Style.null())
        return [span for hint in hints for span in (*hint, gap)][:-1], right

    @property
    def bound(self) -> dict[str, Binding]:
        """The bindings of the screen by their ids, as they are now."""
        bound: dict[str, Binding] = {}
        for active in self.screen.active_bindings.values():
            if active.binding.id and active.binding.key != NO_KEY:
                bound.setdefault(active.binding.id, active.binding)
        return bound

    @property
    def named(self) -> list[str]:
        """The bindings whose keys are named, if there is room."""
        bound = self.bound
        return [name for name in self._ids if name in bound]

    def _hints(self, ink: Ink) -> list[list[Span[Style]]]:
        bound = self.bound
        return [self._hint(name, bound, ink) for name in self.named]

    def _hint(self, name: str, bound: Mapping[str, Binding], ink: Ink) -> list[Span[Style]]:
        binding = bound[name]
        words = self._words.get((binding.id or "").replace("-", "_"), binding.description)
        click = Style(meta={"@click": f"screen.{binding.action}"})
        key = key_name(binding.key)
        if other := bound.get(_OTHER_WAY.get(name, "")):
            key = together(key, key_name(other.key))
        return [Span(key, ink.soft + click), Span(f" {words}", ink.dim + click)]
