"""The files that go along with a draft, and those whose paths were pasted into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.app.lists.writing_area import WritingArea
    from tui.chat.attachment import Attachment

_Place = tuple[int, int]
"""Row and column of the draft."""


class _Undo(NamedTuple):
    """How the last change of the files is taken back."""

    files: tuple[Attachment, ...]
    pasted: str
    """The text that stands for the files again."""
    text: str
    """The draft it holds for: typing more makes the change final."""


class _Offer(NamedTuple):
    """Where the paths of offered files stand."""

    start: _Place
    end: _Place
    text: str
    """The draft it holds for."""


class Files:
    """What goes along with the draft in an area, and may go along."""

    def __init__(self, area: WritingArea, changed: Callable[[], None]) -> None:
        """Begin without files.

        Args:
            area: Where the draft is written.
            changed: Called when other files go along, or are offered.
        """
        self._area = area
        self._changed = changed
        self._attached: tuple[Attachment, ...] = ()
        self._offered: tuple[Attachment, ...] = ()
        self._undo: _Undo | None = None
        self._offer: _Offer | None = None

    # -- what goes along
    @property
    def attached(self) -> tuple[Attachment, ...]:
        """The files that go along."""
        return self._attached

    def hold(self, files: tuple[Attachment, ...]) -> None:
        """Let exactly these files go along."""
        if files != self._attached:
            self._attached, self._undo = files, None
            self._changed()

    def attach(self, files: Iterable[Attachment], pasted: str = "") -> None:
        """Let files go along; one that does already goes along once.

        Args:
            files: What goes along.
            pasted: What undo puts in their place.
        """
        before = self._attached
        self.hold(tuple(dict.fromkeys((*before, *files))))
        if self._attached != before:
            self._undo = _Undo(before, pasted, self._area.text)

    def detach(self, place: int = -1) -> None:
        """Let a file not go along after all."""
        before = self._attached
        self.hold(tuple(file for file in before if file is not before[place]))
        self._undo = _Undo(before, "", self._area.text)

    # -- what may go along
    @property
    def offered(self) -> tuple[Attachment, ...]:
        """The files whose paths were pasted last: they may go along."""
        return self._offered

    def offer(self, files: Iterable[Attachment], start: _Place, end: _Place) -> None:
        """Offer files whose paths stand in the draft."""
        self._offer = _Offer(start, end, self._area.text)
        self._set_offered(tuple(files))

    def attach_offered(self) -> None:
        """Let the offered files go along, in place of their paths."""
        files, offer = self._offered, self._offer
        self._set_offered(())
        if offer is not None and offer.text == self._area.text:
            pasted = self._area.get_text_range(offer.start, offer.end)
            self._area.delete(offer.start, offer.end)
            self.attach(files, pasted)

    def follow_text(self) -> None:
        """The draft changed: what was offered for another text is offered no more."""
        if self._offer is not None and self._offer.text != self._area.text:
            self._set_offered(())

    def _set_offered(self, files: tuple[Attachment, ...]) -> None:
        if files != self._offered:
            self._offered = files
            self._changed()

    # -- undo
    @property
    def newest_change(self) -> object | None:
        """What ``undo`` takes back, if nothing was typed since."""
        return self._undo if self._undo is not None and self._undo.text == self._area.text else None

    def undo(self) -> None:
        """Take the newest change back."""
        undo = self._undo
        if undo is not None:
            self.hold(undo.files)
            if undo.pasted:
                self._area.take_in(undo.pasted)
