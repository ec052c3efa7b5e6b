"""原因说明: the lines that a new template starts with, what needs a reason with its amounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xlbudget.model.book import Book, Figure, Place
from xlbudget.model.content import Content
from xlbudget.model.inputs import Inputs
from xlbudget.narrate import ASKED, required_reasons
from xlbudget.ooxml.row_heights import row_height

from .input_places import FIRST_ROW
from .page_setup import print_set_up, protect
from .styles import EDGE, INPUT, Styles
from .table_sheets import unit_of

REASON_LINES = 120
REASON_WIDTHS = (20, 46, 14, 14, 13, 64)


class ReasonRow(NamedTuple):
    """A line as printed: its amounts in 分, ``None`` where none are compared."""

    key: str
    label: str
    amounts: tuple[int, int, int] | None
    reason: str


def reason_rows(content: Content, book: Book) -> list[ReasonRow]:
    """The lines for a content: those the figures ask for, then reasons given for anything else.

    ``book`` is what the nine tables of the content read as.
    """
    figures = dict(book.figures)
    for name, fen in content.figures.items():
        if name.startswith(ASKED):
            figures[name] = Figure(name, fen, 0, Place("", 0, 0))
    tables = {
        table: rows._replace(names={c: content.names.get(c, "") for c in rows.codes})
        for table, rows in book.tables.items()
    }
    whole = book._replace(figures=figures, tables=tables)
    rows = [
        ReasonRow(
            line.key,
            line.label,
            (line.current, line.base, line.difference),
            content.reasons.get(line.key, ""),
        )
        for line in required_reasons(whole)
    ]
    asked = {row.key for row in rows}
    return rows + [
        ReasonRow(key, "", None, reason)
        for key, reason in content.reasons.items()
        if key not in asked
    ]


def write_reasons(
    sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles, rows: Sequence[ReasonRow]
) -> None:
    """The sheet, with lines to spare."""
    unit = unit_of(content)
    heads = inputs.reason_heads
    for column, width in enumerate(REASON_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, len(heads) - 1, inputs.reasons_title, styles.title)
    sheet.set_row(0, 30)
    sheet.merge_range(
        1, 0, 1, len(heads) - 1,
        "哪些事项要写原因由数字决定，运行“填充”时自动列出；只填最后一列。原因要具体，各项不要雷同。",
        styles.hint,
    )  # fmt: skip
    for column, head in enumerate(heads):
        sheet.write_string(FIRST_ROW - 2, column, head, styles.head)
    lines = max(REASON_LINES, len(rows) + 20)
    for index in range(lines):
        row = FIRST_ROW - 1 + index
        key, about, amounts, reason = rows[index] if index < len(rows) else ("", "", None, "")
        cells = (key, about, *(amounts or ("", "", "")), reason)
        for column, (value, style) in enumerate(zip(cells, _looks(styles), strict=True)):
            if isinstance(value, int):
                sheet.write_number(row, column, unit.decimal(value), style)
            elif value:
                sheet.write_string(row, column, value, style)
            else:
                sheet.write_blank(row, column, None, style)
        if key:
            fitted = ((about, REASON_WIDTHS[1] - 2), (reason, REASON_WIDTHS[5] - 2))
            sheet.set_row(row, max(17, row_height(fitted)))
    # Only lines in use have borders: what has none is not printed.
    for column in range(len(heads)):
        look: dict[str, object] = {"border": 1, "border_color": EDGE}
        if column == len(heads) - 1:
            look["bg_color"] = INPUT
        sheet.conditional_format(
            FIRST_ROW - 1, column, FIRST_ROW + lines - 2, column,
            {"type": "formula", "criteria": f'=$A{FIRST_ROW}<>""',
             "format": styles.conditional(**look)},
        )  # fmt: skip
    sheet.freeze_panes(FIRST_ROW - 1, 0)
    print_set_up(sheet, landscape=True)
    sheet.repeat_rows(FIRST_ROW - 2)
    protect(sheet)


def _looks(styles: Styles) -> tuple[Format, ...]:
    """The looks of a line of 原因说明, without its borders."""
    get = styles.get
    grey = get(font_color="#A6A6A6", font_size=8, locked=False, shrink=True)
    figure = get(num_format="#,##0.00", locked=False)
    text = get(text_wrap=True, locked=False, indent=1)
    return grey, text, figure, figure, figure, text
