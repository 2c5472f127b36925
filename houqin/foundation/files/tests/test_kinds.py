"""What a file is, told by its content."""

from __future__ import annotations

import io

import pytest

from houqin.foundation.files.kinds import WrongType, kind_of
from houqin.foundation.files.tests import samples

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content", "name", "declared", "code"),
    [
        (samples.picture(), "a.jpg", "image/jpeg", "jpeg"),
        (samples.picture(), "A.JPEG", "image/jpg", "jpeg"),
        (samples.picture(), "blob", "", "jpeg"),
        (samples.picture("PNG"), "a.png", "image/png", "png"),
        (samples.picture("WEBP"), "a.webp", "image/webp", "webp"),
        (samples.picture("GIF"), "a.gif", "image/gif", "gif"),
        (samples.PDF, "说明.pdf", "application/pdf", "pdf"),
        (samples.office(), "函.docx", DOCX_TYPE, "docx"),
        (samples.office("xl/workbook.xml"), "表.xlsx", "application/zip", "xlsx"),
        (samples.office("ppt/presentation.xml"), "a.pptx", "", "pptx"),
        ("姓名,电话\n".encode("gb18030"), "名单.csv", "application/vnd.ms-excel", "csv"),
        ("第一行\n".encode(), "a.txt", "text/plain; charset=utf-8", "txt"),
    ],
)
def test_honest_files_are_known(content: bytes, name: str, declared: str, code: str) -> None:
    assert kind_of(io.BytesIO(content), name, declared).code == code


@pytest.mark.parametrize(
    ("content", "name", "declared", "words"),
    [
        (samples.picture("PNG"), "a.jpg", "image/jpeg", "内容却是 PNG"),
        (samples.picture(), "a.jpg", "image/png", "声明的类型是 image/png"),
        (samples.picture(), "a.exe", "", "内容却是 JPEG"),
        (samples.PDF, "a.jpg", "", "内容却是 PDF"),
        (b"<html><script>alert(1)</script></html>", "a.jpg", "image/jpeg", "内容却是 TXT"),
        (b"<html><script>alert(1)</script></html>", "a.html", "text/html", "以 .html 结尾"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml", "以 .svg 结尾"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "a.exe", "", "不接收这种文件"),
        (samples.plain_zip(), "a.zip", "application/zip", "不接收压缩包"),
        (samples.plain_zip(), "a.docx", "", "不接收压缩包"),
        (samples.office("word/document.xml", "word/vbaProject.bin"), "a.docx", "", "含有宏"),
        (b"PK\x03\x04broken", "a.docx", "", "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "a.doc", "", "另存为 docx"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "IMG_1.HEIC", "image/heic", "HEIC"),
        (b"", "a.jpg", "", "文件是空的"),
        (b"abc\0def", "a.txt", "", "不接收这种文件"),
    ],
)
def test_liars_and_strangers_are_refused_in_words(
    content: bytes, name: str, declared: str, words: str
) -> None:
    with pytest.raises(WrongType, match=words):
        kind_of(io.BytesIO(content), name, declared)
