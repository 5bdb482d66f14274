"""No character is taken for a mark that was not meant as one."""

import re
from collections import Counter
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.cli.plain.words import Words
from tui.rendering.document import Document
from tui.rendering.palette import DARK

AS_TYPED = (
    "大约3~5天，100~200元",
    "~/bin and H~2~O, a ~ b ~ c ~~~ d",
    "$HOME/bin:$PATH and $HOME/$USER",
    '"$x" and "$y", "${x}" "${y}" $(pwd):$(ls)',
    "echo $1,$2; echo $?; $a and $b",
    "awk '{print $1}' | cut -d$ -f2",
    "$5 and $10, US$5, A$5-A$10, $5-$10, 5$ to 10$, between $5 and 10$ or so",
    "$$ is the pid and $$ it stays",
    "2*3*4, a*b*c, x**2 + y**2, 2**3**4, (a)*(b)*(c), f(x)*g(x)*h",
    "**/*.py and src/**/*.js, *.py and foo*.txt, **/node_modules/**",
    "/* a remark */ and */5 * * * *, /*tight*/",
    "__init__ and __name__.py and def __init__(self): __FILE__",
    "snake_case_word and _private",
    r"C:\Users\_x\* and \d+\.\d* and \\server\share\_x and \alpha\_1",
    "List<String> and <T> vector<std::string> <div> <!-- c --> <?xml?> <name>",
    "arr[i](j) and f[0][1](x) and [x]() and [a](b) and ![a](b)",
    "[run](javascript:alert(1)) and [p](C:\\dir\\f)",
    "[INFO]: started",
    "[12:00]: nothing yet",
    "[^a-z] and [^1] and [ ] and [x]",
    ":smile: :::note a == b ^up^ ==mark== %d {x}",
    "#tag and # and C# and #1",
    "1986. A great year",
    "docker run \\",
    "&zwj; &shy; &nope; AT&T",
    "a | b | c",
    "价格是$5，还有$10的和US$5元，A$5元",
    "cash$$$ $$$ and $$ money $$ here, $FOO$s",
    "it costs $20 (x^2) or 30$ and so on",
    "grep -E '^[a-z]+\\.(py|js)$' | sed 's/\\*/x/g' and .*\\.txt$ and [^\\]]+",
    "C:\\Program Files\\*.exe and D:\\_tmp\\[a]\\ and \\\\srv\\My Docs\\_x",
    'say \\"hi\\", don\\\'t, and\\/or, {\\"a\\": 1}',
    "[](docs/a.md) and [ ](b.md)",
    "x *= 2; y *= 3",
    "-5 degrees, +5 too",
)


def shown(source, width=200, live=False, size=1):
    document = Document("" if live else source, width, DARK, live=live)
    for at in range(0, len(source) if live else 0, size):
        document.feed(source[at : at + size])
    return [document.line(row).text[2:].rstrip() for row in range(document.height)]


def spoken(source):
    words = Words()
    return words.add(source) + words.end()


@pytest.mark.parametrize("source", AS_TYPED)
def test_what_is_no_mark_is_drawn_as_it_was_typed(source):
    assert shown(source) == [source]
    assert spoken(source).rstrip() == source.rstrip()


@pytest.mark.parametrize("source", AS_TYPED)
def test_so_it_is_while_it_streams(source):
    document = Document("", 200, DARK, live=True)
    for char in source + "\n\nNext":
        document.feed(char)
    assert document.line(0).text.strip() == source
    document.close()
    assert document.line(0).text.strip() == source


@pytest.mark.parametrize(
    ("source", "drawn"),
    (
        ("$x^2$ and $\\alpha$ and $n$, $5$", "x² and α and n, 5"),
        ("the $n$th, $x_i$s, $\\mathbb{R}$s, $f(x)$-axis", "the nth, xᵢs, ℝs, f(x)-axis"),
        ("$x$和$y$的关系，设$f(x)=x^2$，$$x^2$$的值", "x和y的关系，设f(x)=x²，x²的值"),
        ("设\\(x\\)为实数，\\(x^2\\)成立", "设x为实数，x²成立"),
        ("$2x^2+3x$ ${}^2H$ $10^{-3} m$", "2x²+3x ²H 10⁻³ m"),
        ("**my\\_func()** and (is it foo\\_bar)? Hello\\!", "my_func() and (is it foo_bar)? Hello!"),
        ("$ab + cd$ $f(x)=2$ $a_1, \\ldots, a_n$", "ab + cd f(x)=2 a₁, …, aₙ"),
        ("$\\text{rate of return} = 5$ and $$x^2$$", "rate of return = 5 and x²"),
        ("\\(x\\) and \\(\\alpha\\) and \\[E=mc^2\\]", "x and α and E=mc²"),
        (
            "cmd \\[options\\] and \\(see below\\) and file\\(s\\)",
            "cmd [options] and (see below) and file(s)",
        ),
        ("\\[x\\] and \\[1\\] and \\[a-z\\]", "[x] and [1] and [a-z]"),
        ("~~gone~~ and ~~so~~", "gone and so"),
        ("**B**old half**way** un**believ**able 这是**重点**内容", "Bold halfway unbelievable 这是重点内容"),
        ("**/help** and **.env** and **src/** and **Yes**/**No**", "/help and .env and src/ and Yes/No"),
        ("__two words__ and _one_ and *a*", "two words and one and a"),
        ("snake\\_case and 2\\*3 and \\# and 1\\. and \\\\", "snake_case and 2*3 and # and 1. and \\"),
        ("[guide](docs/guide.md) and [it](#top)", "guide (docs/guide.md) and it (#top)"),
        ("[1](/漢), [docs/漢.md](docs/漢.md), ![图](图.png)", "1 (/漢), docs/漢.md, 图 (图.png)"),
        ("[it](<a b%20c.md>) and [x](/%1b%5B2J%e2%80%ae%ff)", "it (a b c.md) and x (/␛[2J<U+202E>\ufffd)"),
        ('[text](https://a.test "The title")', "text (The title)"),
        ('![alt](https://a.test/x.png "T")', "alt (T) (https://a.test/x.png)"),
    ),
)
def test_what_is_meant_as_a_mark_is_one(source, drawn):
    assert shown(source) == [drawn]


