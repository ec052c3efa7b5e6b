"""The nine forms of an edition, loaded from its data files.

The files under ``editions/`` are the only place that knows a line number, a label or a column.
From here come the template, the reader, the rules' names, the fill and the publication.

A figure is named ``T<table>.<row>.<column>`` in every edition (``T03.2010301.basic``).  Rows of
fixed forms go by the line number (行次) of the national form; a line that belongs to a function
class may also be named by the class code (``T01.201.amount`` is ``T01.31.amount``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from .codes import economic_codes

DEFAULT_EDITION = "hunan-2024"


class FormError(ValueError):
    """An edition's data files contradict themselves; the message names file and entry."""


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
    """A fixed line: its id (行次 of the national form), its label and the class it stands for."""

    id: str
    label: str
    class_code: str = ""
    also: tuple[str, ...] = ()


class Side(NamedTuple):
    """One half of a two-sided form: lines down, columns across."""

    head: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


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
    total), ``items`` (stacks of economic codes) or ``row`` (one line of amounts).
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
            return next((c.head[0] for c in self.columns if c.row == row), row)
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
            return "-".join(head[1:])
        return next("-".join(c.head) for c in self.columns if c.id == column)


class Edition:
    """An edition: nine tables and what follows from them.  Immutable after loading."""

    def __init__(self, edition_id: str, name: str, year: int, tables: tuple[Table, ...]) -> None:
        self.id = edition_id
        self.name = name
        self.year = year
        self.tables = tables

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


def _columns(entries: list[dict[str, Any]]) -> tuple[Column, ...]:
    return tuple(
        Column(e["id"], tuple(e["head"]), e.get("ordinal", 0), e.get("row", "")) for e in entries
    )


def _side(entry: dict[str, Any]) -> Side:
    lines = tuple(
        Line(str(e["no"]), e["label"], e.get("class", ""), tuple(e.get("also", ())))
        for e in entry["lines"]
    )
    return Side(entry["head"], _columns(entry["columns"]), lines)


def _stack(entry: dict[str, Any]) -> Stack:
    total = entry.get("total")
    return Stack(
        entry["head"],
        tuple(entry["codes"]),
        Total(total["id"], total["label"]) if total else None,
    )


def _table(data: dict[str, Any]) -> Table:
    total = data.get("total", {})
    return Table(
        id=data["id"],
        number=data["number"],
        title=data["title"],
        sheet=data["sheet"],
        kind=data["kind"],
        orientation=data["orientation"],
        notes=tuple(data["notes"]),
        empty_note=data.get("empty_note", ""),
        also=tuple(data.get("also", ())),
        line_numbers=data.get("line_numbers", True),
        sides=tuple(_side(entry) for entry in data.get("side", ())),
        columns=_columns(data.get("columns", [])),
        stacks=tuple(_stack(entry) for entry in data.get("stack", ())),
        levels=tuple(data.get("levels", ())),
        total=Total("total", total.get("label", "合计")),
        total_place=total.get("place", "first"),
        code_head=tuple(data.get("code_head", ())),
        name_head=tuple(data.get("name_head", ())),
        amount_head=tuple(data.get("amount_head", ())),
    )


def _load(folder: Traversable) -> Edition:
    def read(name: str) -> dict[str, Any]:
        return tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8"))

    head = read("edition.toml")
    tables = []
    for name in head["tables"]:
        try:
            tables.append(_table(read(name)))
        except (KeyError, TypeError) as error:
            raise FormError(f"{head['id']}/{name}: {error}") from error
    ids = [table.id for table in tables]
    if len(set(ids)) != len(ids):
        raise FormError(f"{head['id']}: a table id occurs twice in {ids}")
    return Edition(head["id"], head["name"], head["year"], tuple(tables))


def editions() -> Iterator[str]:
    """Ids of the editions that come with the package."""
    root = resources.files("xlbudget").joinpath("editions")
    for folder in sorted(root.iterdir(), key=lambda entry: entry.name):
        if folder.is_dir() and folder.joinpath("edition.toml").is_file():
            yield folder.name


@lru_cache(maxsize=8)
def load_edition(edition_id: str = DEFAULT_EDITION) -> Edition:
    """The edition with this id.  Raises FormError when there is none or its files are wrong."""
    known = list(editions())
    if edition_id not in known:
        raise FormError(f"没有“{edition_id}”这个版式，可用的有：{'、'.join(known)}")
    return _load(resources.files("xlbudget").joinpath("editions", edition_id))
