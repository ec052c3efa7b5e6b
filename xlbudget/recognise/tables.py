"""The nine tables in the sheets of a workbook, whoever made it.

A table is known by its title (or its sheet's name, or its heads), a column by its head, a row by its
label or code; never by position.  What cannot be understood becomes a finding with its cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..model.book import CellRef, Figure, Finding, Place, TableRows
from ..model.forms import Column, Edition, Line, Side, Table
from ..model.money import AmountError, Unit, parse_amount, parse_unit
from .heads import Grid, head_paths, head_word, match_columns
from .labels import as_code, as_text, bare, compact, is_numbered, is_ordinal_row

_HEAD_ROWS = 12  # title, number, unit, department and heads stand within these rows
_CODE_HEADS = ("科目代码", "科目编码", "功能分类科目编码", "支出功能分类科目编码", "编码", "代码")
_NOTE_STARTS = ("注:", "注：", "说明:", "说明：", "备注", "附注", "注1", "注.")
_DEPARTMENT_STARTS = ("部门", "编制单位", "公开部门", "单位名称", "填报单位", "编制部门")


class Cells(NamedTuple):
    """Amount cells gathered from a sheet, before units and precision are settled."""

    found: dict[str, tuple[object, int, int]]  # name → (raw value, row, column), 1-based
    findings: list[Finding]


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
    for row in grid[:_HEAD_ROWS]:
        for value in row:
            if isinstance(value, str) and len(value) >= 4 and "表" in value and len(value) < 80:
                found = _by_title(compact(value), edition)
                if found:
                    return found
    return _by_title(compact(sheet), edition, sheet_name=True) or _by_heads(grid, edition)


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
        for row in grid[:_HEAD_ROWS]
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
    cells = Cells({}, [])
    rows = TableRows(table.id, sheet)
    if table.kind == "list":
        rows = _read_list(table, grid, sheet, cells)
    elif table.kind == "form":
        _read_form(table, grid, sheet, cells)
        rows = rows._replace(notes=_notes(grid))
    elif table.kind == "items":
        codes = _read_items(table, grid, cells)
        rows = rows._replace(notes=_notes(grid), codes=codes)
    else:
        _read_row(table, grid, sheet, cells)
        rows = rows._replace(notes=_notes(grid))
    figures, unreadable = _figures(cells, sheet, unit or default_unit, uncached, edition, table)
    return Found(rows, figures, unreadable, tuple(cells.findings), unit, head)


def _sheet_head(grid: Grid) -> tuple[dict[str, str], Unit | None]:
    """What stands above the table: 公开0N表, 单位：万元, 部门：…"""
    head: dict[str, str] = {}
    unit: Unit | None = None
    for row in grid[:8]:
        for index, value in enumerate(row):
            if not isinstance(value, str) or not value:
                continue
            text = compact(value)
            if "金额单位" in text or (text.startswith("单位") and "元" in text):
                unit = unit or parse_unit(text)
                head.setdefault("unit", text)
            elif text.startswith("公开") and text.endswith("表") and len(text) <= 8:
                head.setdefault("number", text)
            elif value.strip().startswith(_DEPARTMENT_STARTS) and "department" not in head:
                name = value.replace(":", "：").partition("：")[2].strip()
                if not name and ("：" in value or ":" in value) and index + 1 < len(row):
                    name = as_text(row[index + 1])
                if name and "元" not in name:
                    head["department"] = name
    return head, unit


def _is_note(text: str) -> bool:
    return text.strip().startswith(_NOTE_STARTS)


def _notes(grid: Grid) -> tuple[str, ...]:
    """The texts from the first note on; everything below a table's note is note."""
    notes: list[str] = []
    for row in grid[4:]:
        for value in row:
            if isinstance(value, str) and value.strip() and (notes or _is_note(value)):
                notes.append(value.strip())
                break
    return tuple(notes)


# ---------------------------------------------------------------- lists: 02 03 05 07 08


