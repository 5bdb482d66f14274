"""What a prompt names after ``@`` goes along with it, also where it was sent before it was chosen."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from glob import has_magic
from typing import NamedTuple

from tui.chat.attachment import Attachment, tokens_words
from tui.engine.attaching import PATIENCE, path_of, read_attachment
from tui.engine.folder_files import Found, files_in, files_like, is_whole_place, left_out_words
from tui.engine.gathering import Elsewhere, is_elsewhere
from tui.errors import SegueError, UsageError
from tui.text import one_line

_MENTION = re.compile(r"(?<![a-z0-9_.+%-])@(\"[^\"\n]{1,4000}\"|[^\s\"]{1,4000})", re.IGNORECASE | re.ASCII)
"""After a letter of our own alphabet ``@`` stands in an address."""
_CODE = re.compile(r"(?ms)^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)|`[^`\n]*`")
_PUNCTUATION = ".,;:!?)]}'\"，。、；：！？）」』】》"
_WIDE = re.compile("[，。、；：！？（）「」『』【】《》]")
"""Punctuation of other scripts: no address goes on behind it, and no space stands before it."""
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_ASCII = re.compile(r"[!-~]+")
"""What of a name may end where words of another script go on without a space."""
_PATH_LIKE = re.compile(r"[/\\]|^~|\w\.[A-Za-z][A-Za-z0-9]{0,4}$")
_MOST_MENTIONS = 20


class Mentioned(NamedTuple):
    """What a prompt names after ``@``."""

    files: tuple[Attachment, ...] = ()
    troubles: tuple[str, ...] = ()
    """What is not attached though it seems to be meant, and why."""
    brought: tuple[str, ...] = ()
    """What goes along that is more than a file that was named, with its tokens."""

    def __add__(self, other: object) -> Mentioned:
        """Both together."""
        assert isinstance(other, Mentioned)
        files = tuple(dict.fromkeys((*self.files, *other.files)))
        return Mentioned(files, (*self.troubles, *other.troubles), (*self.brought, *other.brought))


_NOTHING = Mentioned()


def mentions(text: str) -> list[str]:
    """What stands after ``@`` in a prompt, outside of code."""
    words = (match[1].strip('"') for match in _MENTION.finditer(_CODE.sub(" ", text)))
    return list(dict.fromkeys(words))[:_MOST_MENTIONS]


def unmentioned(text: str) -> str:
    """A text of somebody else's, in which nothing after ``@`` goes along: a space stands behind each."""
    return _MENTION.sub(lambda match: f"@ {match[0][1:]}", text)


async def read_mentioned(
    text: str, elsewhere: Sequence[Elsewhere] = (), begun: Callable[[str], None] = lambda words: None
) -> Mentioned:
    """What ``text`` names after ``@``: a prompt may have been sent before it was chosen.

    Args:
        text: The prompt.
        elsewhere: Who has what is not on the disk.
        begun: Told what is read that may take a while.
    """
    names = mentions(text)
    far = {name: target for name in names if (target := _far(name, elsewhere))}
    if far:
        begun(f"reading {one_line(', '.join(far.values()), 60)}")
    near, *found = await asyncio.gather(
        _read_near([name for name in names if name not in far]),
        *(_read_far(name, target, elsewhere) for name, target in far.items()),
    )
    by_name = {name: each for some in (near, *found) for name, each in some.items()}
    return sum((by_name[name] for name in names if name in by_name), by_name.get("", _NOTHING))


# -- what is not on the disk
def _far(name: str, elsewhere: Sequence[Elsewhere]) -> str:
    """What is named that is elsewhere; empty where it is on the disk, or nowhere."""
    target = _without_punctuation(_WIDE.split(name)[0])
    return target if is_elsewhere(target, elsewhere) else ""


def _without_punctuation(name: str) -> str:
    """A name without what ends a sentence behind it; a bracket that it opens itself is its own."""
    while name and name[-1] in _PUNCTUATION:
        opening = _BRACKETS.get(name[-1], "")
        if opening and name.count(opening) >= name.count(name[-1]):
            break
        name = name[:-1]
    return name


async def _read_far(name: str, target: str, elsewhere: Sequence[Elsewhere]) -> dict[str, Mentioned]:
    there = next(one for one in elsewhere if one.has(target))
    try:
        files = await there.read(target)
    except SegueError as error:
        return {name: Mentioned(troubles=(f"{one_line(target, 80)} was sent as words: {error}",))}
    return {name: Mentioned(files, brought=(_brought(target, files),))}


def _brought(target: str, files: Sequence[Attachment]) -> str:
    count = f", {len(files)} files" if len(files) > 1 else ""
    tokens = tokens_words(sum(file.tokens for file in files))
    return f"{one_line(target, 80)} goes along{count}, {tokens}"


# -- what is on the disk
async def _read_near(names: Sequence[str]) -> dict[str, Mentioned]:
    """What each name means; where that takes too long, so much under no name."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.to_thread(lambda: {name: _near(name) for name in names})
    except TimeoutError:
        return {"": Mentioned(troubles=("The files after @ took too long to read, and were sent as words",))}


def _near(name: str) -> Mentioned:
    """What of the disk this name means, or why it means nothing; neither where none was meant."""
    plain = _ASCII.match(name)
    forms = [name, name.rstrip(_PUNCTUATION), plain[0].rstrip(_PUNCTUATION) if plain else ""]
    try:
        there = next((form for form in forms if form and os.path.lexists(path_of(form))), None)
        if there is None:
            return _pattern(forms) or Mentioned(troubles=_missed(name, forms))
        if _is_hidden(there):
            return _hidden(str(path_of(there)))
        path = path_of(there)
        if path.is_dir() and not path.is_symlink():
            return _folder(there)
        return Mentioned((read_attachment(path),))
    except UsageError as error:
        return Mentioned(troubles=(str(error),))
    except (OSError, ValueError):
        return _NOTHING


def _folder(name: str) -> Mentioned:
    """The files of a folder whose name ends as one, so that a mere word brings none."""
    if not name.endswith(("/", os.sep)):
        words = f"{one_line(name, 80)} is a folder: @{one_line(name, 80)}/ attaches its files"
        return Mentioned(troubles=(words,))
    if is_whole_place(name):
        return Mentioned(troubles=(f"{one_line(name, 80)} is not attached by itself: /attach does that",))
    return _found(name, files_in(path_of(name)))


def _pattern(forms: Sequence[str]) -> Mentioned | None:
    """The files that a pattern means; None where none is meant: stars stand around many words."""
    pattern = next((form for form in forms[1:] if "(" not in form and _is_pattern(form)), None)
    if pattern is None:
        return None
    if _is_hidden(pattern):
        return _hidden(pattern)
    return _found(pattern, files_like(pattern))


def _is_pattern(form: str) -> bool:
    return has_magic(form) and "*" in form and ("/" in form or os.sep in form or "*." in form)


def _found(name: str, found: Found) -> Mentioned:
    troubles = (left_out_words(found.left_out),) if found.left_out else ()
    return Mentioned(found.files, troubles, (_brought(name, found.files),))


def _missed(name: str, forms: Sequence[str]) -> tuple[str, ...]:
    meant = None if "(" in name else next(filter(_PATH_LIKE.search, forms[1:]), None)
    return (f"There is no file {one_line(meant, 80)}: it was sent as words",) if meant else ()


def _hidden(name: str) -> Mentioned:
    return Mentioned(
        troubles=(f"{one_line(name, 80)} is hidden, and not attached by itself: /attach does that",)
    )


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") and part.strip(".") for part in path_of(name).parts)
