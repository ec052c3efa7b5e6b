"""Where each figure of a printed table stands, derived from the form files.

The only place that turns a form (``Table``) into rows and columns; the template's writer, the check
formulas, the defined names and the publication all ask here.  Rows and columns count from 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from .addresses import address
from .book import Place
from .forms import Edition, Side, Stack, Table

CAPACITY = 300
"""Code rows that a detail table holds."""
SHOWN_BLANK = 30
"""Code rows that are shown while a detail table is empty; the others are hidden."""
SPARE = 3
"""Blank code rows that stay shown below the used ones."""

TITLE_ROW, NUMBER_ROW, UNIT_ROW, HEAD_ROW = 1, 2, 3, 4
CODE_COLUMN, NAME_COLUMN = 1, 2


class Head(NamedTuple):
    """A printed head: its text and the cells it covers (merged when more than one)."""

    text: str
    top: int
    left: int
    bottom: int
    right: int


class LineCell(NamedTuple):
    """A line of a form: where its label stands, its number and text ("" for a blank line)."""

    row: int
    column: int
    number: str
    label: str


class Area(NamedTuple):
    """A rectangle of cells on one sheet, ends included."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def local(self) -> str:
        """``$C$9:$C$308``, or ``$C$9`` for a single cell."""
        first = _absolute(self.top, self.left)
        if (self.top, self.left) == (self.bottom, self.right):
            return first
        return f"{first}:{_absolute(self.bottom, self.right)}"

    @property
    def text(self) -> str:
        """The reference with its sheet, quoted: ``'02收入表'!$C$9:$C$308``."""
        return f"{quoted(self.sheet)}!{self.local}"

    @property
    def size(self) -> int:
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)


def _absolute(row: int, column: int) -> str:
    letters = address(1, column)[:-1]
    return f"${letters}${row}"


def quoted(sheet: str) -> str:
    """A sheet's name as a formula spells it."""
    return "'" + sheet.replace("'", "''") + "'"


