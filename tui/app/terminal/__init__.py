"""The terminal: what it sends, what it can show."""
