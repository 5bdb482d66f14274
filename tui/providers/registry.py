"""Who can answer: built-in vendors, endpoints of the config, plug-ins, the model on this machine.

Making the list is cheap: nothing of it imports a wire format or aiohttp. ``load`` does, for one provider.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, fields
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from tui.chat.model import ModelInfo, split_id
from tui.config import Config, alike, anyone_may_write
from tui.credentials import Credentials, Found
from tui.errors import ConfigError, ErrorKind, MissingKeyError, ModelNotSupportedError, ProviderError
from tui.paths import Paths
from tui.providers.address import host_of, is_loopback, is_private
from tui.providers.base import AsyncGeneratorProvider, Target
from tui.providers.facts import shipped
from tui.providers.foreign import kept_off
from tui.providers.g4f import bridged
from tui.providers.health import Health, HealthBoard, State
from tui.providers.lessons import Lessons
from tui.providers.most import MOST
from tui.providers.plugins import DropIn, Source, drop_ins, harmless, packages
from tui.providers.provider_specs import (
    FOREIGN,
    Kind,
    Offer,
    adopted,
    config_offers,
    foreign_offer,
    local_offer,
    vendor_offers,
)
from tui.providers.timeouts import LOCAL
from tui.providers.tokens import Tokens
from tui.typed_toml import near

if TYPE_CHECKING:
    from tui.providers.local import Runner


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
    models: tuple[str, ...]
    """The only ones to offer, where config or kind say so; empty where the server's list counts."""
    known_models: tuple[str, ...]
    """Those known without asking anyone."""
    note: str
    free: bool
    """Whether it costs nothing: it runs on this machine."""
    askable: bool
    """Whether asking for its models makes sense: it is available, or may turn out to be."""
    health: Health


