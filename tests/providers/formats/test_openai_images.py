"""Models that make nothing but pictures: found in a list, asked by the last prompt, changed by the next one.

All of it goes as in the program: a registry and a catalogue, the engine and a history, a real local server.
"""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.pictures import BLUE, RED, png
from tui.chat.attachment import LARGEST, attachment_of
from tui.chat.message import Message, Status
from tui.chat.parts import File, Image, Text, address_line, of_kind
from tui.cli.part_lines import line_of
from tui.config import Config, ProviderConfig
from tui.credentials import Credentials
from tui.engine.engine import Engine
from tui.engine.events import Working
from tui.engine.limits import Limits
from tui.engine.remote_picture import PictureResolver
from tui.errors import UsageError
from tui.history.sqlite.history import open_history
from tui.paths import Paths
from tui.providers import OpenAIChat, OpenAIImages
from tui.providers.catalogue import Catalogue
from tui.providers.registry import Registry
from tui.providers.timeouts import Timeouts

TLS = Path(__file__).parent.parent / "tls"
RED_CAT, BLUE_CAT = png(40, 40, RED), png(40, 40, BLUE)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def made(data: bytes = RED_CAT, **more: Any) -> dict[str, Any]:
    """An answer of the Images endpoint."""
    return {"created": 1, "data": [{"b64_json": b64(data)}], **more}


def answers(*bodies: Any, status: str = "200 OK") -> Callable[[Any], Any]:
    """One body after the other; the last one to whatever follows."""
    left = list(bodies)

    async def answer(exchange: Any) -> None:
        body = left.pop(0) if len(left) > 1 else left[0]
        await exchange.whole(json.dumps(body).encode(), status, Content_Type="application/json")

    return answer


