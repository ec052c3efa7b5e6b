"""Amounts that were read and that nobody sees on paper, or sees as another amount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ..model.addresses import column_letters
from ..model.book import Book, CellRef, Figure, Finding
from ..model.severity import Severity
from ..model.shown import Shown

_SHOWN = 8
_CELLS = 50


def used_cells(book: Book) -> dict[str, tuple[set[int], int]]:
    """Sheet → rows that hold an amount of the nine tables which is not zero, and the last column with one."""
    names = {table.sheet for table in book.tables.values()}
    rows: dict[str, set[int]] = defaultdict(set)
    columns: dict[str, set[int]] = defaultdict(set)
    for _, fen, _, (sheet, row, column) in book.figures.values():
        if fen and sheet in names:
            rows[sheet].add(row)
            columns[sheet].add(column)
    return {sheet: (found, max(columns[sheet])) for sheet, found in rows.items()}


def unseen_findings(book: Book, sheets: Mapping[str, Shown]) -> Iterator[Finding]:
    """What is said of a workbook whose ``sheets`` hide rows and columns, or print amounts divided.

    Only of figures of the nine tables that are not zero: a template's spare rows are hidden and empty.
    """
    hidden: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    divided: dict[str, list[Figure]] = defaultdict(list)
    for figure in book.figures.values():
        sheet, row, column = figure.place
        shown = sheets.get(sheet)
        if shown is None or not figure.fen or figure.name[:3] not in book.tables:
            continue
        if row in shown.rows:
            hidden[sheet, "行"].append(figure)
        elif column in shown.columns:
            hidden[sheet, "列"].append(figure)
        elif not shown.prints(row, column):
            hidden[sheet, ""].append(figure)
        if (row, column) in shown.formats:
            divided[sheet].append(figure)
    for (sheet, what), figures in hidden.items():
        yield _hidden(book, sheet, what, figures)
    for sheet, figures in divided.items():
        yield _divided(book, sheet, figures, sheets[sheet])


def _hidden(book: Book, sheet: str, what: str, figures: Sequence[Figure]) -> Finding:
    if what == "行":
        where = f"第{_list(sorted({str(f.place.row) for f in figures}, key=int))}行是隐藏的"
    elif what == "列":
        columns = sorted({f.place.column for f in figures})
        where = f"{_list([column_letters(column) for column in columns])}列是隐藏的"
    else:
        rows = sorted({f.place.row for f in figures})
        where = f"第{_list([str(row) for row in rows])}行有金额在打印区域外"
    mend = "扩大打印区域" if not what else "取消隐藏"
    return Finding(
        "A01",
        Severity.WARNING,
        f"“{sheet}”{where}，里面有{len(figures)}个金额：已经计入核对，但打印和公开时看不见；请{mend}，"
        "不要的请删掉。",
        _refs(book, figures),
    )


def _divided(book: Book, sheet: str, figures: Sequence[Figure], shown: Shown) -> Finding:
    first = figures[0].place
    code = shown.formats[first.row, first.column]
    return Finding(
        "A12",
        Severity.WARNING,
        f"“{sheet}”有{len(figures)}个金额的数字格式（{code}）会缩小显示，印出来的数和格里存的数不同"
        f"（第一个在{first.cell}，存的是{book.unit.exact_text(figures[0].value)}）：核对用的是存的数；"
        "请改成普通的数值格式，单位用换算功能换算。",
        _refs(book, figures),
    )


def _refs(book: Book, figures: Sequence[Figure]) -> tuple[CellRef, ...]:
    return tuple(book.cell_ref(figure.name) for figure in figures[:_CELLS])


def _list(words: Sequence[str]) -> str:
    return "、".join(words[:_SHOWN]) + (f"等{len(words)}" if len(words) > _SHOWN else "")
