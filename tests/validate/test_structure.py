"""Checks that are no identity: what they say at their limits, and when they keep silent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.books import book_of
from tests.seed import book_of_seed
from xlbudget.model.book import Book
from xlbudget.model.forms import load_edition
from xlbudget.validate.check import Check, check_rules
from xlbudget.validate.rules import find_rules, load_rules
from xlbudget.validate.structure import FUNCTIONS


def run(rule_id: str, book: Book | dict[str, Any]) -> list[Check]:
    rule = find_rules(load_rules(), rule_id)[0]
    return list(check_rules(book if isinstance(book, Book) else book_of(book), [rule], FUNCTIONS))


def outcomes(rule_id: str, book: Book | dict[str, Any]) -> list[str]:
    return [check.outcome for check in run(rule_id, book)]


def says(rule_id: str, book: Book | dict[str, Any]) -> str:
    """The messages of a rule's findings, the reasons of what did not run."""
    return "\n".join(c.finding.message if c.finding else c.reason for c in run(rule_id, book))


# ---------------------------------------------------------------- tables: A02, A04, A08, A10


def test_the_department_s_name_is_held_against_the_cover() -> None:
    heads = {t: {"department": "市水利局"} for t in ("T01", "T02")}
    book = {"department": "某市水利局", "heads": heads}
    (check,) = run("A02", book)
    assert check.finding is not None
    assert (
        "01收入支出总表、02收入表上的部门名称是“市水利局”，封面上是“某市水利局”"
        in check.finding.message
    )
    assert [cell.sheet for cell in check.finding.cells] == ["01收入支出总表", "02收入表"]


def test_without_a_cover_most_tables_decide() -> None:
    heads = {t: {"department": "甲局"} for t in ("T01", "T02")} | {"T03": {"department": "乙局"}}
    book = book_of({"heads": heads})
    assert "多数表上是“甲局”" in says("A02", book._replace(facts={}))
    assert outcomes("A02", {}) == ["not_run"]


ORDER = ("T01", "T02", "T03", "T04", "T05", "T06", "T07", "T08", "T09")


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (("T02", "T03", "T04", "T05", "T06", "T07", "T08", "T09", "T01"), "排在九张表的最前面"),
        (("T01", "T03", "T04", "T05", "T06", "T02"), "“02收入表”应当排在“01收入支出总表”后面"),
        (("T09", "T01", "T02"), "“09三公经费表”应当排在“02收入表”后面"),
    ],
)
def test_only_the_sheets_that_would_have_to_move_are_named(
    order: tuple[str, ...], said: str
) -> None:
    book = book_of({"order": order, "codes": {}})
    tables = {key: table for key, table in book.tables.items() if key in order}
    (check,) = run("A01-2", book._replace(tables=tables))
    assert check.finding is not None
    assert said in check.finding.message
    assert len(check.finding.cells) == 1


def test_each_edition_has_its_own_order() -> None:
    assert outcomes("A01-2", {"order": ORDER}) == ["passed"]
    shanghai = [table.id for table in load_edition("shanghai-2024").tables]
    assert outcomes("A01-2", {"order": shanghai, "edition": "shanghai-2024"}) == ["passed"]
    assert outcomes("A01-2", {"order": ORDER, "edition": "shanghai-2024"}) == ["failed"]
    assert outcomes("A01-2", {}) == ["not_run"]


def test_wrong_numbers_are_named_with_what_the_form_prints() -> None:
    printed = {"T04": ["栏次1 印 1与2", "栏次2 印 ", "栏次3 印 3"], "T01": ["行次1 印 1"]}
    message = says("A03-2", {"numbers": printed})
    assert "C6印的是“1与2”，应当是“1”；D6空着，应当是“2”。" in message
    assert outcomes("A03-2", {"numbers": printed}) == ["passed", "failed"]
    assert outcomes("A03-2", {}) == ["not_applicable"]


