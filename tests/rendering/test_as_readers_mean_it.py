"""Markdown as people mean it in a chat: beside scripts without spaces, in tables, fences and addresses."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.app.theme.foreign import LEGIBLE, contrast
from tui.app.theme.themes import THEMES
from tui.rendering.document import Document
from tui.rendering.palette import DARK, LIGHT


def spoken(source, width=80, **options):
    document = Document(source, width, DARK, **options)
    return "\n".join(document.line(row).text[2:].rstrip() for row in range(document.height))


def links(source, width=80):
    document = Document(source, width, DARK)
    cells = [(row, cell) for row in range(document.height) for cell in range(width)]
    return list(dict.fromkeys(link for row, cell in cells if (link := document.link_at(row, cell))))


def bold(document):
    segments = [segment for row in range(document.height) for segment in document.line(row)]
    return "".join(segment.text for segment in segments if segment.style and segment.style.bold)


EMPHASIS = [
    ("**注意：**正文", "注意："),
    ("**“引号”**的", "“引号”"),
    ("这是**“重点”**，对吧", "“重点”"),
    ("中文**（加粗）**中文", "（加粗）"),
    ("**스크립트(script)**라고", "스크립트(script)"),
    ("これは**「強調」**です", "「強調」"),
    ("**⚠️ 注意！**请看", "⚠️ 注意！"),
    ("说**`code`**的", "code"),
    ("**a**、**b**", "ab"),
]


@pytest.mark.parametrize(("source", "words"), EMPHASIS)
def test_emphasis_beside_a_script_without_spaces(source, words):
    assert bold(Document(source, 60, DARK)) == words
    assert "*" not in spoken(source)


@pytest.mark.parametrize(("source", "words"), EMPHASIS)
def test_emphasis_never_flips_while_it_comes(source, words):
    document = Document("", 60, DARK, live=True)
    seen = ""
    for char in source + "后面的话。":
        document.feed(char)
        now = bold(document)
        assert now.startswith(seen) or (seen.startswith(now) and len(seen) - len(now) <= 1)
        seen = now
    assert seen == words


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("**Achtung:**Text", "Achtung:"),
        ('He said **"stop!"**and went', '"stop!"'),
        ("**Remarque (importante)**suite", "Remarque (importante)"),
        ("two **`pip`**s and **Done.**Next", "pipDone."),
        ("- **Step 1.**Open it", "Step 1."),
        ("**مهم:**النص", "مهم:"),
    ],
)
def test_a_word_right_behind_a_mark_changes_nothing(source, words):
    document = Document("", 60, DARK, live=True)
    longest = ""
    for char in source:
        document.feed(char)
        now = bold(document)
        assert now.startswith(longest)
        longest = max(longest, now.rstrip("*"), key=len)
    assert longest == words == bold(Document(source, 60, DARK))
    assert "*" not in spoken(source)


@pytest.mark.parametrize(
    "source",
    ["{**a,**b}", "f(**g())**n", "**kwargs and x=1,**more", "*a.*b", "c?**p:**q", "2 ** 3. And x.**y"],
)
def test_what_begins_no_mark_ends_none(source):
    assert spoken(source) == source


@pytest.mark.parametrize(
    "source", ["2**(3)**4", "f(**kwargs)**2", "大约3~5天，100~200元", "a*b*c 2 * 3", "snake_case_名字_x"]
)
def test_what_is_no_emphasis_stays(source):
    assert spoken(source) == source


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("见https://e.test/docs（文档）了解", "https://e.test/docs"),
        ("https://e.test/a—then", "https://e.test/a"),
        ("www.example.com，好", "http://www.example.com"),
        ("请访问www.example.com。", "http://www.example.com"),
        ("【https://e.test/x】", "https://e.test/x"),
        ("https://e.test/docs了解更多", "https://e.test/docs"),
        ("https://example.com查看", "https://example.com"),
        ("(see https://e.test/a_(b)).", "https://e.test/a_(b)"),
        ("https://zh.e.test/wiki/中国", "https://zh.e.test/wiki/%E4%B8%AD%E5%9B%BD"),
        ("http://münchen.de/x", "http://xn--mnchen-3ya.de/x"),
        ("https://例え.jp/パス、次", "https://xn--r8jz45g.jp/%E3%83%91%E3%82%B9"),
        ("“https://e.test/x”と", "https://e.test/x"),
    ],
)
def test_an_address_ends_where_readers_see_its_end(source, address):
    assert links(source) == [address]
    assert spoken(source) == source


@pytest.mark.parametrize("palette", [DARK, LIGHT])
@pytest.mark.parametrize("language", ["diff", "patch"])
def test_lines_that_came_and_went_have_colours_of_their_own(styles, palette, language):
    source = f"```{language}\n@@ -1 +1 @@\n-old\n+new\n same\n```"
    colours = {word: styles(source, word, palette).color.name for word in ("-old", "+new", "same")}
    assert (colours["-old"], colours["+new"]) == (palette.error, palette.success)
    assert len(set(colours.values())) == 3


def test_these_colours_are_legible_in_every_theme():
    from textual.color import Color

    for theme in THEMES:
        if not theme.ansi and theme.variables["deep"].startswith("#"):
            ground = Color.parse(theme.variables["deep"])
            for colour in (theme.error, theme.success):
                assert contrast(Color.parse(colour), ground) >= LEGIBLE


@pytest.mark.parametrize(
    ("source", "word", "other"),
    [
        ("```console\n$ ls -l\ntotal 0\n```", "$", "total 0"),
        ("```bash\n$ echo 'hi'\nhi\n```", "$", "hi"),
        ("```sh\nme@host:~$ ls\na.txt\n```", "me@host", "a.txt"),
        ("```markdown\n# Title\ntext\n```", "# Title", "text"),
        ("```md\n- *x*\n```", "-", "x"),
    ],
)
def test_sessions_and_markdown_are_coloured(styles, source, word, other):
    assert styles(source, word) != styles(source, other)


@pytest.mark.parametrize(
    ("source", "cells"),
    [
        ("| a | b |\n|---|\n| 1 | 2 |", "ab12"),
        ("| a | b |\n|---|---|---|\n| 1 | 2 |", "ab12"),
        ("| a | b | c |\n|---|---|\n| 1 | 2 | 3 |", "abc123"),
        ("a | b\n--- | ---\n1 | 2", "ab12"),
        ("| a | b |\n|---|---|\n| `x|y` | 2 |", "abx|y2"),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 | 4 |", "ab12|3|4"),
    ],
)
def test_every_cell_of_a_table_is_read(source, cells):
    head, line, *rows = spoken(source).split("\n")
    assert set(line) == {"─"}
    assert "".join("".join((head, *rows)).split()) == cells


@pytest.mark.parametrize("language", ["markdown", "md"])
def test_fences_in_a_text_of_markdown_end_what_they_began(language):
    inside = "# T\n```py\nx = 1\n```\nbetween\n```sh\nls\n```\nlast"
    document = Document(f"```{language}\n{inside}\n```\noutside", 60, DARK)
    assert [block.text for block in document.code_blocks()] == [inside]
    assert document.line(document.height - 1).text.strip() == "outside"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("```md\na\n```\nb", "a"),
        ("```md\na\n```py\nx\n```\nb", "a\n```py\nx"),  # as CommonMark says: nothing tells more
        ("```text\na\n```py\nx\n```\nb", "a\n```py\nx"),
        ("````md\na\n```py\nx\n```\n````\nb", "a\n```py\nx\n```"),
    ],
)
def test_other_fences_end_as_ever(source, code):
    assert Document(source, 60, DARK).code_blocks()[0].text == code


PARTS = st.sampled_from(
    [
        *("**注意：**", "正文", "“引号”", "~~删~~", "_x_", "`a|b`", "\n\n", " w1 ", "\n", "a—b", "<b>x</b>"),
        *("| a | b |\n|---|\n| 1 | 2 | 3 |\n", "| `x|y` | z |\n", "$x^2$", "\\[a\\]", "> q\n", "# h\n"),
        *("https://e.test/a（b）", "www.e.test，", "见https://x.test/d了解", "한국어**(x)**는", "1. n\n"),
        *("[^1]", "[^1]: note\n", "- [ ] task\n", "ශ්‍රී", "👩‍👩‍👧"),
        *("```md\n", "```py\nx=1\n", "```\n", "```diff\n-a\n+b\n"),
    ]
)


def kept(text):
    return sorted(char for char in text if char.isalnum())


@settings(max_examples=150)
@given(st.lists(PARTS, max_size=9).map("".join))
def test_every_letter_and_digit_is_drawn_or_in_an_address(source):
    drawn = spoken(source, 200) + "".join(links(source, 200))
    for char in set(kept(source.replace("```md", "").replace("```py", "").replace("```diff", ""))):
        assert char in drawn or char.lower() in drawn.lower() or (char in "x2" and "$" in source)


@settings(max_examples=150)
@given(st.lists(PARTS, max_size=9).map("".join), st.randoms(use_true_random=False))
def test_what_came_in_pieces_is_drawn_as_the_whole(look, source, chance: random.Random):
    live, at = Document("", 50, DARK, live=True), 0
    while at < len(source):
        size = chance.randint(1, 7)
        live.feed(source[at : at + size])
        at += size
    live.close()
    assert look(live) == look(Document(source, 50, DARK))


@pytest.mark.parametrize("text", ["ශ්‍රී ලංකා", "क्‍ष", "a\u200db", "نمی‌خواهم"])
def test_joiners_are_drawn_copied_and_found_as_they_were_sent(text):
    document = Document(f"{text} **x**", 40, DARK)
    assert text in document.line(0).text
    assert document.copy((0, 0), (0, 39)).startswith(text)
    assert document.find(text)
