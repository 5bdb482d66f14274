"""What is a mark of Markdown in a chat, and what is a character that somebody typed."""

DEEPEST = 100
"""Levels of lists, quotes and emphasis that are read."""
