"""What a server gave back, as a conversation can hold it. Links are named and never fetched."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    GetPromptResult,
    ImageContent,
    ReadResourceResult,
    ResourceLink,
    TextContent,
    TextResourceContents,
)
from msgspec import Struct, field

from tui.chat.attachment import LARGEST, LARGEST_TOGETHER, Attachment, attachment_of, size_words
from tui.errors import SegueError
from tui.text import normalise, one_line
from tui.tools.mcp.failures import McpError
from tui.tools.mcp.offers import Written
from tui.tools.tool import Outcome

LARGEST_RESOURCE = 1_000_000
_MOST_FILES = 20


def outcome_of(result: CallToolResult) -> Outcome:
    """What a call gave: its texts, and as files what a model can look at."""
    gathered = _Gathered()
    for block in result.content:
        gathered.add(block)
    text = gathered.text
    if not result.content and result.structured_content is not None:
        text = json.dumps(result.structured_content, ensure_ascii=False)
    return Outcome(normalise(text), result.is_error, tuple(gathered.files))


def written(result: GetPromptResult) -> Written:
    """A prompt's text; of several messages, each after the other."""
    gathered = _Gathered()
    for message in result.messages:
        gathered.add(message.content)
    return Written(normalise(gathered.text), tuple(gathered.files))


def resource_files(uri: str, result: ReadResourceResult) -> tuple[Attachment, ...]:
    """What was read of a resource, as files.

    Raises:
        McpError: It is empty, larger than may be, or nothing that a model can read.
    """
    contents = [(_name(each.uri or uri), _bytes(each)) for each in result.contents]
    size = sum(len(data) for _, data in contents)
    if size > LARGEST_RESOURCE:
        raise McpError(
            f"{one_line(uri, 200)} has {size_words(size)}",
            f"At most {size_words(LARGEST_RESOURCE)} are taken.",
        )
    if not size:
        raise McpError(f"{one_line(uri, 200)} is empty")
    try:
        return tuple(attachment_of(name, data) for name, data in contents if data)
    except SegueError as error:
        raise McpError(error.message, error.hint) from None


class _Gathered(Struct):
    """Texts and files, in the order in which they came."""

    texts: list[str] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    def add(self, block: ContentBlock) -> None:
        match block:
            case TextContent():
                self.texts.append(block.text)
            case ImageContent():
                self._file("picture", f"picture {len(self.files) + 1}", block.data)
            case AudioContent():
                size = size_words(len(block.data) * 3 // 4)
                self.texts.append(f"[audio of {size} left out: no model here hears]")
            case ResourceLink():
                about = one_line(block.description or "", 200)
                self.texts.append(f"[link: {one_line(block.name, 100)} {block.uri}{about and f' ({about})'}]")
            case EmbeddedResource():
                self._resource(block.resource)

    def _resource(self, inner: TextResourceContents | BlobResourceContents) -> None:
        if isinstance(inner, TextResourceContents):
            self.texts.append(f"[{one_line(inner.uri, 200)}]\n{inner.text}")
        else:
            self._file("file", _name(inner.uri), inner.blob)

    def _file(self, kind: str, name: str, coded: str) -> None:
        try:
            if len(coded) * 3 // 4 > LARGEST:
                raise McpError(f"it has {size_words(len(coded) * 3 // 4)}")
            if len(self.files) >= _MOST_FILES:
                raise McpError(f"there are more than {_MOST_FILES}")
            file = attachment_of(name, _decoded(coded))
            if sum(each.size for each in (*self.files, file)) > LARGEST_TOGETHER:
                raise McpError(f"together they have more than {size_words(LARGEST_TOGETHER)}")
        except SegueError as error:
            self.texts.append(f"[{kind} left out: {error.message}]")
            return
        self.files.append(file)
        self.texts.append(f"[{file.name}]")


def _bytes(contents: TextResourceContents | BlobResourceContents) -> bytes:
    if isinstance(contents, TextResourceContents):
        return normalise(contents.text).encode()
    return _decoded(contents.blob)


def _decoded(coded: str) -> bytes:
    try:
        return b64decode("".join(coded.split()), validate=True)
    except (binascii.Error, ValueError):
        raise McpError("it is damaged") from None


def _name(uri: str) -> str:
    try:
        path = unquote(urlsplit(uri).path)
    except ValueError:
        path = ""
    return PurePosixPath(path).name or one_line(uri, 100)
