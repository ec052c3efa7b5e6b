"""From a broken report to likely wrong cells in words; the workbook's own evidence."""

from __future__ import annotations

from tests.books import book_of
from tests.seed import book_of_seed
from xlbudget.locate.suspects import evidence_of, suspect_entries, suspect_lines, suspects_json
from xlbudget.model.book import Book
from xlbudget.model.money import WAN
from xlbudget.validate import validate


def with_amounts(book: Book, **amounts: int | None) -> Book:
    """The book with other amounts in hundredths of 万元; ``__`` stands for a point."""
    figures = dict(book.figures)
    for key, value in amounts.items():
        name = key.replace("__", ".")
        fen = None if value is None else value * WAN.last_digit
        figures[name] = figures[name]._replace(fen=fen, half=WAN.half if fen else 0)
    return book._replace(figures=figures)


def found_in(book: Book) -> dict[str, list[dict[str, object]]]:
    return suspects_json(book, validate(book))


def test_cells_that_nothing_tells_apart_are_one_class_in_one_line() -> None:
    """An item of 302 left out: its cell first, then the other empty ones, the filled ones."""
    book = with_amounts(book_of_seed(), T06__30228__amount=None)
    found = found_in(book)
    classes = {s["group_label"]: s for s in found["suspects"] if s["group"]}
    label = next(label for label in classes if "明细款之一" in str(label))
    assert str(label).startswith("06基本支出明细表“商品和服务支出”的")
    assert len(classes[label]["group"]) > 1
    lines = [line for line in suspect_lines(found) if "明细款之一" in line]
    assert lines
    assert "分不出是哪一格" in lines[0]
    # each class is said once, and every line leads to a cell of it
    leading = [suspect for text, suspect in suspect_entries(found) if "明细款之一" in text]
    assert all(suspect and suspect["cell"] for suspect in leading)


def test_a_cell_alone_has_no_class() -> None:
    book = with_amounts(book_of_seed(), T03__2010301__basic=109_250)
    found = found_in(book)
    assert found["suspects"][0]["group"] == []
    assert found["suspects"][0]["group_label"] == ""


def test_the_workbook_s_own_evidence() -> None:
    """Without carry-over income is spent on what it is for; last year and budget are at hand."""
    book = book_of(
        {
            "T02.2010301.total": "90.00",
            "T03.2010301.total": "90.00",
            "T05.2010301.total": "90.00",
            "BUDGET.T05.2010301.total": "80.00",
            "LAST.T05.total.total": "85.00",
            "T06.30217.amount": "1.00",
            "T09.actual.reception": "1.50",
        }
    )
    evidence = evidence_of(book, validate(book))
    soft = {constraint.left[0][1]: weight for constraint, weight in evidence.soft}
    assert soft["T02.2010301.total"] is None
    assert soft["T06.30217.amount"] == 0.6
    assert evidence.previous == {
        "T05.2010301.total": 80 * WAN.fen,
        "T05.total.total": 85 * WAN.fen,
    }


def test_identities_that_always_hold_are_no_soft_evidence() -> None:
    evidence = evidence_of(book_of_seed(), validate(book_of_seed()))
    assert all(
        len(constraint.left) == 1 and constraint.left[0][1] != "T01.27.amount"
        for constraint, _ in evidence.soft
    )


def test_the_ledger_of_06_tells_the_item_that_nothing_else_tells() -> None:
    """Left out among the items of 302: every item could be it, the ledger says which."""
    book = book_of_seed()
    true = book.value("T06.30228.amount")
    place = book.figures["T06.30228.amount"].place._replace(sheet="06明细账")
    ledger = {
        f"LEDGER.{n}": f._replace(name=f"LEDGER.{n}", half=0, place=place)
        for n, f in book.figures.items()
        if n.startswith("T06.302") and n != "T06.302.amount" and f.fen is not None
    }
    wrong = with_amounts(book, T06__30228__amount=1)
    wrong = wrong._replace(figures={**wrong.figures, **ledger})
    report = validate(wrong)
    first = suspects_json(wrong, report)["suspects"][0]
    assert (first["ref"], first["rank"]) == ("T06.30228.amount", 1)
    assert first["suggestion"] == WAN.exact_text(true)
    assert [f.rule for f in report.findings if f.severity == "error"].count("F10") == 1
