"""Words: emphasis, code, links, images, entities."""

import pytest

from tui.rendering.document import Document
from tui.rendering.palette import DARK


@pytest.mark.parametrize(
    ("source", "shown"),
    (
        ("*a* **b** ~~c~~ `d`", "a b c d"),
        ("snake_case and 2 * 3 * 4", "snake_case and 2 * 3 * 4"),
        ("`` a ` b ``", "a ` b"),
        ("\\*a\\* \\\\ \\x", "*a* \\ \\x"),
        ("&lt;b&gt; &copy; &nope;", "<b> © &nope;"),
        ("<kbd>Ctrl</kbd>", "<kbd>Ctrl</kbd>"),
        ("tab\there", "tab here"),
        ("![alt *text*](https://a.test/p.png)", "alt text (https://a.test/p.png)"),
        ("![](https://a.test/p.png)", "image (https://a.test/p.png)"),
        ("[[nested] brackets](https://a.test)", "[nested] brackets"),
        ("[ref] and [ref][]\n\n[ref]: https://a.test", "ref and ref"),
        ("$5 and $6, then $x_1$", "$5 and $6, then x₁"),
        ("US$5 to $6$", "US$5 to 6"),
    ),
)
def test_what_is_seen(source, shown, rows):
    assert rows(source, 60) == [shown]


def test_breaks(rows):
    assert rows("a  \nb\\\nc<br>d<br/>e") == ["a", "b", "c", "d", "e"]


def test_looks(styles):
    source = "plain *soft* **hard** `code` [link](https://a.test) ~~gone~~"
    assert styles(source, "plain").color.name == DARK.ink
    assert styles(source, "soft").italic
    assert styles(source, "hard").bold and styles(source, "hard").color.name == DARK.strong
    code = styles(source, "code")
    assert (code.color.name, code.bgcolor.name) == (DARK.strong, DARK.band)
    link = styles(source, "link")
    assert link.underline and link.color.name == DARK.ink
    assert styles(source, "gone").strike


def test_bold_inside_a_link_is_still_a_link():
    document = Document("[a **b** c](https://a.test)", 40, DARK)
    assert {document.link_at(0, cell) for cell in range(5)} == {"https://a.test"}


@pytest.mark.parametrize(
    ("source", "shown"),
    (
        ("[bank.test](https://evil.test)", "bank.test (evil.test)"),
        (
            "[https://bank.test/login](https://bank.test.evil.test)",
            "https://bank.test/login (bank.test.evil.test)",
        ),
        ("[www.bank.test](https://bank.test/x)", "www.bank.test"),
        ("[our bank](https://evil.test)", "our bank"),
        ("https://bank.test", "https://bank.test"),
        ("[me@bank.test](https://evil.test)", "me@bank.test (evil.test)"),
    ),
)
def test_a_text_that_names_another_host_is_shown_the_real_one(source, shown, rows):
    assert rows(source, 60) == [shown]


def test_a_very_long_address_of_an_image_is_cut(rows):
    assert rows(f"![x](https://a.test/{'y' * 200})", 120)[0].endswith("y…)")
