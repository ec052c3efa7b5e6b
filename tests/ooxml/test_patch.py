"""Patched cells hold what was asked for; every other byte of the workbook is as it was."""

from __future__ import annotations

import contextlib
import io
import re
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ooxml.rich import (
    one_sheet,
    parts_of,
    raw_entries,
    rich_workbook,
    sheet_data_of,
    sheet_xml,
    values_of,
)
from xlbudget.model.addresses import parse_address
from xlbudget.model.edits import CellEdit
from xlbudget.ooxml.package import Package, PackageError
from xlbudget.ooxml.patch import (
    CachedValue,
    CellError,
    PatchError,
    patch_workbook,
    set_cached_values,
)

RICH = rich_workbook()


def edit(cell: str, value: Decimal | int | str | None, sheet: str = "表") -> CellEdit:
    return CellEdit(sheet, *parse_address(cell), value)


def patched(sheet_data: str, *edits: CellEdit, prefix: str = "", head: str = "") -> str:
    """The ``<sheetData>`` after the edits."""
    return sheet_data_of(patch_workbook(one_sheet(sheet_data, prefix=prefix, head=head), edits))


CASES = {
    "a number keeps its digits": (
        '<row r="1"><c r="A1" s="3"><v>5</v></c></row>',
        [edit("A1", Decimal("12.30"))],
        '<row r="1"><c r="A1" s="3"><v>12.30</v></c></row>',
    ),
    "an empty cell keeps its format": (
        '<row r="1"><c r="A1" s="3"/><c r="B1"/></row>',
        [edit("A1", -7)],
        '<row r="1"><c r="A1" s="3"><v>-7</v></c><c r="B1"/></row>',
    ),
    "a shared string becomes a number, its type goes": (
        '<row r="1"><c t="s" s="2" r="A1"><v>0</v></c></row>',
        [edit("A1", 1)],
        '<row r="1"><c s="2" r="A1"><v>1</v></c></row>',
    ),
    "a text is written in place, escaped, its spaces kept": (
        '<row r="1"><c r="A1"><v>1</v></c></row>',
        [edit("A1", " <甲>&\n乙 ")],
        '<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> &lt;甲&gt;&amp;\n乙 </t>'
        "</is></c></row>",
    ),
    "characters XML cannot hold are left out": (
        '<row r="1"><c r="A1"/></row>',
        [edit("A1", "a\0\x08b\ufffe\ud800c")],
        '<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve">abc</t></is></c></row>',
    ),
    "a text that looks like an escape is not one": (
        '<row r="1"><c r="A1"/></row>',
        [edit("A1", "_x000D_")],
        '<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve">_x005F_x000D_</t></is></c>'
        "</row>",
    ),
    "None empties the cell and drops its type": (
        '<row r="1"><c r="A1" s="4" t="s"><v>3</v></c></row>',
        [edit("A1", None)],
        '<row r="1"><c r="A1" s="4"/></row>',
    ),
    "an empty text empties the cell": (
        '<row r="1"><c r="A1" s="4" t="inlineStr"><is><t>x</t></is></c></row>',
        [edit("A1", "")],
        '<row r="1"><c r="A1" s="4"/></row>',
    ),
    "emptying what is not there changes nothing": (
        '<row r="2"><c r="B2"/></row>',
        [edit("A1", None), edit("A2", None), edit("C2", "")],
        '<row r="2"><c r="B2"/></row>',
    ),
    "missing cells go to their places": (
        '<row r="1"><c r="B1"/><c r="D1"><v>1</v></c></row>',
        [edit("E1", 5), edit("A1", 1), edit("C1", 3)],
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"/><c r="C1"><v>3</v></c><c r="D1"><v>1</v></c>'
        '<c r="E1"><v>5</v></c></row>',
    ),
    "neighbours in one gap stay in order": (
        '<row r="1"><c r="A1"/><c r="AA1"/></row>',
        [edit("D1", 4), edit("C1", 3), edit("Z1", 26)],
        '<row r="1"><c r="A1"/><c r="C1"><v>3</v></c><c r="D1"><v>4</v></c><c r="Z1"><v>26</v></c>'
        '<c r="AA1"/></row>',
    ),
    "missing rows go to their places": (
        '<row r="3"/><row r="5"><c r="A5"/></row>',
        [edit("B9", 9), edit("A1", 1), edit("A4", 4), edit("A2", 2)],
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>'
        '<row r="3"/><row r="4"><c r="A4"><v>4</v></c></row><row r="5"><c r="A5"/></row>'
        '<row r="9"><c r="B9"><v>9</v></c></row>',
    ),
    "an empty row is opened": (
        '<row r="3" ht="20" />',
        [edit("B3", 9)],
        '<row r="3" ht="20"><c r="B3"><v>9</v></c></row>',
    ),
    "a new cell takes its row's format": (
        '<row r="3" s="5" customFormat="1"/>',
        [edit("B3", 9)],
        '<row r="3" s="5" customFormat="1"><c r="B3" s="5"><v>9</v></c></row>',
    ),
    "spans are widened": (
        '<row r="1" spans="2:3"><c r="B1"/></row>',
        [edit("E1", 9)],
        '<row r="1" spans="2:5"><c r="B1"/><c r="E1"><v>9</v></c></row>',
    ),
    "a hidden row that gets a value is shown": (
        '<row r="1" hidden="1" ht="3"><c r="A1"/></row><row r="2" hidden="true"><c r="A2"/></row>',
        [edit("A1", 1), edit("A2", None)],
        '<row r="1" ht="3"><c r="A1"><v>1</v></c></row><row r="2" hidden="true"><c r="A2"/></row>',
    ),
    "rows and cells may have no numbers": (
        '<row><c/><c><v>2</v></c></row><row r="4"/><row><c r="C5"/><c/></row>',
        [edit("B1", 7), edit("D5", 8), edit("C1", 9)],
        '<row><c/><c><v>7</v></c><c r="C1"><v>9</v></c></row><row r="4"/><row><c r="C5"/>'
        "<c><v>8</v></c></row>",
    ),
    "single quotes and odd spacing are read": (
        "<row  spans = '1:2'\n r='1' ><c\n s='1'\tr='A1' ><v>1</v></c ></row >".replace(
            "</c >", "</c>"
        ),
        [edit("A1", 2)],
        "<row  spans = '1:2'\n r='1' ><c\n s='1'\tr='A1'><v>2</v></c></row >",
    ),
    "comments and CDATA are not taken for cells": (
        '<!-- <row r="1"><c r="A1"/></row> --><row r="1"><c r="A1" t="str"><v><![CDATA[</c>]]></v>'
        '</c><c r="B1"/></row>',
        [edit("B1", 2)],
        '<!-- <row r="1"><c r="A1"/></row> --><row r="1"><c r="A1" t="str"><v><![CDATA[</c>]]></v>'
        '</c><c r="B1"><v>2</v></c></row>',
    ),
    "the last of two edits counts": (
        '<row r="1"><c r="A1"/></row>',
        [edit("A1", 1), edit("A1", "x"), edit("A1", 2)],
        '<row r="1"><c r="A1"><v>2</v></c></row>',
    ),
    "a formula gives way, and the marks of a dynamic array": (
        '<row r="1"><c r="A1" s="1" cm="1"><f t="array" ref="A1">SUM(B1:B3)</f><v>3</v></c></row>',
        [edit("A1", 2)],
        '<row r="1"><c r="A1" s="1"><v>2</v></c></row>',
    ),
    "a cell that shares a formula leaves the others alone": (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>1</v></c></row>',
        [edit("A2", 2)],
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>2</v></c></row>',
    ),
    "the holder of a shared formula hands it on": (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A4" si="0">SUM(B1:$C1,&quot;A1&quot;)*D$9'
        "</f><v>1</v></c></row>"
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>1</v></c></row>'
        '<row r="3"><c r="A3"><f si="0" t="shared"/><v>1</v></c></row>'
        '<row r="4"><c r="A4"><f si="0" t="shared"/><v>1</v></c></row>',
        [edit("A1", 2), edit("A2", 3)],
        '<row r="1"><c r="A1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c></row>'
        '<row r="3"><c r="A3"><f t="shared" ref="A3:A4" si="0">SUM(B3:$C3,"A1")*D$9</f><v>1</v>'
        '</c></row><row r="4"><c r="A4"><f si="0" t="shared"/><v>1</v></c></row>',
    ),
}


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize(("before", "edits", "after"), CASES.values(), ids=CASES.keys())
def test_the_sheet_after_the_edits(
    before: str, edits: list[CellEdit], after: str, prefix: str
) -> None:
    def named(xml: str) -> str:
        return re.sub(r"<(/?)(?=(?:sheetData|row|c|v|f|is|t)[\s/>])", rf"<\1{prefix}", xml)

    before, after = (named(f"<sheetData>{xml}</sheetData>") for xml in (before, after))
    assert patched(before, *edits, prefix=prefix) == after


