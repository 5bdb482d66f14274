"""Values of a file that is not ours: each knows where it stands, and says what it should have been.

What a conversation can do without is left out, and noted. Without the rest there is no conversation: then the
file is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, Self, TypeVar

from tui.checked import Fields, unpacked
from tui.errors import ImportFileError
from tui.history.importers.containers import Media
from tui.text import one_line

T = TypeVar("T")
_NAMES = {
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}
_SHORT = 40
"""Characters up to which a text is told as it is."""
_NOTED = 1000


class Notes:
    """What was left out of a file: how much, and where it stood."""

    def __init__(self) -> None:
        self.count = 0
        self.places: dict[str, None] = {}
        """The first ones, in words."""
        self.changed: Counter[str] = Counter()
        """What is here in another form than there: how often, by its kind in words."""

    def add(self, words: str) -> None:
        """Note a value; one that is met again is the same."""
        if words not in self.places:
            self.count += 1
            if len(self.places) < _NOTED:
                self.places[words] = None


class Checked(Fields):
    """An object of the file."""

    def __init__(
        self, raw: Any, where: str, notes: Notes, path: str = "", media: Media | None = None
    ) -> None:
        """Take ``raw``, which stands at ``path`` inside the entry ``where``."""
        self.where = where
        self.notes = notes
        self.media = media or Media()
        super().__init__(raw, path)

    @classmethod
    def entry(cls, raw: Any, where: str, notes: Notes, media: Media | None = None) -> Self:
        """An entry of the file, which may have other files beside it.

        Raises:
            ImportFileError: It is no object.
        """
        made = cls(raw if isinstance(raw, Mapping) else {}, where, notes, media=media)
        return made if isinstance(raw, Mapping) else made._refuse("", "an object", raw)

    def required(self, name: str, reader: Callable[[Any], T | None], expected: str) -> T:
        """What ``reader`` makes of a field.

        Raises:
            ImportFileError: There is none, or it is something else.
        """
        found = reader(self._raw.get(name))
        return self.fail(name, expected) if found is None else found

    def objects(self, name: str) -> Iterator[Self]:
        """The objects of a list; none where there is none.

        Raises:
            ImportFileError: It is no list, or one of them is no object.
        """
        listed = self._raw.get(name)
        if listed is not None and not isinstance(listed, list):
            self.fail(name, "a list")
        for place, raw in enumerate(listed or []):
            if not isinstance(raw, Mapping):
                self._refuse(f"{name}[{place}]", "an object", raw)
            yield self._below(raw, f"{name}[{place}]")

    def within(self, name: str) -> dict[str, Self]:
        """The objects of an object, by their names.

        Raises:
            ImportFileError: It is no object.
        """
        found = self.required(name, lambda raw: raw if isinstance(raw, Mapping) else None, "an object")
        return {str(key): self._below(raw, f"{name}.{key}") for key, raw in found.items()}

    def packed(self, name: str) -> Self:
        """An object that is written in a text as JSON."""
        return self._below(self.read(name, unpacked, "JSON"), name)

    def odd(self, name: str, expected: str, found: object) -> None:
        """Note a value that is left out."""
        self.notes.add(self._words(name, expected, found))

    def fail(self, name: str, expected: str) -> NoReturn:
        """Say that ``name`` should have been ``expected``."""
        self._refuse(name, expected, self._raw.get(name))

    def _refuse(self, name: str, expected: str, found: object) -> NoReturn:
        raise ImportFileError(self._words(name, expected, found), "Nothing was imported.")

    def _words(self, name: str, expected: str, found: object) -> str:
        what = "nothing" if found is None else _NAMES.get(type(found), type(found).__name__)
        if expected == what or (isinstance(found, str) and len(found) < _SHORT):
            what = one_line(repr(found), 2 * _SHORT)
        where = ": ".join(filter(None, (self.where, self.at(name))))
        return f"{where}: expected {expected}, found {what}"

    def _below(self, raw: object, name: str) -> Self:
        return type(self)(raw, self.where, self.notes, self.at(name), self.media)


def name_of(value: object) -> str | None:
    """A text or a whole number that names something."""
    named = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if named else None
