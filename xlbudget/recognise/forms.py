"""Tables 01 and 04: fixed lines in two sides next to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from ..model.book import Numbered
from ..model.forms import Line, Side, Table
from ..model.grid import Grid
from .block import Block
from .heads import head_paths, matched, measured
from .labels import as_text, bare, compact, is_note, is_numbered
from .lists import holds_amount
from .table_cells import Cells, is_numbers_row, number_columns
from .words import ACTUAL, PART, line_word, words

_HEADS = ("项目", "栏次", "收入", "支出")
_SERIALS = ("行次", "序号", "栏次")


def read_form(table: Table, block: Block, cells: Cells) -> None:
    """Gather the amounts of a form by line and column."""
    rows = block.rows
    columns = _label_columns(table, rows)
    beside = _beside(rows, columns)
    cells.columns.update(c for c in columns if c is not None)
    firsts: list[int] = []
    lasts: list[int] = []
    for index, (side, column) in enumerate(zip(table.sides, columns, strict=True)):
        if column is None:
            cells.missing.append(side.head)
            cells.say("A03", 0, 0, f"{block.sheet}里没有找到“{side.head}”这一边的项目。")
            continue
        others = [c for i, c in enumerate(columns) if i != index and c is not None and c > column]
        end = min((*others, *(c for c in beside if c > column)), default=block.width)
        span = _read_side(table, side, cells, column, end)
        if span:
            firsts.append(span[0])
            lasts.append(span[1])
    for at in range(min(beside, default=block.width), block.width):
        cells.others[at] = PART
    cells.body = (min(firsts, default=0), max(lasts, default=-1) + 1)


def _label_columns(table: Table, grid: Grid) -> list[int | None]:
    """For each side the column that holds most of its labels; no column serves two sides."""
    wanted = [_bare_labels(side) for side in table.sides]
    hits: list[dict[int, set[str]]] = [{} for _ in wanted]
    for row in grid:
        for column, value in enumerate(row):
            if value and isinstance(value, str):
                label = line_word(value)
                for labels, found in zip(wanted, hits, strict=True):
                    if label in labels:
                        found.setdefault(column, set()).add(label)
    scores = [{column: len(labels) for column, labels in found.items()} for found in hits]
    chosen: list[int | None] = []
    for score in scores:
        free = {column: count for column, count in score.items() if column not in chosen}
        chosen.append(max(free, key=lambda c: (free[c], -c)) if free else None)
    return chosen


def _beside(grid: Grid, sides: Sequence[int | None]) -> list[int]:
    """Columns of labels beside the two sides (支出按性质和经济分类): their amounts are no lines of ours."""
    last = max((c for c in sides if c is not None), default=-1)
    known = words().lines_beside
    hits: dict[int, int] = {}
    for row in grid:
        for column in range(last + 1, len(row)):
            value = row[column]
            if value and isinstance(value, str) and bare(value) in known:
                hits[column] = hits.get(column, 0) + 1
    return [column for column, count in hits.items() if count >= 3]


@lru_cache(maxsize=64)
def _bare_labels(side: Side) -> frozenset[str]:
    return frozenset(line_word(text) for line in side.lines for text in (line.label, *line.also))


class _Labels:
    """The lines of a side by what is printed: with its number where it has one, else without."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._numbered: dict[str, list[Line]] = {}
        self._bare: dict[str, list[Line]] = {}
        self._found = lru_cache(maxsize=1024)(self._lines_of)
        for line in lines:
            self._numbered.setdefault(compact(line.label), []).append(line)
            for word in dict.fromkeys(map(line_word, (line.label, *line.also))):
                self._bare.setdefault(word, []).append(line)

    def match(self, text: str, taken: set[str]) -> Line | None:
        """The first line of that label that is not taken."""
        for line in self._found(text):
            if line.id not in taken:
                return line
        return None

    def _lines_of(self, text: str) -> tuple[Line, ...]:
        numbered = self._numbered.get(compact(text), ()) if is_numbered(text) else ()
        return (*numbered, *self._bare.get(line_word(text), ()))


@lru_cache(maxsize=64)
def _labels(side: Side) -> _Labels:
    return _Labels(side.lines)


def _read_side(
    table: Table, side: Side, cells: Cells, column: int, end: int
) -> tuple[int, int] | None:
    """One side; its first and last line."""
    grid, sheet = cells.block.rows, cells.block.sheet
    labels = _labels(side)
    taken: set[str] = set()
    found: list[tuple[int, Line]] = []
    body = 0
    for index, row in enumerate(grid):
        value = row[column] if column < len(row) else None
        if not value or not isinstance(value, str):
            continue
        if found and is_note(value):
            break
        line = labels.match(value, taken)
        if line:
            taken.add(line.id)
            found.append((index, line))
        elif compact(value) in _HEADS and not found:
            # Heads are printed again where a table runs over a page; the first ones count.
            body = index + 1
    if not found:
        return None
    first = found[0][0]
    amounts = _side_columns(side, cells, body, first, column, end)
    for entry in (c for c in side.columns if c.id not in amounts):
        label = "-".join(entry.head)
        cells.missing.append(label)
        cells.say("A03", first, column, f"{sheet}里没有找到“{label}”这一列。")
    for index, line in found:
        row = grid[index]
        for column_id, at in amounts.items():
            value = row[at] if at < len(row) else None
            cells.found[f"{table.id}.{line.id}.{column_id}"] = (value, index, at)
    places = {at: c for c in side.columns for at in (amounts.get(c.id),) if at is not None}
    number_columns(cells, range(max(0, body - 1), first), places)
    if table.line_numbers:
        _number_lines(cells, found, column, min(amounts.values(), default=end))
    _other_lines(side, cells, {index for index, _ in found}, amounts, (first, found[-1][0], column))
    return first, found[-1][0]


