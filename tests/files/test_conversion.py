"""Converting workbook files: template, other people's workbooks, formulas, old formats."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.generator import book_of, department, publication
from tests.ooxml.rich import parts_of
from tests.plain import plain_workbook
from xlbudget.errors import UserError
from xlbudget.files.conversion import convert_workbook
from xlbudget.files.read import book_and_sheets, book_from_bytes
from xlbudget.files.workbook import Workbook, open_workbook
from xlbudget.model.book import Book
from xlbudget.model.inputs import load_inputs
from xlbudget.ooxml.recalculate import recalculate
from xlbudget.template import build

SAMPLES = Path(__file__).parents[2] / "samples"
LEDGER = load_inputs().conversion_sheet
CONTENT = department(random.Random(5), 8)


def opened(data: bytes, name: str = "元.xlsx") -> Workbook:
    book, sheets = book_and_sheets(data, name)
    return Workbook(Path(name), data, book, sheets.grids, (), (), sheets)


def amounts(book: Book) -> dict[str, int]:
    return {n: f.fen for n, f in book.figures.items() if f.fen}


def test_a_template_workbook_becomes_the_publication_in_wan() -> None:
    found = convert_workbook(opened(build(CONTENT)))
    book, _ = book_from_bytes(found.data, "万元")
    expected, _ = book_from_bytes(build(publication(CONTENT)), "万元")
    assert book.unit.name == "万元"
    assert amounts(book) == amounts(expected)
    assert {t.head["unit"] for t in book.tables.values()} == {"单位万元"}
    assert [r.fields for r in book.records] == [r.fields for r in expected.records]


def test_other_sheets_and_parts_stay_as_they_are() -> None:
    data = build(CONTENT)
    found = convert_workbook(opened(data), balanced=True)
    before, after = parts_of(data), parts_of(found.data)
    kept = [
        n for n in before if "worksheets/" not in n and n.startswith(("xl/drawings", "docProps"))
    ]
    assert {n: after[n] for n in kept} == {n: before[n] for n in kept}
    assert LEDGER in after["xl/workbook.xml"].decode()


def test_reasons_are_kept_and_their_amounts_follow() -> None:
    found = convert_workbook(opened(build(CONTENT)))
    _, grids = book_from_bytes(found.data, "万元")
    expected = book_of(publication(CONTENT))
    lines = {row[0]: row for row in grids[load_inputs().reasons_sheet][3:] if row[0]}
    assert {key: str(row[5]) for key, row in lines.items()} == dict(CONTENT.reasons)
    name = next(key for key in lines if key.endswith("~LAST") and key.startswith("T01.30"))
    assert lines[name][2] == pytest.approx(float(expected.value("T01.30.amount")) / 1_000_000)


def test_converting_again_changes_nothing() -> None:
    once = convert_workbook(opened(build(CONTENT)), balanced=True)
    again = convert_workbook(opened(once.data), balanced=True)
    assert not again.changed
    assert again.data == once.data
    assert convert_workbook(opened(build(CONTENT)), balanced=True).data == once.data


def test_somebody_elses_workbook_is_patched_in_place() -> None:
    book = book_of(CONTENT)
    found = convert_workbook(opened(plain_workbook(book)), balanced=True)
    assert not found.imported
    assert list(book_from_bytes(found.data, "万元")[1])[:2] == ["Z01", "Z02"]
    assert found.book.unit.name == "万元"
    assert found.converted.remainders == ()


def test_a_formula_stays_where_it_comes_to_the_amount_and_gives_way_where_not() -> None:
    """A sum of rounded figures is the balanced total, and mostly not the rounded one."""
    book = book_of(CONTENT)
    data = plain_workbook(book)
    place = book_from_bytes(data, "元")[0].figures["T03.total.total"].place
    codes = len(book.tables["T03"].codes)
    area = f"C{place.row + 1}:C{place.row + codes}"
    data = plain_workbook(book, {(place.sheet, place.row, place.column): f"=SUM({area})"})
    data = recalculate(data).data
    balanced = convert_workbook(opened(data), balanced=True)
    assert balanced.replaced == ()
    plain = convert_workbook(opened(data))
    value = plain.converted.book.value("T03.total.total")
    parts = sum(plain.converted.book.value(f"T03.{c}.total") for c in book.tables["T03"].codes)
    assert len(plain.replaced) == int(value != parts)
    assert plain.book.value("T03.total.total") == value


def test_an_old_format_goes_into_the_template() -> None:
    workbook = open_workbook(SAMPLES / "foreign" / "示范部门-旧格式.xls")
    found = convert_workbook(workbook, balanced=True)
    assert found.imported
    sheets = {m.place.sheet for m in found.converted.moved}
    assert sheets <= {table.sheet for table in found.book.tables.values()}
    assert found.book.unit.name == "万元"


def test_amounts_that_cannot_be_read_stop_the_conversion_in_one_sentence() -> None:
    book = book_of(CONTENT)
    data = plain_workbook(book)
    place = book_from_bytes(data, "元")[0].figures["T01.1.amount"].place
    data = plain_workbook(book, {(place.sheet, place.row, place.column): "约三千"})
    with pytest.raises(UserError, match=r"约三千.*没有换算"):
        convert_workbook(opened(data))
