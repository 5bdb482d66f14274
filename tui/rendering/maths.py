"""Formulas as Unicode text."""

from __future__ import annotations


def to_unicode(formula: str) -> str:
    """The formula as one line of text."""
    return " ".join(formula.split())