@pytest.mark.parametrize("empty", ["<sheetData/>", "<sheetData />", "<sheetData></sheetData>"])
def test_an_empty_sheet_is_filled(empty: str) -> None:
    expected = (
        '<sheetData><row r="1"><c r="B1"><v>2</v></c></row>'
        '<row r="3"><c r="A3"><v>1</v></c></row></sheetData>'
    )
    assert patched(empty, edit("A3", 1), edit("B1", 2)) == expected


def test_the_dimension_is_widened_only_when_needed() -> None:
    data = one_sheet("<sheetData/>", head='<dimension ref="B2:C3"/>')
    assert 'ref="B2:C3"' in sheet_xml(patch_workbook(data, [edit("C3", 1)]))
    assert 'ref="A2:E9"' in sheet_xml(patch_workbook(data, [edit("A3", 1), edit("E9", 1)]))
    assert 'ref="B2:C3"' in sheet_xml(patch_workbook(data, [edit("E9", None), edit("B2", 1)]))


def test_a_new_cell_takes_its_columns_format() -> None:
    head = '<cols><col min="1" max="1" width="9"/><col min="2" max="4" style="6"/></cols>'
    expected = (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="C1" s="6"><v>3</v></c></row></sheetData>'
    )
    assert patched("<sheetData/>", edit("A1", 1), edit("C1", 3), head=head) == expected


