"""Finding, opening and ordering conversations."""
