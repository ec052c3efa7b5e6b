"""Fresh results: right where the engine is known to be, and plainly not computed elsewhere."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from tests.ooxml.rich import (
    one_sheet,
    parts_of,
    raw_entries,
    rich_workbook,
    sheet_data_of,
    sheet_xml,
    uncached_formulas,
)
from xlbudget.model.edits import CellEdit
from xlbudget.ooxml.package import Package, PackageError
from xlbudget.ooxml.patch import CellError, patch_workbook
from xlbudget.ooxml.recalculate import Difference, recalculate, with_full_calculation

RICH = rich_workbook()
STALE = 987654


def book_of(formulas: list[str], *, array: bool = False, result: object = STALE) -> bytes:
    """数据 with ten rows of codes, amounts and amounts with a dash; the formulas on 公式, column A."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    data, sheet = book.add_worksheet("数据"), book.add_worksheet("公式")
    for row in range(10):
        data.write(row, 0, f"20103{row % 3:02d}" if row else "20103")
        data.write(row, 1, row * 3.25 + 1)
        data.write(row, 2, "—" if row == 3 else row)
        data.write(row, 4, f"20103{row % 4:02d}")
        data.write(row, 5, -row * 1.5)
    book.define_name("金额", "=数据!$B$1:$B$10")
    book.define_name("首项", "=数据!$B$1")
    book.define_name("税率", "=0.25")
    for row, formula in enumerate(formulas):
        if array:
            sheet.write_array_formula(row, 0, row, 0, "{=" + formula + "}", None, result)
        else:
            sheet.write_formula(row, 0, "=" + formula, None, result)
    book.close()
    return buffer.getvalue()


def results(data: bytes, sheet: str = "公式") -> list[object]:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return [cell.value for (cell,) in book[sheet].iter_rows(max_col=1)]


# ---------------------------------------------------------------- what is computed

KNOWN = {
    "SUM(数据!B1:B10)": 156.25,
    "SUM(数据!C1:C10)": 42,
    "SUM(数据!B:B)": 156.25,
    "SUM(数据!1:2)": 1 + 4.25 + 1 - 1.5,
    'SUM(数据!B1,"3",TRUE)': 5,
    "SUM(金额)": 156.25,
    "首项*税率": 0.25,
    'SUMIF(数据!A1:A10,"2010301",数据!B1:B10)': 4.25 + 14 + 23.75,
    'SUMIF(数据!A1:A10,"20103*",数据!B1:B10)': 156.25,
    'SUMIFS(数据!B1:B10,数据!A1:A10,"2010302",数据!B1:B10,">10")': 17.25 + 27,
    'COUNTIF(数据!A1:A10,"2010301")': 3,
    'COUNTIF(数据!C1:C10,"—")': 1,
    'COUNTIFS(数据!A1:A10,"2010302",数据!B1:B10,">10")': 2,
    "COUNT(数据!C1:C10)": 9,
    "COUNTA(数据!C1:C12)": 10,
    'SUMPRODUCT((数据!A1:A10="2010301")*(数据!B1:B10>5)*数据!B1:B10)': 37.75,
    'SUMPRODUCT(--(数据!A1:A10="2010301"),数据!B1:B10)': 42,
    "SUMPRODUCT(--(数据!A1:A10<>数据!E1:E10))": 8,
    'IF(AND(数据!B1>0,OR(数据!B2>9999,数据!B3>0)),"是","否")': "是",
    "ABS(-3.5)": 3.5,
    "ROUND(2.345,2)": 2.35,
    "ROUND(1.005,2)": 1.01,
    "ROUND(-2.5,0)": -3,
    "LEFT(数据!A2,5)": "20103",
    'LEN("部门决算")': 4,
    'VLOOKUP("2010302",数据!A1:C10,2,FALSE)': 7.5,
    'VLOOKUP("999",数据!A1:C10,2,FALSE)': "#N/A",
    'IFERROR(VLOOKUP("999",数据!A1:C10,2,0),"无")': "无",
    'INDEX(数据!B1:B10,MATCH("2010302",数据!A1:A10,0))': 7.5,
    'HYPERLINK("#数据!A1","看")': "看",
    'TEXT(1234567.891,"#,##0.00")': "1,234,567.89",
    'TEXT(0.1234,"0.0%")': "12.3%",
    'TEXT(DATE(2024,12,31),"yyyy年m月d日")': "2024年12月31日",
    '"合计"&TEXT(SUM(数据!B1:B3),"0.00")&"万元"': "合计12.75万元",
    "数据!C4+1": "#VALUE!",
    "1/0": "#DIV/0!",
    "数据!Z9": 0,
    'IF(数据!Z9="","空",1)': "空",
    "数据!B1=数据!C2": True,
    "0.5-0.4-0.1": 0,
    "-数据!Z9": 0,
}


