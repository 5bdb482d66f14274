"""What a message is made of: an ordered list of parts, a closed union.

Read this file first: everything that a model says and a person sends is one of these, in the order in which
it came. A new kind of content is added here, in one place: its class, its line in ``Part``, and its case in
``to_json`` and ``from_json``; then mypy names every consumer that does not handle it yet (each ends its
``match`` with ``assert_never``).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import takewhile
from typing import Any, TypeGuard, TypeVar, assert_never

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from tui.chat.attachment import ENDINGS, MEDIA_TYPES, Attachment, Kind, attachment_of, media_type_of
from tui.checked import Fields
from tui.errors import UsageError
from tui.text import one_line

_BEGINNING = 60
"""Characters that are shown of what is no text."""
_DATA = re.compile(r"data:image/[\w.+-]+(;[\w=.+-]+)*;base64", re.IGNORECASE)
_LONGEST_ALT = 60
BETWEEN = "\n\n"
"""What stands between two texts of a message where they are read as one."""


class Native(Struct, frozen=True):
    """A part in its vendor's own form, which goes back verbatim to the model that it came from.

    Signatures, encrypted reasoning and ids of calls are in it. It means nothing to any other model.
    """

    format: str
    """The wire format, as ``anthropic``."""
    provider: str
    model: str
    blob: Any
    """Any JSON."""


class Text(Struct, frozen=True):
    """What is said: Markdown of a model, or what a person typed."""

    text: str
    native: Native | None = None


class Reasoning(Struct, frozen=True):
    """A stretch of the model's thinking, kept apart from the answer. Its signature is in ``native``."""

    text: str
    seconds: float | None = None
    """How long it took."""
    native: Native | None = None


class Image(Struct, frozen=True):
    """A picture by its address, shown as a link and never fetched by itself."""

    url: str
    alt: str = ""
    native: Native | None = None


class File(Struct, frozen=True):
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
    """The reply or the program ended before it did."""


class ToolCall(Struct, frozen=True):
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


class ToolResult(Struct, frozen=True):
    """What a tool gave back."""

    call: str
    """The id of the call."""
    text: str
    is_error: bool = False
    files: tuple[Attachment, ...] = ()
    native: Native | None = None
    seconds: float | None = None
    """How long the call took."""
    whole: int = 0
    """The bytes of its text, where not all of it is kept."""


class Source(Struct, frozen=True):
    """One page that the reply rests on."""

    url: str
    title: str = ""


class Sources(Struct, frozen=True):
    """Pages that the reply rests on, in the order of their numbers."""

    items: tuple[Source, ...]


class Notice(Struct, frozen=True):
    """Something the person should know: a parameter was dropped, a part of the stream was unreadable."""

    text: str


Part = Text | Reasoning | Image | File | ToolCall | ToolResult | Sources | Notice
_Kept = TypeVar("_Kept", bound=Part)


# -- what is read of a list of parts
def of_kind(parts: Iterable[Part], kind: type[_Kept]) -> list[_Kept]:
    """The parts of one kind, in their order."""
    return [part for part in parts if isinstance(part, kind)]


def rounds_of(parts: Iterable[Part]) -> int:
    """How often a model used tools: calls that came together count once."""
    count, calling = 0, False
    for part in parts:
        if isinstance(part, ToolCall):
            count, calling = count + (not calling), True
        elif isinstance(part, ToolResult):
            calling = False
    return count


def text_of(parts: Iterable[Part]) -> str:
    """All that is said, as one text."""
    said: list[str] = []
    parted = False
    for part in parts:
        if isinstance(part, Text) and part.text:
            said += [BETWEEN, part.text] if said and parted else [part.text]
            parted = False
        parted = parted or parts_texts(part)
    return "".join(said)


def parts_texts(part: Part) -> bool:
    """Whether the texts before and after this one are two. A picture may stand in the midst of a sentence."""
    match part:
        case Reasoning() | File() | ToolCall() | ToolResult():
            return True
        case Text() | Image() | Sources() | Notice():
            return False
        case _:
            assert_never(part)


def is_words(part: Part) -> TypeGuard[Text | Reasoning]:
    """Whether a part is nothing but words of the model, said or thought."""
    match part:
        case Text() | Reasoning():
            return True
        case Image() | File() | ToolCall() | ToolResult() | Sources() | Notice():
            return False
        case _:
            assert_never(part)


