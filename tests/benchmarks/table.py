"""The lines of the table: what was measured, both figures, what they come to, and the budget."""

from __future__ import annotations


def heading(what: str, first: str, second: str, figure: str) -> None:
    """Begin a part of the table."""
    print(f"\n{what:<40} {first:>9} {second:>9} {figure:>9} {'budget':>9}", flush=True)


def ratio(what: str, first: float, second: float, budget: float) -> None:
    """A line whose figure is the second measurement over the first."""
    _line(what, first, second, second / first, budget, f"{budget:g} ×")


def limit(what: str, first: float, second: float, budget: float, unit: str) -> None:
    """A line whose figure is the second measurement; the first one, of the floor, is there to compare."""
    _line(what, first, second, second, budget, f"{budget:g} {unit}")


def _line(what: str, first: float, second: float, figure: float, budget: float, words: str) -> None:
    verdict = "met" if figure <= budget else "MISSED"
    print(f"{what:<40} {first:>9.3f} {second:>9.3f} {figure:>9.3f} {words:>9} {verdict}", flush=True)
