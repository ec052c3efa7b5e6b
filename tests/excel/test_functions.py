"""Functions in cells, called as xlwings calls them from a cell."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from tests.excel import windows
from tests.excel.office import Office
from xlbudget.excel import functions
from xlbudget.excel import live_workbook as living

if not hasattr(functions.XB_WAN, "__xlfunc__"):  # imported before xlwings' Windows parts were
    importlib.reload(functions)

MISSING = -2147352572
"""What VBA hands over for an argument that was left out."""


@pytest.fixture
def called(foreign: Office) -> Any:
    """``called("XB_WAN", "A1:A3")``: texts are ranges of the first sheet, as a cell would pass them."""
    from xlwings import udfs

    sheet = foreign.book.add_sheet("试")
    living._books.clear()  # what an earlier test's workbook of the same name held
    living._reports.clear()

    def call(name: str, *arguments: Any, at: str = "Z1") -> Any:
        handed = []
        for argument in arguments:
            if isinstance(argument, list):
                handed.append(_laid(sheet, argument, len(handed)))
            else:
                handed.append(argument)
        info = getattr(functions, name).__xlfunc__["args"]
        names = [argument["name"] for argument in info]
        if "caller" in names:
            handed.insert(names.index("caller"), None)
        handed += [MISSING] * (len(info) - len(handed))
        caller = windows.wrap(foreign.range("试", at))
        return udfs.call_udf("xlbudget.excel.functions", name, tuple(handed), None, caller)

    return call


def _laid(sheet: Any, rows: list[list[Any]], index: int) -> Any:
    """The rows typed into cells of their own; the range."""
    left = 1 + 6 * index
    # pyOpenVBA cuts an area off below the last used cell; Excel does not.
    sheet.vba_get("Range", ["Z99"]).vba_set("Value", 1)
    area = [sheet.vba_get("Cells", [1, left]), sheet.vba_get("Cells", [20, left + 5])]
    sheet.vba_get("Range", area).vba_call("ClearContents")
    for i, row in enumerate(rows, 1):
        for j, value in enumerate(row):
            if value is not None:
                sheet.vba_get("Cells", [i, left + j]).vba_set("Value", value)
    first = sheet.vba_get("Cells", [1, left])
    last = sheet.vba_get("Cells", [len(rows), left + len(rows[0]) - 1])
    return windows.wrap(sheet.vba_get("Range", [first, last]))


def test_change(called: Any) -> None:
    this = [[1512.83], [10.0], [5.0], [3.0], [None], ["甲"]]
    last = [[1910.86], [10.0], [0.0], [2.0], [None], [1.0]]
    assert called("XB_CHANGE", this, last) == [
        ["减少398.03万元，下降20.83%"],
        ["持平"],
        ["增加5.00万元"],
        ["增加1.00万元，增长50.00%"],
        [""],
        ["“甲”不是金额"],
    ]


def test_change_of_numbers_without_cells(called: Any) -> None:
    assert called("XB_CHANGE", 2.0, 1.0) == [["增加1.00万元，增长100.00%"]]


def test_share_of_one_whole(called: Any) -> None:
    assert called("XB_SHARE", [[1.0, 2.0, None]], [[3.0]]) == [["33.33%", "66.67%", "0.00%"]]
    assert called("XB_SHARE", 1.0, 0.0) == [["全部为零，算不出比重"]]


def test_rate(called: Any) -> None:
    assert called("XB_RATE", [[110.85], [1.0]], [[100.0], [None]]) == [
        ["110.85%"],
        ["没有年初预算，算不出完成率"],
    ]


def test_error_values_are_no_blanks(called: Any) -> None:
    assert called("XB_WAN", [["#DIV/0!"], ["#N/A"]]) == [
        ["“#DIV/0!”不是金额"],
        ["“#N/A”不是金额"],
    ]


def test_areas_of_different_shapes(called: Any) -> None:
    assert called("XB_SHARE", [[1.0], [2.0]], [[1.0], [2.0], [3.0]]) == [
        ["几个区域的行数、列数不一致"]
    ]


def test_balance(called: Any) -> None:
    assert called("XB_BALANCE", 3.0, [[1.0, 2.0]]) == [["平"]]
    assert called("XB_BALANCE", 3.01, [[1.0, 2.0]]) == [["尾差0.01"]]
    assert called("XB_BALANCE", 3.02, [[1.0, 2.0]]) == [["不平0.02"]]
    assert called("XB_BALANCE", 3.01, [[1.0, 2.0]], "元") == [["不平0.01"]]
    assert called("XB_BALANCE", [[None]], [[None, None]]) == [[""]]
    assert called("XB_BALANCE", 3.0, [[1.0, "无此项目"]]) == [["“无此项目”不是金额"]]


def test_balance_row_by_row_and_column_by_column(called: Any) -> None:
    assert called("XB_BALANCE", [[3.0], [9.0]], [[1.0, 2.0], [1.0, 2.0]]) == [["平"], ["不平6.00"]]
    assert called("XB_BALANCE", [[2.0, 9.0]], [[1.0, 2.0], [1.0, 2.0]]) == [["平", "不平5.00"]]
    assert called("XB_BALANCE", [[2.0, 9.0]], [[1.0, 2.0, 3.0]]) == [["几个区域的行数、列数不一致"]]


def test_subject(called: Any) -> None:
    assert called("XB_SUBJECT", [["2010301", 205.0, "30217", None, "甲", "2999999"]]) == [
        [
            "一般公共服务支出-政府办公厅（室）及相关机构事务-行政运行",
            "教育支出",
            "商品和服务支出-公务接待费",
            "",
            "“甲”不是科目代码",
            "科目字典里没有2999999",
        ]
    ]


def test_wan_rounds_half_up(called: Any) -> None:
    assert called("XB_WAN", [[15128250.0], [10050.0], [None], ["1,234,567.89"], ["x"]]) == [
        [1512.83],
        [1.01],
        [""],
        [123.46],
        ["“x”不是金额"],
    ]


def test_figure_of_the_cells_own_workbook(called: Any, foreign: Office) -> None:
    table = next(s for s in foreign.book.sheets_ if "支出决算表" in s.name and "03" in s.name)
    found = called("XB_FIGURE", [["T03.total.total"], ["T03.没有.total"], [None]])
    assert isinstance(found[0][0], float)
    assert found[1:] == [["本工作簿里没有“T03.没有.total”这个数"], [""]]
    assert table is not None


def test_findings_spill_and_can_be_limited_to_a_sheet(called: Any) -> None:
    every = called("XB_FINDINGS")
    assert {len(row) for row in every} == {4}
    assert called("XB_FINDINGS", "试") == [["没有发现问题"]]
    assert len(called("XB_FINDINGS", "公开02_收入决算表")) < len(every)


def test_paragraph_by_number_and_by_title(called: Any) -> None:
    found = called("XB_PARAGRAPH", [[1.0], ["收入决算情况"], [99.0], ["无此"], [None]])
    assert "万元" in found[0][0]
    assert "收入" in found[1][0]
    assert found[2] == ["决算说明里没有“99.0”这一节，共13节"]
    assert found[3] == ["决算说明里没有“无此”这一节，共13节"]
    assert found[4] == [""]


def test_the_wizard_describes_every_function_and_argument() -> None:
    found = {n: f.__xlfunc__ for n, f in vars(functions).items() if hasattr(f, "__xlfunc__")}
    assert sorted(found) == [
        "XB_BALANCE", "XB_CHANGE", "XB_FIGURE", "XB_FINDINGS", "XB_PARAGRAPH", "XB_RATE",
        "XB_SHARE", "XB_SUBJECT", "XB_WAN",
    ]  # fmt: skip
    for info in found.values():
        assert 10 < len(info["ret"]["doc"]) <= 255
        for argument in info["args"]:
            assert argument["name"] == "caller" or not argument["doc"].startswith("Positional")
