"""What a message is made of: an ordered list of parts, a closed union.

Read this file first: everything that a model says and a person sends is one of these, in the order in which
it came. A new kind of content is added here, in one place: its class, its line in ``Part``, and its case in
``to_json`` and ``from_json``; then mypy names every consumer that does not handle it yet (each ends its
``match`` with ``assert_never``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar, assert_never

from tui.chat.attachment import MEDIA_TYPES, Attachment, Kind
from tui.text import one_line

_BETWEEN = "\n\n"
"""What parts two texts of a message where they are read as one."""
_LARGEST = 10**15
"""No count of bytes or seconds is larger; what is, is no count."""


@dataclass(frozen=True, slots=True)
class Native:
    """A part in its vendor's own form, which goes back verbatim to the model that it came from.

    Signatures, encrypted reasoning and ids of calls are in it. It means nothing to any other model.
    """

    format: str
    """The wire format, as ``anthropic``."""
    provider: str
    model: str
    blob: Any
    """Any JSON."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is said: Markdown of a model, or what a person typed."""

    text: str
    native: Native | None = None


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A stretch of the model's thinking, kept apart from the answer. Its signature is in ``native``."""

    text: str
    seconds: float | None = None
    """How long it took."""
    native: Native | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A picture by its address, shown as a link and never fetched by itself."""

    url: str
    alt: str = ""
    native: Native | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file whose content the history keeps: an image, a PDF, a text."""

    attachment: Attachment
    native: Native | None = None


class CallState(StrEnum):
    """What became of a tool call."""

    ASKED = "asked"
    """The model asked for it; nothing was done."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DENIED = "denied"
    """The person, or a rule, did not allow it."""
    STOPPED = "stopped"
    """It was begun, and ended before its result."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model asks for a tool."""

    id: str
    """Ours; no other call of the conversation has it."""
    server: str
    """Who has the tool; empty for one of our own."""
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """A JSON object."""
    raw: str = ""
    """What was sent in place of an object, where it was none."""
    state: CallState = CallState.ASKED
    native: Native | None = None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back."""

    call: str
    """The id of the call."""
    text: str
    is_error: bool = False
    files: tuple[Attachment, ...] = ()
    native: Native | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One page that the reply rests on."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """Pages that the reply rests on, in the order of their numbers."""

    items: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should know: a parameter was dropped, a part of the stream was unreadable."""

    text: str


Part = Text | Reasoning | Image | File | ToolCall | ToolResult | Sources | Notice
_Kept = TypeVar("_Kept", Text, Reasoning, Image, File, ToolCall, ToolResult, Sources, Notice)


# -- what is read of a list of parts
def of_kind(parts: Iterable[Part], kind: type[_Kept]) -> list[_Kept]:
    """The parts of one kind, in their order."""
    return [part for part in parts if isinstance(part, kind)]


def text_of(parts: Iterable[Part]) -> str:
    """All that is said, as one text."""
    return _BETWEEN.join(part.text for part in of_kind(parts, Text))


def reasoning_of(parts: Iterable[Part]) -> str:
    """All that was thought, as one text."""
    return _BETWEEN.join(part.text for part in of_kind(parts, Reasoning))


def sources_of(parts: Iterable[Part]) -> tuple[Source, ...]:
    """Every page that is cited, by its number."""
    return tuple(source for part in of_kind(parts, Sources) for source in part.items)


def attachments_of(parts: Iterable[Part]) -> tuple[Attachment, ...]:
    """Every file that stands among the parts by itself; those of tool results are the results'."""
    return tuple(part.attachment for part in of_kind(parts, File))


def with_attachments(parts: Iterable[Part], files: Mapping[str, Attachment]) -> tuple[Part, ...]:
    """The same parts with other attachments.

    Args:
        parts: What names the files.
        files: By ``sha256``, what stands in their places.
    """

    def other(file: Attachment) -> Attachment:
        return files.get(file.sha256, file)

    def changed(part: Part) -> Part:
        match part:
            case File():
                return replace(part, attachment=other(part.attachment))
            case ToolResult():
                return replace(part, files=tuple(map(other, part.files)))
            case _:
                return part

    return tuple(map(changed, parts))


def prompt_parts(text: str, attachments: Sequence[Attachment] = ()) -> tuple[Part, ...]:
    """What a person sends: the files first, since what is asked stands after what it is asked about."""
    said = (Text(text),) if text else ()
    return (*map(File, attachments), *said)


