"""Amounts that are read although nobody sees them on paper, or sees others, are said."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import xlsxwriter

from xlbudget.files.read import book_from_bytes
from xlbudget.model.book import Finding
from xlbudget.ooxml.package import Package
from xlbudget.ooxml.shown import divides

SAMPLE = next((Path(__file__).parents[2] / "samples").glob("示范部门*.xlsx"))
SHEET = "05支出'表"


def _workbook(**how: object) -> bytes:
    """One table 05 of two lines; ``how`` hides things of it."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(SHEET)
    form = book.add_format({"num_format": str(how.get("number", "0.00"))})
    for row, cells in enumerate(
        (
            ["一般公共预算财政拨款支出决算表"],
            ["部门：某市水利局", "", "", "单位：万元"],
            ["科目代码", "科目名称", "本年支出合计", "基本支出", "项目支出"],
            ["", "合计", 30.0, 30.0, 0.0],
            ["2010301", "行政运行", 10.0, 10.0, 0.0],
            ["2010302", "一般行政管理事务", 20.0, 20.0, 0.0],
            ["", "", "", "", ""],
        )
    ):
        for column, value in enumerate(cells):
            sheet.write(row, column, value, form if isinstance(value, float) else None)
    for row in how.get("rows", ()):  # type: ignore[attr-defined]
        sheet.set_row(row - 1, None, None, {"hidden": True})
    if "column" in how:
        sheet.set_column(str(how["column"]), None, None, {"hidden": True})
    if "area" in how:
        sheet.print_area(str(how["area"]))
    book.close()
    return out.getvalue()


def _said(data: bytes) -> list[Finding]:
    book, _ = book_from_bytes(data, "试.xlsx")
    return [f for f in book.findings if "看不见" in f.message or "缩小显示" in f.message]


def test_a_hidden_line_with_amounts_is_read_and_said() -> None:
    data = _workbook(rows=(6, 7))
    book, _ = book_from_bytes(data, "试.xlsx")
    assert book.figures["T05.2010302.total"].fen == 20_000_000
    (finding,) = _said(data)
    assert (finding.rule, finding.severity) == ("A01", "warning")
    assert "第6行是隐藏的，里面有2个金额" in finding.message
    assert [cell.cell for cell in finding.cells] == ["C6", "D6"]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"column": "D:D"}, "D列是隐藏的，里面有3个金额"),
        ({"area": "A1:E5"}, "第6行有金额在打印区域外，里面有2个金额"),
        ({"area": "A1:E6"}, ""),
        ({"rows": (7,)}, ""),
        ({"column": "G:H"}, ""),
        ({"number": "0!.0000"}, "（0!.0000）会缩小显示"),
        ({"number": "#,##0,"}, "存的是30.00"),
        ({"number": "#,##0.00"}, ""),
    ],
)
def test_what_is_hidden_or_divided(how: dict[str, object], words: str) -> None:
    found = _said(_workbook(**how))
    assert [words in finding.message for finding in found] == ([True] if words else [])


@pytest.mark.parametrize(
    ("code", "so"),
    [
        ("0.00", False),
        ("#,##0.00_ ;[Red]-#,##0.00", False),
        ("#,##0", False),
        ("0.00,", True),
        ("#,##0,", True),
        ("0,.00", True),
        ('0.00,,"百万"', True),
        ("0!.0000", True),
        ("0\\.0,", True),
        ('0"."0000', True),
        ('0.00"元, 角"', False),
        ("General", False),
        ("yyyy!.mm", False),
    ],
)
def test_formats_that_divide(code: str, so: bool) -> None:
    assert divides(code) == so


def test_the_template_hides_spare_rows_and_nothing_is_said_of_them() -> None:
    data = SAMPLE.read_bytes()
    package = Package(data)
    xml = b"".join(package.read(part.part) for part in package.sheets)
    assert re.search(rb'<row [^<>]*hidden="1"', xml)
    assert _said(data) == []
