"""The one gate for every text that is not ours: replies, names, titles, errors, imports.

Textual and terminals pass control sequences on as they are, so a reply could set the clipboard or hide
text. Code points are mapped one by one, never sequences: a sequence that arrives in pieces can't re-form.
Only a carriage return and the newline behind it are one: who hands on pieces doesn't part them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

_UNSAFE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and newline, DEL, C1
    "\u2028\u2029"  # line and paragraph separator
    "\u202a-\u202e\u2066-\u2069"  # bidirectional overrides and isolates
    "\u00ad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"  # invisible
    "\ud800-\udfff"  # surrogates
    "\U000e0000-\U000e01ef"  # tags and supplementary variation selectors
    "]"
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ACCENT = "[\u0300-\u036f]"
_ACCENTS = re.compile(_ACCENT)
_FENCES = re.compile("`{3,}")
_SPACES = re.compile(r"\s+")
_ALIKE = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "GEORGIAN", "GOTHIC"})
"""Scripts with letters that look like Latin ones."""
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC"})
"""Scripts that stand in one word together."""
_SAFE_SCHEMES = frozenset({"http", "https", "mailto"})


def _visible(match: re.Match[str]) -> str:
    point = ord(match[0])
    if point in (0x85, 0x2028, 0x2029):
        return "\n"
    if point < 0x20:
        return chr(0x2400 + point)  # control pictures: ␛
    if point == 0x7F:
        return "␡"
    if 0x202A <= point <= 0x202E or 0x2066 <= point <= 0x2069:
        return f"<U+{point:04X}>"
    if point < 0xA0 or 0xD800 <= point <= 0xDFFF:
        return "\N{REPLACEMENT CHARACTER}"
    return ""


def is_text(character: str) -> bool:
    """Whether a key that gives ``character`` writes: everything does that is not a control character.

    ``str.isprintable`` says no to spaces of other scripts, joiners and marks of direction, which people type.
    """
    return unicodedata.category(character) not in ("Cc", "Cs")


def clean(text: str) -> str:
    r"""Make ``text`` safe to show: nothing in it can steer a terminal or hide.

    Stateless per code point, so cleaning pieces and cleaning the whole give the same text, where no piece
    ends between the halves of ``\r\n``. A carriage return alone ends a line as well (CommonMark 0.31, 2.1).
    """
    return _UNSAFE.sub(_visible, _with_newlines(text))


def _with_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def typed(text: str) -> str:
    """``clean`` for what a person wrote: only control characters are others, so nothing is lost.

    Joiners, marks of direction and the like are the person's own; the app draws none that could hide text.
    """
    return _CONTROLS.sub(_visible, _with_newlines(text))


def counted(number: int, word: str) -> str:
    """``1 model``, ``2 models``, ``1,200 models``."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def one_line(text: str, limit: int | None = None) -> str:
    """``clean`` for titles, names and errors: one line, at most ``limit`` characters, cut at a word."""
    line = _SPACES.sub(" ", clean(text)).strip()
    if limit is None or len(line) <= limit:
        return line
    head = line[: limit - 1]
    word = head.rsplit(" ", 1)[0]
    return (word if len(word) > limit // 2 else head).rstrip() + "…"


def fenced(text: str, language: str = "") -> str:
    """``text`` as a block of code in Markdown: no fence that stands in it ends it."""
    fence = "`" * max(3, 1 + max(map(len, _FENCES.findall(text)), default=0))
    return f"{fence}{language.strip()}\n{text}\n{fence}"


def normalise(text: str) -> str:
    """The text to store: surrogate pairs joined, orphans U+FFFD, no NUL; otherwise exact."""
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\x00", "")


class _Folds(dict[int, str]):
    """Code point to its folded form: always one character, so that places in the text stay the same."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        base = unicodedata.normalize("NFD", char)[0]
        lower = (char if "\uac00" <= char <= "\ud7af" else base).lower()
        self[point] = folded = lower if len(lower) == 1 else char
        return folded


_FOLDS = _Folds()


def fold(text: str) -> str:
    """``text`` without case and accents, each character in its old place."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)


def without_accents(text: str) -> str:
    """``fold`` for comparing: accents that are characters of their own are gone, too."""
    return _ACCENTS.sub("", fold(text))


def comparable(text: str) -> str:
    """What titles and tags are compared by: fit to be stored, without case and accents."""
    return without_accents(normalise(text))


def folded_pattern(words: str) -> str:
    """A regular expression that finds ``words`` in folded text, however the accents are written there."""
    return "".join(re.escape(char) + f"{_ACCENT}*" for char in without_accents(words))


def occurrences(words: str, text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each place in ``text`` where ``words`` stand, without regard to case and accents."""
    pattern = folded_pattern(words)
    if pattern:
        yield from (match.span() for match in re.finditer(pattern, fold(text)))


def plain_host(url: str) -> str:
    """``url`` with each part of its host that may pass for another one in letters that can't (punycode).

    A part does that mixes scripts, or is of a script whose letters look like Latin ones under a Latin ending.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    if host.isascii():
        return url
    labels = unicodedata.normalize("NFKC", host).split(".")
    ending = labels[-1]
    plain = ".".join(_ascii(label) if _misleads(label, ending) else label for label in labels)
    at = parts.netloc.lower().rfind(host)
    if plain == host or at < 0:
        return url
    return parts._replace(netloc=parts.netloc[:at] + plain + parts.netloc[at + len(host) :]).geturl()


def _misleads(label: str, ending: str) -> bool:
    if label.isascii():
        return False
    scripts = {_script(char) for char in label if char.isalpha()}
    if any(char.isalpha() and _script(char) == "LATIN" and not _is_known_latin(char) for char in label):
        return True
    if scripts & _ALIKE:
        return len(scripts) > 1 or ending.isascii()
    return len(scripts - _EAST_ASIAN) > 1 or bool(scripts - _EAST_ASIAN - {"LATIN"} and "LATIN" in scripts)


def _script(char: str) -> str:
    """What a letter's name begins with: its script."""
    return unicodedata.name(char, "?").partition(" ")[0].partition("-")[0]


def _is_known_latin(char: str) -> bool:
    return (char <= "\u017f" and char != "\u0131") or char in "ơưƠƯșțȘȚ" or "\u1ea0" <= char <= "\u1ef9"


def _ascii(label: str) -> str:
    try:
        return label.encode("idna").decode("ascii")
    except UnicodeError:
        return f"xn--{label.encode('punycode').decode('ascii')}"


def safe_url(url: str) -> str | None:
    """``url`` if it may be opened after the person has seen it, else None.

    Only http, https and mailto; no user name in front of the host (``https://bank.example@evil.test``),
    nothing invisible, nothing that a browser's command line could take for an option.
    """
    if url != url.strip() or url != clean(url) or any(c in url for c in ' \t\n"<>`\\'):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in _SAFE_SCHEMES:
        return None
    if parts.scheme.lower() == "mailto":
        return url if parts.path and not parts.netloc else None
    return url if host and "'" not in host and parts.username is None else None