def test_a_sheet_in_another_encoding_stays_readable() -> None:
    data = one_sheet('<sheetData><row r="1"><c r="A1"/></row></sheetData>')
    part = "xl/worksheets/sheet1.xml"
    xml = Package(data).read(part).replace(b"UTF-8", b"GB18030")
    result = patch_workbook(Package(data).rewritten({part: xml}), [edit("A1", "甲")])
    assert b"&#30002;" in Package(result).read(part)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (CellEdit("没有", 1, 1, 1), "没有名为“没有”的工作表"),
        (edit("A1", "长" * 32_768), "表!A1 的文字有 32768 个字符"),
        (edit("A1", "😀" * 16_384), "32768 个字符"),
        (edit("A1", Decimal("NaN")), "表!A1 的不是有效的数字"),
        (edit("A1", Decimal("Infinity")), "不是有效的数字"),
        (CellEdit("表", 0, 1, 1), "没有第 0 行第 1 列"),
        (CellEdit("表", 1, 16_385, 1), "没有第 1 行第 16385 列"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(wrong: CellEdit, words: str) -> None:
    with pytest.raises(PatchError, match=words):
        patch_workbook(one_sheet("<sheetData/>"), [wrong])


def test_a_float_is_no_value_for_a_cell() -> None:
    with pytest.raises(TypeError):
        patch_workbook(one_sheet("<sheetData/>"), [edit("A1", 1.5)])  # type: ignore[arg-type]


def test_the_longest_text_is_written() -> None:
    result = patch_workbook(one_sheet("<sheetData/>"), [edit("A1", "长" * 32_767)])
    assert values_of(result) == {(1, 1): "长" * 32_767}


@pytest.mark.parametrize("cell", ["A1", "A2", "B2"])
def test_one_cell_of_an_array_formula_is_refused(cell: str) -> None:
    data = one_sheet(
        '<sheetData><row r="1"><c r="A1"><f t="array" ref="A1:B2">D1:E2</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c></row></sheetData>'
    )
    with pytest.raises(PatchError, match=f"表!{cell} 属于数组公式区域 A1:B2"):
        patch_workbook(data, [edit(cell, 1)])


@pytest.mark.parametrize("formula", ["A1+1", "表格[金额]"])
def test_a_shared_formula_that_cannot_be_moved_is_refused(formula: str) -> None:
    data = one_sheet(
        f'<sheetData><row r="2"><c r="B2"><f t="shared" ref="A1:B2" si="0">{formula}</f></c>'
        '</row><row r="4"><c r="A4"><f t="shared" si="0"/></c></row></sheetData>'
    )
    with pytest.raises(PatchError, match="表!B2 的公式与其他单元格共用"):
        patch_workbook(data, [edit("B2", 1)])


# ---------------------------------------------------------------- the calculation chain


def test_removed_formulas_leave_the_calculation_chain() -> None:
    sheet = "".join(f'<row r="{n}"><c r="A{n}"><f>B{n}</f><v>1</v></c></row>' for n in (1, 2, 3))
    data = one_sheet(
        f"<sheetData>{sheet}</sheetData>",
        chain='<c r="A1" i="7"/><c r="A2"/><c r="A1" i="8"/><c r="A3" i="7"/>',
    )
    result = patch_workbook(data, [edit("A1", 1)])
    assert parts_of(result)["xl/calcChain.xml"] == (
        b'<calcChain xmlns="m"><c r="A2" i="7"/><c r="A1" i="8"/><c r="A3" i="7"/></calcChain>'
    )


def test_an_empty_calculation_chain_goes_with_all_that_points_to_it() -> None:
    data = one_sheet(
        '<sheetData><row r="1"><c r="A1"><f>B1</f><v>1</v></c></row></sheetData>',
        chain='<c r="A1" i="7"/>',
    )
    parts = parts_of(patch_workbook(data, [edit("A1", 1)]))
    assert "xl/calcChain.xml" not in parts
    assert [name for name, content in parts.items() if b"calcChain" in content] == []


# ---------------------------------------------------------------- the rest of the workbook


def test_every_other_part_of_a_rich_workbook_is_the_same() -> None:
    edits = [edit("B2", Decimal("99.50"), "收入"), edit("A1", "新", "隐藏"), edit("F7", 3, "收入")]
    result = patch_workbook(RICH, edits)
    changed = {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet4.xml"}
    before, after = raw_entries(RICH), raw_entries(result)
    assert [entry[0] for entry in before] == [entry[0] for entry in after]
    assert {old[0] for old, new in zip(before, after, strict=True) if old != new} == changed


def test_only_the_edited_cells_of_the_sheet_differ() -> None:
    result = patch_workbook(RICH, [edit("B2", Decimal("99.50"), "收入"), edit("E3", "注", "收入")])
    expected = sheet_xml(RICH).replace(
        '<c r="B2" s="1"><v>11.25</v></c>', '<c r="B2" s="1"><v>99.50</v></c>'
    )
    expected = expected.replace(
        '<c r="E3" s="1"/>',
        '<c r="E3" s="1" t="inlineStr"><is><t xml:space="preserve">注</t></is></c>',
    )
    assert sheet_xml(result) == expected != sheet_xml(RICH)


def test_a_formula_of_the_rich_workbook_is_replaced() -> None:
    result = patch_workbook(RICH, [edit("D1", 5, "收入"), edit("A1", 6, "核对")])
    assert parts_of(result)["xl/calcChain.xml"] == (
        b'<calcChain xmlns="m">'
        + b"".join(b'<c r="D%d"%b/>' % (row, b' i="1"' * (row == 2)) for row in range(2, 9))
        + b'<c r="A2" i="2"/></calcChain>'
    )
    book = openpyxl.load_workbook(io.BytesIO(result), keep_vba=True)
    assert (book["收入"]["D1"].value, book["收入"]["D2"].value) == (5, "=B2+C2")


def test_calamine_reads_the_edits_of_the_rich_workbook() -> None:
    edits = [
        edit("B2", Decimal("99.50"), "收入"),
        edit("C3", "注 <1>", "收入"),
        edit("B4", None, "收入"),
    ]
    expected = values_of(RICH, "收入") | {(2, 2): 99.5, (3, 3): "注 <1>"}
    del expected[4, 2]
    assert values_of(patch_workbook(RICH, edits), "收入") == expected


def test_no_edits_give_the_same_bytes() -> None:
    assert patch_workbook(RICH, []) is RICH
    assert patch_workbook(RICH, [edit("H99", None, "收入")]) is RICH


VALUES = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**12), 10**12, places=2),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20),
    st.sampled_from(["", " ", "\n", "a\tb", '<c r="A1"/>', "]]>", "_x0041_", "&amp;", "=1+1"]),
)
EDITS = st.lists(
    st.builds(
        CellEdit,
        st.sampled_from(["收入", "核对", "说明"]),
        st.integers(1, 11),
        st.integers(1, 9),
        VALUES,
    ),
    max_size=25,
)


