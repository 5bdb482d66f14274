"""What a terminal can show, told from its environment."""

import pytest

from tui.app.terminal.abilities import FEW, MANY, TRUE, Abilities


@pytest.mark.parametrize(
    ("env", "colours"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, TRUE),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, TRUE),
        ({"TERM": "xterm-256color"}, MANY),
        ({"TERM": "tmux-256color"}, MANY),
        ({"TERM": "xterm-direct"}, TRUE),
        *(
            ({"TERM": term}, TRUE)
            for term in ("xterm-kitty", "alacritty", "foot-extra", "xterm-ghostty", "wezterm")
        ),
        *(
            ({"TERM": term}, FEW)
            for term in ("linux", "screen", "xterm", "vt220", "rxvt", "xterm-16color", "")
        ),
        ({"TERM": "screen", "COLORTERM": "truecolor"}, TRUE),
        ({"TERM": "linux", "TEXTUAL_COLOR_SYSTEM": "256"}, MANY),
        ({"TERM": "linux", "TEXTUAL_COLOR_SYSTEM": "auto"}, FEW),
    ],
)
def test_colours(env, colours):
    assert Abilities.of(env, "linux").colours == colours


@pytest.mark.parametrize(
    ("env", "ascii_only"),
    [
        ({"TERM": "xterm", "LANG": "de_DE.UTF-8"}, False),
        ({"TERM": "xterm", "LANG": "C", "LC_ALL": "en_US.utf8"}, False),
        ({"TERM": "xterm", "LANG": "C.UTF-8"}, False),
        ({"TERM": "xterm", "LANG": "en_US.UTF-8", "LC_CTYPE": "C"}, True),
        ({"TERM": "xterm", "LANG": "C"}, True),
        ({"TERM": "xterm", "LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),  # Python's doing
        ({"TERM": "xterm", "LANG": "en_US.UTF-8", "LC_ALL": "POSIX"}, True),
        ({"TERM": "xterm", "LANG": "de_DE.ISO-8859-1"}, True),
        ({"TERM": "xterm"}, False),  # nobody said anything: a container, a bare service
        ({"TERM": "linux", "LANG": "de_DE.UTF-8"}, True),
    ],
)
def test_glyphs(env, ascii_only):
    assert Abilities.of(env, "linux").ascii is ascii_only


@pytest.mark.parametrize(
    ("term", "scrolls"), [("xterm-256color", True), ("linux", True), ("dumb", False), ("", False)]
)
def test_what_moves_lines(term, scrolls):
    assert Abilities.of({"TERM": term}, "linux").scrolls is scrolls


@pytest.mark.parametrize(
    ("env", "fills"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "linux"}, True),
        ({"TERM": "screen-256color"}, False),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, True),
        ({"TERM": "eterm-color"}, False),
    ],
)
def test_what_is_erased_has_the_background(env, fills):
    assert Abilities.of(env, "linux").fills is fills


def test_windows_shows_everything():
    assert Abilities.of({"LANG": "C"}, "win32") == Abilities()
