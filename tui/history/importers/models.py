"""How other programs name a model, and how we do: ``PROVIDER/MODEL``."""

from __future__ import annotations

import re

_PROVIDERS = {
    "openai-chat": "openai",
    "openai-responses": "openai",
    "google": "gemini",
    "google-gla": "gemini",
    "google-cloud": "gemini",
    "google-vertex": "gemini",
    "vertex_ai": "gemini",
    "ollama_chat": "ollama",
    "together_ai": "together",
    "fireworks_ai": "fireworks",
}
_FAMILIES = (
    (re.compile(r"gpt-|chatgpt|o[1-9](-|$)|text-davinci"), "openai"),
    (re.compile(r"claude"), "anthropic"),
    (re.compile(r"gemini|gemma-"), "gemini"),
    (re.compile(r"(open-)?mi[sx]tral|codestral|ministral"), "mistral"),
    (re.compile(r"deepseek-(chat|reasoner)"), "deepseek"),
    (re.compile(r"grok"), "xai"),
    (re.compile(r"^(?:[^:\n]*+:)++[\w.-]+$"), "ollama"),
)


_NO_MODEL = frozenset({"auto", "default", "unknown"})
"""What programs write where they choose the model themselves: nobody can be asked by it."""


def model_id(name: str | None, provider: str | None = None) -> str | None:
    """Our name of a model; a provider that is not told is guessed from the name, or is ``unknown``."""
    if not name or name.lower() in _NO_MODEL:
        return None
    if provider:
        known = provider.lower().removeprefix("openai-compat/")
        return f"{_PROVIDERS.get(known, known)}/{name}"
    if "/" in name:
        prefix, _, rest = name.partition("/")
        return f"{_PROVIDERS.get(prefix.lower(), prefix.lower())}/{rest}"
    family = next((family for pattern, family in _FAMILIES if pattern.match(name.lower())), "unknown")
    return f"{family}/{name}"
