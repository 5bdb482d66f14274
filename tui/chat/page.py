"""A conversation as one HTML page that stands alone: it loads nothing and runs nothing."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, assert_never

from tui.chat.attachment import Attachment, Kind
from tui.chat.conversation import Bundle
from tui.chat.export import about, call_ending, ending, speaker, when
from tui.chat.message import Message
from tui.chat.parts import (
    File,
    Image,
    Notice,
    Part,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    arguments_line,
    below,
    body,
    tool_name,
)
from tui.dates import day
from tui.faults import attempt
from tui.text import clean, one_line, safe_url

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererProtocol
    from markdown_it.token import Token

_STYLE = """
:root { color-scheme: light dark; --ink: #23272c; --page: #fbfaf7; --soft: #555a62; --tint: #eee9e2;
  --rail: #bf9271; --link: #934710 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #dde0e5; --page: #15171c; --soft: #9ea3ad; --tint: #1e2229;
    --rail: #95714c; --link: #f2b36f }
}
body { margin: 3rem auto; max-width: 46rem; padding: 0 1rem; color: var(--ink); background: var(--page);
  font: 1rem/1.6 system-ui, sans-serif }
header p, h2 small, footer { color: var(--soft); font-weight: normal }
article { margin: 2rem 0; overflow-wrap: anywhere }
article.user { border-left: 3px solid var(--rail); padding-left: 1rem }
h1 { line-height: 1.25 } h2 { font-size: 1rem; margin: 0 0 .5rem }
pre, code { font-family: ui-monospace, monospace; font-size: .9em; background: var(--tint) }
pre { padding: .8rem 1rem; overflow-x: auto; border-radius: 4px } pre code { background: none }
table { border-collapse: collapse } th, td { border: 1px solid var(--soft); padding: .3rem .6rem }
blockquote { margin-left: 0; padding-left: 1rem; border-left: 3px solid var(--tint); color: var(--soft) }
img { max-width: 100% } figure { margin: 1rem 0 } figcaption { color: var(--soft) }
details { color: var(--soft) } a { color: var(--link) }
"""


_PAGE = """<!doctype html>
<html lang="und">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1>{facts}</header>
{articles}
</body>
</html>
"""


def to_html(bundle: Bundle) -> str:
    """The active path as a page."""
    it = bundle.conversation
    markdown = _markdown()
    facts = [day(it.created_at), it.model, *it.tags]
    return _PAGE.format(
        title=escape(one_line(it.title) or "Conversation"),
        style=_STYLE,
        facts=f"<p>{escape(' · '.join(one_line(fact) for fact in facts if fact))}</p>",
        articles="\n".join(_article(markdown, message) for message in bundle.path()),
    )


def _article(markdown: MarkdownIt, message: Message) -> str:
    parts = [f"<h2>{escape(speaker(message))} <small>{escape(when(message) + ending(message))}</small></h2>"]
    for part in (*body(message.parts), *below(message.parts)):
        parts += _block(markdown, part)
    return f'<article class="{message.role.value}">{"".join(parts)}</article>'


def _block(markdown: MarkdownIt, part: Part) -> Iterator[str]:
    """A part as HTML."""
    match part:
        case Text(text):
            yield _body(markdown, text)
        case Reasoning(text):
            if text.strip():
                yield f"<details><summary>Reasoning</summary>{_body(markdown, text)}</details>"
        case File(attachment):
            yield _file(attachment)
        case Image(url, alt):
            yield f"<p>{_link(url, alt or 'Picture')}</p>"
        case ToolCall():
            called = escape(arguments_line(part) + call_ending(part))
            yield f"<p>▸ <b>{escape(tool_name(part))}</b> <code>{called}</code></p>"
        case ToolResult():
            name = "Error" if part.is_error else "Result"
            yield f"<details><summary>{name}</summary><pre>{escape(clean(part.text))}</pre></details>"
            yield from map(_file, part.files)
        case Sources(items):
            links = "".join(f"<li>{_link(source.url, source.title)}</li>" for source in items)
            yield f"<ol>{links}</ol>"
        case Notice(text):
            yield f"<p><small>{escape(one_line(text))}</small></p>"
        case _:
            assert_never(part)


def _file(attachment: Attachment) -> str:
    """A file by its name; an image is shown, a text folded below it."""
    name = escape(f"{one_line(attachment.name)} ({about(attachment)})")
    if attachment.text:
        return f"<details><summary>{name}</summary><pre>{escape(clean(attachment.text))}</pre></details>"
    shown = ""
    if attachment.kind is Kind.IMAGE and attachment.data:
        data = base64.b64encode(attachment.data).decode("ascii")
        shown = f'<img alt="" src="data:{attachment.media_type};base64,{data}">'
    return f"<figure>{shown}<figcaption>{name}</figcaption></figure>"


def _body(markdown: MarkdownIt, text: str) -> str:
    """The text as HTML; as it stands, where it is nested too deep for the parser, or the parser fails."""
    shown = clean(text)
    rendered = attempt(lambda: _rendered(markdown, shown), lambda: None)
    # Cleaned once more behind the parser, which turns character references into the characters themselves.
    return f"<pre>{escape(shown)}</pre>" if rendered is None else clean(rendered)


def _rendered(markdown: MarkdownIt, text: str) -> str | None:
    from tui.markdown import DEEPEST
    from tui.markdown.links import said_by_links

    env: dict[str, Any] = {}
    tokens = markdown.parse(text, env)
    if any(token.level + token.nesting >= DEEPEST for token in tokens):
        return None  # it leaves out what is inside
    said = {label for token in tokens for label in said_by_links(token.children or ())}
    tokens = [token for token in tokens if token.type != "definition" or token.info not in said]
    return str(markdown.renderer.render(tokens, markdown.options, env))


def _link(url: str, name: str) -> str:
    words = escape(one_line(name) or one_line(url))
    safe = safe_url(url)
    return f'<a href="{escape(safe)}">{words}</a>' if safe else words


def _markdown() -> MarkdownIt:
    """A parser that lets no HTML through, and no link that a person should not follow; pictures are links.

    Lines stay lines, and formulas and definitions are what was written.
    """
    from tui.markdown.parser import build

    markdown = build(html=False, breaks=True)
    markdown.disable("image")
    markdown.validateLink = lambda url: safe_url(url) is not None  # type: ignore[method-assign]
    for kind in ("math_block", "definition"):
        markdown.add_render_rule(kind, _paragraph)
    markdown.add_render_rule("math_inline", _formula)
    return markdown


def _paragraph(_self: RendererProtocol, tokens: Sequence[Token], index: int, *_: object) -> str:
    return f"<p>{escape(tokens[index].content.strip()).replace(chr(10), '<br>' + chr(10))}</p>\n"


def _formula(_self: RendererProtocol, tokens: Sequence[Token], index: int, *_: object) -> str:
    return escape(tokens[index].markup)
