"""What a server refuses of a request: the fields that it names in its words, and the request without them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tui.errors import ErrorKind, Refusal, Refuser
from tui.providers.address import CHAT, ELSEWHERE, NEW_PICTURES
from tui.providers.base import SYSTEM
from tui.providers.caching import MARKS
from tui.providers.calls import pruned
from tui.providers.error_parsing import parameter_of
from tui.providers.most import IMAGE, image_refused, limit_in, limits, tokens_refused

_STATUSES = frozenset({None, 400, 404, 422, 500, 501})
_FAULTS = frozenset({None, 404, 500, 501})
"""Statuses that by themselves say something else: plain words are needed."""
_KINDS = frozenset({ErrorKind.INVALID, ErrorKind.BUSY, ErrorKind.NOT_FOUND})
_TOO_MUCH = _KINDS | {ErrorKind.CONTEXT}
_CONTENT = frozenset({"model", "messages", "input", "contents", "stream"})
_SYSTEM_FIELDS = frozenset({"system", "instructions", "systemInstruction"})
_OTHER_NAMES = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
"""Two names of one thing: a server that refuses one may ask for the other."""
TOOL = "tool:"
"""Before the name of a tool that is refused."""
KEYWORD = "schema:"
"""Before a keyword of JSON Schema that is refused in the arguments of tools."""
BAD_CALL = "tool_use_failed"
"""The model wrote a call that its server could not read: it is asked once more."""
SIGNED = "signed"
"""Thoughts in their vendor's own form."""
_OF_TOOLS = (TOOL, KEYWORD, BAD_CALL, SIGNED)
_UNASKED = ("stream_options", "store", "reasoning.summary", "generationConfig.thinkingConfig.includeThoughts")
"""What is sent though nobody asked for it, and can be done without."""
_LONGEST = 4000
"""Characters of a refusal that are read for names."""
_DEEPEST, _MOST = 6, 20
"""How far into a refusal it is looked for names."""

_UNKNOWN = re.compile(
    r"(?i)unknown|unrecogni|unexpected|extra (inputs|fields|keys|params)|extra_forbidden|not permitted"
    r"|additional propert|extraneous|no such|not marked as ignorable|could not be mapped|cannot find field"
)
_UNSUPPORTED = re.compile(
    r"(?i)unsupport|(not|n't) (be |currently |yet )?support"
    r"|only [\w.]{1,20} is (allowed|supported)|(does not|doesn't) (take|allow|accept|have)|no support"
    r"|(is|are|was) not (enabled|allowed|available|valid|accepted|compatible|implemented)|deprecated"
    r"|incompatible|cannot both|must be verified"
)
_NO_SYSTEM = re.compile(
    r"(?i)only ['\"]?user['\"]? and ['\"]?assistant['\"]? roles|roles must alternate"
    r"|should be ['\"]?user['\"]? or ['\"]?assistant"
    r"|one of:? ?['\"\[]{0,2}user['\"]?(,| or| and) ?['\"]?assistant(?![^.]{0,40}system)"
)
_SYSTEM_ROLE = re.compile(
    r"(?i)(system|developer)[ _-]?(role|prompt|message|instruction)s?\b|role:? ['\"`]?system\b"
    r"|['\"`]system['\"`]"
)
_NO_TOOLS = re.compile(
    r"(?i)(does not|doesn't|do not|don't|not) (currently )?support(ed)?[^.]{0,20} "
    r"(tools?|function[ -]?call\w*|tool[ -]?(use|call\w*))\b"
    r"|(tools?|function[ -]?calling|tool[ -]?(use|calling|choice)) (is|are) not (supported|enabled|available)"
    r"|no endpoints found that support tool|enable-auto-tool-choice"
)
_BAD_SIGNATURE = re.compile(
    r"(?i)(thinking|signature)[^.]{0,80}(invalid|cannot be modified|must|could not|expected|not match)"
    r"|invalid[^.]{0,20}signature|invalid_encrypted_content"
    r"|encrypted content[^.]{0,60}(could not|not be|invalid)"
)
_SYSTEM_AS_TEXT = re.compile(
    r"(?is)\bsystem\b.{0,80}(valid string|string_type|must be a string|expected.{0,10}str)"
)
_KEYWORD = re.compile(r"Unknown name \\?[\"'“]([$\w]+)")
_PLACE = re.compile(r"tools[.\[](\d+)\]?(?:[.\w]*?function_?declarations[.\[](\d+))?", re.IGNORECASE)
_WITH_TOOLS = ("tools", "tool_choice", "parallel_tool_calls", "toolConfig")
_THOUGHTS = frozenset({"thinking", "redacted_thinking", "reasoning"})
_CHOICE = re.compile(r"(?i)invalid|must be|should be|one of")
_ABOUT_MODEL = re.compile(r"(?i)\bmodel\b")
_NO_ENDPOINT = re.compile(
    r"(?i)unexpected endpoint|(no|unknown|invalid|unsupported|unrecognized request) (route|url|path|endpoint)"
    r"|cannot (post|get) /|page not found|method not allowed"
    r"|(route|endpoint|path|url)( \S+)? (was )?not found"
)
_NAMES_MODEL = re.compile(r"(?i)\bmodels?\b|model_not_found|deployment")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_LOCATION = re.compile(r"'loc': ?\(([^()]{1,200})\)")
_POINTERS = (
    "param",
    "parameter",
    "field",
    "loc",
    "path",
    "keys",
    "property",
    "argument",
    "additionalProperty",
)
_VAGUE = re.compile(
    r"(?i)(a|an|the|is|was|are|not|no|bad|request|error|invalid|unprocessable|entity|content|inputs?|payload"
    r"|body|json|parameters?|arguments?|format|unknown|unsupported|fields?|parse|failed|validation|type|http|status"
    r"|code|exception|check|your|and|try|again|please|in|of|for|this|to|badrequesterror)"
)


