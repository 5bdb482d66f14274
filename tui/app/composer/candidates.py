"""What a path or a model that is being typed may become."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from glob import has_magic
from itertools import islice
from typing import NamedTuple

from msgspec import Struct

from tui.app.lists.fuzzy import Filter, best_first
from tui.chat.attachment import size_words
from tui.engine.attaching import is_page, words
from tui.text import safe_url

MOST = 200
"""Entries that are offered."""
_LOOKED_AT = 20_000
"""Entries of a folder that are looked at."""
_COMMAND = re.compile(r"/attach\s+")
_MENTION = re.compile(r"(?<![a-z0-9_.+%-])@(\"[^\"]*|[^\s\"]*)$", re.IGNORECASE | re.ASCII)
"""After a letter of our own alphabet ``@`` stands in an address."""
_HEAD = re.compile(r".*[/\\]" if os.name == "nt" else r".*/", re.DOTALL)
Models = Callable[[], Sequence[str]]
"""Gives the ids of the models that can be used now."""
_MOST_MODELS = 50
_ONE = re.compile(r"/model\s+(?P<words>\S.*)", re.DOTALL)
_SEVERAL = re.compile(r"/compare\s(?:.*[\s,])?(?P<words>[^\s,]+)", re.DOTALL)


class TypedPath(NamedTuple):
    """A path up to the caret."""

    start: int
    """Where it begins in its line, with its quote or its ``@``."""
    text: str
    mention: bool
    """It stands in a message, after ``@``."""


class Candidate(Struct, frozen=True):
    """A file, a folder or what a server has, as it would be typed."""

    path: str
    name: str
    goes_on: bool = False
    """More is typed behind it, as behind a folder."""
    about: str = ""
    """How large a file is, or what it is that is no single file."""


def typed_path(line: str) -> TypedPath | None:
    """The path that ends where ``line`` does: a word after /attach, or one that begins with ``@``."""
    command = _COMMAND.match(line)
    if command is None:
        mention = None if line.startswith("/") else _MENTION.search(line)
        return mention and TypedPath(mention.start(), mention[1].removeprefix('"'), mention=True)
    # With one more letter even the last word goes on to the end, if it is not ended yet.
    found = list(words(f"{line[command.end() :]}x"))
    if len(found) > 1 and found[-1].text == "x":
        return None
    return TypedPath(command.end() + found[-1].start, found[-1].text[:-1], mention=False)


def path_candidates(typed: TypedPath) -> list[Candidate]:
    """What ``typed`` may become, best first: the whole name, its beginning, then, after /attach, any part."""
    if is_page(typed.text):
        return [_other(typed.text, "reads this page")] if safe_url(typed.text) else []
    if has_magic(typed.text) and not os.path.lexists(os.path.expanduser(typed.text)):
        return [_other(typed.text, "all of them")]
    match = _HEAD.match(typed.text)
    head = match[0] if match else ""
    begun = _alike(typed.text[len(head) :])

    def fits(name: str) -> bool:
        return name.startswith(begun) or (begun in name and not typed.mention)

    found = [entry for entry in _entries(head) if fits(_alike(entry.name))]
    found = [entry for entry in found if begun.startswith(".") or not entry.name.startswith(".")]
    found.sort(key=lambda entry: _rank(_alike(entry.name), begun))
    candidates = [_candidate(head, entry) for entry in found[:MOST]]
    named = _last(head) if candidates and not begun else ""
    return [*candidates, _other(head, "all its files")] if named else candidates


def _last(head: str) -> str:
    """The name of the folder that a path ends with; empty for one like ``../``, and for all there is."""
    return os.path.basename(os.path.normpath(os.path.expanduser(head))).strip(".")


def _other(path: str, about: str) -> Candidate:
    """What is no single file."""
    return Candidate(path, path, about=about)


def _alike(name: str) -> str:
    """A name however its letters are composed, and whatever kind of space is in it."""
    return unicodedata.normalize("NFKC", name).casefold()


def _entries(head: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(os.path.expanduser(head) or os.curdir) as entries:
            yield from islice(entries, _LOOKED_AT)
    except (OSError, ValueError):
        return


def _rank(name: str, begun: str) -> tuple[bool, bool, str]:
    return name != begun, not name.startswith(begun), name


def _candidate(head: str, entry: os.DirEntry[str]) -> Candidate:
    try:
        folder, size = entry.is_dir(), entry.stat(follow_symlinks=False).st_size
    except OSError:
        folder, size = False, 0
    end = os.sep if folder else ""
    about = "" if folder else size_words(size)
    return Candidate(f"{head}{entry.name}{end}", f"{entry.name}{end}", folder, about)


class TypedModel(NamedTuple):
    """What is typed of a model at the end of a draft."""

    start: int
    """Where it begins."""
    words: str


def typed_model(draft: str) -> TypedModel | None:
    """The model that is typed at the end of ``draft``; None if none is."""
    match = _ONE.fullmatch(draft) or _SEVERAL.fullmatch(draft)
    return match and TypedModel(match.start("words"), match["words"])


def model_candidates(typed: TypedModel, models: Models) -> list[str]:
    """The ids that ``typed`` may become, best first; none once it is one of them."""
    known = models()
    if typed.words in known:
        return []
    return list(islice(best_first(known, Filter(typed.words), lambda name: [name]), _MOST_MODELS))
