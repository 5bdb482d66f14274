"""A value that must never be shown: masked wherever Python could print, copy or store it."""

from __future__ import annotations

import re
from typing import Any, NoReturn

_SHOWN = 4
_SHORT = 12
_known: set[str] = set()
"""Every value that this process held, for :func:`redact`, but those too short to be told from a word."""

# Patterns are texts, compiled by ``re`` at their first use: most starts of the program use none.
# What a key looks like where we never held it: another program's header, an error message.
_BEARER = r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"
_KEY = (
    r"\b(sk-|sk_live_|rk_live_|gsk_|xai-|hf_|AIza|gh[oprsu]_|github_pat_|glpat-|nvapi-|pplx-|csk-|r8_"
    r"|tgp_|xox[abeprs]-|AKIA|ASIA|npm_|pypi-|eyJ)[A-Za-z0-9_-]{12,}(?:\.[A-Za-z0-9_.-]{8,})?"
)
_ADDRESS = r"://([^\s\"'<>`]+)"
_AUTHORITY = r"[^/?#]*"
_HOST = r"(?:\[[^\]]*\]|[^:]*)(?::\d*)?"
_ENDS_AS_SERVER = r"@[\w.-]{1,253}:\d{1,5}/?"
_BARE_SERVER = r"(?<![^\s\"'(=])([^\s:@/\"'(=]{1,64}):(?!//)\S{1,200}@([\w.-]{1,253}:\d{2,5})(?!\d)"
_QUERY = r"([?&#]|&amp;)([\w.%-]{1,60})=([^&#\s\"'<>`]+)"
_PAIR = (
    r"(?i)(?<![\w-])((?:[a-z0-9]{1,20}[-_]){0,5}(?:authorization|token|secret|password|passwd|cookie"
    r"|credentials?|api-?key|apikey|auth|signature|key)[\"']?\s?[:=]\s?[\"']?)([^\s\"',;&}]{8,})"
)
_TELLING = (
    r"auth|key|token|secret|passw|passphrase|cookie|credential|session|signature|jwt|bearer|\bsig\b|\bpin\b"
)
# Headers and query values that anyone may see; all others may be a key under a name that nobody foresaw.
_HARMLESS = frozenset(
    {"accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "connection"}
    | {"content-length", "content-type", "date", "dnt", "host", "origin", "pragma", "priority", "referer"}
    | {"user-agent", "http-referer", "x-title", "x-app", "x-app-name", "x-client", "x-client-name", "x-team"}
    | {"x-project", "x-organization", "x-request-source", "x-source", "x-requested-with", "api-version"}
    | {"x-api-version", "anthropic-version", "anthropic-beta", "openai-beta", "openai-organization"}
    | {"openai-project", "x-goog-api-client", "x-goog-user-project", "x-region", "region", "location"}
    | {"alt", "beta", "deployment", "deployment-id", "engine", "feature", "format", "hl", "id", "lang"}
    | {"language", "limit", "locale", "model", "models", "offset", "order", "page", "page-size", "pagesize"}
    | {"per-page", "provider", "q", "query", "ref", "search", "size", "sort", "source", "stream"}
    | {"topic", "type", "v", "version", "x", "y", "project", "timeout", "max-results"}
)
_HARMLESS_BEGINNINGS = ("sec-ch-", "sec-fetch-", "x-stainless-", "utm-")


class Secret:
    """A key or password; only :meth:`reveal` gives it away."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value
        if len(value) >= _SHORT:
            _known.add(value)

    def reveal(self) -> str:
        """The value itself, for the one header or argument that carries it."""
        return self.__value

    @property
    def last4(self) -> str:
        """The end of the value, to tell keys apart; nothing of a short one."""
        return self.__value[-_SHOWN:] if len(self.__value) >= _SHORT else ""

    def __str__(self) -> str:
        return f"•••{self.last4}"

    def __repr__(self) -> str:
        return f"Secret({self})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.reveal() == other.reveal()

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret is never pickled")


def is_harmless(name: str) -> bool:
    """Whether the value of a header, or of a query's field, of this name may be seen by anyone."""
    name = name.lower().replace("_", "-")
    return name in _HARMLESS or name.startswith(_HARMLESS_BEGINNINGS)


def is_telling(name: str) -> bool:
    """Whether a header's name says that its value is secret."""
    return not is_harmless(name) and bool(re.search(_TELLING, name.lower().replace("_", "-")))


def redact(text: str) -> str:
    """``text`` without any secret that this process held, nor anything that looks like one."""
    for value in sorted(_known, key=len, reverse=True):
        text = text.replace(value, str(Secret(value)))
    text = re.sub(_BEARER, r"\1 •••", text)
    text = re.sub(_KEY, r"\1•••", text)
    text = re.sub(_ADDRESS, lambda match: f"://{_without_user(match[1])}", text)
    text = re.sub(_BARE_SERVER, r"\1:•••@\2", text)
    text = re.sub(_QUERY, _without_value, text)
    return re.sub(_PAIR, _without_word, text)


def without_password(proxy: str) -> str:
    """The address of a proxy without its password, which may hold any character; a scheme may be missing."""
    user, at, server = proxy.rpartition("@")
    scheme, slashes, user = user.rpartition("://")
    return redact(f"{scheme}{slashes}{_hidden(user)}{at}{server}" if at else proxy)


def hold_secrets(url: str) -> None:
    """Know from now on what is secret in an address, so that it is masked wherever it comes up."""
    user = _user_of(url.partition("://")[2])
    for value in (user, user.partition(":")[2], *(m[3] for m in re.finditer(_QUERY, url) if _may_tell(m))):
        Secret(value)


def _may_tell(match: re.Match[str]) -> bool:
    return not is_harmless(match[2])


def _user_of(rest: str) -> str:
    """User and password in an address without its scheme; a password may hold ``@`` and ``/`` as they are."""
    authority = re.match(_AUTHORITY, rest)
    begin = authority[0] if authority else ""
    if "@" in begin or not re.fullmatch(_HOST, begin):
        return rest.rpartition("@")[0]
    last = rest.rfind("@")
    as_port = ":" in begin and last > 0 and re.fullmatch(_ENDS_AS_SERVER, rest[last:])
    return rest[:last] if as_port else ""


def _without_user(rest: str) -> str:
    user = _user_of(rest)
    return f"{_hidden(user)}{rest[len(user) :]}" if user else rest


def _hidden(user: str) -> str:
    """A user without the password; one that has none may be a token itself."""
    name, colon, _ = user.partition(":")
    return f"{name}:•••" if colon else "•••"


def _without_value(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}=•••" if _may_tell(match) else match[0]


def _without_word(match: re.Match[str]) -> str:
    secret = any(char.isdigit() for char in match[2]) and "•••" not in match[2]
    return f"{match[1]}•••" if secret else match[0]
