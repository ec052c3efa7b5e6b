"""A sheet added to a workbook: readable, linked, once; every other part as it was."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from tests.ooxml.rich import parts_of, rich_workbook
from xlbudget.model.additions import AddedSheet, SheetRow, link_to
from xlbudget.ooxml.added_sheet import with_sheet
from xlbudget.ooxml.package import PackageError

RICH = rich_workbook()  # once: it holds the time at which it was made
SHEET = AddedSheet(
    "单位换算记录",
    (6, 30, 12),
    (
        SheetRow(("题目",), "title"),
        SheetRow(("序号", "项目", "金额"), "head"),
        SheetRow((1, "<甲>&乙", Decimal("0.006951")), links={2: link_to("收入", "B2")}),
    ),
)


def test_the_sheet_is_last_and_readable_and_its_link_leads_to_the_cell() -> None:
    book = openpyxl.load_workbook(BytesIO(with_sheet(RICH, SHEET)))
    sheet = book[SHEET.name]
    assert book.sheetnames[-1] == SHEET.name
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["题目", None, None],
        ["序号", "项目", "金额"],
        [1, "<甲>&乙", 0.006951],
    ]
    assert sheet["B3"].hyperlink.location == "'收入'!B2"
    assert sheet["C3"].number_format == "#,##0.00########"
    assert sheet["A2"].font.bold


def test_only_what_names_the_sheet_changes() -> None:
    before, after = parts_of(RICH), parts_of(with_sheet(RICH, SHEET))
    assert {name for name in after if after[name] != before.get(name)} == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet5.xml",
    }
    assert before.keys() <= after.keys()


def test_writing_it_again_replaces_it_and_adds_no_looks() -> None:
    once = with_sheet(RICH, SHEET)
    assert with_sheet(once, SHEET) == once
    other = with_sheet(once, SHEET._replace(rows=SHEET.rows[:1]))
    assert parts_of(other).keys() == parts_of(once).keys()
    assert parts_of(other)["xl/styles.xml"] == parts_of(once)["xl/styles.xml"]


def test_existing_cells_keep_their_formats() -> None:
    before = openpyxl.load_workbook(BytesIO(RICH))["收入"]
    after = openpyxl.load_workbook(BytesIO(with_sheet(RICH, SHEET)))["收入"]
    assert after["B1"].number_format == before["B1"].number_format == "#,##0.00"
    assert after["B1"].border.left.style == before["B1"].border.left.style == "thin"


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(PackageError):
        with_sheet(b"PK nothing", SHEET)


def test_apostrophes_in_sheet_names_are_doubled_in_links() -> None:
    assert link_to("it's", "A1") == "'it''s'!A1"


def test_formulas_of_the_sheet_written_anew_leave_the_calculation_chain() -> None:
    """Excel offers to repair a workbook whose chain names a cell that holds no formula."""
    after = parts_of(with_sheet(RICH, SHEET._replace(name="核对")))
    chain = after["xl/calcChain.xml"]
    assert parts_of(RICH)["xl/calcChain.xml"].count(b"<c ") == 10
    assert chain.count(b"<c ") == 8
    assert b'i="2"' not in chain
