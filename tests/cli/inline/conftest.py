"""A reply with a mark in each row, told to go on step by step."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import pytest


class Once(threading.Event):
    """Lets one through each time it is set."""

    def is_set(self) -> bool:
        was = super().is_set()
        self.clear()
        return was


def marked(blocks: int) -> str:
    """Paragraphs, lists, code and tables, with marks ``M000`` and so on, each a word of its own."""
    marks = (f"M{number:03d}" for number in range(10_000))
    said = ""
    for _ in range(blocks):
        said += " ".join(f"{next(marks)} and some words" for _ in range(8)) + ".\n\n"
        said += "".join(f"- {next(marks)} is **bold**\n" for _ in range(4)) + "\n"
        said += "".join(["```python\n", *(f"print( {next(marks)} )\n" for _ in range(9)), "```\n\n"])
        said += "| a | b |\n|---|---|\n" + "".join(f"| {next(marks)} | cell |\n" for _ in range(3)) + "\n"
    return said + "The end."


@dataclass
class Steps:
    """Lets the model server say more, up to a mark."""

    server: Any
    marks: list[str]

    def to(self, mark: str) -> None:
        """Let it say everything up to ``mark``, and wait until it has."""
        words = self.server.reply.split(" ")
        self.server.reached.clear()
        self.server.hold_after = next(i for i, word in enumerate(words) if mark in word) + 1
        self.server.release.set()

    def rest(self) -> None:
        """Let it say the rest."""
        self.server.hold_after = None
        self.server.release.set()


@pytest.fixture
def steps(model_server: Any) -> Steps:
    model_server.reply = marked(7)
    model_server.release = Once()
    marks = [f"M{number:03d}" for number in range(7 * 24)]
    assert all(mark in model_server.reply for mark in marks)
    return Steps(model_server, marks)
