"""What the nine forms of an edition are: tables, lines, columns, labels.  ``forms`` loads them.

A figure is named ``T<table>.<row>.<column>`` in every edition (``T03.2010301.basic``).  Rows of
fixed forms go by the line number (行次) of the national form; a line that belongs to a function
class may also be named by the class code (``T01.201.amount`` is ``T01.31.amount``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from .codes import economic_codes

HEAD_PARTS = ("number", "unit", "department")
"""What may be printed above a table: 公开01表, 单位：万元, 部门：…"""


class Column(NamedTuple):
    """A column of amounts.

    ``head`` is the path of printed heads from the outermost in; neighbours that share a prefix
    are printed as one merged head.  ``row`` is set in the one-row table only (预算数 / 决算数).
    ``ordinal`` is the printed 栏次, or 0 where none is printed.
    """

    id: str
    head: tuple[str, ...]
    ordinal: int = 0
    row: str = ""


class Line(NamedTuple):
    """A fixed line: its id (行次 of the national form), its label and the class it stands for.

    ``also`` are other prints of the label; ``skip`` counts the blank lines printed above it in a
    form without line numbers.
    """

    id: str
    label: str
    class_code: str = ""
    also: tuple[str, ...] = ()
    skip: int = 0


class Side(NamedTuple):
    """One half of a two-sided form: lines down, columns across."""

    head: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    def __hash__(self) -> int:
        return hash((self.head, len(self.lines)))


class Total(NamedTuple):
    id: str
    label: str


class Stack(NamedTuple):
    """One of the side-by-side stacks of 06: economic codes down, then perhaps a total."""

    head: str
    codes: tuple[str, ...]
    total: Total | None


class Table(NamedTuple):
    """One statutory table.

    ``kind`` is ``form`` (fixed lines, one or two sides), ``list`` (one line per 科目代码 and a
    total), ``items`` (stacks of economic codes) or ``row`` (one line of amounts).  ``levels`` are
    the levels of codes that a list prints (类, 款, 项); ``row_labels`` say which printed heads stand
    for the rows of a ``row`` table (预算数, 决算数).
    """

    id: str
    number: str
    title: str
    sheet: str
    kind: str
    orientation: str
    notes: tuple[str, ...]
    empty_note: str
    also: tuple[str, ...]
    line_numbers: bool
    sides: tuple[Side, ...]
    columns: tuple[Column, ...]
    stacks: tuple[Stack, ...]
    levels: tuple[str, ...]
    total: Total
    total_place: str
    code_head: tuple[str, ...]
    name_head: tuple[str, ...]
    amount_head: tuple[str, ...]
    row_labels: Mapping[str, str] = {}

    def __hash__(self) -> int:
        return hash((self.id, self.title))

    @property
    def short(self) -> str:
        """What an accountant calls the table: 07表, by the number that its sheet bears."""
        return f"{self.sheet[:2]}表"

    @property
    def fixed_rows(self) -> tuple[str, ...]:
        """Ids of the rows that every workbook has, in printed order."""
        if self.kind == "form":
            return tuple(line.id for side in self.sides for line in side.lines)
        if self.kind == "items":
            totals = [stack.total.id for stack in self.stacks if stack.total]
            return (*(code for stack in self.stacks for code in stack.codes), *totals)
        if self.kind == "row":
            return tuple(dict.fromkeys(column.row for column in self.columns))
        return (self.total.id,)

    def column_ids(self, row: str) -> tuple[str, ...]:
        """Ids of the amount columns in a row."""
        if self.kind == "form":
            for side in self.sides:
                if any(line.id == row for line in side.lines):
                    return tuple(column.id for column in side.columns)
            return ()
        if self.kind == "items":
            return ("amount",)
        if self.kind == "row":
            return tuple(column.id for column in self.columns if column.row == row)
        return tuple(column.id for column in self.columns)

    @property
    def fixed_names(self) -> tuple[str, ...]:
        """Names of the figures that every workbook of this edition has, in printed order."""
        return tuple(
            f"{self.id}.{row}.{column}"
            for row in self.fixed_rows
            for column in self.column_ids(row)
        )

    def row_label(self, row: str) -> str:
        """The printed label of a fixed row (for 06 the code's name), or the row itself."""
        if self.kind == "form":
            for side in self.sides:
                for line in side.lines:
                    if line.id == row:
                        return line.label
        if self.kind == "items":
            for stack in self.stacks:
                if stack.total and stack.total.id == row:
                    return stack.total.label
            code = economic_codes().get(row)
            return code.name if code else row
        if self.kind == "row":
            return self.row_labels.get(row, row)
        return self.total.label if row == self.total.id else row

    def column_label(self, row: str, column: str) -> str:
        """The printed head of a column, innermost last, joined with a dash: 本年支出-小计."""
        if self.kind == "form":
            for side in self.sides:
                if any(line.id == row for line in side.lines):
                    return next("-".join(c.head) for c in side.columns if c.id == column)
        if self.kind == "items":
            return "-".join(self.amount_head)
        if self.kind == "row":
            head = next(c.head for c in self.columns if c.row == row and c.id == column)
            words = [word for word in head if word != self.row_labels.get(row)]
            over_all = all(c.head[0] == words[0] for c in self.columns)
            return "-".join(words[1:] if over_all else words)
        return next("-".join(c.head) for c in self.columns if c.id == column)


class Edition:
    """An edition: nine tables and what follows from them.  Immutable after loading.

    ``region`` tells editions of one region and several years from others; ``prints`` says what
    stands above the tables (``HEAD_PARTS``); ``folders`` hold its files, its own before those of
    the edition that it is based on.
    """

    def __init__(
        self,
        edition_id: str,
        name: str,
        year: int,
        tables: tuple[Table, ...],
        *,
        region: str = "",
        prints: tuple[str, ...] = HEAD_PARTS,
        folders: tuple[Path, ...] = (),
    ) -> None:
        self.id = edition_id
        self.name = name
        self.year = year
        self.tables = tables
        self.region = region
        self.prints = frozenset(prints)
        self.folders = folders

    def with_tables(self, tables: tuple[Table, ...]) -> Edition:
        """The edition with other tables: one that prints a line more, as a workbook does."""
        return Edition(
            self.id,
            self.name,
            self.year,
            tables,
            region=self.region,
            prints=tuple(self.prints),
            folders=self.folders,
        )

    def text(self, *path: str) -> str | None:
        """A file of the edition, its own or that of the edition it is based on; None without any."""
        from .forms import file_in

        for folder in self.folders:
            file = file_in(folder, *path)
            if file is not None:
                return file.read_text(encoding="utf-8")
        return None

    def __repr__(self) -> str:
        return f"Edition({self.id!r})"

    @cached_property
    def by_id(self) -> Mapping[str, Table]:
        return {table.id: table for table in self.tables}

    @cached_property
    def row_of_class(self) -> Mapping[str, Mapping[str, str]]:
        """For each form, class code → line id: ``row_of_class["T01"]["201"] == "31"``."""
        return {
            table.id: {
                line.class_code: line.id
                for side in table.sides
                for line in side.lines
                if line.class_code
            }
            for table in self.tables
            if table.kind == "form"
        }

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Codes of the function classes that 01 prints, in printed order."""
        return tuple(self.row_of_class.get("T01", {}))

    def __hash__(self) -> int:
        return hash(self.id)

    def __eq__(self, other: object) -> bool:
        return self is other

    @cached_property
    def fixed_names(self) -> frozenset[str]:
        return frozenset(name for table in self.tables for name in table.fixed_names)

    def label(self, name: str, names: Mapping[str, str] | None = None) -> str:
        """A figure in an accountant's words: 03支出表“2010301 行政运行”的“基本支出”.

        ``names`` gives the printed names of codes.
        """
        table_id, row, column = name.split(".")
        table = self.by_id[table_id]
        if table.kind == "list" and row != table.total.id:
            printed = (names or {}).get(row, "")
            row_label = f"{row} {printed}".strip()
        else:
            row_label = re.sub(r"^[一二三四五六七八九十]+、", "", table.row_label(row))
        column_label = table.column_label(row, column)
        if column_label in ("金额", "决算数"):
            return f"{table.sheet}“{row_label}”"
        return f"{table.sheet}“{row_label}”的“{column_label}”"
