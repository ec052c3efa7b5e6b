"""The same work on a file and in open Excel: the same book, findings, edits and resulting cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.excel.conftest import BROKEN, FOREIGN, ROOT
from tests.excel.office import Office
from xlbudget.excel import ribbon
from xlbudget.excel.session import Session, attach
from xlbudget.files.read import Grid, read_sheets
from xlbudget.files.result_sheets import last_row, mark_edits, narrate_workbook
from xlbudget.files.workbook import apply, check, fill_workbook, open_workbook
from xlbudget.locate.suspects import suspects_json
from xlbudget.model.edits import CellEdit
from xlbudget.model.inputs import load_inputs
from xlbudget.ooxml.formulas import formula_cells

FINDINGS = load_inputs().findings_sheet
BLANK_CELLS = ROOT / "samples" / "示范部门-2024-元.xlsx"


@pytest.fixture
def edits(monkeypatch: pytest.MonkeyPatch) -> list[CellEdit]:
    """The edits that the buttons write."""
    written: list[CellEdit] = []
    write = Session.write

    def noted(self: Session, edits: tuple[CellEdit, ...]) -> None:
        written.extend(edits)
        write(self, edits)

    monkeypatch.setattr(Session, "write", noted)
    return written


def _cells(grid: Grid) -> dict[tuple[int, int], object]:
    return {
        (r, c): value
        for r, row in enumerate(grid, 1)
        for c, value in enumerate(row, 1)
        if value not in ("", None)
    }


def _assert_same_cells(office: Office, data: bytes) -> None:
    """Every cell that holds no formula is the same in Excel and in the file."""
    session = attach()
    formulas = formula_cells(data)
    grids = read_sheets(data, "").grids
    for name, grid in session.read().grids.items():
        live, file = _cells(grid), _cells(grids[name])
        own = {place for place in {*live, *file} if (name, *place) not in formulas}
        assert {p: live.get(p) for p in own} == {p: file.get(p) for p in own}, name
    assert office.book.name


@pytest.mark.parametrize("path", [BROKEN, FOREIGN, BLANK_CELLS], ids=lambda path: path.stem)
def test_book_and_findings_are_the_same(open_office: Callable[[Path], Office], path: Path) -> None:
    open_office(path)
    live, file = attach().workbook(), open_workbook(path)
    assert live.book._replace(file="") == file.book._replace(file="")
    assert check(live).findings == check(file).findings
    assert suspects_json(live.book, check(live)) == suspects_json(file.book, check(file))


def test_fill(full_template: Office, edits: list[CellEdit]) -> None:
    for cell in ("C7", "C8", "D7"):
        full_template.put("03支出表", cell, None)
    full_template.put("04财政拨款总表", "D40", None)
    saved = full_template.saved()
    changed, filled = fill_workbook(open_workbook(saved))
    ribbon.fill()
    assert tuple(edits) == changed.edits
    # The sample's wrong 1029.50 in C8 is gone, but what the other cells say of C7 and C8 still disagrees.
    assert set(filled.values) == {"T03.total.basic", "T08.total.total"}
    assert filled.withheld == ("T03.total.total", "T03.2010301.total")
    _assert_same_cells(full_template, changed.data)


def test_fill_a_foreign_workbook(foreign: Office, edits: list[CellEdit]) -> None:
    changed, _ = fill_workbook(open_workbook(FOREIGN))
    ribbon.fill()
    assert tuple(edits) == changed.edits != ()
    _assert_same_cells(foreign, changed.data)


def test_marks(full_template: Office, edits: list[CellEdit]) -> None:
    workbook = open_workbook(BROKEN)
    report = check(workbook)
    suspects = suspects_json(workbook.book, report)
    expected = mark_edits(report, suspects, last_row(workbook.data, FINDINGS))
    changed = apply(workbook.data, str(BROKEN), expected)
    ribbon.validate()
    live = {(e.row, e.column): e.value for e in edits}
    assert live == {(e.row, e.column): e.value for e in expected}
    _assert_same_cells(full_template, changed.data)


def test_narrative(full_template: Office, edits: list[CellEdit]) -> None:
    changed, narrative = narrate_workbook(open_workbook(BROKEN))
    ribbon.narrate()
    assert tuple(edits) == changed.edits
    assert len(narrative.paragraphs) > 50
    sheet = load_inputs().report_sheet
    assert full_template.value(sheet, "A5") == "1"
    assert full_template.value(sheet, "B4") == narrative.paragraphs[0].title


def test_recalculated_the_same(full_template: Office, edits: list[CellEdit]) -> None:
    """Excel's cells, saved and brought up to date, hold what the file holds after the same work."""
    full_template.put("03支出表", "C7", None)
    changed, _ = fill_workbook(open_workbook(full_template.saved()))
    ribbon.fill()
    live = apply(full_template.saved().read_bytes(), "", edits[:1])
    assert live.book.figures == changed.book.figures
    verdicts = [
        read_sheets_of(data)[load_inputs().checks_sheet] for data in (live.data, changed.data)
    ]
    assert verdicts[0] == verdicts[1]


def read_sheets_of(data: bytes) -> dict[str, Grid]:
    """All sheets, also those that are never read back."""
    from io import BytesIO

    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_filelike(BytesIO(data))
    return {
        name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in workbook.sheet_names
    }
