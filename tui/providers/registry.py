"""Who can answer: built-in vendors, endpoints of the config, plug-ins, the model on this machine.

Making the list is cheap: nothing of it imports a wire format or aiohttp. ``load`` does, for one provider.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from tui.chat.model import ModelInfo, split_id
from tui.config import Config
from tui.credentials import Credentials, Secret
from tui.errors import ErrorKind, MissingKeyError, ModelNotSupportedError, ProviderError
from tui.paths import Paths
from tui.providers.address import host_of, refuse_open_http
from tui.providers.base import AsyncGeneratorProvider, Target
from tui.providers.health import Health, HealthBoard, State
from tui.providers.offers import Kind, Offer, local_offer, vendor_offers
from tui.typed_toml import near


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    """One provider as the picker and ``doctor`` show it."""

    name: str
    """The part of a model id before its first slash."""
    title: str
    host: str
    """Who will see the text; empty where only loading the provider would tell."""
    kind: Kind
    available: bool
    reason: str | None
    """Why it can't be used now."""
    needs_key: bool
    key_variables: tuple[str, ...]
    key_source: str | None
    """Where its key comes from, as far as is known without asking a command or the keyring."""
    account: str
    """The name to store its key under."""
    default_model: str
    note: str
    health: Health


class Registry:
    """Every provider by name."""

    def __init__(self, config: Config, credentials: Credentials, paths: Paths) -> None:
        self.health = HealthBoard()
        self._config = config
        self._credentials = credentials
        self._paths = paths
        self._known: dict[str, Offer] = {}
        self._classes: dict[str, type[AsyncGeneratorProvider]] = {}

    def providers(self) -> list[ProviderEntry]:
        """All providers, in the order of the picker."""
        return [self._entry(offer) for offer in self._offers().values()]

    def entry(self, name: str) -> ProviderEntry:
        """One provider.

        Raises:
            ProviderError: There is no such provider.
        """
        return self._entry(self._offer(name))

    def models(self, name: str) -> tuple[str, ...]:
        """The models known without asking anyone: of the config, the vendor's row, or the loaded class."""
        vendor = self._offer(name).vendor
        return vendor.models or ((vendor.default_model,) if vendor.default_model else ())

    def load(self, name: str) -> type[AsyncGeneratorProvider]:
        """The provider's class.

        Raises:
            ProviderError: There is no such provider, or it can't be loaded.
        """
        offer = self._offer(name)
        if offer.vendor.name not in self._classes:
            self._classes[offer.vendor.name] = offer.make()
        return self._classes[offer.vendor.name]

    async def target(self, model_id: str) -> Target:
        """The model ``PROVIDER/MODEL``, ready to be asked; a bare ``PROVIDER`` is its default model.

        Raises:
            MissingKeyError: The provider needs a key and none was found.
            ModelNotSupportedError: The provider has no such model.
            ProviderError: No such provider, or it can't be used here.
        """
        name, model = split_id(model_id)
        offer = self._offer(name)
        provider: Any = self.load(name)
        key = await self._key(offer)
        proxy = offer.settings.proxy or self._config.proxy
        model = provider.get_model(model) or await self._first_model(offer)
        options = {**self._config.parameters, **offer.settings.parameters}
        return Target(f"{offer.vendor.name}/{model}", provider, model, proxy, options, key)

    async def discover(self, name: str) -> list[ModelInfo]:
        """Ask the provider's server which models it has; ``ModelInfo.id`` is the bare model name.

        Raises:
            ProviderError: It could not be asked, or did not answer.
        """
        offer = self._offer(name)
        provider: Any = self.load(name)
        key = await self._key(offer)
        arguments = {"api_key": key.reveal()} if key else {}
        models: list[ModelInfo] = await provider.discover_models(
            proxy=offer.settings.proxy or self._config.proxy, **arguments
        )
        return models

    async def _first_model(self, offer: Offer) -> str:
        models = await self.discover(offer.vendor.name)
        if not models:
            raise ModelNotSupportedError(f"{offer.vendor.title} has no model")
        return models[0].id

    async def _key(self, offer: Offer) -> Secret | None:
        """The key that may go to this provider.

        Raises:
            ProviderError: It can't be used, needs a key that was not found, or may not be given one.
        """
        if reason := self._unusable(offer):
            raise ProviderError(f"{offer.vendor.title} can't be used: {reason}", kind=ErrorKind.UNAVAILABLE)
        vendor = offer.vendor
        found = await asyncio.to_thread(self._credentials.find, offer.account, vendor.keys, offer.settings)
        if found:
            refuse_open_http(vendor.name, vendor.url, offer.settings.allow_http_key)
            return found.secret
        if vendor.key_needed:
            raise MissingKeyError(f"{vendor.title} needs a key", _where_to_put_a_key(offer))
        return None

    def _offers(self) -> dict[str, Offer]:
        if not self._known:
            offers = [local_offer(self._config), *vendor_offers(self._config)]
            self._known = {offer.vendor.name: offer for offer in offers if offer.settings.enabled}
        return self._known

    def _offer(self, name: str) -> Offer:
        offers = self._offers()
        if found := offers.get(name) or offers.get(name.lower()):
            return found
        raise ProviderError(
            f"There is no provider {name!r}",
            f"{near(name, offers).capitalize()}. Model ids are PROVIDER/MODEL.",
            kind=ErrorKind.NOT_FOUND,
        )

    def _unusable(self, offer: Offer) -> str | None:
        """Why the provider can't even be tried."""
        vendor = offer.vendor
        if vendor.not_working:
            return vendor.not_working
        if offer.kind in ("built-in", "config") and not vendor.url:
            return f"its address is not set: {' or '.join(vendor.urls) or f'[providers.{vendor.name}] url'}"
        return None

    def _entry(self, offer: Offer) -> ProviderEntry:
        vendor = offer.vendor
        source = self._credentials.known(offer.account, vendor.keys, offer.settings)
        health = self.health.of(vendor.name)
        reason = self._unusable(offer)
        if reason:
            health = Health(State.NOT_WORKING, reason)
        elif vendor.key_needed and not source:
            reason = f"no key: {_where_to_put_a_key(offer)}"
            health = Health(State.NO_KEY, reason)
        elif not offer.chosen and health.state is not State.OK:
            reason = f"no server answers at {host_of(vendor.url)}"
        return ProviderEntry(
            name=vendor.name,
            title=vendor.title,
            host=host_of(vendor.url),
            kind=offer.kind,
            available=reason is None,
            reason=reason,
            needs_key=vendor.key_needed,
            key_variables=vendor.keys,
            key_source=source,
            account=offer.account,
            default_model=vendor.default_model,
            note=vendor.note,
            health=health,
        )


def _where_to_put_a_key(offer: Offer) -> str:
    ways = [f"set {name}" for name in offer.vendor.keys[:1]]
    return " or ".join([*ways, f"run `segue keys set {offer.vendor.name}`"])
