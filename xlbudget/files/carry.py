"""Content written into a template workbook that exists already: cell edits instead of a new file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from ..errors import UserError
from ..model.book import Book
from ..model.content import Content
from ..model.edits import CellEdit, CellValue
from ..model.forms import Edition
from ..model.grid import Grid
from ..model.inputs import load_inputs
from ..model.layout import CAPACITY, Layout
from ..ooxml.formulas import Place, formula_cells
from ..template import build
from .read import read_sheets
from .workbook import Workbook

_COVER_COLUMN = 3


class OtherLayoutError(UserError):
    """The workbook's tables are laid out otherwise than the content needs."""


class Carried(NamedTuple):
    """What to write, and the (sheet, first, last) rows of lists that must not stay hidden."""

    edits: tuple[CellEdit, ...]
    shown: tuple[tuple[str, int, int], ...]


def carried_in(content: Content, into: Workbook, formulas: Collection[Place]) -> Carried:
    """The edits after which the template ``into`` holds ``content``: its nine tables and entries.

    Amounts and codes of the nine tables that the content lacks are emptied; entries on the input
    sheets that it lacks stay.  ``formulas`` are the formula cells of ``into``.  Raises
    OtherLayoutError where the tables do not fit, for example for another edition.
    """
    content = content._replace(ledger=has_ledger(into))
    layout = Layout(into.book.edition, content.codes)
    _require_fit(content, layout, into.book)
    wanted = build(content)
    laid, made = read_sheets(wanted, "").grids, formula_cells(wanted)
    printed, printed_formulas = _blank(content.form, content.ledger)
    tables = {table.sheet for table in layout.tables.values()}
    cover = load_inputs().cover_sheet
    edits = []
    for sheet in (
        *sorted(tables),
        *sorted(load_inputs().own_sheets - load_inputs().sheets_not_read),
    ):
        if sheet not in into.grids or sheet not in laid or sheet == load_inputs().local_rules_sheet:
            continue
        for row, column, new, old in _cells(laid[sheet], into.grids[sheet]):
            place = sheet, row, column
            is_entry = sheet == cover and column == _COVER_COLUMN
            if _at(printed[sheet], row, column) != "" and not is_entry:
                continue  # a head or label
            if place in made and (place in formulas or place not in printed_formulas):
                continue
            if new == "" and (sheet not in tables or place in formulas):
                continue
            if new != old:
                edits.append(CellEdit(sheet, row, column, _value(new)))
    shown = tuple(
        (table.sheet, table.rows[0], table.rows[0] + min(table.shown, CAPACITY) - 1)
        for table in layout.tables.values()
        if table.table.kind == "list" and table.codes
    )
    return Carried(tuple(edits), shown)


def rolled_in(content: Content, into: Workbook, formulas: Collection[Place]) -> Carried:
    """Last year's figures and codes into a template: 上年数 anew, everything else where it is blank.

    Tables that hold codes already keep theirs.  Raises OtherLayoutError.
    """
    book = into.book
    taken = {table for table, rows in book.tables.items() if rows.codes}
    content = content._replace(
        department=book.department or content.department,
        year=book.year or content.year,
        unit=book.unit.name,
        kind=book.kind or content.kind,
        codes={table: codes for table, codes in content.codes.items() if table not in taken},
    )
    found = carried_in(content, into, formulas)
    last_year = load_inputs().last_year_sheet
    edits = tuple(
        edit
        for edit in found.edits
        if edit.value is not None
        and (edit.sheet == last_year or _at(into.grids[edit.sheet], edit.row, edit.column) == "")
    )
    return found._replace(edits=edits)


def has_ledger(workbook: Workbook) -> bool:
    """Whether a workbook has 06明细账 as our template lays it out."""
    inputs = load_inputs()
    return _at(workbook.grids.get(inputs.ledger_sheet, []), 1, 1) == inputs.ledger_title


@lru_cache(maxsize=4)
def _blank(edition: Edition, ledger: bool) -> tuple[dict[str, Grid], frozenset[Place]]:
    """What a blank template prints, and its formula cells."""
    data = build(Content(edition=edition, ledger=ledger))
    return read_sheets(data, "").grids, formula_cells(data)


def _require_fit(content: Content, layout: Layout, book: Book) -> None:
    same = content.form.id == book.edition.id and all(
        len(codes) <= CAPACITY for codes in content.codes.values()
    )
    for table in layout.tables.values():
        for name, (row, column) in table.places.items():
            figure = book.figures.get(name)
            if figure and figure.place != (table.sheet, row, column):
                same = False
    if not same:
        raise OtherLayoutError(
            "两个工作簿的表样不同（版式、06表的科目或科目的行数），不能直接填进来。"
        )


def _cells(new: Grid, old: Grid) -> Iterator[tuple[int, int, object, object]]:
    """(row, column, new value, old value) over the extent of both grids, 1-based."""
    for row in range(1, max(len(new), len(old)) + 1):
        width = max(len(grid[row - 1]) for grid in (new, old) if row <= len(grid))
        for column in range(1, width + 1):
            yield row, column, _at(new, row, column), _at(old, row, column)


def _at(grid: Grid, row: int, column: int) -> object:
    """A cell; "" outside of the grid."""
    if row > len(grid) or column > len(grid[row - 1]):
        return ""
    return grid[row - 1][column - 1]


def _value(value: object) -> CellValue:
    if value == "":
        return None
    return Decimal(repr(value)) if isinstance(value, (int, float)) else str(value)