def reasoning_of(parts: Iterable[Part]) -> str:
    """All that was thought, as one text."""
    return BETWEEN.join(part.text for part in of_kind(parts, Reasoning) if part.text)


def ran_by_vendor(parts: Iterable[Part]) -> bool:
    """Whether a vendor ran something by itself, a search or a picture, for which it asks apart."""

    def native(part: Part) -> Native | None:
        match part:
            case ToolCall() | Image() | File():
                return part.native
            case Text() | Reasoning() | ToolResult() | Sources() | Notice():
                return None
            case _:
                assert_never(part)

    blobs = (known.blob for part in parts if (known := native(part)) is not None)
    return any(isinstance(blob, Mapping) and "ran" in blob for blob in blobs)


def sources_of(parts: Iterable[Part]) -> tuple[Source, ...]:
    """Every page that is cited, by its number."""
    return tuple(source for part in of_kind(parts, Sources) for source in part.items)


def attachments_of(parts: Iterable[Part]) -> tuple[Attachment, ...]:
    """Every file that stands among the parts by itself; those of tool results are the results'."""
    return tuple(part.attachment for part in of_kind(parts, File))


def files_of(parts: Iterable[Part]) -> tuple[Attachment, ...]:
    """Every file that the parts name, also those of tool results, each once."""

    def named() -> Iterator[Attachment]:
        for part in parts:
            match part:
                case File():
                    yield part.attachment
                case ToolResult():
                    yield from part.files
                case Text() | Reasoning() | Image() | ToolCall() | Sources() | Notice():
                    pass
                case _:
                    assert_never(part)

    return tuple(dict.fromkeys(named()))


def picture_of(part: Part) -> Attachment | None:
    """The picture that a part is, if its content is kept or stands in its address."""
    match part:
        case File(file):
            return file if file.kind is Kind.IMAGE else None
        case Image(url, alt):
            return _written_out(url, alt)
        case Text() | Reasoning() | ToolCall() | ToolResult() | Sources() | Notice():
            return None
        case _:
            assert_never(part)


def pictures_of(parts: Iterable[Part]) -> tuple[Attachment, ...]:
    """Every picture that stands among the parts by itself, each once."""
    return tuple(dict.fromkeys(filter(None, map(picture_of, parts))))


def address_line(url: str) -> str:
    """The address of a picture on one line; of one that is written out in it, only how it begins."""
    if is_written_out(url) and len(url) > _BEGINNING:
        return f"{one_line(url[:_BEGINNING])}…"
    return one_line(url)


def is_written_out(url: str) -> bool:
    """Whether an address is no place, but what would be there."""
    return url[:5].lower() == "data:"


def file_in(image: Image) -> Attachment | None:
    """The file that a ``data:`` address holds; None where it holds no picture that is kept."""
    head, comma, content = image.url.partition(",")
    if not comma or not _DATA.fullmatch(head):
        return None
    try:
        data = base64.b64decode("".join(content.split()), validate=True)
        name = one_line(image.alt, _LONGEST_ALT) or "picture"
        file = attachment_of(f"{name}{ENDINGS.get(media_type_of(data) or '', '')}", data)
    except (ValueError, UsageError):
        return None
    return file if file.kind is Kind.IMAGE else None


@lru_cache(maxsize=8)
def _written_out(url: str, alt: str) -> Attachment | None:
    """The same for pictures that are drawn, again and again."""
    return file_in(Image(url, alt))


def with_files(parts: Iterable[Part], other: Callable[[Attachment], Attachment]) -> tuple[Part, ...]:
    """The same parts, with what ``other`` makes of each file in its place."""

    def changed(part: Part) -> Part:
        match part:
            case File():
                return replace(part, attachment=other(part.attachment))
            case ToolResult():
                return replace(part, files=tuple(map(other, part.files)))
            case Text() | Reasoning() | Image() | ToolCall() | Sources() | Notice():
                return part
            case _:
                assert_never(part)

    return tuple(map(changed, parts))


def without_content(file: Attachment) -> Attachment:
    """The file as the history names it."""
    return replace(file, data=None)


def is_remark(part: Part) -> bool:
    """Whether a part stands beside what is said and done: it ends no sentence, wherever it came."""
    match part:
        case Sources() | Notice():
            return True
        case Text() | Reasoning() | Image() | File() | ToolCall() | ToolResult():
            return False
        case _:
            assert_never(part)


