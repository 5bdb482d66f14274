"""Which key an action has now: the table's, or the one that the person set in ``[keys]``."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

from textual.app import App
from textual.binding import Binding
from textual.keys import KEY_NAME_REPLACEMENTS
from textual.keys import Keys as KnownKeys

from tui.app.actions import NO_KEY, SHOWN_TOGETHER, Action, Scope, at_once
from tui.config import Config
from tui.errors import ConfigError
from tui.nearest import did_you_mean
from tui.text import one_line

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMED = frozenset(key.value.rsplit("+", 1)[-1] for key in KnownKeys)
_FUNCTION_KEYS = frozenset(f"f{number}" for number in range(1, 25))
_LONGEST_NAME = 24
_SHORT_NAMES = frozenset(KEY_NAME_REPLACEMENTS.values())
"""Names of characters that Textual has made shorter."""
_NOTHING_IS_TYPED = frozenset({Scope.MESSAGE, Scope.COMPARE, Scope.LINK, Scope.SIDEBAR})
_WRITTEN = {
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
    "vertical_line": "|",
}
_ARROWS = ("↑", "↓")
_NONE: Mapping[str, str] = MappingProxyType({})


def bind(
    action: Action,
    does: str,
    *,
    words: str = "",
    help: str = "",  # noqa: A002 - as in the table
    priority: bool = False,
) -> Binding:
    """The binding of an action.

    Args:
        action: Has the default keys and the words.
        does: What Textual runs, as in ``walk(-1)``.
        words: What it does where it stands, if the table says it differently.
        help: The same in a sentence.
        priority: Whether it works whatever has the focus.
    """
    words, help = words or action.words, help or action.help  # noqa: A001
    return Binding(action.keys, does, words, id=action, tooltip=help, priority=priority)


def key_name(key: str) -> str:
    """A key as people write it: ``ctrl+enter``, ``esc``, ``↑``; two that follow each other: ``ctrl+x l``."""
    first, _, second = key.partition(" ")
    *modifiers, last = first.split("+")
    written = "+".join([*modifiers, _WRITTEN.get(last, last)])
    return f"{written} {key_name(second)}" if second else written


def together(one: str, other: str) -> str:
    """Two keys, as people write them, that go one way and the other."""
    return "".join(_ARROWS) if (one, other) == _ARROWS else f"{one} {other}"


class Keys:
    """The keys as they are bound now."""

    def __init__(self, wanted: Mapping[str, str] = _NONE) -> None:
        """Lay what the person set over the table.

        Args:
            wanted: ``[keys]``: names of actions to keys. What names no key that exists counts for nothing.
        """
        parted = {name: _split(keys) for name, keys in wanted.items()}
        self.wanted = {name: ",".join(keys) for name, keys in parted.items() if all(map(_can_be_set, keys))}
        """What of it counts, as Textual takes it."""
        every = (key for keys in self.wanted.values() for key in _split(keys))
        self._first = {first for first, space, _ in (key.partition(" ") for key in every) if space}
        self.begun = ""
        """The key after which another one is waited for."""

    def take(self, key: str, bound: Callable[[], Collection[str]]) -> str | None:
        """What a key means: itself, or with the one that began; None if it begins something itself.

        Args:
            key: The key that is pressed.
            bound: Gives the keys, and keys that follow each other, that do something now.
        """
        begun, self.begun = self.begun, ""
        if begun:
            return f"{begun} {key}"
        if key in self._first and any(other.startswith(f"{key} ") for other in bound()):
            self.begun = key
            return None
        return key

    def of(self, action: Action) -> list[str]:
        """All keys of an action, as Textual names them."""
        return [key for key in _split(self.wanted.get(action) or action.keys) if key != NO_KEY]

    def name(self, action: Action) -> str:
        """The first key of an action, as people write it; both keys of one that goes two ways."""
        keys = self.of(action)
        if not keys:
            return ""
        first = key_name(keys[0])
        other = SHOWN_TOGETHER.get(action)
        seconds = self.of(other) if other else []
        return together(first, key_name(seconds[0])) if seconds else first

    def names(self, action: Action) -> str:
        """All keys of an action, as people write them."""
        return ", ".join(dict.fromkeys(map(key_name, self.of(action))))


DEFAULTS = Keys()
"""The keys of the table."""


@runtime_checkable
class Keyed(Protocol):
    """Who knows the keys: the app."""

    keys: Keys


def keys_of(app: App[Any]) -> Keys:
    """The keys of an app; the table's own where it sets none."""
    return app.keys if isinstance(app, Keyed) else DEFAULTS


@runtime_checkable
class Listens(Protocol):
    """A screen that may take every key that is pressed, whatever it does elsewhere."""

    @property
    def listening(self) -> bool:
        """Whether it takes them now."""
        ...

    def heard(self, key: str) -> None:
        """A key was pressed."""
        ...