def test_a_table_number_of_another_edition_is_a_warning() -> None:
    heads = {"*": {"unit": "单位:万元", "department": "甲局"}, "T09": {"number": "公开07表"}}
    assert "“公开07表”" in says("A02-2", {"heads": heads})


def test_units_that_differ_between_tables_are_named() -> None:
    heads = {"*": {"unit": "单位:万元", "department": "甲局"}, "T09": {"unit": "单位:元"}}
    assert "金额单位不一致" in says("A02-2", {"heads": heads})


def test_a_table_with_amounts_must_not_say_that_it_is_empty() -> None:
    note = ["说明：我单位没有政府性基金收入，故本表无数据。"]
    book = {"T07.2120803.total": "5.00", "notes": {"T07": note}}
    assert "有金额，表下却写着" in says("A04", book)
    assert outcomes("A04", {"T07.2120803.total": "5.00", "notes": {"T07": []}}) == [
        "passed",
        "passed",
    ]


def test_zeros_make_an_empty_table() -> None:
    assert outcomes("A04", {"T08.total.basic": "0.00"}) == ["passed", "passed"]


def test_the_prompt_that_the_published_sample_left_in_is_found() -> None:
    book = book_of_seed()
    table = book.tables["T07"]
    note = table.notes[-1] + "（当表格数据为空时，应有此说明）"
    tables = {**book.tables, "T07": table._replace(notes=(note,))}
    (check,) = run("A04-2", book._replace(tables=tables))
    assert check.finding is not None
    assert check.finding.severity == "error"
    assert "当表格数据为空时" in check.finding.message
    assert outcomes("A04", book._replace(tables=tables)) == ["passed", "passed"]


def test_negative_amounts_are_one_finding_that_a_reason_explains() -> None:
    amounts = {"T05.2010301.total": "-1.00", "T03.2010301.total": "-1.00"}
    assert "等2个数是负数（-1.00）" in says("A08", amounts)
    assert outcomes("A08", {**amounts, "reasons": {"A08": "收回上年支出"}}) == ["explained"]


def test_a_workbook_whose_amounts_cannot_be_read_is_not_called_empty() -> None:
    book = book_of({})._replace(unreadable={"T01.30.amount": "文字"})
    assert outcomes("A10", book) == ["passed"]


# ---------------------------------------------------------------- codes: A05, A06, A09, E06, G04, G05


@pytest.mark.parametrize(
    ("code", "name", "message"),
    [
        ("2010308", "信访事务", "从2024年起是“20140 信访事务”"),
        ("207", "文化体育与传媒支出", "从2019年起是“文化旅游体育与传媒支出”"),
        ("2010301", "行政运转", "目录里是“行政运行”"),
    ],
)
def test_an_old_or_wrong_name_is_told_the_right_one(code: str, name: str, message: str) -> None:
    assert message in says("A05-2", {"codes": {"T05": [code]}, "names": {code: name}})


def test_brackets_spaces_and_quotes_do_not_make_another_name() -> None:
    name = "其他政府办公厅(室) 及相关机构事务支出"
    assert outcomes("A05-2", {"codes": {"T05": ["2010399"]}, "names": {"2010399": name}}) == [
        "passed"
    ]


def test_a_code_printed_in_three_tables_is_one_finding_with_three_cells() -> None:
    codes = {table: ["2010301"] for table in ("T02", "T03", "T05")}
    (check,) = run("A05-2", {"codes": codes, "names": {"2010301": "行政运转"}})
    assert check.finding is not None
    assert len(check.finding.cells) == 3


def test_an_unknown_code_is_a_hint_and_an_unknown_class_is_said() -> None:
    checks = run("A05-3", {"codes": {"T05": ["2019797", "2981234"]}})
    (finding,) = [check.finding for check in checks]
    assert finding is not None
    assert finding.severity == "info"
    assert "2019797、2981234（它的类298也不在目录里）" in finding.message


