"""How a missing part is installed into this installation of the program."""

from __future__ import annotations

import sys
from pathlib import Path

ENGINE = "xllamacpp"
"""What runs the models of this machine."""


def how_to_install(package: str, prefix: Path | None = None) -> str:
    """The line to run in a terminal, for the tool that keeps this installation.

    Args:
        package: What is missing.
        prefix: Where the program is installed, if not where it runs.
    """
    home = prefix or Path(sys.prefix)
    if (home / "pipx_metadata.json").exists():
        return f"pipx inject {home.name} {package}"
    if (home / "uv-receipt.toml").exists():
        return f"uv tool install --with {package} {home.name}"
    return f"pip install {package}"
