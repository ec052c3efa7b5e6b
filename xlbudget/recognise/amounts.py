"""Gathered cells as amounts in 分 with their precision."""

from __future__ import annotations

from collections.abc import Collection

from ..model.book import CellRef, Figure, Finding
from ..model.forms import Edition, Table
from ..model.money import YUAN, AmountError, Unit, parse_amount
from ..model.severity import Severity
from .labels import as_text
from .table_cells import AGAIN, Cells


def figures_of(
    cells: Cells,
    unit: Unit,
    uncached: Collection[tuple[str, int, int]],
    edition: Edition,
    table: Table,
) -> tuple[dict[str, Figure], dict[str, str]]:
    """Amounts in 分 with their precision.

    A figure that holds more than two decimals is exact; where more than half of a table's amounts
    do, all of them are (a round amount in an unrounded column is exact too).
    """
    figures: dict[str, Figure] = {}
    unreadable: dict[str, str] = {}
    finer = nonzero = 0
    last_digit = unit.last_digit
    texts: list[tuple[str, int, int, str]] = []
    place_of = cells.block.place
    for name, (value, row, column) in cells.found.items():
        place = place_of(row, column)
        if uncached and place in uncached:
            unreadable[name] = f"{place}的公式还没有计算"
            continue
        if value == "" or value is None:
            figures[name] = Figure(name, None, 0, place)
            continue
        try:
            parsed = parse_amount(value, unit)
        except AmountError:
            shown = as_text(value)
            unreadable[name] = f"{place}里是“{shown}”，不是金额"
            is_error = shown.startswith("#")
            cells.say(
                "A07",
                row,
                column,
                f"{edition.label(_plain(name))}里是{'错误值' if is_error else '文字'}“{shown}”，"
                f"应当是金额，请{'改正公式或' if is_error else ''}填上数字；没有的就留空。",
                ref=_plain(name),
                value=shown,
            )
            continue
        if parsed is None:
            figures[name] = Figure(name, None, 0, place)
            continue
        if (
            unit is YUAN
            and isinstance(value, float)
            and abs(value * 100 - round(value * 100)) > 1e-3
        ):
            cells.fractions += 1
        fen, was_text = parsed
        if was_text:
            texts.append((name, row, column, as_text(value)))
        half = 0
        if fen:
            nonzero += 1
            if fen % last_digit:
                finer += 1
            else:
                half = unit.half
        figures[name] = Figure(name, fen, half, place)
    if texts:
        cells.findings.append(_text_numbers(texts, cells, table))
    if finer * 2 > nonzero:
        figures = {name: figure._replace(half=0) for name, figure in figures.items()}
    return figures, unreadable


def _plain(name: str) -> str:
    """A figure's name without the row that a doubled code's carries."""
    if AGAIN not in name:
        return name
    table, row, column = name.split(".")
    return f"{table}.{row.partition(AGAIN)[0]}.{column}"


def _text_numbers(texts: list[tuple[str, int, int, str]], cells: Cells, table: Table) -> Finding:
    refs = tuple(
        CellRef(_plain(n), place.sheet, place.cell, v)
        for n, r, c, v in texts[:50]
        for place in (cells.block.place(r, c),)
    )
    return Finding(
        "A07",
        Severity.INFO,
        f"{table.sheet}有{len(texts)}个数字是按文本存放的（第一个在{refs[0].cell}），"
        "已按数字核对；请改成数值格式，否则表里的求和会漏掉它们。",
        refs,
    )
