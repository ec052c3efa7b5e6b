"""06明细账 in the template: only where asked for, in 元, and what it holds comes back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.template.contents import ledger_of, with_ledger
from xlbudget.files.carry import carried_in, has_ledger
from xlbudget.files.importing import rolled_over
from xlbudget.files.read import book_from_bytes
from xlbudget.files.workbook import open_workbook
from xlbudget.model.content import Content, content_of
from xlbudget.model.forms import load_edition
from xlbudget.model.inputs import load_inputs
from xlbudget.ooxml.formulas import formula_cells
from xlbudget.ooxml.package import Package
from xlbudget.template import build, load_macros
from xlbudget.validate import validate

SHEET = load_inputs().ledger_sheet


@pytest.mark.parametrize("ledger", [False, True])
def test_the_sheet_is_there_where_it_is_asked_for(ledger: bool) -> None:
    names = [sheet.name for sheet in Package(build(Content(ledger=ledger))).sheets]
    assert names.count(SHEET) == ledger
    without = [name for name in names if name != SHEET]
    assert without == [sheet.name for sheet in Package(build(Content())).sheets]


@pytest.mark.parametrize("edition", ["hunan-2024", "shanghai-2024"])
def test_an_empty_one_lists_the_items_of_06(edition: str) -> None:
    book, _ = book_from_bytes(build(Content(edition=edition, ledger=True)), "")
    stacks = load_edition(edition).by_id["T06"].stacks
    codes = sorted(c for stack in stacks for c in stack.codes if len(c) == 5)
    booked = {n: f.fen for n, f in book.figures.items() if n.startswith("LEDGER.")}
    assert booked == {f"LEDGER.T06.{code}.amount": None for code in codes}
    assert content_of(book).ledger


def test_an_empty_one_is_not_compared() -> None:
    content = with_ledger()
    figures = {n: fen for n, fen in content.figures.items() if not n.startswith("LEDGER.")}
    book, _ = book_from_bytes(build(content._replace(figures=figures)), "")
    (check,) = (check for check in validate(book).checks if check.rule.id == "F10")
    assert (check.outcome, check.reason) == ("not_applicable", "“06明细账”还没有填（选填）")


def test_amounts_come_back_to_the_fen_and_agree_with_06() -> None:
    content = with_ledger(k30198=123)
    book, _ = book_from_bytes(build(content), "")
    assert ledger_of(content_of(book)) == ledger_of(content)
    assert [f for f in book.findings if f.rule == "M02"] == []  # 元 are no 万元 of many decimals
    outcomes = [check.outcome for check in validate(book).checks if check.rule.id == "F10"]
    assert outcomes == ["rounding"] * len(ledger_of(content))


def test_a_workbook_with_the_ribbon_keeps_the_code_names_of_its_modules() -> None:
    def code_names(content: Content) -> list[bytes]:
        package = Package(build(content, macros=load_macros()))
        read = [package.read(sheet.part) for sheet in package.sheets if sheet.name != SHEET]
        return [re.findall(rb'<sheetPr codeName="([^"]*)"', part)[0] for part in read]

    assert code_names(Content(ledger=True)) == code_names(Content())


def test_next_year_has_the_sheet_again_and_empty() -> None:
    last, _ = book_from_bytes(build(with_ledger()), "")
    content = rolled_over(last, last.edition)
    assert (content.ledger, ledger_of(content)) == (True, {})


def test_a_template_that_is_open_takes_it_if_it_has_the_sheet(tmp_path: Path) -> None:
    content = with_ledger(k30198=123)
    for ledger in (True, False):
        path = tmp_path / f"{ledger}.xlsx"
        path.write_bytes(blank := build(Content(ledger=ledger)))
        into = open_workbook(path)
        assert has_ledger(into) == ledger
        carried = carried_in(content, into, formula_cells(blank))
        edits = {(e.row, e.column): e.value for e in carried.edits if e.sheet == SHEET}
        amounts = [value for (_, column), value in edits.items() if column == 3]
        assert len(amounts) == len(ledger_of(content)) * ledger
        assert [value for (_, column), value in edits.items() if column == 1] == ["30198"] * ledger