@dataclass
class Form:
    """A form as browsers send one."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    """Field, name, type, content."""

    @classmethod
    def of(cls, request: Any) -> Form:
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
        form = cls()
        for part in email.message_from_bytes(head + request.body, policy=email.policy.HTTP).iter_parts():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            if filename := part.get_filename():
                form.files.append((name, filename, part.get_content_type(), content))
            else:
                form.fields[name] = content.decode()
        return form


class Studio:
    """A conversation with the models of a server, as the app has it."""

    def __init__(self, store: Any, config: Config, paths: Paths) -> None:
        self.registry = Registry(config, Credentials(paths, config), paths)
        self.catalogue = Catalogue(self.registry)
        resolver = PictureResolver(self.registry, lambda: config)
        self.engine = Engine(store, resolver, self.catalogue, Limits(checkpoint=0.01, attempts=1))
        self.store = store
        self.events: list[Any] = []
        self.conversation: Any = None

    async def say(self, model: str, prompt: str, *files: bytes) -> Message:
        if self.conversation is None:
            self.conversation = await self.store.create_conversation(model=model)
        self.conversation.model = model
        attached = tuple(attachment_of(f"{number}.png", data) for number, data in enumerate(files))
        reply = await self.engine.send(self.conversation, prompt, attachments=attached)
        return await reply.run(self.events.append)

    async def pictures(self, reply: Message) -> list[bytes | None]:
        files = [part.attachment for part in of_kind(reply.parts, File)]
        return [file.data for file in await self.store.with_contents(files)]


@pytest.fixture
async def studio(server: Any, tmp_path: Path) -> AsyncIterator[Callable[..., Studio]]:
    """Begins a conversation; the vendor's data is that of ``name``, its address the local server's."""
    store = await open_history(None)
    paths = Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "log")

    def begin(name: str = "lab", **settings: Any) -> Studio:
        settings = {"url": f"{server.url}/v1"} | settings
        return Studio(store, Config(providers={name: ProviderConfig(**settings)}), paths)

    yield begin
    await store.close()


# -- a prompt becomes a picture
async def test_a_prompt_becomes_a_picture_that_is_kept(server, studio):
    lab = studio()
    server.answer = answers(made(usage={"input_tokens": 9, "output_tokens": 1056, "total_tokens": 1065}))
    reply = await lab.say("lab/gpt-image-1", "A red cat")
    assert (reply.status, await lab.pictures(reply)) == (Status.COMPLETE, [RED_CAT])
    [stored] = await lab.store.messages([reply.id])
    assert stored == reply
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (9, 1056)
    [request] = server.requests
    assert request.target == "/v1/images/generations"
    assert request.json == {"model": "gpt-image-1", "prompt": "A red cat"}
    assert [event.progress.text for event in lab.events if isinstance(event, Working)] == ["Making a picture"]


async def test_bytes_are_asked_for_where_an_address_may_come(server, studio):
    lab = studio()
    server.answer = answers(made())
    await lab.say("lab/dall-e-3", "A red cat")
    assert server.requests[0].json["response_format"] == "b64_json"


async def test_a_server_that_refuses_to_be_asked_for_bytes_is_asked_without(server, studio):
    lab = studio()

    async def answer(exchange: Any) -> None:
        if "response_format" not in exchange.request.json:
            await answers(made())(exchange)
            return
        refusal = {"message": "Unknown parameter: 'response_format'.", "param": "response_format"}
        await answers({"error": {**refusal, "type": "invalid_request_error"}}, status="400 Bad Request")(
            exchange
        )

    server.answer = answer
    assert await lab.pictures(await lab.say("lab/flux.2-dev", "A cat")) == [RED_CAT]
    lab.conversation = None
    assert await lab.pictures(await lab.say("lab/flux.2-dev", "A cat")) == [RED_CAT]
    assert len(server.requests) == 3  # it was learnt


async def test_the_largest_picture_that_is_kept_comes_whole(server, studio):
    lab = studio()
    large = RED_CAT + bytes(LARGEST - len(RED_CAT))
    server.answer = answers(made(large))
    reply = await lab.say("lab/gpt-image-1", "A cat")
    assert [file.attachment.size for file in of_kind(reply.parts, File)] == [LARGEST]


async def test_what_became_of_the_prompt_is_text_of_the_reply(server, studio):
    lab = studio()
    rows = [{"b64_json": b64(RED_CAT), "revised_prompt": "A red cat on a mat, in oil"}]
    server.answer = answers({"data": rows}, {"data": [{**rows[0], "revised_prompt": "A red cat"}]})
    first, second = [await lab.say("lab/dall-e-3", "A red cat") for _ in range(2)]
    assert [type(part) for part in first.parts] == [File, Text]
    assert first.text.strip() == "A red cat on a mat, in oil"
    assert second.text == ""  # it is what was asked


async def test_a_picture_comes_in_events_too_and_its_sketches_are_progress(server, studio):
    lab = studio()
    events = [
        {"type": "image_generation.partial_image", "b64_json": b64(BLUE_CAT), "partial_image_index": 0},
        {"type": "image_generation.completed", "b64_json": b64(RED_CAT), "output_format": "png", "usage": {}},
    ]
    body = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events).encode()
    server.answer = lambda exchange: exchange.whole(body, Content_Type="text/event-stream")
    reply = await lab.say("lab/gpt-image-1", "A cat")
    assert (reply.status, await lab.pictures(reply)) == (Status.COMPLETE, [RED_CAT])


async def test_bytes_that_are_written_as_a_data_url_are_read(server, studio):
    lab = studio()
    server.answer = answers({"data": [{"b64_json": f"data:image/png;base64,{b64(RED_CAT)}"}]})
    assert await lab.pictures(await lab.say("lab/grok-2-image", "A cat")) == [RED_CAT]


async def test_a_picture_that_is_only_named_is_fetched_from_the_server_that_made_it(server, studio):
    lab = studio()

    async def answer(exchange: Any) -> None:
        if exchange.request.method == "GET":
            await exchange.whole(RED_CAT, Content_Type="image/png")
        else:
            await answers({"data": [{"url": f"{server.url}/made/cat.png"}]})(exchange)

    server.answer = answer
    reply = await lab.say("lab/stablediffusion", "A cat")
    assert await lab.pictures(reply) == [RED_CAT]
    assert "authorization" not in server.requests[1].headers


async def test_a_picture_elsewhere_in_the_own_network_is_not_fetched_and_that_is_said(
    server, start_server, studio
):
    other = await start_server()
    lab = studio()
    server.answer = answers({"data": [{"url": f"{other.url}/cat.png"}]})
    reply = await lab.say("lab/stablediffusion", "A cat")
    assert [part.url for part in of_kind(reply.parts, Image)] == [f"{other.url}/cat.png"]
    assert "can't be kept" in reply.notices[0] and "not in the public network" in reply.notices[0]
    assert not other.requests


async def test_what_is_no_picture_that_is_known_here_is_said_to_be_none(server, studio):
    lab = studio()
    drawing = b64(b"<svg>" + b"x" * 100_000)
    server.answer = answers({"data": [{"b64_json": drawing}]})
    reply = await lab.say("lab/recraft-v3", "A cat")
    [picture] = of_kind(reply.parts, Image)
    assert picture.url.endswith(drawing)
    [notice] = reply.notices
    assert "no kind that is known here" in notice and "PNG, JPEG" in notice and "address" not in notice
    assert len(line_of(picture)) < 100 > len(address_line(picture.url))


async def test_such_a_picture_comes_by_the_proxy_of_its_provider(server, studio):
    lab = studio(url="http://192.0.2.1/v1", proxy=server.url)  # an address that nobody has

    async def answer(exchange: Any) -> None:
        if exchange.request.method == "GET":
            await exchange.whole(RED_CAT, Content_Type="image/png")
        else:
            await answers({"data": [{"url": "http://192.0.2.1/made/cat.png"}]})(exchange)

    server.answer = answer
    assert await lab.pictures(await lab.say("lab/stablediffusion", "A cat")) == [RED_CAT]
    assert server.requests[1].target == "http://192.0.2.1/made/cat.png"


async def test_such_a_picture_comes_from_who_is_trusted_for_its_provider(start_server, studio):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
    secure = await start_server(ssl=context)
    there = f"https://localhost:{secure.port}"
    lab = studio(url=f"{there}/v1", ca_file=str(TLS / "certificate.pem"))

    async def answer(exchange: Any) -> None:
        if exchange.request.method == "GET":
            await exchange.whole(RED_CAT, Content_Type="image/png")
        else:
            await answers({"data": [{"url": f"{there}/cat.png"}]})(exchange)

    secure.answer = answer
    assert await lab.pictures(await lab.say("lab/stablediffusion", "A cat")) == [RED_CAT]


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
async def test_a_server_of_ones_own_may_be_named_by_an_address_of_version_6(start_server, studio):
    own = await start_server(host="::1")
    there = f"http://[::1]:{own.port}"
    lab = studio(url=f"{there}/v1")

    async def answer(exchange: Any) -> None:
        if exchange.request.method == "GET":
            await exchange.whole(RED_CAT, Content_Type="image/png")
        else:
            await answers({"data": [{"url": f"{there}/cat.png"}]})(exchange)

    own.answer = answer
    assert await lab.pictures(await lab.say("lab/stablediffusion", "A cat")) == [RED_CAT]


async def test_a_server_whose_address_lacks_the_version_is_found(server, studio):
    lab = studio(url=server.url)

    async def answer(exchange: Any) -> None:
        found = exchange.request.target.startswith("/v1/")
        body, status = (made(), "200 OK") if found else ({"error": "Not Found"}, "404 Not Found")
        await answers(body, status=status)(exchange)

    server.answer = answer
    assert await lab.pictures(await lab.say("lab/gpt-image-1", "A cat")) == [RED_CAT]


# -- what goes along
async def test_only_the_last_prompt_goes_and_the_picture_made_last_is_changed(server, studio):
    lab = studio()
    server.answer = answers(made(RED_CAT), made(BLUE_CAT), made(RED_CAT))
    await lab.say("lab/gpt-image-1", "A red cat")
    reply = await lab.say("lab/gpt-image-1", "Now make it blue")
    assert await lab.pictures(reply) == [BLUE_CAT]
    await lab.say("lab/gpt-image-1", "And red again")
    second, third = map(Form.of, server.requests[1:])
    assert server.requests[1].target == "/v1/images/edits"
    assert second.fields == {"model": "gpt-image-1", "prompt": "Now make it blue"}
    assert second.files == [("image", "picture1.png", "image/png", RED_CAT)]
    assert [content for *_, content in third.files] == [BLUE_CAT]


async def test_attached_pictures_are_changed_in_the_place_of_the_last_one(server, studio):
    lab = studio()
    server.answer = answers(made())
    await lab.say("lab/gpt-image-1", "A cat")
    await lab.say("lab/gpt-image-1", "Put these together", BLUE_CAT, png(30, 30, BLUE))
    form = Form.of(server.requests[1])
    assert [name for name, *_ in form.files] == ["image[]", "image[]"]
    assert [content for *_, content in form.files] == [BLUE_CAT, png(30, 30, BLUE)]
    assert form.fields["prompt"] == "Put these together"


async def test_a_prompt_after_one_that_failed_goes_alone(server, studio):
    lab = studio()
    blocked = {"error": {"code": "moderation_blocked", "message": "Rejected by the safety system."}}
    server.answer = answers(blocked, status="400 Bad Request")
    await lab.say("lab/gpt-image-1", "Something bad", RED_CAT)
    server.answer = answers(made())
    await lab.say("lab/gpt-image-1", "A cat")
    form = Form.of(server.requests[-1])
    assert form.fields["prompt"] == "A cat"
    assert [content for *_, content in form.files] == [RED_CAT]  # nothing was made of it yet


async def test_neither_system_prompt_nor_tools_go_to_a_model_that_makes_pictures(server, studio):
    lab = studio()
    lab.conversation = await lab.store.create_conversation(model="lab/gpt-image-1", system="Speak French")
    server.answer = answers(made())
    await lab.say("lab/gpt-image-1", "A cat")
    assert server.requests[0].json == {"model": "gpt-image-1", "prompt": "A cat"}


async def test_where_nothing_is_changed_a_new_picture_is_made_and_that_is_said(server, studio):
    lab = studio()

    async def answer(exchange: Any) -> None:
        edits = exchange.request.target.endswith("edits")
        body, status = ({"detail": "Not Found"}, "404 Not Found") if edits else (made(), "200 OK")
        await answers(body, status=status)(exchange)

    server.answer = answer
    await lab.say("lab/flux.2-dev", "A cat")
    reply = await lab.say("lab/flux.2-dev", "A blue cat")
    assert await lab.pictures(reply) == [RED_CAT]
    assert reply.notices == (
        "flux.2-dev changes no pictures; it was asked for a new one, by the words alone",
    )
    later = await lab.say("lab/flux.2-dev", "A green cat")
    assert later.notices == reply.notices
    assert [request.target.rpartition("/")[2] for request in server.requests] == [
        *("generations", "edits", "generations"),
        "generations",
    ]


async def test_another_model_sees_what_was_made(server, studio):
    lab = studio()
    server.answer = answers(made())
    await lab.say("lab/gpt-image-1", "A cat")
    talks = type("Talks", (OpenAIChat,), {"url": f"{server.url}/v1", "draws": "-image"})
    lab.registry._classes["lab"] = talks
    server.answer = answers({"choices": [{"message": {"content": "Nice."}, "finish_reason": "stop"}]})
    await lab.say("lab/some-image", "What is it?")
    assert b64(RED_CAT) in json.dumps(server.requests[1].json)


# -- as other vendors want it
async def test_xai_gets_the_picture_in_json(server, studio):
    lab = studio("xai")
    server.answer = answers(made())
    await lab.say("xai/grok-imagine-image", "A cat")
    await lab.say("xai/grok-imagine-image", "Make it blue")
    url = f"data:image/png;base64,{b64(RED_CAT)}"
    assert server.requests[1].target == "/v1/images/edits"
    assert server.requests[1].json == {
        "model": "grok-imagine-image",
        "prompt": "Make it blue",
        "response_format": "b64_json",
        "image": {"type": "image_url", "url": url},
    }


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        ("black-forest-labs/FLUX.1-kontext-pro", "image_url", "{}"),
        ("black-forest-labs/FLUX.2-pro", "reference_images", ["{}"]),
        ("black-forest-labs/FLUX.1-schnell", "", ""),
    ],
)
async def test_together_gets_the_picture_in_the_field_of_the_model(server, studio, model, field, value):
    lab = studio("together")
    server.answer = answers(made())
    await lab.say(f"together/{model}", "A cat")
    await lab.say(f"together/{model}", "Make it blue")
    url = f"data:image/png;base64,{b64(RED_CAT)}"
    whole = json.loads(json.dumps(value).replace("{}", url))
    along = {field: whole} if field else {}
    assert [request.target for request in server.requests] == ["/v1/images/generations"] * 2
    common = {"model": model, "prompt": "Make it blue", "response_format": "base64"}
    assert server.requests[1].json == common | along


@pytest.mark.parametrize(
    ("model", "files", "words"),
    [
        ("FLUX.1-schnell", [RED_CAT], "changes no pictures; it was asked for a new one, by the words alone"),
        (
            "FLUX.1-kontext-pro",
            [RED_CAT, BLUE_CAT],
            "changes one picture at a time; of 2 it was sent the last one",
        ),
        ("FLUX.1-kontext-pro", [RED_CAT], ""),
        ("FLUX.2-pro", [RED_CAT, BLUE_CAT], ""),
    ],
)
async def test_a_picture_that_does_not_go_along_is_told(server, studio, model, files, words):
    lab = studio("together")
    server.answer = answers(made())
    reply = await lab.say(f"together/black-forest-labs/{model}", "Make it green", *files)
    assert reply.notices == ((f"black-forest-labs/{model} {words}",) if words else ())


@pytest.mark.parametrize("vendor", ["openrouter", "vercel"])
async def test_some_are_asked_for_pictures_alone_by_chat(server, studio, vendor):
    lab = studio(vendor)
    picture = {"image_url": {"url": f"data:image/png;base64,{b64(RED_CAT)}"}}
    message = {"content": "", "images": [picture]}
    server.answer = answers(
        {"choices": [{"message": message, "finish_reason": "stop"}], "usage": {"cost": 0.04}}
    )
    reply = await lab.say(f"{vendor}/black-forest-labs/flux.2-pro", "A cat")
    assert await lab.pictures(reply) == [RED_CAT]
    assert reply.usage.cost == 0.04
    await lab.say(f"{vendor}/black-forest-labs/flux.2-pro", "Make it blue")
    assert [request.target for request in server.requests] == ["/v1/chat/completions"] * 2
    assert [request.json["modalities"] for request in server.requests] == [["image"]] * 2
    assert server.requests[1].json["messages"][-1]["content"] == [
        {"type": "image_url", "image_url": picture["image_url"]},
        {"type": "text", "text": "Make it blue"},
    ]


async def test_openai_itself_makes_them_at_the_images_endpoint(server, studio):
    lab = studio("openai")
    server.answer = answers(made())
    assert await lab.pictures(await lab.say("openai/gpt-image-1", "A cat")) == [RED_CAT]
    assert server.requests[0].target == "/v1/images/generations"


async def test_every_model_of_a_server_of_this_wire_format_makes_pictures(server, studio):
    lab = studio(type="openai-images")
    server.answer = answers({"data": [{"id": "my-own-mix"}]}, made())
    await lab.catalogue.refresh(["lab"])
    assert [(model.id, model.pictures) for model in lab.catalogue.models() if model.provider == "lab"] == [
        ("lab/my-own-mix", "only")
    ]
    assert await lab.pictures(await lab.say("lab/my-own-mix", "A cat")) == [RED_CAT]


# -- what a list tells
async def test_a_list_says_who_makes_pictures_whatever_the_name(server, studio):
    lab = studio()
    rows = [
        {"id": "painter", "architecture": {"output_modalities": ["image"], "input_modalities": ["text"]}},
        {"id": "both", "architecture": {"output_modalities": ["image", "text"]}},
        {"id": "flux-of-words", "architecture": {"output_modalities": ["text"]}},
        {"id": "drawer", "type": "image", "pricing": {"prompt": "0", "completion": "0"}},
        {"id": "dall-e-3"},
        {"id": "flux-of-talks", "type": "chat"},
        {"id": "speaker", "architecture": {"output_modalities": ["speech"]}},
    ]
    server.answer = answers({"data": rows})
    await lab.catalogue.refresh(["lab"])
    found = {model.name: model for model in lab.catalogue.models() if model.provider == "lab"}
    assert list(found) == [
        "both",
        "flux-of-words",
        "flux-of-talks",
        "painter",
        "drawer",
        "dall-e-3",
    ]  # words first
    assert {name: model.pictures for name, model in found.items()} == {
        "painter": "only",
        "both": "always",
        "flux-of-words": "never",
        "flux-of-talks": "never",
        "drawer": "only",
        "dall-e-3": "only",
    }
    assert [found[name].vision for name in ("painter", "dall-e-3", "drawer")] == [False, False, None]
    assert not found["drawer"].free  # a picture has a price of its own
    again = studio().catalogue
    assert again.info("lab/painter").pictures == "only"  # kept on the disk
    server.answer = answers(made())
    await lab.say("lab/painter", "A cat")
    assert server.requests[-1].target == "/v1/images/generations"


async def test_a_model_that_takes_no_picture_gets_none_and_that_is_said(server, studio):
    lab = studio()
    server.answer = answers({"data": [{"id": "dall-e-3"}]})
    await lab.catalogue.refresh(["lab"])
    server.answer = answers(made())
    await lab.say("lab/dall-e-3", "A cat")
    reply = await lab.say("lab/dall-e-3", "Make it blue")
    assert server.requests[-1].target == "/v1/images/generations"
    assert server.requests[-1].json["prompt"] == "Make it blue"
    assert "picture.png" in reply.notices[0]
    with pytest.raises(UsageError, match="takes no images"):
        await lab.say("lab/dall-e-3", "This one", RED_CAT)


async def test_xais_list_of_picture_models_is_a_second_one(server, studio):
    lab = studio("xai")

    async def answer(exchange: Any) -> None:
        rows = {
            "/v1/language-models": [{"id": "grok-4.6", "output_modalities": ["text"]}],
            "/v1/image-generation-models": [{"id": "grok-2-image", "output_modalities": ["image"]}],
        }
        await answers({"models": rows[exchange.request.target]})(exchange)

    server.answer = answer
    found = await lab.registry.discover("xai")
    assert [(model.id, model.pictures) for model in found] == [
        ("grok-4.6", "never"),
        ("grok-2-image", "only"),
    ]


async def test_a_vendor_without_this_wire_format_offers_no_such_models(server, studio):
    lab = studio("fireworks")
    server.answer = answers({"data": [{"id": "accounts/fireworks/models/flux-1-dev"}, {"id": "kimi"}]})
    assert [model.id for model in await lab.registry.discover("fireworks")] == ["kimi"]


# -- what goes wrong
@pytest.mark.parametrize(
    ("status", "body", "words", "hint"),
    [
        (
            "400 Bad Request",
            {"error": {"code": "moderation_blocked", "message": "Your request was rejected."}},
            "refused the content",
            "other words",
        ),
        (
            "403 Forbidden",
            {"error": {"message": "Your organization must be verified to use the model `gpt-image-1`."}},
            "must be verified",
            "what it may be used for",
        ),
        ("200 OK", {"created": 1, "data": []}, "No picture was made: the list of them is empty", ""),
        (
            "200 OK",
            {"data": [{"url": "", "respect_moderation": False}]},
            "No picture was made: its vendor's rules for pictures do not allow it",
            "",
        ),
    ],
)
async def test_why_there_is_no_picture_is_said(server, studio, status, body, words, hint):
    lab = studio()
    server.answer = answers(body, status=status)
    reply = await lab.say("lab/gpt-image-1", "A cat")
    assert reply.status is Status.ERROR
    assert words in reply.failure.message
    assert hint in reply.failure.hint


async def test_a_picture_without_words_is_not_asked_for(server, ask):
    lab = type("Lab", (OpenAIImages,), {"url": f"{server.url}/v1"})
    outcome = await ask(lab, messages=[{"role": "user", "content": ""}])
    assert "A picture is made by words" in outcome.error.message
    assert not server.requests


@pytest.mark.parametrize("broken", ["https://a.example/cat.png", "data:image/png;base64,", "data:;base64,?"])
async def test_a_picture_that_cant_be_read_stops_the_request(server, ask, broken):
    lab = type("Lab", (OpenAIImages,), {"url": f"{server.url}/v1"})
    shown = [
        {"type": "image_url", "image_url": {"url": url}} for url in (f"data:;base64,{b64(RED_CAT)}", broken)
    ]
    outcome = await ask(
        lab, messages=[{"role": "user", "content": [*shown, {"type": "text", "text": "Blue"}]}]
    )
    assert "Picture 2 of the prompt can't be read" in outcome.error.message
    assert not server.requests


async def test_a_picture_may_take_longer_than_a_word(server, studio, monkeypatch):
    """Its vendor is silent for two minutes; the usual limits are shorter."""
    monkeypatch.setattr("tui.providers.http.PRIVATE", Timeouts(connect=0.05, headers=0.05, idle=0.05))
    monkeypatch.setattr("tui.providers.registry.is_private", lambda url: False)
    lab = studio()
    lab.engine._limits = Limits(first_token=0.05, attempts=1)

    async def answer(exchange: Any) -> None:
        await asyncio.sleep(0.3)
        await answers(made())(exchange)

    server.answer = answer
    assert await lab.pictures(await lab.say("lab/gpt-image-1", "A cat")) == [RED_CAT]


async def test_a_reply_that_is_stopped_while_it_waits_ends_the_request(server, studio):
    lab = studio()
    asked = asyncio.Event()

    async def answer(exchange: Any) -> None:
        asked.set()
        await exchange.until_client_leaves()

    server.answer = answer
    working = asyncio.create_task(lab.say("lab/gpt-image-1", "A cat"))
    await asked.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    await asyncio.wait_for(server.client_left.wait(), 5)
    [_, reply] = await lab.store.messages(lab.conversation.path())
    assert reply.status is Status.STOPPED


# -- what such a model is not asked
async def test_it_is_not_asked_to_sum_up_or_to_name_anything(server, studio):
    lab = studio()
    server.answer = answers(made())
    await lab.say("lab/gpt-image-1", "A cat")
    with pytest.raises(UsageError, match="gpt-image-1 makes nothing but pictures"):
        await lab.engine.compact(lab.conversation)
    assert await lab.engine.name(lab.conversation, "lab/gpt-image-1") is None
    assert len(server.requests) == 1


async def test_so_it_is_with_one_that_only_its_plug_in_knows(server, studio):
    """No list tells of it: who makes pictures is asked of the registry, which asks the class."""
    lab = studio()
    says_only = {"url": f"{server.url}/v1", "pictures": classmethod(lambda cls, model: "only")}
    lab.registry._classes["lab"] = type("Mine", (OpenAIChat,), says_only)
    server.answer = answers(made())
    reply = await lab.say("lab/mix", "A cat")
    assert await lab.pictures(reply) == [RED_CAT]
    with pytest.raises(UsageError, match="mix makes nothing but pictures"):
        await lab.engine.compact(lab.conversation)
    assert await lab.engine.name(lab.conversation, "lab/mix") is None
    assert len(server.requests) == 1