class TableLayout:
    """One statutory table on its sheet.

    ``body`` is (first, last) row of the lines, ``places`` the (row, column) of every fixed figure.
    For a list, ``rows`` is (first, last) of the code rows.  ``exact`` leaves no code rows to spare,
    as a table is published.
    """

    def __init__(
        self, table: Table, codes: Sequence[str] = (), *, blank: bool = True, exact: bool = False
    ) -> None:
        self.table = table
        self.blank = blank
        self.exact = exact
        self.sheet = table.sheet
        self.codes = tuple(dict.fromkeys(codes))
        self.places: dict[str, tuple[int, int]] = {}
        self.heads: list[Head] = []
        self.lines: list[LineCell] = []
        self.ordinal_row = 0
        self.total_row = 0
        self.rows = (0, -1)
        self.column_of: dict[str, int] = {}
        self.item_rows: list[tuple[str, int, int]] = []
        getattr(self, f"_lay_{table.kind}")()
        for row in table.fixed_rows if table.kind == "list" else ():
            for column, at in self.column_of.items():
                self.places[f"{table.id}.{row}.{column}"] = (self.total_row, at)
        self.note_row = self.body[1] + 1

    width: int
    body: tuple[int, int]

    # ---------------------------------------------------------------- forms 01, 04

    def _lay_form(self) -> None:
        """Two sides next to each other: 项目, 行次 and the amounts; lines at their 行次."""
        numbered = self.table.line_numbers
        columns = [column for side in self.table.sides for column in side.columns]
        depth = max(len(column.head) for column in columns)
        first = HEAD_ROW + 1 + depth
        if any(column.ordinal for column in columns):
            self.ordinal_row, first = first, first + 1
        left, height = 1, 0
        for side in self.table.sides:
            labels = 2 if numbered else 1
            right = left + labels + len(side.columns) - 1
            self.heads.append(Head(side.head, HEAD_ROW, left, HEAD_ROW, right))
            bottom = HEAD_ROW + depth
            self.heads.append(Head("项目", HEAD_ROW + 1, left, bottom, left))
            if numbered:
                self.heads.append(Head("行次", HEAD_ROW + 1, left + 1, bottom, left + 1))
            paths = [column.head for column in side.columns]
            self.heads += merged_heads(paths, HEAD_ROW + 1, left + labels, depth)
            if self.ordinal_row:
                self.heads.append(Head("栏次", self.ordinal_row, left, self.ordinal_row, left))
            for index, column in enumerate(side.columns):
                at = left + labels + index
                if column.ordinal:
                    row = self.ordinal_row
                    self.heads.append(Head(str(column.ordinal), row, at, row, at))
            height = max(height, self._lay_side(side, first, left, labels, numbered))
            left = right + 1
        self.width = left - 1
        self.body = (first, first + height - 1)
        self._blank_lines(first, height, numbered)

    def _lay_side(self, side: Side, first: int, left: int, labels: int, numbered: bool) -> int:
        """Place the lines of one side; returns how many rows it takes."""
        start = int(side.lines[0].id)
        height = 0
        for line in side.lines:
            offset = int(line.id) - start if numbered else height + line.skip
            row = first + offset
            self.lines.append(LineCell(row, left, line.id if numbered else "", line.label))
            for at, column in enumerate(side.columns):
                self.places[f"{self.table.id}.{line.id}.{column.id}"] = (row, left + labels + at)
            height = max(height, offset + 1)
        return height

    def _blank_lines(self, first: int, height: int, numbered: bool) -> None:
        """Lines that the form numbers but leaves empty (行次 9…26 of 01)."""
        left = 1
        for side in self.table.sides:
            taken = {line.row for line in self.lines if line.column == left}
            start = int(side.lines[0].id)
            for offset in range(height):
                if first + offset not in taken:
                    number = str(start + offset) if numbered else ""
                    self.lines.append(LineCell(first + offset, left, number, ""))
            left += (2 if numbered else 1) + len(side.columns)

    # ---------------------------------------------------------------- lists 02 03 05 07 08

    def _lay_list(self) -> None:
        table = self.table
        depth = max(2, *(len(column.head) for column in table.columns))
        top, bottom = HEAD_ROW, HEAD_ROW + depth - 1
        paths = [table.code_head, table.name_head, *(column.head for column in table.columns)]
        self.heads = merged_heads(paths, top, 1, depth)
        self.width = 2 + len(table.columns)
        self.column_of = {column.id: 3 + i for i, column in enumerate(table.columns)}
        first = bottom + 1
        if any(column.ordinal for column in table.columns):
            self.ordinal_row = first
            self.heads.append(Head("栏次", first, 1, first, 2))
            for index, column in enumerate(table.columns):
                self.heads.append(Head(str(column.ordinal), first, 3 + index, first, 3 + index))
            first += 1
        used = len(self.codes)
        capacity = used if self.exact else max(CAPACITY, used + SPARE)
        total_first = table.total_place == "first"
        start = first + 1 if total_first else first
        self.rows = (start, start + capacity - 1)
        self.total_row = first if total_first else start + capacity
        self.body = (first, first + capacity)

    @property
    def shown(self) -> int:
        """How many code rows are shown: many on a blank form, few below what a filled one uses."""
        capacity = self.rows[1] - self.rows[0] + 1
        return min(capacity, SHOWN_BLANK if self.blank else len(self.codes) + SPARE)

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Code → sheet row, for the codes the content holds."""
        return {code: self.rows[0] + index for index, code in enumerate(self.codes)}

    def code_area(self) -> Area:
        """The code cells of a list."""
        return Area(self.sheet, self.rows[0], CODE_COLUMN, self.rows[1], CODE_COLUMN)

    def column_area(self, column: str) -> Area:
        """The amounts of one list column, 合计 left out."""
        at = self.column_of[column]
        return Area(self.sheet, self.rows[0], at, self.rows[1], at)

    # ---------------------------------------------------------------- 06

    def _lay_items(self) -> None:
        """Stacks side by side; codes that the form does not print go below their stack."""
        table = self.table
        heads = (table.code_head[-1], table.name_head[-1], table.amount_head[-1])
        first = HEAD_ROW + 2
        stacks = self._stacks()
        height = max(len(codes) for codes in stacks)
        self.width = 3 * len(stacks)
        total_row = first + height
        self.body = (first, total_row)
        self.total_row = total_row
        left, group_left = 1, 1
        for index, (stack, codes) in enumerate(zip(table.stacks, stacks, strict=True)):
            for offset, text in enumerate(heads):
                row = HEAD_ROW + 1
                self.heads.append(Head(text, row, left + offset, row, left + offset))
            for offset in range(height):
                code = codes[offset] if offset < len(codes) else ""
                self.item_rows.append((code, first + offset, left))
                if code:
                    self.places[f"{table.id}.{code}.amount"] = (first + offset, left + 2)
            if stack.total:
                self.places[f"{table.id}.{stack.total.id}.amount"] = (total_row, left + 2)
            following = table.stacks[index + 1].head if index + 1 < len(stacks) else None
            if following != stack.head:
                self.heads.append(Head(stack.head, HEAD_ROW, group_left, HEAD_ROW, left + 2))
                group_left = left + 3
            left += 3

    def _stacks(self) -> list[list[str]]:
        """The codes of each stack; a code that the form does not print follows its relatives."""
        stacks = [list(stack.codes) for stack in self.table.stacks]
        printed = {code for codes in stacks for code in codes}
        for code in self.codes:
            if code not in printed:
                stacks[stack_of(self.table.stacks, code)].append(code)
        return stacks

    def stack_areas(self) -> list[tuple[Area, Area]]:
        """(codes, amounts) of each stack of 06, totals row left out."""
        first, last = self.body[0], self.body[1] - 1
        return [
            (
                Area(self.sheet, first, left, last, left),
                Area(self.sheet, first, left + 2, last, left + 2),
            )
            for left in range(1, self.width, 3)
        ]

    def total_merges(self) -> list[tuple[int, int, str]]:
        """For 06: (left, right, label) of the labels in the totals row."""
        merges, left = [], 1
        for index, stack in enumerate(self.table.stacks):
            if stack.total:
                merges.append((left, 3 * index + 2, stack.total.label))
                left = 3 * index + 4
        return merges

    # ---------------------------------------------------------------- 09

    def _lay_row(self) -> None:
        table = self.table
        paths = [column.head for column in table.columns]
        depth = max(map(len, paths))
        if {path[-1] for path in paths} <= set(table.row_labels.values()):
            # 预算数 and 决算数 side by side below each kind: always in the last row of heads.
            outer = [path[:-1] for path in paths]
            self.heads = merged_heads(outer, HEAD_ROW, 1, depth - 1)
            last = HEAD_ROW + depth - 1
            self.heads += [Head(p[-1], last, at, last, at) for at, p in enumerate(paths, 1)]
        else:
            self.heads = merged_heads(paths, HEAD_ROW, 1, depth)
        row = HEAD_ROW + depth
        if any(column.ordinal for column in table.columns):
            self.ordinal_row, row = row, row + 1
        for index, column in enumerate(table.columns):
            if column.ordinal:
                at = self.ordinal_row
                self.heads.append(Head(str(column.ordinal), at, index + 1, at, index + 1))
            self.places[f"{table.id}.{column.row}.{column.id}"] = (row, index + 1)
        self.width = len(table.columns)
        self.body = (row, row)

    # ---------------------------------------------------------------- questions

    def amount_areas(self) -> list[Area]:
        """Every amount cell of the table, as few rectangles."""
        if self.table.kind == "list":
            return [Area(self.sheet, self.body[0], 3, self.body[1], self.width)]
        areas: list[Area] = []
        by_column: dict[int, list[int]] = {}
        for row, column in self.places.values():
            by_column.setdefault(column, []).append(row)
        for column, rows in sorted(by_column.items()):
            run: list[int] = []
            for row in [*sorted(rows), -1]:
                if run and row != run[-1] + 1:
                    areas.append(Area(self.sheet, run[0], column, run[-1], column))
                    run = []
                run.append(row)
        return areas

    def place(self, name: str) -> tuple[int, int] | None:
        """(row, column) of a figure, a code row's figure included; None if it stands nowhere."""
        found = self.places.get(name)
        if found is None and self.table.kind == "list":
            _, code, column = name.split(".")
            if code in self.row_of and column in self.column_of:
                return self.row_of[code], self.column_of[column]
        return found


