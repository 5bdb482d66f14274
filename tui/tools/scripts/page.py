"""A web page on standard input to its title and its text as Markdown, as JSON on standard output.

Arguments: bytes of memory, address of the page, its encoding where the server named one.
"""

from __future__ import annotations

import json
import re
import sys
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin

LONGEST = 1_000_000
"""Characters that are given back."""
_LITTLE = 250
"""An article of fewer characters is none, if the whole page has more."""
_META = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_SPACE = re.compile(r"\s+")
_BLANK = re.compile(r"\n{3,}")
_SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "svg", "head", "iframe", "form", "button", "nav"}
)
_BLOCKS = frozenset(
    {"p", "div", "section", "article", "main", "header", "footer", "aside", "figure", "figcaption", "address"}
    | {
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "table",
        "blockquote",
        "hr",
        "details",
        "summary",
        "body",
        "html",
        "tbody",
    }
)

_AROUND = {
    **dict.fromkeys(_BLOCKS, ("\n\n", "\n\n")),
    **{f"h{level}": (f"\n\n{'#' * level} ", "\n\n") for level in range(1, 7)},
    **dict.fromkeys(("b", "strong"), ("**", "**")),
    **dict.fromkeys(("td", "th"), ("", " | ")),
    "li": ("\n- ", ""),
    "tr": ("\n| ", ""),
    "code": ("`", "`"),
}
"""What stands before and after the content of an element."""


def limit_memory(size: int) -> None:
    """Let this process take no more, where the system can say so."""
    try:
        import resource
    except ImportError:
        return
    with suppress(ValueError, OSError):  # macOS knows the limit, and takes none
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def decoded(data: bytes, named: str) -> str:
    """The page as text: by the encoding that the server names, the page names, or UTF-8."""
    found = _META.search(data[:4096])
    for encoding in (named, found[1].decode("ascii", "replace") if found else "", "utf-8"):
        try:
            return data.decode(encoding) if encoding else data.decode("utf-8")
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


class Writer:
    """Writes elements as Markdown."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._out: list[str] = []

    def text(self, element: Any) -> str:
        """All that stands in an element."""
        self._element(element)
        lines = "".join(self._out).split("\n")
        return _BLANK.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()

    def _element(self, element: Any) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in _SKIPPED:
            return
        if tag == "pre":
            self._out.append(f"\n\n```\n{element.text_content().strip(chr(10))}\n```\n\n")
        elif tag == "br":
            self._out.append("\n")
        elif tag == "img":
            alt = _SPACE.sub(" ", element.get("alt") or "").strip()
            self._out.append(f"[image: {alt}]" if alt else "")
        elif tag == "a":
            self._link(element)
        elif tag in _AROUND:
            self._around(element, *_AROUND[tag])
        else:
            self._inside(element)

    def _around(self, element: Any, before: str, after: str) -> None:
        self._out.append(before)
        self._inside(element)
        self._out.append(after)

    def _link(self, element: Any) -> None:
        href = (element.get("href") or "").strip()
        if not href or href.startswith(("#", "javascript:", "data:")):
            self._inside(element)
            return
        try:
            address = urljoin(self._address, href)
        except ValueError:
            address = href
        self._around(element, "[", f"]({_SPACE.sub('%20', address)})")

    def _inside(self, element: Any) -> None:
        self._words(element.text)
        for child in element:
            self._element(child)
            self._words(child.tail)

    def _words(self, text: str | None) -> None:
        self._out.append(_SPACE.sub(" ", text or ""))


def read(html: str, address: str) -> dict[str, str]:
    """Title and text of a page."""
    from lxml import etree
    from lxml.html import document_fromstring, fromstring
    from readability import Document

    html = _DECLARATION.sub("", html)
    try:
        document = Document(html)
        title, article = document.short_title(), fromstring(document.summary(html_partial=True))
        text = Writer(address).text(article)
        if len(text) < _LITTLE:
            text = max(text, Writer(address).text(document_fromstring(html)), key=len)
    except (etree.LxmlError, ValueError, TypeError, RecursionError):
        title, text = "", ""
    return {"title": _SPACE.sub(" ", title or "").strip()[:300], "text": text[:LONGEST]}


def main() -> None:
    """Run as a script."""
    limit_memory(int(sys.argv[1]))
    import logging

    logging.disable()
    data = sys.stdin.buffer.read()
    sys.setrecursionlimit(5_000)
    found = read(decoded(data, sys.argv[3]), sys.argv[2]) if data.strip() else {"title": "", "text": ""}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
