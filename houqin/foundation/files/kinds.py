"""What a file is, told by its content: the few kinds that are taken, and why others are not.

The name's ending and the type that the sender declares are only compared with the content; a file that lies about
its type is refused.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import BinaryIO

import puremagic
from django.utils.translation import gettext as _

from houqin.foundation.errors import Problem
from houqin.foundation.files.models import FileKind

HEAD_BYTES = 4096
_OFFICE = "application/vnd.openxmlformats-officedocument."
_ZIP_TYPES = frozenset({"application/zip", "application/x-zip-compressed"})
#: What says nothing: senders that do not know the type declare these.
_NEUTRAL = frozenset({"", "application/octet-stream", "binary/octet-stream"})
#: An office file of more parts, or one that swells beyond this when opened, is not an office file.
_MOST_PARTS = 10_000
_TEXT_SAMPLE_BYTES = 1_000_000


@dataclass(frozen=True)
class Kind:
    """One kind of file: its true type, the endings it may bear, other types that may be declared for it."""

    code: str
    kind: FileKind
    content_type: str
    endings: tuple[str, ...]
    also: frozenset[str] = field(default=frozenset())


JPEG = Kind(
    "jpeg", FileKind.IMAGE, "image/jpeg", ("jpg", "jpeg", "jfif"), frozenset({"image/jpg", "image/pjpeg"})
)
PNG = Kind("png", FileKind.IMAGE, "image/png", ("png",), frozenset({"image/x-png"}))
WEBP = Kind("webp", FileKind.IMAGE, "image/webp", ("webp",))
GIF = Kind("gif", FileKind.IMAGE, "image/gif", ("gif",))
PDF = Kind("pdf", FileKind.DOCUMENT, "application/pdf", ("pdf",), frozenset({"application/x-pdf"}))
DOCX = Kind("docx", FileKind.DOCUMENT, f"{_OFFICE}wordprocessingml.document", ("docx",), _ZIP_TYPES)
XLSX = Kind("xlsx", FileKind.DOCUMENT, f"{_OFFICE}spreadsheetml.sheet", ("xlsx",), _ZIP_TYPES)
PPTX = Kind("pptx", FileKind.DOCUMENT, f"{_OFFICE}presentationml.presentation", ("pptx",), _ZIP_TYPES)
TXT = Kind("txt", FileKind.DOCUMENT, "text/plain", ("txt",))
CSV = Kind(
    "csv", FileKind.DOCUMENT, "text/csv", ("csv",), frozenset({"text/plain", "application/vnd.ms-excel"})
)

_MAGIC = [
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
]
_MAIN_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class WrongType(Problem):
    """The file is of no kind that is taken, or not of the kind it says."""

    code = "wrong_type"


def kind_of(stream: BinaryIO, name: str, declared: str = "") -> Kind:
    """The kind of the file in ``stream``, by its content.

    Raises :class:`WrongType` when the kind is not taken, or when ``name`` or ``declared`` lie about it.
    """
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if not head:
        raise WrongType(_("文件是空的，请重新选择。"), code="empty_file")
    ending = PurePath(name).suffix.lower().removeprefix(".")
    kind = _by_content(stream, head, ending)
    stream.seek(0)
    if ending and ending not in kind.endings:
        raise WrongType(
            _("文件名以 .%(ending)s 结尾，内容却是 %(real)s。请用原始文件重新上传，不要改扩展名。")
            % {"ending": ending, "real": kind.code.upper()},
            code="type_lie",
        )
    stated = declared.split(";")[0].strip().lower()
    if stated not in _NEUTRAL and stated != kind.content_type and stated not in kind.also:
        raise WrongType(
            _("文件声明的类型是 %(stated)s，内容却是 %(real)s，无法接收。")
            % {"stated": stated, "real": kind.code.upper()},
            code="type_lie",
        )
    return kind


def _by_content(stream: BinaryIO, head: bytes, ending: str) -> Kind:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"PK\x03\x04"):
        return _office(stream)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        raise WrongType(_("暂不支持 HEIC 照片。请在手机相机设置中选“兼容性最佳”，或截图后上传。"))
    if head.startswith(_OLE):
        raise WrongType(_("暂不支持旧版 Office 文件，请另存为 docx、xlsx 或 pptx 后上传。"))
    if _is_text(stream):
        return CSV if ending == "csv" else TXT
    raise WrongType(_not_taken(head))


def _office(stream: BinaryIO) -> Kind:
    """Which office file a zip is; a zip that is none, or carries macros, is refused."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise WrongType(_("文件已损坏，打不开。请重新导出后上传。")) from error
    kind = next((kind for part, kind in _MAIN_PARTS.items() if part in parts), None)
    if kind is None or "[Content_Types].xml" not in parts or len(parts) > _MOST_PARTS:
        raise WrongType(_("不接收压缩包，请解压后逐个上传其中的图片或文档。"))
    if any(part.lower().endswith("vbaproject.bin") for part in parts):
        raise WrongType(_("文件里含有宏，请另存为不含宏的格式后上传。"))
    return kind


def _is_text(stream: BinaryIO) -> bool:
    """Whether it reads as text in UTF-8 or GB 18030 (of a long file the beginning), without control signs."""
    stream.seek(0)
    sample = stream.read(_TEXT_SAMPLE_BYTES)
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in set(sample)):
        return False
    return any(_decodes(sample, encoding) for encoding in ("utf-8-sig", "gb18030"))


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError as error:
        # A sign may have been cut at the end of the sample.
        return len(sample) == _TEXT_SAMPLE_BYTES and error.start > len(sample) - 4
    return True


def _not_taken(head: bytes) -> str:
    try:
        real = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        real = ""
    message = _("不接收这种文件。可上传图片（JPG、PNG、WebP、GIF）、PDF、docx、xlsx、pptx、txt 或 csv。")
    return f"{message}{_('（识别为 %(real)s）') % {'real': real}}" if real else message
