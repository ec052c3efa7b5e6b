"""The PDF read back with pdfium: what is printed, what can be copied, where links lead."""

from __future__ import annotations

from functools import lru_cache

import pytest

from tests.publish import pdfs
from tests.publish.handmade import AWKWARD, awkward, handmade
from tests.publish.pdfs import squeeze
from xlbudget.publish import pdf
from xlbudget.publish.document import Paragraph, Publication, Table
from xlbudget.publish.fonts import GETA


@lru_cache(maxsize=1)
def printed() -> bytes:
    return pdf.write(handmade())


@lru_cache(maxsize=1)
def printed_awkward() -> bytes:
    """With the open fonts alone, as on a machine without any Chinese font."""
    return pdf.write(awkward(), system_fonts=False)


def tables_of(publication: Publication) -> list[Table]:
    return [block for block in publication.blocks() if isinstance(block, Table) and block.number]


def test_every_table_begins_a_page_and_prints_all_its_cells() -> None:
    pages = pdfs.page_texts(printed())
    place = {title: page for _, title, page in pdfs.bookmarks(printed())}
    for table in tables_of(handmade()):
        text = squeeze(pages[place[table.title]])
        for row in table.rows:
            for cell in row:
                assert squeeze(cell.text) in text
        assert all(squeeze(note) in text for note in table.notes)
        assert text.index(table.title) < text.index(table.number)
        assert "部门：醴陵市人民政府办公室单位：万元" in text
    first_lines = [page.split("\r\n")[0] for page in pages]
    for table in tables_of(handmade())[1:]:
        assert first_lines.count(table.title) == 1


def test_the_pages_of_wide_tables_are_turned() -> None:
    sizes = pdfs.page_sizes(printed())
    place = {title: page for _, title, page in pdfs.bookmarks(printed())}
    for table in tables_of(handmade()):
        width, height = sizes[place[table.title]]
        assert (width > height) == table.landscape


def test_every_paragraph_is_printed_as_it_stands() -> None:
    text = squeeze("".join(pdfs.page_texts(printed())))
    # Page numbers stand between the pages.
    for block in handmade().blocks():
        if isinstance(block, Paragraph) and len(block.text) < 60:
            assert squeeze(block.text) in text


def test_bookmarks_are_the_headings() -> None:
    found = [(level + 1, title) for level, title, _ in pdfs.bookmarks(printed())]
    wanted = []
    for block in handmade().blocks():
        if isinstance(block, Table) and block.number:
            wanted.append((2, block.title))
        elif hasattr(block, "level"):
            wanted.append((block.level, block.text))
    assert found == wanted


def test_the_contents_name_the_pages_as_they_are_numbered() -> None:
    contents = squeeze(pdfs.page_texts(printed())[1])
    labels = pdfs.page_labels(printed())
    assert labels[1:4] == ["i", "1", "2"]
    for level, title, page in pdfs.bookmarks(printed()):
        if level < 2:
            entry = contents.index(squeeze(title)) + len(squeeze(title))
            assert contents[entry:].lstrip(".·…").startswith(labels[page])


def test_a_number_in_the_text_links_to_its_cell() -> None:
    found = {words: line for words, _, line in pdfs.links(printed())}
    assert "1,512.83" in found["1512.83"]
    # A target that no cell has is no link.
    assert "9.99" not in found


def test_every_link_leads_somewhere() -> None:
    listed = [title for level, title, _ in pdfs.bookmarks(printed()) if level < 2]
    assert len(pdfs.links(printed())) == len(listed) + 1


def test_title_author_tags_and_language() -> None:
    found = pdfs.metadata(printed())
    assert found["Title"] == "2024年度醴陵市人民政府办公室部门决算"
    assert found["Author"] == "醴陵市人民政府办公室"
    assert found["CreationDate"] == ""
    assert pdfs.is_tagged(printed())


def test_the_same_publication_gives_the_same_bytes() -> None:
    assert pdf.write(handmade()) == printed()


def test_a_draft_says_so_on_every_page() -> None:
    pages = pdfs.page_texts(pdf.write(handmade(draft=True)))
    assert all("草稿" in page for page in pages)
    assert not any("草稿" in page for page in pdfs.page_texts(printed()))


def test_fonts_are_embedded_and_every_character_can_be_copied() -> None:
    for data in (printed(), printed_awkward()):
        fonts = pdfs.fonts(data)
        assert fonts
        assert all(fonts.values())
        assert pdfs.unmapped(data) == []
    assert {name.split("+")[1].split("-")[0] for name in pdfs.fonts(printed_awkward())} == {
        "NotoSerifSC",
        "NotoSansSC",
    }


def test_no_text_of_a_user_is_markup() -> None:
    text = squeeze("".join(pdfs.page_texts(printed_awkward())))
    # Without an emoji in any font the printers' mark for a missing letter stands in its place.
    wanted = squeeze(AWKWARD.replace("😀", GETA))
    assert text.count(wanted) >= 200


def test_the_head_of_a_long_table_stands_on_each_of_its_pages() -> None:
    pages = map(squeeze, pdfs.page_texts(printed_awkward()))
    rows = [page for page in pages if "其他政府办公厅" in page]
    assert len(rows) > 6
    assert all("科目代码" in page for page in rows)
    text = "".join(rows)
    for index in range(1, 301):
        assert text.count(f"20{index:05d}") == (2 if index <= 30 else 1)


def test_nothing_leaves_the_paper() -> None:
    data = printed_awkward()
    for index in (0, 3, 4, 12):
        width, height = pdfs.page_sizes(data)[index]
        for left, bottom, right, top in pdfs.text_boxes(data, index):
            assert 30 <= left <= right <= width - 30
            assert 10 <= bottom <= top <= height - 20


@pytest.mark.parametrize("title", [(), ("",), ("只有一行",)])
def test_a_publication_of_nothing_still_prints(title: tuple[str, ...]) -> None:
    data = pdf.write(Publication(title, "", 2024, ()), system_fonts=False)
    assert len(pdfs.page_texts(data)) == 2
