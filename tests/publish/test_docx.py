"""The Word file read back with python-docx, lxml, openpyxl, LibreOffice and Microsoft's validator."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import docx as python_docx
import openpyxl
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.office_validator import validator_errors
from tests.publish import pdfs
from tests.publish.handmade import AWKWARD, CHARTS, awkward, handmade
from tests.publish.pdfs import squeeze
from xlbudget.publish import docx, pdf
from xlbudget.publish.document import Chart, Paragraph, Series, Table
from xlbudget.publish.docx.body import bookmark_names
from xlbudget.publish.docx.chart import chart_parts
from xlbudget.publish.page_layout import tidy

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@lru_cache(maxsize=4)
def written(kind: str = "clean") -> bytes:
    publication = {"clean": handmade(), "draft": handmade(draft=True), "awkward": awkward()}[kind]
    return docx.write(publication)


def opened(kind: str = "clean") -> python_docx.document.Document:
    return python_docx.Document(io.BytesIO(written(kind)))


def tree(kind: str = "clean", part: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(written(kind))) as package:
        return etree.fromstring(package.read(part))


def tables_of(kind: str = "clean") -> list[Table]:
    publication = awkward() if kind == "awkward" else handmade()
    return [block for block in tidy(publication).blocks() if isinstance(block, Table)]


@pytest.mark.parametrize("kind", ["clean", "awkward"])
def test_every_table_is_a_table_with_all_its_cells(kind: str) -> None:
    found = opened(kind).tables
    wanted = tables_of(kind)
    assert len(found) == len(wanted)
    for table, word in zip(wanted, found, strict=True):
        for row, element in zip(table.rows, word._tbl.tr_lst, strict=True):
            texts = []
            for cell in element.tc_lst:
                if cell.vMerge != "continue":
                    lines = cell.iter(f"{W}t", f"{W}br")
                    texts.append("".join("\n" if e.tag == f"{W}br" else e.text for e in lines))
            assert texts == [cell.text for cell in row]
        heads = [row for row in word._tbl.tr_lst if row.find(f"{W}trPr/{W}tblHeader") is not None]
        assert heads == word._tbl.tr_lst[: table.head_rows]


def test_merged_heads_cover_what_they_did() -> None:
    table = opened().tables[8]  # 三公: three rows of heads
    assert table.cell(0, 0)._tc is table.cell(0, 5)._tc
    assert table.cell(1, 0)._tc is table.cell(2, 0)._tc
    assert table.cell(1, 2).text == "公务用车购置及运行维护费"
    assert table.cell(1, 2)._tc is table.cell(1, 4)._tc


def test_columns_stay_on_the_paper() -> None:
    for kind in ("clean", "awkward"):
        body = tree(kind).find(f"{W}body")
        assert body is not None
        waiting: list[int] = []
        for element in body.iter(f"{W}tblGrid", f"{W}sectPr"):
            if element.tag == f"{W}tblGrid":
                waiting.append(sum(int(column.get(f"{W}w", "")) for column in element))
                continue
            size, margins = element.find(f"{W}pgSz"), element.find(f"{W}pgMar")
            assert size is not None
            assert margins is not None
            room = int(size.get(f"{W}w", "")) - sum(
                int(margins.get(f"{W}{side}", "")) for side in ("left", "right")
            )
            assert all(width <= room + 20 for width in waiting)
            waiting = []


def test_wide_tables_have_sections_of_their_own() -> None:
    turned = [section.orientation == WD_ORIENT.LANDSCAPE for section in opened().sections]
    wanted = [table.landscape for table in tables_of() if table.number]
    # Cover, contents and part one come before, parts three to five after.
    assert turned == [False, False, False, *wanted, False, False, False]


def test_text_has_the_styles_that_people_know() -> None:
    document = opened()
    texts = {paragraph.text: paragraph.style.name for paragraph in document.paragraphs}
    assert texts["第三部分 2024年度部门决算情况说明"] == "Heading 1"
    assert texts["一、收入支出决算总体情况说明"] == "Heading 2"
    assert texts["（一）收入决算总体情况"] == "Heading 3"
    assert texts["收入支出决算总表"] == "表题"
    assert texts["注：图中金额取自公开01表。"] == "图注"
    body = next(p for p in document.paragraphs if p.text.startswith("2024年度收、支总计"))
    assert body.style.name == "Body Text"
    normal = document.styles["Normal"]
    defaults = document.styles.element.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
    assert normal.base_style is None
    assert defaults.find(f"{W}rFonts").get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert defaults.find(f"{W}sz").get(qn("w:val")) == "32"
    assert document.styles["表格文字"].font.size.pt == 9
    assert document.styles["表格文字"].font.name == "宋体"


def test_every_paragraph_reads_as_it_stands() -> None:
    texts = [paragraph.text for paragraph in opened().paragraphs]
    for block in handmade().blocks():
        if isinstance(block, Paragraph):
            assert block.text in texts


def contents(kind: str = "clean") -> dict[str, str]:
    """Entries of the contents and their page numbers."""
    found = {}
    for paragraph in opened(kind).paragraphs:
        if paragraph.style.name.startswith("toc "):
            text, page = "".join(
                t.text or "\t" for t in paragraph._p.iter(f"{W}t", f"{W}tab")
            ).split("\t")
            found[text] = page
    return found


def test_the_contents_are_a_filled_field() -> None:
    fields = [e.text.strip() for e in tree().iter(f"{W}instrText")]
    assert fields[0] == 'TOC \\o "1-2" \\h \\z \\t "表题,2"'
    kinds = [e.get(f"{W}fldCharType") for e in tree().iter(f"{W}fldChar")]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") == len(fields)
    found = contents()
    assert found["第一部分 醴陵市人民政府办公室概况"] == "1"
    assert found["收入支出决算总表"] == "2"
    assert "（一）收入决算总体情况" not in found
    titles = [h.text for h in tidy(handmade()).headings() if h.level < 3]
    assert list(found) == titles


@pytest.mark.parametrize("kind", ["clean", "draft", "awkward"])
def test_every_link_has_one_end(kind: str) -> None:
    document = tree(kind)
    marks = [e.get(f"{W}name") for e in document.iter(f"{W}bookmarkStart")]
    starts = [e.get(f"{W}id") for e in document.iter(f"{W}bookmarkStart")]
    ends = [e.get(f"{W}id") for e in document.iter(f"{W}bookmarkEnd")]
    assert len(set(marks)) == len(marks)
    assert len(set(starts)) == len(starts)
    assert sorted(starts) == sorted(ends)
    assert all(re.fullmatch(r"\w{1,40}", mark or "") for mark in marks)
    targets = {e.get(f"{W}anchor") for e in document.iter(f"{W}hyperlink")}
    targets |= {e.text.split()[1] for e in document.iter(f"{W}instrText") if "PAGEREF" in e.text}
    assert targets <= set(marks)


def test_a_number_in_the_text_links_to_its_cell() -> None:
    document = tree()
    link = next(e for e in document.iter(f"{W}hyperlink") if "".join(e.itertext()) == "1512.83")
    target = link.get(f"{W}anchor")
    assert target == "T01_30_amount"
    mark = next(e for e in document.iter(f"{W}bookmarkStart") if e.get(f"{W}name") == target)
    assert "".join(mark.getparent().itertext()) == "1,512.83"
    assert mark.getparent().getparent().tag == f"{W}tc"
    # A target that no cell has is no link.
    assert not any("".join(e.itertext()) == "9.99" for e in document.iter(f"{W}hyperlink"))


@given(st.lists(st.text(), unique=True))
def test_bookmark_names_are_such_as_word_allows(anchors: list[str]) -> None:
    names = bookmark_names(anchors)
    assert list(names) == anchors
    assert len({name.lower() for name in names.values()}) == len(anchors)
    assert all(re.fullmatch(r"\w{1,40}", name) for name in names.values())
    assert all(name[0].isalpha() for name in names.values())


def test_a_draft_says_so_on_every_page() -> None:
    sections = list(opened("draft").sections)
    assert not sections[0].header.is_linked_to_previous
    assert sections[0].header.paragraphs[0].text == "草稿"
    assert all(section.header.is_linked_to_previous for section in sections[1:])
    shapes = tree("draft", "word/header1.xml").iter("{urn:schemas-microsoft-com:vml}textpath")
    assert [e.get("string") for e in shapes] == [None, "草稿"]
    assert all(section.header.is_linked_to_previous for section in opened().sections)


def test_title_and_author() -> None:
    properties = opened().core_properties
    assert properties.title == "2024年度醴陵市人民政府办公室部门决算"
    assert properties.author == "醴陵市人民政府办公室"


def test_nothing_stands_in_a_text_box() -> None:
    names = {etree.QName(e).localname for e in tree("draft").iter() if isinstance(e.tag, str)}
    assert not names & {"txbxContent", "txbx", "textbox", "pict", "AlternateContent"}


def test_no_text_of_a_user_is_markup() -> None:
    document = opened("awkward")
    reason = next(p for p in document.paragraphs if p.text.startswith("第1行"))
    lines = reason.text.split("\n")
    assert lines[:199] == [f"第{line}行：{AWKWARD}" for line in range(1, 200)]
    # What XML cannot hold is left out.
    assert lines[199] == f"第200行：{AWKWARD}1,234.56"


def test_the_same_publication_gives_the_same_bytes() -> None:
    assert docx.write(handmade()) == written()


# ---------------------------------------------------------------- charts


def test_charts_are_word_charts_with_their_figures() -> None:
    with zipfile.ZipFile(io.BytesIO(written())) as package:
        for number, chart in enumerate(CHARTS, 1):
            book = package.read(f"word/embeddings/chart{number}.xlsx")
            sheet = openpyxl.load_workbook(io.BytesIO(book))["数据"]
            for column, series in enumerate(chart.series, 2):
                assert sheet.cell(1, column).value == series.name
                values = [sheet.cell(row, column).value for row in range(2, len(series.values) + 2)]
                assert values == [v if v is None else float(v) for v in series.values]
    shapes = opened().inline_shapes
    names = [shape._inline.docPr.get("descr") for shape in shapes]
    assert names == [chart.alt for chart in CHARTS]


def test_a_share_is_rounded_half_up_and_named() -> None:
    chart = Chart(
        "c", "share", "图", ("甲<&", "乙"), (Series("数", (Decimal("0.125"), Decimal("9.875"))),), "", ""
    )  # fmt: skip
    xml = etree.fromstring(chart_parts(chart).xml.encode())
    names = [e.text for e in xml.iter("{*}v")]
    assert "甲<&（1.25%）" in names
    assert "乙（98.75%）" in names


# ---------------------------------------------------------------- second opinions


@pytest.mark.validator
@pytest.mark.parametrize("kind", ["draft", "awkward"])
def test_microsofts_validator_finds_no_error(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "决算.docx"
    path.write_bytes(written(kind))
    assert validator_errors(path) == []


@pytest.mark.libreoffice
def test_libreoffice_prints_it_on_the_pages_that_the_contents_name(tmp_path: Path) -> None:
    publication = handmade(draft=True)
    path = tmp_path / "publication.docx"
    path.write_bytes(docx.write(publication))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir"]
    subprocess.run([*command, tmp_path, path], check=True, capture_output=True, timeout=300)
    pages = list(map(squeeze, pdfs.page_texts(path.with_suffix(".pdf").read_bytes())))
    assert len(pages) == len(pdfs.page_texts(pdf.write(publication)))
    assert all("草稿" in page for page in pages)
    headings = tidy(publication).headings()
    for heading, number in zip(headings, pdf.page_numbers(publication), strict=True):
        # The cover and one page of contents come before page 1.
        assert squeeze(heading.text) in pages[number + 1]
        assert pages[number + 1].endswith(f"—{number}—")