def test_codes_in_order_with_classes_above_their_items_are_right() -> None:
    codes = ["201", "20103", "2010301", "2010302", "204", "20408", "2040899"]
    assert outcomes("A06-2", {"codes": {"T05": codes}}) == ["passed"]
    assert outcomes("A06-3", {"codes": {"T05": codes}}) == ["passed"]
    assert "20408没有列到“项”" in says("A06-3", {"codes": {"T05": codes[:-1]}})


def test_rows_of_class_and_section_are_asked_for_by_the_edition() -> None:
    items = {"codes": {"T03": ["2080505", "2080506", "2101101"]}}
    assert outcomes("A06-4", items) == ["not_applicable"]
    in_shanghai = {**items, "edition": "shanghai-2024"}
    said = says("A06-4", in_shanghai)
    assert "“208 社会保障和就业支出”、“20805 行政事业单位养老支出”、“210 卫生健康支出”" in said
    assert "这4行" in said
    whole = ["208", "20805", "2080505", "2080506", "210", "21011", "2101101"]
    assert outcomes("A06-4", {**in_shanghai, "codes": {"T03": whole}}) == ["passed"]
    assert outcomes("A06-4", {**in_shanghai, "codes": {}}) == ["not_applicable"]
    short = {"T02": whole, "T03": whole[1:], "T05": whole[:-2]}
    assert outcomes("A06-4", {**in_shanghai, "codes": short}) == ["failed"]
    assert "没有“208 社会保障和就业支出”这一行" in says("A06-4", {**in_shanghai, "codes": short})


def test_checks_of_codes_do_not_apply_where_no_code_is_printed() -> None:
    for rule in ("A05-2", "A05-3", "A05-4", "A06-2", "A06-3", "E06", "G04", "G05"):
        assert outcomes(rule, {}) == ["not_applicable"], rule


def test_an_item_of_06_without_amount_in_a_wrong_class_is_left_alone() -> None:
    assert outcomes("A09", {"codes": {"T06": ["30801"]}}) == ["passed"]


@pytest.mark.parametrize(
    "code", ["2070904", "2120803", "2121999", "2230105", "2296003", "2059801", "2209899"]
)
def test_fund_and_capital_codes_in_05_are_errors(code: str) -> None:
    (check,) = run("E06", {"codes": {"T05": [code]}})
    assert check.finding is not None
    assert check.finding.severity == "error"


def test_a_fund_code_known_from_memory_only_is_a_warning() -> None:
    (check,) = run("E06", {"codes": {"T05": ["2061001"]}})
    assert check.finding is not None
    assert check.finding.severity == "warning"
    assert "看来是" in check.finding.message


def test_special_bonds_belong_in_07() -> None:
    assert "超长期特别国债安排的支出，属于政府性基金预算" in says(
        "E06", {"codes": {"T05": ["2219801"]}}
    )
    assert outcomes("G04", {"codes": {"T07": ["2219801", "2059801"]}}) == ["passed"]


def test_codes_of_unknown_budget_are_not_blamed() -> None:
    assert outcomes("G04", {"codes": {"T07": ["2349901", "2127777"]}}) == ["passed"]
    assert outcomes("E06", {"codes": {"T05": ["2019797"]}}) == ["passed"]


def test_capital_codes_may_be_printed_with_their_classes() -> None:
    codes = ["208", "20804", "2080451", "223", "22301", "2230105"]
    assert outcomes("G05", {"codes": {"T08": codes}}) == ["passed"]


# ---------------------------------------------------------------- 06 and kinds of unit: F05, F09, B06


def test_one_item_that_is_its_whole_class_is_right() -> None:
    assert outcomes("F05", {"T06.302.amount": "5.00", "T06.30201.amount": "5.00"}) == ["passed"]


