"""What servers say when they refuse: every vendor's error in one shape, with kind, words and hint."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import quote

from msgspec import Struct

from tui.errors import ErrorKind, ProviderError
from tui.providers.complaints import complains, means_something, names_error, plain_name
from tui.providers.decode import JsonLines, ServerSentEvents, parse, values_in
from tui.secret import Secret, redact
from tui.text import one_line

LONGEST_MESSAGE = 500

_STATUS = {
    401: ErrorKind.AUTH,
    402: ErrorKind.QUOTA,
    403: ErrorKind.AUTH,
    404: ErrorKind.NOT_FOUND,
    407: ErrorKind.PROXY,
    408: ErrorKind.BUSY,
    409: ErrorKind.BUSY,
    425: ErrorKind.BUSY,
    429: ErrorKind.RATE_LIMIT,
    501: ErrorKind.INVALID,
    505: ErrorKind.INVALID,
}
# What a code says beats the status: OpenAI's "no balance" is a 429, a context that is too long a 400.
_CODES = (
    (
        ErrorKind.QUOTA,
        "insufficient_quota billing_error billing_hard_limit_reached insufficient_balance payment_required "
        "insufficient_credits credit_balance_too_low quota_exceeded",
    ),
    (
        ErrorKind.CONTEXT,
        "context_length_exceeded exceed_context_size_error model_context_window_exceeded "
        "context_window_exceeded request_too_large string_above_max_length",
    ),
    (
        ErrorKind.FILTER,
        "content_filter content_policy_violation responsibleaipolicyviolation moderation moderation_blocked",
    ),
    (
        ErrorKind.AUTH,
        "invalid_api_key authentication_error unauthenticated permission_error permission_denied "
        "api_key_invalid invalid_authentication unauthorized",
    ),
    (
        ErrorKind.RATE_LIMIT,
        "rate_limit_exceeded rate_limit_error resource_exhausted rate_limited too_many_requests",
    ),
    (ErrorKind.NOT_FOUND, "model_not_found not_found_error not_found"),
    (
        ErrorKind.BUSY,
        "overloaded overloaded_error engine_overloaded server_overloaded server_is_overloaded unavailable "
        "unavailable_error service_unavailable server_error api_error internal internal_error "
        "internal_server_error timeout timeout_error deadline_exceeded model_overloaded capacity_exceeded",
    ),
)
_KIND_OF_CODE = {code: kind for kind, codes in _CODES for code in codes.split()}
_PHRASES = (
    (
        ErrorKind.CONTEXT,
        re.compile(
            r"(?i)context.{0,12}(length|window|limit|size)|prompt is too long|maximum prompt length"
            r"|input token count.{0,40}exceed|too large for model|request too large"
            r"|reduce the length of the messages|too many (input )?tokens|input is too long"
        ),
    ),
    (
        ErrorKind.QUOTA,
        re.compile(r"(?i)credit balance|insufficient (balance|credit|fund|quota)|out of credits"),
    ),
    (
        ErrorKind.AUTH,
        re.compile(r"(?i)(api[ _-]?key|token) (not valid|is invalid|is missing)|invalid api[ _-]?key"),
    ),
    (ErrorKind.BUSY, re.compile(r"(?i)\boverloaded\b|at capacity|try again later")),
)
_OURS = re.compile(
    r"(?i)(pars|decod|invalid|valid json)\w*[^.]{0,40}\barguments\b"
    r"|\barguments\b[^.]{0,40}(pars|decod|invalid|valid json)"
    r"|image input is not supported|\bmmproj\b|json schema (conversion|is not)|schema conversion failed"
)
"""What servers answer with 500 though the request is at fault: it would be again."""
# Kinds that a phrase may correct: where the status says little.
_VAGUE = frozenset({ErrorKind.INVALID, ErrorKind.NOT_FOUND, ErrorKind.RATE_LIMIT, ErrorKind.BUSY})

_PARAMS = {
    "temperature": "temperature",
    "top_p": "top_p topP",
    "max_tokens": "max_tokens max_completion_tokens max_output_tokens maxOutputTokens num_predict",
    "reasoning_effort": "reasoning_effort reasoning thinking thinkingConfig thinking_config thinkingLevel "
    "thinking_level thinkingBudget think output_config effort",
    "seed": "seed random_seed",
    "stop": "stop stop_sequences stopSequences",
}
_PARAM_OF = {theirs: ours for ours, names in _PARAMS.items() for theirs in names.lower().split()}
_PARAM_IN_TEXT = re.compile(rf"(?<![\w/-])({'|'.join(sorted(_PARAM_OF, key=len, reverse=True))})(?![\w/-])")

_NUMBER = r"(?<![\d,._])(\d[\d,._]++)"
_LIMITS = (
    re.compile(rf"> ?{_NUMBER}|{_NUMBER} maximum"),
    re.compile(rf"(?i)(?:maximum|max|limit|only|allowed)[^\d]{{0,60}}{_NUMBER}"),
)
_LOWER = str.maketrans("TITLE", "title")
_CHALLENGE = re.compile(r"(?i)just a moment|attention required|cf-challenge|challenge-platform|turnstile")
_EVENTS = re.compile(r"\s*(?:data|event|id|retry)?:")
_WORDS = re.compile(r"[^\W\d_] [^\W\d_]")
_DURATION = re.compile(r"^(\d+(?:\.\d+)?)s$")


class Complaint(Struct, frozen=True):
    """What a server said went wrong."""

    message: str = ""
    codes: tuple[str, ...] = ()
    """Its codes, types and statuses, in lower case."""
    param: str | None = None
    """The parameter it refused, in our names."""
    tokens: int | None = None
    limit: int | None = None
    retry_after: float | None = None


def read_complaint(payload: Any) -> Complaint:
    """The complaint in a decoded error body or error event, whatever its shape."""
    parts = list(_dicts(payload))
    named = [{plain_name(str(name)): value for name, value in part.items()} for part in parts]
    codes = [str(part[key]).lower() for part in named for key in _CODE_KEYS if _plain(part.get(key))]
    message = one_line(_message(payload) or _sentence(payload) or _codes_alone(codes), LONGEST_MESSAGE)
    tokens, limit = _sizes(parts, message)
    waits = (_DURATION.match(str(part["retryDelay"])) for part in parts if part.get("retryDelay"))
    return Complaint(
        message,
        tuple(dict.fromkeys(codes)),
        _param(parts, message),
        tokens,
        limit,
        next((float(match[1]) for match in waits if match), None),
    )


def parameter_of(field: str) -> str | None:
    """The parameter of ours that a vendor's field is a name of."""
    return _PARAM_OF.get(field.lower())


