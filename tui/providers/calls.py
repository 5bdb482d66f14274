"""Tool calls: gathered from the pieces of a stream, and what of them goes back.

A call is never whole because its arguments happen to parse: it is when the stream has ended.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from tui.chat.chunks import CallState, FinishReason, Native, Notice, Progress, ToolCall, Work
from tui.providers.base import Declaration
from tui.providers.decode import parse
from tui.text import normalise, one_line

_NO_ID = frozenset({"", "null", "None"})
_NOTHING = frozenset({"", "null", "None"})
_CUT = frozenset({FinishReason.LENGTH, FinishReason.FILTER})
_STEP = 1000
"""Characters of arguments after which it is told that the reply goes on."""
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_SIZE = 9
"""What Mistral wants, exactly; it is enough for everyone."""
_DEEPEST = 100


class _Open(Struct):
    """A call that grows."""

    id: str = ""
    index: int | None = None
    name: str = ""
    pieces: list[str] = field(default_factory=list)
    given: Mapping[str, Any] | None = None
    """Its arguments, where they came as an object."""
    native: dict[str, Any] = field(default_factory=dict)
    told: int = 0
    size: int = 0

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def complete(self) -> bool:
        """Whether its arguments are an object as they are."""
        return self.given is not None or arguments_of(self.text) is not None

    def add(self, arguments: Any) -> None:
        if isinstance(arguments, Mapping):
            self.given = arguments
            self.pieces.clear()
        elif isinstance(arguments, str) and arguments:
            self.given = None
            self.pieces.append(arguments)
            self.size += len(arguments)


class Calls:
    """The calls of one reply, from whatever pieces they come in."""

    def __init__(self) -> None:
        self._calls: list[_Open] = []

    def __bool__(self) -> bool:
        return any(call.name or call.pieces or call.given for call in self._calls)

    def piece(
        self,
        call_id: str = "",
        index: int | None = None,
        name: str = "",
        arguments: Any = None,
        **native: Any,
    ) -> Iterator[Progress]:
        """Take a piece of a call; gives a sign of life now and then.

        Args:
            call_id: The vendor's id, where the piece has it.
            index: Which call of the reply it belongs to, where the piece says it.
            name: The tool.
            arguments: A piece of their text, which is appended, or an object, which stands for all so far.
            **native: What else must go back with the call.
        """
        call = self._meant("" if call_id in _NO_ID else call_id, index, name, bool(arguments))
        call.name = call.name or name
        call.add(arguments)
        call.native |= {key: value for key, value in native.items() if value is not None}
        yield from self._life(call)

    def whole(
        self,
        call_id: str = "",
        index: int | None = None,
        name: str = "",
        arguments: Any = None,
        **native: Any,
    ) -> Iterator[Progress]:
        """Take a call that comes as a whole, perhaps once more: what it says stands."""
        call = self._meant("" if call_id in _NO_ID else call_id, index)
        call.name = name or call.name
        if isinstance(arguments, Mapping) or (isinstance(arguments, str) and arguments):
            call.pieces.clear()
            call.add(arguments)
        call.native |= {key: value for key, value in native.items() if value is not None}
        yield from self._life(call)

    def beside(self, **native: Any) -> None:
        """What must go back with the calls as a whole: the first one keeps it."""
        if self._calls:
            self._calls[0].native |= native

    def finished(self, form: str, model: str, reason: FinishReason | None) -> Iterator[ToolCall | Notice]:
        """The calls, once the stream has ended.

        Args:
            form: The wire format.
            model: The vendor's name of the model.
            reason: Why it ended; without one it broke off, and no call of it is whole.
        """
        if reason is None:
            return
        for call in self._calls:
            if not call.name and not call.pieces and not call.given:
                continue
            native = Native(form, "", model, {"id": call.id, **call.native})
            arguments, raw = _read(call)
            if reason in _CUT and (raw or not call.complete):
                yield ToolCall("", "", call.name, arguments, raw, CallState.STOPPED, native)
                yield Notice(f"The call of {one_line(call.name, 60)} was cut, and is not carried out")
            else:
                yield ToolCall("", "", call.name, arguments, raw, native=native)

    def _meant(self, call_id: str, index: int | None, name: str = "", says: bool = False) -> _Open:
        found = self._found(call_id, index, name)
        if found is None or (not call_id and self._begins_another(found, index, name, says)):
            found = _Open(index=index)
            self._calls.append(found)
        found.id = found.id or call_id
        found.index = index if found.index is None else found.index
        return found

    def _found(self, call_id: str, index: int | None, name: str) -> _Open | None:
        newest = self._calls[::-1]
        if known := [call for call in newest if call_id and call.id == call_id]:
            return known[0]
        if index is None:
            there = next(iter(newest), None)
        else:
            there = next((call for call in newest if call.index == index), None)
        if there is None or not call_id:
            return there
        # An id that is new: that of a call that has none yet, or of another one in the same place.
        return None if there.id or there.complete or (name and there.name) else there

    @staticmethod
    def _begins_another(call: _Open, index: int | None, name: str, says: bool) -> bool:
        """Whether a name that comes again, without an id, is that of the next call."""
        if not name or not call.name:
            return False
        if call.complete:
            return says or name != call.name
        return index is None and name != call.name and not call.pieces

    def _life(self, call: _Open) -> Iterator[Progress]:
        if not call.name:
            return
        if not call.told or call.size - call.told >= _STEP:
            call.told = max(call.size, 1)
            yield Progress(f"Writing the call of {one_line(call.name, 60)}", call.size, work=Work.WRITING)


def arguments_of(text: str) -> dict[str, Any] | None:
    """The object that arguments are, also where they were encoded twice; None where they are none."""
    for _ in range(2):
        if text.strip() in _NOTHING:
            return {} if text.strip() else None
        try:
            value = parse(text)
        except ValueError:
            return None
        if isinstance(value, dict):
            return _fit(value)
        if value is None:
            return {}
        if not isinstance(value, str):
            return None
        if not value.strip():
            return {}
        text = value
    return None


def functions(tools: Iterable[Declaration], without: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Tools as OpenAI's chat completions declare them, and Ollama.

    Args:
        tools: What is declared.
        without: Keywords of JSON Schema that the server refuses.
    """
    names = tuple(without)
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": pruned(dict(tool.schema), names),
            },
        }
        for tool in tools
    ]


