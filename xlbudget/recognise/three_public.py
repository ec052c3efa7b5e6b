"""Table 09, “三公”: six kinds across (budget and actual beside each other or in pairs), or down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model.forms import Column, Table
from ..model.grid import Grid
from ..patterns import lazy_pattern
from .block import Block
from .heads import head_paths, measured
from .labels import bare, compact, is_note
from .lists import holds_amount, is_total
from .table_cells import Cells, by_ordinal, is_numbers_row, number_columns
from .words import ACTUAL, BUDGET, FIRST_BUDGET, PART, head_word, is_label_head, measure_of, words

_KINDS = {
    "因公出国(境)费": "abroad",
    "公务用车购置及运行维护费": "vehicles",
    "公务用车购置费": "vehicle_purchase",
    "公务用车运行维护费": "vehicle_running",
    "公务接待费": "reception",
}
_BESIDE = lazy_pattern(
    "团组|人次|批次|保有量|购置数|数量|会议费|培训费|机关运行经费|外事|国内接待|国\\(境\\)外接待|占用|车辆|设备|相关统计数|行政单位|参照公务员"
)


def kind_of(path: Sequence[str]) -> str:
    """Which of the six amounts a path of words names, or ""."""
    if not path:
        return ""
    last = path[-1]
    if last in _KINDS:
        return _KINDS[last]
    if last == "合计":
        above = [_KINDS[word] for word in path[:-1] if word in _KINDS]
        return above[-1] if above else "total"
    return "total" if last in words().three_public_totals else ""


def read_three_public(table: Table, block: Block, cells: Cells) -> None:
    """Gather the amounts of 09."""
    grid = block.rows
    end = next((n for n in range(1, len(grid)) if _is_note(grid[n])), len(grid))
    head = _head(grid, end)
    if head is None:
        cells.missing.append("表头")
        cells.say("A03", 0, 0, f"{block.sheet}里没有找到“预算数”“决算数”的表头，这张表没有读。")
        return
    down = _kinds_down(grid, head, end)
    if len(set(down.values())) >= 4:
        _read_down(table, cells, head, end, down)
    else:
        _read_across(table, cells, head, end)
    for column in table.columns:
        name = f"{table.id}.{column.row}.{column.id}"
        if name not in cells.found:
            label = "-".join(column.head)
            cells.missing.append(label)
            cells.say("A03", head, 0, f"{block.sheet}里没有找到“{label}”这一列。")


def _is_note(row: Sequence[object]) -> bool:
    text = next((v for v in row if v and isinstance(v, str)), "")
    return bool(text) and is_note(text)


def _head(grid: Grid, end: int) -> int | None:
    for index in range(min(end, 14)):
        texts = [v for v in grid[index] if v and isinstance(v, str)]
        named = {head_word(text) for text in texts}
        if named & _KINDS.keys() or any(measure_of(t) in (ACTUAL, BUDGET) for t in texts):
            return index
    return None


def _kinds_down(grid: Grid, head: int, end: int) -> dict[int, str]:
    """Line → kind, where the kinds stand below each other in the first column of words."""
    found: dict[int, str] = {}
    for index in range(head, end):
        text = next(
            (v for v in grid[index][:3] if v and isinstance(v, str) and not v.isdigit()), ""
        )
        word = head_word(text) if text else ""
        kind = kind_of((word,)) if word else ""
        if not kind and word and (is_total(text) or word in words().three_public_totals):
            kind = "total"
        if kind and kind not in found.values():
            found[index] = kind
    return found


def _measures(kinds: Mapping[int, str]) -> dict[int, str]:
    """Column → budget or actual, where several budgets stand beside each other the year's whole one."""
    rows: dict[int, str] = {}
    has_whole = BUDGET in kinds.values()
    for at, kind in kinds.items():
        if kind == ACTUAL:
            rows[at] = "actual"
        elif kind == BUDGET or (kind == FIRST_BUDGET and not has_whole):
            rows[at] = "budget"
    return rows


