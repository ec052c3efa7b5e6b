"""The published sample as Word and PDF, read back and held against the workbook itself."""

from __future__ import annotations

import io
import random
import re
import zipfile
from functools import lru_cache
from pathlib import Path

from lxml import etree

from tests.generator import book_of, department
from tests.generator import publication as rounded
from tests.publish import pdfs
from tests.publish.pdfs import squeeze
from xlbudget.files.read import book_from_bytes
from xlbudget.files.workbook import open_workbook
from xlbudget.model.book import Book
from xlbudget.model.content import Content
from xlbudget.model.money import WAN
from xlbudget.narrate import narrate
from xlbudget.publish import docx, pdf
from xlbudget.publish.document import Chart, Publication, Table
from xlbudget.publish.publication import publication
from xlbudget.template import build

SAMPLE = Path(__file__).parents[2] / "samples" / "醴陵市人民政府办公室-2024.xlsx"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
AMOUNT = re.compile(r"-?[\d,]+\.\d\d")


@lru_cache(maxsize=1)
def book() -> Book:
    return open_workbook(SAMPLE).book


@lru_cache(maxsize=1)
def sample() -> Publication:
    return publication(book())


@lru_cache(maxsize=1)
def word() -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(docx.write(sample()))) as package:
        return etree.fromstring(package.read("word/document.xml"))


@lru_cache(maxsize=1)
def printed() -> bytes:
    return pdf.write(sample())


def amounts() -> dict[str, str]:
    """Every figure of the nine tables that the workbook holds, as it is to be printed."""
    return {
        name: WAN.text(figure.fen, grouped=True)
        for name, figure in book().figures.items()
        if name[:1] == "T" and figure.fen is not None
    }


def statutory() -> list[Table]:
    return [block for block in sample().blocks() if isinstance(block, Table) and block.number]


def test_every_figure_of_the_nine_tables_stands_in_its_word_cell() -> None:
    found = {
        mark.get(f"{W}name"): "".join(mark.getparent().itertext())
        for mark in word().iter(f"{W}bookmarkStart")
        if mark.getparent().getparent().tag == f"{W}tc"
    }
    wanted = amounts()
    assert len(wanted) > 250
    assert {name: found[name.replace(".", "_")] for name in wanted} == wanted


def test_every_figure_of_the_nine_tables_stands_in_its_place_in_the_pdf() -> None:
    pages = pdfs.page_texts(printed())
    starts = {title: page for level, title, page in pdfs.bookmarks(printed()) if level < 2}
    wanted = amounts()
    ends = sorted({*starts.values(), len(pages)})
    for table in statutory():
        start = next(page for title, page in starts.items() if table.title in title)
        end = next(page for page in ends if page > start)
        text = "".join(pages[start:end])
        cells = [cell for row in table.rows for cell in row if cell.anchor in wanted]
        assert AMOUNT.findall(text) == [wanted[cell.anchor] for cell in cells]


def test_every_sentence_of_part_three_is_in_both() -> None:
    paragraphs = {"".join(p.itertext()) for p in word().iter(f"{W}p")}
    # Page numbers stand between the pages of the PDF.
    text = re.sub(r"—\d+—", "", "".join(map(squeeze, pdfs.page_texts(printed()))))
    told = narrate(book()).paragraphs
    assert len({p.section for p in told}) == 13
    for paragraph in told:
        if paragraph.text:
            assert paragraph.text in paragraphs
            assert squeeze(paragraph.text) in text


def test_a_number_that_links_to_a_cell_is_that_cells_or_comes_from_it() -> None:
    wanted = amounts()
    cells = {
        mark.get(f"{W}name"): "".join(mark.getparent().itertext())
        for mark in word().iter(f"{W}bookmarkStart")
    }
    links = {
        ("".join(link.itertext()), cells[link.get(f"{W}anchor")].replace(",", ""))
        for link in word().iter(f"{W}hyperlink")
    }
    checked = 0
    for paragraph in narrate(book()).paragraphs:
        for number in paragraph.numbers:
            if len(number.names) == 1 and number.names[0] in wanted and paragraph.text:
                after = paragraph.text[number.end : number.end + 2]
                if after == "万元":
                    amount = wanted[number.names[0]].replace(",", "")
                    assert number.text == amount
                    assert (number.text, amount) in links
                    checked += 1
    assert checked > 40


def test_links_of_the_pdf_lead_to_the_page_of_the_table() -> None:
    pages = pdfs.page_texts(printed())
    found = pdfs.links(printed())
    assert len(found) > 100
    for words, index, _ in found:
        if re.fullmatch(r"\d+\.\d\d", words) and words in ("1512.83", "1506.08", "23.64"):
            assert f"{float(words):,.2f}" in pages[index]


def test_nothing_is_lost_on_the_way_to_paper() -> None:
    assert pdfs.unmapped(printed()) == []
    assert all(pdfs.fonts(printed()).values())
    assert pdfs.is_tagged(printed())
    assert b"pdfuaid:part" in printed()
    charts = [block for block in sample().blocks() if isinstance(block, Chart)]
    assert len(list(word().iter("{*}chart"))) == len(charts)


def test_a_blank_workbook_still_makes_files() -> None:
    found = publication(book_from_bytes(build(Content()), "")[0])
    assert found.missing
    text = squeeze("".join(pdfs.page_texts(pdf.write(found))))
    assert "【待填：" in text
    assert docx.write(found)


def test_300_codes_and_200_lines_of_reasons_are_printed_whole() -> None:
    content = rounded(department(random.Random(5), 300, fund=True, capital=True))
    key = next(iter(content.reasons))
    reason = "\n".join(f"第{number}个原因&<>😀" for number in range(200))
    content = content._replace(
        department="某" * 60, reasons={**content.reasons, key: reason}
    )  # fmt: skip
    found = publication(book_of(content))
    text = squeeze("".join(pdfs.page_texts(pdf.write(found))))
    with zipfile.ZipFile(io.BytesIO(docx.write(found))) as package:
        word = etree.fromstring(package.read("word/document.xml"))
    marks = {mark.get(f"{W}name"): mark.getparent() for mark in word.iter(f"{W}bookmarkStart")}
    for code in content.codes["T03"]:
        amount = WAN.text(content.figures[f"T03.{code}.total"], grouped=True)
        assert "".join(marks[f"T03_{code}_total"].itertext()) == amount
        assert code in text
        assert amount in text
    for words in ("某" * 60, "第199个原因&<>"):
        assert words in "".join(word.itertext())
        assert words in text
