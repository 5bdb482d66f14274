"""The operating system, without Textual: clipboard, editor, signals, crash reports."""
