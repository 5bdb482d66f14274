"""What is piped into a command: text in any of Unicode's forms, and patience that is told."""

from __future__ import annotations

import codecs
import sys
import threading

from tui.cli.output import say
from tui.errors import UsageError

PATIENCE = 1.0
"""Seconds after which it is said that standard input is waited for."""
_BEGINS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 4096
_WAITING = "segue: waiting for standard input (Ctrl+D ends it, Ctrl+C stops)"


def piped_text() -> str:
    """All of standard input. Says so on standard error while nothing comes.

    Raises:
        UsageError: It is no text.
    """
    waiting = threading.Timer(PATIENCE, say, (_WAITING,))
    waiting.daemon = True
    waiting.start()
    try:
        source = getattr(sys.stdin, "buffer", None)
        return text_of(source.read()) if source is not None else sys.stdin.read()
    finally:
        waiting.cancel()


def text_of(data: bytes) -> str:
    """The text in bytes; what is not UTF-8 is replaced.

    Raises:
        UsageError: It is no text.
    """
    name = next((name for begin, name in _BEGINS if data.startswith(begin)), _wide(data))
    if name:
        return data.decode(name, "replace").removeprefix("\ufeff")
    if b"\x00" in data:
        raise UsageError(
            "Standard input is no text", "A file goes along with -a FILE; of others, pipe in what they say."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    usual = getattr(sys.stdin, "encoding", None) or "utf-8"
    return data.decode(
        "utf-8-sig" if usual.lower().replace("-", "") in ("ascii", "utf8") else usual, "replace"
    )


def _wide(data: bytes) -> str:
    """The form of a text of two bytes to a character that does not say which; empty for any other."""
    begin = data[:_SAMPLE]
    if len(data) % 2 or len(begin) < 4:
        return ""
    even, odd = begin[::2].count(0), begin[1::2].count(0)
    most = len(begin) // 2
    name = (
        "utf-16-le" if odd > 0.5 * most and not even else "utf-16-be" if even > 0.5 * most and not odd else ""
    )
    try:
        text = data.decode(name) if name else ""
    except UnicodeDecodeError:
        return ""
    return name if all(char.isprintable() or char.isspace() for char in text[:_SAMPLE]) else ""
