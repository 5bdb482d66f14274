"""Servers that a person adds: what is kept where one that is known does not answer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tui.app.models.servers import Servers
from tui.config import Config, ProviderConfig
from tui.credentials import Credentials
from tui.errors import ModelNotSupportedError
from tui.paths import Paths
from tui.providers.catalogue import Catalogue
from tui.providers.registry import Registry
from tui.secret import Secret


@pytest.mark.parametrize("before", [None, "sk-before-12345678"])
async def test_a_key_for_a_known_provider_that_gives_no_word_is_put_back(
    tmp_path: Path, before: str | None
) -> None:
    paths = Paths(*(tmp_path / name for name in ("config", "data", "cache", "log")))
    config = Config(providers={"lab": ProviderConfig(url="https://lab.example/v1")})
    credentials = Credentials(paths, config)
    if before:
        credentials.store("lab", Secret(before))
    registry = Registry(config, credentials, paths)
    catalogue: Any = Catalogue(registry)

    async def refresh(names: object) -> None:
        """It lists nothing."""

    catalogue.refresh = refresh
    workspace = SimpleNamespace(
        config=config, credentials=credentials, registry=registry, catalogue=catalogue
    )
    context: Any = SimpleNamespace(session=SimpleNamespace(workspace=workspace))
    with pytest.raises(ModelNotSupportedError):
        await Servers(context).add("lab", "https://lab.example", Secret("sk-new-12345678"), "", print)
    kept = credentials.kept("lab")
    assert (kept.reveal() if kept else None) == before
    await registry.close()
