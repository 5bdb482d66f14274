"""A picture as iTerm2's protocol has it: a file that is shown where the cursor is, whole or in pieces.

https://iterm2.com/documentation-images.html
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

_PIECE = 200_000
"""Characters of a sequence at most where it may come in pieces; iTerm2 and tmux take a million."""
_END = "\x1b\\"


def inline_file(png: bytes, box: tuple[int, int], *, pieces: bool) -> Iterator[str]:
    """The sequences that show a picture.

    Args:
        png: The picture, which keeps its shape.
        box: The columns and rows that it has at most.
        pieces: Whether the terminal takes it in pieces.
    """
    columns, rows = box
    about = f"inline=1;size={len(png)};width={columns};height={rows}"
    text = b64encode(png).decode("ascii")
    if not pieces or len(text) <= _PIECE:
        yield f"\x1b]1337;File={about}:{text}{_END}"
        return
    yield f"\x1b]1337;MultipartFile={about}{_END}"
    for start in range(0, len(text), _PIECE):
        yield f"\x1b]1337;FilePart={text[start : start + _PIECE]}{_END}"
    yield f"\x1b]1337;FileEnd{_END}"
