"""The Textual app: the only package that knows widgets and screens."""