def test_known_formulas_are_computed() -> None:
    found = recalculate(book_of(list(KNOWN)))
    assert (found.evaluated, found.reason, found.unevaluated) == (True, "", ())
    assert dict(zip(KNOWN, results(found.data), strict=True)) == KNOWN


KNOWN_ARRAYS = {
    'MAX(IF(数据!A1:A10="2010301",数据!B1:B10))': 23.75,
    'SUM((数据!A1:A10="2010301")*数据!B1:B10)': 42,
    'SUM(IF(数据!C1:C10="—",0,数据!C1:C10))': 42,
    "SUM(IFERROR(数据!C1:C10*1,0))": 42,
}


def test_known_array_formulas_are_computed() -> None:
    found = recalculate(book_of(list(KNOWN_ARRAYS), array=True))
    assert (found.evaluated, found.unevaluated) == (True, ())
    assert dict(zip(KNOWN_ARRAYS, results(found.data), strict=True)) == KNOWN_ARRAYS


# ---------------------------------------------------------------- what is left to Excel

# The engine gives a wrong result for each of these, or one that depends on the software.
LEFT_ALONE = [
    'SUMPRODUCT((LEFT(数据!A1:A10,7)="2010301")*数据!B1:B10)',
    "SUMPRODUCT((LEN(数据!A1:A10)=5)*数据!B1:B10)",
    "SUMPRODUCT(ROUND(数据!B1:B10,1))",
    "SUMPRODUCT(--ISNUMBER(数据!C1:C10))",
    "SUMPRODUCT(1/COUNTIF(数据!A1:A10,数据!A1:A10))",
    'SUM(SUMIF(数据!A1:A10,{"2010301","2010302"},数据!B1:B10))',
    'LOOKUP(2,1/(数据!A1:A10="2010301"),数据!B1:B10)',
    "数据!B1:B10",
    "金额*2",
    "SUM(IF(数据!B1:B10>3,1,0))",
    "SUM(数据!B1:B5 数据!B3:B9)",
    "1324.93-1100.1-224.83=0",
    "0.1+0.2=0.3",
    'IF(0.1+0.2<=0.3,"√","×")',
    "本程序没有的函数(1)",
    "IFERROR(XLB.UDF(1),7)",
    "没有的名称+1",
    "NUMBERSTRING(123,1)",
    'INDIRECT("数据!B3")',
    "SUBTOTAL(9,数据!B1:B10)",
    "A21",
]


@pytest.mark.parametrize("formula", LEFT_ALONE)
def test_unknown_formulas_keep_their_results(formula: str) -> None:
    data = book_of(["SUM(数据!B1:B10)", "A1*2", "A4+1", formula, "A3*2"])
    if formula == "A21":
        data = book_of(["SUM(数据!B1:B10)", "A1*2", "A4+1", "A5", "A3*2"])
    found = recalculate(data)
    assert not found.evaluated
    assert found.unevaluated == (("公式", 3, 1), ("公式", 4, 1), ("公式", 5, 1))
    assert results(found.data) == [156.25, 312.5, STALE, STALE, STALE]
    assert b'fullCalcOnLoad="1"' in parts_of(found.data)["xl/workbook.xml"]
    assert "有 3 个公式未重新计算" in found.reason


@pytest.mark.parametrize(
    "formula",
    [
        "SUM(IF(ISNUMBER(数据!C1:C10),数据!C1:C10))",
        'SUM(IF(LEFT(数据!A1:A10,7)="2010301",数据!B1:B10,0))',
        "SUM(VLOOKUP(数据!A1:A3,数据!A1:C10,2,FALSE))",
        "SUM(ABS(数据!B1:B3))",
    ],
)
def test_unknown_array_formulas_keep_their_results(formula: str) -> None:
    found = recalculate(book_of([formula], array=True))
    assert (found.evaluated, results(found.data)) == (False, [STALE])


def test_doubt_spreads_by_every_kind_of_reference() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    source, sheet = book.add_worksheet("甲 '1"), book.add_worksheet("公式")
    source.write_formula("A1", "=XLB.UDF(1)", None, 5)
    book.define_name("区", "='甲 ''1'!$A$1:$A$3")
    book.define_name("点", "='甲 ''1'!$A$1")
    dependent = [
        "'甲 ''1'!A1+1",
        "SUM('甲 ''1'!A:A)",
        "SUM('甲 ''1'!1:2)",
        "SUM('甲 ''1'!A1:A200000)",
        "SUM(区)",
        "点+1",
        "SUMIF('甲 ''1'!A1:A9,5)",
        "A6*2",
    ]
    for row, formula in enumerate([*dependent, "SUM('甲 ''1'!B:B)"]):
        sheet.write_formula(row, 0, "=" + formula, None, STALE)
    book.close()
    found = recalculate(buffer.getvalue())
    assert results(found.data) == [*[STALE] * len(dependent), 0]


