"""Reading PDF files back with pdfium, for the tests of what we print."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium


def squeeze(text: str) -> str:
    """Text without white space: where lines break says nothing."""
    return "".join(text.split())


def page_texts(data: bytes) -> list[str]:
    """The text layer of each page."""
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_textpage().get_text_range() for page in document]


def bookmarks(data: bytes) -> list[tuple[int, str, int]]:
    """Level, title and page index of each bookmark."""
    with pypdfium2.PdfDocument(data) as document:
        found = []
        for mark in document.get_toc():
            place = mark.get_dest()
            assert place is not None
            found.append((mark.level, mark.get_title(), place.get_index()))
        return found


def metadata(data: bytes) -> dict[str, str]:
    with pypdfium2.PdfDocument(data) as document:
        return document.get_metadata_dict()


def is_tagged(data: bytes) -> bool:
    with pypdfium2.PdfDocument(data) as document:
        return bool(pdfium.FPDFCatalog_IsTagged(document.raw))


def page_sizes(data: bytes) -> list[tuple[float, float]]:
    with pypdfium2.PdfDocument(data) as document:
        return [page.get_size() for page in document]


def page_labels(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [document.get_page_label(index) for index in range(len(document))]


def links(data: bytes) -> list[tuple[str, int, str]]:
    """What each internal link's words are, and where it leads: page index and the line there."""
    with pypdfium2.PdfDocument(data) as document:
        return list(_links(document))


def _links(document: pypdfium2.PdfDocument) -> Iterator[tuple[str, int, str]]:
    texts = [page.get_textpage() for page in document]
    for page, text in zip(document, texts, strict=True):
        position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
        while pdfium.FPDFLink_Enumerate(page.raw, position, link):
            box = pdfium.FS_RECTF()
            assert pdfium.FPDFLink_GetAnnotRect(link, box)
            words = text.get_text_bounded(box.left, box.bottom, box.right, box.top)
            place = pdfium.FPDFLink_GetDest(document.raw, link)
            assert place, f"the link {words!r} leads nowhere"
            index = pdfium.FPDFDest_GetDestPageIndex(document.raw, place)
            assert index >= 0
            has_x, has_y, has_zoom = (ctypes.c_int() for _ in range(3))
            x, y, zoom = (ctypes.c_float() for _ in range(3))
            pdfium.FPDFDest_GetLocationInPage(place, has_x, has_y, has_zoom, x, y, zoom)
            line = texts[index].get_text_bounded(x.value - 1, y.value - 24, x.value + 80, y.value)
            yield words, index, line


def unmapped(data: bytes) -> list[str]:
    """Characters of the text layer that no font draws or that cannot be copied."""
    wrong = []
    with pypdfium2.PdfDocument(data) as document:
        for number, page in enumerate(document, 1):
            text = page.get_textpage()
            for index in range(text.count_chars()):
                code = pdfium.FPDFText_GetUnicode(text.raw, index)
                bad = pdfium.FPDFText_HasUnicodeMapError(text.raw, index) == 1
                if bad or code in (0, 0xFFFD):
                    wrong.append(f"page {number}, character {index}: {code:#x}")
    return wrong


def fonts(data: bytes) -> dict[str, bool]:
    """The fonts that text is set in, and whether the file holds them."""
    found: dict[str, bool] = {}
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                font = pdfium.FPDFTextObj_GetFont(item.raw)
                size = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
                name = ctypes.create_string_buffer(size)
                pdfium.FPDFFont_GetBaseFontName(font, name, size)
                embedded = pdfium.FPDFFont_GetIsEmbedded(font) == 1
                found[name.value.decode()] = embedded
    return found


def text_boxes(data: bytes, index: int) -> Iterator[tuple[float, float, float, float]]:
    """Left, bottom, right and top of every character of a page."""
    with pypdfium2.PdfDocument(data) as document:
        text = document[index].get_textpage()
        for number in range(text.count_chars()):
            yield text.get_charbox(number, loose=True)
