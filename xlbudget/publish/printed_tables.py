"""Part two: the statutory tables as printed, from the form files and the book's figures.

Where a head, a line or an amount stands is the layout's business; here every cell gets its words,
and every amount the figure's name as its anchor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from ..model.book import Book
from ..model.codes import economic_codes, function_codes
from ..model.forms import Table as Form
from ..model.layout import HEAD_ROW, TableLayout
from ..model.money import WAN
from .document import Cell, Table

UNREADABLE = "【待填】"
"""Printed where a cell of the workbook holds no amount: a text, an error value."""
_WIDTHS = {
    "label": 32.0, "number": 5.0, "amount": 14.0, "code": 10.0, "name": 32.0, "item": 24.0,
    "one": 12.0,
}  # fmt: skip


def statutory_tables(book: Book) -> tuple[Table, ...]:
    """The edition's tables in printed order, in 万元; one that was not read is printed empty."""
    return tuple(statutory_table(book, form) for form in book.edition.tables)


def statutory_table(book: Book, form: Form) -> Table:
    """One table; amounts are rounded half-up to 0.01 万元, each by itself."""
    rows = book.tables.get(form.id)
    layout = TableLayout(form, rows.codes if rows else (), exact=True)
    cells = {**_heads(layout), **_BODIES[form.kind](layout, book)}
    for name, place in _amounts(layout):
        cells[place] = _amount(book, name, strong=_is_total(layout, place[0]))
    first, last = HEAD_ROW, layout.body[1]
    covered = _covered(cells)
    blank = Cell("", align="right")
    return Table(
        anchor=form.id,
        title=form.title,
        rows=tuple(
            tuple(
                cells.get((row, column), blank)
                for column in range(1, layout.width + 1)
                if (row, column) not in covered
            )
            for row in range(first, last + 1)
        ),
        head_rows=layout.body[0] - HEAD_ROW,
        widths=_widths(layout),
        number=form.number,
        department=book.department if "department" in book.edition.prints else "",
        unit=f"单位：{WAN.name}",
        notes=_notes(book, form),
        landscape=form.orientation == "landscape",
        statutory=True,
    )


Cells = dict[tuple[int, int], Cell]


def _covered(cells: Mapping[tuple[int, int], Cell]) -> set[tuple[int, int]]:
    """Places that the span of another cell covers."""
    return {
        (row + down, column + right)
        for (row, column), cell in cells.items()
        for down in range(cell.row_span)
        for right in range(cell.column_span)
        if down or right
    }


def _heads(layout: TableLayout) -> Cells:
    cells: Cells = {
        (row, column): Cell("", align="center")
        for row in range(HEAD_ROW, layout.body[0])
        for column in range(1, layout.width + 1)
    }
    for head in layout.heads:
        cells[head.top, head.left] = Cell(
            head.text,
            align="center",
            scope="col",
            row_span=head.bottom - head.top + 1,
            column_span=head.right - head.left + 1,
        )
    return cells


def _amounts(layout: TableLayout) -> Iterator[tuple[str, tuple[int, int]]]:
    """Every figure of the table with its (row, column)."""
    yield from layout.places.items()
    if layout.table.kind == "list":
        for code, row in layout.row_of.items():
            for column, at in layout.column_of.items():
                yield f"{layout.table.id}.{code}.{column}", (row, at)


def _amount(book: Book, name: str, *, strong: bool = False) -> Cell:
    figure = book.figures.get(name)
    if name in book.unreadable:
        text = UNREADABLE
    else:
        text = "" if figure is None or figure.fen is None else WAN.text(figure.fen, grouped=True)
    return Cell(text, name, "right", strong=strong)


def _is_total(layout: TableLayout, row: int) -> bool:
    return layout.total_row == row or row in _form_totals(layout)


def _form_totals(layout: TableLayout) -> set[int]:
    last = {side.lines[-1].label for side in layout.table.sides}
    return {line.row for line in layout.lines if line.label in last or "合计" in line.label}


