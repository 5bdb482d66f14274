"""Conversations as files: one conversation, or all of them."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from tui.chat.conversation import Bundle
from tui.chat.export import all_to_json, file_name, to_json, to_markdown
from tui.digest import new_name
from tui.errors import SegueError, UsageError
from tui.paths import PRIVATE_FILE
from tui.text import one_line

Format = Literal["md", "json", "html"]
FORMATS: tuple[Format, ...] = ("md", "json", "html")


def render(bundle: Bundle, form: Format) -> str:
    """One conversation in a format."""
    match form:
        case "md":
            return to_markdown(bundle)
        case "json":
            return to_json(bundle)
        case "html":
            from tui.chat.page import to_html  # brings the Markdown parser

            return to_html(bundle)


def format_of(target: Path) -> Format | None:
    """The format that a file's name asks for, if it does."""
    ending = target.suffix.lower().removeprefix(".")
    return next((form for form in FORMATS if form == ending), None)


def write_conversation(bundle: Bundle, target: Path, form: Format | None = None) -> Path:
    """Write one conversation to a new file; under its title, if ``target`` is a folder.

    Raises:
        UsageError: There is something with this name already, or its ending names no format.
        SegueError: It can't be written.
    """
    try:
        target = target.expanduser()
        if target.is_dir():
            target = unused(target / file_name(bundle.conversation.title, form or "md"))
    except (OSError, RuntimeError, ValueError) as error:  # too long a name, no such home
        raise _unwritable(target, error) from error
    return _write_new(target, render(bundle, form or _asked_for(target)))


_OF_A_PROJECT = 0o666
"""The mode of a file of code, less what the person's ``umask`` takes away: it is no conversation."""


_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
"""What Windows allows in no name of a file (learn.microsoft.com/windows/win32/fileio/naming-a-file)."""


def suggested_name(language: str) -> str:
    """A name for a file of code in ``language`` that nothing in the working folder has."""
    return unused(Path(_name_in(language))).name


def name_of_picture(said: str) -> str:
    """What a picture is called, as a file may be called on every system."""
    return _FORBIDDEN.sub("-", one_line(Path(said).name)).strip(" .") or "picture.png"


def unused_name(said: str) -> str:
    """The name of a picture, or one like it that nothing in the working folder has."""
    return unused(Path(name_of_picture(said))).name


def save_picture_to(data: bytes, target: Path) -> Path:
    """Write a picture to a file that is not there yet, whole or not at all.

    Raises:
        UsageError: There is something with this name already.
        SegueError: It can't be written.
    """
    return _write_new(target, data, _OF_A_PROJECT)


def _name_in(language: str) -> str:
    from pygments.lexers import get_lexer_by_name  # slow: few ask for it
    from pygments.util import ClassNotFound

    try:
        patterns = get_lexer_by_name(language.strip()).filenames if language.strip() else []
    except ClassNotFound:
        patterns = []
    names = (name.replace("*", "code", 1) if name.startswith("*.") else name for name in patterns)
    return next((name for name in names if re.fullmatch(r"[\w.+-]+", name)), "code.txt")


def check_new(target: Path) -> None:
    """Make sure that a file can be written that is not there yet.

    Raises:
        UsageError: There is something with this name already.
        SegueError: There is no folder for it.
    """
    if os.path.lexists(target):
        raise _taken(target)
    if not target.parent.is_dir():
        raise SegueError(f"There is no folder {target.parent}", "Choose another place.")


def place_of(typed: str, suggested: str) -> Path:
    """The file that a person means: in a folder, under the suggested name.

    Raises:
        SegueError: There can be no such file.
    """
    target = Path(typed)
    try:
        target = target.expanduser()
        return (target / suggested if target.is_dir() else target).absolute()
    except (OSError, RuntimeError, ValueError) as error:
        raise _unwritable(target, error) from error


def save_text(text: str, target: Path, *, over: bool = False) -> Path:
    """Write a text to a file, whole or not at all; what is written over keeps its mode, a link its place.

    Args:
        text: What it will hold.
        target: The file.
        over: Whether one that is there is written over.

    Raises:
        UsageError: It is there already.
        SegueError: It can't be written.
    """
    if not over or not os.path.lexists(target):
        return _write_new(target, text, _OF_A_PROJECT)
    place = Path(os.path.realpath(target))
    half = place.with_name(f".{place.name}.{new_name(4)}")
    _write_new(half, text, _OF_A_PROJECT)
    try:
        if place.exists():
            shutil.copymode(place, half)
        os.replace(half, place)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise _unwritable(target, error) from error
    return target


def _asked_for(target: Path) -> Format:
    form = format_of(target)
    if form is None:
        what = f"the ending {target.suffix}" if target.suffix else "no ending"
        raise UsageError(f"{target.name} has {what}", "It can be .md, .json or .html.")
    return form


def unused(target: Path) -> Path:
    """The name, or one like it that no file has."""
    names = (target if n == 1 else target.with_stem(f"{target.stem}-{n}") for n in itertools.count(1))
    return next(name for name in names if not os.path.lexists(name))


def write_all(bundles: Iterable[Bundle], target: Path, form: Format) -> Path:
    """Write all conversations: JSON into one file, the other formats into a new folder.

    Raises:
        UsageError: There is something with this name already.
        SegueError: It can't be written.
    """
    if form == "json":
        return _write_new(target, all_to_json(bundles))
    try:
        target.mkdir(parents=True)
    except FileExistsError:
        raise _taken(target) from None
    except OSError as error:
        raise _unwritable(target, error) from error
    for bundle in bundles:
        name = file_name(bundle.conversation.title, form)
        _write_new(target / f"{bundle.conversation.id}-{name}", render(bundle, form))
    return target


def _write_new(target: Path, content: str | bytes, mode: int = PRIVATE_FILE) -> Path:
    """Write a file that is not there yet, whole or not at all; a link in its place is not followed."""
    try:
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
        try:
            with open(descriptor, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return target.absolute()
    except FileExistsError:
        raise _taken(target) from None
    except (OSError, ValueError) as error:
        raise _unwritable(target, error) from error


def _taken(target: Path) -> UsageError:
    return UsageError(f"{target} is there already", "Choose another name, or remove it first.")


def _unwritable(target: Path, error: Exception) -> SegueError:
    reason = getattr(error, "strerror", None) or str(error)
    return SegueError(f"{target} can't be written: {reason}", "Choose another place.")
