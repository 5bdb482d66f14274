"""Prompts kept as files: ``prompts/NAME.md`` beside the config is sent by ``/NAME WORDS``."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.errors import ConfigError, UsageError
from tui.text import clean, one_line

INPUT = "{input}"
"""Where the words go that follow the name; without it they are added at the end."""
LARGEST = 100_000
"""Bytes of the largest file that is read."""
_FILE = re.compile(r"[a-z][a-z0-9-]*\.md")
_TYPED = re.compile(r"/([a-z][a-z0-9-]*)(?:\s+(.*))?", re.DOTALL)
_LONGEST_ABOUT = 60
_MARKS = {"---": ("---", "..."), "+++": ("+++",)}
"""What front matter begins with, and may end with."""
_NAMED = re.compile(r"[\"']?[\w. -]{1,80}[\"']?\s*(?::(?:\s|$)|=)|\[[\w. -]{1,80}\]\s*$")
_FIELD = re.compile(rf"\s|-(?:\s|$)|[\]}}]|{_NAMED.pattern}")
_DESCRIPTION = re.compile(r"(?m)^description\s*[:=]\s*(\S.*)$")


@dataclass(frozen=True, slots=True)
class SavedPrompt:
    """One file."""

    name: str
    text: str
    description: str = ""
    """What the file's front matter says that it is for."""

    @property
    def about(self) -> str:
        """What it is for, as it says, else its first line."""
        if self.description:
            return one_line(self.description, _LONGEST_ABOUT)
        return one_line(self.text.lstrip("# \n").split("\n", 1)[0], _LONGEST_ABOUT)

    @property
    def needs_words(self) -> bool:
        """Whether it makes no sense without the words that follow its name."""
        return INPUT in self.text

    def fill(self, words: str) -> str:
        """The prompt with the words of the person."""
        if self.needs_words:
            return self.text.replace(INPUT, words)
        return "\n\n".join(filter(None, (self.text, words)))


class SavedPrompts:
    """The prompts of one folder. Each look reads it anew, so that an edited file counts at once."""

    def __init__(self, folder: Path) -> None:
        """Read nothing yet; the folder need not exist."""
        self._folder = folder

    def all(self) -> list[SavedPrompt]:
        """Those that can be used, by name."""
        return [found for found in self._read() if isinstance(found, SavedPrompt)]

    def problems(self, commands: Container[str] = ()) -> Sequence[ConfigError]:
        """What is wrong with the others.

        Args:
            commands: Names that mean something else already.
        """
        hidden = [
            ConfigError(f"prompts/{prompt.name}.md: /{prompt.name} is a command already", "Rename the file.")
            for prompt in self.all()
            if prompt.name in commands
        ]
        return [found for found in self._read() if isinstance(found, ConfigError)] + hidden

    def find(self, name: str) -> SavedPrompt | None:
        """The prompt with this name."""
        return next((prompt for prompt in self.all() if prompt.name == name), None)

    def expand(self, text: str) -> str:
        """``text``, or the saved prompt that it names, with the words that follow the name.

        Raises:
            UsageError: The prompt needs words, and none follow.
        """
        match = _TYPED.fullmatch(text.rstrip())
        prompt = self.find(match[1]) if match else None
        if match is None or prompt is None:
            return text
        words = (match[2] or "").strip()
        if prompt.needs_words and not words:
            raise UsageError(f"/{prompt.name} needs words to work on", f"As in /{prompt.name} WORDS.")
        return prompt.fill(words)

    def _read(self) -> list[SavedPrompt | ConfigError]:
        try:
            paths = sorted(path for path in self._folder.iterdir() if path.suffix == ".md")
        except FileNotFoundError:
            return []
        except OSError as error:
            return [ConfigError(f"{self._folder}: cannot be read: {error.strerror}")]
        return [self._prompt(path) for path in paths]

    def _prompt(self, path: Path) -> SavedPrompt | ConfigError:
        where = f"prompts/{one_line(path.name)}"
        if not _FILE.fullmatch(path.name):
            return ConfigError(f"{where}: the name of a prompt is small letters, digits and hyphens")
        try:
            if not path.is_file() or path.stat().st_size > LARGEST:
                return ConfigError(f"{where}: is not a file of at most {LARGEST // 1000} kB")
            text = clean(path.read_text(encoding="utf-8-sig")).strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            return ConfigError(f"{where}: cannot be read: {reason}")
        matter, text = split_front_matter(text)
        return SavedPrompt(path.stem, text, _said_of(matter)) if text else ConfigError(f"{where}: is empty")


def split_front_matter(text: str) -> tuple[str, str]:
    """What stands in front of a prompt about it (YAML or TOML between two lines of marks), and the prompt.

    A line of hyphens may also be a rule of the prompt's own: only fields are front matter.
    """
    lines = text.split("\n")
    ends = _MARKS.get(lines[0].rstrip())
    if ends is None:
        return "", text
    end = next((place for place, line in enumerate(lines[1:], 1) if line.rstrip() in ends), None)
    if end is None:
        return "", text
    matter = lines[1:end]
    about = [line for line in matter if line.strip() and not line.lstrip().startswith("#")]
    if not all(map(_FIELD.match, about)) or (about and not _NAMED.match(about[0])):
        return "", text
    return "\n".join(matter), "\n".join(lines[end + 1 :]).strip()


def _said_of(matter: str) -> str:
    found = _DESCRIPTION.search(matter)
    words = found[1].strip() if found else ""
    quoted = len(words) > 1 and words[0] == words[-1] and words[0] in "\"'"
    return "" if words in (">", "|", ">-", "|-") else words[1:-1] if quoted else words
