"""How blocks are drawn: headings, lists, quotes, rules, HTML, folds, notes."""

import subprocess
import sys

import pytest

from tui.rendering.document import Document
from tui.rendering.palette import DARK, LIGHT


def test_one_blank_line_between_blocks(rows):
    assert rows("# One\nTwo\n\n\n\nThree\n- four") == ["One", "", "Two", "", "Three", "", "• four"]


def test_no_text_has_no_rows(rows):
    assert rows("") == rows("\n\n \n") == []


def test_a_list_is_as_tight_as_its_source(rows):
    assert rows("- a\n- b\n\n- c\n  - d\n\n  e") == ["• a", "• b", "", "• c", "  • d", "", "  e"]


def test_numbers_go_on_from_the_first(rows):
    assert rows("3. a\n3. b\n   1. c\n3. d") == ["3. a", "4. b", "   1. c", "5. d"]


def test_hanging_indents(rows):
    drawn = ["• one two", "  three", "", "10. four", "    five", "    six"]
    assert rows("- one two three\n10. four five six", 11) == drawn


def test_tasks(rows):
    assert rows("- [ ] open\n- [x] done\n- [y] neither") == ["☐ open", "☑ done", "• [y] neither"]


def test_items_without_text_keep_their_marker(rows):
    assert rows("-\n- b\n-") == ["•", "• b", "•"]


def test_quotes_nest_and_bars_go_through_blank_lines(rows):
    assert rows("> a\n>\n> > b\n> - c") == ["│ a", "│", "│ │ b", "│", "│ • c"]


def test_quotes_are_dim_and_italic(styles):
    style = styles("> quoted **strong**", "quoted")
    assert style.italic and style.color.name == DARK.dim
    assert styles("> quoted **strong**", "strong").color.name == DARK.strong
    assert styles("> quoted", "│").color.name == DARK.line


def test_alerts_have_their_colour_and_no_italics(rows, styles):
    assert rows("> [!WARNING]\n> Mind the gap") == ["│ Warning", "│ Mind the gap"]
    assert styles("> [!WARNING]\n> Mind", "Warning").color.name == DARK.warning
    assert not styles("> [!WARNING]\n> Mind", "Mind").italic


def test_headings_are_strong_and_bold(styles):
    style = styles("## Title", "Title", LIGHT)
    assert style.bold and style.color.name == LIGHT.strong


def test_a_rule_is_as_wide_as_the_text(rows):
    assert rows("***", 12) == ["─" * 12]


def test_html_is_shown_line_by_line(rows):
    assert rows("<div>\n  <b>x</b>\n</div>\n\nText") == ["<div>", "  <b>x</b>", "</div>", "", "Text"]


def test_a_very_deep_list_keeps_half_the_width_for_its_text(rows):
    source = "\n".join("  " * depth + "- item" for depth in range(30))
    assert all("item" in row for row in rows(source, 20))


DETAILS = """\
Before

<details>
<summary>More of *it*</summary>

Hidden **text**

- list

</details>

After
"""


def test_details_are_folded_until_they_are_opened(rows):
    document = Document(DETAILS, 40, DARK)
    assert rows(document) == ["Before", "", "▸ More of *it*", "", "After"]
    assert document.toggle(2)
    assert rows(document) == ["Before", "", "▾ More of *it*", "", "Hidden text", "", "• list", "", "After"]
    assert document.toggle(2)
    assert rows(document)[-1] == "After"


def test_only_the_summary_folds():
    document = Document(DETAILS, 40, DARK)
    assert [row for row in range(-1, document.height + 1) if Document(DETAILS, 40, DARK).toggle(row)] == [2]


def test_an_open_fold_stays_open_while_text_comes_and_at_another_width(rows):
    document = Document("<details>\n<summary>More</summary>\n\nOne\n\n", 40, DARK, live=True)
    document.toggle(0)
    document.feed("Two\n\n</details>\n")
    document.close()
    document.resize(30, DARK)
    assert rows(document) == ["▾ More", "", "One", "", "Two"]


def test_folds_inside_folds(rows):
    inner = "<details>\n<summary>Inner</summary>\n\nDeep\n\n</details>\n"
    document = Document(f"<details>\n<summary>Outer</summary>\n\n{inner}\n</details>\n", 40, DARK)
    document.toggle(0)
    assert rows(document) == ["▾ Outer", "", "▸ Inner"]
    document.toggle(2)
    assert rows(document) == ["▾ Outer", "", "▾ Inner", "", "Deep"]


@pytest.mark.parametrize(
    "source",
    (
        "<details><summary>S</summary>\ntext\n</details>",
        "<details open>\n<summary>\nS\n</summary>\ntext\n</details>",
        "<DETAILS>\n<summary class='x'>S</summary>\n\ntext\n</DETAILS>",
    ),
)
def test_ways_to_write_details(source, rows):
    document = Document(source, 40, DARK)
    assert rows(document) == ["▸ S"]
    document.toggle(0)
    assert rows(document) == ["▾ S", "", "text"]


def test_footnotes_stand_where_they_were_written(rows):
    assert rows("A[^1] and[^b].\n\n[^1]: First\n[^b]: Second\n\n    more") == [
        "A[1] and[b].",
        "",
        "[1] First",
        "[b] Second",
        "",
        "    more",
    ]


def test_without_tints_code_has_a_bar():
    from msgspec.structs import replace

    plain = replace(DARK, ansi=True)
    document = Document("Text `code`\n\n```\nx\n```", 20, plain)
    assert [document.line(row).text[:2] for row in range(document.height)] == ["  ", "  ", "│ ", "│ ", "│ "]
    assert all(segment.style.bgcolor is None for row in range(5) for segment in document.line(row))


@pytest.mark.parametrize(
    "heavy", ("markdown_it", "mdit_py_plugins", "pygments", "linkify_it", "textual.app", "textual.widget")
)
def test_importing_is_light(heavy):
    code = f"import sys, tui.rendering.document; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
