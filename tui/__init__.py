"""Segue: a terminal chat for every model."""

__version__ = "0.1.0"
