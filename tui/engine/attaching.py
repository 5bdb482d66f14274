"""From a path to an attachment: regular files only, and never more of one than is allowed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tui.chat.attachment import Attachment, attachment_of, check_size
from tui.errors import UsageError
from tui.text import one_line

# Not waiting for whoever writes into a pipe, and not led elsewhere by a link; Windows has neither flag.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY"))
_HEAD = 16


def read_attachment(path: Path) -> Attachment:
    """The file ``path``, which may begin with ``~``.

    A link is not followed: what would be sent is not what the name says.

    Raises:
        UsageError: It is no regular file, can't be read, or is nothing that a model can read.
    """
    try:
        path = path.expanduser()
        if path.is_symlink():
            target = one_line(os.readlink(path))
            raise UsageError(f"{one_line(str(path))} is a link to {target}", "Attach that file itself.")
        if path.is_dir():
            raise UsageError(f"{one_line(str(path))} is a folder", "Attach the files in it.")
        return attachment_of(path.name, _read(path))
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{one_line(str(path))} can't be attached: {one_line(reason)}") from None


def _read(path: Path) -> bytes:
    with open(os.open(path, _FLAGS), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("it is no regular file")
        head = file.read(_HEAD)
        most = check_size(path.name, head, status.st_size)
        return head + file.read(most + 1 - len(head))  # one more: it may have grown
