"""What the first reply needs, loaded before it comes: it would hold up its first words."""

from __future__ import annotations


def load() -> None:
    """Import the parser and the highlighter; a drawing or two does it."""
    from tui.rendering.document import Document
    from tui.rendering.palette import DARK

    document = Document(_ONE_OF_EACH, 40, DARK)
    for row in range(document.height):
        document.line(row)


_ONE_OF_EACH = """\
Words, `code`, **strong**, [link](https://example.com) and $x^2$.

| a | b |
|---|---|
| 1 | 2 |

```python
x = 1
```
"""
