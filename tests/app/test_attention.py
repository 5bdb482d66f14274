"""Replies that end while nobody looks: who is told, how often, and what the window says meanwhile."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace
from textual import events

from tests.app.conftest import DONE
from tui.app.attention import notices
from tui.app.attention.notices import Looking, wanted, words_of
from tui.app.terminal.kinds import TerminalKind
from tui.app.terminal.replies import Named, Replied, ShowsStatus
from tui.chat.message import Message, Role, Status
from tui.chat.parts import prompt_parts
from tui.config import NotifyConfig
from tui.tools.mcp.elicitation import Form

SEEN, AWAY, UNKNOWN = Looking(True, 99), Looking(False, 0), Looking(None, 99)
USUAL = NotifyConfig()
GHOSTTY, KITTY, BELL = "ghostty 1.3.0", "kitty(0.40.0)", "XTerm(379)"


def reply(status=Status.COMPLETE, text="It is so.", model="lab/big"):
    return Message(1, 1, None, Role.ASSISTANT, prompt_parts(text), status=status, model=model)


# -- whether
@pytest.mark.parametrize(
    ("looking", "took", "status", "told"),
    [
        (AWAY, 12, Status.COMPLETE, True),
        (AWAY, 5, Status.COMPLETE, False),
        (AWAY, 5, Status.ERROR, True),
        (AWAY, 5, Status.EMPTY, True),
        (AWAY, 12, Status.STOPPED, False),
        (SEEN, 99, Status.COMPLETE, False),
        (SEEN, 99, Status.ERROR, False),
        (UNKNOWN, 21, Status.COMPLETE, True),
        (UNKNOWN, 19, Status.COMPLETE, False),
        (UNKNOWN, 5, Status.ERROR, False),
        (Looking(None, 14), 30, Status.COMPLETE, False),
    ],
)
def test_it_is_told_where_nobody_looks_and_it_took_its_time(looking, took, status, told):
    assert wanted(USUAL, looking, reply(status), took) is told


def test_who_wants_it_always_or_never_is_taken_at_their_word():
    assert wanted(replace(USUAL, when="always"), SEEN, reply(), 12)
    assert not wanted(replace(USUAL, when="always"), SEEN, reply(), 2)
    assert not wanted(replace(USUAL, when="never"), AWAY, reply(Status.ERROR), 99)


def test_the_words_have_nothing_of_the_reply_unless_that_is_asked_for():
    assert words_of([reply()], text=False) == "lab/big answered"
    assert words_of([reply(Status.ERROR)], text=False) == "lab/big failed"
    assert words_of([reply()], text=True) == "lab/big answered: It is so."
    assert words_of([reply(), reply(Status.ERROR), reply()], text=True) == "3 replies, 1 failed"


def test_replies_that_end_together_are_told_as_one_and_the_next_ones_later():
    now, told, due = [100.0], [], []

    class Timer:
        def __init__(self, seconds, act):
            self.at, self.act = now[0] + seconds, act
            due.append(self)

        def stop(self):
            if self in due:
                due.remove(self)

    def pass_to(moment):
        while due and min(each.at for each in due) <= moment:
            first = min(due, key=lambda each: each.at)
            due.remove(first)
            now[0] = first.at
            first.act()
        now[0] = moment

    tells = notices.Notices(Timer, lambda messages: told.append((now[0], len(messages))), lambda: now[0])
    for moment in (100, 100.5, 101, 101.4, 102):
        pass_to(moment)
        tells.add(reply())
    pass_to(103.5)
    assert told == [(103.0, 5)]
    tells.add(reply())
    pass_to(120)
    assert told[1:] == [(108.0, 1)]
    for moment in range(400, 440):
        pass_to(moment / 2)
        tells.add(reply())
    assert [seconds for seconds, _ in told[2:]] == [205.0, 210.0, 215.0]
    tells.clear()
    pass_to(300)
    assert len(told) == 5


# -- in the app
@pytest.fixture
def heard(run, monkeypatch):
    """Opens the app in a terminal that names itself; what is written outside the page is kept."""
    monkeypatch.setattr(notices, "TOGETHER", 0.01)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)

    class Opened:
        def __init__(self, name, **settings):
            self._run = run(notify=NotifyConfig(**{"after": 0.0, **settings}))
            self._name = name
            self.sent = []

        async def __aenter__(self):
            self.world = world = await self._run.__aenter__()
            outside = world.app.outside
            outside._write = self.sent.append
            outside.kind = TerminalKind()
            outside.come()
            world.app.post_message(Replied(Named(self._name)))
            await world.until(lambda: outside.kind.name)
            return self

        async def __aexit__(self, *fault):
            await self._run.__aexit__(*fault)

        async def look(self, event):
            self.world.app.post_message(event)
            await self.world.pilot.pause()

        async def answered_while(self, *looks):
            gate = asyncio.Event()
            self.world.script("I am", gate, " big.", DONE)
            await self.world.say("Hello")
            await self.world.sees("I am")
            for look in looks:
                await self.look(look)
            gate.set()

        def told(self):
            return [each for each in self.sent if each == "\a" or each[:4] in ("\x1b]99", "\x1b]77")]

    return Opened


@pytest.mark.parametrize(
    ("name", "notice"),
    [
        (KITTY, "\x1b]99;i=segue1:e=1:o=unfocused;U2VndWU6IGxhYi9iaWcgYW5zd2VyZWQ=\x1b\\"),
        ("foot(1.20.0)", "\x1b]777;notify;Segue;lab/big answered\x1b\\"),
        (BELL, "\a"),
    ],
)
async def test_who_looks_elsewhere_is_told_once_in_the_way_of_the_terminal(heard, name, notice):
    async with heard(name) as opened:
        await opened.answered_while(events.AppBlur())
        await opened.world.until(opened.told)
        assert opened.told() == [notice]


async def test_who_looks_is_told_nothing(heard):
    async with heard(BELL) as opened:
        await opened.answered_while(events.AppBlur(), events.AppFocus())
        await opened.world.sees("I am big.", "ready")
        await opened.world.until(lambda: opened.world.features.attention._coming == set())
        await opened.world.pilot.pause(0.05)
        assert opened.told() == []


async def test_who_looks_elsewhere_is_called_to_a_question(heard):
    async with heard("foot(1.20.0)", after=99) as opened:
        await opened.look(events.AppBlur())
        asking = opened.world.features.asking
        form = Form("notes", "Shall I?", (), frozenset({opened.world.current.key}))
        asked = asyncio.create_task(asking.fill(form))
        await opened.world.until(opened.told)
        asked.cancel()
        assert opened.told() == ["\x1b]777;notify;Segue;a question waits for your answer\x1b\\"]


async def test_who_comes_back_takes_the_notice_away(heard):
    async with heard(KITTY) as opened:
        await opened.answered_while(events.AppBlur())
        await opened.world.until(opened.told)
        await opened.look(events.AppFocus())
        await opened.world.until(lambda: "\x1b]99;i=segue1:p=close;\x1b\\" in opened.sent)


async def test_the_window_says_that_a_reply_comes_and_of_which_conversation(heard):
    async with heard(GHOSTTY) as opened:
        gate = asyncio.Event()
        opened.world.script("I am", gate, " big.", DONE)
        await opened.world.say("What is the sea?")
        await opened.world.until(lambda: "\x1b]9;4;3\x1b\\" in opened.sent)
        await opened.world.until(lambda: "\x1b]2;● What is the sea? - Segue\x1b\\" in opened.sent)
        gate.set()
        await opened.world.until(
            lambda: opened.sent[-1] in ("\x1b]2;What is the sea? - Segue\x1b\\", "\x1b]9;4;0\x1b\\")
        )
        assert "\x1b]9;4;0\x1b\\" in opened.sent


async def test_the_window_says_nothing_where_that_is_not_wanted(heard):
    async with heard(GHOSTTY, title="off", progress=False, when="never") as opened:
        del opened.sent[:]
        await opened.world.say("Hello")
        await opened.world.sees("I am big.", "ready")
        assert opened.sent == []


async def test_what_the_program_does_is_told_step_by_step(heard):
    async with heard(BELL) as opened:
        opened.world.app.post_message(Replied(ShowsStatus()))
        await opened.world.say("Hello")
        await opened.world.sees("I am big.", "ready")
        await opened.world.until(lambda: any("state=done" in each for each in opened.sent))
        states = [each[13:-12] for each in opened.sent if "]7501" in each]
        assert states == ["idle", "working", "done"]
        await opened.look(events.AppFocus())
        await opened.world.until(lambda: "state=idle" in opened.sent[-1])
