"""Colours, styles and the one column of text."""
