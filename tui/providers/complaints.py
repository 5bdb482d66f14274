"""Whether what a server sent is an error, whatever name it has there: many report one with status 200."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from tui.checked import amount

_NOTHING = frozenset(
    {"", "0", "200", "null", "none", "nil", "undefined", "false", "no", "n/a", "no error"}
    | {"ok", "success", "succeeded", "successful", "completed"}
)
"""What stands in a field for an error where there is none."""
_ERRORS = frozenset(
    {"error", "errors", "err", "errno", "exception", "traceback", "fault", "faultstring"}
    | {"errorcode", "errortype", "errormessage", "errormsg", "errordescription", "errordetail", "errortext"}
    | {"errcode", "errmsg", "errmessage"}
)
_BEGIN, _END = ("error", "exception"), ("error", "exception", "failure")
_KINDS = ("type", "object", "event", "kind", "status", "state", "level", "severity", "result")
_FAILED = frozenset({"error", "failed", "failure", "fail", "fatal", "exception"})
_VERDICTS = frozenset({"success", "ok", "succeeded"})
_CODES = ("code", "status", "statuscode", "retcode", "returncode", "resultcode", "ret", "httpstatus")
_WORDS = ("message", "msg", "detail", "details", "statusmsg", "retmsg", "title", "reason", "description")
_ENVELOPES = frozenset(
    {"baseresp", "header", "response", "result", "data", "body", "output", "status", "meta", "message"}
)
_LISTS = ("choices", "candidates")
_BESIDE_WORDS = frozenset(
    {"id", "requestid", "traceid", "timestamp", "time", "created", "path", "documentationurl", "model"}
)
_BEGINS_BADLY = re.compile(r"(?i)\W{0,8}(\w{0,40}error|exception|traceback|fail(ed|ure)?|fatal)\b")


def reports_error(payload: Mapping[str, Any]) -> bool:
    """Whether this has an ``error`` with something in it."""
    return any(means_something(value) for name, value in _plain_names(payload) if name == "error")


def complains(payload: Any, depth: int = 0) -> bool:
    """Whether this is an error by any sign: for what brought no part of a reply."""
    if isinstance(payload, str):
        return bool(_BEGINS_BADLY.match(payload.lstrip()))
    if not isinstance(payload, Mapping) or depth > 2:
        return False
    fields = dict(_plain_names(payload))
    return (
        any(means_something(value) for name, value in fields.items() if names_error(name))
        or any(_failed(fields.get(name)) for name in _KINDS)
        or any(fields.get(name) is False or fields.get(name) == "false" for name in _VERDICTS)
        or fields.get("iserror") is True
        or _bad_code(fields)
        or _only_words(fields)
        or any(complains(fields.get(name), depth + 1) for name in _ENVELOPES if not _is_text(fields, name))
        or any(complains(part, depth + 1) for name in _LISTS for part in _listed(fields.get(name)))
    )


def names_error(name: str) -> bool:
    """Whether a field of this plain name tells of an error: ``errorinfo``, ``internalserverexception``."""
    return name in _ERRORS or name.startswith(_BEGIN) or name.endswith(_END)


def says(payload: Mapping[str, Any]) -> bool:
    """Whether this has words for the person, which may be an error."""
    return any(_has_words(value) for name, value in _plain_names(payload) if name in _WORDS)


def means_something(value: Any, depth: int = 0) -> bool:
    """Whether a field for an error holds one."""
    if isinstance(value, str):
        return value.strip().strip(".").lower() not in _NOTHING
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        return depth < 5 and any(means_something(inner, depth + 1) for inner in value)
    return bool(value)


@lru_cache(maxsize=1024)
def plain_name(name: str) -> str:
    """``error_message``, ``errorMessage`` and ``Error-Message`` are one name."""
    return name.replace("_", "").replace("-", "").lower()


def _plain_names(payload: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((plain_name(str(name)), value) for name, value in payload.items())


def _listed(value: Any) -> list[Any]:
    """The first objects of a list."""
    return [part for part in value[:5] if isinstance(part, Mapping)] if isinstance(value, list) else []


def _is_text(fields: Mapping[str, Any], name: str) -> bool:
    return isinstance(fields.get(name), str)


def _failed(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    word = plain_name(value)
    return word in _FAILED or word.endswith(("error", "exception"))


def _has_words(value: Any) -> bool:
    if isinstance(value, list):
        return any(_has_words(inner) for inner in value[:20])
    if isinstance(value, Mapping):
        return any(_has_words(value.get(name)) for name in ("msg", "message"))
    return isinstance(value, str) and means_something(value)


def _bad_code(fields: Mapping[str, Any]) -> bool:
    """A code that is no success, with words beside it: ``{"code": 1004, "message": …}``."""
    if not any(_has_words(fields.get(name)) for name in _WORDS):
        return False
    return any(_refuses(name, fields.get(name)) for name in _CODES)


def _refuses(name: str, code: Any) -> bool:
    value = amount(abs(code) if type(code) is int else code)
    if value is not None:
        return value != 0 and not 100 <= value < 400
    return name != "status" and isinstance(code, str) and means_something(code)


def _only_words(fields: Mapping[str, Any]) -> bool:
    """Nothing but words: ``{"detail": "Not Found"}``."""
    given = {name for name, value in fields.items() if value is not None}
    words = {name for name in given if name in ("message", "msg", "detail") and _has_words(fields[name])}
    return bool(words) and given <= words | _BESIDE_WORDS