def plain_parts(text: str, reasoning: str = "", seconds: float | None = None) -> tuple[Part, ...]:
    """What most replies are: one thought, then one text."""
    thought = (Reasoning(reasoning, seconds),) if reasoning else ()
    return (*thought, Text(text)) if text else thought


def joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same parts, where texts that follow each other are one text, and thoughts one thought."""
    found: list[Part] = []
    last = -1
    """The place of the newest part that is no remark."""
    for part in parts:
        before = found[last] if last >= 0 else None
        if isinstance(before, Text) and isinstance(part, Text) and before.native is None:
            found[last] = replace(part, text=_between(before.text, part.text))
        elif isinstance(before, Reasoning) and isinstance(part, Reasoning) and before.native is None:
            known = [one.seconds for one in (before, part) if one.seconds is not None]
            took = sum(known) if known else None
            found[last] = replace(part, text=_between(before.text, part.text), seconds=took)
        else:
            found.append(part)
            last = last if is_remark(part) else len(found) - 1
    return tuple(found)


def _between(before: str, after: str) -> str:
    return BETWEEN.join(filter(None, (before, after)))


def as_thought(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same parts, where all that was said was thought."""
    return joined(
        Reasoning(part.text, native=part.native) if isinstance(part, Text) else part for part in parts
    )


def tool_name(call: ToolCall, between: str = " ") -> str:
    """What a called tool is named, with whose it is."""
    return one_line(between.join(filter(None, (call.server, call.name))))


def arguments_line(call: ToolCall) -> str:
    """What a tool was called with, in one line of JSON, or as it was sent."""
    return one_line(call.raw or json.dumps(dict(call.arguments), ensure_ascii=False, default=str))


