"""A value that must never be shown: masked wherever Python could print, copy or store it."""

from __future__ import annotations

import re
from typing import Any, NoReturn

_SHOWN = 4
_SHORT = 12
_known: set[str] = set()
"""Every value that this process held, for :func:`redact`, but those too short to be told from a word."""

# What a key looks like where we never held it: another program's header, a URL in an error message.
_PATTERNS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), r"\1 •••"),
    (re.compile(r"(?i)([?&](?:api[_-]?key|key|access_token|token)=)[^&\s\"']+"), r"\1•••"),
    (re.compile(r"(?i)(\b[a-z][a-z0-9+.-]{0,30}+://[^/\s:@]*:)[^/\s@]+@"), r"\1•••@"),
    (re.compile(r"\b(sk-|gsk_|xai-|hf_|AIza|ghp_|github_pat_|nvapi-|pplx-)[A-Za-z0-9_-]{12,}"), r"\1•••"),
)


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


def redact(text: str) -> str:
    """``text`` without any secret that this process held, nor anything that looks like one."""
    for value in sorted(_known, key=len, reverse=True):
        text = text.replace(value, str(Secret(value)))
    for pattern, mask in _PATTERNS:
        text = pattern.sub(mask, text)
    return text
