"""Every regular expression of the program, and what reads outside text, on text made to be slow: none is.

The expressions are found and not listed, so that a new one can't be forgotten.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

import tui
from tui.engine.mentioning import mentions
from tui.engine.thinking import Thinking
from tui.key_forms import key_in
from tui.providers.error_parsing import describe, describe_page, read_complaint
from tui.providers.most import tokens_refused
from tui.secret import redact, without_password
from tui.text import clean, fenced, one_line, plain_host
from tui.typed_toml import Document

SIZES = (40, 400, 4000)
QUICK = 0.0015
"""Seconds for the largest text in which one way through is done. What takes longer is looked at again."""
LONG = 0.03
"""Seconds that a text of four times that size may take, however many ways it is gone through."""
WORST = 9.0
"""Times longer for a text of four times the size, where one way through takes four times as long."""
PARTS = 4
"""Tests among which the expressions are shared out, so that they can run side by side."""
METHODS = frozenset({"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"})
PUMPS = [
    " ",
    "\n",
    "\t",
    "a",
    "1",
    "é",
    "汉",
    "_",
    "-",
    ".",
    ",",
    ":",
    "/",
    "\\",
    "|",
    "&",
    "=",
    "$",
    "*",
    "~",
]
PUMPS += [
    "[",
    "]",
    "(",
    ")",
    "{",
    "<",
    ">",
    '"',
    "'",
    "`",
    "a ",
    "a.",
    "1,",
    "1 ",
    "a:",
    "- ",
    "> ",
    "\n ",
    "://",
]


class Expression(NamedTuple):
    """A regular expression, and how it is used."""

    name: str
    pattern: re.Pattern[Any]
    used: frozenset[str]


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(tui.__path__, "tui."):
        posix_alone = found.name == "tui.app.terminal.driver" and sys.platform == "win32"
        if not found.name.endswith("__main__") and not posix_alone:
            yield importlib.import_module(found.name)


def patterns(value: Any, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """The expressions in a value, and in what it holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict) and depth < 4:
        for inner in (*value, *value.values()):
            yield from patterns(inner, depth + 1)
    elif isinstance(value, tuple | list | set | frozenset) and depth < 4:
        for inner in value:
            yield from patterns(inner, depth + 1)


def written(module: ModuleType) -> Iterator[tuple[ast.Call, Any]]:
    """The calls of ``re`` in a module, with the expression where it is one that does not change."""
    for call in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == "re"
            and call.func.attr in METHODS
        ):
            try:
                yield call, eval(compile(ast.Expression(call.args[0]), "", "eval"), dict(vars(module)))
            except NameError:
                continue  # made of what was typed, which is escaped


def uses(module: ModuleType) -> dict[str, set[str]]:
    """What is called of each name in a module."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS:
            found.setdefault(node.value.id, set()).add(node.attr)
    return found


@cache
def expressions() -> tuple[Expression, ...]:
    found: dict[tuple[str | bytes, int], Expression] = {}
    for module in modules():
        used = uses(module)
        for name, value in vars(module).items():
            inner = (
                vars(value).items() if isinstance(value, type) and value.__module__ == module.__name__ else ()
            )
            for inner_name, held in [(name, value), *inner]:
                for pattern in patterns(held):
                    ways = frozenset(used.get(inner_name, ()) if held is pattern else ()) or frozenset(
                        {"search"}
                    )
                    key = pattern.pattern, pattern.flags
                    before = found[key].used if key in found else frozenset()
                    found[key] = Expression(f"{module.__name__}.{inner_name}", pattern, before | ways)
        for call, source in written(module):
            if isinstance(source, str | bytes) and isinstance(call.func, ast.Attribute):
                pattern = re.compile(source)
                named = f"{module.__name__}, line {call.lineno}"
                key = pattern.pattern, pattern.flags
                found.setdefault(key, Expression(named, pattern, frozenset({call.func.attr})))
    return tuple(found.values())


def literals(pattern: re.Pattern[Any]) -> list[str]:
    """What an expression has of plain text, by itself and with what follows: the longest first."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    source = re.sub(r"\\[a-zA-Z]|\(\?[a-zA-Z]+\)|\{[\d,]*\}", "\0", source)
    runs = [run.replace("\\", "")[:20] for run in re.findall(r"[\w<>/:@#~`'\"=\-,&% |$\\]+", source)]
    found = {*runs, *map("".join, pairwise(runs))} - {""}
    return sorted(found, key=lambda text: (-len(text), text))[:8]


