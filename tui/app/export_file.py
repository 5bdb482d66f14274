"""A conversation as a file in the person's folder: never over another file, never through a link."""

from __future__ import annotations

import os
import re
from itertools import count
from pathlib import Path

from tui.chat.bundle import Bundle
from tui.chat.export import to_json, to_markdown
from tui.chat.page import to_html
from tui.errors import SegueError, UsageError
from tui.paths import PRIVATE_FILE

_FORMS = {".md": to_markdown, ".json": to_json, ".html": to_html}
_LONGEST_NAME = 60


def export(bundle: Bundle, wanted: str, folder: Path) -> Path:
    """Write a conversation; the end of the name says in which form.

    Args:
        bundle: The conversation.
        wanted: A file or folder as it was typed; empty for a name made of the title.
        folder: Where a name without a folder goes.

    Returns:
        The file.

    Raises:
        SegueError: It can't be written, or the file is there already.
    """
    path = folder / Path(wanted).expanduser() if wanted else folder
    if path.is_dir():
        path = _unused(path / f"{slug(bundle.conversation.title)}.md")
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        what = f"the ending {path.suffix}" if path.suffix else "no ending"
        raise UsageError(f"{path.name} has {what}", "It can be .md, .json or .html.")
    try:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        with open(os.open(path, flags, PRIVATE_FILE), "w", encoding="utf-8") as file:
            file.write(form(bundle))
    except FileExistsError:
        raise UsageError(f"{path} is there already", "Give another name.") from None
    except OSError as error:
        raise SegueError(f"{path} can't be written: {error.strerror}") from None
    return path


def slug(title: str) -> str:
    """A title as a file name that every system takes."""
    words = re.sub(r"[^\w]+", "-", title.lower()).strip("-_")
    return words[:_LONGEST_NAME].rstrip("-_") or "conversation"


def _unused(path: Path) -> Path:
    names = (path if n == 1 else path.with_stem(f"{path.stem}-{n}") for n in count(1))
    return next(name for name in names if not os.path.lexists(name))
