"""Formula cells are found whatever wrote them, and those without a result told apart."""

from __future__ import annotations

import io

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator

from tests.ooxml.rich import one_sheet, rich_workbook, uncached_formulas
from xlbudget.ooxml.formulas import (
    Area,
    formula_cells,
    formulas_of,
    parse_area,
    shifted,
    without_chain_entries,
    without_formulas,
)
from xlbudget.ooxml.package import PackageError

RICH = rich_workbook()


def in_row(cells: str, prefix: str = "") -> bytes:
    return one_sheet(
        f'<{prefix}sheetData><{prefix}row r="1">{cells}</{prefix}row></{prefix}sheetData>',
        prefix=prefix,
    )


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ('<c r="A1"><f>B1</f><v>1</v></c>', []),
        ('<c r="A1"><f>B1</f><v>0</v></c><c r="B1"><v>1</v></c>', []),
        ('<c r="A1"><f>B1</f></c>', [1]),
        ('<c r="A1"><f>B1</f><v/></c>', [1]),
        ('<c r="A1"><f>B1</f><v></v></c>', [1]),
        ('<c r="A1"><f>B1</f>\n <v>\n</v></c>', [1]),
        ('<c r="A1" t="str"><f>B1</f><v></v></c>', []),
        ('<c r="A1" t="str"><f>B1</f><v/></c>', []),
        ('<c t="str" r="A1"><f>B1</f></c>', [1]),
        ('<c r="A1"><f t="shared" si="0"/><v>1</v></c>', []),
        ('<c r="A1"><f t="shared" si="0"/></c><c r="C1"><v>1</v></c>', [1]),
        ('<c r="A1"><f>B1&lt;C1</f></c><c r="B1" t="b"><f>1</f><v>1</v></c>', [1]),
        ('<c><v>1</v></c><c><f>A1</f></c><c r="E1"/><c><f>A1</f></c>', [2, 6]),
        ('<c r="A1"><v>1</v></c>', []),
        ('<!-- <c r="A1"><f>B1</f></c> -->', []),
        ('<c r="A1"><f><![CDATA[B1<1]]></f></c>', [1]),
    ],
)
def test_formulas_without_result(cells: str, expected: list[int]) -> None:
    assert uncached_formulas(in_row(cells)) == tuple(("表", 1, column) for column in expected)


def test_prefixed_xml_is_read() -> None:
    cells = '<x:c r="A1"><x:f>B1</x:f><x:v>1</x:v></x:c><x:c r="B1"><x:f>C1</x:f></x:c>'
    assert uncached_formulas(in_row(cells, "x:")) == (("表", 1, 2),)


def test_openpyxl_saves_formulas_without_results() -> None:
    book = openpyxl.Workbook()
    book.active.title = "甲"
    book.active["B2"] = "=A1"
    book.create_sheet("乙")["C3"] = "=1+1"
    buffer = io.BytesIO()
    book.save(buffer)
    data = buffer.getvalue()
    assert uncached_formulas(data) == (("甲", 2, 2), ("乙", 3, 3))
    assert uncached_formulas(data, {"乙", "没有"}) == (("乙", 3, 3),)
    assert uncached_formulas(data, ()) == ()


def test_a_workbook_with_results_has_none_without() -> None:
    assert uncached_formulas(RICH) == ()


def test_formula_cells_of_the_rich_workbook() -> None:
    income = {("收入", row, 4) for row in range(1, 9)}
    assert formula_cells(RICH, {"收入"}) == income
    assert formula_cells(RICH) == income | {("核对", 1, 1), ("核对", 2, 1)}


def test_all_cells_of_an_array_formula_are_formula_cells() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    book.add_worksheet("甲").write_array_formula("B1:C2", "{=E1:F2}")
    book.close()
    expected = {("甲", 1, 2), ("甲", 1, 3), ("甲", 2, 2), ("甲", 2, 3)}
    assert formula_cells(buffer.getvalue()) == expected


@pytest.mark.parametrize("data", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"text"])
def test_other_formats_always_carry_results(data: bytes) -> None:
    assert formula_cells(data) == frozenset()


def test_a_damaged_workbook_is_said_to_be_damaged() -> None:
    with pytest.raises(PackageError, match="已损坏"):
        formula_cells(RICH[:-300])


# ---------------------------------------------------------------- moving formulas


@pytest.mark.parametrize(
    ("formula", "rows", "columns", "expected"),
    [
        ("A1+$A1+A$1+$A$1", 2, 1, "B3+$A3+B$1+$A$1"),
        ("SUM(B2:C9)", 1, 0, "SUM(B3:C10)"),
        ("SUM(B:C,2:$3)", 1, 1, "SUM(C:D,3:$3)"),
        ("'A1'!B1&\"A1\"&表!B1", 1, 0, "'A1'!B2&\"A1\"&表!B2"),
        ("LOG10(A1)+A1B+X_A1+合计A1", 1, 0, "LOG10(A2)+A1B+X_A1+合计A1"),
        ('IF(A1="说""A1""",1E5,0.5)', 1, 0, 'IF(A2="说""A1""",1E5,0.5)'),
    ],
)
def test_a_formula_copied_elsewhere(formula: str, rows: int, columns: int, expected: str) -> None:
    assert shifted(formula, rows, columns) == expected


@pytest.mark.parametrize(
    ("formula", "rows", "columns"), [("A1", -1, 0), ("A1", 0, -1), ("XFD1", 0, 1), ("T[x]", 1, 0)]
)
def test_a_formula_that_cannot_be_copied(formula: str, rows: int, columns: int) -> None:
    with pytest.raises(ValueError, match=r".+"):
        shifted(formula, rows, columns)


@given(
    st.sampled_from(["SUM(B20:$C30)*D$9", "IF(AB40>0,$Z$3,'表 1'!C20)", 'ROUND(E21/F22,2)&"A1"']),
    st.integers(-10, 10),
    st.integers(0, 10),
)
def test_moving_agrees_with_openpyxl(formula: str, rows: int, columns: int) -> None:
    translator = Translator("=" + formula, origin="M50")
    moved = translator.translate_formula(row_delta=rows, col_delta=columns)
    assert "=" + shifted(formula, rows, columns) == moved


@given(*[st.integers(1, 200)] * 4)
def test_an_area_is_read_as_it_is_written(top: int, left: int, height: int, width: int) -> None:
    area = Area(top, left, top + height, left + width)
    assert parse_area(area.text()) == area
    assert len(list(area.places())) == (height + 1) * (width + 1)


def test_chain_entries_of_other_sheets_stay() -> None:
    xml = b'<calcChain><c r="A1" i="1"/><c r="B1"/><c r="A1" i="2"/></calcChain>'
    assert without_chain_entries(xml, {(1, "A1")}) == (
        b'<calcChain><c r="B1" i="1"/><c r="A1" i="2"/></calcChain>'
    )
    assert without_chain_entries(xml, {(3, "A1")}) == xml
    assert without_chain_entries(xml, {(1, "A1"), (1, "B1"), (2, "A1")}) is None


def test_formulas_go_and_their_results_stay() -> None:
    xml = b'<sheetData><row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>A1</f></c></row></sheetData>'
    cells = formulas_of(xml)
    gone = xml.replace(b"<f>1+1</f>", b"")
    assert without_formulas(xml, cells[:1]) == gone
    assert without_formulas(xml, cells) == gone.replace(b"<f>A1</f>", b"")
    assert without_formulas(xml, []) == xml
