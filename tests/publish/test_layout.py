"""Pages and tables: what stands where, and that every number stays whole."""

from __future__ import annotations

from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.publish.handmade import awkward, handmade
from xlbudget.publish.document import Cell, Heading, Paragraph, Part, Publication, Run, Table
from xlbudget.publish.page_layout import (
    CELL_PADDING,
    INLINE_SIZE,
    TABLE_SIZES,
    Section,
    clean,
    fit,
    fit_in,
    grid,
    sections,
    tidy,
    unbreakable,
)


@given(st.text())
def test_clean_text_is_text_that_xml_can_hold(text: str) -> None:
    tidied = clean(text)
    assert clean(tidied) == tidied
    assert (etree.fromstring(f"<a>{escape(tidied)}</a>").text or "") == tidied


def test_line_breaks_stay_and_other_controls_go() -> None:
    assert clean("一\r\n二\r三\t四\x00\x0b\ud800\ufffe五") == "一\n二\n三 四五"


def test_statutory_tables_begin_pages_with_the_headings_before_them() -> None:
    found = list(sections(tidy(handmade())))
    first = found[1]
    assert [type(block).__name__ for block in first.blocks] == ["Heading", "Heading", "Table"]
    assert [block.text for block in first.blocks if isinstance(block, Heading)] == [
        "第二部分 2024年度部门决算表",
        "收入支出决算总表",
    ]
    assert sum(section.table is not None for section in found) == 9


def test_a_heading_that_names_the_table_is_its_title() -> None:
    table = Table("t", "收入决算表", ((Cell("1"),),), 0, (1,), number="公开02表", statutory=True)
    heading = Heading(2, "二、收入决算表", "h")
    body = Paragraph((Run("前文"),))
    publication = Publication((), "", 2024, (Part((body, heading, table)), Part((table,))))
    tidied = tidy(publication)
    assert tidied.parts[0].blocks == (body, heading, table)
    assert tidied.parts[1].blocks == (Heading(2, "收入决算表", ""), table._replace(anchor=""))
    assert list(sections(tidied)) == [
        Section((body,)),
        Section((heading, table), table=table),
        Section(tidied.parts[1].blocks, table=table._replace(anchor="")),
    ]


def test_links_without_an_end_become_text() -> None:
    body = Paragraph((Run("1", "nowhere"), Run("2", "here")))
    publication = Publication((), "", 2024, (Part((Heading(1, "题", "here"), body)),))
    assert tidy(publication).parts[0].blocks[1] == Paragraph((Run("1"), Run("2", "here")))


def test_the_nine_tables_are_set_legibly_on_one_page_each() -> None:
    for section in sections(tidy(handmade())):
        if section.table:
            fitted = fit_in(section, section.table)
            assert fitted.size >= TABLE_SIZES[1]
            assert fitted.landscape == section.table.landscape


def test_a_table_too_wide_for_an_upright_page_is_turned() -> None:
    tables = [block for block in tidy(awkward()).blocks() if isinstance(block, Table)]
    assert [table.landscape for table in tables] == [True, False]
    assert [fit(table).landscape for table in tables] == [True, True]


def test_a_table_between_paragraphs_is_set_larger() -> None:
    table = Table("t", "评分表", ((Cell("执行率"), Cell("得分")),), 1, (1, 1))
    fitted = fit(table)
    assert fitted.size == INLINE_SIZE
    assert sum(fitted.widths) == Section(()).width


texts = st.text("0123456789,.万元决算表ab -", max_size=60)


@given(st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=8), st.booleans())
def test_every_number_stays_whole_and_on_the_paper(rows: list[list[str]], turned: bool) -> None:
    cells = tuple(tuple(Cell(text) for text in row) for row in rows)
    table = Table(
        "t", "表", cells, 1, (5, 1, 1), number="公开01表", landscape=turned, statutory=True
    )
    fitted = fit(table)
    assert sum(fitted.widths) <= Section((), fitted.landscape, table).width + 0.01
    for row in cells:
        for cell, width in zip(row, fitted.widths, strict=True):
            need = unbreakable(cell.text) * fitted.size + 2 * CELL_PADDING
            assert need <= width + 0.01


def test_the_grid_knows_what_spans_cover() -> None:
    rows = (
        (Cell("甲", row_span=2), Cell("乙", column_span=2)),
        (Cell("丙"), Cell("丁")),
        (Cell("戊"),),
    )
    table = Table("t", "", rows, 2, (1, 1, 1))
    found = [
        [(place.column, place.cell.text, place.covered) for place in row] for row in grid(table)
    ]
    assert found == [
        [(0, "甲", False), (1, "乙", False)],
        [(0, "甲", True), (1, "丙", False), (2, "丁", False)],
        # Cells that are left out at the end are empty.
        [(0, "戊", False), (1, "", False), (2, "", False)],
    ]
