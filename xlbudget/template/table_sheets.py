"""The nine tables' sheets, laid out as printed and filled with the content's figures.

Unused code rows carry no amount cells of their own: the columns' formats and a conditional format
stand in for them.  A cell that is not in the file costs nothing to read, and reading is what
happens to a workbook most often.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from xlsxwriter.worksheet import Worksheet

from xlbudget.model.addresses import column_letters
from xlbudget.model.codes import economic_codes, function_codes
from xlbudget.model.content import Content
from xlbudget.model.expansion import expand
from xlbudget.model.forms import Edition
from xlbudget.model.layout import (
    CODE_COLUMN,
    HEAD_ROW,
    NAME_COLUMN,
    NUMBER_ROW,
    TITLE_ROW,
    UNIT_ROW,
    TableLayout,
)
from xlbudget.model.money import UNITS, Unit
from xlbudget.model.rows import Rows
from xlbudget.ooxml.row_heights import LINE, row_height, width_of
from xlbudget.validate.rules import load_rules

from .column_notes import cell_notes
from .page_setup import amount_validation, print_set_up, protect
from .styles import AMOUNT, DERIVED, EDGE, INPUT, TEXT, Styles

LABEL_WIDTHS = {"form": 34.0, "list": 40.0, "items": 31.0}
LIST_WIDTH = 181.0
"""So wide a list is printed so small that the thirty rows of a blank one stay on a page."""
PAGE_LINES = {"landscape": 36, "portrait": 56}
"""Code rows that still go on one page, made a little smaller."""
ANY_CODE = "2010101"
"""A code that stands for every code row when asking which columns are derived."""
CODE_ERROR = "“科目字典”里没有这个代码。确认没有输错就选“是”，系统会照收。"


@lru_cache(maxsize=4)
def derived_names(edition: Edition) -> frozenset[str]:
    """Figures that follow from others by the catalogue's equalities (``fill`` writes them).

    Code rows are named by ``ANY_CODE``.
    """
    lists = {table.id: (ANY_CODE,) for table in edition.tables if table.kind == "list"}
    rows = Rows(edition, lists)
    names: set[str] = set()
    for rule in load_rules():
        if rule.severity != "error" or rule.when:
            continue
        for expression in rule.check:
            if expression.op != "=" or rule.fill == "":
                continue
            for constraint in expand(expression, rows):
                if rule.fill:
                    names.add(rule.fill)
                elif len(constraint.left) == 1:
                    names.add(constraint.left[0][1])
    return frozenset(names)


def unit_of(content: Content) -> Unit:
    """The content's unit; 万元 where it names none."""
    return UNITS.get(content.unit, UNITS["万元"])