@pytest.mark.parametrize(
    ("source", "drawn"),
    (
        ("1986. A great year\n1990. Another", ["1986. A great year", "1990. Another"]),
        ("3. c\n2. b\n1. a", ["3. c", "2. b", "1. a"]),
        ("1. a\n1. b\n1. c", ["1. a", "2. b", "3. c"]),
        ("01. a\n02. b", ["01. a", "02. b"]),
        ("1. [ ] a\n2. [x] b", ["1. ☐ a", "2. ☑ b"]),
        ("+ added", ["+ added"]),
        ("A sentence.\n---\nMore", ["A sentence.", "", "─" * 200, "", "More"]),
        ("---\ntitle: x\nname: y\n---", ["─" * 200, "", "title: x", "name: y", "", "─" * 200]),
        ("#\n##", ["#", "##"]),
        ("\\[options\\]\n\n$$ is the pid\nof it", ["[options]", "", "$$ is the pid", "of it"]),
        ("$$\nx^2\n$$", ["x²"]),
    ),
)
def test_beginnings_of_lines(source, drawn):
    assert shown(source) == drawn


@pytest.mark.parametrize(
    ("source", "drawn"),
    (
        ("See [a].\n\n[a]: https://x.test", ["See a."]),
        ("See [a][].\n\n- [a]: https://x.test", ["See a.", "", "•"]),
        ("See [it][a].\n\n[a]: https://x.test", ["See it.", "", "[a]: https://x.test"]),
        ("See [a].\n\n[a]: https://x.test 'T'", ["See a.", "", "[a]: https://x.test 'T'"]),
        ("See `[a]`.\n\n[a]: https://x.test", ["See [a].", "", "[a]: https://x.test"]),
        ("[a]: https://x.test\n[b]: https://y.test", ["[a]: https://x.test", "[b]: https://y.test"]),
    ),
)
def test_a_definition_is_shown_unless_a_link_says_all_of_it(source, drawn):
    assert shown(source) == drawn


def test_an_unused_definition_can_be_opened():
    assert Document("[a]: https://x.test", 40, DARK).link_at(0, 8) == "https://x.test"


def test_a_definition_shows_while_it_streams_unless_its_name_was_used():
    assert shown("[a]: https://x.test\n\nText", live=True) == ["[a]: https://x.test", "", "Text"]
    assert shown("See [a].\n\n[a]: https://x.test\n\nText", live=True) == ["See [a].", "", "Text"]


_SMALL = st.sampled_from("ab1 2x漢~$*_[](){}<>\\|#-+=^:;.,!&`'\"/@\n")
_BITS = st.sampled_from(
    (
        *AS_TYPED,
        *("**strong**", "*soft*", "`code`", "``a`b``", "~~gone~~", "[link](https://a.test/x1)", "[ref][one]"),
        *("[one]", "![alt](https://p.test/y.png)", "<https://auto.test>", "www.bare.org", "me@mail.test"),
        *(
            "word\\\nnext",
            "two  \nspaces",
            "\n\n",
            "\n",
            "\n- item ",
            "\n> quote ",
            "\n# Head ",
            "\n7. seven ",
        ),
        *(
            "\n\n[one]: https://one.test 'title'\n",
            "\n\n[two]: https://two.test\n",
            "\n\n```\ncode 1\n```\n\n",
        ),
        *('[t](https://a.test "Title 9")', "\n---\n", "\n===\n", "<b>bold</b>", "\n<div>\nhtml\n</div>\n\n"),
    )
)
_MIXTURES = st.lists(_BITS | st.text(_SMALL, max_size=12), max_size=12).map("".join)
# What stands for something else by its meaning: formulas, entities, task marks, alerts, repeated numbers.
_MEANT = re.compile(r"\\[A-Za-z]|\$|\\\(|\\\[|&\w+;|&#|\[[xX]\]|\[!|<details|<br|<summary")


def letters(text):
    return Counter(char for char in text if char.isalnum())


def drawn_letters(document):
    text, links = "", set()
    for row in range(document.height):
        line = document.line(row)
        text += line.text
        links |= {document.link_at(row, cell) for cell in range(line.cell_length)} - {None}
    return letters(text) + letters(unquote("".join(links)))


@settings(max_examples=300)
@given(source=_MIXTURES.filter(lambda text: not _MEANT.search(text)), size=st.integers(1, 9))
@example(source="[1](/漢)", size=1)
@example(source="[1](https://a.test/漢)", size=1)
def test_every_letter_is_drawn_or_in_an_address_that_is(source, size):
    whole = Document(source, 300, DARK)
    assert not set(letters(source)) - set(drawn_letters(whole))
    live = Document("", 300, DARK, live=True)
    for at in range(0, len(source), size):
        live.feed(source[at : at + size])
    live.feed("\n\n.")
    assert not set(letters(source)) - set(drawn_letters(live))
    live.close()
    assert drawn_letters(live) == drawn_letters(Document(live.source, 300, DARK))


@settings(max_examples=150)
@given(source=_MIXTURES.filter(lambda text: not _MEANT.search(text)))
def test_every_letter_is_spoken(source):
    assert not set(letters(source)) - set(letters(spoken(source)))