def parse_body(body: str) -> Any:
    """The body of an error as JSON; as text where it is not.

    Some servers answer with a stream of events all the same.
    """
    try:
        return parse(body)
    except ValueError:
        pass
    framing = ServerSentEvents() if _EVENTS.match(body) else JsonLines()
    try:
        events = [*framing.feed(body), *framing.close()]
    except ProviderError:
        return body
    found = [value for event in events for value in values_in(event.data)[0] if isinstance(value, Mapping)]
    words = [event.data for event in events if isinstance(framing, ServerSentEvents)]
    return [value for value in found if complains(value)] or found or "; ".join(words) or body


def kind_of(status: int | None, complaint: Complaint) -> ErrorKind:
    """What sort of trouble this is: the vendor's code counts first, then its words, then the status."""
    if status in (None, 500) and _OURS.search(complaint.message):
        return ErrorKind.INVALID
    by_code = next((_KIND_OF_CODE[code] for code in complaint.codes if code in _KIND_OF_CODE), None)
    if by_code is not None and status != 413:  # Groq calls a request that is too long a rate limit
        return by_code
    if status is None:
        status = next((int(c) for c in complaint.codes if re.fullmatch(r"[45]\d\d", c)), 400)
    kind = _STATUS.get(status, ErrorKind.BUSY if status >= 500 else ErrorKind.INVALID)
    if kind in _VAGUE:
        kind = next((k for k, phrase in _PHRASES if phrase.search(complaint.message)), kind)
    return kind


class Words(NamedTuple):
    """What the person is told."""

    kind: ErrorKind
    message: str
    hint: str

    def after(self, seconds: float | None) -> Words:
        """The same, with how long the server asks to wait."""
        if not seconds or self.kind not in (ErrorKind.RATE_LIMIT, ErrorKind.BUSY):
            return self
        return self._replace(hint=f"It asks to wait {_spoken(seconds)}; or choose another model.")


