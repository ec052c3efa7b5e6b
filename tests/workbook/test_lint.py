"""The lint says nothing of what we build, and finds each of these breakages."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO

import pytest
from xlsxwriter import Workbook

from workbook import build
from workbook.customui import custom_ui
from workbook.lint import faults
from workbook.project import vba_project
from xlbudget.template.macros import with_ribbon

from . import built

Parts = dict[str, bytes]
WORKBOOK, TYPES, RIBBON = "xl/workbook.xml", "[Content_Types].xml", "customUI/customUI.xml"
SHEET = "xl/worksheets/sheet1.xml"


@lru_cache(maxsize=1)
def small() -> bytes:
    """A small workbook with macros, the ribbon and one of everything that the lint looks at."""
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("封面")
    book.add_worksheet("九张表")
    red = book.add_format({"font_color": "red"})
    sheet.set_column(0, 1, 20)
    sheet.merge_range("A1:B1", "决算", red)
    for row in range(6, 9):
        sheet.write_row(row, 0, [row, row + 0.5], red)
    sheet.write_formula("C7", "=SUM(A7:B7)+九张表!A1", None, 13)
    sheet.write_url("C8", "internal:九张表!A1", string="去填")
    sheet.data_validation("D1", {"validate": "list", "source": ["万元", "元"]})
    sheet.conditional_format("A7:B9", {"type": "cell", "criteria": ">", "value": 1, "format": red})
    book.define_name("year", "=封面!$A$7")
    book.define_name("unit", "=封面!$D$1")
    ours = [m for m in build.modules(2, addin=False) if m.name not in ("xlwings", "xlwings_udfs")]
    book.add_vba_project(BytesIO(vba_project("Small", ours)), is_stream=True)
    book.close()
    return with_ribbon(buffer.getvalue(), custom_ui(addin=False))


@lru_cache(maxsize=1)
def parts() -> Parts:
    with zipfile.ZipFile(BytesIO(small())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(content: Parts) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def changed(part: str, pattern: str, new: str) -> Callable[[Parts], None]:
    """A breakage: the pattern's first match in a part replaced."""

    def apply(content: Parts) -> None:
        text, count = re.subn(pattern, new, content[part].decode(), count=1, flags=re.DOTALL)
        assert count == 1
        content[part] = text.encode()

    return apply


def without(part: str) -> Callable[[Parts], None]:
    return lambda content: content.__delitem__(part)