def calls_ended(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same parts, where no call is on its way any more: a reply that was cut has ended.

    Each such call gets a result that says what is known of it. None is ever carried out again.
    """
    listed = tuple(parts)
    answered = {part.call for part in of_kind(listed, ToolResult)}
    found: list[Part] = []
    told: list[Part] = []
    for part in listed:
        if not _is_of_calls(part):
            found += told
            told = []
        if isinstance(part, ToolCall) and part.state in _ON_ITS_WAY and part.id not in answered:
            told.append(ToolResult(part.id, _ON_ITS_WAY[part.state], is_error=True))
            part = replace(part, state=CallState.STOPPED)
        found.append(part)
    return (*found, *told)


def _is_of_calls(part: Part) -> bool:
    """Whether a part stands in a row of calls and their results, and parts none from the others."""
    match part:
        case ToolCall() | ToolResult() | Notice() | Sources():
            return True
        case Text() | Reasoning() | Image() | File():
            return False
        case _:
            assert_never(part)


_ON_ITS_WAY = {
    CallState.ASKED: "Stopped before it began: it was not carried out.",
    CallState.RUNNING: "Stopped before it ended: it may or may not have been carried out.",
}


def going_on(begin: Sequence[Part], came: Sequence[Part]) -> tuple[Part, ...]:
    """A reply that goes on from ``begin``; what it thought first stands before the text that goes on."""
    if not begin:
        return tuple(came)
    first = len(list(takewhile(lambda part: isinstance(part, Reasoning) or is_remark(part), came)))
    last = len(begin) - 1 if isinstance(begin[-1], Text) else len(begin)
    return Gathered((*begin[:last], *came[:first], *begin[last:], *came[first:])).parts


def body(parts: Sequence[Part]) -> tuple[Part, ...]:
    """What is said and done, in its order: all parts but those ``below``."""
    return tuple(part for part in parts[: _end_of_body(parts)] if not is_remark(part))


def below(parts: Sequence[Part]) -> tuple[Part, ...]:
    """What stands below a reply: pictures that come after all else, pages by their numbers, then the rest."""
    end = _end_of_body(parts)
    kept = [part for place, part in enumerate(parts) if place >= end or is_remark(part)]
    images, pages = list(filter(_is_link, kept)), sources_of(kept)
    rest = [part for part in kept if part not in images and not isinstance(part, Sources)]
    return (*images, *((Sources(pages),) if pages else ()), *rest)


def _end_of_body(parts: Sequence[Part]) -> int:
    """The place after the last part that is neither a picture nor a remark."""
    counted = (place for place, part in enumerate(parts, 1) if not (_is_link(part) or is_remark(part)))
    return max(counted, default=0)


def _is_link(part: Part) -> bool:
    """Whether a part is a picture that is somewhere else."""
    return isinstance(part, Image) and picture_of(part) is None


def interleaved(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The body, where its order must be seen; nothing where a reply is one thought and then one text."""
    kept = body(parts)
    rest = kept[1:] if kept and isinstance(kept[0], Reasoning) else kept
    return () if all(isinstance(part, Text) for part in rest) else kept


def prompt_parts(text: str, attachments: Sequence[Attachment] = ()) -> tuple[Part, ...]:
    """What a person sends: what is typed, then the files that go along."""
    return (*plain_parts(text), *map(File, attachments))


# -- what a provider yields, put together
class Gathered:
    """Pieces of a reply, joined into parts as they come.

    Texts that follow each other are one part, as are pieces of thinking. Sources and notices are remarks
    beside the text: they end no sentence. A piece with a vendor's own form ends its part. A tool call that
    comes again in another state takes its own place.
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
    def last(self) -> Part | None:
        """What goes on with the next piece of its kind; its newest pieces may not be joined into it yet."""
        return self._open

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
            case ToolCall():
                self._call(piece)
            case Image() | File() | ToolResult():
                self._close()
                self._parts.append(piece)
            case _:
                assert_never(piece)

    def let_go(self) -> None:
        """Keep the names of files alone: the history has what they contain."""
        self._parts[:] = with_files(self._parts, without_content)

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

    def _call(self, call: ToolCall) -> None:
        """A call that is here already has another state from now on."""
        for place, part in enumerate(self._parts):
            if isinstance(part, ToolCall) and _is_in_another_state(part, call):
                self._parts[place] = call
                return
        self._close()
        self._parts.append(call)

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


def _is_in_another_state(call: ToolCall, now: ToolCall) -> bool:
    same = (call.id, call.server, call.name) == (now.id, now.server, now.name)
    return bool(call.id) and same and call.state is not now.state


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
                **({} if part.seconds is None else {"seconds": part.seconds}),
                **({"whole": part.whole} if part.whole else {}),
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
    it = Fields(value if isinstance(value, Mapping) else None)
    match it.text("type"):
        case "text":
            return Text(it.words("text"), _native_of(it))
        case "reasoning":
            return Reasoning(it.words("text"), it.amount("seconds"), _native_of(it))
        case "image" if "url" in it:
            return Image(it.text("url"), it.text("alt"), _native_of(it))
        case "image" | "file":
            file = _file_of(it)
            return File(file, _native_of(it)) if file else None
        case "tool_call":
            return ToolCall(
                it.text("id"),
                it.text("server"),
                it.text("name"),
                it.mapping("arguments"),
                it.text("raw"),
                _STATES.get(it.text("state"), CallState.STOPPED),
                _native_of(it),
            )
        case "tool_result":
            files = tuple(filter(None, map(_file_of, it.items("files"))))
            return ToolResult(
                it.text("id"),
                it.words("text"),
                it.flag("is_error"),
                files,
                _native_of(it),
                it.amount("seconds"),
                it.count("whole") or 0,
            )
        case "sources":
            return Sources(tuple(Source(one.text("url"), one.text("title")) for one in it.items("sources")))
        case "notice":
            return Notice(it.words("text"))
        case _:
            return None


_STATES = {state.value: state for state in CallState}


def _native_json(native: Native | None) -> dict[str, Any]:
    return {} if native is None else {"native": asdict(native)}


def _native_of(it: Fields) -> Native | None:
    native = it.optional("native")
    if native is None or not (form := native.text("format")):
        return None
    return Native(form, native.text("provider"), native.text("model"), native.raw("blob"))


def _file_json(file: Attachment) -> dict[str, Any]:
    return {
        "name": file.name,
        "mime": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "tokens": file.tokens,
    }


def _file_of(it: Fields) -> Attachment | None:
    if it.text("mime") not in MEDIA_TYPES:
        return None
    name = one_line(it.words("name")) or "file"
    return Attachment(
        name, it.text("mime"), it.count("size") or 0, it.text("sha256"), it.count("tokens") or 0
    )