def describe(where: str, status: int | None, complaint: Complaint, key: Secret | None = None) -> Words:
    """Kind, message and hint for the person.

    Args:
        where: ``host`` or ``host:port``.
        status: The HTTP status, if this was the answer's status.
        complaint: What the server said.
        key: The key that was sent; at most its last four characters are shown.
    """
    kind = kind_of(status, complaint)
    what = {
        ErrorKind.AUTH: f"{where} refused the key {key}" if key else f"{where} wants a key",
        ErrorKind.QUOTA: f"{where} says that there is no balance left",
        ErrorKind.RATE_LIMIT: f"{where} got too many requests",
        ErrorKind.BUSY: f"{where} is busy or failing",
        ErrorKind.NOT_FOUND: f"{where} knows no such model or address",
        ErrorKind.CONTEXT: _too_long(where, complaint),
        ErrorKind.FILTER: f"{where} refused the content",
        ErrorKind.PROXY: f"The proxy on the way to {where} refused",
    }.get(kind, f"{where} refused the request" if status else f"{where} reports an error")
    if status is not None:
        what += f" ({status})"
    message = f"{what}: {hide(complaint.message, key)}" if complaint.message else what
    return Words(kind, message.rstrip(". "), _HINTS.get(kind, ""))


def describe_page(where: str, html: str, status: int | None = None) -> Words:
    """Kind, message and hint for a web page in place of an answer; Cloudflare's are named as such."""
    title = one_line(unescape(_title(html)), 80)
    named = f" “{title}”" if title else ""
    code = f" ({status})" if status and status >= 400 else ""
    if _CHALLENGE.search(html):
        return Words(
            ErrorKind.UNAVAILABLE,
            f"{where} is behind Cloudflare's check for browsers and can't be used from here{code}{named}",
            "Choose another model.",
        )
    if code:
        kind = kind_of(status, Complaint())
        sender = "a page of Cloudflare" if "cloudflare" in html.lower() else "a web page"
        return Words(kind, f"{where} answered with {sender}{code}{named}", _HINTS.get(kind, ""))
    return Words(
        ErrorKind.PROTOCOL,
        f"{where} sent a web page{named} in place of an answer",
        "Is this the login page of a network, or not the address of an API?",
    )


def _title(html: str) -> str:
    """What stands in the first title."""
    lower = html.translate(_LOWER)
    begin = lower.find(">", lower.find("<title")) + 1 if "<title" in lower else 0
    end = lower.find("</title", begin)
    return html[begin:end] if begin and end >= 0 else ""


def looks_like_page(content_type: str, body: str) -> bool:
    """Whether this is HTML, by its declared type or by its first character."""
    return content_type in ("text/html", "application/xhtml+xml") or body.lstrip().startswith("<")


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds to wait, from ``retry-after-ms`` or ``retry-after`` (seconds or a date); None for garbage."""
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if re.fullmatch(r"\d{1,12}(\.\d+)?", value):
            return float(value) * scale
    try:
        moment = parsedate_to_datetime(headers.get("retry-after", ""))
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def should_retry(headers: Mapping[str, str]) -> bool | None:
    """The server's own word on whether to ask again, as OpenAI and Anthropic give it; None without one."""
    return {"true": True, "false": False}.get(headers.get("x-should-retry", "").strip().lower())


def hide(text: str, key: Secret | None) -> str:
    """``text`` without the key, should the server have echoed it."""
    if key and len(key.reveal()) > 3:
        for form in (key.reveal(), quote(key.reveal(), safe="")):
            text = text.replace(form, str(key))
    return redact(text)


_CODE_KEYS = ("code", "type", "status", "errortype", "reason", "statuscode", "error", "errorcode", "errcode")
_MESSAGE_KEYS = (
    *("message", "msg", "errormessage", "errormsg", "errmsg", "errortext", "statusmsg", "detail", "details"),
    *(
        "errordescription",
        "error",
        "errors",
        "err",
        "exception",
        "fault",
        "faultstring",
        "baseresp",
        "header",
    ),
    *("response", "title", "description", "data", "result", "body", "output", "text", "info", "reason"),
    *("choices", "candidates", "status", "meta"),
)
_HINTS = {
    ErrorKind.AUTH: "Check the key and what it may be used for.",
    ErrorKind.QUOTA: "Top up the account, or choose another model.",
    ErrorKind.RATE_LIMIT: "Wait a little, or choose another model.",
    ErrorKind.BUSY: "Try again, or choose another model.",
    ErrorKind.NOT_FOUND: "Choose a model from its list.",
    ErrorKind.INVALID: "Change the prompt or the settings, or choose another model.",
    ErrorKind.CONTEXT: "Leave out older turns, or choose a model that takes more.",
    ErrorKind.FILTER: "Put it in other words, or choose another model.",
    ErrorKind.PROXY: "Check the proxy's address, user and password.",
}