def texts(expression: Expression) -> Iterator[Callable[[int], Any]]:
    """Ways to make a text of a size: a beginning, something again and again, an end that does not fit."""
    pattern = expression.pattern
    own = literals(pattern)
    binary = isinstance(pattern.pattern, bytes)
    for pump in dict.fromkeys([*PUMPS, *own]):
        for begin in dict.fromkeys(["", "[", *own[:1]]):
            for end in ("", "\0") if expression.used & {"match", "fullmatch"} else ("\0",):

                def make(size: int, pump: str = pump, begin: str = begin, end: str = end) -> Any:
                    text = begin + pump * (size // len(pump)) + end
                    return text.encode() if binary else text

                yield make


def seconds(act: Callable[[Any], object], text: Any) -> float:
    begun = time.process_time()
    act(text)
    return time.process_time() - begun


def is_slow(act: Callable[[Any], object], make: Callable[[int], Any], sizes: tuple[int, ...] = SIZES) -> bool:
    """Whether it takes long, and ever longer."""
    if all(seconds(act, make(size)) < QUICK for size in sizes):
        return False
    least = [min(seconds(act, make(size)) for _ in range(3)) for size in (sizes[-1], 4 * sizes[-1])]
    return least[1] > LONG and least[1] > WORST * least[0]


def acts(expression: Expression) -> Iterator[Callable[[Any], object]]:
    pattern = expression.pattern
    if "match" in expression.used:
        yield pattern.match
    if "fullmatch" in expression.used:
        yield pattern.fullmatch
    if expression.used - {"match", "fullmatch"}:
        yield pattern.findall


def test_all_expressions_are_found():
    names = {expression.name for expression in expressions()}
    assert len(names) > 80
    assert {"tui.secret._PATTERNS", "tui.typed_toml._HEADER", "tui.engine.thinking._TOKENS"} <= names
    assert any("error_parsing, line" in name for name in names), "those that are written where they are used"


@pytest.mark.parametrize("part", range(PARTS))
def test_no_expression_is_slow(part):
    slow = {
        expression.name
        for expression in expressions()[part::PARTS]
        if any(is_slow(act, make) for act in acts(expression) for make in texts(expression))
    }
    assert slow == set()


def test_a_slow_expression_would_be_found():
    slow = Expression("", re.compile(r"<title[^>]*>(.*?)</title>"), frozenset({"search"}))
    assert any(is_slow(act, make) for act in acts(slow) for make in texts(slow))


def in_pieces(text: str) -> None:
    """Every character by itself, as a server may send a reply."""
    thinking = Thinking()
    for char in text:
        list(thinking.feed(char))
    list(thinking.close())


def at_once(text: str) -> None:
    thinking = Thinking()
    list(thinking.feed(text))
    list(thinking.close())


READERS: dict[str, Callable[[str], object]] = {
    "clean": clean,
    "one_line": lambda text: one_line(text, 80),
    "fenced": fenced,
    "redact": redact,
    "a proxy's address": without_password,
    "a key": key_in,
    "files named after @": mentions,
    "a host": lambda text: plain_host(f"https://ж{text}"),
    "a limit in a refusal": lambda text: tokens_refused(text[:4000], [("max_tokens",)], {"max_tokens": 9}),
    "a page in place of an answer": lambda text: describe_page("host", text, 500),
    "an error's words": lambda text: describe("host", 400, read_complaint({"error": {"message": text}})),
    "an error's words in a list": lambda text: read_complaint({"detail": [{"loc": [text], "msg": text}]}),
    "config.toml": lambda text: Document(Path("config.toml"), text),
    "thinking in a reply": at_once,
}
BEGINS = ["", "[", "<title>", "<think>", "</think>", "```\n", "a = ", '"', "://", "https://"]
MIXES = [
    "<title",
    "<title>",
    "a.",
    "[a",
    "a = ",
    "a.a",
    '"""',
    "</think>",
    "<think>",
    "<|channel|>",
    "`",
    "a</think>b",
]


@pytest.mark.parametrize("reader", READERS)
def test_no_reader_of_outside_text_is_slow(reader):
    def make(size: int, begin: str, pump: str) -> str:
        return begin + pump * (size // len(pump)) + "\0"

    slow = [
        (begin, pump)
        for begin in BEGINS
        for pump in [*PUMPS, *MIXES]
        if is_slow(READERS[reader], lambda n, b=begin, p=pump: make(n, b, p), (100, 1000))
    ]
    assert slow == []


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("pump", [" ", "<title", "a.", "[", "\n", "`"])
def test_an_answer_as_long_as_is_read_takes_no_time(reader, pump):
    assert seconds(READERS[reader], "<think>[" + pump * (64_000 // len(pump))) < 3


@pytest.mark.parametrize("pump", [" ", "\n", "<", "`", "a.", "</think>"])
def test_no_reply_in_pieces_is_slow(pump):
    assert not is_slow(in_pieces, lambda size: "<think>" + pump * (size // len(pump)), (2000,))
    assert not is_slow(in_pieces, lambda size: pump * (size // len(pump)), (2000,))
