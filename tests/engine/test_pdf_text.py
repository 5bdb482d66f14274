"""PDF for models that can't read it: their text is sent, and what can't be is told."""

from __future__ import annotations

import pytest

from tests.engine.conftest import DONE, World
from tui.chat.attachment import attachment_of
from tui.chat.parts import Notice, of_kind
from tui.engine import pdf_text
from tui.engine.pdf_text import PdfResolver, read_pdf
from tui.tools.child import Limits


def pdf(*pages: str) -> bytes:
    """A small PDF whose pages say something."""
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for place, words in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET" if words else ""
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * place} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    out, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode()


async def test_the_text_is_read_page_by_page():
    assert (await read_pdf(pdf("The ferry", "leaves at nine"))) == (
        "[page 1]\nThe ferry\n\n[page 2]\nleaves at nine",
        "",
    )


@pytest.mark.parametrize("data", [b"%PDF-1.4\nbroken", b"", pdf("x")[:120]])
async def test_what_is_broken_is_told(data):
    found = await read_pdf(data)
    assert found.text == ""
    assert found.trouble


async def test_pages_without_text_are_told():
    assert await read_pdf(pdf("")) == ("", "there is no text in it, only pictures")


async def test_a_file_that_takes_too_long_is_left():
    assert "more than 0.01 s" in (await read_pdf(pdf("x"), Limits(seconds=0.01))).trouble


async def test_without_the_extra_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(pdf_text, "find_spec", lambda name: None)
    assert "segue[pdf]" in (await read_pdf(pdf("x"))).trouble


async def asked(world: World, data: bytes):
    world.engine.resolver = PdfResolver(world.engine.resolver)
    conversation = await world.store.create_conversation(model="lab/one")
    world.provider.scripts = [["read", DONE]]
    reply = await world.engine.send(conversation, "Read", attachments=[attachment_of("times.pdf", data)])
    return await reply.run(world.events.append)


async def test_a_model_that_reads_no_pdf_gets_its_text(world):
    message = await asked(world, pdf("The ferry"))
    sent = world.provider.requests[0][1][-1][1]
    assert "times.pdf:\\n```\\n[page 1]\\nThe ferry\\n```" in sent
    assert "base64" not in sent
    assert (message.text, of_kind(message.parts, Notice)) == ("read", [])


async def test_a_model_that_reads_pdf_gets_the_file(world):
    world.provider.reads_pdf = True
    await asked(world, pdf("The ferry"))
    assert "data:application/pdf;base64," in world.provider.requests[0][1][-1][1]


async def test_what_could_not_be_read_is_noticed_in_the_reply(world):
    message = await asked(world, b"%PDF-1.4\nbroken")
    assert "[PDF times.pdf: its text can't be read" in world.provider.requests[0][1][-1][1]
    assert "This model reads no PDF, and of times.pdf its text" in of_kind(message.parts, Notice)[0].text
