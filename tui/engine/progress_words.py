"""How far a download is, in words: bar and percentage first, so that they are seen where little is."""

from __future__ import annotations

from dataclasses import dataclass

from tui.chat.chunks import Progress

_BAR = 8
_SETTLED = 2.0
"""Seconds after which the rate says something of the time that is left."""


@dataclass(slots=True)
class ProgressWords:
    """Follows the steps of one piece of work."""

    _text: str = ""
    _begun: tuple[float, int] = (0.0, 0)
    """When the step that goes on began, and how far it was then."""

    def of(self, progress: Progress, now: float) -> str:
        """``━━━━──── 43 %  0:12 left  Downloading Qwen``; the words alone where no one knows how much it is.

        Args:
            progress: How far it is.
            now: Seconds of any clock.
        """
        if progress.text != self._text:
            self._text, self._begun = progress.text, (now, progress.done)
        if not progress.total:
            return progress.text
        share = min(max(progress.done / progress.total, 0.0), 1.0)
        full = round(share * _BAR)
        bar = "━" * full + "─" * (_BAR - full)
        return "  ".join(
            filter(None, (f"{bar} {int(share * 100)} %", self._left(progress, now), progress.text))
        )

    def _left(self, progress: Progress, now: float) -> str:
        since, done = self._begun
        came = progress.done - done
        if now - since < _SETTLED or came <= 0 or not progress.total:
            return ""
        minutes, seconds = divmod(round((progress.total - progress.done) * (now - since) / came), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02} left" if hours else f"{minutes}:{seconds:02} left"
