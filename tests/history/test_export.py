"""Conversations as files: JSON that imports back equal, Markdown and HTML that are safe to look at."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from tui.chat.attachment import Attachment, attachment_of
from tui.chat.chunks import Image, Source, Usage
from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.export import all_to_json, file_name, to_json, to_markdown
from tui.chat.message import Failure, Message, Role, Status
from tui.chat.page import to_html
from tui.chat.parts import Notice, Reasoning, Sources, Text, prompt_parts
from tui.errors import ImportFileError
from tui.history.bundles import all_bundles, bundle_of
from tui.history.importers import import_file
from tui.history.sqlite.history import open_history
from tui.text import clean

EVIL = "\x1b]52;c;aGk=\x1b\\ \x9b2J \u202e &#x202e; \U000e0041 [x](javascript:alert(1)) <script>x()</script>"


PNG = attachment_of("chart.png", b"\x89PNG\r\n\x1a\n\x00\xff")
NOTE = attachment_of("note_1.txt", f"Use ```\n{EVIL}".encode())
LOST = Attachment("lost.pdf", "application/pdf", 7, "", 0)


async def fill(store, converse, begin_reply) -> None:
    """Conversations with everything that one can have."""
    first = await converse(store, "Wie groß?", "So groß. 学习 😀", title="Größe & <Maß>")
    question = first.path()[0]
    reply = await store.add_message(
        first.id, question, Role.ASSISTANT, model="lab/small", status=Status.STREAMING
    )
    await store.finish_message(
        replace(
            reply,
            parts=(
                Reasoning("Let me\nthink", 0.25),
                Text(f"# Head\n\n```python\nprint('```')\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n{EVIL}"),
                Image("https://example.org/a.png", "A"),
                Sources(
                    (
                        Source("https://example.org/?a=1&b=<2>", "Ex <b>"),
                        Source("javascript:alert(1)", "Bad"),
                    )
                ),
                Notice("cut"),
            ),
            status=Status.INTERRUPTED,
            usage=Usage(1, 2, 3, 4, 0.5, 6.5),
            failure=Failure("lost", "The line broke", "Again.", 502),
            finished_at=datetime.now(UTC),
        )
    )
    hidden = await store.add_message(first.id, reply.id, Role.USER, prompt_parts("forget this"))
    await store.hide_messages([hidden.id])
    await store.update_conversation(
        first.id,
        tags=("a b", "ü"),
        parameters={"temperature": 0.5, "max_tokens": 7, "stop": "x"},
        hues={"lab/big": "teal"},
        pins=(question,),
        labels={question: "the plan"},
        tools=("fs", "web__fetch", "-memory"),
        begun_by="ask",
        project="/home/me/work",
        draft="half a\nsentence",
        pinned=True,
        titled=True,
        system="Be brief.",
    )
    await store.add_message(first.id, reply.id, Role.USER, prompt_parts("See", [PNG, NOTE, LOST]))
    await store.update_conversation(first.id, attachments=(NOTE,))
    second = await converse(store, "old", title="second")
    await store.update_conversation(second.id, archived=True)
    await begin_reply(store, await converse(store, "unfinished"))


async def exported(store) -> str:
    return all_to_json([bundle async for bundle in all_bundles(store)])


async def test_json_imports_back_equal(tmp_path, store, converse, begin_reply):
    await fill(store, converse, begin_reply)
    text = await exported(store)
    file = tmp_path / "export.json"
    file.write_text(text, encoding="utf-8")
    other = await open_history(tmp_path / "other" / "history.db")
    report = await import_file(other, file)
    assert (report.kind, len(report.added), report.known) == ("Segue", 3, 0)
    again = await exported(other)
    # But for a reply that was still streaming: its program is not there.
    assert json.loads(again) == json.loads(text.replace('"status": "streaming"', '"status": "interrupted"'))
    assert [hit.snippet for hit in await other.search("unfinished")] == ["unfinished"]
    assert (await import_file(other, file)).known == 3, "a second import adds nothing"
    assert await exported(other) == again
    await other.close()


async def test_one_conversation_is_exported_and_imported_alone(tmp_path, store, converse):
    conversation = await converse(store, "Question", "Answer")
    file = tmp_path / "one.json"
    file.write_text(to_json(await bundle_of(store, conversation.id)), encoding="utf-8")
    document = json.loads(file.read_text(encoding="utf-8"))
    assert {"id", "title", "leaf", "messages"} <= document.keys()
    assert {
        "id",
        "parent",
        "role",
        "text",
        "reasoning",
        "model",
        "status",
        "usage",
        "created_at",
    } <= document["messages"][0].keys()
    assert (await import_file(store, file)).known == 1
    await store.delete_conversation(conversation.id)
    assert (await import_file(store, file)).added == (conversation.id,), "it is taken back from the trash"
    other = await open_history(None)
    busy = await converse(other, "mine")
    [added] = (await import_file(other, file)).added
    assert added != busy.id, "a number that is taken is given anew"
    loaded = await other.load_conversation(added)
    assert [message.text for message in await other.messages(loaded.path())] == ["Question", "Answer"]
    await other.close()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"name": "a", "data": "%%"}, "data: expected a content in base64"),
        ({"name": "a", "data": "AAAA"}, "data: expected an image, a PDF or a text"),
        ({"name": "a", "media_type": "text/html", "data": None}, "media_type: expected one of image/png"),
        ({"data": "AAAA"}, "name: expected text"),
    ],
)
async def test_a_file_that_is_none_ends_the_import(tmp_path, store, file, words):
    document = json.loads(to_json(bundle("Question")))
    document["messages"][0]["attachments"] = [file]
    (tmp_path / "bad.json").write_text(json.dumps(document))
    with pytest.raises(ImportFileError) as refused:
        await import_file(store, tmp_path / "bad.json")
    assert f"messages[0].attachments[0].{words}" in str(refused.value)
    assert await store.count_conversations() == 0


def bundle(*texts: str, title: str = "Title") -> Bundle:
    conversation = Conversation(1, title, datetime(2026, 1, 2, tzinfo=UTC))
    messages = []
    for number, text in enumerate(texts, 1):
        role = Role.USER if number % 2 else Role.ASSISTANT
        model = None if number % 2 else "lab/big"
        at = datetime(2026, 1, 2, 3, number, tzinfo=UTC)
        messages.append(
            Message(number, 1, number - 1 or None, role, parts=(Text(text),), model=model, created_at=at)
        )
    conversation.add(Node.of(message) for message in messages)
    conversation.leaf = len(texts) or None
    return Bundle(conversation, messages)


def test_markdown_shows_the_active_path_under_front_matter():
    text = to_markdown(bundle("Question", "**Answer**", title='A "title": #1'))
    head, _, body = text.removeprefix("---\n").partition("---\n")
    assert 'title: "A \\"title\\": #1"\n' in head
    assert "# A" in body and "## You" in body and "## lab/big" in body and "**Answer**" in body
    assert "2026-01-02 03:02 UTC" in body


@pytest.mark.parametrize("export", [to_markdown, to_html, to_json])
def test_an_export_can_not_steer_the_terminal(export):
    text = export(bundle(EVIL, EVIL, title=EVIL))
    assert clean(text) == text
    assert export(bundle("")) and export(bundle())


@given(some.text(), some.text())
@settings(max_examples=200)
def test_json_keeps_every_text_exactly(prompt, title):
    document = json.loads(to_json(bundle(prompt, title=title)))
    assert document["messages"][0]["text"] == prompt
    assert document["title"] == title


def test_html_stands_alone_and_runs_nothing():
    text = to_html(
        bundle(EVIL, "![x](https://example.org/x.png) | [y](https://example.org) <img src=x onerror=y>")
    )
    assert (
        "<script" not in text
        and "<img" not in text
        and "javascript:" not in text.replace("[x](javascript:", "")
    )
    assert "default-src 'none'" in text
    assert "src=" not in text.replace("&lt;img src=x", "")
    assert '<a href="https://example.org">y</a>' in text


def with_files(*files: Attachment) -> Bundle:
    made = bundle("Look")
    made.messages[0].parts = prompt_parts("Look", files)
    return made


def test_markdown_names_files_and_has_texts_whole():
    text = to_markdown(with_files(PNG, NOTE, LOST))
    assert "**chart.png** (image, 10 bytes)" in text and "iVBOR" not in text
    assert f"**note\\_1.txt** (text, {NOTE.size} bytes)\n\n````\nUse ```\n" in text
    assert "**lost.pdf** (PDF, 7 bytes)" in text
    assert clean(text) == text


def test_html_shows_images_and_folds_texts():
    text = to_html(with_files(PNG, NOTE, LOST))
    assert '<img alt="" src="data:image/png;base64,iVBORw0KGgoA/w==">' in text
    assert "img-src data:" in text
    assert "<summary>note_1.txt (text," in text and "Use ```" in text and "&lt;script&gt;" in text
    assert "<figcaption>lost.pdf (PDF, 7 bytes)</figcaption>" in text
    assert clean(text) == text


def test_html_keeps_lines_and_what_is_no_mark():
    sent = "[INFO]: started\n3~5 days\n$HOME:$PATH \\[E=mc^2\\] __init__ 2*3*4\n\n[a]: https://a.test"
    text = to_html(bundle("x", sent))
    for line in (
        "[INFO]: started<br",
        "3~5 days<br",
        "$HOME:$PATH \\[E=mc^2\\] __init__ 2*3*4",
        "[a]: https://a.test",
    ):
        assert line in text


def test_html_has_what_markdown_says():
    text = to_html(bundle("x", "# Head\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\n<code>\n```\n\n~~old~~"))
    assert "<h1>Head</h1>" in text and "<table>" in text and "&lt;code&gt;" in text and "<s>old</s>" in text


def test_html_has_every_cell_of_a_row_of_too_many():
    text = to_html(bundle("x", "| a | b |\n|---|---|\n| `ls | wc` | 1 |\n| 1 | 2 | 3 |"))
    assert "<code>ls | wc</code>" in text
    assert "2 | 3" in text


@pytest.mark.parametrize("marks", ["> ", "* ", "> * ", "1. "])
@pytest.mark.parametrize("depth", [30, 99, 100, 101, 3_000])
def test_html_has_what_is_nested_too_deep_for_a_parser(marks, depth):
    assert "at the bottom" in to_html(bundle("x", f"first\n\n{marks * depth}at the bottom"))


@pytest.mark.parametrize("error", [RecursionError("too deep"), ValueError("broken")])
def test_html_has_the_text_where_the_parser_fails(error, monkeypatch, faults):
    def fail(*arguments):
        raise error

    monkeypatch.setattr("markdown_it.MarkdownIt.parse", fail)
    text = to_html(bundle("x", "*one* <script>\n\ntwo"))
    assert "<pre>*one* &lt;script&gt;\n\ntwo</pre>" in text
    assert len(faults) == 1
    faults.clear()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Größe & Maß", "größe-maß.md"),
        ("../../etc/passwd", "etc-passwd.md"),
        ("", "conversation.md"),
        (".hidden", "hidden.md"),
        ("a" * 200, "a" * 60 + ".md"),
        ("CON / \x00 nul", "con-nul.md"),
        ("-rf *", "rf.md"),
    ],
)
def test_a_title_makes_a_harmless_file_name(title, name):
    assert file_name(title, "md") == name
    assert Path(name).name == name
