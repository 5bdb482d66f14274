"""The keys of a field in which one types, done by the field itself."""

from __future__ import annotations

from textual import events
from textual.widget import Widget


async def do_now(field: Widget, key: events.Key) -> bool:
    """Do what a key means to the field, before anything that was typed after it.

    Textual lets a key go up to the app before it does anything: a letter behind it, which the field takes by
    itself, would come before it.

    Returns:
        Whether the key is one of the field's. If it has no use for it now, it is free for others.
    """
    active = field.screen.active_bindings.get(key.key)
    if active is None or active.node is not field or not active.enabled:
        return False
    if not await field.app.run_action(active.binding.action, field):
        return False
    key.stop()
    key.prevent_default()
    return True
