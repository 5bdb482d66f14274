"""Vendors that are only data, and how a row of data becomes a provider class."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from tui.config import WireFormat
from tui.providers.base import AsyncGeneratorProvider

_TABLE = Path(__file__).with_name("vendors.toml")


class Vendor(Struct, frozen=True):
    """One row of ``vendors.toml``; the fields are explained at its head."""

    name: str
    title: str
    type: WireFormat = "openai"
    url: str = ""
    keys: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    url_path: str = ""
    ca_files: tuple[str, ...] = ()
    header_variables: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    key_needed: bool = True
    free: bool = False
    default_model: str = ""
    models: tuple[str, ...] = ()
    note: str = ""
    not_working: str = ""
    quirks: Mapping[str, Any] = field(default_factory=dict)


@cache
def vendors() -> Mapping[str, Vendor]:
    """All built-in vendors by name, in the order of the picker."""
    rows = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return {name: Vendor(name=name, **{k: _frozen(v) for k, v in row.items()}) for name, row in rows.items()}


def make_class(
    base: type[AsyncGeneratorProvider], vendor: Vendor, headers: Mapping[str, str], *, given: bool = False
) -> type[AsyncGeneratorProvider]:
    """``base`` with a vendor's address, models and quirks: a subclass without code.

    Args:
        base: The wire format.
        vendor: The row of data.
        headers: Headers to add.
        given: Whether its address is one that the person gave.
    """
    attributes: dict[str, Any] = {
        "url": vendor.url,
        "url_given": given,
        "working": not vendor.not_working,
        **vendor.quirks,
    }
    optional = {"note": vendor.note, "default_model": vendor.default_model, "models": vendor.models}
    attributes |= {name: value for name, value in optional.items() if value}
    if headers:
        attributes["headers"] = {
            **getattr(base, "headers", {}),
            **vendor.quirks.get("headers", {}),
            **headers,
        }
    return type(_class_name(vendor.name), (base,), {**attributes, "__module__": __name__})


def _class_name(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.replace("_", "-").split("-"))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