# ---------------------------------------------------------------- bodies


def _form(layout: TableLayout, book: Book) -> Cells:
    del book
    cells: Cells = {}
    totals = _form_totals(layout)
    for line in layout.lines:
        strong = bool(line.label) and line.row in totals
        cells[line.row, line.column] = Cell(
            line.label,
            align="center" if strong else "left",
            scope="row" if line.label else "",
            strong=strong,
        )
        if layout.table.line_numbers:
            cells[line.row, line.column + 1] = Cell(line.number, align="center")
    return cells


def _list(layout: TableLayout, book: Book) -> Cells:
    rows = book.tables.get(layout.table.id)
    printed = rows.names if rows else {}
    known = function_codes()
    top = min(map(len, layout.codes), default=0)
    total = Cell(layout.table.total.label, "", "center", "row", column_span=2, strong=True)
    cells: Cells = {(layout.total_row, 1): total}
    for code, row in layout.row_of.items():
        name = printed.get(code) or (known[code].name if code in known else "")
        cells[row, 1] = Cell(code, scope="row")
        cells[row, 2] = Cell(name, scope="row", indent=(len(code) - top) // 2)
    return cells


def _items(layout: TableLayout, book: Book) -> Cells:
    rows = book.tables.get(layout.table.id)
    printed = rows.names if rows else {}
    known = economic_codes()
    cells: Cells = {}
    for code, row, left in layout.item_rows:
        name = printed.get(code) or (known[code].name if code in known else "")
        group = len(code) == 3
        scope: Literal["", "row"] = "row" if code else ""
        cells[row, left] = Cell(code, scope=scope, strong=group)
        cells[row, left + 1] = Cell(name, scope=scope, indent=int(len(code) > 3), strong=group)
    for left, right, label in layout.total_merges():
        span = right - left + 1
        cells[layout.total_row, left] = Cell(
            label, "", "center", "row", column_span=span, strong=True
        )
    return cells


def _row(layout: TableLayout, book: Book) -> Cells:
    del layout, book
    return {}


_BODIES = {"form": _form, "list": _list, "items": _items, "row": _row}


# ---------------------------------------------------------------- widths and notes


def _widths(layout: TableLayout) -> tuple[float, ...]:
    table = layout.table
    if table.kind == "form":
        found: list[float] = []
        for side in table.sides:
            found.append(_WIDTHS["label"])
            found += [_WIDTHS["number"]] * table.line_numbers
            found += [_WIDTHS["amount"]] * len(side.columns)
        return tuple(found)
    if table.kind == "list":
        amounts = [_WIDTHS["amount"]] * (layout.width - 2)
        return (_WIDTHS["code"], _WIDTHS["name"], *amounts)
    if table.kind == "items":
        return (_WIDTHS["code"] - 1, _WIDTHS["item"], _WIDTHS["amount"]) * (layout.width // 3)
    return (_WIDTHS["one"],) * layout.width


def is_empty(book: Book, table_id: str) -> bool:
    """Whether a table holds no amount other than zero."""
    prefix = f"{table_id}."
    return not any(f.fen for name, f in book.figures.items() if name.startswith(prefix))


def _notes(book: Book, form: Form) -> tuple[str, ...]:
    """The form's notes, its sentence where the table is empty, and what the office has added."""
    notes = list(form.notes)
    if form.empty_note and is_empty(book, form.id):
        notes.append(form.empty_note)
    rows = book.tables.get(form.id)
    own = {_bare(note) for note in (*form.notes, form.empty_note)}
    for note in rows.notes if rows else ():
        # A form's note in other words is no note of the office's own.
        if _bare(note) not in own and not _is_standard(note, own):
            notes.append(note)
    return tuple(notes)


def _bare(note: str) -> str:
    return "".join(note.split()).removeprefix("注：").removeprefix("注:").rstrip("。")


def _is_standard(note: str, own: Iterable[str]) -> bool:
    bare = _bare(note)
    return "本表无数据" in bare or any(bare[:8] == other[:8] for other in own if other)
