"""How a provider does is learnt from its answers, and only from what concerns the provider."""

from __future__ import annotations

import pytest

from tui.errors import ErrorKind, ProviderError
from tui.providers.health import HealthBoard, State


def failed(kind: ErrorKind, message: str = "no") -> ProviderError:
    return ProviderError(message, kind=kind)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (ErrorKind.CONNECT, State.UNREACHABLE),
        (ErrorKind.TLS, State.UNREACHABLE),
        (ErrorKind.PROXY, State.UNREACHABLE),
        (ErrorKind.AUTH, State.FAILING),
        (ErrorKind.QUOTA, State.FAILING),
        (ErrorKind.RATE_LIMIT, State.FAILING),
        (ErrorKind.BUSY, State.FAILING),
        (ErrorKind.TIMEOUT, State.FAILING),
        (ErrorKind.LOST, State.FAILING),
        (ErrorKind.PROTOCOL, State.FAILING),
        (ErrorKind.INTERNAL, State.FAILING),
        (ErrorKind.UNAVAILABLE, State.NOT_WORKING),
        (ErrorKind.INVALID, State.OK),
        (ErrorKind.CONTEXT, State.OK),
        (ErrorKind.FILTER, State.OK),
        (ErrorKind.NOT_FOUND, State.OK),
        (ErrorKind.OFFLINE, State.OK),  # this machine's trouble
    ],
)
def test_what_a_failure_says_of_the_provider(kind, state):
    board = HealthBoard()
    board.note_success("lab")
    board.note_failure("lab", failed(kind))
    assert board.of("lab").state is state


def test_nothing_is_known_before_the_first_use():
    assert HealthBoard().of("lab").state is State.UNTRIED


def test_trouble_keeps_the_time_when_it_began():
    board = HealthBoard()
    board.note_failure("lab", failed(ErrorKind.BUSY, "first"))
    began = board.of("lab").since
    board.note_failure("lab", failed(ErrorKind.BUSY, "second"))
    assert (board.of("lab").since, board.of("lab").reason) == (began, "second")


def test_a_success_ends_it():
    board = HealthBoard()
    board.note_failure("lab", failed(ErrorKind.BUSY))
    board.note_success("lab")
    assert board.of("lab").since is None


def test_the_reason_is_safe_to_show():
    board = HealthBoard()
    board.note_failure("lab", failed(ErrorKind.AUTH, "\x1b[2Jwrong key\nBearer abcdefgh12345678"))
    assert board.of("lab").reason == "␛[2Jwrong key Bearer •••"
