"""The keys that the person set in ``[keys]``: which are known, which collide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys

from tui.config import Config
from tui.errors import ConfigError
from tui.nearest import did_you_mean
from tui.text import one_line

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMED = frozenset(key.value.rsplit("+", 1)[-1] for key in Keys)
_LONGEST_NAME = 24


def bindings_of(node: type[DOMNode]) -> Iterator[Binding]:
    """The bindings with an id that a class and its bases declare; these may be remapped."""
    for base in node.__mro__:
        for binding in base.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id:
                yield binding


def usable(wanted: Mapping[str, str]) -> dict[str, str]:
    """What of ``[keys]`` names keys that exist; the other ids keep their own."""
    return {
        name: keys for name, keys in wanted.items() if all(_is_key(key.strip()) for key in keys.split(","))
    }


def problems(config: Config, places: Sequence[Sequence[type[DOMNode]]]) -> list[ConfigError]:
    """What is wrong with ``[keys]``.

    Args:
        config: Has binding id to keys, and where they stand.
        places: Classes whose bindings are active at the same time, one group for each place.
    """
    wanted = config.keys
    known = {b.id: b for place in places for node in place for b in bindings_of(node) if b.id}
    found = [*_unknown_ids(config, known), *_unknown_keys(config)]
    told: set[frozenset[str]] = set()
    for place in places:
        for one, other, key in _collisions(wanted, place):
            pair = frozenset((one, other))
            if pair not in told:
                told.add(pair)
                words = f"{key} is set for {one} and for {other}"
                found.append(
                    _problem(config, one if one in wanted else other, words, "Only one can have it.")
                )
    return found


def _problem(config: Config, name: str, words: str, hint: str) -> ConfigError:
    return ConfigError(f"{config.place('keys', name)}: keys: {words}", hint)


def _unknown_ids(config: Config, known: Iterable[str]) -> Iterator[ConfigError]:
    names = sorted(known)
    for name in config.keys:
        if name not in names:
            hint = did_you_mean(name, names, "F1 lists what can be set.")
            yield _problem(config, name, f"there is no {one_line(name)}", hint)


def _unknown_keys(config: Config) -> Iterator[ConfigError]:
    for name, keys in config.keys.items():
        for key in keys.split(","):
            if not _is_key(key.strip()):
                words = f"{one_line(name)}: there is no key {one_line(key) or '(empty)'}"
                yield _problem(config, name, words, "Keys are written as in ctrl+l, alt+enter, f2.")


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+") if key not in ("+", "") else [key]
    return (
        bool(last) and set(modifiers) <= _MODIFIERS and (len(last) == 1 or last in _NAMED or _is_symbol(last))
    )


def _is_symbol(name: str) -> bool:
    """Names of characters, as in ``question_mark``."""
    return "_" in name and len(name) <= _LONGEST_NAME and name.replace("_", "").isalpha()


def _collisions(wanted: Mapping[str, str], place: Sequence[type[DOMNode]]) -> Iterator[tuple[str, str, str]]:
    """Pairs of ids with the same key, at least one of which was set by the person."""
    defaults = {b.id: _split(b.key) for node in place for b in bindings_of(node) if b.id}
    keys = {name: _split(wanted[name]) if name in wanted else bound for name, bound in defaults.items()}
    for one, other in combinations(keys, 2):
        if one in wanted or other in wanted:
            for key in keys[one] & keys[other] - (defaults[one] & defaults[other]):
                yield one, other, key


def _split(keys: str) -> set[str]:
    return {key.strip() for key in keys.split(",")}
