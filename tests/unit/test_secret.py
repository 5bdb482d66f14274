"""A Secret never shows its value, whatever Python does with it; redact finds it in any text."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from dataclasses import asdict, dataclass

import pytest

from tui.secret import Secret, redact

KEY = "sk-test-0123456789abcdWXYZ"


@dataclass
class Holder:
    key: Secret


SHOWN = {
    "str": str,
    "repr": repr,
    "format": lambda s: f"{s:>40}",
    "percent": lambda s: "%s %r" % (s, s),  # noqa: UP031
    "in a list": lambda s: str([s]),
    "in a dataclass": lambda s: repr(Holder(s)),
    "asdict": lambda s: str(asdict(Holder(s))),
    "copy": lambda s: repr(copy.deepcopy({"key": s})),
}


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN.keys())
def test_the_value_is_never_shown(show):
    assert "0123456789" not in show(Secret(KEY))


def test_it_shows_its_last_four_so_that_keys_can_be_told_apart():
    assert str(Secret(KEY)) == "•••WXYZ"
    assert Secret(KEY).last4 == "WXYZ"


def test_a_short_one_shows_nothing():
    assert str(Secret("hunter2")) == "•••"


def test_only_reveal_gives_it_away():
    assert Secret(KEY).reveal() == KEY


@pytest.mark.parametrize("store", [pickle.dumps, json.dumps])
def test_it_cant_be_written_by_accident(store):
    with pytest.raises(TypeError):
        store(Secret(KEY))


def test_a_traceback_with_local_variables_masks_it():
    def fails(key: Secret) -> None:
        raise ValueError("no")

    try:
        fails(Secret(KEY))
    except ValueError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "•••WXYZ" in shown
    assert "0123456789" not in shown.replace(f"KEY = '{KEY}'", "")


def test_equal_values_are_equal_secrets():
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret("a") != "a"


def test_redact_masks_every_secret_of_this_process():
    secret = Secret("correct horse battery staple")
    assert redact(f"401: bad key {secret.reveal()}") == "401: bad key •••aple"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer abcdefgh12345678", "Authorization: Bearer •••"),
        ("GET /v1?api_key=abcdef&x=1", "GET /v1?api_key=•••&x=1"),
        ("GET /v1beta?key=abcdef", "GET /v1beta?key=•••"),
        ("proxy http://me:pass@host:3128 said 407", "proxy http://me:•••@host:3128 said 407"),
        ("Incorrect API key: sk-abcdefghijklmnop", "Incorrect API key: sk-•••"),
        ("nothing to hide at http://host:80/a", "nothing to hide at http://host:80/a"),
    ],
)
def test_redact_knows_what_a_key_looks_like(text, clean):
    assert redact(text) == clean
