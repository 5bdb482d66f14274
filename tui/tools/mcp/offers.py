"""What a server has besides tools: resources that can be attached, and prompts that can be taken over."""

from __future__ import annotations

from msgspec import Struct

from tui.chat.attachment import Attachment


class Resource(Struct, frozen=True):
    """Something that can be read; ``@server:uri`` in a prompt."""

    uri: str
    name: str
    description: str = ""
    media_type: str = ""
    size: int | None = None


class Template(Struct, frozen=True):
    """A family of resources: an address with variables in braces."""

    uri: str
    name: str
    description: str = ""


class Argument(Struct, frozen=True):
    """What a prompt asks for."""

    name: str
    description: str = ""
    required: bool = False


class Prompt(Struct, frozen=True):
    """A prompt that the server has written; ``/server:name``."""

    name: str
    title: str = ""
    description: str = ""
    arguments: tuple[Argument, ...] = ()


class Written(Struct, frozen=True):
    """A prompt with its arguments filled in, for the composer."""

    text: str
    files: tuple[Attachment, ...] = ()
