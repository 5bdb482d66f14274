"""What makes a provider before it is loaded: a vendor's row, the config and the environment together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Literal

from tui.config import Config, ProviderConfig
from tui.providers.address import filled, host_of, is_loopback, ollama_address, same_host
from tui.providers.base import AsyncGeneratorProvider
from tui.providers.vendors import Vendor, make_class, vendors
from tui.typed_toml import near

Kind = Literal["built-in", "config", "plugin", "drop-in", "local", "g4f"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider that can be loaded."""

    vendor: Vendor
    """What it is, with the changes of config and environment."""
    kind: Kind
    make: Callable[[], type[AsyncGeneratorProvider]]
    settings: ProviderConfig
    account: str
    """The name its key is kept under. A changed address has its own, so no key goes to another host."""
    chosen: bool = True
    """Whether the person named it; otherwise a server on this machine must answer before it is offered."""


def vendor_offers(config: Config) -> Iterator[Offer]:
    """The built-in vendors, then the endpoints that only the config names."""
    for name, vendor in vendors().items():
        yield _built_in(vendor, config.providers.get(name))
    for name, settings in config.providers.items():
        if name not in vendors() and name != "local":
            yield _from_config(name, settings)


def local_offer(config: Config) -> Offer:
    """The model that runs on this machine."""
    missing = find_spec("xllamacpp") is None
    vendor = Vendor(
        "local",
        "This machine",
        key_needed=False,
        not_working="the extra is not installed: pip install 'segue[local]'" if missing else "",
    )
    return Offer(vendor, "local", _make_local, config.provider("local"), "local")


def _make_local() -> type[AsyncGeneratorProvider]:
    from tui.providers.local.provider import LocalProvider
    from tui.providers.openai_chat import OpenAIChat

    return type("Local", (LocalProvider, OpenAIChat), {"__module__": __name__})


def _built_in(vendor: Vendor, settings: ProviderConfig | None) -> Offer:
    own = filled(vendor.url)
    chosen = settings is not None
    settings = settings or ProviderConfig()
    if settings.url:
        # The vendor's key variables hold keys for the vendor's host: the config must name another one.
        keys = vendor.keys if same_host(settings.url, own) else ()
        vendor = replace(vendor, url=settings.url.rstrip("/"), keys=keys, not_working="")
    elif url := _from_environment(vendor):
        chosen = True
        vendor = replace(vendor, url=url)
    else:
        vendor = replace(vendor, url=own)
    moved = bool(own) and not same_host(vendor.url, own)
    vendor = _changed(replace(vendor, key_needed=vendor.key_needed and not moved), settings)
    account = f"{vendor.name}@{host_of(vendor.url)}" if moved else vendor.name
    return Offer(
        vendor, "built-in", _maker(vendor, settings), settings, account, chosen or not is_loopback(own)
    )


def _from_config(name: str, settings: ProviderConfig) -> Offer:
    vendor = Vendor(
        name,
        settings.title or name,
        type=settings.type or "openai",
        url=(settings.url or "").rstrip("/"),
        key_needed=False,
        not_working="" if settings.url else f"[providers.{name}] has no url; {near(name, vendors())}",
    )
    vendor = _changed(vendor, settings)
    return Offer(vendor, "config", _maker(vendor, settings), settings, name)


def _changed(vendor: Vendor, settings: ProviderConfig) -> Vendor:
    return replace(
        vendor,
        title=settings.title or vendor.title,
        type=settings.type or vendor.type,
        quirks=vendor.quirks if settings.type in (None, vendor.type) else {},
        keys=(settings.key_env,) if settings.key_env else vendor.keys,
        key_needed=vendor.key_needed or bool(settings.key_env or settings.key_command or settings.key),
        models=settings.models or vendor.models,
        default_model=settings.default_model or next(iter(settings.models), vendor.default_model),
    )


def _maker(vendor: Vendor, settings: ProviderConfig) -> Callable[[], type[AsyncGeneratorProvider]]:
    return lambda: make_class(vendor, settings.headers)


def _from_environment(vendor: Vendor) -> str:
    for name in vendor.urls:
        if value := os.environ.get(name, "").strip():
            url = ollama_address(value) if vendor.type == "ollama" else value.rstrip("/")
            return url if url.endswith(vendor.url_path) else url + vendor.url_path
    return ""