# -- what a provider yields, put together
class Gathered:
    """Pieces of a reply, joined into parts as they come.

    Texts that follow each other are one part, as are pieces of thinking. Sources and notices are remarks
    beside the text: they end no sentence. A piece with a vendor's own form ends its part.
    """

    def __init__(self, parts: Iterable[Part] = ()) -> None:
        """Go on from these parts."""
        self._parts: list[Part] = []
        self._open: Text | Reasoning | None = None
        """What grows; it stands at ``_place``, without the ``_pieces`` that are not joined into it yet."""
        self._place = 0
        self._pieces: list[str] = []
        for part in parts:
            self.add(part)

    @property
    def parts(self) -> tuple[Part, ...]:
        """All that came so far."""
        self._join()
        return tuple(self._parts)

    @property
    def thinking(self) -> bool:
        """Whether the next piece of reasoning goes on with a thought."""
        return isinstance(self._open, Reasoning)

    def add(self, piece: str | Part) -> None:
        """Take a piece: text as ``str``, everything else as a part."""
        match piece:
            case str():
                self._say(Text(piece))
            case Text() | Reasoning():
                self._say(piece)
            case Sources(items):
                self._cite(items)
            case Notice():
                self._parts.append(piece)
            case Image() | File() | ToolCall() | ToolResult():
                self._close()
                self._parts.append(piece)
            case _:
                assert_never(piece)

    def thought_for(self, seconds: float) -> None:
        """The thought that grows took so long."""
        if isinstance(self._open, Reasoning):
            self._put(replace(self._open, seconds=seconds))

    def _say(self, piece: Text | Reasoning) -> None:
        if not piece.text and piece.native is None:
            return
        if type(self._open) is not type(piece):
            self._close()
            self._place = len(self._parts)
            self._parts.append(piece)
            self._put(replace(piece, text="", native=None))
        self._pieces.append(piece.text)
        if isinstance(piece, Reasoning) and piece.seconds is not None:
            self.thought_for(piece.seconds)
        if piece.native is not None and self._open is not None:
            self._put(replace(self._open, native=piece.native))
            self._close()

    def _cite(self, items: tuple[Source, ...]) -> None:
        """One list of sources for the whole message: the numbers in the text count through."""
        for place, part in enumerate(self._parts):
            if isinstance(part, Sources):
                self._parts[place] = Sources(tuple(dict.fromkeys((*part.items, *items))))
                return
        self._parts.append(Sources(tuple(dict.fromkeys(items))))

    def _join(self) -> None:
        if self._open is not None and self._pieces:
            self._put(replace(self._open, text="".join((self._open.text, *self._pieces))))
            self._pieces = []

    def _put(self, part: Text | Reasoning) -> None:
        self._open = self._parts[self._place] = part

    def _close(self) -> None:
        self._join()
        self._open = None


# -- as JSON: in the history, in exports, on the command line
def to_json(part: Part) -> dict[str, Any]:
    """A part as scripts read it, with all that ``from_json`` needs; contents of files are elsewhere."""
    match part:
        case Text(text, native):
            return {"type": "text", "text": text, **_native_json(native)}
        case Reasoning(text, seconds, native):
            return {"type": "reasoning", "text": text, "seconds": seconds, **_native_json(native)}
        case Image(url, alt, native):
            return {"type": "image", "url": url, "alt": alt, **_native_json(native)}
        case File(file, native):
            kind = "image" if file.kind is Kind.IMAGE else "file"
            return {"type": kind, **_file_json(file), **_native_json(native)}
        case ToolCall():
            return {
                "type": "tool_call",
                "id": part.id,
                "server": part.server,
                "name": part.name,
                "arguments": dict(part.arguments),
                "raw": part.raw,
                "state": part.state.value,
                **_native_json(part.native),
            }
        case ToolResult():
            return {
                "type": "tool_result",
                "id": part.call,
                "is_error": part.is_error,
                "text": part.text,
                "files": list(map(_file_json, part.files)),
                **_native_json(part.native),
            }
        case Sources(items):
            return {"type": "sources", "sources": [asdict(source) for source in items]}
        case Notice(text):
            return {"type": "notice", "text": text}
        case _:
            assert_never(part)


def from_json(value: Any) -> Part | None:
    """The part that a JSON value is; None where it is none. What is odd in a part is left out of it."""
    if not isinstance(value, Mapping):
        return None
    it = _Fields(value)
    match value.get("type"):
        case "text":
            return Text(it.text("text"), it.native())
        case "reasoning":
            return Reasoning(it.text("text"), it.number("seconds"), it.native())
        case "image" if "url" in value:
            return Image(it.text("url"), it.text("alt"), it.native())
        case "image" | "file":
            file = it.file()
            return File(file, it.native()) if file else None
        case "tool_call":
            return ToolCall(
                it.text("id"),
                it.text("server"),
                it.text("name"),
                it.mapping("arguments"),
                it.text("raw"),
                it.state(),
                it.native(),
            )
        case "tool_result":
            files = tuple(filter(None, (inner.file() for inner in it.inner("files"))))
            return ToolResult(
                it.text("id"), it.text("text"), value.get("is_error") is True, files, it.native()
            )
        case "sources":
            return Sources(tuple(Source(one.text("url"), one.text("title")) for one in it.inner("sources")))
        case "notice":
            return Notice(it.text("text"))
        case _:
            return None


def _native_json(native: Native | None) -> dict[str, Any]:
    return {} if native is None else {"native": asdict(native)}


def _file_json(file: Attachment) -> dict[str, Any]:
    return {
        "name": file.name,
        "mime": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "tokens": file.tokens,
    }


class _Fields:
    """The fields of an object; each is what it should be, or nothing."""

    def __init__(self, value: Mapping[str, Any]) -> None:
        self._value = value

    def text(self, name: str) -> str:
        found = self._value.get(name)
        return found if isinstance(found, str) else ""

    def number(self, name: str) -> float | None:
        found = self._value.get(name)
        known = isinstance(found, int | float) and not isinstance(found, bool) and abs(found) < _LARGEST
        return found if known else None

    def whole(self, name: str) -> int:
        found = self.number(name)
        return int(found) if found is not None else 0

    def mapping(self, name: str) -> Mapping[str, Any]:
        found = self._value.get(name)
        return found if isinstance(found, Mapping) else {}

    def inner(self, name: str) -> list[_Fields]:
        found = self._value.get(name)
        return [_Fields(one) for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []

    def state(self) -> CallState:
        known = {state.value: state for state in CallState}
        return known.get(self.text("state"), CallState.STOPPED)

    def native(self) -> Native | None:
        it = _Fields(self.mapping("native"))
        names = it.text("format"), it.text("provider"), it.text("model")
        return Native(*names, self.mapping("native").get("blob")) if names[0] else None

    def file(self) -> Attachment | None:
        if self.text("mime") not in MEDIA_TYPES:
            return None
        return Attachment(
            one_line(self.text("name")) or "file",
            self.text("mime"),
            self.whole("size"),
            self.text("sha256"),
            self.whole("tokens"),
        )
