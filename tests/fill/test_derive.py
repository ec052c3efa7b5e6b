"""Filling: every derivable figure of the seed, nothing twice, nothing overwritten unasked."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.narrate.books import make_book
from tests.seed import book_of_seed
from xlbudget.fill import derived_names, fill
from xlbudget.fill.derive import derivations
from xlbudget.model.book import Book


@dataclass(frozen=True)
class Emptied:
    book: Book
    printed: dict[str, int]


@pytest.fixture(scope="module")
def emptied() -> Emptied:
    """The seed with every derivable figure blanked, and what was printed there."""
    book = book_of_seed()
    derived = derived_names(book)
    figures = {
        n: f._replace(fen=None, half=0) if n in derived else f for n, f in book.figures.items()
    }
    printed = {n: book.figures[n].fen for n in derived if book.figures[n].fen}
    return Emptied(book._replace(figures=figures), printed)


def _applied(book: Book, values: dict[str, int]) -> Book:
    half = book.unit.half
    figures = {
        n: f._replace(fen=values[n], half=half if values[n] else 0) if n in values else f
        for n, f in book.figures.items()
    }
    return book._replace(figures=figures)


def test_every_printed_derivable_figure_of_the_seed_is_filled(emptied: Emptied) -> None:
    assert set(emptied.printed) - set(fill(emptied.book).values) == set()


def test_filled_figures_differ_from_the_printed_ones_by_rounding_only(emptied: Emptied) -> None:
    values = fill(emptied.book).values
    names = len(emptied.book.figures)
    bound = emptied.book.unit.half * names
    assert [n for n, fen in emptied.printed.items() if abs(values[n] - fen) > bound] == []


def test_filling_twice_changes_nothing_more(emptied: Emptied) -> None:
    once = fill(emptied.book)
    twice = fill(_applied(emptied.book, dict(once.values)))
    assert dict(twice.values) == {}


def test_a_cell_with_another_value_is_reported_and_left_alone() -> None:
    book = book_of_seed()
    figure = book.figures["T01.27.amount"]
    wrong = book._replace(
        figures={**book.figures, "T01.27.amount": figure._replace(fen=1_512_380_000)}
    )
    result = fill(wrong)
    assert "T01.27.amount" not in result.values
    assert [f.cells[0].ref for f in result.conflicts if f.rule == "T01-1"] == ["T01.27.amount"]


def test_overwriting_replaces_it() -> None:
    book = book_of_seed()
    figure = book.figures["T01.27.amount"]
    wrong = book._replace(
        figures={**book.figures, "T01.27.amount": figure._replace(fen=1_512_380_000)}
    )
    assert fill(wrong, overwrite=True).values["T01.27.amount"] == 1_512_820_000


def test_a_rounding_difference_is_no_conflict() -> None:
    assert fill(book_of_seed()).conflicts == ()


def test_nothing_is_derived_from_blanks_only() -> None:
    book = book_of_seed()
    blank = book._replace(
        figures={n: f._replace(fen=None, half=0) for n, f in book.figures.items()}
    )
    assert dict(fill(blank).values) == {}


def test_nothing_is_derived_from_a_cell_that_holds_no_amount(emptied: Emptied) -> None:
    figures = dict(emptied.book.figures)
    del figures["T03.2010301.basic"]
    book = emptied.book._replace(
        figures=figures, unreadable={"T03.2010301.basic": "03支出表!C8里是“x”，不是金额"}
    )
    values = fill(book).values
    assert "T03.2010301.total" not in values
    assert "T03.total.basic" not in values


def test_an_equality_determines_the_figure_that_its_rule_names() -> None:
    ways = derivations(book_of_seed())
    assert [way.rule.id for way in ways["T04.1.amount"]] == ["T04-1"]


def test_nothing_is_derived_of_what_is_only_subtracted() -> None:
    """年末 = 年初 + 收入 - 支出: with nothing but 支出 filled in, the balance would be minus that."""
    known = {"total": "5.00", "basic": "5.00", "opening": None, "income": None, "closing": None}
    book = make_book({f"T07.total.{column}": text for column, text in known.items()})
    filled = fill(book)
    assert "T07.total.closing" not in filled.values
    assert filled.withheld == ()
