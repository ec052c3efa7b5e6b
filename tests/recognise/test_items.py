"""Table 06: codes and amounts stand side by side, and an amount may look like a code."""

from __future__ import annotations

from io import BytesIO

from python_calamine import CalamineWorkbook

from tests.plain import plain_workbook
from tests.seed import book_of_seed
from xlbudget.recognise import recognise


def test_an_amount_that_looks_like_a_code_is_an_amount() -> None:
    book = book_of_seed()
    figure = book.figures["T06.301.amount"]._replace(fen=303_000_000)
    odd = book._replace(figures={**book.figures, "T06.301.amount": figure})
    workbook = CalamineWorkbook.from_filelike(BytesIO(plain_workbook(odd)))
    grids = {
        name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in workbook.sheet_names
    }
    found = recognise(grids).figures
    assert {n: f.fen for n, f in found.items() if n.startswith("T06.") and f.fen} == {
        n: f.fen for n, f in odd.figures.items() if n.startswith("T06.") and f.fen
    }


def test_a_blank_total_stands_where_its_amount_is_printed() -> None:
    """公用经费合计 spans the stacks to its right; its amount stands in the last of them."""
    book = book_of_seed()
    total = book.figures["T06.public.amount"]
    blank = book._replace(figures={**book.figures, total.name: total._replace(fen=None)})
    places = []
    for one in (book, blank):
        workbook = CalamineWorkbook.from_filelike(BytesIO(plain_workbook(one)))
        grids = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
        places.append(recognise(grids).figures[total.name].place)
    assert places[0] == places[1]
