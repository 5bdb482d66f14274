"""The docstring of each package is a map of it: each module has its line, and nothing else has one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tui

ROOT = Path(tui.__file__).parent
PACKAGES = sorted(file.parent for file in ROOT.rglob("__init__.py"))
LINE = re.compile(r"^    (\S+) {2,}\S", re.MULTILINE)
READ = re.compile(r"\bRead ([^.:]*)")
NAME = re.compile(r"``([\w./]+)``")
PLACE = re.compile(r"``(\w+(?:[./]\w+)+)``")


def named(package: Path) -> str:
    return package.relative_to(ROOT.parent).as_posix().replace("/", ".")


def docstring(package: Path) -> str:
    words = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
    assert words is not None
    return words


def in_the_map(package: Path) -> list[str]:
    return LINE.findall(docstring(package))


def modules(package: Path) -> Iterator[str]:
    for path in package.iterdir():
        if (path / "__init__.py").is_file():
            yield f"{path.name}/"
        elif path.suffix == ".py" and path.stem != "__init__":
            yield path.stem


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_each_module_of_a_package_is_in_its_map_and_nothing_else_is(package):
    lines = in_the_map(package)
    data = {name for name in lines if "." in name}
    assert sorted(set(lines) - data) == sorted(modules(package)), f"mend the docstring of {named(package)}"
    assert len(lines) == len(set(lines)), "each has one line"
    assert all((package / name).is_file() for name in data)


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_what_is_to_be_read_first_is_there(package):
    for words in READ.findall(docstring(package)):
        for name in NAME.findall(words):
            path = package / name
            assert path.with_suffix(".py").is_file() or path.is_dir(), f"{named(package)} has no {name}"


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_what_else_it_names_with_a_path_is_there(package):
    own = {"config.toml"}
    for name in set(PLACE.findall(docstring(package))) - own:
        path = name if "/" in name else name.replace(".", "/")
        rooms = (package, *package.parents)
        assert any((room / path).with_suffix(".py").is_file() or (room / path).exists() for room in rooms), (
            name
        )
