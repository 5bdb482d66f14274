"""What the command line asks the app to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from tui.chat.attachment import Attachment


class StartOptions(Struct, frozen=True):
    """How this run of the app begins; with nothing set it is a new conversation."""

    model: str | None = None
    """``PROVIDER/MODEL`` that answers next."""
    persona: str = ""
    """Who the model is to be, by the name of a file."""
    open_id: int | str | None = None
    """The conversation to open, by its number or title."""
    continue_last: bool = False
    """Open the conversation that changed last."""
    here: bool = False
    """Open the conversation used last in this folder, and remember here which one is."""
    prompt: str | None = None
    """Sent as soon as the app is ready."""
    attachments: tuple[Attachment, ...] = ()
    """They go along with the prompt, or wait in the composer for one."""
    temporary: bool = False
    """Nothing of this run is kept."""

    @property
    def asks(self) -> bool:
        """Whether anything is asked for."""
        return self != StartOptions()