def _read_across(table: Table, cells: Cells, head: int, end: int) -> None:
    grid = cells.block.rows
    first = next(
        (
            n
            for n in range(head + 1, end)
            if not is_numbers_row(grid[n]) and any(holds_amount(v) for v in grid[n])
        ),
        None,
    )
    last_head = first if first is not None else _below_heads(grid, head, end)
    numbers = [n for n in range(head + 1, last_head) if is_numbers_row(grid[n])]
    head_end = min(numbers, default=last_head)
    top = max(0, head - 1)
    width = max((len(row) for row in grid[top:head_end]), default=0)
    rows_of_heads = [grid[n] for n in range(head, head_end)]
    paths = head_paths(rows_of_heads, 0, len(rows_of_heads), range(width))
    plain, kinds = measured(paths)
    rows = _measures(kinds)
    columns: dict[int, Column] = {}
    wanted = {(c.row, c.id): c for c in table.columns}
    for at, path in plain.items():
        kind = kind_of(path) if path else ""
        if not kind and kinds.get(at) and not path:
            kind = "total"
        row = rows.get(at, "" if at in kinds else "actual")
        if kind and row and (row, kind) in wanted:
            columns[at] = wanted.pop((row, kind))
        elif kinds.get(at) not in (None, ACTUAL):
            cells.others[at] = kinds[at]
        elif path and (measure_of(path[-1]) == PART or _BESIDE.search(compact(path[-1]))):
            cells.others[at] = PART
        elif path and is_label_head(path[-1]):
            cells.columns.add(at)
    if len(columns) < len(table.columns):
        columns = by_ordinal(table.columns, [grid[n] for n in numbers]) or columns
    number_columns(cells, numbers, columns)
    data = first if first is not None else last_head
    if data < end and first is not None:
        data = _line_of_total(grid, data, end)
    cells.body = (head_end, end)
    cells.rows.update(numbers)
    for at, column in columns.items():
        value = grid[data][at] if data < len(grid) and at < len(grid[data]) else None
        if isinstance(value, str) and is_note(value):
            value = None
        cells.found[f"{table.id}.{column.row}.{column.id}"] = (value, data, at)


def _below_heads(grid: Grid, head: int, end: int) -> int:
    """The line for amounts of a table without any: below the last line of words."""
    last = head
    for index in range(head, end):
        if any(isinstance(v, str) and v.strip() for v in grid[index]) or is_numbers_row(
            grid[index]
        ):
            last = index
    return min(last + 1, len(grid) - 1) if grid else 0


def _line_of_total(grid: Grid, first: int, end: int) -> int:
    """The line of amounts; where several units stand below each other their total."""
    for index in range(first, end):
        if any(isinstance(v, str) and v and is_total(v) for v in grid[index][:3]):
            return index
    return first


def _read_down(table: Table, cells: Cells, head: int, end: int, down: Mapping[int, str]) -> None:
    grid = cells.block.rows
    first = min(down)
    heads = [grid[n] for n in range(head, first) if not is_numbers_row(grid[n])]
    cells.rows.update(n for n in range(head, first) if is_numbers_row(grid[n]))
    width = max((len(row) for row in grid[head:end]), default=0)
    paths = head_paths(heads, 0, len(heads), range(width))
    _, kinds = measured(paths)
    rows = _measures(kinds)
    if not rows:
        # No measure is printed: the one column of amounts is this year's 决算.
        filled = [
            at
            for at in range(width)
            if any(at < len(grid[n]) and isinstance(grid[n][at], float) for n in down)
        ]
        rows = {filled[0]: "actual"} if len(filled) == 1 else {}
    for at, path in paths.items():
        if kinds.get(at) not in (None, ACTUAL) and at not in rows:
            cells.others[at] = kinds[at]
        elif path and at not in rows and (is_label_head(path[-1]) or path[-1] == "单位"):
            cells.columns.add(at)
    cells.body = (first, end)
    for index in range(first, end):
        row = grid[index]
        kind = down.get(index, "")
        if not kind:
            text = next((v for v in row[:3] if v and isinstance(v, str)), "")
            if text and (_BESIDE.search(compact(text)) or bare(text) in words().lines_beside):
                cells.rows.add(index)
            continue
        for at, measure in rows.items():
            name = f"{table.id}.{measure}.{kind}"
            if name in cells.found:
                continue
            cells.found[name] = (row[at] if at < len(row) else None, index, at)