def without(body: Any, refused: Collection[str], required: Collection[str] = ()) -> Any:
    """``body`` without the fields that are refused.

    Args:
        body: The JSON of a request.
        refused: Fields as the server calls them, or by our names; ``OLD=NEW`` is sent by its new name.
        required: Fields that the wire format can't do without.
    """
    if not refused or not isinstance(body, Mapping):
        return body
    body = _without_tools(body, refused)
    for field, most in limits(refused).items():
        for path in _meant(field, list(_fields(body, ()))):
            body = _with_at_most(body, path, most)
    names = [name.partition("=") for name in refused if not (limit_in(name) or name.startswith(_OF_TOOLS))]
    paths = list(_fields(body, required))
    doomed = {path: new for old, _, new in names for path in _meant(old, paths)}
    renamed = {new: body[path[0]] for path, new in doomed.items() if new and len(path) == 1}
    return {**_pruned(body, doomed), **renamed}


def refusal_in(
    kind: ErrorKind, status: int | None, message: str, payload: Any, body: Any, required: Collection[str] = ()
) -> Refusal | None:
    """What of a request the server refused, as far as its answer tells.

    Args:
        kind: What sort of trouble it is.
        status: The HTTP status of the answer; None where it began well.
        message: The words in it.
        payload: The whole of it, decoded.
        body: The JSON of the request.
        required: Fields of it that the wire format can't do without.
    """
    nothing = Refusal(())
    fault = status in _FAULTS
    if isinstance(body, Mapping) and (status in _STATUSES or status == 413) and kind in _TOO_MUCH:
        said = "\n".join([message, *_texts(payload)])[:_LONGEST]
        too_much = tokens_refused(said, list(_fields(body, ())), body) or image_refused(status, said, body)
        if too_much:
            return too_much
    if not isinstance(body, Mapping) or status not in _STATUSES or kind not in _KINDS:
        return nothing
    words = "\n".join([message, *_texts(payload)])[:_LONGEST]
    unknown, unsupported = bool(_UNKNOWN.search(words)), bool(_UNSUPPORTED.search(words))
    if _marks_refused(words, body):
        return Refusal((MARKS,), Refuser.SERVER)
    if about_tools := _about_tools(status, words, payload, body):
        return about_tools
    if _has_system(body) and _NO_SYSTEM.search(words):
        return Refusal((SYSTEM,), Refuser.MODEL)
    if fault and not (unknown or unsupported):
        return nothing
    if _has_system(body) and _SYSTEM_ROLE.search(words) and (unknown or unsupported or _CHOICE.search(words)):
        return Refusal((SYSTEM,), Refuser.MODEL)
    if names := _named(payload, words, body, required):
        by = Refuser.SERVER if unknown and not _ABOUT_MODEL.search(message) else Refuser.MODEL
        return Refusal(names, by if unknown or unsupported else None)
    if _named(payload, words, body, ()):
        return None  # it can't be left out, but the person's value may be
    if not fault and _is_vague(message):
        fields = set(_fields(body, required))
        extras = tuple(name for name in _UNASKED if tuple(name.split(".")) in fields)
        return Refusal(extras, Refuser.SERVER)
    return nothing


