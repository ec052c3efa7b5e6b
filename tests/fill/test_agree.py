"""Filled from rounded details alone, a workbook raises no alarm that was not there."""

from __future__ import annotations

import random

import pytest

from tests.generator import book_of, department, publication
from tests.seed import book_of_seed
from xlbudget.fill.derive import derivations, fill, with_values
from xlbudget.model.book import Book
from xlbudget.model.money import WAN
from xlbudget.validate import validate


def emptied(book: Book) -> Book:
    """The book with every figure blanked that follows from others."""
    derived = derivations(book)
    return book._replace(
        figures={
            name: figure._replace(fen=None, half=0) if name in derived else figure
            for name, figure in book.figures.items()
        }
    )


def alarms(book: Book) -> list[str]:
    findings = validate(book).findings
    return [f"{f.rule}: {f.message}" for f in findings if f.severity != "info"]


@pytest.mark.parametrize("batch", range(6))
def test_filled_departments_in_wan_have_neither_errors_nor_warnings(batch: int) -> None:
    """300 departments, rounded figure by figure, everything that can be derived blanked."""
    for number in range(50 * batch, 50 * batch + 50):
        rng = random.Random(number)
        book = emptied(book_of(publication(department(rng, rng.randint(2, 8)))))
        assert alarms(with_values(book, fill(book).values)) == [], number


def test_a_large_department_too() -> None:
    book = emptied(book_of(publication(department(random.Random(3), 300, own=True, carry=True))))
    assert alarms(with_values(book, fill(book).values)) == []


def test_the_seed_from_its_details_alone() -> None:
    """The sum of 05's rows and the sum of 06's items are 0.02 apart: the filled totals are not."""
    book = emptied(book_of_seed())
    filled = with_values(book, fill(book).values)
    assert [a for a in alarms(filled) if a.startswith("T")] == []
    basic, items = filled.value("T05.total.basic"), filled.value("T06.personnel.amount")
    items += filled.value("T06.public.amount")
    assert abs(basic - items) <= 1.5 * WAN.last_digit
    published = book_of_seed()
    far = {
        name: (filled.value(name), published.value(name))
        for name in derivations(book)
        if abs(filled.value(name) - published.value(name)) > 6 * WAN.last_digit
    }
    assert far == {}


def test_only_figures_that_must_leave_their_plain_sums() -> None:
    book = emptied(book_of_seed())
    values = fill(book).values
    rows = [code for code in book.tables["T05"].codes if f"T05.{code}.total" in values]
    for code in rows:
        parts = book.value(f"T05.{code}.basic") + book.value(f"T05.{code}.project")
        assert abs(values[f"T05.{code}.total"] - parts) <= WAN.last_digit


def test_filling_again_changes_nothing() -> None:
    book = emptied(book_of(publication(department(random.Random(8), 20))))
    once = with_values(book, fill(book).values)
    assert fill(once).values == {}


def test_in_yuan_sums_are_sums() -> None:
    content = department(random.Random(8), 20)
    book = emptied(book_of(content))
    values = fill(book).values
    assert {n: content.figures.get(n, 0) for n in values} == dict(values)


def test_what_contradicts_typed_figures_is_not_filled() -> None:
    book = emptied(book_of_seed())
    wrong = {"T06.30101.amount": book.value("T06.30101.amount") + 500 * WAN.last_digit}
    book = with_values(book, wrong)
    filled = fill(book)
    assert "T06.personnel.amount" in filled.withheld
    assert not filled.values.keys() & set(filled.withheld)
    # What has nothing to do with it is filled all the same.
    off = filled.values["T02.total.total"] - book_of_seed().value("T02.total.total")
    assert abs(off) <= 5 * WAN.last_digit  # a sum of rounded amounts