def _side_columns(
    side: Side, cells: Cells, body: int, first: int, column: int, end: int
) -> dict[str, int]:
    """Amount column ids → block columns (0-based), by their heads; columns of another measure are
    set aside, and 行次 too."""
    grid = cells.block.rows
    head_last = next((n for n in range(max(0, body - 1), first) if is_numbers_row(grid[n])), first)
    at = range(column + 1, end)
    paths = head_paths(grid, max(0, body - 3), head_last, at)
    serials = {c for c, path in paths.items() if path and path[-1] in _SERIALS}
    cells.columns.update(serials)
    rest = {c: path for c, path in paths.items() if c not in serials and path}
    plain, kinds = measured(rest)
    heads = matched(rest, side.columns)
    cells.others.update(heads.others)
    if len(side.columns) == 1:
        free = [c for c in rest if c not in heads.others]
        said = [c for c in free if kinds.get(c) == ACTUAL]
        chosen = _of_whole(said or free, plain)
        if chosen is None and not rest:
            chosen = next((c for c in at if c not in serials and not _counts(grid, c, first)), None)
        return {} if chosen is None else {side.columns[0].id: chosen}
    found = {c.id: place for place, c in heads.columns.items()}
    if found:
        return found
    blank = [c for c in at if c not in serials and c not in heads.others]
    blank = [c for c in blank if not _counts(grid, c, first)]
    if len(blank) >= len(side.columns):
        return {c.id: place for c, place in zip(side.columns, blank, strict=False)}
    return {}


def _counts(grid: Grid, column: int, first: int) -> bool:
    """Whether a column counts the lines (行次 without its head): no amounts then."""
    numbers = [as_text(row[column]) for row in grid[first:] if column < len(row) and row[column]]
    whole = [int(text) for text in numbers if text.isdigit()]
    steps = sum(b - a == 1 for a, b in pairwise(whole))
    return len(whole) >= 5 and len(whole) == len(numbers) and steps * 2 > len(whole)


def _of_whole(columns: Sequence[int], paths: Mapping[int, tuple[str, ...]]) -> int | None:
    """Of columns of one measure the one of the whole: 合计 or 小计 where 其中 stands beside it, else the
    first."""
    whole = [c for c in columns if paths.get(c, ())[-1:] == ("合计",)]
    return next(iter(whole or columns), None)


def _number_lines(cells: Cells, found: list[tuple[int, Line]], column: int, end: int) -> None:
    """Gather the 行次 printed between the labels and the amounts, those of blank lines too."""
    grid = cells.block.rows
    lines = dict(found)
    first, last = found[0][0], found[-1][0]
    at = next(
        (c for c in range(column + 1, end) for row in grid[:first] if _text_in(row, c) == "行次"),
        None,
    )
    if at is None:
        return
    number = 0
    for index in range(first, last + 1):
        row = grid[index]
        printed = as_text(row[at]) if at < len(row) else ""
        line = lines.get(index)
        if line is not None:
            number = int(line.id)
        elif printed.isdigit() and row[column] in ("", None):
            number += 1
        else:
            continue
        cells.numbers.append(Numbered("行次", str(number), printed, cells.block.place(index, at)))


def _text_in(row: Sequence[object], column: int) -> str:
    value = row[column] if column < len(row) else None
    return compact(value) if isinstance(value, str) else ""


def _other_lines(
    side: Side,
    cells: Cells,
    known: set[int],
    amounts: Mapping[str, int],
    span: tuple[int, int, int],
) -> None:
    """Amounts on lines that the form does not have: named, or known as a part of the line above."""
    first, last, column = span
    grid, block = cells.block.rows, cells.block
    for index in range(first, last + 1):
        row = grid[index]
        if index in known:
            continue
        label = as_text(row[column]) if column < len(row) else ""
        filled = [at for at in amounts.values() if at < len(row) and holds_amount(row[at])]
        if not filled or is_numbers_row(row):
            continue
        if bare(label) in words().lines_beside or label.strip().startswith("其中"):
            cells.places.update((index, at) for at in filled)
            continue
        sheet, number = block.place(index, column)[:2]
        if label:
            if compact(label) in _HEADS:
                continue
            cells.told.update((index, at) for at in filled)
            cells.say(
                "A03",
                index,
                column,
                f"{sheet}第{number}行的“{label}”不是这张表里的项目，它的金额没有计入核对。",
                value=label,
            )
            continue
        for at in filled:
            if row[at] in (0, 0.0):
                cells.places.add((index, at))
                continue
            cells.told.add((index, at))
            cells.say(
                "A03",
                index,
                at,
                f"{sheet}第{number}行“{side.head}”一边没有项目名称却有金额，"
                "请核对是不是填错了行；它没有计入核对。",
                value=as_text(row[at]),
            )
