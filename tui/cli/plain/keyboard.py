"""What the person writes, line by line; at a terminal with earlier prompts and completion, if it can."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Callable, Iterable

from tui.cli.plain.page import Page
from tui.errors import UsageError
from tui.text import clean

PAUSE = 0.05
"""Seconds in which the next line of a paste follows; no hand is that quick."""
FENCE = '"""'
"""Begins and ends a text of several lines."""
MORE = "more: "

_LONGEST_LINE = 1024 if sys.platform == "darwin" else 4095
"""Bytes of a line that a terminal without line editing keeps; it drops the rest and says nothing."""

Complete = Callable[[str], list[str]]


class Keyboard:
    """Reads prompts from standard input: typed, pasted, or the lines of a file."""

    def __init__(self, page: Page, prompts: Iterable[str], complete: Complete) -> None:
        """Set up the line editing of the terminal, if it has one.

        Args:
            page: Shows the prompt, and the lines of a file as if they were typed.
            prompts: Earlier prompts, newest first.
            complete: Gives the whole lines that a line may become.
        """
        self._page = page
        self._terminal = sys.stdin.isatty()
        self._edits = False
        self._early: list[str] = []
        """Lines that were typed while something else was asked."""
        self._begun = ""
        """A line that was begun then."""
        self._remember: Callable[[str], object] = lambda text: None
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(errors="replace")
        # A dumb terminal has no line editing that would not draw over what is written.
        if self._terminal and sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
            self._edit_lines([*prompts], complete)

    def read(self, prompt: str) -> str:
        r"""The next text: a line, the lines of a paste, those after a ``\`` at the end or between ``\"\"\"``.

        Raises:
            EOFError: There is no more.
            KeyboardInterrupt: Ctrl+C.
            UsageError: The terminal has cut a line.
        """
        try:
            return self._read(prompt)
        except UsageError:
            while self._pasting():  # the rest of it is no prompt
                self._page.entered()
                sys.stdin.readline()
            raise

    def _read(self, prompt: str) -> str:
        line = self._taken_early(prompt) if self._early else self._line(prompt)
        text = self._fenced(line) if line.lstrip().startswith(FENCE) else self._lines(line)
        if text.strip():
            self._remember(text)
        return text

    @property
    def asks(self) -> bool:
        """Whether a person is there who can be asked."""
        return self._terminal

    def answer(self, asked: str) -> str:
        """A line that answers a question. What was typed before the question is none: it is read later.

        Raises:
            EOFError: There is no more.
            KeyboardInterrupt: Ctrl+C.
        """
        while self._pasting():
            self._early.append(self._line(""))
        begun, self._begun = self._begun, ""
        try:
            return self._line(asked)
        finally:
            self._begun = begun

    def put_back(self, text: str) -> None:
        """Take what was typed where something else was read: it is read before all that is typed later."""
        *lines, begun = f"{self._begun}{text}".split("\n")
        self._early += lines
        self._begun = begun

    def _insert_begun(self) -> None:
        import readline

        readline.insert_text(self._begun)
        self._begun = ""

    def _taken_early(self, prompt: str) -> str:
        line = self._early.pop(0)
        self._page.write(f"{prompt}{clean(line)}\n")
        return line

    def _lines(self, line: str) -> str:
        lines = [line]
        while (pasting := self._pasting()) or lines[-1].endswith("\\"):
            more = self._more(pasting)
            if not pasting:
                lines[-1] = lines[-1].removesuffix("\\")
            if more is None:
                break
            lines.append(more)
        return "\n".join(lines)

    def _fenced(self, line: str) -> str:
        text = line.lstrip().removeprefix(FENCE)
        while not text.rstrip().endswith(FENCE) and (more := self._more(self._pasting())) is not None:
            text += f"\n{more}"
        return text.rstrip().removesuffix(FENCE).strip("\n")

    def _more(self, pasting: bool) -> str | None:
        """One more line; None if there is none: what is written so far counts."""
        try:
            return self._line("" if pasting else MORE)
        except EOFError:
            return None

    def _line(self, prompt: str) -> str:
        if not self._terminal:
            return self._line_of_file(prompt)
        try:
            line = input(prompt)
        except (EOFError, KeyboardInterrupt):
            self._page.write("\n")
            raise
        except OSError:  # the terminal is gone
            raise EOFError from None
        self._page.entered()
        if not self._edits and len(line.encode(errors="replace")) >= _LONGEST_LINE:
            raise UsageError(
                f"The terminal cut this line after {_LONGEST_LINE} bytes, so nothing is sent",
                "Write it in several lines with a \\ at the end of each, or attach it as a file.",
            )
        return line

    def _line_of_file(self, prompt: str) -> str:
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        line = line.rstrip("\r\n")
        self._page.write(f"{prompt}{line}\n")
        return line

    def _pasting(self) -> bool:
        """Whether the next line is there already."""
        if not self._terminal:
            return False
        if sys.platform == "win32":
            import msvcrt

            return msvcrt.kbhit()
        return bool(select.select([sys.stdin], [], [], PAUSE)[0])

    def _edit_lines(self, prompts: list[str], complete: Complete) -> None:
        with contextlib.suppress(ImportError):  # Windows' console edits lines by itself
            import readline

            def completion(text: str, state: int) -> str | None:
                found = [line for line in complete(text) if line == clean(line)]
                return found[state] if state < len(found) else None

            self._edits = True
            readline.set_auto_history(False)
            readline.set_completer_delims("")
            readline.set_completer(completion)
            if "libedit" in (readline.__doc__ or ""):
                readline.parse_and_bind("bind ^I rl_complete")
            else:
                readline.parse_and_bind("tab: complete")
                readline.parse_and_bind(r'"\e\C-m": "\C-v\C-j"')  # Alt+Enter: a new line
            readline.set_startup_hook(self._insert_begun)
            for text in reversed(prompts):
                readline.add_history(clean(text))
            self._remember = readline.add_history
