"""A prompt that is not sent yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui.identity import Identified

if TYPE_CHECKING:  # the app's first screen has a draft, and no file yet
    from tui.chat.attachment import Attachment


class Draft(Identified, frozen=True):
    """What is written, and the files that go along: equal by these, and false without."""

    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    after: int | None = None
    """The message that it follows, once it is on its way; None while that is not known."""

    @property
    def _identity(self) -> tuple[object, ...]:
        return self.text, self.attachments

    def __bool__(self) -> bool:
        return bool(self.text.strip() or self.attachments)

    @property
    def words(self) -> str:
        """What it is called where one line stands for it: its text, or the names of its files."""
        return self.text if self.text.strip() else ", ".join(file.name for file in self.attachments)


def joined(drafts: Iterable[Draft]) -> Draft:
    """Several drafts as one; a blank line parts their texts."""
    kept = [draft for draft in drafts if draft]
    text = "\n\n".join(draft.text for draft in kept if draft.text)
    return Draft(text, tuple(file for draft in kept for file in draft.attachments))
