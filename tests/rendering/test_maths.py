"""Formulas as Unicode; what is not known stays as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.rendering.document import Document
from tui.rendering.maths import to_unicode
from tui.rendering.palette import DARK


@pytest.mark.parametrize(
    ("formula", "shown"),
    (
        ("x^2 + y_1^{10}", "x² + y₁¹⁰"),
        (r"e^{i\pi} + 1 = 0", "e^(iπ) + 1 = 0"),
        (r"x_{n+1} = x_n - \frac{f(x_n)}{f'(x_n)}", "xₙ₊₁ = xₙ - f(xₙ)/(f′(xₙ))"),
        (r"\frac{1}{2}\frac12\frac{a}{b}x", "½½a/b x"),
        (r"\frac{a+b}{2c}", "(a+b)/(2c)"),
        (r"\frac{\partial f}{\partial x}", "∂f/∂x"),
        (r"\sqrt{x^2+1} \sqrt[3]{8} \sqrt[n]{x}", "√(x²+1) ∛8 ⁿ√x"),
        (r"\sum_{i=1}^{n} i", "∑ᵢ₌₁ⁿ i"),
        (r"\int_0^\infty e^{-x}\,dx", "∫₀^∞ e⁻ˣ dx"),
        (r"\alpha\beta \in \mathbb{R}^n \subseteq \mathcal{F}", "αβ ∈ ℝⁿ ⊆ ℱ"),
        (r"\hat{\theta} = \arg\max_\theta L", "θ̂ = arg max_θ L"),
        (r"\overline{AB} \vec{v}", "A̅B̅ v⃗"),
        (r"O(n\log n), \sin x", "O(n log n), sin x"),
        (r"\left\{ x \mid x > 0 \right\}", "{ x | x > 0 }"),
        (r"\text{if } x \ne y", "if x ≠ y"),
        (r"a \neq b \land \neg c \Rightarrow d", "a ≠ b ∧ ¬c ⇒ d"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "(a  b; c  d)"),
        (r"\begin{cases} 1 & x>0 \\ 0 & x<0 \end{cases}", "{ 1, x>0; 0, x<0"),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "a = b\nc = d"),
        (r"\boxed{42} \pmod{7} \binom{n}{k}", "[42] (mod 7) (n choose k)"),
        (r"\lim_{x \to 0} x", "lim_(x → 0) x"),
        (r"\underbrace{a+b}_{n}", "(a+b)ₙ"),
        (r"x^\prime + x^{*}", "x′ + x*"),
        ("50\\% \\{a\\} \\_", "50% {a} _"),
    ),
)
def test_what_is_seen(formula, shown):
    assert to_unicode(formula) == shown


@pytest.mark.parametrize(
    ("formula", "shown"),
    (
        (r"\unknown{x} \other", r"\unknown{x} \other"),
        (r"\frac", r"\frac{}{}"),
        ("}}{{", "}}{{"),
        ("{" * 500, "{" * 500),
        (r"\begin{matrix} a & b", "a  b"),
        ("", ""),
    ),
)
def test_what_is_broken_is_not_lost(formula, shown):
    assert to_unicode(formula) == shown


NESTED = (
    "x" + "^" * 340,
    "_" * 5_000 + "x",
    "^_" * 3_000 + "x",
    "{" * 4_000 + "x" + "}" * 4_000,
    "x^{" * 2_000 + "y" + "}" * 2_000,
    r"\frac{" * 3_000 + "a" + "}{b}" * 3_000,
    r"\frac" * 5_000 + "12",
    r"\binom" * 5_000 + "12",
    r"\sqrt" * 5_000 + "x",
    r"\sqrt[" * 5_000 + "x",
    r"\left" * 5_000 + "(",
    r"\left\{" * 5_000 + "x",
    r"\not" * 5_000 + "=",
    r"\hat" * 5_000 + "x",
    r"\bar" * 5_000 + "x",
    r"\mathbb" * 5_000 + "R",
    r"\overset" * 5_000 + "x",
    r"\xrightarrow[" * 5_000 + "x",
    r"\begin{matrix}" * 4_000 + "a",
    r"\begin{cases} a & " * 3_000 + "b" + r"\end{cases}" * 3_000,
    r"\textcolor{red}" * 3_000 + "x",
    r"\unknown{" * 3_000 + "x",
    r"\boxed{\sqrt{\frac{x^{" * 1_000 + "y",
    r"\text{" * 5_000 + "x",
)


@pytest.mark.parametrize("formula", NESTED, ids=lambda formula: formula[:12])
def test_what_is_nested_without_end_stays_as_it_was_written(formula):
    shown = to_unicode(formula)
    assert shown == formula or formula.startswith(
        (r"\text{", r"\left\{")
    )  # these two hold nothing in each other


@pytest.mark.parametrize("formula", NESTED, ids=lambda formula: formula[:12])
@pytest.mark.parametrize("form", ("${}$", "a ${}$ b", "$$\n{}\n$$", "\\({}\\)", "| a |\n|---|\n| ${}$ |"))
def test_it_can_be_shown_wherever_it_stands(formula, form):
    document = Document(form.format(formula[:900]), 40, DARK)
    assert any(document.line(row).text.strip() for row in range(document.height))


def test_what_people_write_is_not_too_deep():
    depth = 12
    assert to_unicode(r"\sqrt{" * depth + "x" + "}" * depth) == "√(" * (depth - 1) + "√x" + ")" * (depth - 1)
    assert to_unicode(r"\frac{1}{1+" * depth + "x" + "}" * depth).count("1/(1+") == depth


@pytest.mark.parametrize("bar", ("bar", "overline", "underline"))
def test_bars_over_bars_do_not_double_what_they_are_over(bar):
    assert len(to_unicode(f"\\{bar} " * 30 + "x")) == 2


PARTS = (*"a1{}[]^_\\&'$ ", r"\frac", r"\sqrt", r"\begin{cases}")


@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
def test_anything_is_read_to_its_end(formula):
    assert isinstance(to_unicode(formula), str)


def test_in_documents(rows):
    assert rows("Inline \\(a^2\\) and $$b^2$$.\n\n$$\nc^2\n$$\n\n\\[ d^2 \\]") == [
        "Inline a² and b².",
        "",
        "c²",
        "",
        "d²",
    ]


def test_prices_are_no_formulas(rows):
    for source in ("$5 and $6", "from $5-$10", "a $ b $ c", "\\$5 \\$6", "cost$5$"):
        assert rows(source) == [source.replace("\\", "")]
