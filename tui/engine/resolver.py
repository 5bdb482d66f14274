"""Who finds the provider of a model; whoever wraps one has a say in how it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui.chat.model import Pictures
    from tui.providers.base import Target


class Resolver(Protocol):
    """Finds who answers: ``providers.registry.Registry``."""

    async def target(self, model_id: str) -> Target:
        """The provider and model for ``PROVIDER/MODEL``.

        Raises:
            ProviderError: No such provider or model, no key, or it can't be used here.
        """
        ...

    async def pictures(self, model_id: str) -> Pictures:
        """When the model makes pictures; asks for no key.

        Raises:
            ProviderError: No such provider or model, or it can't be loaded.
        """
        ...
