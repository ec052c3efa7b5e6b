"""Reading workbooks that others made: cells as people type them, tables wherever they stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.books import grids_of
from xlbudget.model.book import Book, Finding
from xlbudget.model.forms import load_edition
from xlbudget.model.money import WAN, YUAN
from xlbudget.recognise import recognise
from xlbudget.validate import validate

Grids = dict[str, list[list[object]]]
SEED = Path(__file__).parents[1] / "data" / "seed_figures.json"
T05 = "05一般公共预算支出表"
T01 = "01收入支出总表"


def seed_grids(**more: Any) -> Grids:
    data = json.loads(SEED.read_text("utf-8"))
    figures = {n: None if v is None else v / 100 for n, v in data["figures"].items()}
    return grids_of({**figures, "codes": data["codes"], **more})


def seed_figures() -> dict[str, int | None]:
    data = json.loads(SEED.read_text("utf-8"))["figures"]
    return {n: None if v is None else v * WAN.last_digit for n, v in data.items()}


def figures(book: Book) -> dict[str, int | None]:
    return {name: figure.fen for name, figure in book.figures.items()}


def of_rule(book: Book, rule: str) -> list[Finding]:
    return [finding for finding in book.findings if finding.rule == rule]


def cell_of(grids: Grids, name: str) -> tuple[str, int, int]:
    """Sheet, row and column (0-based) of a figure."""
    place = recognise(grids).figures[name].place
    return place.sheet, place.row - 1, place.column - 1


def with_cell(value: object, name: str = "T05.2010301.total") -> tuple[Book, Grids]:
    """The sample with another value in one cell."""
    grids = seed_grids()
    sheet, row, column = cell_of(grids, name)
    grids[sheet][row][column] = value
    return recognise(grids), grids


# ---------------------------------------------------------------- the whole sample


def test_the_sample_is_read_figure_by_figure() -> None:
    book = recognise(seed_grids())
    assert book.findings == ()
    assert figures(book) == seed_figures()
    assert (book.department, book.unit, book.year) == ("某市水利局", WAN, None)
    assert validate(book).verdict == "passed"


def test_every_figure_keeps_its_sheet_and_cell() -> None:
    grids = seed_grids()
    for name, figure in recognise(grids).figures.items():
        value = grids[figure.place.sheet][figure.place.row - 1][figure.place.column - 1]
        assert (
            value == "" if figure.fen is None else value == pytest.approx(figure.fen / WAN.fen)
        ), name


def test_sheet_names_may_be_anything() -> None:
    grids = {f"Sheet{i}": grid for i, grid in enumerate(seed_grids().values(), 1)}
    assert figures(recognise(grids)) == seed_figures()


def test_tables_may_stand_in_any_order() -> None:
    grids = dict(reversed(seed_grids().items()))
    book = recognise(grids)
    assert figures(book) == seed_figures()
    assert list(book.tables) == [f"T0{i}" for i in range(1, 10)]


def test_sheets_that_hold_no_table_are_left_alone() -> None:
    grids = {
        "目录": [["第二部分 部门决算表"], ["一、收入决算"]],
        "Sheet9": [[""]],
        "空": [],
        **seed_grids(),
    }
    book = recognise(grids)
    assert figures(book) == seed_figures()
    assert book.findings == ()


def test_a_workbook_without_tables_is_nine_findings() -> None:
    book = recognise({"Sheet1": [["你好", 1.0]]})
    assert len(of_rule(book, "A01")) == len(book.findings) == 9


def test_blank_rows_and_columns_around_a_table_shift_nothing_but_addresses() -> None:
    shifted = {
        sheet: [[], ["", ""], *([["", *row] for row in grid])]
        for sheet, grid in seed_grids().items()
    }
    book = recognise(shifted)
    assert figures(book) == seed_figures()
    before = recognise(seed_grids()).figures["T05.total.total"].place
    after = book.figures["T05.total.total"].place
    assert (after.row, after.column) == (before.row + 2, before.column + 1)


# ---------------------------------------------------------------- amounts as people type them


@pytest.mark.parametrize("blank", ["", None, "—", "－", "-", "——", " ", "\u3000", "/"])
def test_dashes_and_spaces_are_blank(blank: object) -> None:
    book, _ = with_cell(blank, "T05.2010302.basic")
    assert book.figures["T05.2010302.basic"].fen is None
    assert book.findings == ()


@pytest.mark.parametrize("zero", ["0.00", 0, 0.0, "0"])
def test_zero_is_not_blank(zero: object) -> None:
    book, _ = with_cell(zero, "T05.2010302.basic")
    figure = book.figures["T05.2010302.basic"]
    assert (figure.fen, figure.half) == (0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "1022.76",
        "1,022.76",
        "１０２２．７６",
        "１，０２２．７６",
        " 1022.76 ",
        "1 022.76",
        "1022.76万元",
        "￥1022.76",
        "10227600元",
    ],
)
def test_numbers_typed_as_text_are_read_and_said(text: str) -> None:
    book, _ = with_cell(text)
    assert book.figures["T05.2010301.total"].fen == 1022_760_000
    (finding,) = book.findings
    assert (finding.rule, finding.severity) == ("A07", "info")
    assert finding.cells[0].ref == "T05.2010301.total"


@pytest.mark.parametrize("text", ["(5.00)", "（5.00）", "-5", "－5.00", "−5"])
def test_an_accountant_s_minus(text: str) -> None:
    book, _ = with_cell(text)
    assert book.figures["T05.2010301.total"].fen == -5_000_000


@pytest.mark.parametrize("text", ["一千", "约1022", "见附件", "1022.76.1", True])
def test_text_in_an_amount_cell_is_a_finding_and_never_zero(text: object) -> None:
    book, _ = with_cell(text)
    (finding,) = of_rule(book, "A07")
    assert finding.severity == "error"
    assert finding.cells[0].cell == book_cell(finding)
    assert "T05.2010301.total" not in book.figures
    assert "T05.2010301.total" in book.unreadable
    report = validate(book)
    concerned = [c for c in report.checks if c.constraint and _uses(c, "T05.2010301.total")]
    assert concerned
    assert {check.outcome for check in concerned} <= {"not_run", "not_applicable"}


def book_cell(finding: Finding) -> str:
    return recognise(seed_grids()).figures[finding.cells[0].ref].place.cell


def _uses(check: Any, name: str) -> bool:
    return any(name == other for _, other in check.constraint.left + check.constraint.right)


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!"])
def test_error_values_are_findings(error: str) -> None:
    book, _ = with_cell(error)
    (finding,) = of_rule(book, "A07")
    assert f"错误值“{error}”" in finding.message
    assert book.unreadable["T05.2010301.total"]


def test_a_formula_that_nobody_calculated_is_unreadable_not_blank() -> None:
    grids = seed_grids()
    sheet, row, column = cell_of(grids, "T05.total.total")
    grids[sheet][row][column] = ""
    book = recognise(grids, uncached=[(sheet, row + 1, column + 1)])
    assert "公式还没有计算" in book.unreadable["T05.total.total"]


def test_amounts_finer_than_printed_are_kept_and_counted() -> None:
    book, _ = with_cell(1022.7563)
    figure = book.figures["T05.2010301.total"]
    assert (figure.fen, figure.half) == (1022_756_300, 0)
    (finding,) = of_rule(book, "M02")
    assert "有1个数字的小数超过两位" in finding.message


# ---------------------------------------------------------------- units


def test_a_workbook_in_yuan() -> None:
    grids = grids_of({"T01.30.amount": 15128300.00, "T01.60.amount": 15128300.00}, unit="元")
    book = recognise(grids)
    assert book.unit == YUAN
    assert book.figures["T01.30.amount"].fen == 1512_830_000
    assert book.figures["T01.30.amount"].half == 0


def test_one_table_in_yuan_among_tables_in_ten_thousands() -> None:
    grids = seed_grids()
    other = grids_of({"T09.actual.total": 236400.0, "T09.actual.abroad": 179800.0}, unit="元")
    grids["09三公经费表"] = other["09三公经费表"]
    book = recognise(grids)
    assert book.unit == WAN
    assert book.figures["T09.actual.total"].fen == 23_640_000


def test_without_a_unit_ten_thousands_are_meant() -> None:
    grids = {
        sheet: [row for row in grid if "单位：万元" not in row]
        for sheet, grid in seed_grids().items()
    }
    assert recognise(grids).unit == WAN


# ---------------------------------------------------------------- rows and columns


def test_the_row_of_column_numbers_is_not_data() -> None:
    book = recognise(seed_grids())
    assert book.tables["T05"].codes[0] == "2010301"
    assert book.figures["T09.budget.total"].fen == 28_980_000
    assert book.figures["T02.total.total"].fen == 1512_830_000


def test_a_table_without_column_numbers() -> None:
    grids = seed_grids()
    grids[T05] = [row for row in grids[T05] if row[0] != "栏次"]
    assert figures(recognise(grids)) == seed_figures()


def test_columns_in_another_order_and_extra_ones() -> None:
    grids = seed_grids()
    head = next(i for i, row in enumerate(grids[T05]) if "科目代码" in row)
    for index, row in enumerate(grids[T05]):
        if index < head - 1:
            continue
        a, b, total, basic, project, *rest = row
        extra = "备注" if index == head else ""
        grids[T05][index] = [a, b, extra, project, total, basic, *rest]
    for index, text in ((3, "项目支出"), (4, "小计"), (5, "基本支出")):
        grids[T05][head][index] = text
    grids[T05][head - 1][3:6] = ["本年支出", "", ""]
    assert figures(recognise(grids)) == seed_figures()


def test_a_missing_column_is_named() -> None:
    book = recognise(seed_grids(without=["T05.*.project"]))
    (finding,) = of_rule(book, "A03")
    assert "没有找到“本年支出-项目支出”这一列" in finding.message


def test_a_missing_total_is_named() -> None:
    book = recognise(seed_grids(without=["T05.total"]))
    assert "没有找到“合计”行" in of_rule(book, "A03")[0].message
    assert validate(book).verdict == "failed"


def test_a_missing_line_of_a_form_makes_its_checks_not_run() -> None:
    book = recognise(seed_grids(without=["T01.29"]))
    report = validate(book)
    (check,) = [c for c in report.checks if c.rule.id == "T01-2"]
    assert check.outcome == "not_run"
    assert "年初结转和结余" in check.reason


@pytest.mark.parametrize("table", [f"T0{i}" for i in range(1, 10)])
def test_each_missing_table_is_named_and_its_checks_do_not_pass(table: str) -> None:
    book = recognise(seed_grids(without=[table]))
    (finding,) = of_rule(book, "A01")
    assert load_edition().by_id[table].title in finding.message
    report = validate(book)
    touching = [
        c
        for c in report.checks
        if c.constraint
        and any(n.startswith(table) for _, n in c.constraint.left + c.constraint.right)
    ]
    assert touching
    assert {c.outcome for c in touching} <= {"not_run", "not_applicable"}


def test_a_doubled_code_is_named_with_both_cells_and_not_counted() -> None:
    grids = seed_grids()
    row = next(i for i, r in enumerate(grids[T05]) if r[0] == "2010301")
    grids[T05].insert(row + 1, list(grids[T05][row]))
    book = recognise(grids)
    (finding,) = of_rule(book, "A06")
    assert f"上一次在A{row + 1}" in finding.message
    assert finding.cells[0].cell == f"A{row + 2}"
    assert "T05.2010301.total" not in book.figures
    assert "不止一行" in book.unreadable["T05.2010301.total"]
    assert [f.fen for f in book.tables["T05"].doubled] == [1022_760_000, 1022_760_000, None] * 2
    assert book.tables["T05"].codes.count("2010301") == 1
    report = validate(book)
    assert [f.rule for f in report.findings if f.severity == "error"] == ["A06"]


@pytest.mark.parametrize(
    "code", [2010301.0, 2010301, " 2010301", "'2010301", "２０１０３０１", "2010301.0"]
)
def test_codes_as_people_type_them(code: object) -> None:
    grids = seed_grids()
    row = next(i for i, r in enumerate(grids[T05]) if r[0] == "2010301")
    grids[T05][row][0] = code
    book = recognise(grids)
    if code == "2010301.0":  # a text that is no code any more
        assert of_rule(book, "A05") or "2010301" in book.tables["T05"].codes
    else:
        assert figures(book) == seed_figures()


def test_a_row_that_is_no_code_is_named() -> None:
    grids = seed_grids()
    row = next(i for i, r in enumerate(grids[T05]) if r[0] == "2010301")
    grids[T05][row][0] = "20103O1"
    (finding,) = of_rule(recognise(grids), "A05")
    assert "“20103O1”不是科目代码" in finding.message


def test_an_amount_without_a_code_is_named() -> None:
    grids = seed_grids()
    row = next(i for i, r in enumerate(grids[T05]) if r[0] == "2010301")
    grids[T05][row][0] = grids[T05][row][1] = ""
    (finding,) = of_rule(recognise(grids), "A05")
    assert "有金额却没有科目代码" in finding.message


def test_blank_rows_inside_a_list_are_skipped() -> None:
    grids = seed_grids()
    row = next(i for i, r in enumerate(grids[T05]) if r[0] == "2010302")
    grids[T05].insert(row, [""] * len(grids[T05][0]))
    assert figures(recognise(grids)) == seed_figures()


def test_the_total_may_come_last() -> None:
    grids = seed_grids()
    at = next(i for i, r in enumerate(grids[T05]) if r[1] == "合计")
    end = next(i for i, r in enumerate(grids[T05]) if r[0] == "2210201")
    grids[T05].insert(end, grids[T05].pop(at))
    assert figures(recognise(grids)) == seed_figures()


def test_an_unknown_line_of_a_form_is_named_with_its_amount_left_out() -> None:
    grids = seed_grids()
    sheet, row, _ = cell_of(grids, "T01.8.amount")
    grids[sheet].insert(row + 1, ["九、债务收入", "9", 5.0, *[""] * (len(grids[sheet][0]) - 3)])
    finding = of_rule(recognise(grids), "A03")[0]
    assert "“九、债务收入”不是这张表里的项目" in finding.message


def test_stray_notes_are_notes_and_not_rows() -> None:
    grids = seed_grids()
    grids[T05] += [
        ["说明：2024年代发奖金 109 万元。", "", "", "", ""],
        ["经办人：张三", "", 5.0, "", ""],
    ]
    book = recognise(grids)
    assert figures(book) == seed_figures()
    assert "说明：2024年代发奖金 109 万元。" in book.tables["T05"].notes


# ---------------------------------------------------------------- sheets


def test_a_hidden_copy_loses_against_the_visible_table() -> None:
    grids = seed_grids()
    stale = [list(row) for row in grids[T05]]
    stale[-2][2] = 99999.0
    book = recognise({"旧05": stale, **grids}, hidden={"旧05"})
    assert figures(book) == seed_figures()
    (finding,) = of_rule(book, "A01")
    assert finding.severity == "warning"
    assert "“旧05”和“05一般公共预算支出表”看起来都是" in finding.message


def test_a_hidden_table_is_read_and_said() -> None:
    book = recognise(seed_grids(), hidden={T01})
    assert figures(book) == seed_figures()
    (finding,) = of_rule(book, "A01")
    assert "是隐藏的" in finding.message


def test_an_unknown_edition_on_the_cover_is_a_finding() -> None:
    cover: list[list[object]] = [["封面"], ["edition", "版式", "某省-2099"]]
    book = recognise({"封面": cover, **seed_grids()})
    assert "没有“某省-2099”这个版式" in of_rule(book, "A01")[0].message


# ---------------------------------------------------------------- 行次 and 栏次


def wrong_numbers(grids: Grids) -> list[tuple[str, str, str]]:
    """Sheet, wanted and printed of every 行次 and 栏次 that is not the form's."""
    tables = recognise(grids).tables.values()
    numbers = [(table.sheet, entry) for table in tables for entry in table.numbers]
    return [(s, e.wanted, e.printed) for s, e in numbers if e.wanted != e.printed]