def test_performance_pay_is_asked_of_administrative_units_only() -> None:
    pay = {"T06.30107.amount": "10.00"}
    assert outcomes("F09", {**pay, "kind": "行政单位"}) == ["failed"]
    assert outcomes("F09", {**pay, "kind": "事业单位"}) == ["not_applicable"]
    assert outcomes("F09", pay) == ["not_run"]


# ---------------------------------------------------------------- 三公: H03, H05–H09


def test_above_budget_is_explained_by_its_own_line() -> None:
    book = {"T09.budget.abroad": "1.00", "T09.actual.abroad": "2.00"}
    assert outcomes("H03", book).count("failed") == 1
    reasons = {"T09.actual.abroad~BUDGET": "追加团组"}
    assert outcomes("H03", {**book, "reasons": reasons}).count("explained") == 1


def test_a_trip_without_money_is_an_error() -> None:
    assert "没有因公出国（境）费，补充资料却填了" in says("H05", {"FACT.abroad.groups": 1})
    assert outcomes("H05", {"FACT.abroad.groups": 0}) == ["not_applicable"]


def test_money_without_a_trip_is_an_error_and_without_any_entry_not_run() -> None:
    assert "团组数却是0" in says(
        "H05", {"T09.actual.abroad": "1.00", "FACT.abroad.groups": 0, "FACT.abroad.persons": 0}
    )
    assert outcomes("H05", {"T09.actual.abroad": "1.00"}) == ["not_run", "not_run"]


def test_trips_add_up_within_rounding() -> None:
    book = {
        "T09.actual.abroad": "17.99",
        "FACT.abroad.groups": 2,
        "FACT.abroad.persons": 3,
        "records": [
            {"list": "trips", "groups": "1", "persons": "2", "amount": "11"},
            {"list": "trips", "groups": "1", "persons": "1", "amount": "6.98"},
        ],
    }
    assert outcomes("H05-2", book) == ["rounding", "passed", "passed"]
    assert outcomes("H05-2", {**book, "FACT.abroad.persons": 4})[2] == "failed"
    assert outcomes("H05-2", {**book, "records": []}) == ["not_run"]


def test_text_in_a_list_s_amounts_is_not_run() -> None:
    book = {
        "T09.actual.abroad": "17.99",
        "records": [{"list": "trips", "amount": "约18"}],
    }
    assert "“约18”不是数字" in says("H05-2", book)


def test_a_vehicle_kept_may_cost_nothing_but_a_purchase_may_not() -> None:
    assert outcomes("H06", {"FACT.vehicle.kept": 2}) == ["not_applicable", "not_applicable"]
    assert outcomes("H06", {"FACT.vehicle.purchased": 1}) == ["failed", "not_applicable"]


def test_cost_per_head_is_in_yuan_whatever_the_workbook_s_unit() -> None:
    book = {"T09.actual.reception": "1.55", "FACT.reception.persons": 20}
    assert "公务接待每人次775元，超过300元" in says("H09", book)


def test_cost_per_head_may_be_just_what_is_allowed() -> None:
    exactly = {"T09.actual.reception": "0.60", "FACT.reception.persons": 20}
    assert outcomes("H09", exactly)[1] == "passed"
    assert outcomes("H09", {**exactly, "T09.actual.reception": "0.61"})[1] == "failed"


# ---------------------------------------------------------------- last year, budget: J04, K01, K04, K05


def test_a_change_below_the_threshold_needs_no_reason() -> None:
    last = {"LAST.T01.30.amount": "100.00"}
    assert outcomes("J04", {**last, "T01.30.amount": "109.99"})[0] == "passed"
    assert outcomes("J04", {**last, "T01.30.amount": "110.00"})[0] == "failed"
    assert outcomes("J04", {**last, "T01.30.amount": "90.00"})[0] == "failed"


def test_a_rise_from_zero_needs_a_reason_and_has_no_percentage() -> None:
    book = {"LAST.T09.actual.abroad": "0.00", "T09.actual.abroad": "17.98"}
    message = says("J04", book)
    assert "因公出国（境）费” 增加" not in message
    assert "比上年增加17.98万元，“原因说明”" in message
    assert "%" not in message


