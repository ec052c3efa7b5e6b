"""Which edition a workbook follows is seen from what it prints, when nothing says it."""

from __future__ import annotations

import random

import pytest

from samples.exports import export
from tests.books import grids_of
from tests.editions.test_both import SHANGHAI, made_up
from tests.generator import department
from xlbudget.files.read import book_from_bytes
from xlbudget.model.book import Book
from xlbudget.model.forms import load_edition
from xlbudget.recognise import recognise

EXAMPLE = {
    "T01.27.amount": "10.00",
    "T01.56.amount": "1.00",
    "T04.29.amount": "3.00",
    "T04.1.amount": "2.00",
    "T05.201.total": "7.00",
    "T05.2010301.total": "7.00",
    "T05.total.total": "7.00",
    "T06.31013.amount": "4.00",
    "T06.public.amount": "4.00",
    "T07.total.income": "6.00",
    "T08.total.total": "5.00",
    "T09.budget.total": "9.00",
    "T09.actual.total": "8.00",
    "T09.actual.vehicles": "6.00",
    "T09.budget.vehicle_running": "5.50",
    "T09.actual.reception": "2.00",
}


def sheets(edition_id: str) -> dict[str, list[list[object]]]:
    """The nine tables as another program prints them: on sheets with names that say nothing."""
    found = grids_of(EXAMPLE, edition_id=edition_id).values()
    return {f"Sheet{number}": grid for number, grid in enumerate(found, 1)}


def shown(book: Book) -> dict[str, str]:
    return {n: book.unit.exact_text(f.fen) for n, f in book.figures.items() if f.fen}


@pytest.mark.parametrize("edition_id", ["hunan-2024", "shanghai-2024"])
def test_from_what_the_tables_print(edition_id: str) -> None:
    book = recognise(sheets(edition_id))
    assert book.edition.id == edition_id
    assert [f.message for f in book.findings if f.severity == "error"] == []
    assert shown(book) == EXAMPLE


@pytest.mark.parametrize("other", ["hunan-2024", "shanghai-2024"])
def test_tables_of_one_edition_read_by_another_keep_their_names(other: str) -> None:
    grids = sheets("shanghai-2024" if other == "hunan-2024" else "hunan-2024")
    book = recognise(grids, edition=load_edition(other))
    lost = {"T08.total.total"} if other == "hunan-2024" else set()
    assert {n: v for n, v in shown(book).items() if n not in lost} == {
        n: v for n, v in EXAMPLE.items() if n not in lost
    }


def test_a_missing_table_does_not_change_it() -> None:
    grids = {n: g for n, g in sheets("shanghai-2024").items() if n not in ("Sheet1", "Sheet7")}
    assert recognise(grids).edition is SHANGHAI


@pytest.mark.parametrize("seed", range(4))
def test_exports_of_the_national_form_stay_what_they_are(seed: int) -> None:
    content = department(random.Random(seed), 10)
    book, _ = book_from_bytes(export(content, messy=bool(seed % 2)), "")
    assert book.edition.id == "hunan-2024"


def test_the_cover_goes_before_what_is_printed() -> None:
    cover = [["", "", ""], ["edition", "版式", "hunan-2024"]]
    book = recognise({"封面": cover, **sheets("shanghai-2024")})
    assert book.edition.id == "hunan-2024"
    assert made_up(1).edition == "hunan-2024"
