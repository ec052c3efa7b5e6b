"""Tables 02, 03, 05, 07 and 08: one line per 科目代码 and a total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..model.book import Place, TableRows
from ..model.codes import function_codes
from ..model.forms import Column, Table
from ..model.grid import Grid
from ..model.money import YUAN, AmountError, parse_amount
from ..patterns import lazy_pattern
from .block import Block
from .heads import Heads, head_paths, matched
from .labels import as_code, as_text, bare, is_note
from .rows_of_codes import CodeReader, LabelColumns, NameReader, code_and_name, label_columns
from .table_cells import AGAIN, HEAD_ROWS, Cells, by_ordinal, is_numbers_row, number_columns
from .words import head_word, is_label_head, words

TOTALS = frozenset(
    ("合计", "总计", "总合计", "本年支出合计", "本年收入合计", "收入合计", "支出合计")
)
_LAST = frozenset("0123456789０１２３４５６７８９)）% \u3000\n")
_AMOUNT = lazy_pattern(r"[-+(（￥¥−－]?[\d,，]+(?:\.\d+)?[)）%]?")


def is_total(text: str) -> bool:
    """Whether a line's label says that it is the total of all lines."""
    return bare(text) in TOTALS


def holds_amount(value: object) -> bool:
    """Whether a cell holds a number, as such or as text; a code or a year is one too."""
    if isinstance(value, bool) or value is None or value == "":
        return False
    if isinstance(value, (int, float)):
        return True
    return (
        isinstance(value, str)
        and value[-1] in _LAST
        and _AMOUNT.fullmatch(value.strip()) is not None
    )


class Frame(NamedTuple):
    """Where a list's heads and lines stand (0-based): the rows of heads, the first line, the columns of
    labels, those of amounts.  ``mixed`` is a total's line that also holds the last heads, or -1."""

    head: int
    head_end: int
    first: int
    labels: Mapping[int, str]
    heads: Heads
    mixed: int = -1


def head_row(rows: Grid, table: Table) -> int | None:
    """The first row of a list's heads: one over codes or names, or two of its columns' own."""
    wanted = {head_word(word) for column in table.columns for word in column.head}
    for index, row in enumerate(rows[:HEAD_ROWS]):
        texts = [v for v in row if v and isinstance(v, str)]
        if any(is_label_head(text) for text in texts):
            return index
        if len({head_word(text) for text in texts} & wanted) >= 2:
            return index
    return None


def frame_of(rows: Grid, table: Table) -> Frame | None:
    """Where heads and lines stand; None where there are neither heads nor codes."""
    head = head_row(rows, table)
    if head is None:
        return None
    # A head of amounts may begin a row above that of the labels (本年支出 over three columns).
    wanted = {head_word(word) for column in table.columns for word in column.head}
    if head and any(isinstance(v, str) and v and head_word(v) in wanted for v in rows[head - 1]):
        head -= 1
    first, ordinals, mixed = _first_line(rows, head)
    end = min(ordinals, default=first)
    width = max((len(row) for row in rows[head:end]), default=0)
    labels, heads = _columns(tuple(tuple(row[:width]) for row in rows[head:end]), table.columns)
    if len(heads.columns) < len(table.columns):
        by_number = by_ordinal(table.columns, [rows[n] for n in ordinals])
        if by_number:
            heads = Heads(by_number, {}, {})
    return Frame(head, end, first, labels, heads, mixed)


def _first_line(rows: Grid, head: int) -> tuple[int, list[int], int]:
    """The first line below the heads, the rows of 栏次 above it, and a total's line among the heads."""
    ordinals: list[int] = []
    mixed = -1
    index = head
    for index in range(head + 1, len(rows)):
        row = rows[index]
        if is_numbers_row(row):
            ordinals.append(index)
            continue
        filled = [(c, v) for c, v in enumerate(row) if v not in ("", None)]
        if not filled:
            continue
        if any(as_code(v) or holds_amount(v) for _, v in filled):
            return index, ordinals, mixed
        texts = [(c, v) for c, v in filled if isinstance(v, str)]
        if is_note(texts[0][1]) if texts else False:
            return index, ordinals, mixed
        if any(code_and_name(text) for _, text in texts):
            return index, ordinals, mixed
        heads = [c for c, text in texts if is_label_head(text)]
        if ordinals or (texts and is_total(texts[0][1]) and not heads):
            if len(texts) > 1 and not ordinals and _are_heads(texts[1:]):
                if _under_labels(rows, head, index, texts[0][0]):
                    mixed = index
                continue
            return index, ordinals, mixed
        if len(texts) == 1 and not heads and index > head + 3:
            return index, ordinals, mixed
    return index + 1, ordinals, mixed


