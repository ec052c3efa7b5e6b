"""What every kind of table needs: gathered cells, findings, notes, columns by their 栏次."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..model.book import CellRef, Finding, Place
from ..model.forms import Column
from .heads import Grid
from .labels import as_text

HEAD_ROWS = 12  # title, number, unit, department and heads stand within these rows
AGAIN = "+"
"""Stands between a code and its row in the names of a row whose code stood higher up already."""
_NOTE_STARTS = ("注:", "注：", "说明:", "说明：", "备注", "附注", "注1", "注.")


class Cells(NamedTuple):
    """Amount cells gathered from a sheet, before units and precision are settled."""

    found: dict[str, tuple[object, int, int]]  # name → (raw value, row, column), 1-based
    findings: list[Finding]


def finding(
    rule: str, sheet: str, row: int, column: int, message: str, *, ref: str = "", value: str = ""
) -> Finding:
    return Finding(
        rule, "error", message, (CellRef(ref, sheet, Place(sheet, row, column).cell, value),)
    )


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


def by_ordinal(columns: Sequence[Column], rows: Sequence[list[object]]) -> dict[int, Column]:
    """Columns by their printed 栏次, where the heads could not tell; nothing if that fails too."""
    wanted = {str(column.ordinal): column for column in columns if column.ordinal}
    for row in rows:
        found = {at: wanted[as_text(v)] for at, v in enumerate(row) if as_text(v) in wanted}
        if len(found) == len(columns) == len(set(found.values())):
            return found
    return {}
