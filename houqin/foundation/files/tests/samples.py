"""Small real files, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(
    format_: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **save: object
) -> bytes:
    """A picture whose left half is red and right half blue."""
    image = Image.new(mode, size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, format_, **save)
    return out.getvalue()


def located_photo() -> bytes:
    """A photo as a phone makes it: lying on its side (to be turned), with camera and position written into it."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° to see it upright
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 35.0, 1.0), 3: "E", 4: (114.0, 18.0, 2.0)})
    return picture(exif=exif, size=(600, 400))


def huge_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A few hundred bytes that claim 3.6 thousand million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def office(main: str = "word/document.xml", *more: str) -> bytes:
    """An office file of nothing but its skeleton."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in ("[Content_Types].xml", main, *more):
            archive.writestr(part, "<x/>")
    return out.getvalue()


def plain_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def upload(content: bytes, name: str = "photo.jpg", declared: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, declared or "application/octet-stream")
