"""Mends what a server sends before the SDK reads it: one odd value would fail a whole list or call there.

Only what is used is kept, each field as it should be or not at all; a block of a kind that nobody knows
becomes a text that says so. Schemas of results are dropped: the SDK refuses a result that does not fit its
own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextvars import Context
from types import TracebackType
from typing import Any, Self

from mcp.client._transport import ReadStream
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCResponse

from tui.text import normalise, one_line

_LONE = re.compile(r"\\u[dD][89a-fA-F]")
_TEXT, _TABLE, _FLAG, _NUMBER = (str,), (dict,), (bool,), (int, float)

_NAMED = {"name": _TEXT, "title": _TEXT, "description": _TEXT}
_RESOURCE = _NAMED | {"uri": _TEXT, "mimeType": _TEXT}
_BLOCKS: Mapping[str, tuple[Mapping[str, tuple[type, ...]], tuple[str, ...]]] = {
    "text": ({"text": _TEXT}, ("text",)),
    "image": ({"data": _TEXT, "mimeType": _TEXT}, ("data", "mimeType")),
    "audio": ({"data": _TEXT, "mimeType": _TEXT}, ("data", "mimeType")),
    "resource_link": (_RESOURCE, ("uri", "name")),
}
_HINTS = {"title": _TEXT} | dict.fromkeys(
    ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"), _FLAG
)


def read_json(line: str) -> Any:
    """What a line of JSON says, without halves of characters, which nothing can write again.

    Raises:
        ValueError: It is no JSON, or too deep.
    """
    try:
        value = json.loads(line)
        return whole(value) if _LONE.search(line) else value
    except RecursionError:
        raise ValueError("too deep") from None


def whole(value: Any) -> Any:
    """``value`` with every text in it normalised."""
    if isinstance(value, str):
        return normalise(value)
    if isinstance(value, dict):
        return {normalise(key): whole(item) for key, item in value.items()}
    return [whole(item) for item in value] if isinstance(value, list) else value


def mend(result: dict[str, Any]) -> None:
    """Mend the result of a request, in place; those that are none of ours stay as they are."""
    for key, mended in _LISTS.items():
        if key in result:
            items = result[key] if isinstance(result[key], list) else []
            result[key] = [kept for item in items if (kept := mended(item)) is not None]
    if "content" in result:
        result["isError"] = bool(result.get("isError"))
    if not isinstance(result.get("structuredContent", {}), dict):
        del result["structuredContent"]
    if not isinstance(result.get("nextCursor", ""), str):
        del result["nextCursor"]
    if not isinstance(result.get("instructions", ""), str):
        del result["instructions"]


def _tool(raw: Any) -> dict[str, Any] | None:
    tool = _kept(raw, _NAMED | {"inputSchema": _TABLE, "annotations": _TABLE, "execution": _TABLE})
    if "name" not in tool:
        return None
    tool["inputSchema"] = _arguments(tool.get("inputSchema", {}))
    tool["annotations"] = _kept(tool.get("annotations"), _HINTS)
    if tool.pop("execution", {}).get("taskSupport") == "required":
        tool["execution"] = {"taskSupport": "required"}
    return tool


def _arguments(raw: dict[str, Any]) -> dict[str, Any]:
    """The schema of a tool's arguments; of an odd field what is as it should be, which may be nothing."""
    schema = raw | {"type": "object"}
    if not isinstance(schema.get("$schema", ""), str):
        del schema["$schema"]
    if "properties" in schema:
        named = schema["properties"] if isinstance(schema["properties"], dict) else {}
        schema["properties"] = {name: each for name, each in named.items() if isinstance(each, dict | bool)}
    if "required" in schema:
        names = schema["required"] if isinstance(schema["required"], list) else []
        schema["required"] = [name for name in names if isinstance(name, str)]
    return schema


def _resource(raw: Any) -> dict[str, Any] | None:
    resource = _kept(raw, _RESOURCE | {"size": (int,)})
    return {"name": resource["uri"], **resource} if "uri" in resource else None


def _template(raw: Any) -> dict[str, Any] | None:
    template = _kept(raw, _NAMED | {"uriTemplate": _TEXT, "mimeType": _TEXT})
    return {"name": template["uriTemplate"], **template} if "uriTemplate" in template else None


def _prompt(raw: Any) -> dict[str, Any] | None:
    prompt = _kept(raw, _NAMED | {"arguments": (list,)})
    arguments = [_kept(each, _NAMED | {"required": _FLAG}) for each in prompt.get("arguments", ())]
    prompt["arguments"] = [each for each in arguments if "name" in each]
    return prompt if "name" in prompt else None


def _message(raw: Any) -> dict[str, Any] | None:
    if not isinstance(raw, dict):
        return None
    role = raw.get("role") if raw.get("role") in ("user", "assistant") else "user"
    return {"role": role, "content": _block(raw.get("content"))}


def _block(raw: Any) -> dict[str, Any]:
    kind = raw.get("type") if isinstance(raw, dict) else None
    if kind == "resource" and (inner := _contents(raw.get("resource"))):
        return {"type": "resource", "resource": inner}
    fields, needed = _BLOCKS.get(kind, ({}, ())) if isinstance(kind, str) else ({}, ())
    block = _kept(raw, fields)
    if kind == "resource_link" and "uri" in block:
        block = {"name": block["uri"], **block}
    if not needed or not all(name in block for name in needed):
        named = one_line(kind, 40) if isinstance(kind, str) else "something"
        return {"type": "text", "text": f"[{named} left out]"}
    return {"type": kind, **block}


def _contents(raw: Any) -> dict[str, Any] | None:
    contents = _kept(raw, {"uri": _TEXT, "mimeType": _TEXT, "text": _TEXT, "blob": _TEXT})
    return contents if "uri" in contents and ("text" in contents or "blob" in contents) else None


_LISTS: Mapping[str, Callable[[Any], dict[str, Any] | None]] = {
    "tools": _tool,
    "resources": _resource,
    "resourceTemplates": _template,
    "prompts": _prompt,
    "messages": _message,
    "content": _block,
    "contents": _contents,
}


def _kept(raw: Any, fields: Mapping[str, tuple[type, ...]]) -> dict[str, Any]:
    """The fields of an object that are as they should be."""
    if not isinstance(raw, dict):
        return {}
    return {
        name: raw[name]
        for name, kinds in fields.items()
        if isinstance(raw.get(name), kinds) and (bool in kinds or not isinstance(raw[name], bool))
    }


class Mended:
    """The stream of a server's messages, mended; tells when it ends."""

    def __init__(self, inner: ReadStream[SessionMessage | Exception], ended: Callable[[], None]) -> None:
        self._inner = inner
        self._ended = ended

    @property
    def last_context(self) -> Context | None:
        """The context that the last message came in."""
        return getattr(self._inner, "last_context", None)

    async def receive(self) -> SessionMessage | Exception:
        """The next message."""
        item = await self._inner.receive()
        if isinstance(item, SessionMessage) and isinstance(item.message, JSONRPCResponse):
            mend(item.message.result)
        return item

    async def aclose(self) -> None:
        """Close the stream."""
        await self._inner.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        try:
            item = await self._inner.__anext__()
        except StopAsyncIteration:
            self._ended()
            raise
        if isinstance(item, SessionMessage) and isinstance(item.message, JSONRPCResponse):
            mend(item.message.result)
        return item

    async def __aenter__(self) -> Self:
        await self._inner.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return await self._inner.__aexit__(kind, error, trace)
