"""Table 06: economic codes in stacks side by side, or in one list with 人员经费 and 公用经费 beside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ..model.codes import economic_codes
from ..model.forms import Table
from ..model.grid import Grid
from .block import Block
from .heads import head_paths, measured
from .labels import as_code, as_text, bare, compact, is_note
from .lists import holds_amount, is_total
from .rows_of_codes import CodeReader, LabelColumns, NameReader, label_columns
from .table_cells import AGAIN, HEAD_ROWS, Cells, is_numbers_row
from .words import ACTUAL, is_label_head, words

_PERSONNEL, _PUBLIC = "personnel", "public"
_TOTALS = {
    "人员经费合计": _PERSONNEL,
    "人员经费小计": _PERSONNEL,
    "人员经费": _PERSONNEL,
    "公用经费合计": _PUBLIC,
    "公用经费小计": _PUBLIC,
    "公用经费": _PUBLIC,
    "日常公用经费": _PUBLIC,
    "日常公用经费合计": _PUBLIC,
}


class Stack(NamedTuple):
    """A stack's columns (0-based): its labels, its amounts, and beside them those of the two kinds."""

    labels: LabelColumns
    amount: int
    personnel: int = -1
    public: int = -1


def is_item(value: object) -> bool:
    """Whether a cell holds an economic code: 301, 30101 …"""
    code = as_code(value)
    return len(code) in (3, 5) and code[0] == "3"


@lru_cache(maxsize=1)
def _item_names() -> frozenset[str]:
    return frozenset(compact(code.name) for code in economic_codes().values())


def read_items(table: Table, block: Block, cells: Cells) -> tuple[str, ...]:
    """Gather the amounts of 06 by economic code; the codes in the order in which they stand."""
    rows = block.rows
    head = next(
        (
            n
            for n, row in enumerate(rows[:HEAD_ROWS])
            if any(isinstance(v, str) and v and is_label_head(v) for v in row)
        ),
        None,
    )
    first = _first_line(rows, 0 if head is None else head + 1)
    end = next((n for n in range(first, len(rows)) if _is_note_row(rows[n])), len(rows))
    cells.body = (first, end)
    stacks = _stacks(cells, 0 if head is None else max(0, head - 1), first, end)
    if not stacks:
        cells.missing.append("科目代码")
        cells.say("A03", 0, 0, f"{block.sheet}里没有找到经济分类的科目代码，这张表没有读。")
        return ()
    return _Items(table, cells, stacks, first, end).read()


def _is_note_row(row: Sequence[object]) -> bool:
    return any(isinstance(v, str) and v and is_note(v) for v in row[:1])


def _first_line(rows: Grid, start: int) -> int:
    for index in range(start, len(rows)):
        row = rows[index]
        if is_numbers_row(row):
            continue
        if any(v not in ("", None) and is_item(v) for v in row):
            return index
        if any(isinstance(v, str) and v and compact(v) in _item_names() for v in row):
            return index
        if any(holds_amount(v) for v in row) and any(isinstance(v, str) and v for v in row):
            return index
    return len(rows)


def _stacks(cells: Cells, head: int, first: int, end: int) -> list[Stack]:
    grid = cells.block.rows
    width = max((len(row) for row in grid[head:end]), default=0)
    heads = [n for n in range(head, first) if not is_numbers_row(grid[n])]
    printed = [grid[n] for n in heads]
    paths = head_paths(printed, 0, len(printed), range(width))
    said = {at: _role(path) for at, path in paths.items()}
    groups: list[tuple[list[int], list[int]]] = []
    for at in range(width):
        role = said[at]
        if role in ("code", "name", "both", "serial"):
            if not groups or groups[-1][1]:
                groups.append(([], []))
            groups[-1][0].append(at)
        elif role and groups:
            groups[-1][1].append(at)
    plain, kinds = measured(paths)
    cells.others.update(
        {at: k for at, k in kinds.items() if k != ACTUAL and not _is_label(said[at])}
    )
    found = []
    body = grid[first:end]
    for label_at, amount_at in groups:
        labels = label_columns(body, label_at, said)
        if not labels.codes and labels.name < 0:
            continue
        cells.columns.update(label_at)
        free = [at for at in amount_at if at not in cells.others]
        by_word = {plain[at][-1]: at for at in reversed(free) if plain[at]}
        personnel, public = by_word.get("人员经费", -1), by_word.get("公用经费", -1)
        if public < 0:
            public = by_word.get("日常公用经费", -1)
        whole = by_word.get("合计", -1)
        said_actual = [
            at for at in free if kinds.get(at) == ACTUAL and at not in (personnel, public)
        ]
        if whole < 0:
            plainly = [at for at in free if at not in (personnel, public)]
            whole = next(iter(said_actual or plainly), -1)
        if personnel >= 0 and public >= 0 and whole == -1:
            found.append(Stack(labels, -1, personnel, public))
        elif personnel >= 0 and public >= 0:
            found.append(Stack(labels, whole, personnel, public))
        elif whole >= 0:
            found.append(Stack(labels, whole))
        elif free:
            found.append(Stack(labels, free[0]))
    return found or _without_heads(grid, first, end, width)


def _is_label(role: str) -> bool:
    return role in ("code", "name", "both", "serial")


def _role(path: tuple[str, ...]) -> str:
    if not path:
        return ""
    known = words()
    inner = path[1:] if path[0] in known.both_heads else path
    if any(word in known.name_heads for word in inner):
        return "name"
    if any(word in known.code_heads for word in inner):
        return "code"
    if path[-1] in known.serial_heads:
        return "serial"
    return "both" if path[-1] in known.both_heads else "amount"


