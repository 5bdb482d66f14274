"""Conversations as files: one conversation, or all of them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from tui.chat.conversation import Bundle
from tui.chat.export import all_to_json, file_name, to_json, to_markdown
from tui.errors import SegueError, UsageError
from tui.paths import PRIVATE_FILE

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
            target = _unused(target / file_name(bundle.conversation.title, form or "md"))
    except (OSError, RuntimeError, ValueError) as error:  # too long a name, no such home
        raise _unwritable(target, error) from error
    return _write_new(target, render(bundle, form or _asked_for(target)))


def _asked_for(target: Path) -> Format:
    form = format_of(target)
    if form is None:
        what = f"the ending {target.suffix}" if target.suffix else "no ending"
        raise UsageError(f"{target.name} has {what}", "It can be .md, .json or .html.")
    return form


def _unused(target: Path) -> Path:
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


def _write_new(target: Path, text: str) -> Path:
    """Write a file that is not there yet, whole or not at all; a link in its place is not followed."""
    try:
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE)
        try:
            with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
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
