"""Enter sends, but not in a paste that the terminal does not mark."""

import pytest

from tui.app.composer.composer import BURST, PAUSE, Enter


class Timer:
    stopped = False

    def stop(self):
        self.stopped = True


@pytest.fixture
def waits():
    """What is waited for: seconds, what comes then, the timer."""
    return []


@pytest.fixture
def sent():
    return []


@pytest.fixture
def enter(waits, sent):
    def wait(seconds, act):
        waits.append((seconds, act, Timer()))
        return waits[-1][-1]

    return Enter(wait, lambda: sent.append("sent"))


def test_after_a_key_that_a_hand_types_it_sends_at_once(enter, waits, sent):
    enter.typed(1.0)
    enter.press(1.0 + 2 * BURST)
    assert sent and not waits
    assert not enter.go_on()


def test_right_after_a_key_it_waits_whether_more_comes(enter, waits, sent):
    enter.typed(1.0)
    enter.press(1.0 + BURST / 2)
    [(seconds, act, _)] = waits
    assert seconds == PAUSE and not sent
    act()
    assert sent
    assert not enter.go_on(), "it was meant to send"


def test_if_more_comes_it_was_a_line_break(enter, waits, sent):
    enter.typed(1.0)
    enter.press(1.0 + BURST / 2)
    assert enter.go_on() and waits[0][-1].stopped
    assert not enter.go_on() and not sent
