"""Replies of a length, in one kind of content each; the same ones every time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

_WORDS = """
the of and to a in is that it for on with as this be by an or from at which one can when each all more model
stream token cache buffer window socket thread timeout message reply session value line width page between
without because however `asyncio` `timeout()` **always** *never* connection application
"""
WORDS = _WORDS.split()
TOKEN = 4
"""Characters of a token, about."""


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def _paragraphs(chance: random.Random) -> Iterator[str]:
    while True:
        yield " ".join(_sentence(chance, 12) for _ in range(5)) + "\n\n"


def _code(chance: random.Random) -> Iterator[str]:
    while True:
        names = chance.choices(("fetch", "parse", "value", "limit", "items", "count"), k=4)
        yield _sentence(chance, 10) + "\n\n```python\n" + _function(*names) * 3 + "```\n\n"


def _function(name: str, first: str, second: str, third: str) -> str:
    return (
        f"async def {name}({first}, {second}=10.0):\n"
        f'    """Return the {third} of it."""\n'
        f"    for index, {third} in enumerate({first}):  # each of them\n"
        f"        if {third} is not None and index < {second}:\n"
        f"            return await self.{name}({third}, 'text', {second})\n\n"
    )


def _tables(chance: random.Random) -> Iterator[str]:
    while True:
        yield _sentence(chance, 10) + "\n\n| name | count | what it does |\n|---|--:|---|\n"
        yield from (_row(chance, number) for number in range(12))
        yield "\n"


def _row(chance: random.Random, number: int) -> str:
    return f"| {' '.join(chance.choices(WORDS, k=2))} | {number} | {' '.join(chance.choices(WORDS, k=6))} |\n"


def _one_paragraph(chance: random.Random) -> Iterator[str]:
    while True:
        yield _sentence(chance, 12) + " "


def _one_fence(chance: random.Random) -> Iterator[str]:
    yield "```python\n"
    while True:
        yield _function(*chance.choices(("fetch", "parse", "value", "limit", "items", "count"), k=4))


def _one_list(chance: random.Random) -> Iterator[str]:
    while True:
        yield f"- {_sentence(chance, 12)}\n"


def _one_nested_list(chance: random.Random) -> Iterator[str]:
    yield "1. One item holds it all:\n"
    while True:
        yield f"   - {_sentence(chance, 12)}\n     - {_sentence(chance, 8)}\n"


def _one_quote(chance: random.Random) -> Iterator[str]:
    while True:
        yield f"> {_sentence(chance, 20)}\n>\n"


def _one_table(chance: random.Random) -> Iterator[str]:
    yield "| name | count | what it does |\n|---|--:|---|\n"
    number = 0
    while True:
        yield _row(chance, number)
        number += 1


def _mixed(chance: random.Random) -> Iterator[str]:
    kinds = [_paragraphs(chance), _code(chance), _paragraphs(chance)]
    while True:
        for kind in kinds:
            yield next(kind)
        yield "".join(f"- {_sentence(chance, 9)}\n" for _ in range(5)) + "\n"
        yield "| a | b |\n|---|---|\n" + "".join(f"| {number} | value |\n" for number in range(5)) + "\n"


KINDS: dict[str, Callable[[random.Random], Iterator[str]]] = {
    "paragraphs": _paragraphs,
    "code": _code,
    "tables": _tables,
    "mixed": _mixed,
    "one paragraph": _one_paragraph,
    "one fence": _one_fence,
    "one list": _one_list,
    "one nested list": _one_nested_list,
    "one quote": _one_quote,
    "one table": _one_table,
}


def reply(kind: str, tokens: int) -> str:
    """A reply of about so many tokens."""
    parts: list[str] = []
    size = 0
    for part in KINDS[kind](random.Random(kind)):
        parts.append(part)
        size += len(part)
        if size >= tokens * TOKEN:
            break
    return "".join(parts)[: tokens * TOKEN]


def pieces(text: str) -> list[str]:
    """The reply as tokens."""
    return [text[start : start + TOKEN] for start in range(0, len(text), TOKEN)]
