"""What the status line says of a reply, while it comes and when it has ended."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tui.app.messages.reply_standing import of_ended, of_live
from tui.chat.message import Failure, Message, Role, Status
from tui.engine.events import TextAdded, Waiting
from tui.engine.live import LiveReply, Phase


def ended(**fields):
    message = Message(2, 1, 1, Role.ASSISTANT, model="lab/big", **fields)
    found = of_ended(message, 0)
    return found.glyph, found.word


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"status": Status.COMPLETE}, ("", "ready")),
        ({"status": Status.STOPPED}, ("", "stopped")),
        ({"status": Status.LENGTH}, ("", "cut short")),
        ({"status": Status.ERROR, "failure": Failure("busy", "Busy")}, ("×", "failed")),
        ({"status": Status.INTERRUPTED, "failure": Failure("lost", "Broken off")}, ("×", "failed")),
        ({"status": Status.ERROR, "failure": Failure("offline", "No network")}, ("◦", "offline")),
    ],
)
def test_an_end_in_a_word(fields, shown):
    assert ended(**fields) == shown


@pytest.mark.parametrize(
    ("silence", "detail", "shown"),
    [
        (3.0, "", ""),
        (15.2, "", "no data for 15 s"),
        (44.6, "", "no data for 45 s"),
        (40.0, "Loading", "Loading"),
    ],
)
def test_silence_in_the_middle_is_told_from_15_seconds_on(silence, detail, shown):
    live = SimpleNamespace(phase=Phase.ANSWERING, rate=None, seconds=60.0, detail=detail, silence=silence)
    assert of_live(live, "sky").detail == shown


def test_silence_begins_with_the_first_piece():
    message = Message(2, 1, 1, Role.ASSISTANT, model="lab/big", status=Status.STREAMING)
    live = LiveReply(SimpleNamespace(message=message), None)
    assert live.silence == 0
    live.take(Waiting(2, 2, 3, 5, "Server busy"))
    assert (live.silence, live.detail) == (0, "try 2 of 3 in 5 s: Server busy")
    live.take(TextAdded(2, "Hello"))
    assert 0 <= live.silence < 60 and live.detail == ""
