"""The dialects as fixtures: all in turn, or those that can say a thing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.providers.formats.dialects import DIALECTS, Dialect
from tui.chat.message import Message
from tui.chat.model import Pictures
from tui.engine.engine import Engine
from tui.engine.limits import Limits
from tui.errors import ProviderError
from tui.history.sqlite.history import open_history
from tui.providers.base import Target
from tui.providers.lessons import Lessons


@pytest.fixture(params=DIALECTS, ids=lambda d: d.name)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    """Every dialect in turn."""
    return request.param


@pytest.fixture(params=[d for d in DIALECTS if d.framed], ids=lambda d: d.name)
def framed(request: pytest.FixtureRequest) -> Dialect:
    """Every dialect that has events and an end mark."""
    return request.param


@pytest.fixture(params=[d for d in DIALECTS if d.content_type == "text/event-stream"], ids=lambda d: d.name)
def events(request: pytest.FixtureRequest) -> Dialect:
    """Every dialect whose events are server-sent events, with fields and names."""
    return request.param


@pytest.fixture
def dialects() -> dict[str, Dialect]:
    return {d.name: d for d in DIALECTS}


@pytest.fixture
async def send() -> AsyncIterator[Callable[..., Awaitable[Message]]]:
    """Asks a provider as the app does, through the engine and a history. Returns the stored reply.

    What is learnt of a server is known at the next request.
    """
    store = await open_history(None)

    lessons = Lessons()

    async def sent(
        provider: Any, system: str = "", refuses: Collection[str] = (), **parameters: Any
    ) -> Message:
        refused = lessons.of(provider.url, "m").union(refuses)
        learn = partial(lessons.learn, provider.url, "m")
        target = Target("lab/m", provider, "m", refused=refused, learn=learn)
        engine = Engine(store, Leading(target), Unknown(), Limits(checkpoint=0.01))
        conversation = await store.create_conversation(model="lab/m", system=system)
        conversation.parameters = parameters
        reply = await (await engine.send(conversation, "Hi")).run(lambda event: None)
        [stored] = await store.messages([reply.id])
        assert stored == reply
        return stored

    yield sent
    await store.close()


@dataclass
class Leading:
    """Leads every model to one target."""

    to: Target

    async def target(self, model_id: str) -> Target:
        return self.to

    async def pictures(self, model_id: str) -> Pictures:
        return (await self.target(model_id)).pictures


class Unknown:
    """Knows nothing of any model."""

    def info(self, model_id: str) -> None:
        return None

    def note_outcome(self, provider: str, error: ProviderError | None) -> None:
        return None
