"""Which lines 原因说明 asks for."""

from __future__ import annotations

from tests.narrate.books import make_book, seed_book
from xlbudget.narrate import required_reasons
from xlbudget.narrate.reasons import operating_applies


def keys(book: object) -> list[str]:
    return [line.key for line in required_reasons(book)]  # type: ignore[arg-type]


def test_order_names_and_amounts() -> None:
    lines = required_reasons(seed_book())
    assert [line.key for line in lines][:4] == [
        "T01.30.amount~LAST",
        "T04.32.amount~LAST",
        "T05.total.total~LAST",
        "T05.2010301.total~BUDGET",
    ]
    first = lines[0]
    assert (first.current_name, first.base_name) == ("T01.30.amount", "LAST.T01.30.amount")
    assert first.current - first.base == first.difference == -398_030_000
    assert "收、支总计" in first.label
    item = next(line for line in lines if line.key == "T05.2080505.total~BUDGET")
    assert "机关事业单位基本养老保险缴费支出" in item.label
    assert item.difference == 7_460_000


def test_equal_needs_none() -> None:
    assert "T09.actual.abroad~BUDGET" not in keys(seed_book())
    assert keys(make_book({"T01.30.amount": "5.00", "LAST.T01.30.amount": "5.00"})) == []


def test_unknown_base_needs_none() -> None:
    assert keys(make_book({"T01.30.amount": "5.00", "LAST.T01.30.amount": None})) == []
    assert keys(make_book({"T05.2010301.total": "5.00"}, codes={"T05": ["2010301"]})) == []


def test_blank_in_a_table_is_zero() -> None:
    book = make_book({"T09.actual.abroad": None, "LAST.T09.actual.abroad": "3.00"})
    assert keys(book) == ["T09.actual.abroad~LAST"]


def test_item_with_budget_but_without_spending() -> None:
    book = make_book({"BUDGET.T05.2010302.total": "7.00", "BUDGET.T05.total.total": "7.00"})
    (line,) = required_reasons(book)
    assert (line.key, line.current, line.base) == ("T05.2010302.total~BUDGET", 0, 7_000_000)


def test_blank_budget_is_zero_where_the_total_is_accounted_for() -> None:
    figures = {
        "T05.total.total": "30.00",
        "T05.2010301.total": "20.00",
        "T05.2010302.total": "10.00",
        "BUDGET.T05.total.total": "20.00",
        "BUDGET.T05.2010301.total": "20.00",
    }
    codes = {"T05": ["2010301", "2010302"]}
    assert keys(make_book(figures, codes=codes)) == ["T05.2010302.total~BUDGET"]
    figures["BUDGET.T05.total.total"] = "26.00"
    assert keys(make_book(figures, codes=codes)) == []


def test_classes_and_groups_are_not_items() -> None:
    codes = {"T05": ["201", "20103", "2010301"]}
    figures = {f"T05.{code}.total": "9.00" for code in codes["T05"]}
    figures |= {f"BUDGET.T05.{code}.total": "8.00" for code in codes["T05"]}
    assert keys(make_book(figures, codes=codes)) == ["T05.2010301.total~BUDGET"]


def test_running_expenses_by_kind_of_unit() -> None:
    figures = {"T06.public.amount": "5.00", "LAST.T06.public.amount": "4.00"}
    for kind, asked in (
        ("行政单位", True),
        ("参公事业单位", True),
        ("事业单位", False),
        ("", False),
    ):
        assert bool(keys(make_book(figures, kind=kind))) == asked
    assert [operating_applies(make_book({}, kind=k)) for k in ("行政", "事业", "")] == [
        True,
        False,
        None,
    ]


def test_yuan_differences_that_are_not_shown_need_none() -> None:
    figures = {"T01.30.amount": "123456.78", "LAST.T01.30.amount": "123470.00"}
    assert keys(make_book(figures, unit="元")) == []
    figures["LAST.T01.30.amount"] = "123870.00"
    (line,) = required_reasons(make_book(figures, unit="元"))
    assert line.difference == 12_345_678 - 12_387_000  # exact where the workbook shows every 分


def test_total_of_last_year_from_its_parts() -> None:
    figures = {
        "T09.actual.total": "6.00",
        "T09.actual.abroad": "6.00",
        "LAST.T09.actual.abroad": "1.00",
        "LAST.T09.actual.vehicle_purchase": "0.00",
        "LAST.T09.actual.vehicle_running": "2.00",
        "LAST.T09.actual.reception": "2.00",
    }
    line = next(r for r in required_reasons(make_book(figures)) if "total" in r.key)
    assert line.base == 5_000_000


def test_unreadable_figure_is_not_compared() -> None:
    book = make_book(
        {"T01.30.amount": None, "LAST.T01.30.amount": "5.00"},
        unreadable={"T01.30.amount": "#REF!"},
    )
    assert keys(book) == []


def test_a_line_says_what_is_compared() -> None:
    labels = {line.key: line.label for line in required_reasons(seed_book())}
    assert labels["T01.30.amount~LAST"].endswith("：比上年")
    assert labels["T05.2010301.total~BUDGET"].endswith("：比年初预算")
    planned = [
        label for key, label in labels.items() if key.startswith("T09.") and "~BUDGET" in key
    ]
    assert planned
    assert {label.rpartition("：")[2] for label in planned} == {"比预算"}
