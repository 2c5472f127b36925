"""Papers as PDF, read back by another reader: what stands in them, how they break, what their fonts are."""

import io
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader

from houqin.exchange.papers.declare import Code, Facts, Paper, Prose, Table
from houqin.exchange.papers.printing import pdf


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text(content: bytes) -> str:
    """All its words without the breaks of lines."""
    return "".join(page.extract_text() for page in read(content).pages).replace("\n", "").replace(" ", "")


def paper(**more: Any) -> Paper:
    return Paper(**{"title": "申报回执", "name": "x", "parts": [], **more})


def printed(given: Paper) -> bytes:
    return pdf(given, organisation="江城市机关事务管理局", by="王一")


def test_a_paper_says_whose_it_is_and_who_printed_it_on_every_page() -> None:
    rows = [
        [str(n), f"欧阳震华{n}", "江城市住房和城乡建设局房地产市场监管与物业管理科", "13812345678"]
        for n in range(200)
    ]
    reader = read(printed(paper(parts=[Table(["序号", "姓名", "单位", "电话"], rows, [1, 3, 6, 3])])))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 4
    for number, page in enumerate(pages, 1):
        assert "江城市机关事务管理局" in page
        assert "数智后勤" in page
        assert "王一 打印于" in page
        assert f"第 {number} 页 共 {len(pages)} 页" in page
        assert "姓名" in page, "the heads of the table are said again"
    assert [n for n in range(200) if f"欧阳震华{n}" not in "".join(pages).replace("\n", "")] == []


def test_its_fonts_are_embedded_and_rare_characters_are_read_back() -> None:
    content = printed(paper(parts=[Facts([("姓名", "䶮喆𬭩，张㛃"), ("空", "")]), Prose("第一行\n第二行")]))
    said = text(content)
    assert "䶮喆𬭩，张㛃" in said
    assert "空" not in said, "a line that says nothing is left out"
    fonts: Any = read(content).pages[0]["/Resources"]["/Font"]
    for font in fonts.values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        assert "/FontFile3" in inner["/FontDescriptor"].get_object()


def test_what_people_wrote_is_never_read_as_markup() -> None:
    nasty = '#panic("x") $ \\ *不是粗体* _ [ ] < > @ref `raw` //'
    assert nasty.replace(" ", "") in text(
        printed(paper(title=nasty[:20], parts=[Prose(nasty), Facts([("说明", nasty)])]))
    )


def test_a_long_run_without_a_space_stays_on_the_page() -> None:
    hash_, narrow = "f" * 400, Table(["一", "二"], [["x" * 120, "短"]], [1, 5])
    content = printed(paper(parts=[Facts([("证明", hash_)]), narrow]))
    assert hash_ in text(content)
    edges: list[float] = []
    for page in read(content).pages:
        page.extract_text(visitor_text=lambda _t, _cm, tm, *_font: edges.append(tm[4]))
    assert max(edges) < float(read(content).pages[0].mediabox.width)


def test_a_code_and_signature_lines_close_it() -> None:
    content = printed(
        paper(code=Code("https://houqin.example/cases/1", "扫码看进度"), signatures=["领取人", "日期"])
    )
    said = text(content)
    assert "扫码看进度" in said
    assert "https://houqin.example/cases/1" in said
    assert said.index("领取人") < said.index("日期")


def test_it_is_an_archive_file_with_a_title_and_the_readers_language() -> None:
    with translation.override("en"):
        reader = read(printed(paper(title="Receipt")))
    assert "Page 1 of 1" in reader.pages[0].extract_text()
    assert reader.metadata is not None
    assert reader.metadata.title == "Receipt"
    assert reader.trailer["/Root"]["/Lang"] == "en"
    metadata = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata or 'pdfaid:part="2"' in metadata


@pytest.mark.parametrize("parts", [[], [Table(["一"], [], [1])]])
def test_nothing_to_say_is_a_paper_all_the_same(parts: list[Any]) -> None:
    assert "申报回执" in text(printed(paper(parts=parts)))
