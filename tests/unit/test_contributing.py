"""What CONTRIBUTING says is so: its paths and words are there, its recipes work in a copy of the program."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRIBUTING = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"(?<![\w/])(?:(?:tui|tests|screenshots|\.ci)/[\w./]*\w|pyproject\.toml|README\.md)")
RULES = ("test_maps", "test_no_circles", "test_no_key_in_texts")
"""What every new module must keep."""


# -- the recipes
@dataclass(frozen=True)
class Block:
    """Code that is to be written: a new file, or changes of one that is there."""

    language: str
    path: str
    text: str

    def apply(self, folder: Path) -> None:
        target = folder / self.path
        if self.language == "python":
            assert not target.exists(), f"{self.path} is there already"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.text, encoding="utf-8")
            return
        text = target.read_text(encoding="utf-8")
        for hunk in re.split(r"^@@\n", self.text, flags=re.MULTILINE):
            text = changed(text, hunk.splitlines(), self.path)
        target.write_text(text, encoding="utf-8")


def changed(text: str, hunk: list[str], path: str) -> str:
    """A text with one change of a diff; its lines say where. Without such lines, it goes to the end."""
    old = "".join(f"{line[1:]}\n" for line in hunk if not line.startswith("+"))
    new = "".join(f"{line[1:]}\n" for line in hunk if not line.startswith("-"))
    if not old:
        return text + new
    assert f"\n{text}".count(f"\n{old}") == 1, f"{path} has not once:\n{old}"
    return f"\n{text}".replace(f"\n{old}", f"\n{new}", 1)[1:]


def blocks() -> Iterator[Block]:
    for language, text in BLOCK.findall(CONTRIBUTING):
        if language in ("python", "diff"):
            first, _, rest = text.partition("\n")
            yield Block(language, first.removeprefix("# ").removeprefix("--- "), rest)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program and its tests, in which every recipe has been followed."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("tui", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__snapshots__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for block in blocks():
        block.apply(folder)
    return folder


def run_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
    )


def goes_well(folder: Path, *arguments: str) -> None:
    done = run_in(folder, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_recipes_work_and_the_rules_of_the_house_hold_after_them(copy):
    written = [block.path for block in blocks() if block.path.startswith("tests/")]
    rules = [f"tests/unit/{name}.py" for name in RULES]
    goes_well(copy, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *written, *rules)
    goes_well(copy, "-m", "ruff", "check", "--no-cache", ".")
    goes_well(copy, "-m", "ruff", "format", "--no-cache", "--check", ".")
    goes_well(copy, "-c", "from importlinter.cli import lint_imports_command as go; go(['--no-cache'])")


def test_each_recipe_has_a_test_but_for_the_part_that_mypy_checks():
    recipes = re.split(r"^### ", CONTRIBUTING, flags=re.MULTILINE)[1:]
    without = [recipe.splitlines()[0] for recipe in recipes if "\n# tests/" not in recipe]
    assert without == ["A part"]


def test_mypy_names_the_matches_that_the_recipe_of_a_part_lists_and_nothing_else(copy):
    recipe = CONTRIBUTING.partition("### A part\n")[2].partition("### ")[0]
    sentence = recipe.partition("Today they are in")[2].partition(". ")[0]
    said = run_in(copy, "-m", "mypy", "--no-error-summary").stdout.replace("\\", "/").splitlines()
    forgotten = [line for line in said if '"assert_never" has incompatible type "Poll"' in line]
    assert said == forgotten
    assert {line.partition(":")[0] for line in said} == set(PATH.findall(sentence))


# -- what it names
def test_every_path_that_it_names_is_there():
    said = BLOCK.sub(lambda block: "" if block[1] else block[2], CONTRIBUTING)
    paths = set(PATH.findall(said))
    assert len(paths) > 30
    assert not [path for path in sorted(paths) if not (ROOT / path).exists()]


def test_every_module_that_it_runs_is_there():
    for name in re.findall(r"python -m (tests[\w.]+)", CONTRIBUTING):
        path = ROOT / name.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), name


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`(tui\.[\w.]+)`", BLOCK.sub("", CONTRIBUTING)))))
def test_every_word_is_in_the_code_where_it_says(place):
    names = place.split(".")
    module = next(
        (".".join(names[:size]) for size in range(len(names), 1, -1) if is_module(names[:size])), None
    )
    assert module is not None
    thing = importlib.import_module(module)
    for name in names[module.count(".") + 1 :]:
        assert hasattr(thing, name) or f"self.{name}" in inspect.getsource(thing), f"{thing} has no {name}"
        thing = getattr(thing, name, thing)


def is_module(names: list[str]) -> bool:
    path = ROOT.joinpath(*names)
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()