def _under_labels(rows: Grid, head: int, index: int, column: int) -> bool:
    """Whether a cell stands below a head over codes or names."""
    return any(
        column < len(row) and isinstance(v := row[column], str) and v != "" and is_label_head(v)
        for row in rows[head:index]
    )


def _are_heads(texts: Sequence[tuple[int, str]]) -> bool:
    known = {"合计", "基本支出", "项目支出", "人员经费", "公用经费"}
    return all(head_word(text) in known for _, text in texts)


@lru_cache(maxsize=512)  # the sheets of a folder are headed alike
def _columns(
    heads: tuple[tuple[object, ...], ...], columns: tuple[Column, ...]
) -> tuple[Mapping[int, str], Heads]:
    """Columns of labels with what they hold (code, name, serial, both), and those of amounts."""
    grid = [list(row) for row in heads]
    width = max(map(len, grid), default=0)
    paths = head_paths(grid, 0, len(grid), range(width))
    known = words()
    labels: dict[int, str] = {}
    for at, path in paths.items():
        if not path:
            continue
        inner = path[1:] if path[0] in known.both_heads else path
        if any(word in known.name_heads for word in inner):
            labels[at] = "name"
        elif any(word in known.code_heads for word in inner):
            labels[at] = "code"
        elif path[-1] in known.serial_heads:
            labels[at] = "serial"
        elif path[-1] in known.both_heads:
            labels[at] = "both"
        elif path[-1] in known.remark_heads:
            labels[at] = "remark"
    amounts = {at: path for at, path in paths.items() if path and at not in labels}
    return labels, matched(amounts, columns)


def read_list(table: Table, block: Block, cells: Cells) -> TableRows:
    """Gather the amounts of a list by 科目代码 and column."""
    rows, sheet = block.rows, block.sheet
    frame = frame_of(rows, table)
    if frame is None:
        cells.say("A03", 0, 0, f"{sheet}里没有找到“科目代码”这个表头，这张表没有读。")
        cells.missing.append("表头")
        return TableRows(table.id, sheet)
    heads = frame.heads
    for column in table.columns:
        if column not in heads.columns.values():
            name = "-".join(column.head)
            cells.missing.append(name)
            cells.say(
                "A03",
                frame.head,
                0,
                f"{sheet}里没有找到“{name}”这一列，与它有关的核对没有做。",
            )
    number_columns(cells, range(frame.head_end, frame.first), heads.columns)
    cells.others.update(heads.others)
    cells.columns.update(at for at, kind in frame.labels.items())
    first_amount = min((*heads.columns, *heads.others, *heads.unknown), default=10_000)
    candidates = list(range(min(first_amount, 8)))
    body = rows[frame.first :]
    labels = label_columns(body, candidates, frame.labels)
    cells.columns.update(labels.codes)
    amounts = [(index, column.id) for index, column in sorted(heads.columns.items())]
    return _Lines(table, block, cells, frame, labels, amounts).read()


