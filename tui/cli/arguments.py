"""The arguments of a command: what is wrong with them is said without what could steer the terminal."""

from __future__ import annotations

import argparse
from typing import IO, Any

from tui.text import clean


class Arguments(argparse.ArgumentParser):
    """Reads arguments. argparse echoes them as they are; this cleans all that it says."""

    def _print_message(self, message: str, file: Any | IO[str] | None = None) -> None:
        super()._print_message(clean(message), file)
