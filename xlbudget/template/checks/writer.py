"""勾稽检查 on paper and screen: heads, labels, links and colours around the live formulas."""

from __future__ import annotations

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xlbudget.model.addresses import address
from xlbudget.model.layout import TableLayout, quoted
from xlbudget.ooxml.row_heights import row_height

from ...model.severity import Severity
from ..page_setup import print_set_up, protect
from ..styles import AMOUNT, Styles
from .line_formulas import marked_column
from .lines import BudgetLine, FixedLine, RowsLine
from .places import (
    DASH_TEXTS,
    DASHES,
    DIFFERENCE,
    FIRST,
    HEAD,
    HELPER_FIRST,
    HELPERS,
    LEFT,
    LINK,
    PRECISION,
    RIGHT,
    STATE,
    TOLERANCE,
    VERDICT,
)
from .sheet import CheckSheet
from .values import BROKEN, EMPTY, NOT_APPLICABLE, NOT_RUN, OK, ROUNDING, SOFT, UNTYPED

STATEMENT_WIDTH = 92
HEADS = ("编号", "勾稽关系", "级别", "左边", "右边", "差额", "允许误差", "判定", "定位")


class CheckWriter:
    """Writes the check sheet, and the live marks on the detail tables."""

    def __init__(self, checks: CheckSheet, styles: Styles) -> None:
        self.checks = checks
        self.grid = checks.grid
        self.styles = styles

    def write(self, sheet: Worksheet) -> None:
        """The whole sheet."""
        widths = (9, STATEMENT_WIDTH, 7, 15, 15, 13, 11, 9, 14, 8)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_column(STATE - 1, STATE - 1, 6)
        sheet.set_column(PRECISION - 1, PRECISION + 2, 9)
        sheet.merge_range(0, 0, 0, 8, "勾稽检查", self.styles.title)
        sheet.set_row(0, 30)
        for row, label in ((1, "总的结果"), (2, "条数"), (3, "先看哪里")):
            sheet.write_string(row, 0, label, self.styles.get(font_size=9))
            sheet.set_row(row, 20 if row == 1 else 15)
        for column, text in enumerate((*HEADS, "别处不平", "适用")):
            sheet.write_string(HEAD - 1, column, text, self.styles.head)
        self._labels(sheet)
        self._helper_heads(sheet)
        looks = self._looks()
        for cell in self.checks.cells():
            key = cell.column if cell.row >= FIRST else (-cell.row, cell.column)[cell.column > 2]
            look = looks.get(key, self.styles.hint)
            sheet.write_formula(cell.row - 1, cell.column - 1, cell.formula, look, cell.value)
        self._colours(sheet)
        sheet.freeze_panes(HEAD, 2)
        sheet.autofilter(HEAD - 1, 0, self.grid.last_row - 1, len(HEADS) - 1)
        print_set_up(sheet, landscape=True)
        sheet.repeat_rows(HEAD - 1)
        sheet.print_area(0, 0, self.grid.last_row - 1, len(HEADS) - 1)
        protect(sheet)

    def _looks(self) -> dict[int, Format]:
        amount = self.styles.boxed(num_format="#,##0.00####", align="right")
        link = self.styles.boxed(font_color="#0563C1", underline=1)
        return {
            -2: self.styles.get(font_name="黑体", font_size=14),
            -3: self.styles.get(),
            -4: self.styles.get(),
            LEFT: amount,
            RIGHT: amount,
            DIFFERENCE: amount,
            TOLERANCE: self.styles.boxed(num_format="0.000;;"),
            VERDICT: self.styles.centred,
            LINK: link,
            PRECISION + 3: self.styles.get(num_format="0.000", font_size=9, font_color="#7F7F7F"),
        }

    def _labels(self, sheet: Worksheet) -> None:
        link = self.styles.boxed(font_color="#0563C1", underline=1)
        for index, line in enumerate(self.grid.lines):
            row = HEAD + index
            sheet.write_string(row, 0, line.rule.id, self.styles.label)
            text = self.checks.statement(index)
            sheet.write_string(row, 1, text, self.styles.label)
            sheet.set_row(row, max(17, row_height([(text, STATEMENT_WIDTH - 2)])))
            sheet.write_string(row, 2, line.rule.severity.word, self.styles.centred)
            for column in range(LEFT, LINK + 1):
                sheet.write_blank(row, column - 1, None, self.styles.boxed(num_format=AMOUNT))
            if isinstance(line, FixedLine | BudgetLine):
                name, at, column = line.target
                target = f"internal:{quoted(name)}!{address(at, column)}"
                shown = f"{name[:2]}表" if name[0].isdigit() else name
                sheet.write_url(row, LINK - 1, target, link, f"{shown}{address(at, column)}")

    def _helper_heads(self, sheet: Worksheet) -> None:
        hint = self.styles.hint
        row = HEAD - 1
        sheet.write_string(row - 1, PRECISION - 1, "核对区（自动计算，不打印）", hint)
        for offset, text in enumerate(("表", "有数", "更细的数", "半个末位")):
            sheet.write_string(row, PRECISION - 1 + offset, text, hint)
        for offset, table in enumerate(self.grid.layout.tables.values()):
            sheet.write_string(FIRST - 1 + offset, PRECISION - 1, table.sheet, hint)
        last = FIRST - 1 + len(self.grid.layout.tables)
        sheet.write_string(last, PRECISION - 1, "上年数、年初预算、补充资料", hint)
        sheet.write_string(row, DASHES - 1, "当作空的", hint)
        for offset, text in enumerate(DASH_TEXTS):
            sheet.write_string(FIRST - 1 + offset, DASHES - 1, text, hint)
        row = HELPER_FIRST - 2
        for offset, table in enumerate(self.grid.lists):
            sheet.write_string(row, HELPERS - 1 + offset, f"{table.sheet[:2]}归属", hint)
        for index, column in self.grid.helper_of.items():
            sheet.write_string(row, column - 2, f"{self.grid.lines[index].rule.id}差额", hint)
            sheet.write_string(row, column - 1, "逐行结果", hint)

    def _colours(self, sheet: Worksheet) -> None:
        first, last = FIRST - 1, self.grid.last_row - 1
        sheet.conditional_format(
            first,
            0,
            last,
            LINK - 1,
            {
                "type": "formula",
                "criteria": f'=OR($H{FIRST}="{EMPTY}",$H{FIRST}="{NOT_APPLICABLE}",$H{FIRST}="{UNTYPED}")',
                "format": self.styles.conditional(font_color="#8C8C8C"),
            },
        )
        for word, colour in (
            (BROKEN, "#FFC7CE"), (ROUNDING, "#DDEBF7"), (OK, "#C6EFCE"),
            (SOFT, "#FFE699"), (NOT_RUN, "#FFE699"),
        ):  # fmt: skip
            sheet.conditional_format(
                first,
                VERDICT - 1,
                last,
                VERDICT - 1,
                {
                    "type": "cell",
                    "criteria": "==",
                    "value": f'"{word}"',
                    "format": self.styles.conditional(bg_color=colour),
                },
            )

    def mark_rows(self, sheet: Worksheet, table: TableLayout) -> None:
        """Red figures on a list's rows that do not balance, live."""
        for index in self.grid.helper_of:
            line = self.grid.lines[index]
            if not isinstance(line, RowsLine) or line.host != table.table.id:
                continue
            if line.rule.severity != Severity.ERROR:  # 关注 is no reason for red
                continue
            column = marked_column(line, self.grid.layout) - 1
            place = f"ROW()-{table.rows[0] - 1}"
            sheet.conditional_format(
                table.rows[0] - 1,
                column,
                table.rows[1] - 1,
                column,
                {
                    "type": "formula",
                    "criteria": f"=N(INDEX({self.grid.rows_name(index)},{place}))>0",
                    "format": self.styles.conditional(font_color="#C00000", bold=True),
                },
            )
