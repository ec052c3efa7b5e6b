"""Tables 02, 03, 05, 07 and 08: one line per 科目代码 and a total."""

from __future__ import annotations

from collections.abc import Sequence

from ..model.book import Place, TableRows
from ..model.forms import Table
from ..model.grid import Grid
from ..model.money import YUAN, AmountError, parse_amount
from .heads import columns_under
from .labels import as_code, as_text, bare, compact, is_ordinal_row
from .table_cells import AGAIN, HEAD_ROWS, Cells, by_ordinal, finding, is_note, number_columns

_CODE_HEADS = ("科目代码", "科目编码", "功能分类科目编码", "支出功能分类科目编码", "编码", "代码")


def _code_column(grid: Grid) -> tuple[int, int] | None:
    """Row and column (0-based) of the head over the codes."""
    for row, cells in enumerate(grid[:HEAD_ROWS]):
        for column, value in enumerate(cells):
            if isinstance(value, str) and bare(value) in _CODE_HEADS:
                return row, column
    return None


def _first_data_row(grid: Grid, code_row: int, code_column: int) -> int:
    for row in range(code_row + 1, len(grid)):
        cells = grid[row]
        texts = [compact(v) for v in cells[: code_column + 2] if isinstance(v, str) and v]
        if "栏次" in texts or is_ordinal_row(cells):
            return row + 1
        if as_code(cells[code_column]) or "合计" in texts:
            return row
    return code_row + 1


def read_list(table: Table, grid: Grid, sheet: str, cells: Cells) -> TableRows:
    where = _code_column(grid)
    if where is None:
        cells.findings.append(
            finding("A03", sheet, 1, 1, f"{sheet}里没有找到“科目代码”这个表头，这张表没有读。")
        )
        return TableRows(table.id, sheet)
    code_row, code_column = where
    first = _first_data_row(grid, code_row, code_column)
    head_last = first
    while head_last - 1 > code_row and (
        is_ordinal_row(grid[head_last - 1])
        or any(compact(v) == "栏次" for v in grid[head_last - 1] if isinstance(v, str))
    ):
        head_last -= 1
    head_first = max(0, code_row - 1)
    width = max((len(row) for row in grid[head_first:head_last]), default=0)
    at = range(code_column + 2, width)
    columns = columns_under(grid, head_first, head_last, at, table.columns)
    if len(columns) < len(table.columns):
        columns = by_ordinal(table.columns, grid[head_last:first]) or columns
    for column in (c for c in table.columns if c not in columns.values()):
        cells.findings.append(
            finding(
                "A03",
                sheet,
                code_row + 1,
                code_column + 1,
                f"{sheet}里没有找到“{'-'.join(column.head)}”这一列，与它有关的核对没有做。",
            )
        )
    number_columns(cells, grid, sheet, range(head_last, first), columns)
    amounts = [(index, column.id) for index, column in sorted(columns.items())]
    return _list_rows(table, grid, sheet, cells, first, code_column, amounts)


def _list_rows(
    table: Table,
    grid: Grid,
    sheet: str,
    cells: Cells,
    first: int,
    code_column: int,
    amounts: list[tuple[int, str]],
) -> TableRows:
    codes: list[str] = []
    names: dict[str, str] = {}
    places: dict[str, Place] = {}
    notes: list[str] = []
    has_total = False
    for index in range(first, len(grid)):
        row = grid[index]
        raw = row[code_column]
        name = row[code_column + 1] if code_column + 1 < len(row) else None
        if raw == "" and (name == "" or name is None):
            if any(row):  # most rows of a long form are blank
                _stray_row(sheet, cells, index, code_column, row, amounts)
            continue
        code = as_code(raw)
        if code:
            if code in places:
                cells.findings.append(
                    finding(
                        "A06",
                        sheet,
                        index + 1,
                        code_column + 1,
                        f"科目代码{code}在{sheet}里出现了两次（上一次在{places[code].cell}），"
                        "请合并成一行或改正代码；改好以前，用到这个科目的核对没有做。",
                        ref=f"{table.id}.{code}",
                        value=code,
                    )
                )
                key = f"{code}{AGAIN}{index}"
            else:
                codes.append(code)
                names[code] = as_text(name)
                places[code] = Place(sheet, index + 1, code_column + 1)
                key = code
        else:
            texts = [v for v in row[: code_column + 2] if isinstance(v, str) and v.strip()]
            if any(bare(text) in ("合计", "总计") for text in texts):
                if has_total:
                    continue
                has_total, key = True, "total"
                places["total"] = Place(sheet, index + 1, code_column + 1)
            elif texts and is_note(texts[0]):
                notes = [
                    next((str(v).strip() for v in later if isinstance(v, str) and v.strip()), "")
                    for later in grid[index:]
                ]
                break
            elif any(i < len(row) and row[i] not in ("", None) for i, _ in amounts):
                shown = as_text(raw) or as_text(name)
                cells.findings.append(
                    finding(
                        "A05",
                        sheet,
                        index + 1,
                        code_column + 1,
                        f"{sheet}第{index + 1}行的“{shown}”不是科目代码（3、5或7位数字），"
                        "这一行的金额没有计入核对。",
                        value=shown,
                    )
                )
                continue
            else:
                continue
        found = cells.found
        for column, column_id in amounts:
            value = row[column] if column < len(row) else None
            found[f"{table.id}.{key}.{column_id}"] = (value, index + 1, column + 1)
    if not has_total:
        cells.findings.append(
            finding("A03", sheet, first + 1, code_column + 1, f"{sheet}里没有找到“合计”行。")
        )
    return TableRows(
        table.id, sheet, tuple(codes), names, places, tuple(note for note in notes if note)
    )


def _stray_row(
    sheet: str,
    cells: Cells,
    index: int,
    code_column: int,
    row: Sequence[object],
    amounts: list[tuple[int, str]],
) -> None:
    for column, _ in amounts:
        value = row[column] if column < len(row) else None
        try:
            amount = parse_amount(value, YUAN)
        except AmountError:
            continue
        if amount and amount[0]:
            cells.findings.append(
                finding(
                    "A05",
                    sheet,
                    index + 1,
                    code_column + 1,
                    f"{sheet}第{index + 1}行有金额却没有科目代码，请补上代码；"
                    "这一行的金额没有计入核对。",
                )
            )
            return
