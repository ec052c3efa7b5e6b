"""What is still to be done: in which order, with which cell, and what needs no person."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from samples.contents import made_up
from tests.books import read_book
from xlbudget.errors import UserError
from xlbudget.files.next_steps import ALONE, Stage, Step, advance, next_of, to_do
from xlbudget.files.result_sheets import report_lines
from xlbudget.files.workbook import Workbook, open_workbook
from xlbudget.model.edits import CellEdit, CellValue
from xlbudget.model.inputs import load_inputs
from xlbudget.ooxml.patch import patch_workbook
from xlbudget.template import build

ROOT = Path(__file__).parents[2]
BROKEN = ROOT / "xlbudget" / "samples" / "broken.xlsx"
FOREIGN = ROOT / "samples" / "foreign"


@pytest.fixture(scope="module")
def clean_data() -> bytes:
    """A workbook of ours in which nothing is wrong and nothing is missing but the report itself."""
    return build(made_up())


@pytest.fixture
def clean(tmp_path: Path, clean_data: bytes) -> Path:
    path = tmp_path / "示范.xlsx"
    path.write_bytes(clean_data)
    return path


def _put(path: Path, sheet: str, row: int, column: int, value: CellValue) -> None:
    path.write_bytes(patch_workbook(path.read_bytes(), [CellEdit(sheet, row, column, value)]))


def _put_figure(path: Path, name: str, value: Decimal | None) -> None:
    place = read_book(path).figures[name].place
    _put(path, place.sheet, place.row, place.column, value)


def _done(path: Path) -> Workbook:
    """The workbook after all that needs no person, written back."""
    path.write_bytes(advance(open_workbook(path)).data)
    return open_workbook(path)


def _stages(steps: tuple[Step, ...]) -> list[Stage]:
    return list(dict.fromkeys(step.stage for step in steps))


def test_a_whole_workbook_needs_nothing_of_a_person(clean: Path) -> None:
    assert next_of(to_do(open_workbook(clean))) is None
    done = advance(open_workbook(clean))
    assert done.steps == ()
    assert len(report_lines(done.data)) == done.paragraphs > 50


def test_doing_it_again_changes_nothing(clean: Path) -> None:
    once = _done(clean)
    again = advance(once)
    assert (again.data, again.filled, again.steps) == (once.data, 0, ())


def test_the_wrong_cell_comes_before_what_is_still_to_be_typed() -> None:
    steps = to_do(open_workbook(BROKEN))
    assert _stages(steps) == [Stage.FILL, Stage.CORRECT, Stage.TYPE, Stage.WRITE]
    following = next_of(steps)
    assert following is not None
    assert (following.stage, following.place) == (Stage.CORRECT, "03支出表!D8")
    assert "1092.50 应为 1029.50" in following.text


def test_a_likely_wrong_cell_stands_for_the_findings_that_it_is_in(clean: Path) -> None:
    _done(clean)
    _put_figure(clean, "T09.actual.total", Decimal("99999.99"))
    wrong = [s for s in to_do(open_workbook(clean)) if s.stage == Stage.CORRECT]
    book = read_book(clean)
    assert [s.place for s in wrong] == [str(book.figures["T09.actual.total"].place)]


def test_no_report_is_written_over_errors() -> None:
    done = advance(open_workbook(BROKEN))
    assert done.paragraphs == 0
    assert report_lines(done.data) == []
    assert done.steps[-1].stage == Stage.WRITE


def test_what_was_derived_and_removed_is_filled_and_no_work_of_a_person(clean: Path) -> None:
    _done(clean)
    _put_figure(clean, "T05.total.total", None)
    steps = to_do(open_workbook(clean))
    assert _stages(steps) == [Stage.FILL]
    assert steps[0].stage in ALONE
    assert advance(open_workbook(clean)).steps == ()


def test_a_reason_is_asked_for_in_its_own_cell_and_ticked_off_when_it_is_typed(clean: Path) -> None:
    done = _done(clean)
    sheet = load_inputs().reasons_sheet
    row = next(n for n, cells in enumerate(done.grids[sheet], 1) if n >= 4 and cells[0])
    column = next(n for n, head in enumerate(done.grids[sheet][2], 1) if "原因" in str(head))
    typed = done.grids[sheet][row - 1][column - 1]
    assert typed
    _put(clean, sheet, row, column, None)
    (step,) = [s for s in to_do(open_workbook(clean)) if s.stage == Stage.REASON]
    assert (step.sheet, step.cell) == (sheet, f"{chr(64 + column)}{row}")
    _put(clean, sheet, row, column, str(typed))
    assert to_do(open_workbook(clean)) == ()


def test_sheets_that_are_not_there_are_one_step() -> None:
    steps = to_do(open_workbook(FOREIGN / "示范部门-系统导出-元.xlsx"))
    (step,) = [s for s in steps if s.stage == Stage.TYPE]
    assert "“上年数”" in step.text
    assert "import" in step.text


def test_any_kind_can_be_looked_at_and_only_ours_written() -> None:
    workbook = open_workbook(FOREIGN / "示范部门-旧格式.xls")
    assert to_do(workbook) != ()
    with pytest.raises(UserError, match="不能直接写回"):
        advance(workbook)


def test_what_was_not_read_comes_first(clean: Path) -> None:
    place = read_book(clean).figures["T05.total.basic"].place
    _put(clean, place.sheet, place.row, place.column, "未知")
    first = to_do(open_workbook(clean))[0]
    assert (first.stage, first.place) == (Stage.READ, str(place))