def test_last_year_unknown_is_not_run() -> None:
    assert outcomes("J04", {"T01.30.amount": "100.00"})[0] == "not_run"
    assert "上年数" in says("J04", {"T01.30.amount": "100.00"})


def test_other_institutions_have_no_operating_costs_to_compare() -> None:
    book = {"LAST.T06.public.amount": "1.00", "T06.public.amount": "9.00"}
    assert outcomes("J04", {**book, "kind": "事业单位"})[-1] == "not_applicable"
    assert outcomes("J04", {**book, "kind": "行政单位"})[-1] == "failed"


def test_a_budget_adds_up_within_rounding_and_counts_items_once() -> None:
    items = {f"BUDGET.T05.201030{i}.total": "10.01" for i in (1, 2, 3)}
    total = "BUDGET.T05.total.total"
    assert outcomes("K01", {**items, total: "30.05"}) == ["rounding"]
    assert outcomes("K01", {**items, total: "30.06"}) == ["failed"]
    assert outcomes("K01", {**items, total: "30.03", "BUDGET.T05.20103.total": "30.03"}) == [
        "passed"
    ]
    assert outcomes("K01", {**items, total: None}) == ["not_run"]


def test_an_item_that_the_budget_does_not_list_is_asked_for() -> None:
    book = {"T05.2010301.total": "5.00", "BUDGET.T05.2010302.total": "5.00"}
    assert outcomes("K04", book) == ["not_run", "failed"]
    assert "没有填科目2010301，没有预算的填0" in says("K04", book)


def test_equal_to_the_budget_needs_no_reason() -> None:
    book = {"T05.2010301.total": "5.00", "BUDGET.T05.2010301.total": "5.00"}
    assert outcomes("K04", book) == ["passed"]


@pytest.mark.parametrize(
    "text", ["部分资金结转至下年度支出", "结转2025年使用", "资金结转下一年度", "结转到次年"]
)
def test_carried_over_with_nothing_carried_over_is_a_contradiction(text: str) -> None:
    reasons = {"T05.2010301.total~BUDGET": text}
    (check,) = run("K05", {"reasons": reasons})
    assert check.finding is not None
    assert check.finding.cells[0].value == text
    assert outcomes("K05", {"reasons": reasons, "T04.60.total": "3.00"}) == ["passed"]


@pytest.mark.parametrize("text", ["使用上年结转资金", "年初结转资金在本年支出", "人员增加"])
def test_money_carried_over_into_this_year_is_none(text: str) -> None:
    assert outcomes("K05", {"reasons": {"T05.2010301.total~BUDGET": text}}) == ["not_applicable"]


# ---------------------------------------------------------------- facts: L04, L06


def test_lists_are_asked_for_where_there_is_money() -> None:
    assert outcomes("L04-3", {"FACT.meeting.amount": "5.00"})[0] == "not_run"
    assert outcomes("L04-3", {"FACT.meeting.amount": "0"})[0] == "not_applicable"
    assert outcomes("L04-3", {}) == ["not_run", "not_run", "not_run"]


@pytest.mark.parametrize(
    ("score", "grade", "outcome"),
    [
        ("90", "优", "passed"),
        ("89.99", "优", "failed"),
        ("89.99", "良", "passed"),
        ("60", "中", "passed"),
        ("59.9", "差", "passed"),
        ("95.2", "优秀", "failed"),
        ("101", "优", "failed"),
        ("95", "", "not_run"),
        (None, "优", "not_run"),
    ],
)
def test_a_score_has_one_grade(score: str | None, grade: str, outcome: str) -> None:
    book = {"FACT.performance.score": score, "facts": {"performance.grade": grade}}
    assert outcomes("L06", book) == [outcome]
