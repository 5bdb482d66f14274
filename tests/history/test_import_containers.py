"""Exports of several files: ZIPs and folders, pictures beside the words, and a program's own marks."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from tests.history.test_import import chatgpt_node, llm, new_llm
from tui.chat.export import to_json
from tui.chat.parts import File, Sources, Text, ToolCall, of_kind
from tui.errors import ImportFileError
from tui.history.bundles import bundle_of, with_contents
from tui.history.importers import import_file
from tui.history.importers.containers import Folder, Media
from tui.history.sqlite.history import open_history

OPEN, BETWEEN, CLOSE = "\ue200", "\ue202", "\ue201"


PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def chatgpt(*nodes, **more):
    mapping = {node["id"]: node for node in (chatgpt_node("root", None), *nodes)}
    return [{"conversation_id": "c1", "title": "A talk", "create_time": 1.0, "mapping": mapping, **more}]


SEEN = chatgpt(
    chatgpt_node(
        "q",
        "root",
        "user",
        [{"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_00Ab"}, "What is it?"],
        1.0,
        "multimodal_text",
    ),
    chatgpt_node("a", "q", "assistant", ["Red."], 2.0),
    current_node="a",
)


async def read(store, report):
    [conversation] = [await store.load_conversation(one) for one in report.added]
    return await with_contents(store, await store.messages(conversation.path()))


@pytest.mark.parametrize(
    ("asset", "name"),
    [
        ("file-service://file-1a2B", "file-1a2B-photo.png"),
        ("file-service://file-1a2B", "file-1a2B.png"),
        ("sediment://file_00Ab", "file_00Ab-sanitized.png"),
        ("sediment://file_00Ab#file_11#p_0.png", "user/file_00Ab.png"),
    ],
)
def test_a_file_is_found_by_each_kind_of_address(tmp_path, asset, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(PICTURE)
    found = Media(Folder(tmp_path)).find(asset)
    assert found is not None and found.data == PICTURE


@pytest.mark.parametrize("kind", ["zip", "folder"])
async def test_pictures_of_an_export_come_along_from_a_zip_and_from_the_folder_it_was_unpacked_to(
    store, tmp_path, kind
):
    files = {"conversations.json": json.dumps(SEEN).encode(), "user/file_00Ab-photo.png": PICTURE}
    if kind == "zip":
        path = tmp_path / "export.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
    else:
        path = tmp_path / "export"
        (path / "user").mkdir(parents=True)
        for name, data in files.items():
            (path / name).write_bytes(data)
    report = await import_file(store, path)
    prompt, answer = await read(store, report)
    [file] = of_kind(prompt.parts, File)
    assert (file.attachment.name, file.attachment.data) == ("file_00Ab-photo.png", PICTURE)
    assert (prompt.text, answer.text, report.changed) == ("What is it?", "Red.", {})


async def test_a_picture_that_the_export_does_not_have_is_named_and_counted(store, tmp_path):
    (tmp_path / "c.json").write_text(json.dumps(SEEN))
    report = await import_file(store, tmp_path / "c.json")
    prompt, _ = await read(store, report)
    assert prompt.text == "[picture]\n\nWhat is it?"
    assert report.changed == {"pictures and recordings that the export does not have, kept by name": 1}


def locked(data: bytes) -> bytes:
    """The same archive, in which each file says that it has a password."""
    for head, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(head) + flags
        data = data[:at] + bytes([data[at] | 1]) + data[at + 1 :]
    return data


def packed_by(method: int, data: bytes) -> bytes:
    for head, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = data.index(head) + place
        data = data[:at] + method.to_bytes(2, "little") + data[at + 2 :]
    return data


def rotten(data: bytes) -> bytes:
    at = data.index(b"conversations.json") + 40
    return data[:at] + bytes(byte ^ 0x55 for byte in data[at : at + 20]) + data[at + 20 :]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (locked, "locked with a password"),
        (lambda data: packed_by(99, data), "AES encryption"),
        (lambda data: packed_by(9, data), "Deflate64"),
        (lambda data: packed_by(77, data), "method 77"),
        (rotten, "expected a whole ZIP file"),
        (lambda data: data[: len(data) // 2], "expected a whole ZIP file"),
        (lambda data: data[:-4], "expected a whole ZIP file"),
    ],
    ids=["locked", "encrypted", "deflate64", "unknown", "rotten", "half", "cut"],
)
async def test_an_archive_that_cant_be_read_is_refused_in_words(store, tmp_path, harm, said):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", json.dumps(SEEN))
    (tmp_path / "export.zip").write_bytes(harm(whole.getvalue()))
    with pytest.raises(ImportFileError) as raised:
        await import_file(store, tmp_path / "export.zip")
    assert said in str(raised.value)


async def test_an_archive_that_grows_beyond_all_measure_is_not_unpacked(store, tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", b" " * 150_000_000)
    with pytest.raises(ImportFileError, match="would grow to 150 MB"):
        await import_file(store, tmp_path / "bomb.zip")


async def test_marks_for_pages_are_their_numbers_and_those_for_names_the_names(store, tmp_path):
    cite = f"{OPEN}cite{BETWEEN}turn0search0{BETWEEN}turn0search3{CLOSE}"
    lost = f"{OPEN}cite{BETWEEN}turn9search9{CLOSE}"
    entity = f'{OPEN}entity{BETWEEN}["city","Paris","capital of France"]{CLOSE}'
    references = [
        {
            "matched_text": cite,
            "type": "grouped_webpages",
            "items": [
                {"url": "https://a.test/1", "title": "One"},
                {"url": "https://b.test/2", "title": "Two"},
            ],
        }
    ]
    nodes = (
        chatgpt_node("q", "root", "user", ["Where?"], 1.0),
        chatgpt_node(
            "a",
            "q",
            "assistant",
            [f"In {entity}.{cite} Surely.{lost} {OPEN}open"],
            2.0,
            metadata={"content_references": references},
        ),
    )
    (tmp_path / "c.json").write_text(json.dumps(chatgpt(*nodes, current_node="a")))
    _, answer = await read(store, await import_file(store, tmp_path / "c.json"))
    assert answer.text == f"In Paris.[1][2] Surely.[source] {OPEN}open"
    [sources] = of_kind(answer.parts, Sources)
    assert [page.url for page in sources.items] == ["https://a.test/1", "https://b.test/2"]


async def test_where_a_program_chose_the_model_by_itself_it_is_the_one_that_answered(store, tmp_path):
    nodes = (
        chatgpt_node("q", "root", "user", ["Hi"], 1.0),
        chatgpt_node("a", "q", "assistant", ["Yes"], 2.0),
    )
    (tmp_path / "c.json").write_text(json.dumps(chatgpt(*nodes, default_model_slug="auto")))
    report = await import_file(store, tmp_path / "c.json")
    assert (await store.load_conversation(report.added[0])).model == "openai/gpt-6-sol"


async def test_claudes_artifacts_are_text_and_what_changed_its_form_is_counted(store, tmp_path):
    made = {
        "type": "application/vnd.ant.react",
        "title": "Button",
        "command": "create",
        "content": "<b>`x`</b>",
    }
    content = [
        {"type": "tool_use", "id": "t", "name": "artifacts", "input": made},
        {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "OK"}]},
        {"type": "voice_note", "title": "Memo", "text": "Hello there"},
    ]
    talk = {
        "uuid": "u",
        "name": "Made",
        "chat_messages": [
            {"uuid": "1", "sender": "human", "text": "Make it", "files": [{"file_name": "a.png"}]},
            {"uuid": "2", "sender": "assistant", "content": content},
        ],
    }
    (tmp_path / "c.json").write_text(json.dumps([talk]))
    report = await import_file(store, tmp_path / "c.json")
    _, answer = await read(store, report)
    [call] = of_kind(answer.parts, ToolCall)
    assert dict(call.arguments) == {name: value for name, value in made.items() if name != "content"}
    assert [part.text for part in of_kind(answer.parts, Text)] == [
        "```jsx\n<b>`x`</b>\n```",
        "Memo\n\nHello there",
    ]
    assert report.changed == {
        "artifacts kept as text": 1,
        "files that the export does not have, kept by name": 1,
        "voice notes kept as their words": 1,
    }


CANVAS = chatgpt(
    chatgpt_node("q", "root", "user", ["Write it"], 1.0),
    chatgpt_node(
        "c",
        "q",
        "assistant",
        ['{"name": "poem", "content": "Roses"}'],
        2.0,
        recipient="canmore.create_textdoc",
    ),
    chatgpt_node("r", "c", "tool", ["Created"], 3.0),
    chatgpt_node("a", "r", "assistant", [f"Here.{OPEN}cite{BETWEEN}turn0search0{CLOSE}"], 4.0),
    current_node="a",
)
ARTIFACT = [
    {
        "uuid": "u",
        "name": "Made",
        "chat_messages": [
            {"uuid": "1", "sender": "human", "text": "Make it"},
            {
                "uuid": "2",
                "sender": "assistant",
                "content": [
                    {
                        "type": "tool_use",
                        "id": "t",
                        "name": "artifacts",
                        "input": {"title": "B", "content": "<b>"},
                    },
                    {"type": "tool_result", "tool_use_id": "t", "content": "OK"},
                    {"type": "voice_note", "title": "Memo", "text": "Hello"},
                ],
            },
        ],
    }
]


def written(path, document):
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize(
    "made",
    [
        lambda folder: written(folder / "c.json", SEEN),
        lambda folder: written(folder / "c.json", CANVAS),
        lambda folder: written(folder / "c.json", ARTIFACT),
        lambda folder: new_llm(folder / "logs.db"),
        lambda folder: llm(folder / "logs.db"),
    ],
    ids=["pictures", "canvas and citations", "artifacts and voice notes", "llm with fragments", "llm of old"],
)
async def test_what_was_imported_is_exported_and_imported_back_equal(store, tmp_path, made):
    report = await import_file(store, made(tmp_path))
    for number in report.added:
        document = to_json(await bundle_of(store, number))
        other = await open_history(None)
        back = await import_file(other, written(tmp_path / "export.json", json.loads(document)))
        assert back.odd == 0
        assert to_json(await bundle_of(other, back.added[0])) == document
        await other.close()
