"""06明细账, the optional input sheet: what the ledger has for each 款 of 06, in 元."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from xlbudget.model.content import Content
from xlbudget.model.inputs import Inputs
from xlbudget.model.layout import Area
from xlbudget.model.money import YUAN

from .input_places import FIRST_ROW
from .page_setup import amount_validation, print_set_up, protect
from .styles import INPUT, TEXT, Styles
from .text_sheets import mark_cells

_BLANK_LINES = 20
_PREFIX = "LEDGER.T06."


def write_ledger(sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles) -> None:
    """A line for each 款 that 06 prints or the content has, then blank ones; how to fill it beside them."""
    for column, width in enumerate((12, 40, 18, 74)):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, 2, inputs.ledger_title, styles.title)
    sheet.set_row(0, 30)
    sheet.write_string(1, 2, f"单位：{YUAN.name}", styles.get(align="right"))
    for column, head in enumerate(inputs.ledger_heads):
        sheet.write_string(FIRST_ROW - 2, column, head, styles.head)
    for index, hint in enumerate(inputs.ledger_hints):
        sheet.write_string(FIRST_ROW - 1 + index, 3, hint, styles.remark)
    names = _items(content)
    amount = styles.amount()
    code_style = styles.boxed(num_format=TEXT, locked=False, bg_color=INPUT)
    name_style = styles.boxed(locked=False, shrink=True)
    last = FIRST_ROW + len(names) + _BLANK_LINES - 1
    mark_cells(sheet, Area(inputs.ledger_sheet, FIRST_ROW, 3, last, 3), styles)
    for row, (code, name) in enumerate(names.items(), FIRST_ROW - 1):
        sheet.write_string(row, 0, code, code_style)
        sheet.write_string(row, 1, name, name_style)
        fen = content.figures.get(f"{_PREFIX}{code}.amount")
        if fen is None:
            sheet.write_blank(row, 2, None, amount)
        else:
            sheet.write_number(row, 2, YUAN.decimal(fen), amount)
    for row in range(FIRST_ROW - 1 + len(names), last):
        sheet.write_blank(row, 0, None, code_style)
        sheet.write_blank(row, 1, None, name_style)
        sheet.write_blank(row, 2, None, amount)
    sheet.data_validation(FIRST_ROW - 1, 2, last - 1, 2, amount_validation())
    sheet.freeze_panes(FIRST_ROW - 1, 0)
    print_set_up(sheet, landscape=False)
    sheet.print_area(0, 0, last - 1, 2)
    sheet.repeat_rows(FIRST_ROW - 2)
    protect(sheet)


def _items(content: Content) -> dict[str, str]:
    """The 款 to list, with their names: those of the form always in the same rows."""
    table = content.form.by_id["T06"]
    form = sorted(code for stack in table.stacks for code in stack.codes)
    booked = (name.split(".")[2] for name in content.figures if name.startswith(_PREFIX))
    more = sorted({*content.codes.get("T06", ()), *booked})
    return {code: table.row_label(code) for code in (*form, *more) if len(code) == 5}