def stack_of(stacks: Sequence[Stack], code: str) -> int:
    """Index of the stack that an economic code belongs to: its group's, else the last one."""
    for index, stack in enumerate(stacks):
        if code[:3] in stack.codes:
            return index
    return len(stacks) - 1


def merged_heads(paths: Sequence[Sequence[str]], top: int, left: int, depth: int) -> list[Head]:
    """Heads from paths: neighbours with the same beginning share a cell, short paths reach down.

    ``paths`` are the columns from left to right, each from the outermost head in.
    """
    heads: list[Head] = []
    for level in range(depth):
        start = 0
        while start < len(paths):
            path = paths[start]
            if level >= len(path):
                start += 1
                continue
            end = start + 1
            leaf = level == len(path) - 1
            while (
                end < len(paths)
                and leaf == (len(paths[end]) == level + 1)
                and paths[end][: level + 1] == path[: level + 1]
            ):
                end += 1
            bottom = top + depth - 1 if leaf else top + level
            heads.append(Head(path[level], top + level, left + start, bottom, left + end - 1))
            start = end
    return heads


class Layout:
    """All nine tables of an edition, with the codes that a content brings."""

    def __init__(
        self,
        edition: Edition,
        codes: Mapping[str, Sequence[str]] | None = None,
        *,
        exact: bool = False,
    ) -> None:
        found = codes or {}
        self.edition = edition
        blank = not any(found.values())
        self.tables = {
            table.id: TableLayout(table, found.get(table.id, ()), blank=blank, exact=exact)
            for table in edition.tables
        }

    @property
    def signature(self) -> tuple[object, ...]:
        """What the places of fixed figures and the extent of lists depend on."""
        extents = ((t.body, t.rows, tuple(t.item_rows)) for t in self.tables.values())
        return (self.edition.id, *extents)

    def place(self, name: str) -> Place | None:
        """Where a figure of the nine tables stands; None if it stands nowhere."""
        table = self.tables.get(name.partition(".")[0])
        if table is None:
            return None
        found = table.place(name)
        return Place(table.sheet, *found) if found else None

    def defined_names(self) -> dict[str, Area]:
        """Name (``t05_total_basic``) → cell, for every figure that every workbook has."""
        names = {}
        for table in self.tables.values():
            for figure in table.table.fixed_names:
                row, column = table.places[figure]
                names[defined_name(figure)] = Area(table.sheet, row, column, row, column)
        return names


def defined_name(figure: str) -> str:
    """The defined name of a figure: ``T05.total.basic`` → ``t05_total_basic``."""
    return figure.lower().replace(".", "_")