def call_id(ours: str) -> str:
    """Nine letters and digits that stand for our id of a call."""
    number = int.from_bytes(
        hashlib.blake2b(ours.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big"
    )
    signs = ""
    for _ in range(_ID_SIZE):
        number, place = divmod(number, len(_SIGNS))
        signs += _SIGNS[place]
    return signs


def sent_id(
    part: Mapping[str, Any], others: Mapping[str, str], form: re.Pattern[str] = re.compile(".+", re.DOTALL)
) -> str:
    """The id of a call in a request: its vendor's own, or one that stands for ours; no two are the same.

    Args:
        part: The call.
        others: The ids of the calls before it.
        form: What the vendor takes as an id.
    """
    theirs = str(own(part).get("id") or "")
    fits = form.fullmatch(theirs) and theirs not in others.values()
    return theirs if fits else f"call_{call_id(part['id'])}"


def own(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a vendor's own form of a part holds; nothing where the part has none.

    A history may come from elsewhere: what is not of its shape is left out.
    """
    native = part.get("native")
    blob = native.blob if native is not None and isinstance(native.blob, Mapping) else {}
    return {name: blob[name] for name, fits in _OWN.items() if name in blob and fits(blob[name])}


def _is_block(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("type"), str)


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_signature(value: Any) -> bool:
    return isinstance(value, str) and _SIGNATURE.fullmatch(value) is not None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_place(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_ID = re.compile(r"[ -~]{1,512}")
_SIGNATURE = re.compile(r"[A-Za-z0-9+/=_-]+")
_OWN: Mapping[str, Callable[[Any], bool]] = {
    "block": _is_block,
    "item": _is_block,
    "ran": _are_objects,
    "reasoning_details": _are_objects,
    "extra_content": lambda value: isinstance(value, Mapping),
    "id": _is_id,
    "after": _is_id,
    "signature": _is_signature,
    "text": _is_text,
    "place": _is_place,
}
"""All that formats keep in their own forms, and the shape of each."""


def as_it_came(parts: Sequence[Any]) -> list[Any]:
    """The parts of a reply in the order in which their vendor sent them: calls are told at its end.

    The place that a part's own form names counts; a part without one stands where the one before it does.
    """
    places: list[int] = []
    for part in parts:
        place = own(part).get("place", places[-1] if places else -1)
        places.append(place)
    return [part for _, part in sorted(zip(places, parts, strict=True), key=lambda pair: pair[0])]


def pruned(schema: Any, names: Iterable[str], depth: int = 0) -> Any:
    """A schema without these keywords; properties of such a name stay."""
    doomed = frozenset(names)
    if not doomed or depth > _DEEPEST:
        return schema
    if isinstance(schema, list):
        return [pruned(inner, doomed, depth + 1) for inner in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept: dict[str, Any] = {}
    for name, inner in schema.items():
        if name in doomed:
            continue
        if name in ("properties", "$defs", "definitions") and isinstance(inner, Mapping):
            kept[name] = {key: pruned(value, doomed, depth + 1) for key, value in inner.items()}
        elif name in ("enum", "const", "default", "examples", "required"):
            kept[name] = inner
        else:
            kept[name] = pruned(inner, doomed, depth + 1)
    return kept


def _read(call: _Open) -> tuple[dict[str, Any], str]:
    """The arguments of a call, and what was sent in their place where they are no object."""
    if call.given is not None:
        fit = _fit(dict(call.given))
        return ({}, repr(call.given)) if fit is None else (fit, "")
    text = call.text
    if not text.strip():
        return {}, ""
    arguments = arguments_of(text)
    return ({}, normalise(text)) if arguments is None else (arguments, "")


def _fit(value: dict[str, Any]) -> dict[str, Any] | None:
    """The object without half characters; None where it can't be sent again as JSON."""
    try:
        json.dumps(value, allow_nan=False)
        mended = _mended(value)
    except (ValueError, TypeError, RecursionError):
        return None
    return mended if isinstance(mended, dict) else None


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return normalise(value)
    if isinstance(value, dict):
        return {normalise(str(key)): _mended(inner) for key, inner in value.items()}
    return [_mended(inner) for inner in value] if isinstance(value, list) else value
