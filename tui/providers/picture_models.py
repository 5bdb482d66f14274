"""Models that make pictures and say nothing, by the vendors' own names: asked where a list does not tell."""

from __future__ import annotations

import re

from tui.chat.model import ModelInfo

_BEGIN = r"(?i)(?:^|[/_:-])"
_ONLY = re.compile(
    _BEGIN
    + r"(?:(?:chat)?gpt-image|dall-?e\b|grok(?:-[\w.]+)*-image|flux\b|flux[._-]?\d|imagen\b|stable-?diffusion"
    r"|sd-?xl|sd-?(?:turbo|v?[123][._-]?\d?)\b|see?dream|ideogram|recraft|cogview|kandinsky|pixart|hidream|kolors"
    r"|riverflow|dreamshaper|playground-v\d|(?:qwen|glm|hunyuan|z|mai|muse|longcat|p)-image)"
)
_ABOUT_THEM = re.compile(r"(?i)prompt|caption|[/_:-](?:chat|llm)\b")
"""What the names of models say that write about pictures."""
_NEW_ONLY = re.compile(_BEGIN + r"(?:dall-?e-?3|grok-2-image)")


def makes_only_pictures(name: str) -> bool:
    """Whether a model of this name makes pictures and no words, as far as vendors' names tell."""
    return bool(_ONLY.search(name)) and not _ABOUT_THEM.search(name)


def changes_none(name: str) -> bool:
    """Whether it makes them from words alone, and takes none to be changed."""
    return bool(_NEW_ONLY.search(name))


def as_painter(model: ModelInfo) -> ModelInfo:
    """A model of a list as one that makes nothing but pictures, for each of which its prices are."""
    return ModelInfo(model.id, vision=False if changes_none(model.id) else model.vision, pictures="only")
