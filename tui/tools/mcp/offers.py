"""What a server has besides tools: resources that can be attached, and prompts that can be taken over."""

from __future__ import annotations

from dataclasses import dataclass

from tui.chat.attachment import Attachment


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that can be read; ``@server:uri`` in a prompt."""

    uri: str
    name: str
    description: str = ""
    media_type: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A family of resources: an address with variables in braces."""

    uri: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a prompt asks for."""

    name: str
    description: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that the server has written; ``/server:name``."""

    name: str
    title: str = ""
    description: str = ""
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A prompt with its arguments filled in, for the composer."""

    text: str
    files: tuple[Attachment, ...] = ()
