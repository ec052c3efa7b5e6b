"""A publication's figures as read from a workbook: immutable data, no I/O.

``Book`` is what every other room works on.  It comes from grids of cells (``recognise``), which the
file reader and open Excel both hand over, and never changes; what is to be changed leaves the core
as a list of cell edits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .addresses import address
from .forms import Edition, Table
from .money import Unit
from .severity import Severity


class Place(NamedTuple):
    """A cell: sheet name, row and column counted from 1."""

    sheet: str
    row: int
    column: int

    @property
    def cell(self) -> str:
        return address(self.row, self.column)

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"


class Figure(NamedTuple):
    """One amount of the publication.

    ``fen`` is the amount in 分, ``None`` where the cell is blank.  ``half`` is how far in 分 the
    true amount may lie from the printed one: half of the last printed digit, and 0 for a zero, for
    amounts in 元 and for amounts that still hold every 分.
    """

    name: str
    fen: int | None
    half: int
    place: Place

    @property
    def value(self) -> int:
        """The amount in 分, a blank counted as zero."""
        return self.fen or 0


class CellRef(NamedTuple):
    """A cell named in a finding: figure name (or ""), where it is, what it holds."""

    ref: str
    sheet: str
    cell: str
    value: str


class Finding(NamedTuple):
    """Something the accountant should look at.

    ``left``, ``right``, ``difference`` and ``tolerance`` are amounts in the workbook's unit as they
    are printed, or empty where the finding is not about a sum.
    """

    rule: str
    severity: Severity
    message: str
    cells: tuple[CellRef, ...] = ()
    left: str = ""
    right: str = ""
    difference: str = ""
    tolerance: str = ""


class Numbered(NamedTuple):
    """A line's or a column's number: ``word`` is 行次 or 栏次, ``wanted`` what the form prints there,
    ``printed`` what the sheet prints ("" where nothing)."""

    word: str
    wanted: str
    printed: str
    place: Place


class TableRows(NamedTuple):
    """A table as found in a workbook: its sheet, and for lists the rows in the order they stand.

    ``codes`` are 科目代码 in sheet order (doubled ones once); ``names`` the printed names;
    ``places`` where each row's code stands; ``notes`` the texts printed below the table.
    ``head`` holds what stands above the table: ``number`` (公开01表), ``unit``, ``department``.
    ``doubled`` are the amounts of codes that have more than one row, every row's: which of them is
    meant nobody can say, so they are not among the book's figures but unreadable there.
    ``name_places`` are the blank cells in which a row's name belongs, where the table has a column for it.
    ``position`` is the sheet's place in the workbook, from 1 (0: not known); ``numbers`` are the 行次
    and 栏次, where the sheet prints any.
    """

    id: str
    sheet: str
    codes: tuple[str, ...] = ()
    names: Mapping[str, str] = {}
    places: Mapping[str, Place] = {}
    notes: tuple[str, ...] = ()
    head: Mapping[str, str] = {}
    doubled: tuple[Figure, ...] = ()
    position: int = 0
    numbers: tuple[Numbered, ...] = ()
    name_places: Mapping[str, Place] = {}


class Fact(NamedTuple):
    """An entry of an input sheet: a text, a count or a date as typed; ``None`` where blank."""

    id: str
    value: str | None
    place: Place


class Reason(NamedTuple):
    """A line of sheet 原因说明, for the change or deviation named by ``key``; ``text`` is "" until typed."""

    key: str
    text: str
    place: Place


class Record(NamedTuple):
    """One line of a list on 补充资料 (a trip abroad, a meeting): list id and its fields.

    ``columns`` says in which column (from 1) each field stands.
    """

    list_id: str
    fields: Mapping[str, str]
    place: Place
    columns: Mapping[str, int] = {}


class Reading(NamedTuple):
    """How far one of the nine tables was read.

    ``state`` is ``whole``, ``partial`` or ``absent``: in a partial table a figure that was not read is
    unknown, never zero.  ``area`` is where it stands (``A1:D36``, of its first sheet); the counts are
    cells: amounts that are figures, numbers of lines and columns and codes, amounts of another
    measure (预算数, 上年数 …), and amounts that nothing accounts for.
    """

    sheet: str
    area: str
    state: str
    figures: int = 0
    ordinals: int = 0
    others: int = 0
    unaccounted: int = 0


ABSENT = Reading("", "", "absent")


class Book(NamedTuple):
    """One publication: header, figures by name, tables, inputs, and what reading found.

    ``figures`` also holds the input sheets' amounts and counts: ``LAST.T01.30.amount`` (last
    year's 决算), ``BUDGET.T05.2010301.total`` (年初预算) and ``FACT.<id>`` (补充资料).
    ``unreadable`` holds the names of figures whose cell holds no amount (text, #REF!, a formula
    that nobody has calculated) with the reason; rules that need one do not run.
    ``reading`` says of each of the nine tables how far it was read (empty for a book that was not
    read from a workbook), ``evidence`` by what the edition was known, ``own`` what of an office's own
    lay beside the workbook and is used: its edition, its rules.toml.
    """

    file: str
    edition: Edition
    unit: Unit
    department: str
    year: int | None
    kind: str
    tables: Mapping[str, TableRows]
    figures: Mapping[str, Figure]
    unreadable: Mapping[str, str]
    facts: Mapping[str, Fact]
    reasons: Mapping[str, Reason]
    records: tuple[Record, ...]
    findings: tuple[Finding, ...]
    reading: Mapping[str, Reading] = {}
    evidence: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    @property
    def not_whole(self) -> frozenset[str]:
        """Ids of the tables whose sums nobody can say: absent, or amounts in them not accounted for."""
        return frozenset(
            table
            for table, found in self.reading.items()
            if found.state == "absent" or found.unaccounted
        )

    def unknown(self, name: str) -> str:
        """Why nobody can say what a figure is, in Chinese; "" where it was read, is blank, or stands on a
        line that the workbook's tables need not print."""
        if name in self.figures or not name:
            return ""
        if name in self.unreadable:
            return self.unreadable[name]
        table = self.edition.by_id.get(name.partition(".")[0])
        if table is None:
            return ""
        if table.id not in self.tables:
            return f"没有{table.title}"
        if name not in self.edition.fixed_names:
            return f"{table.title}有没有认出来的行" if table.id in self.not_whole else ""
        if self._need_not_stand(table, name):
            return ""
        return f"没有找到{self.edition.label(name)}"

    def _need_not_stand(self, table: Table, name: str) -> bool:
        """Whether a whole table may leave out the line: a 款 of 06, a function class of 01 and 04."""
        reading = self.reading.get(table.id)
        if reading is None or reading.state != "whole":
            return False
        row = name.split(".")[1]
        if table.kind == "items":
            return row[0] == "3"
        return row in self.edition.row_of_class.get(table.id, {}).values()

    def value(self, name: str) -> int:
        """The amount of a figure in 分; 0 where it is blank or absent."""
        figure = self.figures.get(name)
        return (figure.fen or 0) if figure else 0

    def explained(self, key: str) -> str:
        """The reason typed for a change or deviation, or "" where none is."""
        line = self.reasons.get(key)
        return line.text if line else ""

    def cell_ref(self, name: str) -> CellRef:
        """A figure as a finding names it; sheet and cell are empty where it stands nowhere."""
        figure = self.figures.get(name)
        if figure is None:
            return CellRef(name, "", "", "")
        shown = "" if figure.fen is None else self.unit.exact_text(figure.fen)
        return CellRef(name, figure.place.sheet, figure.place.cell, shown)

    def names_of_codes(self) -> dict[str, str]:
        """Printed names of all function codes, the first table that prints one wins."""
        names: dict[str, str] = {}
        for table in self.tables.values():
            for code, name in table.names.items():
                if name:
                    names.setdefault(code, name)
        return names
