"""From 元 to 万元: each figure by itself, or so that everything adds up; the ledger says what moved."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import book_of
from tests.generator import book_of as book_of_content
from tests.generator import department, publication
from tests.seed import book_of_seed
from xlbudget.fill.ledger import ledger, summary
from xlbudget.fill.to_wan import ConvertError, convert, corrections, in_wan_text
from xlbudget.locate.suspects import _always_holds
from xlbudget.model.book import Book
from xlbudget.model.money import WAN, YUAN
from xlbudget.validate import validate

STEP = WAN.last_digit


def in_yuan(seed: int, rows: int) -> Book:
    return book_of_content(department(random.Random(seed), rows))


def inexact(book: Book) -> list[str]:
    """Identities that always hold and are not exact to the 分."""
    return [
        f"{check.rule.id} {check.difference}"
        for check in validate(book).checks
        if check.constraint
        and _always_holds(check.rule)
        and check.outcome in ("rounding", "failed")
    ]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 20))
def test_plain_conversion_rounds_every_figure_by_itself(seed: int, rows: int) -> None:
    content = department(random.Random(seed), rows)
    book = book_of_content(content)
    found = convert(book, {})
    expected = book_of_content(publication(content))
    assert {n: f.fen for n, f in found.book.figures.items()} == {
        n: f.fen for n, f in expected.figures.items()
    }
    assert [r.fields for r in found.book.records] == [r.fields for r in expected.records]
    assert found.moved == ()
    written = {(e.sheet, e.row, e.column): e.value for e in found.edits}
    assert all(
        written[f.place.sheet, f.place.row, f.place.column]
        == WAN.decimal(expected.figures[n].value)
        for n, f in book.figures.items()
        if f.fen and n[0] == "T"
    )


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 20))
def test_balanced_conversion_satisfies_every_identity_exactly(seed: int, rows: int) -> None:
    book = in_yuan(seed, rows)
    found = convert(book, {}, balanced=True)
    assert inexact(found.book) == []
    assert found.remainders == ()
    report = validate(found.book)
    assert [f.message for f in report.findings if f.severity != "info"] == []
    for name, figure in book.figures.items():
        after = found.book.figures[name].fen
        if figure.fen is None or figure.fen == 0:
            assert after == figure.fen
        elif name.startswith("T"):
            assert abs(after - figure.fen) < STEP
    again = convert(found.book, {}, balanced=True)
    assert (again.edits, again.moved) == ((), ())
    assert convert(found.book, {}).edits == ()


def test_the_published_sample_is_settled_from_its_printed_figures() -> None:
    book = book_of_seed()
    plain, found = convert(book, {}), convert(book, {}, balanced=True)
    assert len(plain.remainders) == 18
    assert plain.edits == ()
    assert inexact(found.book) == []
    assert {m.ref for m in found.moved} == {
        n for n, f in book.figures.items() if f.fen != found.book.figures[n].fen
    }
    assert all(abs(m.value - m.true) == STEP for m in found.moved)
    assert found == convert(book, {}, balanced=True)


def test_counts_and_scores_stay_counts() -> None:
    book = book_of(
        {"FACT.vehicle.kept": 3, "FACT.performance.score": "96.5", "FACT.meeting.amount": "8000"},
        unit=YUAN,
    )
    found = convert(book, {})
    assert {n: f.fen for n, f in found.book.figures.items() if f.fen} == {
        "FACT.vehicle.kept": 3 * WAN.fen,
        "FACT.performance.score": 96_500_000,
        "FACT.meeting.amount": 800_000,
    }
    assert [edit.value for edit in found.edits] == [Decimal("0.80")]


def test_amounts_equal_to_last_year_and_to_the_budget_stay_equal() -> None:
    parts = {f"T05.20103{n:02d}.{c}": "44.00" for n in range(1, 4) for c in ("total", "basic")}
    budget = {f"BUDGET.T05.20103{n:02d}.total": "44.00" for n in range(1, 4)}
    whole = {"T05.total.total": "132.00", "T05.total.basic": "132.00"}
    book = book_of({**parts, **whole, **budget}, unit=YUAN)
    # the economic breakdown is left out: only 05 is to add up here
    book = book._replace(figures={n: f for n, f in book.figures.items() if f.fen is not None})
    names = [n for n in book.figures if n.startswith("BUDGET.")]
    with pytest.raises(ConvertError):
        convert(book, {}, balanced=True)  # 04 says nothing of what 05 spends
    for name in names:
        assert convert(book, {}).book.value(name) == convert(book, {}).book.value(name[7:])


def test_printed_units_change_with_the_amounts() -> None:
    assert in_wan_text("单位：元") == "单位：万元"
    assert in_wan_text("部门：某局  金额单位: 元") == "部门：某局  金额单位: 万元"
    assert in_wan_text("决算数（元）") == "决算数（万元）"
    assert in_wan_text("注：本表以“元”为金额单位") == "注：本表以“万元”为金额单位"
    for same in ("单位：万元", "单位价值100万元以上设备", "以“万元”为单位", "美元"):
        assert in_wan_text(same) == same


def test_printed_units_are_found_in_the_cells_of_the_tables_only() -> None:
    book = book_of({"T01.1.amount": "1234.50"}, unit=YUAN)
    sheet = book.tables["T01"].sheet
    grids = {sheet: [["收入支出决算总表"], ["", "单位：元"]], "便笺": [["单位：元"]]}
    edits = convert(book, grids).edits
    assert [(e.sheet, e.row, e.column, e.value) for e in edits if e.value == "单位：万元"] == [
        (sheet, 2, 2, "单位：万元")
    ]


def test_formula_cells_are_left_alone_and_corrected_only_where_they_come_to_something_else() -> (
    None
):
    book = in_yuan(7, 6)
    total = book.figures["T01.30.amount"]
    cells = {(total.place.sheet, total.place.row, total.place.column)}
    found = convert(book, {}, formulas=cells)
    assert found.by_formula == {"T01.30.amount": found.book.value("T01.30.amount")}
    assert not cells & {(e.sheet, e.row, e.column) for e in found.edits}
    assert corrections(found, found.book) == ()
    figures = dict(found.book.figures)
    figures["T01.30.amount"] = total
    (edit,) = corrections(found, found.book._replace(figures=figures))
    assert edit.value == WAN.decimal(found.book.value("T01.30.amount"))


def test_figures_that_contradict_each_other_are_refused_in_words() -> None:
    book = in_yuan(3, 5)
    figures = dict(book.figures)
    wrong = figures["T01.27.amount"]
    figures["T01.27.amount"] = wrong._replace(fen=wrong.value + 100_000)
    book = book._replace(figures=figures)
    with pytest.raises(
        ConvertError, match=r"处对不上，平衡舍入要先改平：01收入支出总表.*相差1000.00元"
    ):
        convert(book, {}, balanced=True)
    assert convert(book, {}).book.value("T01.27.amount") != 0


def test_a_cell_that_holds_no_amount_stops_the_conversion() -> None:
    book = in_yuan(3, 5)._replace(
        unreadable={"T01.1.amount": "01收入支出总表!C7里是“约三千”，不是金额"}
    )
    with pytest.raises(ConvertError, match="约三千"):
        convert(book, {})


def test_the_ledger_names_each_moved_figure_with_a_link() -> None:
    book = in_yuan(11, 12)
    found = convert(book, {}, balanced=True)
    assert found.moved
    sheet = ledger(found)
    lines = [row for row in sheet.rows if row.links]
    assert [row.values[2] for row in lines] == [m.ref for m in found.moved]
    first, moved = lines[0], found.moved[0]
    assert first.links == {5: f"'{moved.place.sheet}'!{moved.place.cell}"}
    assert first.values[5:9] == (
        YUAN.decimal(moved.true),
        WAN.decimal(moved.plain),
        WAN.decimal(moved.value),
        WAN.decimal(moved.value - moved.true),
    )
    assert f"其中{len(found.moved)}个调了尾差，各项等式分毫不差" in summary(found)


def test_the_ledger_of_a_plain_conversion_lists_the_remainder_of_each_identity() -> None:
    found = convert(in_yuan(11, 12), {})
    lines = [row for row in ledger(found).rows if row.links]
    assert [row.values[2] for row in lines] == [r.rule for r in found.remainders]
    assert [row.values[5] for row in lines] == [WAN.decimal(r.difference) for r in found.remainders]
    assert f"{len(found.remainders)}处等式有尾差" in summary(found)


def test_the_ledger_stays_in_yuan() -> None:
    book = book_of(
        {"T06.30201.amount": "123456.78", "LEDGER.T06.30201.amount": "123456.78"}, unit=YUAN
    )
    found = convert(book, {})
    assert found.book.value("LEDGER.T06.30201.amount") == 12_345_678
    assert [edit.value for edit in found.edits] == [Decimal("12.35")]
