"""Formulas that nobody has calculated are noticed however a file spells them."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest

from xlbudget.files.read import read_sheets

SPELLINGS = {
    "nothing": '<c r="A1"><f>1+1</f></c>',
    "blank value": '<c r="A1"><f>1+1</f><v></v></c>',
    "closed value": '<c r="A1"><f>1+1</f><v/></c>',
    "blank before the formula": '<c r="A1"> <f>1+1</f><v></v></c>',
    "blank after the formula": '<c r="A1"><f>1+1</f>\n<v></v></c>',
    "attributes": '<c r="A1" s="0"><f aca="false">1+1</f><v></v></c>',
    "text without a value": '<c r="A1" t="str"><f>1+1</f></c>',
}


def sheet_with(cell: str, prefix: str = "") -> bytes:
    """A workbook whose one cell is spelled as given."""
    buffer, out = BytesIO(), BytesIO()
    openpyxl.Workbook().save(buffer)
    spelled = cell.replace("</", f"</{prefix}") if prefix else cell
    for tag in ("c", "f", "v") if prefix else ():
        for end in (" ", ">", "/"):
            spelled = spelled.replace(f"<{tag}{end}", f"<{prefix}{tag}{end}")
    name = prefix.rstrip(":")
    space = f"xmlns{':' + name if name else ''}"
    xml = (
        f'<{prefix}worksheet {space}="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<{prefix}sheetData><{prefix}row r="1">{spelled}</{prefix}row></{prefix}sheetData>'
        f"</{prefix}worksheet>"
    )
    with ZipFile(buffer) as source, ZipFile(out, "w") as target:
        for entry in source.namelist():
            is_sheet = entry == "xl/worksheets/sheet1.xml"
            target.writestr(entry, xml.encode() if is_sheet else source.read(entry))
    return out.getvalue()


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("cell", SPELLINGS.values(), ids=SPELLINGS)
def test_a_formula_without_a_value_is_noticed(cell: str, prefix: str) -> None:
    assert read_sheets(sheet_with(cell, prefix), "甲.xlsx").uncached == (("Sheet", 1, 1),)


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize(
    "cell", ['<c r="A1"><f>1+1</f><v>2</v></c>', '<c r="A1" t="str"><f>""</f><v></v></c>']
)
def test_a_formula_with_a_value_is_not(cell: str, prefix: str) -> None:
    assert read_sheets(sheet_with(cell, prefix), "甲.xlsx").uncached == ()