def nothing_there(status: int | None, words: str, model: str = "") -> bool:
    """Whether an answer says that there is nothing at the address that was asked.

    Args:
        status: The HTTP status of the answer; None where it began well.
        words: What it says.
        model: The model that was asked: an answer that names it knows the address.
    """
    if _NO_ENDPOINT.search(words):
        return True
    return status in (404, 405) and not _NAMES_MODEL.search(words) and not (model and model in words)


def spoken(name: str) -> str | None:
    """What becomes of a field that is refused, for the person; None where the person never asked for it."""
    if name == NEW_PICTURES:
        return None  # the wire format says it, every time
    if name.startswith(ELSEWHERE):
        where = name.removeprefix(ELSEWHERE)
        return (
            "knows chat completions alone; asked by them"
            if name == CHAT
            else f"answers at …{where}; asked there"
        )
    if limit := limit_in(name):
        return f"writes at most {limit[1]:,} tokens at once" if limit[0] != IMAGE else None
    field, _, other = name.partition("=")
    leaf = field.rpartition(".")[2]
    if name == BAD_CALL:
        return "wrote a call that could not be read; it was asked once more"
    if name in (SIGNED, MARKS, "prompt_cache_key"):
        return None
    if name.startswith(TOOL):
        return f"refused the tool {name.removeprefix(TOOL)}; sent without it"
    if name.startswith(KEYWORD):
        return None
    if name == "tools":
        return "takes no tools; sent without them"
    if name == SYSTEM:
        return "takes no system prompt; it was put before the first message"
    if leaf in ("summary", "includeThoughts"):
        return None
    return (
        f"does not take {field}; sent as {other}"
        if other
        else f"does not take {parameter_of(leaf) or name}; sent without it"
    )


def _with_at_most(body: Mapping[str, Any], path: tuple[str, ...], most: int) -> dict[str, Any]:
    """``body`` with a number of it made smaller, where it is more."""
    name, *rest = path
    value = body.get(name)
    if rest:
        return (
            {**body, name: _with_at_most(value, tuple(rest), most)}
            if isinstance(value, Mapping)
            else {**body}
        )
    return {**body, name: min(value, most)} if type(value) is int else {**body}