def test_array_formulas_of_several_cells_are_left_alone() -> None:
    data = one_sheet(
        '<sheetData><row r="1"><c r="A1"><f t="array" ref="A1:B1">D1:E1*2</f><v>1</v></c>'
        '<c r="B1"><v>1</v></c><c r="D1"><v>4</v></c></row></sheetData>'
    )
    found = recalculate(data)
    assert found.unevaluated == (("表", 1, 1),)
    assert "多格数组公式" in found.reason
    assert sheet_data_of(found.data) == sheet_data_of(data)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ('<calcPr iterate="1"/>', "迭代计算"),
        ('<calcPr fullPrecision="0"/>', "以显示精度为准"),
        ('<calcPr fullPrecision="false"/>', "以显示精度为准"),
        ('<calcPr iterate="true"/>', "迭代计算"),
    ],
)
def test_settings_the_engine_ignores_leave_all_to_excel(setting: str, words: str) -> None:
    sheet = '<sheetData><row r="1"><c r="A1"><f>1+1</f><v>9</v></c></row></sheetData>'
    data = one_sheet(sheet, rest=setting)
    found = recalculate(data)
    assert (found.evaluated, found.unevaluated) == (False, (("表", 1, 1),))
    assert words in found.reason
    assert sheet_xml(found.data) == sheet_xml(data)
    assert b'<calcPr fullCalcOnLoad="1" ' in parts_of(found.data)["xl/workbook.xml"]


def test_a_file_the_engine_refuses_is_left_to_excel() -> None:
    bad = '<sheetData><row r="x"><c r="A1"><f>1+1</f><v>9</v></c></row></sheetData>'
    found = recalculate(one_sheet(bad))
    assert (found.evaluated, found.differences) == (False, ())
    assert "公式未重新计算：计算引擎无法读取这个工作簿" in found.reason


def test_a_damaged_file_is_no_result() -> None:
    with pytest.raises(PackageError):
        recalculate(RICH[:-50])


# ---------------------------------------------------------------- what is written


def test_only_changed_results_are_written() -> None:
    data = patch_workbook(RICH, [CellEdit("收入", 3, 2, 100)])
    found = recalculate(data)
    assert found.differences == (
        Difference("收入", 3, 4, 43.5, 122.25),
        Difference("核对", 1, 1, 588.0, 666.75),
        Difference("核对", 2, 1, "√", "×"),
    )
    before, after = raw_entries(data), raw_entries(found.data)
    assert {old[0] for old, new in zip(before, after, strict=True) if old != new} == {
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
    }
    expected = sheet_xml(data).replace("<v>43.5</v>", "<v>122.25</v>")
    assert sheet_xml(found.data) == expected


def test_a_workbook_that_is_right_stays_as_it_is() -> None:
    assert recalculate(RICH).data is RICH


def test_recalculating_twice_changes_nothing_more() -> None:
    once = recalculate(book_of([*KNOWN, *LEFT_ALONE]))
    twice = recalculate(once.data)
    assert twice.differences == ()
    assert twice.data == once.data


def test_formulas_without_results_get_them() -> None:
    book = openpyxl.Workbook()
    book.active.title = "公式"
    for row, value in enumerate(["=1+1", '="甲"&"乙"', "=1>0", "=NA()", '=""'], 1):
        book.active.cell(row, 1, value)
    buffer = io.BytesIO()
    book.save(buffer)
    found = recalculate(buffer.getvalue())
    assert [change.new for change in found.differences] == [
        2.0,
        "甲乙",
        True,
        CellError("#N/A"),
        "",
    ]
    assert [change.old for change in found.differences] == [None] * 5
    assert uncached_formulas(found.data) == ()


def test_shared_formulas_are_computed_cell_by_cell() -> None:
    data = one_sheet(
        '<sheetData><row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">IF(B1&gt;1,B1*2,0)</f>'
        '<v>0</v></c><c r="B1"><v>4</v></c></row><row r="2"><c r="A2"><f t="shared" si="0"/>'
        '<v>0</v></c><c r="B2"><v>5</v></c></row></sheetData>'
    )
    found = recalculate(data)
    assert [change.new for change in found.differences] == [8.0, 10.0]