class Registry:
    """Every provider by name.

    Args:
        config: The settings.
        credentials: The keys.
        paths: Where the person's own providers, models and logs are.

    Attributes:
        health: How each provider does.
        problems: Providers from outside that could not even be listed.
    """

    def __init__(self, config: Config, credentials: Credentials, paths: Paths) -> None:
        self.health = HealthBoard()
        self.problems: list[ConfigError] = []
        self._config = config
        self._credentials = credentials
        self._paths = paths
        self._classes: dict[str, type[AsyncGeneratorProvider]] = {}
        self._broken: dict[str, ProviderError] = {}
        self._tokens = Tokens()
        self._lessons = Lessons(paths.cache / "refused.json")

    def providers(self) -> list[ProviderEntry]:
        """All providers, in the order of the picker."""
        return [self._entry(offer) for offer in self._offers.values()]

    def entry(self, name: str) -> ProviderEntry:
        """One provider.

        Raises:
            ProviderError: There is no such provider.
        """
        return self._entry(self._offer(name))

    def load(self, name: str) -> type[AsyncGeneratorProvider]:
        """The provider's class.

        Raises:
            ProviderError: There is no such provider, or it can't be loaded.
        """
        offer = self._offer(name)
        if offer.name in self._broken:
            raise self._broken[offer.name]
        if offer.name not in self._classes:
            self._classes.setdefault(offer.name, self._made(offer))
        return self._classes[offer.name]

    async def target(self, model_id: str) -> Target:
        """The model ``PROVIDER/MODEL``, ready to be asked; a bare ``PROVIDER`` is its default model.

        Raises:
            MissingKeyError: The provider needs a key and none was found.
            ModelNotSupportedError: The provider has no such model.
            ProviderError: No such provider, or it can't be used here.
        """
        name, model = split_id(model_id)
        provider: Any = await asyncio.to_thread(self.load, name)  # an import may take a second
        offer = self._offer(name)
        found = await self._key(offer)
        with harmless(offer.vendor.title), kept_off() if offer.kind in FOREIGN else nullcontext():
            model = provider.get_model(model)
        model = model or await self._first_model(offer)
        wait = offer.settings.wait
        options = {**self._config.parameters, **offer.settings.parameters, **_transport(offer)}
        return Target(
            f"{offer.name}/{model}",
            provider,
            model,
            self._proxy(offer),
            {**options, "wait": wait} if wait else options,
            found.secret if found else None,
            found.said if found else "",
            wait or (LOCAL.headers if is_private(offer.vendor.url) else None),
            self._lessons.of(offer.vendor.url, model)
            | frozenset(offer.settings.refuses)
            | _known_limit(offer, model),
            partial(self._lessons.learn, offer.vendor.url, model),
        )

    async def discover(self, name: str) -> list[ModelInfo]:
        """Ask the provider's server which models it has; ``ModelInfo.id`` is the bare model name.

        Raises:
            SegueError: It could not be asked, or did not answer.
        """
        provider: Any = await asyncio.to_thread(self.load, name)  # an import may take a second
        offer = self._offer(name)
        found = await self._key(offer)
        arguments = _transport(offer)
        if found:
            arguments["api_key"] = found.secret.reveal()
        try:
            with harmless(offer.vendor.title):
                found_models = await provider.discover_models(proxy=self._proxy(offer), **arguments)
                models = list(_checked(found_models))
        except ProviderError as error:
            error.blame(found.said if found else None)
            raise
        return models

    def loaded(self, name: str) -> bool:
        """Whether the provider's class is there, or known to be broken."""
        return name in self._classes or name in self._broken

    async def close(self) -> None:
        """End what providers run on this machine."""
        if "_runner" in vars(self):
            await self._runner.close()

    @cached_property
    def _runner(self) -> Runner:
        from tui.providers.local import Runner

        return Runner(self._paths.log)

    @cached_property
    def _offers(self) -> dict[str, Offer]:
        config = self._config
        ours = {offer.name: offer for offer in (self._local(), *vendor_offers(config))}
        foreign: dict[str, Offer] = {}
        for source in self._sources():
            if isinstance(source, DropIn) and anyone_may_write(source.path):
                words = f"{source.origin}: everybody on this machine can change it, and it runs as you"
                self.problems.append(ConfigError(words, f"chmod o-w {source.origin}"))
            if source.name in ours or source.name in foreign:
                taken = f"{source.origin}: there is already a provider {source.name}"
                self.problems.append(ConfigError(taken, "Give it another name."))
            else:
                foreign[source.name] = foreign_offer(source, config.provider(source.name))
        named = {offer.name: offer for offer in config_offers(config, ours | foreign)}
        every = {"local": ours.pop("local"), **named, **ours, **foreign}
        return {name: offer for name, offer in every.items() if offer.settings.enabled}

    def _sources(self) -> Iterator[Source]:
        yield from packages()
        try:
            yield from drop_ins(self._paths.config / "providers")
        except ConfigError as error:
            self.problems.append(error)
        yield from bridged()

    def _local(self) -> Offer:
        return local_offer(self._config, self._paths, lambda: self._runner)

    def _made(self, offer: Offer) -> type[AsyncGeneratorProvider]:
        try:
            made = offer.make()
            if offer.kind in FOREIGN:
                with harmless(offer.vendor.title):
                    self._offers[offer.name], made = adopted(offer, made)
        except ProviderError as error:
            self._broken[offer.name] = error
            raise
        return made

    async def _first_model(self, offer: Offer) -> str:
        models = await self.discover(offer.name)
        if not models:
            raise ModelNotSupportedError(f"{offer.vendor.title} has no model")
        return models[0].id

    async def _key(self, offer: Offer) -> Found | None:
        """The key that may go to this provider.

        Raises:
            ProviderError: It can't be used, needs a key that was not found, or may not be given one.
        """
        if reason := self._unusable(offer):
            raise ProviderError(f"{offer.vendor.title} can't be used: {reason}", kind=ErrorKind.UNAVAILABLE)
        if offer.kind == "local":
            return None  # it has none; a locked keyring or a damaged file must not stop it
        vendor = offer.vendor
        found = await asyncio.to_thread(self._credentials.find, offer.account, vendor.keys)
        if not found and vendor.key_needed:
            raise MissingKeyError(f"{vendor.title} needs a key", _sentence(_where_to_put_a_key(offer)))
        if found and vendor.token:
            way = {"proxy": self._proxy(offer), **_transport(offer)}
            try:
                return await self._tokens.of(vendor.token, found, way)
            except ProviderError as error:
                error.blame(found.said)
                raise
        return found

    def _proxy(self, offer: Offer) -> str | None:
        return offer.settings.proxy or self._config.proxy

    def _offer(self, name: str) -> Offer:
        if found := self._offers.get(name) or self._offers.get(alike(name, self._offers)):
            return found
        owners = [f"{offer}/{name}" for offer in self._offers if name in shipped(offer)]
        hint = f"Did you mean {owners[0]}?" if owners else _sentence(near(name, self._offers))
        raise ProviderError(
            f"There is no provider {name!r}",
            f"{hint} Model ids are PROVIDER/MODEL.",
            kind=ErrorKind.NOT_FOUND,
        )

    def _unusable(self, offer: Offer) -> str | None:
        """Why the provider can't even be tried."""
        if offer.name in self._broken:
            return self._broken[offer.name].message
        return offer.vendor.not_working or None

    def _entry(self, offer: Offer) -> ProviderEntry:
        vendor = offer.vendor
        source = self._credentials.known(offer.account, vendor.keys)
        health = self.health.of(offer.name)
        reason = self._unusable(offer)
        waiting = False
        if reason:
            health = Health(State.NOT_WORKING, reason)
        elif vendor.key_needed and not source:
            reason = f"no key: {_where_to_put_a_key(offer)}"
            health = Health(State.NO_KEY, reason)
        elif waiting := not offer.chosen and health.state is not State.OK:
            reason = f"no server answers at {host_of(vendor.url)}"
        return ProviderEntry(
            name=offer.name,
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
            models=vendor.models if offer.kind == "local" else offer.settings.models,
            known_models=vendor.models or ((vendor.default_model,) if vendor.default_model else ()),
            note=vendor.note,
            free=vendor.free and (offer.kind == "local" or is_loopback(vendor.url)),
            askable=waiting or reason is None,
            health=health,
        )


def _checked(found: Iterable[Any]) -> Iterator[ModelInfo]:
    """The models that a provider's code gives, each as far as it is one; a bare name will do."""
    for each in found:
        facts = {"id": each} if isinstance(each, str) else each
        if isinstance(each, ModelInfo):
            facts = {field.name: getattr(each, field.name) for field in fields(each)}
        if model := ModelInfo.of(facts):
            yield model


def _known_limit(offer: Offer, model: str) -> frozenset[str]:
    """How long a reply may be, where a dialect can't leave that to the server and it is well known."""
    facts = shipped(offer.name).get(model) if offer.vendor.type == "anthropic" else None
    return frozenset([f"max_tokens{MOST}{facts.max_output}"]) if facts and facts.max_output else frozenset()


def _transport(offer: Offer) -> dict[str, Any]:
    settings = offer.settings
    ca_file = settings.ca_file or next(filter(None, map(os.environ.get, offer.vendor.ca_files)), None)
    wanted = {"allow_http_key": settings.allow_http_key, "ca_file": ca_file}
    return {name: value for name, value in wanted.items() if value}


def _where_to_put_a_key(offer: Offer) -> str:
    ways = [f"set {name}" for name in offer.vendor.keys[:1]]
    return " or ".join([*ways, f"run `segue keys set {offer.vendor.name}`"])


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('?') else '.'}"
