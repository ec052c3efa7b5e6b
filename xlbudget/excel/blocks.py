"""Cell edits as rectangles, so that Excel is asked once per rectangle and never once per cell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ..model.addresses import address
from ..model.edits import CellEdit, CellValue

_DIGITS = re.compile(
    r"(?:上午|下午)?[\s\d.,:/%()$¥￥+\-]*\d[\s\d.,:/%()$¥￥+\-eEAMPamp年月日时分秒]*"
)
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_MONTHS = re.compile(
    rf"\s*(?:\d+[\s\-/]*{_MONTH}[\s\-/,\d]*|{_MONTH}[\s\-/,]*\d[\s\-/,\d]*)", re.IGNORECASE
)
_FORMULA_STARTS = ("=", "+", "-", "@", "'", "#")


class Block(NamedTuple):
    """A rectangle of cells to be written: its first cell (1-based) and its rows of values."""

    sheet: str
    top: int
    left: int
    rows: tuple[tuple[CellValue, ...], ...]

    @property
    def address(self) -> str:
        """``C8:D20``, or ``C8`` for one cell."""
        first = address(self.top, self.left)
        last = address(self.top + len(self.rows) - 1, self.left + len(self.rows[0]) - 1)
        return first if first == last else f"{first}:{last}"


def blocks(edits: Collection[CellEdit]) -> Iterator[Block]:
    """The edits as few rectangles that hold the edited cells and no other.

    Of several edits of one cell the last holds.  Sheets keep the order in which they first come.
    """
    sheets: dict[str, dict[tuple[int, int], CellValue]] = {}
    for edit in edits:
        sheets.setdefault(edit.sheet, {})[edit.row, edit.column] = edit.value
    for sheet, cells in sheets.items():
        open_runs: dict[tuple[int, int], tuple[int, list[tuple[CellValue, ...]]]] = {}
        last_row = 0
        for row, runs in _runs(cells):
            if row != last_row + 1:
                yield from _closed(sheet, open_runs)
                open_runs = {}
            found = {(run[0][0], run[-1][0]): tuple(value for _, value in run) for run in runs}
            yield from _closed(sheet, {k: v for k, v in open_runs.items() if k not in found})
            open_runs = {
                key: (open_runs[key][0], [*open_runs[key][1], values])
                if key in open_runs
                else (row, [values])
                for key, values in found.items()
            }
            last_row = row
        yield from _closed(sheet, open_runs)


def _runs(
    cells: dict[tuple[int, int], CellValue],
) -> Iterator[tuple[int, list[list[tuple[int, CellValue]]]]]:
    """Row by row the runs of neighbouring cells, each as (column, value) pairs."""
    rows: dict[int, list[tuple[int, CellValue]]] = {}
    for (row, column), value in sorted(cells.items(), key=lambda item: item[0]):
        rows.setdefault(row, []).append((column, value))
    for row, line in rows.items():
        runs: list[list[tuple[int, CellValue]]] = []
        for column, value in line:
            if runs and runs[-1][-1][0] == column - 1:
                runs[-1].append((column, value))
            else:
                runs.append([(column, value)])
        yield row, runs


def _closed(
    sheet: str, runs: dict[tuple[int, int], tuple[int, list[tuple[CellValue, ...]]]]
) -> Iterator[Block]:
    for (left, _), (top, rows) in runs.items():
        yield Block(sheet, top, left, tuple(rows))


def would_change(text: str) -> bool:
    """Whether Excel would take a text written to a General cell for something else.

    A code becomes a number, ``1-2`` a date, ``=`` a formula; such cells must be of the text format.
    """
    return (
        text.startswith(_FORMULA_STARTS)
        or text.strip().lower() in ("true", "false")
        or (len(text) <= 40 and bool(_DIGITS.fullmatch(text) or _MONTHS.fullmatch(text)))
    )


def texts_to_keep(edits: Sequence[CellEdit]) -> list[CellEdit]:
    """The edits whose text must stay a text."""
    return [e for e in edits if isinstance(e.value, str) and e.value and would_change(e.value)]
