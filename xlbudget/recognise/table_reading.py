"""The nine tables in the sheets of a workbook, whoever made it.

A table is known by its title (or its sheet's name, or its heads), a column by its head, a row by its
label or code; never by position.  What cannot be understood becomes a finding with its cell.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

from ..model.book import Figure, Finding, TableRows
from ..model.forms import Edition, Table
from ..model.grid import Grid
from ..model.money import Unit, parse_unit
from .alike import read_alike
from .amounts import figures_of
from .heads import head_word
from .items import read_items
from .labels import as_text, compact, is_department
from .lists import read_list
from .one_row import read_row
from .table_cells import AGAIN, HEAD_ROWS, Cells, notes
from .two_sided import read_form


class Found(NamedTuple):
    """One table as found: its rows, its figures, and what could not be read."""

    rows: TableRows
    figures: dict[str, Figure]
    unreadable: dict[str, str]
    findings: tuple[Finding, ...]
    unit: Unit | None
    head: Mapping[str, str]


def classify(grid: Grid, sheet: str, edition: Edition) -> Table | None:
    """Which of the nine tables a sheet holds: by title, then by the sheet's name, then by heads."""
    for row in grid[:HEAD_ROWS]:
        for value in row:
            if isinstance(value, str) and len(value) >= 4 and "表" in value and len(value) < 80:
                found = _by_title(compact(value), edition)
                if found:
                    return found
    return _by_title(compact(sheet), edition, sheet_name=True) or _by_heads(grid, edition)


@lru_cache(maxsize=4096)
def _by_title(text: str, edition: Edition, *, sheet_name: bool = False) -> Table | None:
    if len(text) < 3:
        return None
    best: tuple[int, Table] | None = None
    for table in edition.tables:
        titles = (table.title, *table.also, *((table.sheet,) if sheet_name else ()))
        for title in map(compact, titles):
            inside = title in text
            # Sheet names are cut at 31 characters.
            cut = (
                sheet_name
                and len(text) >= 31
                and any(text.endswith(title[:n]) for n in range(6, len(title)))
            )
            if (inside or cut) and (best is None or len(title) > best[0]):
                best = (len(title), table)
    return best[1] if best else None


def _by_heads(grid: Grid, edition: Edition) -> Table | None:
    words = {
        head_word(value)
        for row in grid[:HEAD_ROWS]
        for value in row
        if isinstance(value, str) and value
    }
    best: tuple[int, Table] | None = None
    for table in edition.tables:
        columns = table.columns or tuple(c for side in table.sides for c in side.columns)
        wanted = {head_word(column.head[-1]) for column in columns}
        if len(wanted) >= 3 and wanted <= words and (best is None or len(wanted) > best[0]):
            best = (len(wanted), table)
    return best[1] if best else None


def read_table(
    table: Table,
    edition: Edition,
    grid: Grid,
    sheet: str,
    default_unit: Unit,
    uncached: Collection[tuple[int, int]] = (),
) -> Found:
    """Read one recognised table.

    ``uncached`` are the (row, column), 1-based, of formulas nobody has calculated: their figures
    are unreadable, never blank.
    """
    head, unit = _sheet_head(grid)
    cells = Cells({}, [], [])
    rows = TableRows(table.id, sheet)
    if table.kind == "list":
        rows = read_list(table, grid, sheet, cells)
    elif table.kind == "form":
        read_alike(read_form, table, grid, sheet, cells)
        rows = rows._replace(notes=notes(grid))
    elif table.kind == "items":
        codes = read_items(table, grid, sheet, cells)
        rows = rows._replace(notes=notes(grid), codes=codes)
    else:
        read_row(table, grid, sheet, cells)
        rows = rows._replace(notes=notes(grid))
    figures, unreadable = figures_of(cells, sheet, unit or default_unit, uncached, edition, table)
    rows = rows._replace(numbers=tuple(cells.numbers))
    if any(AGAIN in name for name in cells.found):
        doubled = _set_aside(figures, unreadable, sheet)
        rows = rows._replace(doubled=doubled)
    return Found(rows, figures, unreadable, tuple(cells.findings), unit, head)


def _set_aside(
    figures: dict[str, Figure], unreadable: dict[str, str], sheet: str
) -> tuple[Figure, ...]:
    """Take the figures of doubled codes out: nobody can say which of the rows is meant."""
    every = (*figures, *unreadable)
    codes = {n.split(".")[1].partition(AGAIN)[0] for n in every if AGAIN in n}
    doubled: list[Figure] = []
    for name in every:
        table, row, column = name.split(".")
        code = row.partition(AGAIN)[0]
        if code in codes:
            plain = f"{table}.{code}.{column}"
            if name in figures:
                doubled.append(figures.pop(name)._replace(name=plain))
            unreadable.pop(name, None)
            unreadable[plain] = f"{sheet}里{code}有不止一行"
    return tuple(doubled)


@lru_cache(maxsize=4096)
def _head_part(value: str) -> str:
    """Which of ``HEAD_PARTS`` a text above a table is, or ""."""
    text = compact(value)
    if "金额单位" in text or (text.startswith("单位") and "元" in text):
        return "unit"
    if text.startswith("公开") and text.endswith("表") and len(text) <= 8:
        return "number"
    return "department" if is_department(value) else ""


def _sheet_head(grid: Grid) -> tuple[dict[str, str], Unit | None]:
    """What stands above the table: 公开0N表, 单位：万元, 部门：…"""
    head: dict[str, str] = {}
    unit: Unit | None = None
    for row in grid[:8]:
        for index, value in enumerate(row):
            if not isinstance(value, str) or not value:
                continue
            part = _head_part(value)
            if not part:
                continue
            text = compact(value)
            if part == "unit":
                unit = unit or parse_unit(text)
                head.setdefault("unit", text)
            elif part == "number":
                head.setdefault("number", text)
            elif "department" not in head:
                name = value.replace(":", "：").partition("：")[2].strip()
                if not name and ("：" in value or ":" in value) and index + 1 < len(row):
                    name = as_text(row[index + 1])
                if name and "元" not in name:
                    head["department"] = name
    return head, unit
