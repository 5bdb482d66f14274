"""Pictures to test with."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

RED, BLUE = (250, 0, 0), (0, 0, 250)


def png(
    width: int = 40, height: int = 40, colour: tuple[int, ...] = RED, below: tuple[int, ...] = ()
) -> bytes:
    """A picture of one colour, or of two: one above the other."""
    image = Image.new("RGBA" if len(colour) == 4 else "RGB", (width, height), colour)
    if below:
        image.paste(below, (0, height // 2, width, height))
    return written(image, "PNG")


def written(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A small file that says of itself that it is so large, and would be."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(width + 1) * min(height, 2000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