def _about_tools(status: int | None, words: str, payload: Any, body: Mapping[str, Any]) -> Refusal | None:
    """What of tools and calls is refused, if it is that."""
    if BAD_CALL in words:
        return Refusal((BAD_CALL,))
    if _BAD_SIGNATURE.search(words) and any(True for _ in _signed(body)):
        return Refusal((SIGNED,))
    names = list(_tool_names(body))
    if not names or (status in _FAULTS and not _NO_TOOLS.search(words)):
        return None
    if _NO_TOOLS.search(words):
        return Refusal(("tools",), Refuser.MODEL)
    if (keyword := _KEYWORD.search(words)) and "function" in words[
        keyword.end() : keyword.end() + 80
    ].lower():
        return Refusal((f"{KEYWORD}{keyword[1]}",), Refuser.SERVER)
    told = [name for name in names if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", words)]
    quoted = [name for name in told if "_" in name or re.search(rf"['\"`“]{re.escape(name)}['\"`”]", words)]
    if not quoted and (place := _PLACE.search("\n".join([words, *_pointed(payload)]))):
        number = int(next(filter(None, reversed(place.groups()))))
        quoted = names[number : number + 1]
    return Refusal((f"{TOOL}{quoted[0]}",)) if quoted else None


def _tool_names(body: Mapping[str, Any]) -> Iterator[str]:
    """The tools that a request declares, in their order."""
    for tool in body.get("tools") or ():
        for one in _declarations(tool):
            yield _name_of(one)


def _declarations(tool: Any) -> list[Mapping[str, Any]]:
    if not isinstance(tool, Mapping):
        return []
    if isinstance(tool.get("functionDeclarations"), list):
        return list(tool["functionDeclarations"])
    function = tool.get("function")
    return [function if isinstance(function, Mapping) else tool]


def _name_of(declared: Mapping[str, Any]) -> str:
    """A tool's name; the vendor's own have only a type."""
    return str(declared.get("name") or declared.get("type") or "")


def _without_tools(body: Mapping[str, Any], refused: Collection[str]) -> Mapping[str, Any]:
    """``body`` without single tools, keywords of their schemas, or signed thoughts that are refused."""
    doomed = frozenset(name.removeprefix(TOOL) for name in refused if name.startswith(TOOL))
    keywords = {name.removeprefix(KEYWORD) for name in refused if name.startswith(KEYWORD)}
    if SIGNED in refused:
        body = _unsigned(body)
    if "tools" in refused:
        body = {name: value for name, value in body.items() if name not in _WITH_TOOLS}
    if not (doomed or keywords) or not isinstance(body.get("tools"), list):
        return body
    kept = [_kept_tool(tool, doomed, keywords) for tool in body["tools"]]
    tools = [tool for tool in kept if tool is not None]
    rest = {name: value for name, value in body.items() if tools or name not in _WITH_TOOLS}
    return {**rest, "tools": tools} if tools else rest


def _kept_tool(tool: Any, doomed: frozenset[str], keywords: Collection[str]) -> Any:
    """A tool as it is declared without what is refused of it; None where it is refused itself."""
    names = map(_name_of, _declarations(tool))
    if isinstance(tool, Mapping) and isinstance(tool.get("functionDeclarations"), list):
        functions = [one for one in tool["functionDeclarations"] if one.get("name") not in doomed]
        kept = {**tool, "functionDeclarations": functions} if functions else None
    else:
        kept = None if doomed.intersection(names) else tool
    return pruned(kept, keywords) if kept is not None else None


def _signed(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The thoughts in their vendor's own form."""
    for turn in (*_list(body.get("messages")), *_list(body.get("input"))):
        for part in (turn, *_list(turn.get("content"))):
            if part.get("type") in _THOUGHTS:
                yield part


def _unsigned(body: Mapping[str, Any]) -> Mapping[str, Any]:
    changed: dict[str, Any] = dict(body)
    for field in ("messages", "input"):
        if not isinstance(body.get(field), list):
            continue
        kept = []
        for turn in _list(body[field]):
            content = turn.get("content")
            if turn.get("type") in _THOUGHTS:
                continue
            if isinstance(content, list):
                content = [part for part in content if part.get("type") not in _THOUGHTS]
                turn = {**turn, "content": content}
            kept.append(turn)
        changed[field] = kept
    return changed


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _marks_refused(words: str, body: Mapping[str, Any]) -> bool:
    """Whether the server knows no marks of what it shall keep, or no system prompt that can have one."""
    listed = isinstance(body.get("system"), list) and _SYSTEM_AS_TEXT.search(words)
    return bool(listed) or (MARKS in words and MARKS in str(body))


def _has_system(body: Mapping[str, Any]) -> bool:
    messages = body.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else {}
    return first.get("role") == SYSTEM or any(field in body for field in _SYSTEM_FIELDS)


def _fields(
    body: Mapping[str, Any], required: Collection[str], above: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """The way to every field that may be left out."""
    for name, value in body.items():
        path = (*above, name)
        if not above and (name in _CONTENT or name in _SYSTEM_FIELDS or name in required):
            continue
        yield path
        if isinstance(value, Mapping) and len(path) < 4:
            yield from _fields(value, required, path)


def _pruned(
    body: Mapping[str, Any], doomed: Collection[tuple[str, ...]], above: tuple[str, ...] = ()
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in body.items():
        path = (*above, name)
        if path in doomed:
            continue
        if isinstance(value, Mapping) and value and len(path) < 4:
            value = _pruned(value, doomed, path)
            if not value:
                continue
        kept[name] = value
    return kept


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").strip()


def _is(path: tuple[str, ...], name: str) -> bool:
    """Whether ``name`` is that of this field, alone or with what it stands in."""
    steps = [_plain(step) for step in re.split(r"[.\[\]/]+", name) if step]
    return bool(steps) and [_plain(step) for step in path[-len(steps) :]] == steps


def _named(payload: Any, words: str, body: Mapping[str, Any], required: Collection[str]) -> tuple[str, ...]:
    """The fields of the request that the refusal names: by pointing at them, else the one named first."""
    paths = list(_fields(body, required))
    pointed = [path for name in _pointers(payload, words) for path in _meant(name, paths)]
    found = pointed or _mentioned(words, paths)
    deepest = [p for p in found if not any(q != p and q[: len(p)] == p for q in found)]
    return tuple(dict.fromkeys(_renamed(".".join(path), words) for path in deepest))


def _renamed(name: str, words: str) -> str:
    """``name``, with the name that the server asks for in its place, if it does."""
    other = _OTHER_NAMES.get(name)
    asked = other and any(_plain(word) == _plain(other) for word in _WORD.findall(words))
    return f"{name}={other}" if asked else name


def _meant(name: str, paths: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The fields that a name means: of that name, else of the parameter that it is a name of."""
    if exact := [path for path in paths if _is(path, name)]:
        return exact[:1]
    ours = parameter_of(name.rpartition(".")[2])
    of_ours = [path for path in paths if ours and parameter_of(path[-1]) == ours]
    whole = [path for path in of_ours if not any(path != p and path[: len(p)] == p for p in of_ours)]
    if name != ours:
        return whole
    # Thoughts are asked for without an effort, too: a refusal of the effort is none of the thoughts.
    within = [path for path in of_ours for top in whole if (*top, "includeThoughts") in paths and path != top]
    return within or whole


def _pointers(payload: Any, words: str) -> Iterator[str]:
    yield from _pointed(payload)
    for match in _LOCATION.finditer(words):  # Python's own way to write a list
        steps = [step.strip(" '\"") for step in match[1].split(",")]
        yield ".".join(step for step in steps if step and step != "body")


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """Every text in an answer."""
    if isinstance(value, str):
        yield value[:_LONGEST]
    elif depth <= _DEEPEST and isinstance(value, Mapping | list):
        for inner in list(value.values() if isinstance(value, Mapping) else value)[:_MOST]:
            yield from _texts(inner, depth + 1)


def _pointed(value: Any, depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _POINTERS and isinstance(inner, str):
                yield inner.removeprefix("body.").removeprefix("$.")
            elif key == "keys" and isinstance(inner, list):
                yield from (name for name in inner if isinstance(name, str))
            elif key in _POINTERS and isinstance(inner, list):
                yield ".".join(str(step) for step in inner if step != "body")
            else:
                yield from _pointed(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value[:_MOST]:
            yield from _pointed(inner, depth + 1)


def _mentioned(words: str, paths: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The field that is named first, and what of it is named besides."""
    told = bool(_UNKNOWN.search(words) or _UNSUPPORTED.search(words))
    found: list[tuple[str, ...]] = []
    for match in _WORD.finditer(words):
        name = "summary" if match[0].lower() == "summaries" else match[0]
        meant = _meant(name, paths)
        around = words[match.start() - 1 : match.start()] + words[match.end() : match.end() + 1]
        if not meant or not (told or "_" in name or _quoted(around)):
            continue
        if not found:
            found = meant
        found += [path for path in meant if any(path[: len(p)] == p for p in found)]
    return found


def _quoted(around: str) -> bool:
    return len(around) == 2 and around in ("''", '""', "``", "[]", "“”", "‘’", "''")


def _is_vague(message: str) -> bool:
    """Whether the words say nothing of what was wrong."""
    return all(_VAGUE.fullmatch(word) for word in _WORD.findall(message))
