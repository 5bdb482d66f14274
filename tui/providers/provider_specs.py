"""What makes a provider before it is loaded: a row of data, the config and the environment together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.checked import text
from tui.config import Config, ProviderConfig, alike, is_address
from tui.providers.address import (
    at_version,
    filled,
    host_of,
    is_loopback,
    ollama_address,
    same_host,
    variables_in,
)
from tui.providers.base import AsyncGeneratorProvider
from tui.providers.formats import wire_format
from tui.providers.plugins import Source
from tui.providers.vendors import Vendor, make_class, vendors
from tui.secret import hold_secrets, redact
from tui.text import one_line
from tui.typed_toml import near

Kind = Literal["built-in", "config", "plugin", "drop-in", "local", "g4f"]
FOREIGN = frozenset({"plugin", "drop-in", "g4f"})
"""The kinds whose code is not ours."""
Make = Callable[[], type[AsyncGeneratorProvider]]


class ProviderSpec(Struct, frozen=True):
    """A provider that can be loaded."""

    vendor: Vendor
    """What it is, with the changes of config and environment."""
    kind: Kind
    settings: ProviderConfig
    account: str
    """The name its key is kept under. A changed address has its own, so no key goes to another host."""
    make: Make
    downloads: Callable[[], Mapping[str, int]] | None = None
    """Where its models are downloaded to this machine: those that are not here yet, with their bytes."""
    chosen: bool = True
    """Whether the person named it; otherwise a server on this machine must answer before it is offered."""

    @property
    def name(self) -> str:
        """The part of a model id before its first slash."""
        return self.vendor.name


def vendor_specs(config: Config) -> Iterator[ProviderSpec]:
    """The built-in vendors."""
    for name, vendor in vendors().items():
        settings = config.providers.get(alike(name, config.providers))
        spec = _spec(vendor, settings or ProviderConfig(), "built-in")
        yield replace(spec, chosen=bool(settings) or spec.chosen)


def config_specs(config: Config, others: Mapping[str, ProviderSpec]) -> Iterator[ProviderSpec]:
    """The endpoints that only the config names."""
    for name, settings in config.providers.items():
        if alike(name, others) in others:
            continue
        missing = "" if settings.url else f"[providers.{name}] has no url; {near(name, others)}"
        vendor = Vendor(name, name, type="openai", key_needed=False, not_working=missing)
        yield replace(_spec(vendor, settings, "config"), account=name)


def foreign_spec(source: Source, settings: ProviderConfig) -> ProviderSpec:
    """A provider from outside, of which only the name is known until it is loaded."""
    vendor = Vendor(source.name, source.name, key_needed=False, note=f"from {source.origin}")
    return ProviderSpec(vendor, source.kind, settings, source.name, source.load)


def adopted(spec: ProviderSpec, loaded: Any) -> tuple[ProviderSpec, type[AsyncGeneratorProvider]]:
    """The spec of a provider from outside with what its class says of itself, and the class as it is used.

    The config may change its address, models and headers, as with a built-in one.
    """
    vendor = replace(
        spec.vendor,
        title=text(loaded.label) or spec.vendor.title,
        url=text(loaded.url),
        keys=tuple(loaded.key_variables),
        key_needed=loaded.needs_auth,
        default_model=text(loaded.default_model),
        models=tuple(name for name in loaded.models if text(name)),
        note=text(loaded.note) or spec.vendor.note,
        not_working="" if loaded.working else (text(loaded.note) or "it is marked as not working"),
    )
    better = _spec(vendor, spec.settings, spec.kind)
    return better, make_class(loaded, better.vendor, spec.settings.headers)


def _spec(vendor: Vendor, settings: ProviderConfig, kind: Kind) -> ProviderSpec:
    own = filled(vendor.url)
    given = settings.url or _from_environment(vendor)
    url = (given or own).rstrip("/")
    hold_secrets(url)
    no_address = _no_address(vendor, url, kind)
    url = "" if no_address else url
    moved = bool(own and url) and not same_host(url, own)
    # A vendor's key variables hold keys for the vendor's host; only the config can say otherwise.
    strange = bool(settings.url) and moved
    headers = {} if strange else _set(vendor.header_variables)
    vendor = replace(
        vendor,
        title=settings.title or vendor.title,
        type=settings.type or vendor.type,
        url=url,
        keys=(settings.key_env,) if settings.key_env else () if strange else vendor.keys,
        key_needed=bool(settings.key_env or settings.key_command or settings.key)
        or (vendor.key_needed and not moved),
        models=settings.models or vendor.models,
        default_model=settings.default_model or next(iter(settings.models), vendor.default_model),
        not_working="" if settings.url else vendor.not_working or no_address,
        token="" if strange else vendor.token,
        quirks=vendor.quirks if settings.type in (None, vendor.type) else {},
    )
    account = f"{vendor.name}@{host_of(url)}" if moved else vendor.name

    def make() -> type[AsyncGeneratorProvider]:
        return make_class(
            wire_format(vendor.type), vendor, {**headers, **settings.headers}, given=bool(given)
        )

    return ProviderSpec(vendor, kind, settings, account, make, chosen=bool(given) or not is_loopback(own))


def _set(variables: Mapping[str, str]) -> dict[str, str]:
    """Of ``variables``, by what they are for, those that are set in the environment."""
    found = {purpose: os.environ.get(name, "").strip() for purpose, name in variables.items()}
    return {purpose: value for purpose, value in found.items() if value}


def _no_address(vendor: Vendor, url: str, kind: Kind) -> str:
    """Why the provider has no address that can be used; empty where it has one."""
    if url and not is_address(url):
        return f"{' or '.join(vendor.urls)} is not an address: {one_line(redact(url), 60)}"
    if url or kind != "built-in":
        return ""
    return f"its address is not set: {' or '.join((*vendor.urls, *variables_in(vendor.url)))}"


def _from_environment(vendor: Vendor) -> str:
    for name in vendor.urls:
        if value := os.environ.get(name, "").strip():
            url = _ollama_address(value) if vendor.type == "ollama" else value.strip("\"'").rstrip("/")
            return at_version(url, vendor.url_path) if vendor.url_path and is_address(url) else url
    return ""


def _ollama_address(value: str) -> str:
    try:
        return ollama_address(value)
    except ValueError:
        return value
