"""Keys do what they mean in the order in which they came, however far each has to go."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.widget import Widget


class KeyOrder:
    """What a field in which one types does at once, and what it leaves to those above it.

    Textual lets a key go up to the app before it does anything: a letter of the same read, which the field
    takes by itself, would come before it. So a field does its own keys at once, unless one that came before
    is still on its way: after that the focus may be elsewhere.
    """

    def __init__(self) -> None:
        self._rising: events.Key | None = None
        """The newest key that a field left to those above it, until it has come to the app."""

    async def do_now(self, field: Widget, key: events.Key) -> bool:
        """Do what a key means to the field in which one types, before anything that was typed after it.

        Returns:
            Whether the key is one of the field's. If it has no use for it now, it is free for others.
        """
        if self._rising is None and await _done(field, key):
            key.stop()
            key.prevent_default()
            return True
        self._rising = key
        return False

    def come(self, key: events.Key) -> None:
        """A key has come to the app, and done what it means."""
        if key is self._rising:
            self._rising = None


async def _done(field: Widget, key: events.Key) -> bool:
    active = field.screen.active_bindings.get(key.key)
    if active is None or active.node is not field or not active.enabled:
        return False
    return await field.app.run_action(active.binding.action, field)


@runtime_checkable
class Ordered(Protocol):
    """An app whose keys keep their order."""

    key_order: KeyOrder


def key_order_of(app: App[Any]) -> KeyOrder:
    """The order of an app's keys; one of its own for each key where it keeps none."""
    return app.key_order if isinstance(app, Ordered) else KeyOrder()