def _spoken(seconds: float) -> str:
    """``17 s``, ``5 min``, ``3 h``: rounded up."""
    if seconds < 100:
        return f"{math.ceil(seconds)} s"
    if seconds < 6000:
        return f"{math.ceil(seconds / 60)} min"
    return f"{math.ceil(seconds / 3600)} h"


def _dicts(payload: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Every object in an error, the outermost first."""
    if depth > 5:
        return
    if isinstance(payload, Mapping):
        yield payload
        payload = list(payload.values())
    if isinstance(payload, list):
        for value in payload[:20]:
            yield from _dicts(value, depth + 1)


def _plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and 0 < len(str(value)) < 60


def _message(payload: Any, depth: int = 0) -> str:
    if isinstance(payload, str):
        return payload
    if depth > 5:
        return ""
    if isinstance(payload, list):
        return "; ".join(filter(None, (_message(value, depth + 1) for value in payload[:5])))
    if not isinstance(payload, Mapping):
        return ""
    named = {plain_name(str(name)): value for name, value in payload.items()}
    keys = dict.fromkeys((*_MESSAGE_KEYS, *filter(names_error, named)))
    inner = ((key, named.get(key)) for key in keys)
    worth = (value for key, value in inner if key not in ("status", "reason") or not _is_code(value))
    found = next((text for value in worth if (text := _message(value, depth + 1))), "")
    metadata = payload.get("metadata")
    if isinstance(metadata, Mapping) and (
        raw := metadata.get("raw")
    ):  # OpenRouter: what the vendor behind it said
        behind = _message(parse_body(raw) if isinstance(raw, str) else raw, depth + 1)
        found = f"{found}: {behind}" if behind and behind != found else found
    return found


def _is_code(value: Any) -> bool:
    """Whether this is a name of something and no words."""
    return isinstance(value, str) and not _WORDS.search(value)


def _sentence(payload: Any) -> str:
    """The longest text with words in it, where none has a name that says so."""
    texts = (value for part in _dicts(payload) for value in part.values() if isinstance(value, str))
    return max((text for text in texts if _WORDS.search(text)), key=len, default="")


def _codes_alone(codes: list[str]) -> str:
    """What stands for the message where a server says no more than what sort of error it is."""
    return ", ".join(dict.fromkeys(code for code in codes if means_something(code) and code != "error"))


def _param(parts: list[Mapping[str, Any]], message: str) -> str | None:
    for part in parts:
        named = part.get("param") or part.get("field")
        if not named and isinstance(part.get("loc"), list) and part["loc"]:
            named = part["loc"][-1]
        if isinstance(named, str):
            steps = reversed(re.split(r"[.\[\]]+", named.lower()))
            return next((_PARAM_OF[step] for step in steps if step in _PARAM_OF), named)
    match = _PARAM_IN_TEXT.search(message.lower())
    return _PARAM_OF[match[1]] if match else None


def _sizes(parts: list[Mapping[str, Any]], message: str) -> tuple[int | None, int | None]:
    """Tokens of the request and the limit, where an error about the context says them."""
    for part in parts:
        if type(part.get("n_ctx")) is int:
            tokens = part.get("n_prompt_tokens")
            return (tokens if type(tokens) is int else None), part["n_ctx"]
    match = next((m for limit in _LIMITS if (m := limit.search(message))), None)
    limit = _int(next(filter(None, match.groups()))) if match else None
    others = [n for n in map(_int, re.findall(_NUMBER, message)) if limit and n > limit]
    return (max(others) if others else None), limit


def _int(digits: str) -> int:
    return int(re.sub(r"\D", "", digits))


def _too_long(where: str, complaint: Complaint) -> str:
    if complaint.tokens and complaint.limit:
        return (
            f"The conversation has {complaint.tokens:,} tokens, more than the {complaint.limit:,} "
            f"that the model at {where} takes"
        )
    if complaint.limit:
        return (
            f"The conversation is longer than the {complaint.limit:,} tokens that the model at {where} takes"
        )
    return f"The conversation is longer than the model at {where} takes"
