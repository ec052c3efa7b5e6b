"""One recognised table read from its block: rows, figures, what could not be read, how far it was read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

from ..model.book import Figure, Finding, Reading, TableRows
from ..model.forms import Edition, Table
from ..model.grid import Grid
from ..model.money import Unit, parse_unit
from .account import reading_of
from .alike import read_alike
from .amounts import figures_of
from .block import Block
from .forms import read_form
from .items import read_items
from .labels import as_text, compact, is_department
from .lists import read_list
from .table_cells import AGAIN, Cells, notes
from .three_public import read_three_public


class Found(NamedTuple):
    """One table as found: its rows, its figures, what could not be read, and how far it was read."""

    rows: TableRows
    figures: dict[str, Figure]
    unreadable: dict[str, str]
    findings: tuple[Finding, ...]
    unit: Unit | None
    head: Mapping[str, str]
    reading: Reading
    fractions: int = 0


def read_table(
    table: Table,
    edition: Edition,
    block: Block,
    default_unit: Unit,
    uncached: Collection[tuple[str, int, int]] = (),
) -> Found:
    """Read one recognised table.

    ``uncached`` are the (sheet, row, column), 1-based, of formulas nobody has calculated: their
    figures are unreadable, never blank.
    """
    head, unit = _head(block.rows)
    cells = Cells(block)
    rows = TableRows(table.id, block.sheet)
    if table.kind == "list":
        rows = read_list(table, block, cells)
    elif table.kind == "form":
        read_alike(read_form, table, block, cells)
        rows = rows._replace(notes=notes(block.rows))
    elif table.kind == "items":
        codes = read_items(table, block, cells)
        rows = rows._replace(notes=notes(block.rows), codes=codes)
    else:
        read_three_public(table, block, cells)
        rows = rows._replace(notes=notes(block.rows))
    figures, unreadable = figures_of(cells, unit or default_unit, uncached, edition, table)
    rows = rows._replace(numbers=tuple(cells.numbers))
    if any(AGAIN in name for name in cells.found):
        doubled = _set_aside(figures, unreadable, block.sheet)
        rows = rows._replace(doubled=doubled)
    if table.kind == "list":
        unreadable.update(_without_column(table, rows, figures, unreadable))
    reading, loose = reading_of(table, cells)
    findings = (*cells.findings, *loose)
    return Found(rows, figures, unreadable, findings, unit, head, reading, cells.fractions)


def _without_column(
    table: Table, rows: TableRows, figures: Mapping[str, Figure], unreadable: Mapping[str, str]
) -> dict[str, str]:
    """The figures of a column that was not found: unknown on every line, never zero."""
    return {
        name: f"{rows.sheet}里没有找到“{'-'.join(column.head)}”这一列"
        for column in table.columns
        for code in rows.codes
        if (name := f"{table.id}.{code}.{column.id}") not in figures and name not in unreadable
    }


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
    if "金额单位" in text or (text.startswith(("单位", "(单位", "计量单位")) and "元" in text):
        return "unit"
    if text.startswith("公开") and text.endswith("表") and len(text) <= 8:
        return "number"
    return "department" if is_department(value) else ""


def _head(grid: Grid) -> tuple[dict[str, str], Unit | None]:
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
