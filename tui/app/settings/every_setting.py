"""All that can be set: the table of the config, and the keys, which only the app knows."""

from __future__ import annotations

from collections.abc import Iterable

from tui.app.actions import Action
from tui.config import Config
from tui.setting import Kind, Setting, settings
from tui.typed_toml import At

KEYS = "keys"


def every_setting(config: Config, more: Iterable[At] = ()) -> list[Setting]:
    """A row for each.

    Args:
        config: Which tables there are, as ``providers.lab``.
        more: Tables that there are not, but could be.
    """
    return [*settings(config, more), *map(_key_of, Action)]


def _key_of(action: Action) -> Setting:
    group = f"Keys: {action.scope.value[0].lower()}{action.scope.value[1:]}"
    return Setting((KEYS, action.value), Kind.KEYS, action.help, action.keys, group=group)
