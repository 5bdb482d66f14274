"""No text names a key: it names an action, and shows the key that the action has now."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tui
from tui.app.commands import ALL

ROOT = Path(tui.__file__).parent
OWN_KEYS = {
    "app/actions.py": "the table",
    "app/keymap.py": "how keys are written",
    "app/composer/vim_keys.py": "Vim's keys are Vim's",
    "app/lists/field.py": "what edits a line, in every program",
    "cli/local.py": "a signal of the terminal",
    "cli/mcp.py": "a signal of the terminal",
    "cli/piped.py": "what the terminal itself does with a line",
    "cli/plain/asker.py": "letters that are written as an answer",
    "cli/plain/commands.py": "what the terminal itself does with a line",
    "cli/plain/keyboard.py": "what the terminal itself does with a line",
    "cli/plain/run.py": "a signal of the terminal",
}
"""Files that may name keys, and why."""
NO_KEYS_THERE = (
    "app/composer/vim/",
    "app/terminal/",
    "rendering/",
    "markdown/",
    "history/",
    "chat/context.py",
)
"""Vim, the terminal's own names; and signs, patterns and SQL that only look like keys."""
SIGNS = {"↓ more below"}
KEY = re.compile(
    r"\b(?:[Cc]trl|[Cc]ontrol|[Aa]lt|[Oo]ption|[Mm]eta|[Ss]hift) ?[+-]|\b[CM]-[a-zA-Z]\b"
    r"|(?<![\w\[])\^[A-Z]\b|[⌘⌥⌃⇧]"
    r"|\b[Ff](?:[1-9]|1[0-2])\b"
    r"|\b[Ee]sc\b|\b[Ee]nter\b|\bTab\b|^tab$|\b[Bb]ackspace\b|\bSpace\b"
    r"|\b[Pp](?:age ?|g)(?:[Uu]p|[Dd]own|[Dd]n)\b|\b[Ee]scape\b|\bReturn\b|\b[Aa]rrows?\b"
    r"|\b(?:Home|End|Insert) (?:key|go|scroll)"
    r"|[↑↓←→⏎]"
)
LETTER = re.compile(r"(?<![\w'’./{%-])[b-hj-zB-HJ-Z](?= [a-z]{2,}| \{)|\b(?:[Pp]ress|[Tt]ype|[Hh]it) \w\b")
"""A letter that stands alone in a sentence is mostly a key."""


def texts(file: Path) -> Iterator[tuple[int, str]]:
    """The texts of a module, whole also where they are put together, but for docstrings and comparisons."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.Compare):
            skipped.update(id(part) for part in ast.walk(node))
    for node in ast.walk(tree):
        if id(node) not in skipped and (text := put_together(node)):
            yield node.lineno, text


def put_together(node: ast.AST) -> str:
    """What a literal says, an f-string with braces for what comes into it, or a sum of these."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(put_together(part) or "{…}" for part in parts)
        case ast.FormattedValue(value=ast.Constant() as inner):
            return put_together(inner)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return put_together(left) + put_together(right)
        case _:
            return ""


def names_a_key(text: str) -> bool:
    return text not in SIGNS and bool(KEY.search(text) or LETTER.search(text))


def test_no_text_names_a_key():
    found = [
        f"{name}:{line}: {text!r}"
        for file in sorted(ROOT.rglob("*.py"))
        if (name := file.relative_to(ROOT).as_posix()) not in OWN_KEYS and not name.startswith(NO_KEYS_THERE)
        for line, text in texts(file)
        if names_a_key(text)
    ]
    assert not found, "show the key of an action: keys_of(app).name(Action.…)\n" + "\n".join(found)


def test_no_table_leads_from_what_can_be_done_to_a_letter():
    found = [
        f"{file.relative_to(ROOT)}:{value.lineno}: {value.value!r}"
        for file in sorted((ROOT / "app").rglob("*.py"))
        if not file.relative_to(ROOT).as_posix().startswith(NO_KEYS_THERE)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Dict)
        for value in node.values
        if isinstance(value, ast.Constant) and re.fullmatch("[a-z]", str(value.value))
    ]
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        *("Choose one with Ctrl+L", "F1 lists them", "esc dismiss", "Enter sends", "press enter", "tab"),
        *("r makes a new one.", "↑ takes it back", "m with another model", "page up scrolls", "g goes on"),
        *("D deletes the rest", "C-x quits", "^C stops", "Control-L", "⌘K", "PgUp scrolls", "the arrow keys"),
        *("Return sends", "Escape closes", "press y", "Meta+x"),
    ],
)
def test_a_text_with_a_key_is_recognised(text):
    assert names_a_key(text)


@pytest.mark.parametrize(
    "text", ["as a list", "It can't be read", "the table", "I wait", "of 3 s", "e.g. this"]
)
def test_a_text_without_one_is_left_alone(text):
    assert not names_a_key(text)


@pytest.mark.parametrize(
    "code", ['f"{x} ctrl+l"', '"ctrl" "+l"', '"Ct" + "rl+l"', """f"{'ctrl'}+l" """, '"Press " + f"ctrl+{x}"']
)
def test_a_text_is_read_whole_however_it_is_put_together(code, tmp_path):
    file = tmp_path / "module.py"
    file.write_text(f"words = {code}")
    assert any(names_a_key(text) for _, text in texts(file))


def test_the_files_that_may_name_keys_are_there():
    assert all((ROOT / name).is_file() for name in OWN_KEYS)


def test_the_ways_that_errors_name_are_commands():
    named = [
        node.args[1].value
        for file in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Way"
        and isinstance(node.args[1], ast.Constant)
    ]  # fmt: skip
    assert named and set(named) <= {command.name for command in ALL}
