"""The dialects as fixtures: all in turn, or those that can say a thing."""

from __future__ import annotations

import pytest

from tests.providers.formats.dialects import DIALECTS, Dialect


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
