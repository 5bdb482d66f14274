"""The actions: one table, which the widgets bind and the keys of the config are laid over."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

import tui.app
from tui.app.actions import Action, Scope, at_once
from tui.app.app import SegueApp
from tui.app.composer.composer import Composer
from tui.app.keymap import Keys, bind, keys_of, problems
from tui.app.main_screen import MainScreen
from tui.config import Config

BOUND_BY_HAND = {Action.MENU_UP, Action.MENU_DOWN, Action.MENU_CLOSE}
"""The composer looks for their keys itself, as only it knows whether something is offered."""


def nodes() -> Iterator[type[DOMNode]]:
    for module in pkgutil.walk_packages(tui.app.__path__, "tui.app."):
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and issubclass(kind, DOMNode) and kind.__module__ == module.name:
                yield kind


@dataclass(frozen=True)
class Bound:
    node: type[DOMNode]
    binding: Binding


def bound() -> list[Bound]:
    return [
        Bound(node, binding)
        for node in nodes()
        for binding in node.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding)
    ]


def test_every_action_is_bound_somewhere_and_has_words():
    used = {each.binding.id for each in bound()}
    assert used - {None} | BOUND_BY_HAND == set(Action)
    for action in Action:
        assert action.keys and action.words and action.help


def test_every_binding_with_a_name_comes_from_the_table():
    for each in bound():
        if each.binding.id is not None:
            action = Action(each.binding.id)
            assert each.binding.key == action.keys, each
            assert each.binding.description and each.binding.tooltip, each


def test_what_has_no_name_only_moves_and_edits_in_a_field():
    assert {each.node.__name__ for each in bound() if each.binding.id is None} <= {"Field", "LoneField"}


def test_the_keys_that_work_at_the_same_time_are_known_to_do_so():
    groups = [set(group) for group in at_once()]
    main = {b.id for node in (SegueApp, MainScreen, Composer) for b in bindings_of(node)}
    for node in nodes():
        own = {binding.id for binding in bindings_of(node)}
        if own and not issubclass(node, App):
            beside = {b.id for b in bindings_of(SegueApp)} if issubclass(node, Screen) else own
            assert any(own | beside <= group for group in groups), node
    assert any(main <= group for group in groups)


def bindings_of(node: type[DOMNode]) -> Iterator[Binding]:
    for base in node.__mro__:
        for binding in base.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id:
                yield binding


def test_a_binding_says_what_the_table_says_unless_its_place_says_it_differently():
    made = bind(Action.MODEL, "pick", words="all models", priority=True)
    assert (made.key, made.action, made.description, made.id) == ("ctrl+l", "pick", "all models", "model")
    assert made.tooltip == Action.MODEL.help and made.priority


@pytest.mark.parametrize(
    ("wanted", "action", "name", "names"),
    [
        ({}, Action.NEWLINE, "shift+enter", "shift+enter, alt+enter, ctrl+j"),
        ({"model": "f9"}, Action.MODEL, "f9", "f9"),
        ({"model": "f7 , ctrl+up"}, Action.MODEL, "f7", "f7, ctrl+↑"),
        ({"model": "f99x"}, Action.MODEL, "ctrl+l", "ctrl+l"),
        ({}, Action.LINE_UP, "↑↓", "↑, k"),
        ({"message-line-up": "k"}, Action.LINE_UP, "k ↓", "k"),
        ({}, Action.COMPARE_PREVIOUS, "← →", "←"),
    ],
)
def test_keys_are_named_as_they_are_bound_now(wanted, action, name, names):
    keys = Keys(wanted)
    assert (keys.name(action), keys.names(action)) == (name, names)


def test_an_app_that_sets_no_keys_has_those_of_the_table():
    assert keys_of(App()).name(Action.MODEL) == "ctrl+l"


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"link-copy": "ctrl+q"}, "ctrl+q is set for"),
        ({"compare-add": "ctrl+p"}, "ctrl+p is set for"),
        ({"picker-mark": "enter"}, "enter is set for"),
        ({"model": "enter"}, "enter is set for"),
        ({"nonsense-of-mine": "f5"}, "segue config keys lists what can be set."),
    ],
)
def test_what_is_wrong_with_the_keys_of_the_config_is_told(wanted, told):
    assert any(told in str(problem) for problem in problems(Config(keys=wanted)))


def test_keys_in_places_where_one_is_never_at_once_may_be_the_same():
    assert problems(Config(keys={"timeline-go": "ctrl+s", "picker-favourite": "ctrl+s"})) == []
    assert len({scope.value for scope in Scope}) == len(Scope)
