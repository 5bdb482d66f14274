"""One wire format a file. This table is the only place that names them all.

A format knows the rest of ``providers`` and no other format. Read ``ollama`` first: it has all of it.

Anyone's::

    openai_chat             OpenAI chat completions, which most servers speak
    openai_responses        OpenAI Responses
    openai_images           OpenAI Images: a prompt in, a picture out

A vendor's own::

    anthropic               Anthropic Messages
    gemini                  Google Gemini
    ollama                  Ollama
    ai365vip                AI365VIP: one prompt in, plain text out
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from inspect import getattr_static, unwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.config import WireFormat
    from tui.providers.base import AsyncGeneratorProvider

FORMATS: Mapping[WireFormat, tuple[str, str]] = {
    "openai": ("openai_chat", "OpenAIChat"),
    "openai-responses": ("openai_responses", "OpenAIResponses"),
    "openai-images": ("openai_images", "OpenAIImages"),
    "anthropic": ("anthropic", "Anthropic"),
    "gemini": ("gemini", "Gemini"),
    "ollama": ("ollama", "Ollama"),
    "ai365vip": ("ai365vip", "AI365VIP"),
}
"""Module and class of each, by its name in the config; imported when a provider of it is loaded."""
MODULES = {class_name: module for module, class_name in FORMATS.values()}
"""The module of each class."""


def wire_format(name: WireFormat) -> type[AsyncGeneratorProvider]:
    """The class of a wire format."""
    return class_called(FORMATS[name][1])


def class_called(class_name: str) -> type[AsyncGeneratorProvider]:
    """The wire format whose class has this name."""
    module = import_module(f"{__name__}.{MODULES[class_name]}")
    found: type[AsyncGeneratorProvider] = getattr(module, class_name)
    return found


def is_data(provider: type[AsyncGeneratorProvider], form: type[AsyncGeneratorProvider]) -> bool:
    """Whether a class asks as its wire format does, with data of its own alone.

    One that signs its requests, or makes them itself, is never asked by another wire format: that code would
    be left out.
    """
    return all(_code(provider, name) is _code(form, name) for name in _WAYS_TO_ASK)


def _code(provider: type[AsyncGeneratorProvider], name: str) -> Any:
    """A method as it was written, whatever stands before it."""
    return unwrap(getattr_static(provider, name))


_WAYS_TO_ASK = ("create_async_generator", "_request_headers")
_OF_SERVERS = ("url", "url_given", "headers", "auth_header", "models_endpoint")


def same_server(
    provider: type[AsyncGeneratorProvider], name: WireFormat, **differs: Any
) -> type[AsyncGeneratorProvider]:
    """The server of a provider, asked by another wire format.

    Args:
        provider: The provider.
        name: The other wire format.
        differs: What of that differs there, and what of ``provider`` holds for both.
    """
    other = wire_format(name)
    shared = {field: getattr(provider, field) for field in _OF_SERVERS if hasattr(provider, field)}
    return type(provider.__name__, (other,), {**shared, **differs})
