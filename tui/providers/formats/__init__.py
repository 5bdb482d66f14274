"""One wire format a file. This table is the only place that names them all.

A format knows the rest of ``providers`` and no other format. Read ``ollama`` first: it has all of it.

Anyone's::

    openai_chat             OpenAI chat completions, which most servers speak
    openai_responses        OpenAI Responses

A vendor's own::

    anthropic               Anthropic Messages
    gemini                  Google Gemini
    ollama                  Ollama
    ai365vip                AI365VIP: one prompt in, plain text out
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.config import WireFormat
    from tui.providers.base import AsyncGeneratorProvider

FORMATS: Mapping[WireFormat, tuple[str, str]] = {
    "openai": ("openai_chat", "OpenAIChat"),
    "openai-responses": ("openai_responses", "OpenAIResponses"),
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
