"""The files of prompts on their way to a model: stored first, sent again, counted, left out aloud."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tui.chat.attachment import LARGEST, attachment_of
from tui.chat.chunks import Finish, FinishReason
from tui.chat.message import Message, Role
from tui.chat.model import ModelInfo
from tui.chat.parts import File, Text
from tui.engine.request import build_request
from tui.errors import ProviderError, UsageError

DONE = Finish(FinishReason.STOP)
PNG = attachment_of("chart.png", b"\x89PNG\r\n\x1a\n" + b"pixels")
PDF = attachment_of("report.pdf", b"%PDF-1.7 pages")
NOTE = attachment_of("note.txt", b"Buy milk")
IMAGE_PART = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgpwaXhlbHM="}}
NOTE_PART = {
    "type": "file",
    "file": {"filename": "note.txt", "file_data": "data:text/plain;base64,QnV5IG1pbGs="},
}


def text_part(text):
    return {"type": "text", "text": text}


@pytest.fixture
def sent(world):
    """The messages of each request, as the provider got them."""
    requests = []
    answer = world.provider.create_async_generator

    def create_async_generator(model, messages, proxy=None, **kwargs):
        requests.append(list(messages))
        return answer(model, messages, proxy, **kwargs)

    world.provider.create_async_generator = create_async_generator
    return requests


async def say(world, conversation, text, *files, model=None):
    reply = await world.engine.send(conversation, text, model, files)
    return await reply.run(world.events.append)


async def test_files_are_stored_with_the_prompt_before_anything_leaves(world, sent):
    conversation = await world.store.create_conversation(model="lab/one")
    reply = await world.engine.send(conversation, "Look", attachments=[PNG, NOTE])
    assert sent == []
    [prompt, _] = await world.store.messages(conversation.path())
    assert prompt.attachments == (PNG, NOTE)
    assert [file.data for file in await world.store.with_contents(prompt.attachments)] == [
        PNG.data,
        NOTE.data,
    ]
    await reply.run(world.events.append)
    assert sent == [[{"role": "user", "content": [IMAGE_PART, NOTE_PART, text_part("Look")]}]]


async def test_a_prompt_may_have_only_files_and_is_named_by_them(world, sent):
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "", PNG)
    assert sent[-1][0]["content"] == [IMAGE_PART]
    assert conversation.title == "chart.png"
    world.script("A chart", DONE)
    assert await world.engine.name(conversation, "lab/big") == "A chart"


async def test_they_go_along_with_every_later_request(world, sent):
    conversation = await world.store.create_conversation(model="lab/one")
    first = await say(world, conversation, "Look", PNG)
    await say(world, conversation, "And now?")
    await (await world.engine.retry(conversation, first.id, "lab/two")).run(world.events.append)
    with_image = {"role": "user", "content": [IMAGE_PART, text_part("Look")]}
    assert [messages[0] for messages in sent] == [with_image] * 3
    assert sent[1][1:] == [{"role": "assistant", "content": "ok"}, {"role": "user", "content": "And now?"}]


async def test_a_cut_reply_goes_on_with_them(world, sent):
    conversation = await world.store.create_conversation(model="lab/one")
    world.script("Once ", Finish(FinishReason.LENGTH))
    cut = await say(world, conversation, "Look", PNG)
    await (await world.engine.resume(conversation, cut.id)).run(world.events.append)
    assert sent[-1][0]["content"] == [IMAGE_PART, text_part("Look")]


async def test_an_edit_has_the_files_it_is_given(world, sent):
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "Look", PNG, NOTE)
    [prompt, _] = await world.store.messages(conversation.path())
    kept = prompt.attachments[:1]
    reply = await world.engine.edit(conversation, prompt.id, "Look again", kept)
    await reply.run(world.events.append)
    assert sent[-1] == [{"role": "user", "content": [IMAGE_PART, text_part("Look again")]}]
    [old] = await world.store.messages([prompt.id])
    assert old.attachments == (PNG, NOTE)


async def test_neighbours_are_joined_in_their_order(world, sent):
    conversation = await world.store.create_conversation(model="lab/one")
    world.script(ProviderError("down"))
    await say(world, conversation, "First", PNG)
    await say(world, conversation, "Second", NOTE)
    parts = [IMAGE_PART, text_part("First"), NOTE_PART, text_part("Second")]
    assert sent[-1] == [{"role": "user", "content": parts}]


async def test_a_model_that_takes_no_images_says_so_before_anything_is_stored(world, sent):
    world.infos["lab/blind"] = ModelInfo("lab/blind", vision=False)
    conversation = await world.store.create_conversation(model="lab/blind")
    with pytest.raises(UsageError, match=r"blind takes no images\. Choose another model"):
        await world.engine.send(conversation, "Look", attachments=[PNG])
    assert not conversation.nodes and sent == []
    await say(world, conversation, "Read", NOTE, PDF)
    assert len(sent) == 1


@pytest.mark.parametrize("info", [None, ModelInfo("lab/one"), ModelInfo("lab/one", vision=True)])
async def test_a_model_of_which_that_is_not_known_gets_them(world, sent, info):
    world.infos = {"lab/one": info} if info else {}
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "Look", PNG)
    assert IMAGE_PART in sent[-1][0]["content"]


async def test_an_answer_by_a_model_that_takes_no_images_is_refused_for_a_prompt_with_one(world):
    world.infos["lab/blind"] = ModelInfo("lab/blind", vision=False)
    conversation = await world.store.create_conversation(model="lab/one")
    reply = await say(world, conversation, "Look", PNG)
    with pytest.raises(UsageError, match="takes no images"):
        await world.engine.retry(conversation, reply.id, "lab/blind")
    assert conversation.leaf == reply.id


async def test_earlier_images_are_left_out_aloud_for_a_model_that_takes_none(world, sent):
    world.infos["lab/blind"] = ModelInfo("lab/blind", vision=False)
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "Look", PNG, NOTE)
    conversation.model = "lab/blind"
    reply = await say(world, conversation, "And now?")
    assert sent[-1][0]["content"] == [text_part("[image chart.png]"), NOTE_PART, text_part("Look")]
    assert reply.notices == ("blind takes no images; left out: chart.png",)


async def test_files_that_are_too_large_together_are_refused(world, sent):
    large = attachment_of("large.png", PNG.data + bytes(LARGEST - 100))
    conversation = await world.store.create_conversation(model="lab/one")
    with pytest.raises(UsageError, match="together"):
        await world.engine.send(conversation, "Look", attachments=[large] * 3)
    assert not conversation.nodes and sent == []


def prompt(number, text, *files):
    return Message(number, 1, number - 1 or None, Role.USER, parts=(Text(text), *map(File, files)))


def answer(number):
    return Message(number, 1, number - 1, Role.ASSISTANT, parts=(Text("ok"),))


def test_files_count_when_a_conversation_is_made_to_fit():
    path = [prompt(1, "Look", PNG), answer(2), prompt(3, "And now?")]
    assert build_request(path, context=100_000).left_out == 0
    small = build_request(path, context=PNG.tokens)
    assert small.left_out == 2
    assert small.messages == [{"role": "user", "content": "And now?"}]
    assert build_request(path).tokens > PNG.tokens > small.tokens


def test_a_text_counts_as_much_as_if_it_were_typed():
    words = "word " * 1000
    note = attachment_of("words.txt", words.encode())
    typed, attached = build_request([prompt(1, words)]), build_request([prompt(1, "x", note)])
    assert abs(typed.tokens - attached.tokens) < 10


def test_what_the_history_has_lost_is_left_out_by_name():
    request = build_request([prompt(1, "Look", replace(PNG, data=None))])
    assert request.messages == [{"role": "user", "content": "[image chart.png]\n\nLook"}]
    assert request.lost == ("chart.png",)


async def test_a_lost_content_is_said(world, sent):
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "Look", PNG)
    contents = world.store.with_contents

    async def without_contents(attachments):
        return [replace(attachment, data=None) for attachment in await contents(attachments)]

    world.store.with_contents = without_contents
    reply = await say(world, conversation, "And now?")
    assert reply.notices == ("The history has lost the content of chart.png; left out",)


async def test_a_summary_is_made_with_them_and_then_stands_for_them(world, sent):
    conversation = await world.store.create_conversation(model="lab/one")
    await say(world, conversation, "Look", PNG)
    world.script("There was a chart.", DONE)
    await (await world.engine.compact(conversation)).run(world.events.append)
    assert sent[-1][0]["content"] == [IMAGE_PART, text_part("Look")]
    await say(world, conversation, "And now?")
    assert sent[-1][-1] == {"role": "user", "content": "And now?"}
    assert "There was a chart." in sent[-1][0]["content"]
