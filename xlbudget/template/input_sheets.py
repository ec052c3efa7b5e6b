"""封面, 上年数, 年初预算, 补充资料, 部门概况 and 原因说明: what the nine tables do not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlsxwriter.worksheet import Worksheet

from xlbudget.model.codes import function_codes
from xlbudget.model.content import Content
from xlbudget.model.inputs import NUMERIC_KINDS, Entry, Inputs, ListForm
from xlbudget.model.money import Unit
from xlbudget.ooxml.row_heights import row_height

from .input_places import BUDGET_LINES, FIRST_ROW
from .page_setup import amount_validation, as_number, print_set_up, protect
from .styles import INPUT, TEXT, Styles
from .table_sheets import unit_of

LIST_LINES = 20
PAGE_LINES = 42
"""Lines of 年初预算 laid out on its page."""
_WIDTHS = (28, 36, 28, 14, 34)
"""Widths of 补充资料, in digits."""
_LAST_YEAR_WIDTHS = (22, 54, 20, 9, 30)
_TEXT_WIDTHS = (22, 25, 72, 6, 32)
"""Widths of 部门概况, whose answers are long."""
_COVER_WIDTHS = (11, 18, 44, 62)
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
        for column, width in enumerate(_COVER_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.merge_range(0, 1, 0, 3, self.inputs.cover_title, styles.title)
        sheet.set_row(0, 34)
        for column, head in enumerate(("编号", "项目", "填写", "说明")):
            sheet.write_string(FIRST_ROW - 2, column, head, styles.head)
        content = self.content
        values = {
            **content.facts,
            "department": content.department,
            "year": str(content.year or ""),
            "unit": self.unit.name,
            "edition": content.form.id,
            "kind": content.kind,
        }
        row = FIRST_ROW
        for entry in self.inputs.cover:
            sheet.write_string(row - 1, 0, entry.id, styles.id)
            sheet.write_string(row - 1, 1, entry.label, styles.label)
            self._entry(sheet, row, 3, entry, values.get(entry.id, ""))
            sheet.write_string(row - 1, 3, entry.help, styles.help)
            sheet.set_row(row - 1, max(24, row_height([(entry.help, _COVER_WIDTHS[3] - 2)])))
            row += 1
        row += 1
        sheet.write_string(row - 1, 1, "全部勾稽关系", styles.head)
        big = styles.boxed(bold=True, align="center", font_size=16)
        sheet.write_formula(row - 1, 2, "=check_verdict", big, summary["verdict"])
        meaning = (
            "九张表，连同上年数、年初预算、补充资料。平衡：全部相等；尾差：只有四舍五入的差；"
            "不平：到“勾稽检查”看是哪一条；未核对：格子里有文字。"
        )
        sheet.write_string(row - 1, 3, meaning, styles.help)
        sheet.set_row(row - 1, max(36, row_height([(meaning, _COVER_WIDTHS[3] - 2)])))
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
        for name, label in (("check_counts", "各种结果的条数"), ("check_worst", "先看哪里")):
            row += 1
            sheet.set_row(row - 1, 20)
            sheet.write_string(row - 1, 1, label, styles.head)
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
        print_set_up(sheet, landscape=True, numbered=False)
        sheet.fit_to_pages(1, 1)
        sheet.print_area(0, 1, row - 2, 3)
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
        self._sheet_head(sheet, self.inputs.last_year_title, _LAST_YEAR_WIDTHS)
        for index, entry in enumerate(self.inputs.last_year):
            self._line(sheet, FIRST_ROW + index, entry, f"LAST.{entry.id}", _LAST_YEAR_WIDTHS)
        self._finish(sheet, landscape=True)
        sheet.print_area(0, 1, FIRST_ROW + len(self.inputs.last_year) - 2, len(_HEADS) - 1)

    # ---------------------------------------------------------------- 年初预算

    def budget(self, sheet: Worksheet) -> None:
        styles = self.styles
        sheet.merge_range(0, 0, 0, 2, self.inputs.budget_title, styles.title)
        sheet.set_row(0, 30)
        sheet.merge_range(1, 0, 1, 1, "取部门预算批复的数，与年初公开的预算一致。", styles.hint)
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
            elif index < max(PAGE_LINES, len(codes) + 5):
                sheet.write_blank(row - 1, 0, None, code_style)
                sheet.write_blank(row - 1, 1, None, name_style)
                sheet.write_blank(row - 1, 2, None, styles.amount())
        open_text = styles.get(num_format=TEXT, locked=False)
        sheet.set_row(FIRST_ROW - 1, 18)
        sheet.set_column(0, 0, 12, open_text)
        sheet.set_column(1, 1, 44, styles.get(locked=False))
        sheet.set_column(2, 2, 18, styles.get(num_format="#,##0.00", locked=False))
        sheet.data_validation(FIRST_ROW - 1, 2, last - 1, 2, amount_validation())
        sheet.freeze_panes(FIRST_ROW - 1, 0)
        print_set_up(sheet, landscape=False)
        sheet.repeat_rows(FIRST_ROW - 2)
        protect(sheet)

    # ---------------------------------------------------------------- 补充资料

    def facts(self, sheet: Worksheet) -> None:
        self._sheet_head(sheet, self.inputs.facts_title, _WIDTHS)
        row, breaks = FIRST_ROW, []
        for group in self.inputs.groups:
            if group is self.inputs.groups[4]:
                breaks.append(row - 1)
            sheet.write_string(row - 1, 0, group.title, self.styles.group)
            sheet.set_row(row - 1, 20)
            row += 1
            for entry in group.entries:
                self._line(sheet, row, entry, f"FACT.{entry.id}", _WIDTHS)
                row += 1
        for number, form in enumerate(self.inputs.lists):
            row += 1
            if number % 2 == 0:  # two lists on a page
                breaks.append(row - 1)
            sheet.write_string(row - 1, 0, form.title, self.styles.group)
            sheet.set_row(row - 1, 20)
            for column, entry in enumerate(form.columns):
                sheet.write_string(row, column, entry.label, self.styles.head)
            heads = [entry.label for entry in form.columns]
            sheet.set_row(row, max(17, row_height(zip(heads, _WIDTHS, strict=False))))
            records = self._records(form)
            for index in range(max(LIST_LINES, len(records) + 5)):
                fields: Mapping[str, str] = records[index] if index < len(records) else {}
                for column, entry in enumerate(form.columns, 1):
                    style_kind = entry._replace(choices=())
                    self._entry(
                        sheet, row + 2 + index, column, style_kind, fields.get(entry.id, "")
                    )
                texts = [fields.get(entry.id, "") for entry in form.columns]
                height = row_height(zip(texts, _WIDTHS, strict=False))
                sheet.set_row(row + 1 + index, max(17, height))
            row += 2 + max(LIST_LINES, len(records) + 5)
        self._finish(sheet, landscape=False, repeat=False)  # the lists have heads of their own
        sheet.set_h_pagebreaks(breaks)

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
        self._sheet_head(sheet, self.inputs.overview_title, _TEXT_WIDTHS)
        row = FIRST_ROW
        for group in self.inputs.overview:
            sheet.write_string(row - 1, 1, group.title, self.styles.group)
            sheet.set_row(row - 1, 20)
            row += 1
            for entry in group.entries:
                self._line(sheet, row, entry, f"FACT.{entry.id}", _TEXT_WIDTHS)
                row += self._text(sheet, row, entry) if entry.lines > 1 else 1
        self._finish(sheet, landscape=False)
        sheet.print_area(0, 1, row - 2, len(_HEADS) - 1)

    def _text(self, sheet: Worksheet, row: int, entry: Entry) -> int:
        """The rows of a longer text, a paragraph each; returns how many they are."""
        paragraphs = self.content.facts.get(entry.id, "").splitlines()
        rows = max(entry.lines, len(paragraphs) + 1)
        style = self.styles.entry(entry.kind)
        for index in range(rows):
            text = paragraphs[index] if index < len(paragraphs) else ""
            at = row - 1 + index
            if text:
                sheet.write_string(at, 2, text, style)
            else:
                sheet.write_blank(at, 2, None, style)
            cells = [(text, _TEXT_WIDTHS[2])]
            if index:
                for column in (1, 3, 4):
                    sheet.write_blank(at, column, None, self.styles.label)
            else:
                cells.append((self._help(entry), _TEXT_WIDTHS[4] - 2))
            sheet.set_row(at, max(17, row_height(cells)))
        return rows

    def _sheet_head(self, sheet: Worksheet, title: str, widths: Sequence[float]) -> None:
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.merge_range(0, 1, 0, 4, title, self.styles.title)
        sheet.set_row(0, 30)
        for column, head in enumerate(_HEADS):
            sheet.write_string(FIRST_ROW - 2, column, head, self.styles.head)

    def _line(
        self, sheet: Worksheet, row: int, entry: Entry, name: str, widths: Sequence[float]
    ) -> None:
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
        hint = self._help(entry)
        sheet.write_string(row - 1, 4, hint, styles.help)
        answer = self.content.facts.get(entry.id, "") if entry.lines == 1 else ""
        cells = ((entry.label, widths[1] - 2), (answer, widths[2]), (hint, widths[4] - 2))
        sheet.set_row(row - 1, max(17, row_height(cells)))

    def _help(self, entry: Entry) -> str:
        hint = entry.help or ("没有的填0。" if entry.kind in NUMERIC_KINDS else "")
        return hint + ("可以不填。" if entry.optional else "")

    def _amount(self, sheet: Worksheet, row: int, column: int, name: str) -> None:
        fen = self.content.figures.get(name)
        style = self.styles.amount()
        if fen is None:
            sheet.write_blank(row - 1, column - 1, None, style)
        else:
            sheet.write_number(row - 1, column - 1, self.unit.decimal(fen), style)

    def _finish(self, sheet: Worksheet, *, landscape: bool, repeat: bool = True) -> None:
        sheet.freeze_panes(FIRST_ROW - 1, 0)
        print_set_up(sheet, landscape=landscape)
        if repeat:
            sheet.repeat_rows(FIRST_ROW - 2)
        protect(sheet)


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
