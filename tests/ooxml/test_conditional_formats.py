"""Colours of ours in files written in other ways: prefixes, missing sections, views of their own."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from tests.ooxml.rich import add_parts, one_sheet, parts_of
from xlbudget.model.additions import AddedSheet, SheetRow
from xlbudget.ooxml.added_sheet import with_sheet, without_sheet
from xlbudget.ooxml.conditional_formats import with_colours, without_colours
from xlbudget.ooxml.package import Package

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROWS = "sheetData><{0}row r='1'><{0}c r='A1'><{0}v>1</{0}v></{0}c></{0}row></{0}sheetData>"
MARKS = {("表", "A1"): "#FF9999", ("表", "B2"): "#F4B084", ("没有", "A1"): "#FF9999"}
SHEET = AddedSheet("校验结果", (9, 9), (SheetRow(("题目",), "title"), SheetRow((1, "一"))))
STYLES = {
    "no dxfs": "{0}tableStyles count='0'/>",
    "closed dxfs": '{0}dxfs count="0"/><{0}tableStyles count="0"/>',
    "closed dxfs without count": "{0}dxfs/>",
    "dxfs of their own": '{0}dxfs count="1"><{0}dxf><{0}font/></{0}dxf></{0}dxfs>',
}


def workbook(prefix: str, styles: str) -> bytes:
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    own = (
        f'<{prefix}fonts count="1"><{prefix}font/></{prefix}fonts>'
        f'<{prefix}fills count="1"><{prefix}fill/></{prefix}fills>'
        f'<{prefix}borders count="1"><{prefix}border/></{prefix}borders>'
        f'<{prefix}cellXfs count="1"><{prefix}xf numFmtId="0" fontId="0"/></{prefix}cellXfs>'
    )
    xml = (
        f'<?xml version="1.0" encoding="GB18030"?><{prefix}styleSheet {name}="{MAIN}">{own}'
        f"<{styles.format(prefix)}<!-- 样式 --></{prefix}styleSheet>"
    )
    data = one_sheet(f"<{prefix}" + ROWS.format(prefix), prefix=prefix)
    return add_parts(data, {"xl/styles.xml": xml.encode("gb18030")})


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("styles", STYLES)
def test_added_and_taken_out_again(prefix: str, styles: str) -> None:
    before = workbook(prefix, STYLES[styles])
    after = with_colours(with_sheet(before, SHEET), MARKS)
    parts = parts_of(after)
    xml = parts["xl/worksheets/sheet1.xml"]
    numbers = [int(number) for number in re.findall(rb'dxfId="(\d+)"', xml)]
    root = ET.fromstring(parts["xl/styles.xml"].decode("gb18030").partition("?>")[2])
    colours = [e.get("rgb") for e in root.iter(f"{{{MAIN}}}bgColor") if e.get("rgb")]
    first = 1 if styles == "dxfs of their own" else 0
    assert numbers == [first, first + 1]
    assert colours == ["FFFF9999", "FFF4B084"]
    assert [e.get("sqref") for e in ET.fromstring(xml).iter() if e.get("sqref")] == ["A1", "B2"]
    assert with_colours(after, MARKS) == after
    assert parts_of(without_sheet(without_colours(after), SHEET.name)) == parts_of(before)


def test_colours_come_after_the_sheets_own_views() -> None:
    """A view of the sheet's own holds page margins as well."""
    views = (
        "<customSheetViews><customSheetView guid='{1}'><pageMargins left='1'/></customSheetView>"
        "</customSheetViews><pageMargins left='1'/>"
    )
    data = one_sheet("<" + ROWS.format("") + views)
    xml = parts_of(with_colours(data, MARKS))["xl/worksheets/sheet1.xml"].decode()
    tags = re.findall(r"<(\w+)", xml.partition("</sheetData>")[2])
    assert tags == [
        "customSheetViews", "customSheetView", "pageMargins", "conditionalFormatting", "cfRule",
        "formula", "conditionalFormatting", "cfRule", "formula", "pageMargins",
    ]  # fmt: skip


def test_without_styles_the_cells_are_marked_without_colour() -> None:
    xml = parts_of(with_colours(one_sheet("<" + ROWS.format("")), MARKS))[
        "xl/worksheets/sheet1.xml"
    ]
    assert xml.count(b"cfRule type") == 2
    assert b"dxfId" not in xml


def test_priorities_that_another_program_gave_anew_stay_above_zero() -> None:
    theirs = '<conditionalFormatting sqref="A1"><cfRule type="cellIs" priority="1"/></conditionalFormatting>'
    data = one_sheet("<" + ROWS.format("") + theirs)
    xml = parts_of(with_colours(data, MARKS))["xl/worksheets/sheet1.xml"].decode()
    assert re.findall(r'priority="(\d+)"', xml) == ["1", "2", "3"]
    anew = xml.replace('cellIs" priority="3"', 'cellIs" priority="1"').encode()
    saved = Package(data).rewritten({"xl/worksheets/sheet1.xml": anew})
    assert parts_of(without_colours(saved)) == parts_of(data)
