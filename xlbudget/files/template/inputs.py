"""封面, 上年数, 年初预算, 补充资料, 部门概况 and 原因说明: what the nine tables do not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.worksheet import Worksheet

from xlbudget.model.codes import function_codes
from xlbudget.model.content import Content
from xlbudget.model.inputs import NUMERIC_KINDS, Entry, Inputs, ListForm
from xlbudget.model.money import Unit

from .input_places import BUDGET_LINES, FIRST_ROW
from .reasons import ReasonRow
from .styles import INPUT, TEXT, Styles, width_of
from .tables import amount_validation, as_number, print_set_up, protect, unit_of

LIST_LINES = 20
REASON_LINES = 120
ANSWER_WIDTH, TEXT_WIDTH = 30, 90
"""Widths of the column 填写 on 补充资料 and on 部门概况, in digits."""
_HEADS = ("编号", "项目", "填写", "单位", "说明")


class InputWriter:
    """Writes the input sheets of one content."""

    def __init__(self, inputs: Inputs, content: Content, styles: Styles) -> None:
        self.content = content
        self.styles = styles
        self.inputs = inputs
        self.unit: Unit = unit_of(content)

    # ---------------------------------------------------------------- 封面

    def cover(self, sheet: Worksheet, summary: Mapping[str, str]) -> None:
        """封面; ``summary`` holds the values of the live check's three summary cells."""
        styles = self.styles
        sheet.set_column(0, 0, 11)
        sheet.set_column(1, 1, 18)
        sheet.set_column(2, 2, 44)
        sheet.set_column(3, 3, 62)
        sheet.merge_range(0, 0, 0, 3, self.inputs.cover_title, styles.title)
        sheet.set_row(0, 34)
        for column, head in enumerate(("编号", "项目", "填写", "说明")):
            sheet.write_string(FIRST_ROW - 2, column, head, styles.head)
        content = self.content
        values = {
            **content.facts,
            "department": content.department,
            "year": str(content.year or ""),
            "unit": self.unit.name,
            "edition": content.edition,
            "kind": content.kind,
        }
        row = FIRST_ROW
        for entry in self.inputs.cover:
            sheet.write_string(row - 1, 0, entry.id, styles.id)
            sheet.write_string(row - 1, 1, entry.label, styles.label)
            self._entry(sheet, row, 3, entry, values.get(entry.id, ""))
            sheet.write_string(row - 1, 3, entry.help, styles.remark)
            sheet.set_row(row - 1, 24)
            row += 1
        row += 1
        sheet.write_string(row - 1, 1, "全部勾稽关系", styles.head)
        big = styles.boxed(bold=True, align="center", font_size=16)
        sheet.write_formula(row - 1, 2, "=check_verdict", big, summary["verdict"])
        sheet.write_string(
            row - 1,
            3,
            "九张表，连同上年数、年初预算、补充资料。平衡：全部相等；尾差：只有四舍五入的差；"
            "不平：到“勾稽检查”看是哪一条；未核对：格子里有文字。",
            styles.remark,
        )
        sheet.set_row(row - 1, 40)
        for text, colour in (
            ("平衡", "#C6EFCE"),
            ("尾差", "#DDEBF7"),
            ("不平", "#FFC7CE"),
            ("未核对", "#FFE699"),
        ):
            sheet.conditional_format(
                row - 1, 2, row - 1, 2,
                {"type": "cell", "criteria": "==", "value": f'"{text}"',
                 "format": styles.conditional(bg_color=colour)},
            )  # fmt: skip
        for name in ("check_counts", "check_worst"):
            row += 1
            sheet.write_formula(row - 1, 2, f'={name}&""', styles.boxed(shrink=True), summary[name])
        row += 2
        for step in (
            "第一步  填好本页黄色的格，再填九张表：黄色是要填的，蓝色的合计可以不填，由“填充”算出。",
            "第二步  填“上年数”“年初预算”“补充资料”，再按“原因说明”里列出的事项写原因。",
            "第三步  运行校验，照“校验结果”改到没有错误；再写决算说明，文字在“决算说明”。",
        ):
            sheet.merge_range(row - 1, 1, row - 1, 3, step, styles.note)
            sheet.set_row(row - 1, 20)
            row += 1
        print_set_up(sheet, landscape=True)
        sheet.fit_to_pages(1, 1)
        protect(sheet)

    def _entry(self, sheet: Worksheet, row: int, column: int, entry: Entry, value: str) -> None:
        style = self.styles.entry(entry.kind)
        number = as_number(value) if entry.kind in NUMERIC_KINDS else None
        if number is not None:
            sheet.write_number(row - 1, column - 1, number, self._whole(style, entry))
        elif value:
            sheet.write_string(row - 1, column - 1, value, style)
        else:
            sheet.write_blank(row - 1, column - 1, None, self._whole(style, entry))
        if entry.choices:
            sheet.data_validation(
                row - 1, column - 1, row - 1, column - 1,
                {"validate": "list", "source": list(entry.choices), "error_title": "请从列表中选",
                 "error_message": f"可选：{'、'.join(entry.choices)}"},
            )  # fmt: skip
        elif entry.kind in NUMERIC_KINDS:
            sheet.data_validation(row - 1, column - 1, row - 1, column - 1, amount_validation())

    def _whole(self, style: object, entry: Entry) -> object:
        if entry.id == "year":  # a year has no thousands separator
            return self.styles.boxed(num_format="0", locked=False, bg_color=INPUT, align="left")
        return style

    # ---------------------------------------------------------------- 上年数

    def last_year(self, sheet: Worksheet) -> None:
        self._sheet_head(sheet, self.inputs.last_year_title)
        for index, entry in enumerate(self.inputs.last_year):
            self._line(sheet, FIRST_ROW + index, entry, f"LAST.{entry.id}")
        self._finish(sheet)

    # ---------------------------------------------------------------- 年初预算

    def budget(self, sheet: Worksheet) -> None:
        styles = self.styles
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 44)
        sheet.set_column(2, 2, 18)
        sheet.set_column(3, 3, 40)
        sheet.merge_range(0, 0, 0, 2, self.inputs.budget_title, styles.title)
        sheet.set_row(0, 30)
        sheet.write_formula(
            1, 2, '="单位："&cover_unit', styles.get(align="right"), f"单位：{self.unit.name}"
        )
        for column, head in enumerate(("科目代码", "科目名称", "年初预算数")):
            sheet.write_string(FIRST_ROW - 2, column, head, styles.head)
        total = styles.boxed(bold=True, align="center")
        sheet.merge_range(FIRST_ROW - 1, 0, FIRST_ROW - 1, 1, "合计", total)
        self._amount(sheet, FIRST_ROW, 3, "BUDGET.T05.total.total")
        figures = self.content.figures
        codes = sorted(
            name.split(".")[2]
            for name in figures
            if name.startswith("BUDGET.T05.") and ".total.total" not in name
        )
        first, last = FIRST_ROW + 1, FIRST_ROW + BUDGET_LINES
        code_style = styles.boxed(num_format=TEXT, locked=False, bg_color=INPUT)
        name_style = styles.boxed(locked=False, shrink=True)
        for row in range(first, max(last, first + len(codes)) + 1):
            index = row - first
            if index < len(codes):
                code = codes[index]
                known = function_codes().get(code)
                sheet.write_string(row - 1, 0, code, code_style)
                name = self.content.names.get(code) or (known.name if known else "")
                sheet.write_string(row - 1, 1, name, name_style)
                self._amount(sheet, row, 3, f"BUDGET.T05.{code}.total")
            elif index < len(codes) + 30:
                sheet.write_blank(row - 1, 0, None, code_style)
                sheet.write_blank(row - 1, 1, None, name_style)
                sheet.write_blank(row - 1, 2, None, styles.amount())
        open_text = styles.get(num_format=TEXT, locked=False)
        sheet.set_row(FIRST_ROW - 1, 18)
        sheet.set_column(0, 0, 12, open_text)
        sheet.set_column(1, 1, 44, styles.get(locked=False))
        sheet.set_column(2, 2, 18, styles.get(num_format="#,##0.00", locked=False))
        sheet.data_validation(FIRST_ROW - 1, 2, last - 1, 2, amount_validation())
        sheet.write_string(1, 3, "取部门预算批复的数，与年初公开的预算一致。", styles.hint)
        sheet.freeze_panes(FIRST_ROW - 1, 0)
        print_set_up(sheet, landscape=False)
        sheet.fit_to_pages(1, 0)
        protect(sheet)

    # ---------------------------------------------------------------- 补充资料

    def facts(self, sheet: Worksheet) -> None:
        self._sheet_head(sheet, self.inputs.facts_title)
        row = FIRST_ROW
        for group in self.inputs.groups:
            sheet.write_string(row - 1, 0, group.title, self.styles.group)
            row += 1
            for entry in group.entries:
                self._line(sheet, row, entry, f"FACT.{entry.id}")
                text = self.content.facts.get(entry.id, "")
                if width_of(text) > ANSWER_WIDTH:
                    sheet.set_row(row - 1, _height(text, ANSWER_WIDTH))
                row += 1
        for form in self.inputs.lists:
            row += 1
            sheet.write_string(row - 1, 0, form.title, self.styles.group)
            for column, entry in enumerate(form.columns):
                sheet.write_string(row, column, entry.label, self.styles.head)
            records = self._records(form)
            for index in range(max(LIST_LINES, len(records) + 5)):
                fields: Mapping[str, str] = records[index] if index < len(records) else {}
                for column, entry in enumerate(form.columns, 1):
                    style_kind = entry._replace(choices=())
                    self._entry(
                        sheet, row + 2 + index, column, style_kind, fields.get(entry.id, "")
                    )
            row += 2 + max(LIST_LINES, len(records) + 5)
        self._finish(sheet)

    def _records(self, form: ListForm) -> list[Mapping[str, str]]:
        """The lines of a list: those there are, then one for every 项 that has none yet."""
        records = [fields for list_id, fields in self.content.records if list_id == form.id]
        first = form.columns[0].id
        there = {fields.get(first, "").strip() for fields in records}
        codes = [code for table in form.codes_of for code in self.content.codes.get(table, ())]
        new = dict.fromkeys(code for code in codes if len(code) == 7 and code not in there)
        return [*records, *({first: code} for code in new)]

    # ---------------------------------------------------------------- 部门概况

    def overview(self, sheet: Worksheet) -> None:
        self._sheet_head(sheet, self.inputs.overview_title, answer_width=TEXT_WIDTH)
        row = FIRST_ROW
        for group in self.inputs.overview:
            sheet.write_string(row - 1, 0, group.title, self.styles.group)
            row += 1
            for entry in group.entries:
                self._line(sheet, row, entry, f"FACT.{entry.id}")
                row += self._text(sheet, row, entry) if entry.lines > 1 else 1
        self._finish(sheet)

    def _text(self, sheet: Worksheet, row: int, entry: Entry) -> int:
        """The rows of a longer text, a paragraph each; returns how many they are."""
        paragraphs = self.content.facts.get(entry.id, "").splitlines()
        rows = max(entry.lines, len(paragraphs) + 1)
        style = self.styles.entry(entry.kind)
        for index in range(rows):
            text = paragraphs[index] if index < len(paragraphs) else ""
            if text:
                sheet.write_string(row - 1 + index, 2, text, style)
                sheet.set_row(row - 1 + index, _height(text, TEXT_WIDTH))
            else:
                sheet.write_blank(row - 1 + index, 2, None, style)
        return rows

    def _sheet_head(self, sheet: Worksheet, title: str, answer_width: int = ANSWER_WIDTH) -> None:
        sheet.set_column(0, 0, 25)
        sheet.set_column(1, 1, 42 if answer_width < 60 else 30)
        sheet.set_column(2, 2, answer_width)
        sheet.set_column(3, 3, 14)
        sheet.set_column(4, 4, 44)
        sheet.merge_range(0, 0, 0, 4, title, self.styles.title)
        sheet.set_row(0, 30)
        for column, head in enumerate(_HEADS):
            sheet.write_string(FIRST_ROW - 2, column, head, self.styles.head)

    def _line(self, sheet: Worksheet, row: int, entry: Entry, name: str) -> None:
        styles = self.styles
        sheet.write_string(row - 1, 0, entry.id, styles.id)
        sheet.write_string(row - 1, 1, entry.label, styles.label)
        if entry.kind == "amount":
            self._amount(sheet, row, 3, name)
            sheet.data_validation(row - 1, 2, row - 1, 2, amount_validation())
        else:
            fen = self.content.figures.get(name)
            counted = entry.kind in NUMERIC_KINDS and fen is not None
            value = (
                f"{self.unit.decimal(fen or 0):f}"
                if counted
                else self.content.facts.get(entry.id, "")
            )
            self._entry(sheet, row, 3, entry, value)
        measure = self.unit.name if entry.kind == "amount" else entry.measure
        sheet.write_string(row - 1, 3, measure, styles.label)
        hint = entry.help or ("没有的填0。" if entry.kind in NUMERIC_KINDS else "")
        sheet.write_string(row - 1, 4, hint + ("可以不填。" if entry.optional else ""), styles.note)

    def _amount(self, sheet: Worksheet, row: int, column: int, name: str) -> None:
        fen = self.content.figures.get(name)
        style = self.styles.amount()
        if fen is None:
            sheet.write_blank(row - 1, column - 1, None, style)
        else:
            sheet.write_number(row - 1, column - 1, self.unit.decimal(fen), style)

    def _finish(self, sheet: Worksheet) -> None:
        sheet.freeze_panes(FIRST_ROW - 1, 0)
        print_set_up(sheet, landscape=True)
        sheet.fit_to_pages(1, 0)
        protect(sheet)

    # ---------------------------------------------------------------- 原因说明

    def reasons(self, sheet: Worksheet, rows: Sequence[ReasonRow]) -> None:
        styles, heads = self.styles, self.inputs.reason_heads
        for column, width in enumerate((24, 52, 15, 15, 15, 70)):
            sheet.set_column(column, column, width)
        sheet.merge_range(0, 0, 0, len(heads) - 1, self.inputs.reasons_title, styles.title)
        sheet.set_row(0, 30)
        sheet.merge_range(
            1, 0, 1, len(heads) - 1,
            "哪些事项要写原因由数字决定，运行“填充”时自动列出；只填最后一列。原因要具体，各项不要雷同。",
            styles.hint,
        )  # fmt: skip
        for column, head in enumerate(heads):
            sheet.write_string(FIRST_ROW - 2, column, head, styles.head)
        grey = styles.boxed(font_color="#A6A6A6", font_size=8, locked=False)
        label = styles.boxed(text_wrap=True, locked=False)
        figure = styles.boxed(num_format="#,##0.00", locked=False)
        text = styles.boxed(text_wrap=True, locked=False, bg_color=INPUT, valign="top")
        for index in range(max(REASON_LINES, len(rows) + 20)):
            row = FIRST_ROW - 1 + index
            key, about, amounts, reason = rows[index] if index < len(rows) else ("", "", None, "")
            for column, (value, style) in {
                0: (key, grey),
                1: (about, label),
                5: (reason, text),
            }.items():
                if value:
                    sheet.write_string(row, column, value, style)
                else:
                    sheet.write_blank(row, column, None, style)
            for column, fen in enumerate(amounts or (None,) * 3, 2):
                if fen is None:
                    sheet.write_blank(row, column, None, figure)
                else:
                    sheet.write_number(row, column, self.unit.decimal(fen), figure)
        sheet.freeze_panes(FIRST_ROW - 1, 0)
        print_set_up(sheet, landscape=True)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(FIRST_ROW - 2)
        protect(sheet)