def test_one_sheet_alone_can_be_computed() -> None:
    data = patch_workbook(RICH, [CellEdit("收入", 3, 2, 100)])
    found = recalculate(data, {"核对"})
    assert found.evaluated
    assert found.differences == (
        Difference("核对", 1, 1, 588.0, 666.75),
        Difference("核对", 2, 1, "√", "×"),
    )
    # 收入 is not up to date, so Excel has to look at it.
    assert b'fullCalcOnLoad="1"' in parts_of(found.data)["xl/workbook.xml"]


# ---------------------------------------------------------------- left for Excel to compute


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", '</sheets><calcPr fullCalcOnLoad="1"/></workbook>'),
        (
            "<definedNames><definedName>a</definedName></definedNames><oleSize/>",
            '</definedNames><calcPr fullCalcOnLoad="1"/><oleSize/></workbook>',
        ),
        ('<calcPr calcId="1"/>', '<calcPr fullCalcOnLoad="1" calcId="1"/></workbook>'),
        ('<calcPr fullCalcOnLoad="0"/>', '</sheets><calcPr fullCalcOnLoad="1"/></workbook>'),
    ],
)
def test_the_mark_stands_where_the_schema_wants_it(rest: str, expected: str) -> None:
    result = with_full_calculation(one_sheet("<sheetData/>", rest=rest))
    assert parts_of(result)["xl/workbook.xml"].decode().endswith(expected)
    assert with_full_calculation(result) == result


# ---------------------------------------------------------------- another engine


# Excel adds texts that are written into SUM itself, LibreOffice refuses them.
ONLY_IN_EXCEL = {'SUM(数据!B1,"3",TRUE)'}


@pytest.mark.libreoffice
@pytest.mark.parametrize("array", [False, True])
def test_libreoffice_agrees(tmp_path: Path, array: bool) -> None:
    formulas = list(KNOWN_ARRAYS if array else KNOWN)
    # LibreOffice computes what has no result yet.
    data = book_of(formulas, array=array, result="")
    (tmp_path / "book.xlsx").write_bytes(data)
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(tmp_path / "out"),
            str(tmp_path / "book.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    theirs = results((tmp_path / "out" / "book.xlsx").read_bytes())
    ours = results(recalculate(data).data)
    for formula, expected, actual in zip(formulas, theirs, ours, strict=True):
        if formula in ONLY_IN_EXCEL:
            continue
        if isinstance(expected, float) and isinstance(actual, int | float):
            assert actual == pytest.approx(expected, abs=1e-9), formula
        else:
            assert actual == expected, formula


@pytest.mark.parametrize("formula", ["IF(0.1+0.2=0.3,1,2)", "IF(0.3>=0.1*3,1,2)"])
def test_what_noise_decides_is_left_to_excel(formula: str) -> None:
    """Excel compares 15 digits, the engine all of a binary fraction."""
    found = recalculate(book_of([formula, "IF(0.1+0.2=0.4,1,2)"]))
    assert found.unevaluated == (("公式", 1, 1),)
    assert results(found.data) == [STALE, 2]


@pytest.mark.parametrize(("value", "computed"), [("1", False), ("true", False), ("0", True)])
def test_dates_counted_from_1904_are_left_to_excel(value: str, computed: bool) -> None:
    sheet = '<sheetData><row r="1"><c r="A1"><f>1+1</f><v>9</v></c></row></sheetData>'
    data = one_sheet(sheet)
    package = Package(data)
    xml = package.read(package.workbook_part)
    at = xml.index(b"<sheets")
    dated = xml[:at] + b'<workbookPr date1904="%b"/>' % value.encode() + xml[at:]
    assert recalculate(package.rewritten({package.workbook_part: dated})).evaluated == computed


@pytest.mark.parametrize(
    "formula",
    [
        '=LEN(SUBSTITUTE(REPT("a",30000),"a",REPT("b",30000)))',
        '=LEN(REPT(REPT("a",B1),30000))',
        '=LEN(SUBSTITUTE("a","a",REPT("b",30000)&"c"))',
    ],
)
def test_texts_that_multiply_are_left_to_excel(formula: str) -> None:
    found = recalculate(book_of([formula[1:]]))
    assert not found.evaluated
    assert "文字会变得太长" in found.reason


def test_blanks_for_each_dash_are_computed() -> None:
    found = recalculate(book_of(['TRIM(MID(SUBSTITUTE("a-b","-",REPT(" ",100)),100,100))']))
    assert found.evaluated
    assert results(found.data) == ["b"]
