"""What the command line writes: the answer on standard output, everything else on standard error."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO, cast

from tui.errors import SegueError
from tui.secret import redact
from tui.text import clean, one_line

if TYPE_CHECKING:  # the app starts through here, and needs none of them yet
    from tui.chat.chunks import Usage
    from tui.chat.message import Failure, Message

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def prepare_streams() -> None:
    """Let neither a closed stream nor a character that the terminal's encoding lacks stop the program.

    Nor bytes on standard input that are no text in it.
    """
    sys.stdin = sys.stdin or _nothing("r")
    sys.stdout = sys.stdout or _nothing("w")
    sys.stderr = sys.stderr or _nothing("w")
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _nothing(mode: str) -> TextIO:
    """A stream that is empty and takes everything, until the program ends."""
    return cast(TextIO, open(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8", closefd=False))


def write(text: str, *, raw: bool = False) -> None:
    """Write ``text`` to standard output at once; cleaned, unless ``raw`` was asked for.

    Raises:
        BrokenPipeError: The reader has gone.
        SegueError: It can't be written.
    """
    try:
        sys.stdout.write(text if raw else clean(text))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_output()
        raise SegueError(f"Standard output can't be written: {error.strerror}") from None


def discard_output() -> None:
    """Let standard output lead nowhere: Python would complain once more when it closes the stream."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_json(value: Any) -> None:
    """Write ``value`` as one JSON document. Escaped to ASCII, so it can't steer a terminal.

    Raises:
        BrokenPipeError: The reader has gone.
        SegueError: It can't be written.
    """
    import json

    write(json.dumps(value, indent=2, default=_plain) + "\n", raw=True)


def say(text: str) -> None:
    """Tell the person something that is not the answer. No secret stands in it."""
    print(clean(redact(text)), file=sys.stderr, flush=True)


_OPTIONS = {"model": "-m PROVIDER/MODEL"}
"""What does on the command line what a command does in a conversation."""


def complain(error: SegueError) -> None:
    """Say what went wrong and what to do."""
    say(f"segue: {one_line(error.message)}")
    option = _OPTIONS.get(error.way.command) if error.way else None
    hint = error.way.by(option) if error.way and option else error.hint
    if hint:
        say(f"       {one_line(hint)}")


def sentence(words: str) -> str:
    """``words`` with a capital and a full stop; names in them stay as they are."""
    return f"{words[:1].upper()}{words[1:]}."


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def usage_json(usage: Usage | None) -> dict[str, Any] | None:
    """Usage as scripts read it: the two counts always, the rest where it is known."""
    if usage is None:
        return None
    from msgspec.structs import asdict

    known = {k: v for k, v in asdict(usage).items() if v is not None}
    return {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens} | known


def failure_json(failure: Failure | None) -> dict[str, Any] | None:
    """A failure as scripts read it."""
    from msgspec.structs import asdict

    return None if failure is None else asdict(failure)


def message_json(message: Message) -> dict[str, Any]:
    """One message as ``history show --json`` gives it."""
    from tui.chat.parts import to_json

    return {
        "id": message.id,
        "parent": message.parent,
        "role": message.role.value,
        "text": message.text,
        "reasoning": message.reasoning,
        "model": message.model,
        "status": message.status.value,
        "usage": usage_json(message.usage),
        "error": failure_json(message.failure),
        "attachments": [
            {"name": file.name, "media_type": file.media_type, "size": file.size}
            for file in message.attachments
        ],
        "parts": list(map(to_json, message.parts)),
        "created_at": iso(message.created_at),
    }


def _plain(value: Any) -> Any:
    from enum import Enum

    from msgspec import Struct
    from msgspec.structs import asdict

    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Struct):
        return asdict(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
