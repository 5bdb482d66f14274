"""Names of exported files: readable in every script, and none that a system keeps for itself."""

from __future__ import annotations

import unicodedata

import pytest

from tui.chat.export import file_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("हिन्दी में नमस्ते", "हिन्दी-में-नमस्ते.md"),
        ("ภาษาไทยที่นี่", "ภาษาไทยที่นี่.md"),
        ("தமிழ் மொழி", "தமிழ்-மொழி.md"),
        ("Café au lait", "café-au-lait.md"),
        ("Cafe\u0301", "café.md"),
        ("می‌خواهم", "می‌خواهم.md"),
        ("a/b\\c:d", "a-b-c-d.md"),
        ("CON", "con-chat.md"),
        ("nul", "nul-chat.md"),
        ("Com1", "com1-chat.md"),
        ("LPT9", "lpt9-chat.md"),
        ("com¹", "com¹-chat.md"),
        ("conin$", "conin-chat.md"),
        ("console", "console.md"),
        ("com10", "com10.md"),
        ("...", "conversation.md"),
        ("\u200d\u200c", "conversation.md"),
    ],
)
def test_the_title_of_a_conversation_names_its_file(title, name):
    assert file_name(title, "md") == name


def test_a_long_name_parts_no_letter_from_its_marks():
    whole = "क्षि" * 40
    name = file_name(whole, "md").removesuffix(".md")
    assert len(name) <= 60 and whole.startswith(name)
    assert not unicodedata.category(whole[len(name)]).startswith("M")
    assert len(file_name("🚀" * 10 + "ह" * 200, "html").encode()) < 240