class _Lines:
    """The lines of a list, one after the other."""

    def __init__(
        self,
        table: Table,
        block: Block,
        cells: Cells,
        frame: Frame,
        labels: LabelColumns,
        amounts: list[tuple[int, str]],
    ) -> None:
        self.table, self.block, self.cells = table, block, cells
        self.frame, self.labels, self.amounts = frame, labels, amounts
        self.reader = CodeReader(labels)
        self.by_name = None if labels.codes else NameReader(function_codes)
        self.label_at = sorted({*frame.labels, *labels.codes, labels.name} - {-1})
        self.codes: list[str] = []
        self.names: dict[str, str] = {}
        self.places: dict[str, Place] = {}
        self.name_places: dict[str, Place] = {}
        self.total: int = -1

    def read(self) -> TableRows:
        rows, cells = self.block.rows, self.cells
        notes: list[str] = []
        if self.frame.mixed >= 0:
            self._total(self.frame.mixed)
        end = len(rows)
        for index in range(self.frame.first, len(rows)):
            row = rows[index]
            if not any(row):  # most rows of a long form are blank
                continue
            texts = [v for v in row if v and isinstance(v, str)]
            if texts and is_note(texts[0]) and not as_code(row[0]):
                if self._goes_on(index):
                    continue
                notes = [
                    next((v.strip() for v in later if isinstance(v, str) and v.strip()), "")
                    for later in rows[index:]
                ]
                end = index
                break
            self._line(index, row)
        cells.body = (self.frame.first, end)
        if self.total < 0:
            at = self.label_at[0] if self.label_at else 0
            cells.missing.append("合计")
            cells.say("A03", self.frame.first, at, f"{self.block.sheet}里没有找到“合计”行。")
        return TableRows(
            self.table.id,
            self.block.sheet,
            tuple(self.codes),
            self.names,
            self.places,
            tuple(note for note in notes if note),
            name_places=self.name_places,
        )

    def _goes_on(self, index: int) -> bool:
        """Whether a note stands at the foot of a page, with a further page below it."""
        rows, places = self.block.rows, self.block.elsewhere
        return bool(places) and any(
            places[n][0] != places[index][0] or any(as_code(v) for v in rows[n] if v)
            for n in range(index + 1, len(rows))
        )

    def _line(self, index: int, row: Sequence[object]) -> None:
        code, name = self.reader.of(row)
        shown = [as_text(row[c]) for c in self.label_at if c < len(row)]
        if code and not self._is_total(shown):
            self._code(index, code, name)
            return
        if self._is_total(shown):
            self._total(index)
            return
        if is_numbers_row(row):
            self.cells.rows.add(index)
            return
        if self.by_name and name:
            code = self.by_name.of(name)
            if code:
                self._code(index, code, name)
                return
        self._stray(index, row, next((text for text in shown if text), ""))

    @staticmethod
    def _is_total(shown: Sequence[str]) -> bool:
        return any(is_total(text) for text in shown if text)

    def _code(self, index: int, code: str, name: str) -> None:
        at = next(
            (c for c in reversed(self.labels.codes) if self._text(index, c)),
            self.labels.codes[0] if self.labels.codes else max(self.labels.name, 0),
        )
        if len(self.labels.codes) > 1:
            at = self.labels.codes[0]
        place = self.block.place(index, at)
        if code in self.places:
            self.cells.say(
                "A06",
                index,
                at,
                f"科目代码{code}在{self.block.sheet}里出现了两次（上一次在{self.places[code].cell}），"
                "请先看代码是不是写错了；确是同一科目分了两行的，才并成一行。改好以前，用到这个科目的核对没有做。",
                ref=f"{self.table.id}.{code}",
                value=code,
            )
            key = f"{code}{AGAIN}{index}"
        else:
            self.codes.append(code)
            self.names[code] = name
            self.places[code] = place
            if not name and self.labels.name >= 0:
                self.name_places[code] = self.block.place(index, self.labels.name)
            key = code
        self._amounts(index, key)

    def _total(self, index: int) -> None:
        if self.total >= 0:
            if self._same_amounts(index, self.total):
                self.cells.rows.add(index)  # printed again, on the next page or below
            return
        self.total = index
        at = self.labels.codes[0] if self.labels.codes else max(self.labels.name, 0)
        self.places["total"] = self.block.place(index, at)
        self._amounts(index, "total")

    def _amounts(self, index: int, key: str) -> None:
        row = self.block.rows[index]
        found, table = self.cells.found, self.table.id
        for column, column_id in self.amounts:
            value = row[column] if column < len(row) else None
            if index == self.frame.mixed and isinstance(value, str) and not holds_amount(value):
                value = None  # a head that stands in the total's line
            found[f"{table}.{key}.{column_id}"] = (value, index, column)

    def _same_amounts(self, index: int, other: int) -> bool:
        rows = self.block.rows
        return [rows[index][c] for c, _ in self.amounts if c < len(rows[index])] == [
            rows[other][c] for c, _ in self.amounts if c < len(rows[other])
        ]

    def _text(self, index: int, column: int) -> str:
        row = self.block.rows[index]
        return as_text(row[column]) if column < len(row) else ""

    def _stray(self, index: int, row: Sequence[object], shown: str) -> None:
        """A line that has no code and is no total: said where it holds an amount."""
        at = self.labels.codes[0] if self.labels.codes else max(self.labels.name, 0)
        filled = [c for c, _ in self.amounts if c < len(row) and _is_money(row[c])]
        if not filled:
            return
        self.cells.told.update((index, c) for c in filled)
        sheet, number = self.block.place(index, at)[:2]
        if shown:
            self.cells.say(
                "A05",
                index,
                at,
                f"{sheet}第{number}行的“{shown}”不是科目代码（3、5或7位数字），"
                "这一行的金额没有计入核对。",
                value=shown,
            )
        else:
            self.cells.say(
                "A05",
                index,
                at,
                f"{sheet}第{number}行有金额却没有科目代码，请补上代码；这一行的金额没有计入核对。",
            )


def _is_money(value: object) -> bool:
    """Whether a cell holds an amount that is not zero."""
    if value in ("", None) or isinstance(value, bool):
        return False
    try:
        amount = parse_amount(value, YUAN)
    except AmountError:
        return False
    return bool(amount and amount[0])


__all__ = ["Frame", "frame_of", "head_row", "holds_amount", "is_total", "read_list"]