class TableWriter:
    """Writes one table on its sheet."""

    def __init__(
        self,
        sheet: Worksheet,
        layout: TableLayout,
        content: Content,
        styles: Styles,
        edition: Edition,
    ) -> None:
        self.sheet = sheet
        self.layout = layout
        self.table = layout.table
        self.content = content
        self.styles = styles
        self.unit = unit_of(content)
        self.edition = edition
        self.prints = edition.prints
        self.derived = derived_names(edition)
        self.widths = self._widths()

    def write(self) -> None:
        self._columns()
        self._titles()
        for head in self.layout.heads:
            self._span(head.top, head.left, head.bottom, head.right, head.text, self.styles.head)
        getattr(self, f"_{self.table.kind}")()
        self._notes()
        self._set_up()

    # ---------------------------------------------------------------- small helpers

    def _span(self, top: int, left: int, bottom: int, right: int, text: str, style: object) -> None:
        """Write a text into a cell, or into a merged block."""
        if (top, left) == (bottom, right):
            self.sheet.write_string(top - 1, left - 1, text, style)
        else:
            self.sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, text, style)

    def _amount(self, name: str, row: int, column: int, pattern: str = "") -> None:
        """An amount cell; ``pattern`` is the name that says whether it is derived."""
        style = self.styles.amount(derived=(pattern or name) in self.derived)
        fen = self.content.figures.get(name)
        if fen is None:
            self.sheet.write_blank(row - 1, column - 1, None, style)
        else:
            self.sheet.write_number(row - 1, column - 1, self.unit.decimal(fen), style)

    def _widths(self) -> list[float]:
        """The columns' widths in digits."""
        kind, width = self.table.kind, self.layout.width
        amount = 15.5 if width < 9 else 14.0
        if kind == "list":
            label = LABEL_WIDTHS[kind]
            if self.table.orientation == "landscape":
                amount = max(amount, (LIST_WIDTH - 11.0 - label) // (width - 2))
            return [11.0, label, *[amount] * (width - 2)]
        if kind == "form":
            labels = [LABEL_WIDTHS[kind], 5.5] if self.table.line_numbers else [LABEL_WIDTHS[kind]]
            return [
                column for side in self.table.sides
                for column in (*labels, *[amount] * len(side.columns))
            ]  # fmt: skip
        if kind == "items":
            return [9.0, LABEL_WIDTHS[kind], 13.0] * (width // 3)
        return [13.0] * width

    def _columns(self) -> None:
        looks = [None] * len(self.widths)
        if self.table.kind == "list":  # what its unused rows look like, which carry no cells
            open_amount = self.styles.get(num_format=AMOUNT, locked=False)
            open_text = self.styles.get(num_format=TEXT, locked=False)
            name = self.styles.get(locked=False)
            looks = [open_text, name, *[open_amount] * (self.layout.width - 2)]
        for column, (width, look) in enumerate(zip(self.widths, looks, strict=True)):
            self.sheet.set_column(column, column, width, look)

    def _titles(self) -> None:
        width, styles = self.layout.width, self.styles
        self._span(TITLE_ROW, 1, TITLE_ROW, width, self.table.title, styles.title)
        self.sheet.set_row(TITLE_ROW - 1, 30)
        right = styles.get(align="right")
        if "number" in self.prints:
            self.sheet.write_string(NUMBER_ROW - 1, width - 1, self.table.number, right)
        if "department" in self.prints:
            department = f"部门：{self.content.department}"
            formula = '="部门："&cover_department'
            self.sheet.write_formula(UNIT_ROW - 1, 0, formula, styles.get(), department)
        self.sheet.write_formula(
            UNIT_ROW - 1, width - 1, '="单位："&cover_unit', right, f"单位：{self.unit.name}"
        )
        for row in range(HEAD_ROW, self.layout.body[0]):
            self.sheet.set_row(row - 1, self._head_height(row))

    def _head_height(self, row: int) -> float:
        """The height of a row of heads: those that end here need what the rows above do not give."""
        if row == self.layout.ordinal_row:
            return 17.0
        height = 20.0
        for head in self.layout.heads:
            if head.bottom == row:
                width = int(sum(self.widths[head.left - 1 : head.right]))
                lines = -(-width_of(head.text) // width)
                height = max(height, LINE * lines + 3 - 20.0 * (row - head.top))
        return height

    # ---------------------------------------------------------------- bodies

    def _form(self) -> None:
        numbered = self.table.line_numbers
        emphasised = {side.lines[-1].label for side in self.table.sides} | {
            line.label for side in self.table.sides for line in side.lines if "合计" in line.label
        }
        for line in self.layout.lines:
            total = line.label in emphasised
            style = self.styles.boxed(align="center", bold=True) if total else self.styles.label
            self.sheet.write_string(line.row - 1, line.column - 1, line.label, style)
            if numbered:
                self.sheet.write_string(line.row - 1, line.column, line.number, self.styles.centred)
        for row in range(self.layout.body[0], self.layout.body[1] + 1):
            self.sheet.set_row(row - 1, 17)
            for column in range(1, self.layout.width + 1):
                if self._is_amount_column(column):
                    self.sheet.write_blank(row - 1, column - 1, None, self.styles.boxed())
        head_row = self.layout.ordinal_row
        for column in range(1, self.layout.width + 1) if head_row else ():
            if not any(h.top == head_row and h.left == column for h in self.layout.heads):
                self.sheet.write_blank(head_row - 1, column - 1, None, self.styles.head)
        for name, (row, column) in self.layout.places.items():
            self._amount(name, row, column)

    def _is_amount_column(self, column: int) -> bool:
        return any(column == at for _, at in self.layout.places.values())

    def _items(self) -> None:
        names = economic_codes()
        text = self.styles.boxed(num_format=TEXT, align="center")
        spare_code = self.styles.boxed(num_format=TEXT, align="center", locked=False)
        spare = self.styles.boxed(num_format=TEXT, locked=False)
        for code, row, left in self.layout.item_rows:
            self.sheet.set_row(row - 1, 17)
            if not code:
                self.sheet.write_blank(row - 1, left - 1, None, spare_code)
                self.sheet.write_blank(row - 1, left, None, spare)
                self.sheet.write_blank(row - 1, left + 1, None, self.styles.amount())
                continue
            printed = self.content.names.get(code, "")
            name = printed or (names[code].name if code in names else "")
            heavy = len(code) == 3
            bold = self.styles.boxed(num_format=TEXT, align="center", bold=True)
            label = bold if heavy else text
            self.sheet.write_string(row - 1, left - 1, code, label)
            self.sheet.write_string(row - 1, left, name, self._shrunk(bold=heavy))
            self._amount(f"{self.table.id}.{code}.amount", row, left + 2)
        total = self.layout.total_row
        head = self.styles.boxed(align="center", bold=True)
        for left, right, label in self.layout.total_merges():
            self._span(total, left, total, right, label, head)
        for name, (row, column) in self.layout.places.items():
            if row == total:
                self._amount(name, row, column)

    def _shrunk(self, *, bold: bool = False) -> object:
        if bold:
            return self.styles.boxed(shrink=True, indent=1, bold=True)
        return self.styles.boxed(shrink=True, indent=1)

    def _row(self) -> None:
        for name, (row, column) in self.layout.places.items():
            self.sheet.set_row(row - 1, 24)
            self._amount(name, row, column)

    def _list(self) -> None:
        layout, table = self.layout, self.table
        total = self.styles.boxed(align="center", bold=True)
        self._span(layout.total_row, 1, layout.total_row, 2, table.total.label, total)
        for column, at in layout.column_of.items():
            self._amount(f"{table.id}.{table.total.id}.{column}", layout.total_row, at)
        first, last = layout.rows
        shown = first + layout.shown
        code_style = self.styles.boxed(num_format=TEXT, locked=False, bg_color=INPUT, shrink=True)
        name_style = self.styles.boxed(locked=False, shrink=True, indent=1)
        plain_name = self.styles.get(locked=False, shrink=True, indent=1)
        for row in range(first, last + 1):
            index = row - first
            code = layout.codes[index] if index < len(layout.codes) else ""
            visible = row < shown
            if visible:
                if code:
                    self.sheet.write_string(row - 1, 0, code, code_style)
                else:
                    self.sheet.write_blank(row - 1, 0, None, code_style)
                for column, at in layout.column_of.items():
                    name = f"{table.id}.{code}.{column}"
                    self._amount(name, row, at, f"{table.id}.{ANY_CODE}.{column}")
            else:
                self.sheet.set_row(row - 1, 17, None, {"hidden": True})
            write_code_name(
                self.sheet, row, code, self.content.names, name_style if visible else plain_name
            )
        self._paint_hidden(shown, last)
        self._code_validation(first, last)

    def _paint_hidden(self, first: int, last: int) -> None:
        """Borders and tints of the hidden rows, which carry no cells: seen once they are shown."""
        if first > last:
            return
        derived = [
            at
            for column, at in self.layout.column_of.items()
            if f"{self.table.id}.{ANY_CODE}.{column}" in self.derived
        ]
        for column in range(1, self.layout.width + 1):
            look: dict[str, object] = {"border": 1, "border_color": EDGE}
            if column in derived:
                look["bg_color"] = DERIVED
            elif column != NAME_COLUMN:
                look["bg_color"] = INPUT
            style = self.styles.conditional(**look)
            self.sheet.conditional_format(
                first - 1,
                column - 1,
                last - 1,
                column - 1,
                {"type": "formula", "criteria": "=TRUE", "format": style},
            )

    def _code_validation(self, first: int, last: int) -> None:
        self.sheet.data_validation(
            first - 1,
            CODE_COLUMN - 1,
            last - 1,
            CODE_COLUMN - 1,
            {
                "validate": "list",
                "source": "=dictionary_choices",
                "error_type": "warning",
                "error_title": "字典里没有这个科目代码",
                "error_message": CODE_ERROR,
                "input_title": "科目代码",
                "input_message": "填到“项”（7位）。名称会自动带出，也可以改。",
            },
        )

    # ---------------------------------------------------------------- around the body

    def _notes(self) -> None:
        layout = self.layout
        row = layout.note_row
        for text in self.table.notes:
            self._note_line(row, text)
            row += 1
        if self.table.empty_note:
            areas = [area.local for area in layout.amount_areas()]
            counted = "+".join(f'COUNTIF({a},">0")+COUNTIF({a},"<0")' for a in areas)
            note = self.table.empty_note
            prefix = f"{self.table.id}."
            has_data = any(
                fen for name, fen in self.content.figures.items() if name.startswith(prefix)
            )
            self._span(row, 1, row, layout.width, "", self.styles.note)
            self.sheet.write_formula(
                row - 1,
                0,
                f'=IF({counted}=0,"{note}","")',
                self.styles.note,
                "" if has_data else note,
            )
            self.sheet.set_row(row - 1, self._height(note))
            row += 1
        self.last_row = row - 1

    def _note_line(self, row: int, text: str) -> None:
        self._span(row, 1, row, self.layout.width, text, self.styles.note)
        self.sheet.set_row(row - 1, self._height(text))

    def _height(self, text: str) -> float:
        return row_height([(text, sum(self.widths))])

    def _set_up(self) -> None:
        sheet, layout = self.sheet, self.layout
        for area in layout.amount_areas():
            sheet.data_validation(
                area.top - 1,
                area.left - 1,
                area.bottom - 1,
                area.right - 1,
                amount_validation(),
            )
        for name, text in cell_notes(layout, self.edition).items():
            row, column = name
            sheet.write_comment(row - 1, column - 1, text, NOTE_LOOK)
        sheet.freeze_panes(layout.body[0] - 1, 2 if self.table.kind == "list" else 0)
        landscape = self.table.orientation == "landscape"
        is_list = self.table.kind == "list"
        print_set_up(sheet, landscape=landscape, numbered=is_list)
        if not is_list or 0 < len(layout.codes) <= PAGE_LINES[self.table.orientation]:
            sheet.fit_to_pages(1, 1)
        sheet.repeat_rows(HEAD_ROW - 1, layout.body[0] - 2)
        sheet.print_area(0, 0, self.last_row - 1, layout.width - 1)
        if self.table.kind == "list":
            sheet.set_column(layout.width, layout.width, 2)
            sheet.write_string(
                UNIT_ROW - 1,
                layout.width + 1,
                f"本表最多可填{layout.rows[1] - layout.rows[0] + 1}个科目。行不够时：选中最后几行的行号，"
                "右键“取消隐藏”。",
                self.styles.hint,
            )
        protect(sheet)


NOTE_LOOK = {"x_scale": 2.2, "y_scale": 1.1, "font_size": 9, "author": "xlbudget"}


def write_code_name(
    sheet: Worksheet, row: int, code: str, names: Mapping[str, str], style: object
) -> None:
    """科目名称 beside a code: looked up while it is the dictionary's, else the printed name."""
    known = function_codes().get(code)
    dictionary = known.name if known else ""
    printed = names.get(code, "")
    if code and printed and printed != dictionary:
        sheet.write_string(row - 1, NAME_COLUMN - 1, printed, style)
        return
    cell = f"{column_letters(CODE_COLUMN)}{row}"
    formula = f'=IF({cell}="","",IFERROR(VLOOKUP({cell}&"",dictionary,2,FALSE),""))'
    sheet.write_formula(row - 1, NAME_COLUMN - 1, formula, style, dictionary)
