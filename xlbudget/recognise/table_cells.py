"""What every kind of table needs: gathered cells, what accounts for the others, findings, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..model.book import CellRef, Finding, Numbered, Place
from ..model.forms import Column
from ..model.grid import Grid
from ..model.severity import Severity
from .block import Block
from .labels import are_column_numbers, as_text, compact, is_note

HEAD_ROWS = 14  # title, number, unit, department and heads stand within these rows
AGAIN = "+"
"""Stands between a code and its row in the names of a row whose code stood higher up already."""


class Cells:
    """What was gathered from a block, before units and precision are settled (0-based places).

    ``found`` maps a figure's name to its raw value, row and column.  ``rows``, ``columns`` and
    ``places`` are what else is accounted for: lines and columns of ordinals, codes or another
    measure, single cells.  ``body`` are the first row below the heads and the row after the last
    line; ``told`` the cells that a finding names already; ``fractions`` counts amounts that hold less
    than a 分.
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        self.found: dict[str, tuple[object, int, int]] = {}
        self.findings: list[Finding] = []
        self.numbers: list[Numbered] = []
        self.rows: set[int] = set()
        self.columns: set[int] = set()
        self.others: dict[int, str] = {}
        self.places: set[tuple[int, int]] = set()
        self.told: set[tuple[int, int]] = set()
        self.body: tuple[int, int] = (0, 0)
        self.missing: list[str] = []
        self.fractions = 0

    def say(
        self, rule: str, row: int, column: int, message: str, *, ref: str = "", value: str = ""
    ) -> None:
        """An error at a cell of the block (0-based)."""
        place = self.block.place(row, column)
        refs = (CellRef(ref, place.sheet, place.cell, value),)
        self.findings.append(Finding(rule, Severity.ERROR, message, refs))


def notes(grid: Grid) -> tuple[str, ...]:
    """The texts from the first note on; everything below a table's note is note."""
    texts: list[str] = []
    for row in grid[4:]:
        for value in row:
            if value and isinstance(value, str) and (texts or is_note(value)) and value.strip():
                texts.append(value.strip())
                break
    return tuple(texts)


def notes_from(block: Block) -> int:
    """The row of the first note, or the number of rows; pages may each have theirs."""
    grid = block.rows
    if block.elsewhere:
        return len(grid)
    for index in range(min(3, len(grid)), len(grid)):
        for value in grid[index]:
            if value and isinstance(value, str):
                if is_note(value):
                    return index
                break
    return len(grid)


def number_columns(cells: Cells, rows: Iterable[int], columns: Mapping[int, Column]) -> None:
    """Gather the 栏次 above the amounts from the first of ``rows`` (0-based) that prints them."""
    grid = cells.block.rows
    if not any(column.ordinal for column in columns.values()):
        return
    for row in rows:
        if not is_numbers_row(grid[row]):
            continue
        for at, column in sorted(columns.items()):
            if column.ordinal:
                printed = as_text(grid[row][at]) if at < len(grid[row]) else ""
                place = cells.block.place(row, at)
                cells.numbers.append(Numbered("栏次", str(column.ordinal), printed, place))
        return


def is_numbers_row(row: Sequence[object]) -> bool:
    """Whether a line holds the columns' numbers (栏次)."""
    for value in row:
        if value and isinstance(value, str) and not value.isdigit():
            word = compact(value)
            if word == "栏次":
                return True
            if word and not word.isdigit():
                return False
    return are_column_numbers(row)


def by_ordinal(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> dict[int, Column]:
    """Columns by their printed 栏次, where the heads could not tell; nothing if that fails too."""
    wanted = {str(column.ordinal): column for column in columns if column.ordinal}
    for row in rows:
        found = {at: wanted[as_text(v)] for at, v in enumerate(row) if as_text(v) in wanted}
        if len(found) == len(columns) == len(set(found.values())):
            return found
    return {}


def place_text(place: Place) -> str:
    """A cell as a message names it."""
    return str(place)