@given(EDITS)
@settings(max_examples=80, deadline=None)
def test_reading_gives_the_edits_and_nothing_else_changed(edits: list[CellEdit]) -> None:
    result = patch_workbook(RICH, edits)
    for sheet in ("收入", "核对", "说明", "隐藏"):
        expected = _cells(RICH, sheet)
        for _, row, column, value in (change for change in edits if change.sheet == sheet):
            expected.pop((row, column), None)
            if value not in (None, ""):
                expected[row, column] = value if isinstance(value, str) else float(value or 0)
        assert _cells(result, sheet) == expected
    assert patch_workbook(result, edits) == result
    untouched = {entry[0]: entry for entry in raw_entries(RICH) if "/sheet" not in entry[0]}
    kept = {entry[0]: entry for entry in raw_entries(result) if "/sheet" not in entry[0]}
    del untouched["xl/calcChain.xml"]
    kept.pop("xl/calcChain.xml", None)
    kept["[Content_Types].xml"] = untouched["[Content_Types].xml"]
    kept["xl/_rels/workbook.xml.rels"] = untouched["xl/_rels/workbook.xml.rels"]
    assert kept == untouched


def _unescaped(value: object) -> str:
    # openpyxl leaves the escapes that Excel reads as characters.
    return str(value).replace("_x005F_", "_")


