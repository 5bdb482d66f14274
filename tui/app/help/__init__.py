"""All keys and commands."""
