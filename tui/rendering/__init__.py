"""Text to terminal lines: functions of (source, width, palette). No App, no widgets."""
