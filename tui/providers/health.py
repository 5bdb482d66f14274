"""How each provider does, learnt from real use: never from a guess."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct

from tui.errors import ErrorKind, MissingKeyError, ProviderError
from tui.secret import redact
from tui.text import one_line

_REASON_LENGTH = 160
# Trouble with one request, or with this machine's network, says nothing about the provider.
_NOT_THE_PROVIDER = frozenset(
    {ErrorKind.INVALID, ErrorKind.CONTEXT, ErrorKind.FILTER, ErrorKind.NOT_FOUND, ErrorKind.OFFLINE}
)
_UNREACHABLE = frozenset({ErrorKind.CONNECT, ErrorKind.TLS, ErrorKind.PROXY})


class State(StrEnum):
    """How a provider does."""

    UNTRIED = "untried"
    """Nothing is known yet in this run."""
    OK = "ok"
    NO_KEY = "no key"
    UNREACHABLE = "unreachable"
    FAILING = "failing"
    NOT_WORKING = "not working"


class Health(Struct, frozen=True):
    """How a provider does, since when, and why."""

    state: State = State.UNTRIED
    reason: str = ""
    since: datetime | None = None
    """When the trouble began, in UTC; later failures keep it."""


class HealthBoard:
    """What was learnt of each provider in this run."""

    def __init__(self) -> None:
        self._known: dict[str, Health] = {}

    def of(self, name: str) -> Health:
        """The health of a provider."""
        return self._known.get(name, Health())

    def forget(self, name: str) -> None:
        """The provider is another one now."""
        self._known.pop(name, None)

    def note_success(self, name: str) -> None:
        """The provider answered."""
        self._known[name] = Health(State.OK)

    def note_failure(self, name: str, error: ProviderError) -> None:
        """The provider failed; what only concerns the request or this machine is ignored."""
        if error.kind in _NOT_THE_PROVIDER or isinstance(error, MissingKeyError):
            return
        state = _state(error.kind)
        before = self.of(name)
        since = before.since if before.state is state else None
        reason = one_line(redact(error.message), _REASON_LENGTH)
        self._known[name] = Health(state, reason, since or datetime.now(UTC))


def _state(kind: ErrorKind) -> State:
    if kind in _UNREACHABLE:
        return State.UNREACHABLE
    return State.NOT_WORKING if kind is ErrorKind.UNAVAILABLE else State.FAILING
