"""What every kind of table needs: gathered cells, findings, notes, columns by their 栏次."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..model.book import CellRef, Finding, Numbered, Place
from ..model.forms import Column
from ..model.grid import Grid
from .labels import are_column_numbers, as_text, compact

HEAD_ROWS = 12  # title, number, unit, department and heads stand within these rows
AGAIN = "+"
"""Stands between a code and its row in the names of a row whose code stood higher up already."""
_NOTE_STARTS = ("注:", "注：", "说明:", "说明：", "备注", "附注", "注1", "注.")


class Cells(NamedTuple):
    """Amount cells gathered from a sheet, before units and precision are settled."""

    found: dict[str, tuple[object, int, int]]  # name → (raw value, row, column), 1-based
    findings: list[Finding]
    numbers: list[Numbered]


def finding(
    rule: str, sheet: str, row: int, column: int, message: str, *, ref: str = "", value: str = ""
) -> Finding:
    return Finding(
        rule, "error", message, (CellRef(ref, sheet, Place(sheet, row, column).cell, value),)
    )


@lru_cache(maxsize=8192)
def is_note(text: str) -> bool:
    return text.strip().startswith(_NOTE_STARTS)


def notes(grid: Grid) -> tuple[str, ...]:
    """The texts from the first note on; everything below a table's note is note."""
    texts: list[str] = []
    for row in grid[4:]:
        for value in row:
            if value and isinstance(value, str) and (texts or is_note(value)) and value.strip():
                texts.append(value.strip())
                break
    return tuple(texts)


def number_columns(
    cells: Cells, grid: Grid, sheet: str, rows: Sequence[int], columns: Mapping[int, Column]
) -> None:
    """Gather the 栏次 above the amounts from the first of ``rows`` (0-based) that prints them."""
    if not any(column.ordinal for column in columns.values()):
        return
    for row in rows:
        if not are_column_numbers(grid[row]) and "栏次" not in {
            compact(value) for value in grid[row] if isinstance(value, str)
        }:
            continue
        for at, column in sorted(columns.items()):
            if column.ordinal:
                printed = as_text(grid[row][at]) if at < len(grid[row]) else ""
                place = Place(sheet, row + 1, at + 1)
                cells.numbers.append(Numbered("栏次", str(column.ordinal), printed, place))
        return


def by_ordinal(columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> dict[int, Column]:
    """Columns by their printed 栏次, where the heads could not tell; nothing if that fails too."""
    wanted = {str(column.ordinal): column for column in columns if column.ordinal}
    for row in rows:
        found = {at: wanted[as_text(v)] for at, v in enumerate(row) if as_text(v) in wanted}
        if len(found) == len(columns) == len(set(found.values())):
            return found
    return {}
