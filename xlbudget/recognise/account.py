"""Every amount of a table accounted for: a figure, a number or code, another measure, or named."""

from __future__ import annotations

from collections.abc import Sequence

from ..model.addresses import address
from ..model.book import CellRef, Finding, Reading
from ..model.forms import Table
from ..model.severity import Severity
from .lists import holds_amount
from .table_cells import Cells, notes_from

_SHOWN = 20


def reading_of(table: Table, cells: Cells) -> tuple[Reading, tuple[Finding, ...]]:
    """How far a table was read, and the finding that names what nothing accounts for."""
    block = cells.block
    rows = block.rows
    figures = {(row, column) for _, row, column in cells.found.values()}
    others = ordinals = 0
    loose: list[tuple[int, int]] = []
    first, last = cells.body
    for index in range(first, max(last, notes_from(block))):
        row = rows[index]
        if not any(row):
            continue
        for column, value in enumerate(row):
            if value == "" or value is None or (index, column) in figures:
                continue
            if not holds_amount(value):
                continue
            if column in cells.columns or index in cells.rows:
                ordinals += 1
            elif column in cells.others or (index, column) in cells.places:
                others += 1
            else:
                loose.append((index, column))
    named = [place for place in loose if place not in cells.told]
    state = "partial" if loose or cells.missing else "whole"
    area = _area(cells)
    amounts = sum(1 for value, _, _ in cells.found.values() if value not in ("", None))
    reading = Reading(block.sheet, area, state, amounts, ordinals, others, len(loose))
    return reading, ((_finding(table, cells, named),) if named else ())


def _area(cells: Cells) -> str:
    """Where the table stands, without blank rows and columns at its ends."""
    block = cells.block
    rows = block.rows
    pages = block.elsewhere
    end = next((n for n, (sheet, _) in enumerate(pages) if sheet != block.sheet), len(rows))
    last = next((n for n in range(end - 1, -1, -1) if any(rows[n])), 0)
    bottom = (pages[last][1] if pages else block.top + last) + 1
    columns = [c for c, v in enumerate(rows[last]) if v not in ("", None)] if rows else []
    right = max((*(c for _, _, c in cells.found.values()), *columns), default=0)
    return f"{address(block.top + 1, block.left + 1)}:{address(bottom, block.left + right + 1)}"


def _finding(table: Table, cells: Cells, loose: Sequence[tuple[int, int]]) -> Finding:
    block = cells.block
    row, column = loose[0]
    words = _words_around(cells, row, column)
    place = block.place(row, column)
    more = f"等{len(loose)}个金额" if len(loose) > 1 else "的金额"
    return Finding(
        "A11",
        Severity.ERROR,
        f"{table.title}里{place.sheet}!{place.cell}{more}不知道属于哪一项（{words}），没有计入核对；"
        "请核对它的表头和项目，与版式一致后再校验。",
        tuple(
            CellRef("", at.sheet, at.cell, str(block.rows[r][c]))
            for r, c in loose[:_SHOWN]
            for at in (block.place(r, c),)
        ),
    )


def _words_around(cells: Cells, row: int, column: int) -> str:
    """What stands left of a cell and above it."""
    rows = cells.block.rows
    left = next(
        (v.strip() for v in reversed(rows[row][:column]) if isinstance(v, str) and v.strip()), ""
    )
    above = next(
        (
            v.strip()
            for n in range(row - 1, -1, -1)
            if column < len(rows[n])
            and isinstance(v := rows[n][column], str)
            and v.strip()
            and not holds_amount(v)
        ),
        "",
    )
    return f"左边是“{left or '空'}”，上面是“{above or '空'}”"
