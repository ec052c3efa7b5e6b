"""Sheets printed alike: the same words in the same cells.

The workbooks of a folder come from one system or one template, by the hundred.  Where a fixed form's
amounts stand follows from its words, so it is worked out once for all sheets that print the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..model.book import Numbered
from ..model.forms import Table
from ..model.grid import Grid
from .block import Block
from .labels import is_department
from .table_cells import Cells

Words = tuple[tuple[object, ...], ...]
Reader = Callable[[Table, Block, Cells], None]

_HEAD = 8  # rows in which the department's name may stand
_MOST = 256


class _Placed(NamedTuple):
    """Where the amounts stand, from 0, what numbers its lines and columns, what else is accounted for,
    and the cells that are neither a word nor an amount, with what they hold."""

    amounts: tuple[tuple[str, int, int], ...]
    numbers: tuple[Numbered, ...]
    others: tuple[tuple[int, int, object], ...]
    columns: frozenset[int]
    measures: tuple[tuple[int, str], ...]
    places: frozenset[tuple[int, int]]
    body: tuple[int, int]


_PLACED: dict[tuple[Table, str, int, int, Words], _Placed] = {}


def words_of(grid: Grid) -> Words:
    """The words of a sheet where they stand; numbers, blanks and the department's name are 0."""
    head = [
        tuple([v if isinstance(v, str) and v and not is_department(v) else 0 for v in row])
        for row in grid[:_HEAD]
    ]
    body = [tuple([v if v and isinstance(v, str) else 0 for v in row]) for row in grid[_HEAD:]]
    return (*head, *body)


def read_alike(read: Reader, table: Table, block: Block, cells: Cells) -> None:
    """``read`` a block of fixed lines, or what it found on one like it.

    ``read`` must not look at the amounts themselves, only at what stands around them.
    """
    if block.elsewhere:
        read(table, block, cells)
        return
    grid = block.rows
    key = table, block.sheet, block.top, block.left, words_of(grid)
    placed = _PLACED.get(key)
    if placed and all(grid[row][column] == value for row, column, value in placed.others):
        for name, row, column in placed.amounts:
            cells.found[name] = grid[row][column], row, column
        cells.numbers.extend(placed.numbers)
        cells.columns.update(placed.columns)
        cells.others.update(placed.measures)
        cells.places.update(placed.places)
        cells.body = placed.body
        return
    read(table, block, cells)
    if placed is None and not cells.findings:
        if len(_PLACED) >= _MOST:
            _PLACED.clear()
        _PLACED[key] = _placed(grid, cells)


def _placed(grid: Grid, cells: Cells) -> _Placed:
    amounts = tuple((name, row, column) for name, (_, row, column) in cells.found.items())
    taken = {(row, column) for _, row, column in amounts}
    others = tuple(
        (row, column, value)
        for row, values in enumerate(grid)
        for column, value in enumerate(values)
        if not (value and isinstance(value, str)) and (row, column) not in taken
    )
    return _Placed(
        amounts,
        tuple(cells.numbers),
        others,
        frozenset(cells.columns),
        tuple(cells.others.items()),
        frozenset(cells.places),
        cells.body,
    )
