"""Who can answer: built-in vendors, endpoints of the config, plug-ins, the model on this machine.

Making the list is cheap: nothing of it imports a wire format or aiohttp. ``load`` does, for one provider.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import cached_property, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import fields

from tui.chat.model import ModelInfo, Pictures, split_id, words_first
from tui.config import Config, alike, anyone_may_write
from tui.credentials import Credentials, Found
from tui.errors import ConfigError, ErrorKind, MissingKeyError, ModelNotSupportedError, ProviderError
from tui.paths import Paths
from tui.providers.address import host_of, is_loopback, is_private
from tui.providers.base import AsyncGeneratorProvider, Search, Target, pictures_of
from tui.providers.facts import shipped
from tui.providers.foreign import kept_off
from tui.providers.health import Health, HealthBoard, State
from tui.providers.lessons import Lessons
from tui.providers.lists import Lists
from tui.providers.plugins import DropIn, Source, drop_ins, harmless, packages
from tui.providers.provider_specs import (
    FOREIGN,
    Kind,
    ProviderSpec,
    adopted,
    config_specs,
    foreign_spec,
    vendor_specs,
)
from tui.providers.timeouts import PRIVATE
from tui.providers.tokens import Tokens
from tui.typed_toml import near

if TYPE_CHECKING:
    from tui.providers.knobs import Knob
    from tui.providers.local.runner import Runner


class ProviderEntry(Struct, frozen=True):
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
    downloads: bool
    """Whether its models are downloaded to this machine, and run here."""
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
        self._problems: list[ConfigError] = []
        self._config = config
        self._credentials = credentials
        self._paths = paths
        self._classes: dict[str, type[AsyncGeneratorProvider]] = {}
        self._broken: dict[str, ProviderError] = {}
        self._tokens = Tokens()
        self._lessons = Lessons(paths.cache / "refused.json")

    @cached_property
    def lists(self) -> Lists:
        """What each server listed; read when it is first asked for."""
        return Lists(self._paths.cache / "models.json")

    @property
    def problems(self) -> Sequence[ConfigError]:
        """What is wrong with providers that the person has put here; told wherever one of them may answer."""
        return self._problems if self._specs else ()

    @property
    def config(self) -> Config:
        """The settings that count now."""
        return self._config

    def use(self, config: Config) -> set[str]:
        """Offer what these settings say, from now on. Returns the names of the providers that changed."""
        before = dict(self._specs)
        local = config.local == self._config.local
        self._config = config
        self._problems.clear()
        del self._specs
        changed = before.keys() ^ self._specs.keys()
        for name, spec in self._specs.items():
            old = before.get(name)
            if old and old.settings == spec.settings and (local or spec.downloads is None):
                self._specs[name] = old  # with what its class said of itself
            else:
                changed = changed | {name}
        for name in changed:
            self._classes.pop(name, None)
            self._broken.pop(name, None)
            self.health.forget(name)
        return changed

    def providers(self) -> list[ProviderEntry]:
        """All providers, in the order of the picker."""
        return [self._entry(spec) for spec in self._specs.values()]

    def entry(self, name: str) -> ProviderEntry:
        """One provider.

        Raises:
            ProviderError: There is no such provider.
        """
        return self._entry(self._spec(name))

    def load(self, name: str) -> type[AsyncGeneratorProvider]:
        """The provider's class.

        Raises:
            ProviderError: There is no such provider, or it can't be loaded.
        """
        spec = self._spec(name)
        if spec.name in self._broken:
            raise self._broken[spec.name]
        if spec.name not in self._classes:
            self._classes.setdefault(spec.name, self._made(spec))
        return self._classes[spec.name]

    async def target(self, model_id: str) -> Target:
        """The model ``PROVIDER/MODEL``, ready to be asked; a bare ``PROVIDER`` is its default model.

        Raises:
            MissingKeyError: The provider needs a key and none was found.
            ModelNotSupportedError: The provider has no such model.
            ProviderError: No such provider, or it can't be used here.
        """
        name, model = split_id(model_id)
        provider: Any = await asyncio.to_thread(self.load, name)  # an import may take a second
        spec = self._spec(name)
        found = await self._key(spec)
        with harmless(spec.vendor.title), kept_off() if spec.kind in FOREIGN else nullcontext():
            model = provider.get_model(model)
        model = model or await self._first_model(spec)
        told = self.told(spec.name, model)
        with harmless(spec.vendor.title):
            provider = _answering(provider, model, told)
        wait = spec.settings.wait
        options = {**self._config.parameters, **spec.settings.parameters, **_transport(spec)}
        return Target(
            f"{spec.name}/{model}",
            provider,
            model,
            self._proxy(spec),
            {**options, "wait": wait} if wait else options,
            found.secret if found else None,
            found.said if found else "",
            wait or (PRIVATE.headers if is_private(spec.vendor.url) else None),
            self._lessons.of(spec.vendor.url, model)
            | frozenset(spec.settings.refuses)
            | _known_limit(spec, model),
            partial(self._lessons.learn, spec.vendor.url, model),
            told,
        )

    async def search(self, model_id: str) -> Search | None:
        """What it costs that the model's vendor searches the web for it; None where it can't.

        Raises:
            ProviderError: There is no such provider, or it can't be loaded.
        """
        spec, provider, model = await self._loaded(model_id)
        with harmless(spec.vendor.title):
            if pictures_of(provider, model, self.told(spec.name, model)) == "only":
                return None
            return provider.search(model) if hasattr(provider, "search") else None

    async def pictures(self, model_id: str) -> Pictures:
        """When the model makes pictures.

        Raises:
            ProviderError: There is no such provider, or it can't be loaded.
        """
        spec, provider, model = await self._loaded(model_id)
        with harmless(spec.vendor.title):
            return pictures_of(provider, model, self.told(spec.name, model))

    def told(self, name: str, model: str) -> Pictures | None:
        """When a provider's model makes pictures, where the person or its list says that; asks nobody.

        Raises:
            ProviderError: There is no such provider.
        """
        spec = self._spec(name)
        listed = self.lists.of(spec.name).get(model)
        return spec.settings.pictures.get(model) or (listed.pictures if listed else None)

    async def knobs(self, model_id: str, info: ModelInfo | None) -> tuple[Knob, ...]:
        """The parameters, as a model takes them; asks for no key.

        Args:
            model_id: ``PROVIDER/MODEL``.
            info: What is known of it.

        Raises:
            ProviderError: There is no such provider, or it can't be loaded.
        """
        from tui.providers.knobs import knobs_of

        spec, provider, model = await self._loaded(model_id)
        with harmless(spec.vendor.title):
            provider = _answering(provider, model, self.told(spec.name, model))
            refused = self._lessons.of(spec.vendor.url, model) | frozenset(spec.settings.refuses)
            options = {**self._config.parameters, **spec.settings.parameters}
            return knobs_of(provider, model, info, refused, options)

    async def discover(self, name: str) -> list[ModelInfo]:
        """Ask the provider's server which models it has; ``ModelInfo.id`` is the bare model name.

        Raises:
            SegueError: It could not be asked, or did not answer.
        """
        provider: Any = await asyncio.to_thread(self.load, name)  # an import may take a second
        spec = self._spec(name)
        found = await self._key(spec)
        arguments = _transport(spec)
        if found:
            arguments["api_key"] = found.secret.reveal()
        try:
            with harmless(spec.vendor.title):
                found_models = await provider.discover_models(proxy=self._proxy(spec), **arguments)
                models = [_as_listed(spec, provider, model) for model in _checked(found_models)]
        except ProviderError as error:
            error.blame(found.said if found else None)
            raise
        return models

    def downloads(self) -> dict[str, int]:
        """The models that are not on this machine yet, and the bytes that the first reply of each fetches."""
        return {
            f"{spec.name}/{model}": size
            for spec in self._specs.values()
            if spec.downloads is not None
            for model, size in spec.downloads().items()
        }

    def download_of(self, model_id: str) -> int | None:
        """The bytes that a model's first reply fetches; None for one that does not run on this machine."""
        name, model = split_id(model_id)
        spec = self._specs.get(name)
        return None if spec is None or spec.downloads is None else spec.downloads().get(model, 0)

    def loaded(self, name: str) -> bool:
        """Whether the provider's class is there, or known to be broken."""
        return name in self._classes or name in self._broken

    async def close(self) -> None:
        """End what providers run on this machine."""
        if "_runner" in vars(self):
            await self._runner.close()

    @cached_property
    def _runner(self) -> Runner:
        from tui.providers.local.runner import Runner

        return Runner(self._paths.log)

    @cached_property
    def _specs(self) -> dict[str, ProviderSpec]:
        config = self._config
        local = self._local()
        ours = {spec.name: spec for spec in (local, *vendor_specs(config))}
        foreign: dict[str, ProviderSpec] = {}
        for source in self._sources():
            if isinstance(source, DropIn) and anyone_may_write(source.path):
                words = f"{source.origin}: everybody on this machine can change it, and it runs as you"
                self._problems.append(ConfigError(words, f"chmod o-w {source.origin}"))
            if source.name in ours or source.name in foreign:
                taken = f"{source.origin}: there is already a provider {source.name}"
                self._problems.append(ConfigError(taken, "Give it another name."))
            else:
                foreign[source.name] = foreign_spec(source, config.provider(source.name))
        named = {spec.name: spec for spec in config_specs(config, ours | foreign)}
        every = {local.name: local, **named, **ours, **foreign}
        return {name: spec for name, spec in every.items() if spec.settings.enabled}

    def _sources(self) -> Iterator[Source]:
        yield from packages()
        try:
            yield from drop_ins(self._paths.config / "providers")
        except ConfigError as error:
            self._problems.append(error)
        if find_spec("g4f") is not None:
            from tui.providers.g4f import bridged

            yield from bridged()

    def _local(self) -> ProviderSpec:
        from tui.providers.local.spec import local_spec

        return local_spec(self._config, self._paths, lambda: self._runner)

    async def _loaded(self, model_id: str) -> tuple[ProviderSpec, Any, str]:
        """A model's provider, its class, and its own name of the model; asks for no key.

        Raises:
            ProviderError: There is no such provider or model, or it can't be loaded.
        """
        name, model = split_id(model_id)
        provider: Any = await asyncio.to_thread(self.load, name)  # an import may take a second
        spec = self._spec(name)
        with harmless(spec.vendor.title), kept_off() if spec.kind in FOREIGN else nullcontext():
            return spec, provider, provider.get_model(model)

    def _made(self, spec: ProviderSpec) -> type[AsyncGeneratorProvider]:
        try:
            made = spec.make()
            if spec.kind in FOREIGN:
                with harmless(spec.vendor.title):
                    self._specs[spec.name], made = adopted(spec, made)
        except ProviderError as error:
            self._broken[spec.name] = error
            raise
        return made

    async def _first_model(self, spec: ProviderSpec) -> str:
        models = await self.discover(spec.name)
        if not models:
            raise ModelNotSupportedError(f"{spec.vendor.title} has no model")
        return words_first(models)[0].id

    async def _key(self, spec: ProviderSpec) -> Found | None:
        """The key that may go to this provider.

        Raises:
            ProviderError: It can't be used, needs a key that was not found, or may not be given one.
        """
        if reason := self._unusable(spec):
            raise ProviderError(f"{spec.vendor.title} can't be used: {reason}", kind=ErrorKind.UNAVAILABLE)
        if spec.downloads is not None:
            return None  # it has none; a locked keyring or a damaged file must not stop it
        vendor = spec.vendor
        found = await asyncio.to_thread(self._credentials.find, spec.account, vendor.keys)
        if not found and vendor.key_needed:
            raise MissingKeyError(f"{vendor.title} needs a key", _sentence(_where_to_put_a_key(spec)))
        if found and vendor.token:
            way = {"proxy": self._proxy(spec), **_transport(spec)}
            try:
                return await self._tokens.of(vendor.token, found, way)
            except ProviderError as error:
                error.blame(found.said)
                raise
        return found

    def _proxy(self, spec: ProviderSpec) -> str | None:
        return spec.settings.proxy or self._config.proxy

    def _spec(self, name: str) -> ProviderSpec:
        if found := self._specs.get(name) or self._specs.get(alike(name, self._specs)):
            return found
        owners = [f"{spec}/{name}" for spec in self._specs if name in shipped(spec)]
        hint = f"Did you mean {owners[0]}?" if owners else _sentence(near(name, self._specs))
        raise ProviderError(
            f"There is no provider {name!r}",
            f"{hint} Model ids are PROVIDER/MODEL.",
            kind=ErrorKind.NOT_FOUND,
        )

    def _unusable(self, spec: ProviderSpec) -> str | None:
        """Why the provider can't even be tried."""
        if spec.name in self._broken:
            return self._broken[spec.name].message
        return spec.vendor.not_working or None

    def _entry(self, spec: ProviderSpec) -> ProviderEntry:
        vendor = spec.vendor
        source = self._credentials.known(spec.account, vendor.keys)
        health = self.health.of(spec.name)
        reason = self._unusable(spec)
        waiting = False
        if reason:
            health = Health(State.NOT_WORKING, reason)
        elif vendor.key_needed and not source:
            reason = f"no key: {_where_to_put_a_key(spec)}"
            health = Health(State.NO_KEY, reason)
        elif waiting := not spec.chosen and health.state is not State.OK:
            reason = f"no server answers at {host_of(vendor.url)}"
        return ProviderEntry(
            name=spec.name,
            title=vendor.title,
            host=host_of(vendor.url),
            kind=spec.kind,
            available=reason is None,
            reason=reason,
            needs_key=vendor.key_needed,
            downloads=spec.downloads is not None,
            key_variables=vendor.keys,
            key_source=source,
            account=spec.account,
            default_model=vendor.default_model,
            models=vendor.models if spec.downloads is not None else spec.settings.models,
            known_models=vendor.models or ((vendor.default_model,) if vendor.default_model else ()),
            note=vendor.note,
            free=vendor.free and (spec.downloads is not None or is_loopback(vendor.url)),
            askable=waiting or reason is None,
            health=health,
        )