def _height(text: str, width: int) -> float:
    """How high a row must be, in points, for a text wrapped in a column of that width."""
    lines = sum(max(1, -(-width_of(line) // (width - 4))) for line in text.splitlines())
    return min(15.0 * lines + 3, 409.0)


def cover_rows(inputs: Inputs) -> dict[str, int]:
    """Entry of 封面 → its row."""
    return {entry.id: FIRST_ROW + index for index, entry in enumerate(inputs.cover)}


def write_cover(
    sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles, summary: Mapping[str, str]
) -> None:
    """封面, with the live check's overall verdict."""
    InputWriter(inputs, content, styles).cover(sheet, summary)


def write_last_year(sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles) -> None:
    """上年数."""
    InputWriter(inputs, content, styles).last_year(sheet)


def write_budget(sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles) -> None:
    """年初预算."""
    InputWriter(inputs, content, styles).budget(sheet)


def write_facts(sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles) -> None:
    """补充资料."""
    InputWriter(inputs, content, styles).facts(sheet)


def write_overview(sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles) -> None:
    """部门概况."""
    InputWriter(inputs, content, styles).overview(sheet)


def write_reasons(
    sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles, rows: Sequence[ReasonRow]
) -> None:
    """原因说明."""
    InputWriter(inputs, content, styles).reasons(sheet, rows)
