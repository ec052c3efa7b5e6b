"""Table 09: one line of amounts below two rows of heads."""

from __future__ import annotations

from ..model.forms import Table
from ..model.grid import Grid
from .heads import columns_under, head_word
from .labels import are_column_numbers
from .table_cells import HEAD_ROWS, Cells, by_ordinal, finding, number_columns


def read_row(table: Table, grid: Grid, sheet: str, cells: Cells) -> None:
    words = {head_word(text) for column in table.columns for text in column.head}
    heads = [
        index
        for index, row in enumerate(grid[:HEAD_ROWS])
        if any(isinstance(v, str) and head_word(v) in words for v in row)
    ]
    first = heads[0] if heads else None
    data = _row_of_amounts(grid, heads) if heads else None
    if first is None or data is None:
        cells.findings.append(
            finding("A03", sheet, 1, 1, f"{sheet}里没有找到“预算数”“决算数”的表头，这张表没有读。")
        )
        return
    last = next((i for i in range(first + 1, data + 1) if are_column_numbers(grid[i])), data)
    width = max(len(row) for row in grid[first:last])
    columns = columns_under(grid, first, last, range(width), table.columns, table.row_labels)
    if len(columns) < len(table.columns):
        columns = by_ordinal(table.columns, grid[last:data]) or columns
    number_columns(cells, grid, sheet, range(last, data), columns)
    for index, column in columns.items():
        value = grid[data][index] if index < len(grid[data]) else None
        cells.found[f"{table.id}.{column.row}.{column.id}"] = (value, data + 1, index + 1)
    for column in table.columns:
        if column not in columns.values():
            cells.findings.append(
                finding(
                    "A03",
                    sheet,
                    first + 1,
                    1,
                    f"{sheet}里没有找到“{'-'.join(column.head)}”这一列。",
                )
            )


def _row_of_amounts(grid: Grid, heads: list[int]) -> int | None:
    """The line of amounts: below the column numbers, or the first without words, or below the heads."""
    first = heads[0]
    for index in range(first + 1, min(len(grid), first + 8)):
        if are_column_numbers(grid[index]):
            return index + 1 if index + 1 < len(grid) else None
    for index in range(first + 1, min(len(grid), first + 8)):
        values = [v for v in grid[index] if v not in ("", None)]
        if values and all(not isinstance(v, str) or any(c.isdigit() for c in v) for v in values):
            return index
    return heads[-1] + 1 if len(heads) > 1 and heads[-1] + 1 < len(grid) else None