def test_the_numbers_that_are_printed_are_read() -> None:
    tables = recognise(seed_grids()).tables
    assert [entry.printed for entry in tables["T09"].numbers] == [str(n) for n in range(1, 13)]
    assert {entry.word for entry in tables["T01"].numbers} == {"行次"}
    assert len(tables["T01"].numbers) == 42
    assert wrong_numbers(seed_grids()) == []


def test_a_wrong_line_number_is_read_as_it_is_printed() -> None:
    grids = seed_grids()
    row = next(row for row in grids[T01] if row[0] == "五、事业收入")
    row[1] = "6"
    assert wrong_numbers(grids) == [(T01, "5", "6")]


def test_a_blank_line_counts_where_it_prints_a_number() -> None:
    grids = seed_grids()
    at = next(i for i, row in enumerate(grids[T01]) if row[0] == "八、其他收入")
    grids[T01][at + 1 : at + 1] = [["", "9", "", "", "", ""], ["", "11", "", "", "", ""]]
    assert wrong_numbers(grids) == [(T01, "10", "11")]


def test_wrong_column_numbers_are_no_amounts() -> None:
    grids = seed_grids()
    sheet = load_edition().by_id["T09"].sheet
    row = next(row for row in grids[sheet] if row[:3] == ["1", "2", "3"])
    row[6:8] = ["8", "8"]
    assert wrong_numbers(grids) == [(sheet, "7", "8")]
    assert figures(recognise(grids))["T09.budget.total"] == seed_figures()["T09.budget.total"]


