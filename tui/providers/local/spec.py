"""What makes the provider of this machine before it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui.config import Config
from tui.paths import Paths
from tui.providers.base import AsyncGeneratorProvider
from tui.providers.formats import wire_format
from tui.providers.local.availability import why_not
from tui.providers.local.library import LocalModels
from tui.providers.local.models import DEFAULT_MODEL, NOTE, PROVIDER
from tui.providers.provider_specs import ProviderSpec
from tui.providers.vendors import Vendor

if TYPE_CHECKING:  # it is loaded when a model is started
    from tui.providers.local.runner import Runner


def local_spec(config: Config, paths: Paths, runner: Callable[[], Runner]) -> ProviderSpec:
    """The models that run on this machine."""
    settings = config.provider(PROVIDER)
    library = LocalModels(paths.cache, config.local_models)

    def make() -> type[AsyncGeneratorProvider]:
        from tui.providers.local.provider import LocalProvider

        bases = (LocalProvider, wire_format("openai"))
        return type("Local", bases, {"library": library, "runner": runner(), "__module__": __name__})

    def missing() -> dict[str, int]:
        return {model.name: model.bytes for model in library.list() if model.bytes and not model.present}

    vendor = Vendor(
        PROVIDER,
        settings.title or "This machine",
        key_needed=False,
        free=True,
        default_model=settings.default_model or DEFAULT_MODEL,
        models=tuple(model.name for model in library.list()),
        note=NOTE,
        not_working=why_not() or "",
    )
    return ProviderSpec(vendor, "local", settings, PROVIDER, make, downloads=missing)
