"""Text that is told once, however often a server sends it.

Some servers repeat the whole reply in its last event, or its beginning in the first ones.
"""

from __future__ import annotations


class Told:
    """One text of a reply, as far as it came. Each method takes what came, and gives what of it is new."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._count = 0
        self._size = 0
        self._cumulative: bool | None = None

    @property
    def begun(self) -> bool:
        """Whether any of it came."""
        return self._size > 0

    def piece(self, text: str) -> str:
        """The next piece."""
        if text:
            self._pieces.append(text)
            self._count += 1
            self._size += len(text)
        return text

    def last(self, text: str) -> str:
        """The piece of an event that ends the reply: it may be all of it once more.

        One short piece may well come twice, as in “no no”.
        """
        repeats = len(text) == self._size and (self._count > 1 or self._size > 3) and text == self.so_far
        return "" if repeats else self.piece(text)

    def whole(self, text: str) -> str:
        """A whole message: what of it was not told yet. White space and tags may have been taken off it."""
        said = self.so_far
        if text.startswith(said):
            return self.piece(text[len(said) :])
        if text in said:
            return ""
        ours, theirs = " ".join(said.split()), " ".join(text.split())
        repeats = ours and (theirs in ours or theirs.endswith(ours))
        return "" if repeats else self.piece(text)

    def message(self, text: str) -> str:
        """A message in a stream without pieces: all that there is so far, or a piece by that name."""
        if self._cumulative is None and self._size and text:
            self._cumulative = len(text) > self._size and text.startswith(self.so_far)
        return self.whole(text) if self._cumulative else self.last(text)

    @property
    def so_far(self) -> str:
        """All that was told."""
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]


class Echo:
    """Pieces that may say again what was just said as a whole: a repeat is swallowed."""

    def __init__(self) -> None:
        self._said = ""
        self._heard = 0

    def expect(self, said: str) -> None:
        """``said`` was told, and may come again in pieces."""
        self._said, self._heard = said, 0

    def feed(self, text: str) -> str:
        """What of a piece is new; what may be the beginning of a repeat waits."""
        if not self._said:
            return text
        rest = self._said[self._heard :]
        if rest.startswith(text):
            self._heard += len(text)
            if len(text) == len(rest):
                self.expect("")
            return ""
        if text.startswith(rest):
            self.expect("")
            return text[len(rest) :]
        return self.close() + text

    def close(self) -> str:
        """What waited, if it was no repeat after all."""
        waited = self._said[: self._heard]
        self.expect("")
        return waited
