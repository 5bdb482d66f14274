"""A picture alone on the screen by its pixels: by kitty's protocol, by iTerm2's, or as sixels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rich.color import Color

from tui.app.background import in_thread
from tui.app.messages.alone import Alone
from tui.app.terminal.cell_size import cell_size, known_cell_size
from tui.app.terminal.inline_files import inline_file
from tui.app.terminal.kinds import Pixels, TerminalKind
from tui.app.terminal.uploads import Uploads
from tui.rendering.pictures import Picture, as_png, fitted

_MOST = 700_000
"""Bytes of a picture: in base64 less than the million that tmux and iTerm2 take in one sequence."""


class ByPixels:
    """Draws pictures as the terminal can."""

    def __init__(
        self, kind: Callable[[], TerminalKind], uploads: Uploads, sixels: Callable[[], bool]
    ) -> None:
        """Begin with nothing drawn.

        Args:
            kind: Which terminal it is, as far as it is known now.
            uploads: The pictures that it holds.
            sixels: Whether it says of itself that it draws sixels.
        """
        self._kind = kind
        self._uploads = uploads
        self._sixels = sixels

    @property
    def way(self) -> Pixels | None:
        """How it draws them now; None where it can't."""
        kind = self._kind()
        if kind.pixels is not None:
            return kind.pixels
        sixels = self._sixels() and not kind.inside and known_cell_size() is not None
        return Pixels.SIXEL if sixels else None

    async def drawn(self, picture: Picture, room: tuple[int, int], ground: str) -> Alone | None:
        """What shows a picture; None where nothing can.

        Args:
            picture: Which.
            room: Columns and rows that there are.
            ground: The colour on which it lies.
        """
        cell = cell_size()
        most = (room[0] * cell[0], room[1] * cell[1])
        match self.way:
            case None:
                return None
            case Pixels.SIXEL:
                from tui.rendering.sixel import as_sixels

                page = Color.parse(ground).get_truecolor()
                return Alone(
                    await in_thread(partial(as_sixels, picture, most, (page.red, page.green, page.blue)))
                )
            case Pixels.KITTY | Pixels.ITERM2 as way:
                png = await in_thread(partial(as_png, picture, most, _MOST))
                shown, gone = self._sent(way, png, fitted(picture.size, cell, room))
                return Alone(shown.encode(), gone.encode())

    def _sent(self, way: Pixels, png: bytes, box: tuple[int, int]) -> tuple[str, str]:
        """The sequences that show it, and those that take away what does not go with the screen."""
        if way is Pixels.KITTY:
            return self._uploads.once(png, box)
        kind = self._kind()
        return "".join(map(kind.sent, inline_file(png, box, pieces=kind.takes_pieces))), ""