def _without_heads(grid: Grid, first: int, end: int, width: int) -> list[Stack]:
    """Stacks by the codes alone: a column of them, the names beside it, then the amounts."""
    hits = [sum(c < len(row) and is_item(row[c]) for row in grid[first:end]) for c in range(width)]
    texts = [
        sum(c < len(row) and isinstance(row[c], str) and bool(row[c]) for row in grid[first:end])
        for c in range(width)
    ]
    codes = [c for c in range(width - 1) if hits[c] >= 3 and texts[c + 1] >= hits[c] // 2]
    return [Stack(LabelColumns((c,), c + 1), c + 2) for c in codes]


class _Items:
    """The lines of 06, row by row and stack by stack."""

    def __init__(
        self, table: Table, cells: Cells, stacks: Sequence[Stack], first: int, end: int
    ) -> None:
        self.table, self.cells, self.stacks = table, cells, stacks
        self.span = range(first, end)
        self.readers = [CodeReader(stack.labels) for stack in stacks]
        self.names = [NameReader(economic_codes) for _ in stacks]
        self.codes: list[str] = []
        self.amount_columns = sorted(stack.amount for stack in stacks if stack.amount >= 0)

    def read(self) -> tuple[str, ...]:
        rows = self.cells.block.rows
        for index in self.span:
            row = rows[index]
            if not any(row):
                continue
            if is_numbers_row(row):
                self.cells.rows.add(index)
                continue
            for at, stack in enumerate(self.stacks):
                self._line(index, row, at, stack)
        for stack in self.stacks:
            self.cells.columns.update(stack.labels.codes)
        return tuple(self.codes)

    def _line(self, index: int, row: Sequence[object], at: int, stack: Stack) -> None:
        code, name = self.readers[at].of(row)
        labels = [
            as_text(row[c]) for c in (*stack.labels.codes, stack.labels.name) if 0 <= c < len(row)
        ]
        total = next((_TOTALS[bare(text)] for text in labels if bare(text) in _TOTALS), "")
        if total:
            self._total(index, row, total, stack)
            return
        if any(is_total(text) for text in labels if text):
            self._whole(index, row, stack)
            return
        if not code and not stack.labels.codes and name:
            code = self.names[at].of(name)
        if code and len(code) in (3, 5) and code[0] == "3":
            self._code(index, row, code, stack)

    def _code(self, index: int, row: Sequence[object], code: str, stack: Stack) -> None:
        cells = self.cells
        at = stack.amount
        if stack.personnel >= 0:
            kinds = (stack.personnel, stack.public)
            filled = [c for c in kinds if c < len(row) and row[c] not in ("", None)]
            if at < 0 or ((at >= len(row) or row[at] in ("", None)) and filled):
                at = filled[0] if filled else kinds[0]
            cells.places.update((index, c) for c in kinds if c != at)
        key = f"{self.table.id}.{code}.amount"
        if key in cells.found:
            code_at = stack.labels.codes[0] if stack.labels.codes else stack.labels.name
            other = cells.block.place(*cells.found[key][1:])
            cells.say(
                "A06",
                index,
                code_at,
                f"{cells.block.sheet}里{code}有两处（另一处的金额在{other.cell}），"
                "请合并成一处或改正代码；改好以前，用到它的核对没有做。",
                ref=f"{self.table.id}.{code}",
                value=code,
            )
            key = f"{self.table.id}.{code}{AGAIN}{index}.amount"
        else:
            self.codes.append(code)
        cells.found[key] = (row[at] if at < len(row) else None, index, at)

    def _total(self, index: int, row: Sequence[object], total: str, stack: Stack) -> None:
        """人员经费合计 or 公用经费合计: the first amount to the right of the words."""
        start = next(
            c
            for c in (*stack.labels.codes, stack.labels.name)
            if 0 <= c < len(row) and _TOTALS.get(bare(as_text(row[c]))) == total
        )
        at = self._total_column(row, start)
        self.cells.found[f"{self.table.id}.{total}.amount"] = (
            row[at] if at < len(row) else None,
            index,
            at,
        )
        if stack.personnel >= 0:
            kinds = (stack.amount, stack.personnel, stack.public)
            self.cells.places.update((index, c) for c in kinds if c != at)

    def _total_column(self, row: Sequence[object], column: int) -> int:
        for at in range(column + 1, len(row)):
            value = row[at]
            if isinstance(value, str) and value.strip() and not any(ch.isdigit() for ch in value):
                break
            if value not in ("", None):
                return at
        after = [c for c in self.amount_columns if c > column]
        if not after:
            return column + 2
        # 公用经费合计 spans the stacks to its right; its amount is printed in the last of them.
        labels = [i for i, v in enumerate(row) if isinstance(v, str) and v.strip()]
        return after[-1] if labels and column == labels[-1] else after[0]

    def _whole(self, index: int, row: Sequence[object], stack: Stack) -> None:
        """A line 合计: the total of 基本支出 is no figure of 06, those of its two kinds are."""
        cells = self.cells
        if stack.amount >= 0:
            cells.places.add((index, stack.amount))
        for kind, at in ((_PERSONNEL, stack.personnel), (_PUBLIC, stack.public)):
            key = f"{self.table.id}.{kind}.amount"
            if at >= 0 and key not in cells.found:
                cells.found[key] = (row[at] if at < len(row) else None, index, at)
