"""Values of a file that is not ours: each knows where it stands, and says what it should have been."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from tui.errors import ImportFileError

_NAMES = {
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


_LARGEST = 10**18  # what a database can hold, and a little less


class Checked:
    """An object of the file."""

    def __init__(self, raw: Any, where: str, path: str = "") -> None:
        """Take ``raw``, which stands at ``path`` inside the entry ``where``.

        Raises:
            ImportFileError: It is no object.
        """
        self.where = where
        self.path = path
        if not isinstance(raw, Mapping):
            self._wrong("", "an object", raw)
        self._raw: Mapping[str, Any] = raw

    def __contains__(self, name: str) -> bool:
        return self._raw.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """A text; ``default`` where there is none."""
        found: str = self._one(name, (str,), "text", default)
        return found

    def optional_text(self, name: str) -> str | None:
        """A text or nothing."""
        return self.text(name) if name in self else None

    def name(self, name: str) -> str:
        """A text or a whole number that names something."""
        return str(self._one(name, (str, int), "text or a number", None))

    def flag(self, name: str) -> bool:
        """True or false; false where there is nothing."""
        return bool(self._one(name, (bool, int), "true or false", False))

    def number(self, name: str) -> float | None:
        """A number or nothing."""
        if name not in self:
            return None
        found: float = self._one(name, (int, float), "a number", None)
        return found

    def whole(self, name: str) -> int | None:
        """A whole number or nothing."""
        if name not in self:
            return None
        found: int = self._one(name, (int,), "a whole number", None)
        if abs(found) > _LARGEST:
            self._wrong(name, f"a whole number up to {_LARGEST}", found)
        return found

    def inner(self, name: str) -> Checked:
        """An object inside; an empty one where there is none."""
        return Checked(self._raw.get(name) or {}, self.where, self._place(name))

    def items(self, name: str) -> Iterator[Checked]:
        """The objects of a list; none where there is none."""
        for number, raw in enumerate(self._one(name, (list,), "a list", [])):
            yield Checked(raw, self.where, f"{self._place(name)}[{number}]")

    def plain(self, name: str) -> list[Any]:
        """A list as it is; an empty one where there is none."""
        found: list[Any] = self._one(name, (list,), "a list", [])
        return found

    def plain_object(self, name: str) -> Mapping[str, Any]:
        """An object as it is; an empty one where there is none."""
        found: Mapping[str, Any] = self._one(name, (Mapping,), "an object", {})
        return found

    def entries(self, name: str) -> Iterator[tuple[str, Checked]]:
        """The objects of an object, by their names."""
        for key, raw in self._one(name, (Mapping,), "an object", None).items():
            yield str(key), Checked(raw, self.where, f"{self._place(name)}.{key}")

    def time(self, name: str) -> datetime | None:
        """A time, as seconds since 1970 or in ISO 8601 (UTC where it names no zone), or nothing."""
        raw = self._raw.get(name)
        if raw is None or raw == "":
            return None
        try:
            if isinstance(raw, str):
                moment = datetime.fromisoformat(raw)
                return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
            if isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw):
                return datetime.fromtimestamp(raw, UTC)
        except (ValueError, OverflowError, OSError):
            pass  # said below, with the value's place
        self._wrong(name, "a time", raw)

    def _one(self, name: str, kinds: tuple[type, ...], words: str, default: Any) -> Any:
        raw = self._raw.get(name)
        if raw is None and default is not None:
            return default
        if not isinstance(raw, kinds) or (isinstance(raw, bool) and bool not in kinds):
            self._wrong(name, words, raw)
        return raw

    def fail(self, name: str, words: str) -> NoReturn:
        """Say that ``name`` should have been ``words``."""
        self._wrong(name, words, self._raw.get(name))

    def _place(self, name: str) -> str:
        return f"{self.path}.{name}".strip(".")

    def _wrong(self, name: str, expected: str, found: Any) -> NoReturn:
        what = "nothing" if found is None else _NAMES.get(type(found), type(found).__name__)
        if expected == what or (isinstance(found, str) and len(found) < 40):
            what = repr(found)
        where = ": ".join(filter(None, (self.where, self._place(name))))
        raise ImportFileError(f"{where}: expected {expected}, found {what}", "Nothing was imported.")
