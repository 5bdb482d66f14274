"""Who answers: the contract, one wire format a file, and the lists that are data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.providers.formats import MODULES, class_called

if TYPE_CHECKING:
    from tui.providers.formats.ai365vip import AI365VIP
    from tui.providers.formats.anthropic import Anthropic
    from tui.providers.formats.gemini import Gemini
    from tui.providers.formats.ollama import Ollama
    from tui.providers.formats.openai_chat import OpenAIChat
    from tui.providers.formats.openai_responses import OpenAIResponses

__all__ = ["AI365VIP", "Anthropic", "Gemini", "Ollama", "OpenAIChat", "OpenAIResponses"]


def __getattr__(name: str) -> Any:
    """Import a provider when it is named: the package itself must not cost the start aiohttp's time."""
    if name not in MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return class_called(name)