def _cells(data: bytes, sheet: str) -> dict[tuple[int, int], object]:
    """Formulas or values by openpyxl, numbers as float."""
    cells = openpyxl.load_workbook(io.BytesIO(data))[sheet]._cells
    return {
        place: float(cell.value) if isinstance(cell.value, int | float) else _unescaped(cell.value)
        for place, cell in cells.items()
        if cell.value is not None
    }


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_a_sheet_that_is_no_good_xml_gives_our_errors_only(at: int, rubbish: bytes) -> None:
    package = Package(RICH)
    part = package.sheets[0].part
    xml = bytearray(package.read(part))
    xml[at % len(xml) : at % len(xml) + len(rubbish)] = rubbish
    data = package.rewritten({part: bytes(xml)})
    result = data
    with contextlib.suppress(PackageError, PatchError):
        result = patch_workbook(data, [edit("B2", 1, "收入"), edit("D4", 2, "收入")])
        result = set_cached_values(result, {("收入", 1, 4): 1.5})
    # Written or refused: the other sheets and all that the edits do not concern are untouched.
    concerned = {part, "xl/calcChain.xml"}
    before, after = parts_of(data), parts_of(result)
    assert after.keys() == before.keys()
    assert {name for name in before if after[name] != before[name]} <= concerned


# ---------------------------------------------------------------- results of formulas


def test_results_are_written_and_formulas_stay() -> None:
    data = one_sheet(
        '<sheetData><row r="1" hidden="1"><c r="A1" s="1" t="str"><f>B1</f><v>x</v></c>'
        '<c r="B1"><f ca="1">TODAY()</f></c><c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="D1"><f>A1=1</f><v>1</v></c><c r="E1"><f>A1&amp;""</f></c><c r="F1"><f>1</f></c></row>'
        "</sheetData>"
    )
    values: dict[tuple[str, int, int], CachedValue] = {
        ("表", 1, 1): 2.5,
        ("表", 1, 2): 3.0,
        ("表", 1, 3): "甲 ",
        ("表", 1, 4): True,
        ("表", 1, 5): "",
        ("表", 1, 6): CellError("#N/A"),
    }
    assert sheet_data_of(set_cached_values(data, values)) == (
        '<sheetData><row r="1" hidden="1"><c r="A1" s="1"><f>B1</f><v>2.5</v></c>'
        '<c r="B1"><f ca="1">TODAY()</f><v>3</v></c>'
        '<c r="C1" t="str"><f>1/0</f><v xml:space="preserve">甲 </v></c>'
        '<c r="D1" t="b"><f>A1=1</f><v>1</v></c><c r="E1" t="str"><f>A1&amp;""</f><v></v></c>'
        '<c r="F1" t="e"><f>1</f><v>#N/A</v></c></row></sheetData>'
    )


def test_results_inside_an_array_formula_are_written() -> None:
    data = one_sheet(
        '<sheetData><row r="1"><c r="A1" cm="1"><f t="array" ref="A1:B1">D1:E1</f><v>1</v></c>'
        '<c r="B1"><v>1</v></c></row></sheetData>'
    )
    assert sheet_data_of(set_cached_values(data, {("表", 1, 1): 2, ("表", 1, 2): 3})) == (
        '<sheetData><row r="1"><c r="A1" cm="1"><f t="array" ref="A1:B1">D1:E1</f><v>2</v></c>'
        '<c r="B1"><v>3</v></c></row></sheetData>'
    )


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [
        (("收入", 1, 2), 1, "收入!B1 不是公式单元格"),
        (("没有", 1, 1), 1, "没有名为“没有”"),
        (("收入", 1, 4), float("nan"), "收入!D1 的不是有效的数字"),
    ],
)
def test_results_for_other_cells_are_refused(
    place: tuple[str, int, int], value: float, words: str
) -> None:
    with pytest.raises(PatchError, match=words):
        set_cached_values(RICH, {place: value})


def test_results_that_are_there_already_give_the_same_bytes() -> None:
    assert set_cached_values(RICH, {("收入", 1, 4): 3.5, ("核对", 2, 1): "√"}) is RICH