def test_an_edition_without_numbers_has_none_to_read() -> None:
    tables = recognise(grids_of({}, edition_id="shanghai-2024")).tables
    assert [table.numbers for table in tables.values() if table.numbers] == []


def test_the_sheets_places_in_the_workbook_are_kept() -> None:
    grids = seed_grids()
    moved = {"说明": [["说明"]], T05: grids.pop(T05), **grids}
    tables = recognise(moved).tables
    assert tables["T05"].position == 2
    assert tables["T01"].position == 3


def with_unit(word: str) -> Book:
    return recognise(
        {
            sheet: [[word if value == "单位：万元" else value for value in row] for row in grid]
            for sheet, grid in seed_grids().items()
        }
    )


@pytest.mark.parametrize(
    ("word", "yuan"),
    [
        ("单位：千元", 1_000),
        ("金额单位：百元", 100),
        ("单位：亿元", 10**8),
        ("单位：百万元", 10**6),
    ],
)
def test_other_units_are_read_as_what_they_are(word: str, yuan: int) -> None:
    book = with_unit(word)
    assert book.unit.name == word.partition("：")[2]
    assert book.figures["T05.total.total"].fen == round(1506.08 * yuan * 100)
    assert book.figures["T05.total.total"].half == yuan // 2


def test_no_unit_and_one_that_cannot_be_are_said() -> None:
    (finding,) = of_rule(with_unit(""), "A12")
    assert "没有印金额单位，先按万元核对" in finding.message
    (finding,) = of_rule(with_unit("单位：亿元"), "A12")
    assert "合1,512亿元，一个部门不会有这么多" in finding.message
    assert of_rule(with_unit("单位：万元"), "A12") == []


def test_one_table_in_another_unit_is_said() -> None:
    grids = seed_grids()
    grids[T05] = [
        ["单位：千元" if value == "单位：万元" else value for value in row] for row in grids[T05]
    ]
    (finding,) = of_rule(recognise(grids), "A12")
    assert "印的单位是千元，其他表是万元" in finding.message


def test_whole_amounts_in_ten_thousands_are_said() -> None:
    grids = {
        sheet: [[float(int(v)) if isinstance(v, float) else v for v in row] for row in grid]
        for sheet, grid in seed_grids().items()
    }
    assert "却都没有小数" in of_rule(recognise(grids), "A12")[0].message
