"""A new kind of part, chunk or event is added in one place, and every consumer of it is named.

mypy names each ``match`` that lacks a kind, if nothing in it takes what is left: no ``case _`` but that of
``assert_never``. That is looked for here, as are two kinds in one ``isinstance``, which sort a new kind in
silence.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from tests.said import ONE_OF_EACH
from tui.chat.chunks import Chunk
from tui.chat.parts import Part, from_json, to_json
from tui.engine.events import Event
from tui.engine.intake import taken
from tui.engine.session_events import SessionEvent
from tui.engine.thinking import Piece

ROOT = Path(__file__).parents[2]
UNIONS = (Part, Chunk, Event, SessionEvent, Piece)
KINDS = {kind.__name__ for union in UNIONS for kind in get_args(union)} - {"str"}
HOMES = {kind.__module__ for union in UNIONS for kind in get_args(union)} | {"tui.chat.chunks"}


def kinds_in(tree: ast.AST) -> set[str]:
    """What a module calls the kinds that it has."""
    return {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in HOMES
        for name in node.names
        if name.name in KINDS
    } | {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name in KINDS}


def names_in(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def takes_what_is_left(case: ast.match_case) -> bool:
    pattern = case.pattern
    return case.guard is None and isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def is_never(case: ast.match_case) -> bool:
    return any("assert_never" in names_in(statement) for statement in case.body)


def silent_places(source: str) -> Iterator[int]:
    """The lines that would take a new kind without a word."""
    tree = ast.parse(source)
    kinds = kinds_in(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Match):
            named = {
                name
                for case in node.cases
                for pattern in ast.walk(case.pattern)
                if isinstance(pattern, ast.MatchClass)
                for name in names_in(pattern.cls)
            }
            last = node.cases[-1]
            if named & kinds and takes_what_is_left(last) and not is_never(last):
                yield node.lineno
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "isinstance"
            and len(names_in(node.args[1]) & kinds) > 1
        ):
            yield node.lineno


def test_no_consumer_takes_a_new_kind_in_silence() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "tui").rglob("*.py"))
        for line in silent_places(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_mypy_names_each_match_that_lacks_a_kind() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "exhaustive-match" in settings["tool"]["mypy"]["enable_error_code"]


@pytest.mark.parametrize(
    "consumer",
    [
        "match part:\n    case Text():\n        pass\n    case _:\n        pass",
        "match part:\n    case Text() | Image():\n        pass\n    case other:\n        print(other)",
        "isinstance(part, Text | Image)",
        "isinstance(part, (Text, Image))",
    ],
)
def test_such_a_consumer_is_found(consumer: str) -> None:
    assert list(silent_places(f"from tui.chat.parts import Image, Text\n{consumer}")) == [2]


def test_each_kind_of_part_has_its_json_and_passes_the_gate() -> None:
    assert {type(part) for part in ONE_OF_EACH} == set(get_args(Part))
    for part in ONE_OF_EACH:
        assert from_json(to_json(part)) == part
        assert taken(part) == part
