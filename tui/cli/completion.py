"""``segue completion``: what a shell reads to complete the command line."""

from __future__ import annotations

import argparse

from tui.cli.output import DONE, say, write

SHELLS = {
    "bash": ("~/.bashrc", 'eval "$(segue completion bash)"'),
    "zsh": ("~/.zshrc", 'autoload -U compinit && compinit; eval "$(segue completion zsh)"'),
    "fish": ("~/.config/fish/config.fish", "segue completion fish | source"),
}
"""Each shell, its file, and the line that goes into it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    lines = "\n".join(f"  {file}\n    {line}" for file, line in SHELLS.values())
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = f"one of these lines turns it on:\n{lines}"
    parser.add_argument("shell", choices=tuple(SHELLS), metavar="bash|zsh|fish", help="which shell reads it")


def run(args: argparse.Namespace) -> int:
    """Write what the shell reads."""
    import sys

    from argcomplete.shell_integration import shellcode

    write(shellcode(["segue"], shell=args.shell, use_defaults=False), raw=True)
    if sys.stdout.isatty():
        file, line = SHELLS[args.shell]
        say(f"# The shell reads this by itself with this line in {file}:\n# {line}")
    return DONE