VALIDATION = '<dataValidation type="list" sqref="Z1"{}><formula1>{}</formula1></dataValidation>'
BREAKAGES: dict[str, tuple[Callable[[Parts], None], str]] = {
    "XML not well formed": (changed(SHEET, "</sheetData>", "</sheetDat>"), "mismatched tag"),
    "part without content type": (
        changed(TYPES, '<Default Extension="bin"[^>]*/>', ""),
        "vbaProject.bin: has no content type",
    ),
    "content type without part": (without(SHEET), "sheet1.xml: has a content type"),
    "type of a workbook without macros": (
        changed(TYPES, r"ms-excel\.sheet\.macroEnabled\.main", "openxmlformats-officedocument.spreadsheetml.sheet.main"),
        "content type and macros do not agree",
    ),
    "relation to a missing part": (without(RIBBON), "points to customUI/customUI.xml"),
    "two relations of one id": (changed("_rels/.rels", 'Id="rIdRibbon"', 'Id="rId1"'), "id rid1"),
    "code name without module": (
        changed(SHEET, 'codeName="Sheet1"', 'codeName="Tables"'),
        "code name 'Tables' has no module",
    ),
    "module without sheet": (
        changed(SHEET, 'codeName="Sheet1"', 'codeName="Sheet2"'),
        "module Sheet1 has no sheet",
    ),
    "two buttons of one id": (changed(RIBBON, 'button id="fill"', 'button id="narrate"'), "id narrate"),
    "button without macro": (
        changed(RIBBON, r"XlBudget\.OnAction", "XlBudget.OnNothing"),
        "next_step calls XlBudget.OnNothing",
    ),
    "two sheets of one name": (changed(WORKBOOK, 'name="封面"', 'name="九张表"'), "sheet 九张表"),
    "sheet name too long": (
        changed(WORKBOOK, 'sheet name="封面"', f'sheet name="{"封" * 32}"'),
        "Excel takes no such name",
    ),
    "sheet name with a slash": (
        changed(WORKBOOK, 'sheet name="封面"', 'sheet name="封/面"'),
        "sheet '封/面': Excel takes no such name",
    ),
    "two defined names of one name": (
        changed(WORKBOOK, 'name="year"', 'name="UNIT"'),
        "defined name unit",
    ),
    "defined name like a cell": (changed(WORKBOOK, 'name="year"', 'name="T05"'), "name T05:"),
    "defined name like a cell by row and column": (
        changed(WORKBOOK, 'name="year"', 'name="R1C1"'),
        "name R1C1:",
    ),
    "defined name on a missing sheet": (
        changed(WORKBOOK, r'(name="year"[^>]*>)封面!', r"\1封皮!"),
        "a defined name: refers to sheet 封皮",
    ),
    "link to a missing sheet": (
        changed(SHEET, 'location="[^"]*"', "location=\"'没 有'!A1\""),
        "refers to sheet 没 有",
    ),
    "formula on a missing sheet": (
        changed(SHEET, "</sheetData>", '<row r="999"><c r="A999"><f>SUM(没有!A1)</f></c></row></sheetData>'),
        "refers to sheet 没有",
    ),
    "rows out of order": (
        changed(SHEET, r'(<row r="7".*?</row>)(<row r="8".*?</row>)', r"\2\1"),
        "row 7 stands after row 8",
    ),
    "cells out of order": (
        changed(SHEET, r'(<c r="A8"[^>]*?(?:/>|>.*?</c>))(<c r="B8"[^>]*?(?:/>|>.*?</c>))', r"\2\1"),
        "A8: out of order",
    ),
    "cell in another row": (changed(SHEET, 'c r="A8"', 'c r="A7"'), "A7: out of order"),
    "format that is not there": (changed(SHEET, r' s="\d+"', ' s="9999"'), "has a format"),
    "text that is not there": (changed(SHEET, r't="s"><v>\d+<', 't="s"><v>999999<'), "has a text"),
    "number with a thousands' comma": (
        changed(SHEET, "</sheetData>", '<row r="999"><c r="A999"><v>1,029.50</v></c></row></sheetData>'),
        "A999: 1,029.50 is no number",
    ),
    "text too long": (
        changed("xl/sharedStrings.xml", "<si><t[^>]*>[^<]*</t></si>", f"<si><t>{'字' * 32_768}</t></si>"),
        "a text of 32768 characters",
    ),
    "merged areas overlap": (
        changed(SHEET, r"</mergeCells>", '<mergeCell ref="A1:B2"/></mergeCells>'),
        "and A1:B2 overlap",
    ),
    "widths given twice": (changed(SHEET, "</cols>", '<col min="1" max="2" width="9"/></cols>'), "column 1"),
    "typed list too long": (
        changed(SHEET, "</dataValidations>", VALIDATION.format("", f'"{"万元," * 90}"') + "</dataValidations>"),
        "the list typed for Z1",
    ),
    "prompt too long": (
        changed(SHEET, "</dataValidations>", VALIDATION.format(f' prompt="{"字" * 256}"', "A1") + "</dataValidations>"),
        "prompt for Z1",
    ),
    "conditional format that is not there": (changed(SHEET, r'dxfId="\d+"', 'dxfId="999"'), "a conditional"),
}  # fmt: skip


def test_the_small_workbook_has_no_fault() -> None:
    assert faults(small()) == []


@pytest.mark.parametrize("name", ["xlbudget.xlsx", "xlbudget.xlsm", "xlbudget.xlam"])
def test_what_we_build_has_no_fault(name: str) -> None:
    assert faults(built.of(name)) == []


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_each_breakage_is_found(breakage: str) -> None:
    apply, message = BREAKAGES[breakage]
    content = dict(parts())
    apply(content)
    found = faults(zipped(content))
    assert [line for line in found if message in line] != []


def test_a_part_twice_in_the_file() -> None:
    buffer = BytesIO(small())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(WORKBOOK, b"<workbook/>")
    assert f"{WORKBOOK}: twice in the file" in faults(buffer.getvalue())
