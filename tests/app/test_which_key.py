"""The keys that may follow are shown: after a prefix at once, of a chosen message to who waits."""

from __future__ import annotations

import pytest

from tui.app.keymap import problems
from tui.app.status.which_key import WhichKey
from tui.chat.chunks import Finish, FinishReason
from tui.config import Config

DONE = Finish(FinishReason.STOP)
TWO_BLOCKS = "```python\nx = 1\n```\n\nand\n\n```python\ny = 2\n```\n"


@pytest.fixture
def soon(run, monkeypatch):
    """The app, in which nobody waits long."""
    monkeypatch.setattr("tui.app.status.which_key.WAIT", 0.01)
    return run


async def test_who_waits_at_a_message_is_shown_all_its_keys_and_nothing_moves(soon):
    async with soon(keys={"message-delete-below": "x"}) as world:
        await world.say("Hello")
        await world.sees("I am big.", "ready")
        parts = world.screen.query("#title, #transcript, #draft, #status, #keys")
        places = [part.region for part in parts]
        await world.pilot.press("alt+up")
        await world.sees("x delete from here", "m other model", "c copy code", "esc back to writing")
        assert places == [
            part.region for part in world.screen.query("#title, #transcript, #draft, #status, #keys")
        ]
        await world.pilot.press("escape")
        await world.sees_no("delete from here")
        await world.sees("ready")


async def test_who_does_not_wait_is_shown_the_key_line_alone(run):
    async with run() as world:
        await world.say("Hello")
        await world.sees("I am big.", "ready")
        await world.pilot.press("alt+up")
        await world.sees("c copy code", "back to writing")
        assert not world.screen.query_one(WhichKey).display


@pytest.mark.parametrize("size", [(40, 10), (80, 24), (160, 50)])
async def test_the_keys_never_cover_more_than_a_third_of_the_page(soon, size):
    async with soon(size=size) as world:
        await world.say("Hello")
        await world.sees("I am big.")
        await world.pilot.press("alt+up")
        await world.until(lambda: world.screen.query(WhichKey))
        panel = world.screen.query_one(WhichKey)
        await world.until(lambda: panel.display and panel.size.height > 0)
        assert panel.size.height <= size[1] // 3
        assert panel.region.bottom <= world.screen.query_one("#keys").region.y


async def test_numbers_on_blocks_of_code_say_which_keys_choose_one(run):
    async with run(size=(80, 30), keys={"message-leave": "f8"}) as world:
        world.script(TWO_BLOCKS, DONE)
        await world.say("Code")
        await world.sees("y = 2", "ready")
        await world.pilot.press("alt+up", "c")
        await world.sees("1–2 which one   f8 none")
        await world.pilot.press("f8")
        await world.sees("c copy code")


async def test_vims_operator_says_what_may_follow_it(soon):
    async with soon(vim=True) as world:
        await world.type("some words")
        await world.pilot.press("escape", "d")
        await world.sees("some words", "normal d", "d the line", "w word", "} next paragraph")
        await world.pilot.press("i")
        await world.sees("normal di", "( brackets")
        await world.pilot.press("w")
        await world.sees_no("( brackets")
        await world.until(lambda: world.composer.draft == "some ")


TWO_KEYS = {"model": "ctrl+x l", "new": "ctrl+x n", "find": "f9 f,f7"}


async def test_a_key_that_begins_something_is_followed_by_what_may_come(run):
    async with run(keys=TWO_KEYS) as world:
        await world.sees("ctrl+x l model")
        await world.type("kept")
        await world.pilot.press("ctrl+x")
        await world.sees("ctrl+x   l model   n new")
        await world.pilot.press("l")
        await world.sees("Type to find a model")
        await world.pilot.press("escape")
        await world.sees_no("Type to find a model")
        await world.sees("ctrl+x l model", "kept")


@pytest.mark.parametrize("second", ["q", "escape", "enter"])
async def test_a_second_key_that_means_nothing_ends_what_was_begun(run, second):
    async with run(keys=TWO_KEYS) as world:
        await world.pilot.press("ctrl+x", second, "l")
        await world.until(lambda: world.composer.draft == "l")
        assert not world.provider.requests


async def test_keys_that_follow_each_other_and_one_alone_may_do_the_same(run):
    async with run(keys=TWO_KEYS, vim=True) as world:
        await world.type("words")
        await world.pilot.press("escape", "f9")
        await world.sees("f9   f find")
        await world.pilot.press("f")
        await world.sees("Find in this conversation")


def test_a_key_that_begins_two_may_do_nothing_by_itself():
    [told] = problems(Config(keys={"model": "ctrl+x l", "new": "ctrl+x"}))
    assert "ctrl+x" in str(told) and "Only one can have it" in str(told)


@pytest.mark.parametrize("keys", ["l x", "shift+l x", "ctrl+x l l", "ctrl+zz l", "ctrl+x "])
def test_what_begins_two_keys_is_one_that_writes_nothing(keys):
    told = problems(Config(keys={"model": keys}))
    assert bool(told) == (keys != "ctrl+x ")