# -- a key that is wanted for an action
def why_not(action: Action, key: str) -> str:
    """Why a key can't be one of an action; empty where it can."""
    first, _, second = key.partition(" ")
    if not _can_be_set(key):
        words = "has no name that can be set" if not second else "can't begin two that follow each other"
        return f"{key_name(first)} {words}"
    if action.scope not in _NOTHING_IS_TYPED and not second and _writes(key):
        return f"{key_name(key)} writes a character there"
    return ""


def taken_by(keys: Keys, action: Action, key: str) -> list[Action]:
    """The other actions that have a key where an action would have it too."""
    beside = {other for group in at_once() if action in group for other in group}
    others = (other for other in Action if other in beside and other is not action)
    return [
        other
        for other in others
        if any(_meet(key, its) for its in keys.of(other))
        and key not in set(_split(other.keys)) & set(_split(action.keys))
    ]


def without(keys: Keys, action: Action, key: str) -> str:
    """The keys of an action but for one, as they stand in the config."""
    return ",".join(its for its in keys.of(action) if not _meet(key, its)) or NO_KEY


def _writes(key: str) -> bool:
    """Whether a key writes a character where one types."""
    *modifiers, last = key.split("+") if key not in ("+", "") else [key]
    return set(modifiers) <= {"shift"} and (len(last) == 1 or last == "space" or _is_symbol(last))


# -- what is wrong with [keys]
def problems(config: Config) -> list[ConfigError]:
    """What is wrong with ``[keys]``: names, keys, and keys that two actions would have at the same time."""
    if not config.keys:
        return []
    found = [*_unknown_names(config), *_unknown_keys(config)]
    told: set[frozenset[str]] = set()
    for group in at_once():
        for one, other, key in _collisions(config.keys, group):
            pair = frozenset((one, other))
            if pair not in told:
                told.add(pair)
                words = f"{key} is set for {one} and for {other}"
                at = one if one in config.keys else other
                found.append(_problem(config, at, words, "Only one can have it."))
    return found


def _problem(config: Config, name: str, words: str, hint: str) -> ConfigError:
    error = ConfigError(f"{config.place('keys', name)}: keys: {words}", hint)
    error.at = ("keys", name)
    return error


def _unknown_names(config: Config) -> Iterator[ConfigError]:
    names = [action.value for action in Action]
    for name in config.keys:
        if name not in names:
            hint = did_you_mean(name, names, "segue config keys lists what can be set.")
            yield _problem(config, name, f"there is no {one_line(name)}", hint)


def _unknown_keys(config: Config) -> Iterator[ConfigError]:
    for name, keys in config.keys.items():
        for key in _split(keys):
            if not _can_be_set(key):
                words = f"{one_line(name)}: there is no key {one_line(key) or '(empty)'}"
                hint = (
                    "Keys are written as in ctrl+l, alt+enter, f2; two that follow each other as in ctrl+x l."
                )
                yield _problem(config, name, words, hint)


def _can_be_set(key: str) -> bool:
    """Whether it is a key, or one that writes nothing and another after it."""
    first, space, second = key.partition(" ")
    if not space:
        return _is_key(key)
    held = not set(first.split("+")[:-1]) <= {"shift"} or first in _FUNCTION_KEYS
    return held and _is_key(first) and _is_key(second)


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+") if key not in ("+", "") else [key]
    return (
        bool(last) and set(modifiers) <= _MODIFIERS and (len(last) == 1 or last in _NAMED or _is_symbol(last))
    )


def _is_symbol(name: str) -> bool:
    """Names of characters, as in ``question_mark`` and ``comma``."""
    if name in _SHORT_NAMES:
        return True
    if "_" in name:
        return len(name) <= _LONGEST_NAME and name.replace("_", "").isalpha()
    try:
        return unicodedata.lookup(name).isprintable()  # also "escape" is the name of a character
    except KeyError:
        return False


def _collisions(wanted: Mapping[str, str], group: Sequence[Action]) -> Iterator[tuple[str, str, str]]:
    """Pairs of actions with the same key, at least one of which was set by the person."""
    defaults = {action: set(_split(action.keys)) for action in group}
    keys = {action: set(_split(wanted[action])) if action in wanted else defaults[action] for action in group}
    for one, other in combinations(group, 2):
        if one in wanted or other in wanted:
            shared = {key for key in keys[one] for its in keys[other] if _meet(key, its)}
            for key in sorted(shared - (defaults[one] & defaults[other]) - {NO_KEY}):
                yield one, other, key


def _meet(one: str, other: str) -> bool:
    """Whether two keys are the same, or one of them begins the other."""
    return one == other or one.startswith(f"{other} ") or other.startswith(f"{one} ")


def _split(keys: str) -> list[str]:
    return [key.strip() for key in keys.split(",")]
