"""Sheet 原因说明 kept in step with the figures: one line per change that needs a reason."""

from __future__ import annotations

from decimal import Decimal

from ..model.book import Book
from ..model.edits import CellEdit, CellValue
from ..model.grid import Grid
from ..model.inputs import load_inputs
from .reasons import required_reasons

FIRST_ROW = 4
"""First line of 原因说明, below its heads."""


def reason_edits(book: Book, grid: Grid | None) -> tuple[CellEdit, ...]:
    """Lines for what needs a reason, below those that are there; typed reasons stay.

    Lines that are there are brought up to date; one that is no longer needed is left alone, since
    somebody may have written a reason into it.  Nothing where the workbook has no such sheet.
    """
    if grid is None:
        return ()
    sheet = load_inputs().reasons_sheet
    rows = {
        str(row[0]).strip(): number
        for number, row in enumerate(grid, 1)
        if number >= FIRST_ROW and row and str(row[0]).strip()
    }
    used = [n for n, row in enumerate(grid, 1) if any(v not in ("", None) for v in row)]
    free = max(max(used, default=0) + 1, FIRST_ROW)
    edits: list[CellEdit] = []
    for line in required_reasons(book):
        number = rows.get(line.key)
        if number is None:
            number, free = free, free + 1
        amounts = (line.current, line.base, line.difference)
        values: tuple[CellValue, ...] = (
            line.key,
            line.label,
            *(Decimal(fen) / book.unit.fen for fen in amounts),
        )
        edits.extend(
            CellEdit(sheet, number, column, value)
            for column, value in enumerate(values, 1)
            if not _holds(grid, number, column, value)
        )
    return tuple(edits)


def _holds(grid: Grid, row: int, column: int, value: CellValue) -> bool:
    """Whether a cell holds the value already, so that filling twice changes nothing more."""
    if row > len(grid) or column > len(grid[row - 1]):
        return False
    found = grid[row - 1][column - 1]
    if isinstance(value, Decimal) and isinstance(found, (int, float)):
        return abs(Decimal(repr(found)) - value) * 1_000_000 < 1
    return found == value