def _as_listed(spec: ProviderSpec, provider: object, model: ModelInfo) -> ModelInfo:
    """A model of a list, of which its provider may know more than its row says."""
    told = spec.settings.pictures.get(model.id) or model.pictures
    unsaid = model.pictures != "only" and pictures_of(provider, model.id, told) == "only"
    if not unsaid:
        return model
    from tui.providers.picture_models import as_painter  # here, since few lists have such a model

    return as_painter(model)


def _answering(provider: Any, model: str, told: Pictures | None) -> Any:
    """Who answers for a model of a provider; one of somebody else has one wire format alone."""
    if not hasattr(provider, "answering"):
        return provider
    return provider.answering(model, pictures_of(provider, model, told))


def _checked(found: Iterable[Any]) -> Iterator[ModelInfo]:
    """The models that a provider's code gives, each as far as it is one; a bare name will do."""
    for each in found:
        facts = {"id": each} if isinstance(each, str) else each
        if isinstance(each, ModelInfo):
            facts = {field.name: getattr(each, field.name) for field in fields(each)}
        if model := ModelInfo.of(facts):
            yield model


def _known_limit(spec: ProviderSpec, model: str) -> frozenset[str]:
    """How long a reply may be, where a wire format can't leave that to the server and it is well known."""
    facts = shipped(spec.name).get(model) if spec.vendor.type == "anthropic" else None
    if facts is None or not facts.max_output:
        return frozenset()
    from tui.providers.most import MOST

    return frozenset([f"max_tokens{MOST}{facts.max_output}"])


def _transport(spec: ProviderSpec) -> dict[str, Any]:
    settings = spec.settings
    ca_file = settings.ca_file or next(filter(None, map(os.environ.get, spec.vendor.ca_files)), None)
    wanted = {"allow_http_key": settings.allow_http_key, "ca_file": ca_file}
    return {name: value for name, value in wanted.items() if value}


def _where_to_put_a_key(spec: ProviderSpec) -> str:
    ways = [f"set {name}" for name in spec.vendor.keys[:1]]
    return " or ".join([*ways, f"run `segue keys set {spec.vendor.name}`"])


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('?') else '.'}"
