"""Tables 01 and 04: fixed lines in two sides next to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from ..model.book import Numbered, Place
from ..model.forms import Line, Side, Table
from ..model.grid import Grid
from .heads import columns_under, head_paths
from .labels import as_text, bare, compact, is_numbered
from .table_cells import Cells, finding, number_columns

_HEADS = ("项目", "栏次", "收入", "支出")


def read_form(table: Table, grid: Grid, sheet: str, cells: Cells) -> None:
    columns = _label_columns(table, grid)
    for index, (side, column) in enumerate(zip(table.sides, columns, strict=True)):
        if column is None:
            cells.findings.append(
                finding("A03", sheet, 1, 1, f"{sheet}里没有找到“{side.head}”这一边的项目。")
            )
            continue
        later = [c for c in columns[index + 1 :] if c is not None and c > column]
        end = min(later, default=max(map(len, grid), default=0))
        _read_side(table, side, grid, sheet, cells, column, end)


def _label_columns(table: Table, grid: Grid) -> list[int | None]:
    """For each side the column that holds most of its labels; no column serves two sides."""
    wanted = [_bare_labels(side) for side in table.sides]
    hits: list[dict[int, set[str]]] = [{} for _ in wanted]
    for row in grid:
        for column, value in enumerate(row):
            if value and isinstance(value, str):
                label = bare(value)
                for labels, found in zip(wanted, hits, strict=True):
                    if label in labels:
                        found.setdefault(column, set()).add(label)
    scores = [{column: len(labels) for column, labels in found.items()} for found in hits]
    chosen: list[int | None] = []
    for score in scores:
        free = {column: count for column, count in score.items() if column not in chosen}
        chosen.append(max(free, key=lambda c: (free[c], -c)) if free else None)
    return chosen


@lru_cache(maxsize=64)
def _bare_labels(side: Side) -> frozenset[str]:
    return frozenset(bare(text) for line in side.lines for text in (line.label, *line.also))


class _Labels:
    """The lines of a side by what is printed: with its number where it has one, else without."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._numbered: dict[str, list[Line]] = {}
        self._bare: dict[str, list[Line]] = {}
        self._found = lru_cache(maxsize=1024)(self._lines_of)
        for line in lines:
            self._numbered.setdefault(compact(line.label), []).append(line)
            for word in dict.fromkeys(map(bare, (line.label, *line.also))):
                self._bare.setdefault(word, []).append(line)

    def match(self, text: str, taken: set[str]) -> Line | None:
        """The first line of that label that is not taken."""
        for line in self._found(text):
            if line.id not in taken:
                return line
        return None

    def _lines_of(self, text: str) -> tuple[Line, ...]:
        numbered = self._numbered.get(compact(text), ()) if is_numbered(text) else ()
        return (*numbered, *self._bare.get(bare(text), ()))


@lru_cache(maxsize=64)
def _labels(side: Side) -> _Labels:
    return _Labels(side.lines)


def _read_side(
    table: Table, side: Side, grid: Grid, sheet: str, cells: Cells, column: int, end: int
) -> None:
    labels = _labels(side)
    taken: set[str] = set()
    found: list[tuple[int, Line]] = []
    body = 0
    for index, row in enumerate(grid):
        value = row[column] if column < len(row) else None
        if not value or not isinstance(value, str):
            continue
        line = labels.match(value, taken)
        if line:
            taken.add(line.id)
            found.append((index, line))
        elif compact(value) in _HEADS and not found:
            # Heads are printed again where a table runs over a page; the first ones count.
            body = index + 1
    if not found:
        return
    first = found[0][0]
    amounts = _side_columns(side, grid, body, first, column, end)
    for column_id in (c.id for c in side.columns if c.id not in amounts):
        label = next("-".join(c.head) for c in side.columns if c.id == column_id)
        cells.findings.append(
            finding("A03", sheet, first + 1, column + 1, f"{sheet}里没有找到“{label}”这一列。")
        )
    for index, line in found:
        for column_id, at in amounts.items():
            value = grid[index][at] if at < len(grid[index]) else None
            cells.found[f"{table.id}.{line.id}.{column_id}"] = (value, index + 1, at + 1)
    places = {at: c for c in side.columns for at in (amounts.get(c.id),) if at is not None}
    number_columns(cells, grid, sheet, range(max(0, body - 1), first), places)
    if table.line_numbers:
        _number_lines(grid, sheet, cells, found, column, min(amounts.values(), default=end))
    known = {index for index, _ in found}
    for index in range(first, found[-1][0] + 1):
        value = grid[index][column] if column < len(grid[index]) else None
        if index in known or not isinstance(value, str) or not value.strip():
            continue
        if compact(value) in _HEADS:
            continue
        if any(
            at < len(grid[index]) and grid[index][at] not in ("", None) for at in amounts.values()
        ):
            cells.findings.append(
                finding(
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


def _number_lines(
    grid: Grid, sheet: str, cells: Cells, found: list[tuple[int, Line]], column: int, end: int
) -> None:
    """Gather the 行次 printed between the labels and the amounts, those of blank lines too."""
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
        place = Place(sheet, index + 1, at + 1)
        cells.numbers.append(Numbered("行次", str(number), printed, place))


def _text_in(row: Sequence[object], column: int) -> str:
    value = row[column] if column < len(row) else None
    return compact(value) if isinstance(value, str) else ""


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
                    finding(
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
    head_first, right = max(0, body - 3), range(column + 1, end)
    found = columns_under(grid, head_first, first, right, side.columns)
    matched = {c.id: at for at, c in found.items()}
    if len(matched) == len(side.columns):
        return matched
    paths = head_paths(grid, head_first, first, right)
    free = [at for at in range(column + 1, end) if "行次" not in paths.get(at, ())]
    if len(free) >= len(side.columns) and not matched:
        return {c.id: at for c, at in zip(side.columns, free, strict=False)}
    return matched