def _code_column(grid: Grid) -> tuple[int, int] | None:
    """Row and column (0-based) of the head over the codes."""
    for row, cells in enumerate(grid[:_HEAD_ROWS]):
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


def _read_list(table: Table, grid: Grid, sheet: str, cells: Cells) -> TableRows:
    where = _code_column(grid)
    if where is None:
        cells.findings.append(
            _finding("A03", sheet, 1, 1, f"{sheet}里没有找到“科目代码”这个表头，这张表没有读。")
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
    paths = head_paths(grid, head_first, head_last, range(code_column + 2, width))
    columns = match_columns(paths, table.columns)
    if len(columns) < len(table.columns):
        columns = _by_ordinal(table.columns, grid[head_last:first]) or columns
    for column in (c for c in table.columns if c not in columns.values()):
        cells.findings.append(
            _finding(
                "A03",
                sheet,
                code_row + 1,
                code_column + 1,
                f"{sheet}里没有找到“{'-'.join(column.head)}”这一列，与它有关的核对没有做。",
            )
        )
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
                    _finding(
                        "A06",
                        sheet,
                        index + 1,
                        code_column + 1,
                        f"科目代码{code}在{sheet}里出现了两次（上一次在{places[code].cell}），"
                        "请合并成一行；这一行的金额没有计入核对。",
                        ref=f"{table.id}.{code}",
                        value=code,
                    )
                )
                continue
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
            elif texts and _is_note(texts[0]):
                notes = [
                    next((str(v).strip() for v in later if isinstance(v, str) and v.strip()), "")
                    for later in grid[index:]
                ]
                break
            elif any(i < len(row) and row[i] not in ("", None) for i, _ in amounts):
                shown = as_text(raw) or as_text(name)
                cells.findings.append(
                    _finding(
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
            _finding("A03", sheet, first + 1, code_column + 1, f"{sheet}里没有找到“合计”行。")
        )
    return TableRows(
        table.id, sheet, tuple(codes), names, places, tuple(note for note in notes if note)
    )


def _stray_row(
    sheet: str,
    cells: Cells,
    index: int,
    code_column: int,
    row: list[object],
    amounts: list[tuple[int, str]],
) -> None:
    for column, _ in amounts:
        value = row[column] if column < len(row) else None
        try:
            amount = parse_amount(value, _ANY_UNIT)
        except AmountError:
            continue
        if amount and amount[0]:
            cells.findings.append(
                _finding(
                    "A05",
                    sheet,
                    index + 1,
                    code_column + 1,
                    f"{sheet}第{index + 1}行有金额却没有科目代码，请补上代码；"
                    "这一行的金额没有计入核对。",
                )
            )
            return


_ANY_UNIT = Unit("元", 100, 0)

# ---------------------------------------------------------------- forms: 01 04


def _read_form(table: Table, grid: Grid, sheet: str, cells: Cells) -> None:
    columns = _label_columns(table, grid)
    for index, (side, column) in enumerate(zip(table.sides, columns, strict=True)):
        if column is None:
            cells.findings.append(
                _finding("A03", sheet, 1, 1, f"{sheet}里没有找到“{side.head}”这一边的项目。")
            )
            continue
        later = [c for c in columns[index + 1 :] if c is not None and c > column]
        end = min(later, default=max(map(len, grid), default=0))
        _read_side(table, side, grid, sheet, cells, column, end)


def _label_columns(table: Table, grid: Grid) -> list[int | None]:
    """For each side the column that holds most of its labels; no column serves two sides."""
    scores: list[dict[int, int]] = []
    for side in table.sides:
        wanted = {bare(text) for line in side.lines for text in (line.label, *line.also)}
        hits: dict[int, set[str]] = {}
        for row in grid:
            for column, value in enumerate(row):
                if isinstance(value, str) and value and bare(value) in wanted:
                    hits.setdefault(column, set()).add(bare(value))
        scores.append({column: len(found) for column, found in hits.items()})
    chosen: list[int | None] = []
    for score in scores:
        free = {column: count for column, count in score.items() if column not in chosen}
        chosen.append(max(free, key=lambda c: (free[c], -c)) if free else None)
    return chosen


def _match_line(text: str, lines: Iterable[Line], taken: set[str]) -> Line | None:
    free = [line for line in lines if line.id not in taken]
    if is_numbered(text):
        for line in free:
            if compact(text) == compact(line.label):
                return line
    word = bare(text)
    for line in free:
        if word == bare(line.label) or word in map(bare, line.also):
            return line
    return None


def _read_side(
    table: Table, side: Side, grid: Grid, sheet: str, cells: Cells, column: int, end: int
) -> None:
    taken: set[str] = set()
    found: list[tuple[int, Line]] = []
    body = 0
    for index, row in enumerate(grid):
        value = row[column] if column < len(row) else None
        if not isinstance(value, str) or not value.strip():
            continue
        # Heads are printed again where a table runs over a page; the first ones count.
        if compact(value) in ("项目", "栏次", "收入", "支出"):
            body = body if found else index + 1
            continue
        line = _match_line(value, side.lines, taken)
        if line:
            taken.add(line.id)
            found.append((index, line))
    if not found:
        return
    first = found[0][0]
    amounts = _side_columns(side, grid, body, first, column, end)
    for column_id in (c.id for c in side.columns if c.id not in amounts):
        label = next("-".join(c.head) for c in side.columns if c.id == column_id)
        cells.findings.append(
            _finding("A03", sheet, first + 1, column + 1, f"{sheet}里没有找到“{label}”这一列。")
        )
    for index, line in found:
        for column_id, at in amounts.items():
            value = grid[index][at] if at < len(grid[index]) else None
            cells.found[f"{table.id}.{line.id}.{column_id}"] = (value, index + 1, at + 1)
    known = {index for index, _ in found}
    for index in range(first, found[-1][0] + 1):
        value = grid[index][column] if column < len(grid[index]) else None
        if index in known or not isinstance(value, str) or not value.strip():
            continue
        if compact(value) in ("项目", "栏次", "收入", "支出"):
            continue
        if any(
            at < len(grid[index]) and grid[index][at] not in ("", None) for at in amounts.values()
        ):
            cells.findings.append(
                _finding(
                    "A03",
                    sheet,
                    index + 1,
                    column + 1,
                    f"{sheet}第{index + 1}行的“{value.strip()}”不是这张表里的项目，"
                    "它的金额没有计入核对。",
                    value=value.strip(),
                )
            )
    _unlabelled_amounts(side, grid, sheet, cells, known, amounts, (first, found[-1][0], column))


def _unlabelled_amounts(
    side: Side,
    grid: Grid,
    sheet: str,
    cells: Cells,
    known: set[int],
    amounts: Mapping[str, int],
    span: tuple[int, int, int],
) -> None:
    """Amounts on lines whose label is blank: the form has nothing there."""
    first, last, column = span
    for index in range(first, last + 1):
        row = grid[index]
        if index in known or (column < len(row) and row[column] not in ("", None)):
            continue
        for at in amounts.values():
            value = row[at] if at < len(row) else None
            if isinstance(value, (int, float)) and not isinstance(value, bool) and value:
                cells.findings.append(
                    _finding(
                        "A03",
                        sheet,
                        index + 1,
                        at + 1,
                        f"{sheet}第{index + 1}行“{side.head}”一边没有项目名称却有金额，"
                        "请核对是不是填错了行；它没有计入核对。",
                        value=as_text(value),
                    )
                )


def _side_columns(
    side: Side, grid: Grid, body: int, first: int, column: int, end: int
) -> dict[str, int]:
    """Amount column ids → sheet columns (0-based), by head; else the columns after 行次 in order."""
    head_last = first
    paths = head_paths(grid, max(0, body - 3), head_last, range(column + 1, end))
    matched = {c.id: at for at, c in match_columns(paths, side.columns).items()}
    if len(matched) == len(side.columns):
        return matched
    free = [at for at in range(column + 1, end) if "行次" not in paths.get(at, ())]
    if len(free) >= len(side.columns) and not matched:
        return {c.id: at for c, at in zip(side.columns, free, strict=False)}
    return matched


# ---------------------------------------------------------------- 06


def _read_items(table: Table, grid: Grid, cells: Cells) -> tuple[str, ...]:
    amount_words = {head_word(text) for text in (*table.amount_head, "金额", "合计", "决算数")}
    code_columns: dict[int, int] = {}
    amount_columns: list[int] = []
    for row in grid[:_HEAD_ROWS]:
        for column, value in enumerate(row):
            if isinstance(value, str) and head_word(value) in amount_words:
                amount_columns.append(column)
    codes: list[str] = []
    totals = {bare(stack.total.label): stack.total.id for stack in table.stacks if stack.total}
    for index, row in enumerate(grid):
        for column, value in enumerate(row):
            if value == "" or value is None:
                continue
            # An amount of 303.00 beside the next stack's codes is no code.
            code = "" if column in amount_columns else as_code(value)
            if code and code[0] == "3" and len(code) in (3, 5):
                name = row[column + 1] if column + 1 < len(row) else None
                if not isinstance(name, str) or not name.strip():
                    continue  # an amount that looks like a code has no name beside it
                after = [c for c in amount_columns if c > column]
                at = code_columns.setdefault(column, min(after, default=column + 2))
                key = f"{table.id}.{code}.amount"
                if key in cells.found:
                    continue
                codes.append(code)
                cells.found[key] = (row[at] if at < len(row) else None, index + 1, at + 1)
            elif isinstance(value, str) and bare(value) in totals:
                row_id = totals[bare(value)]
                at = _total_column(row, column, amount_columns)
                cells.found[f"{table.id}.{row_id}.amount"] = (
                    row[at] if at < len(row) else None,
                    index + 1,
                    at + 1,
                )
    return tuple(codes)


def _total_column(row: list[object], column: int, amount_columns: list[int]) -> int:
    """Where a total's amount stands: the first filled cell to its right, else the stack's column."""
    for at in range(column + 1, len(row)):
        value = row[at]
        if isinstance(value, str) and value.strip() and not any(ch.isdigit() for ch in value):
            break
        if value not in ("", None):
            return at
    after = sorted({c for c in amount_columns if c > column})
    if not after:
        return column + 2
    # 公用经费合计 spans the stacks to its right; its amount is printed in the last of them.
    labels = [i for i, v in enumerate(row) if isinstance(v, str) and v.strip()]
    return after[-1] if labels and column == labels[-1] else after[0]


# ---------------------------------------------------------------- 09


def _read_row(table: Table, grid: Grid, sheet: str, cells: Cells) -> None:
    tops = {head_word(column.head[0]) for column in table.columns}
    first = next(
        (
            index
            for index, row in enumerate(grid[:_HEAD_ROWS])
            if any(isinstance(v, str) and head_word(v) in tops for v in row)
        ),
        None,
    )
    data = None if first is None else _row_of_amounts(grid, first)
    if first is None or data is None:
        cells.findings.append(
            _finding("A03", sheet, 1, 1, f"{sheet}里没有找到“预算数”“决算数”的表头，这张表没有读。")
        )
        return
    last = next((i for i in range(first + 1, data + 1) if is_ordinal_row(grid[i])), data)
    width = max(len(row) for row in grid[first:last])
    paths = head_paths(grid, first, last, range(width))
    columns = match_columns(paths, table.columns)
    if len(columns) < len(table.columns):
        columns = _by_ordinal(table.columns, grid[last:data]) or columns
    for index, column in columns.items():
        value = grid[data][index] if index < len(grid[data]) else None
        cells.found[f"{table.id}.{column.row}.{column.id}"] = (value, data + 1, index + 1)
    for column in table.columns:
        if column not in columns.values():
            cells.findings.append(
                _finding(
                    "A03",
                    sheet,
                    first + 1,
                    1,
                    f"{sheet}里没有找到“{'-'.join(column.head)}”这一列。",
                )
            )


def _by_ordinal(columns: Sequence[Column], rows: Sequence[list[object]]) -> dict[int, Column]:
    """Columns by their printed 栏次, where the heads could not tell; nothing if that fails too."""
    wanted = {str(column.ordinal): column for column in columns if column.ordinal}
    for row in rows:
        found = {at: wanted[as_text(v)] for at, v in enumerate(row) if as_text(v) in wanted}
        if len(found) == len(columns) == len(set(found.values())):
            return found
    return {}


def _row_of_amounts(grid: Grid, first: int) -> int | None:
    """The line of amounts: below the column numbers, or the first line without words."""
    for index in range(first + 1, min(len(grid), first + 8)):
        if is_ordinal_row(grid[index]):
            return index + 1 if index + 1 < len(grid) else None
    for index in range(first + 1, min(len(grid), first + 8)):
        values = [v for v in grid[index] if v not in ("", None)]
        if values and all(not isinstance(v, str) or any(c.isdigit() for c in v) for v in values):
            return index
    return None


# ---------------------------------------------------------------- amounts


def _finding(
    rule: str, sheet: str, row: int, column: int, message: str, *, ref: str = "", value: str = ""
) -> Finding:
    return Finding(
        rule, "error", message, (CellRef(ref, sheet, Place(sheet, row, column).cell, value),)
    )


def _figures(
    cells: Cells,
    sheet: str,
    unit: Unit,
    uncached: Collection[tuple[int, int]],
    edition: Edition,
    table: Table,
) -> tuple[dict[str, Figure], dict[str, str]]:
    """Amounts in 分 with their precision.

    A figure that holds more than two decimals is exact; where more than half of a table's amounts
    do, all of them are (a round amount in an unrounded column is exact too).
    """
    amounts: dict[str, tuple[int | None, int, int]] = {}
    unreadable: dict[str, str] = {}
    finer = nonzero = 0
    last_digit = unit.last_digit
    texts: list[tuple[str, int, int, str]] = []
    for name, (value, row, column) in cells.found.items():
        if (row, column) in uncached:
            place = Place(sheet, row, column)
            unreadable[name] = f"{place}的公式还没有计算"
            continue
        if value == "" or value is None:
            amounts[name] = (None, row, column)
            continue
        try:
            parsed = parse_amount(value, unit)
        except AmountError:
            place = Place(sheet, row, column)
            shown = as_text(value)
            unreadable[name] = f"{place}里是“{shown}”，不是金额"
            is_error = shown.startswith("#")
            cells.findings.append(
                _finding(
                    "A07",
                    sheet,
                    row,
                    column,
                    f"{edition.label(name)}里是{'错误值' if is_error else '文字'}“{shown}”，"
                    f"应当是金额，请{'改正公式或' if is_error else ''}填上数字；没有的就留空。",
                    ref=name,
                    value=shown,
                )
            )
            continue
        if parsed is None:
            amounts[name] = (None, row, column)
            continue
        fen, was_text = parsed
        if was_text:
            texts.append((name, row, column, as_text(value)))
        if fen:
            nonzero += 1
            if fen % last_digit:
                finer += 1
        amounts[name] = (fen, row, column)
    if texts:
        cells.findings.append(_text_numbers(texts, sheet, table))
    exact = finer * 2 > nonzero
    half = 0 if exact else unit.half
    figures = {
        name: Figure(
            name,
            fen,
            half if fen and not fen % last_digit else 0,
            Place(sheet, row, column),
        )
        for name, (fen, row, column) in amounts.items()
    }
    return figures, unreadable


def _text_numbers(texts: list[tuple[str, int, int, str]], sheet: str, table: Table) -> Finding:
    refs = tuple(CellRef(n, sheet, Place(sheet, r, c).cell, v) for n, r, c, v in texts[:50])
    return Finding(
        "A07",
        "info",
        f"{table.sheet}有{len(texts)}个数字是按文本存放的（第一个在{refs[0].cell}），"
        "已按数字核对；请改成数值格式，否则表里的求和会漏掉它们。",
        refs,
    )
