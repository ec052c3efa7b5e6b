"""The input sheets: 封面, 上年数, 年初预算, 补充资料, 原因说明.

Column A holds the id of each entry (small and grey): people read B, programs read A, so labels may
be reworded without losing what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter.worksheet import Worksheet

from xlbudget.model.content import Content
from xlbudget.model.inputs import NUMERIC_KINDS, Entry, Inputs, ListForm

from .layout import CAPACITY, SHOWN_BLANK, SPARE
from .styles import AMOUNT, HEI, INPUT, TEXT, Styles
from .tables import (
    amount_validation,
    as_number,
    print_set_up,
    protect,
    unit_of,
    write_code_name,
)

COVER_FIRST = 5
LIST_LINES = 20
REASON_LINES = 120
BUDGET_HEAD = 3
HEADS = ("编号", "项目", "数值", "单位", "说明")


def cover_rows(inputs: Inputs) -> dict[str, int]:
    """Entry id → sheet row on 封面."""
    return {entry.id: COVER_FIRST + 1 + index for index, entry in enumerate(inputs.cover)}


def write_cover(
    sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles, verdict: Mapping[str, str]
) -> None:
    """封面: who and when, how to start, and the verdict; ``verdict`` as ``checks.summary`` gives it."""
    sheet.set_column(0, 0, 10)
    sheet.set_column(1, 1, 16)
    sheet.set_column(2, 2, 42)
    sheet.set_column(3, 3, 50)
    title = styles.get(font_name=HEI, font_size=20, align="center")
    sheet.merge_range(0, 0, 0, 3, inputs.cover_title, title)
    sheet.set_row(0, 40)
    sheet.merge_range(
        1,
        0,
        1,
        3,
        "填九张表，核对，写说明，公开。黄色格子要填，蓝色格子可以自动算，也可以粘贴本单位的数。",
        styles.get(align="center", font_color="#595959"),
    )
    _heads(sheet, COVER_FIRST - 1, ("编号", "项目", "内容", "说明"), styles)
    values = {
        "department": content.department,
        "unit": content.unit or "万元",
        "edition": content.edition,
        "kind": content.kind,
        **{k: v for k, v in content.facts.items() if k == "self"},
    }
    for entry, row in zip(inputs.cover, cover_rows(inputs).values(), strict=True):
        index = row - 1
        sheet.set_row(index, 24)
        sheet.write_string(index, 0, entry.id, styles.id)
        sheet.write_string(index, 1, entry.label, styles.label)
        style = styles.boxed(locked=False, bg_color=INPUT, text_wrap=True, align="left")
        if entry.id == "year" and content.year:
            sheet.write_number(index, 2, content.year, style)
        elif values.get(entry.id):
            sheet.write_string(index, 2, values[entry.id], style)
        else:
            sheet.write_blank(index, 2, None, style)
        sheet.write_string(index, 3, entry.help, styles.boxed(text_wrap=True, font_color="#595959"))
        _validate(sheet, index, 2, entry)
    row = COVER_FIRST + len(inputs.cover) + 2
    _verdict(sheet, row, styles, verdict)
    _steps(sheet, row + 6, styles)
    sheet.set_default_row(18)
    print_set_up(sheet, landscape=True)
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, row + 10, 3)
    protect(sheet)


def _verdict(sheet: Worksheet, row: int, styles: Styles, verdict: Mapping[str, str]) -> None:
    """The overall verdict, large and coloured, and the counts it rests on."""
    sheet.merge_range(row, 0, row, 1, "勾稽核对结果", styles.group)
    big = styles.boxed(font_name=HEI, font_size=22, align="center")
    sheet.merge_range(row + 1, 0, row + 3, 1, "", big)
    sheet.write_formula(row + 1, 0, "=check_verdict", big, verdict["verdict"])
    for word, name in (("平衡", "green"), ("尾差", "blue"), ("不平", "red"), ("未核对", "amber")):
        colour = {"green": "#C6EFCE", "blue": "#DDEBF7", "red": "#FFC7CE", "amber": "#FFE699"}[name]
        sheet.conditional_format(
            row + 1,
            0,
            row + 3,
            1,
            {
                "type": "formula",
                "criteria": f'=$A${row + 2}="{word}"',
                "format": styles.conditional(bg_color=colour),
            },
        )
    text = styles.get(text_wrap=True, indent=1)
    for offset, name in enumerate(("check_counts", "check_worst")):
        at = row + 1 + offset
        sheet.merge_range(at, 2, at, 3, "", text)
        sheet.write_formula(at, 2, f"={name}", text, verdict[name])
    link = styles.get(font_color="#0563C1", underline=1, indent=1)
    sheet.write_url(row + 3, 2, "internal:'勾稽检查'!A1", link, "看每一条勾稽关系")
    sheet.write_url(row + 3, 3, "internal:'校验结果'!A1", link, "看校验结果（由程序写入）")
    for offset in range(1, 4):
        sheet.set_row(row + offset, 22)


def _steps(sheet: Worksheet, row: int, styles: Styles) -> None:
    steps = (
        "第一步  填好上面的部门名称、年度和单位，再填九张表（可以从报表系统导出后整块粘贴数字）。",
        "第二步  看上面的结果：平衡、尾差都可以公开；不平的到“勾稽检查”里点“去看”，改到平为止。",
        "第三步  填“上年数”“年初预算”“补充资料”“原因说明”，再生成决算说明（办法见“使用说明”）。",
    )
    sheet.merge_range(row - 1, 0, row - 1, 1, "怎样开始", styles.group)
    for offset, text in enumerate(steps):
        sheet.merge_range(row + offset, 0, row + offset, 3, text, styles.get(text_wrap=True))
        sheet.set_row(row + offset, 20)


def _heads(sheet: Worksheet, row: int, heads: tuple[str, ...], styles: Styles) -> None:
    for column, text in enumerate(heads):
        sheet.write_string(row, column, text, styles.head)


def _validate(sheet: Worksheet, row: int, column: int, entry: Entry) -> None:
    if entry.choices:
        sheet.data_validation(
            row,
            column,
            row,
            column,
            {
                "validate": "list",
                "source": list(entry.choices),
                "error_type": "stop",
                "error_title": "请从下拉列表里选",
                "error_message": f"可选的是：{'、'.join(entry.choices)}。",
            },
        )
    elif entry.id == "year":
        sheet.data_validation(
            row,
            column,
            row,
            column,
            {
                "validate": "integer",
                "criteria": "between",
                "minimum": 2000,
                "maximum": 2100,
                "error_title": "决算年度",
                "error_message": "请填四位年份，例如 2024。",
            },
        )
    elif entry.kind in NUMERIC_KINDS:
        sheet.data_validation(row, column, row, column, amount_validation())


# ---------------------------------------------------------------- 上年数, 补充资料


def _entry_columns(sheet: Worksheet) -> None:
    for column, width in enumerate((24, 50, 22, 12, 52)):
        sheet.set_column(column, column, width)


def _write_entry(
    sheet: Worksheet, row: int, entry: Entry, prefix: str, content: Content, styles: Styles
) -> None:
    unit = unit_of(content)
    sheet.write_string(row, 0, entry.id, styles.id)
    sheet.write_string(row, 1, entry.label, styles.label)
    style = styles.entry(entry.kind)
    fen = content.figures.get(prefix + entry.id)
    text = content.facts.get(entry.id)
    if entry.kind in NUMERIC_KINDS and fen is not None:
        sheet.write_number(row, 2, unit.decimal(fen), style)
    elif entry.kind not in NUMERIC_KINDS and text:
        sheet.write_string(row, 2, text, style)
        sheet.set_row(row, 18.0 * max(1, -(-len(text) * 2 // 21)))
    else:
        sheet.write_blank(row, 2, None, style)
    if entry.kind == "amount":
        sheet.write_formula(row, 3, "=cover_unit", styles.centred, unit.name)
    else:
        sheet.write_string(row, 3, entry.measure, styles.centred)
    help_text = entry.help or ("没有的不用填" if entry.optional else "")
    sheet.write_string(row, 4, help_text, styles.boxed(text_wrap=True, font_color="#595959"))
    _validate(sheet, row, 2, entry)


def write_last_year(sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles) -> None:
    """上年数: one entry per line, by the figure's name of this year."""
    _entry_columns(sheet)
    sheet.merge_range(0, 0, 0, 4, inputs.last_year_title, styles.title)
    sheet.set_row(0, 30)
    _heads(sheet, 2, HEADS, styles)
    for index, entry in enumerate(inputs.last_year):
        _write_entry(sheet, 3 + index, entry, "LAST.", content, styles)
    _finish(sheet, 3, 3 + len(inputs.last_year), 4)


def write_facts(sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles) -> None:
    """补充资料: groups of entries, then the lists."""
    _entry_columns(sheet)
    sheet.merge_range(0, 0, 0, 4, inputs.facts_title, styles.title)
    sheet.set_row(0, 30)
    _heads(sheet, 2, HEADS, styles)
    row = 3
    for group in inputs.groups:
        sheet.write_string(row, 0, group.title, styles.group)
        row += 1
        for entry in group.entries:
            _write_entry(sheet, row, entry, "FACT.", content, styles)
            row += 1
    for form in inputs.lists:
        row = _write_list(sheet, row + 1, form, content, styles)
    _finish(sheet, 3, row, 4)


def _write_list(
    sheet: Worksheet, row: int, form: ListForm, content: Content, styles: Styles
) -> int:
    """One list from ``row`` on; returns the row after it."""
    records = [fields for list_id, fields in content.records if list_id == form.id]
    sheet.write_string(row, 0, form.title, styles.group)
    for column, entry in enumerate(form.columns):
        sheet.write_string(row + 1, column, entry.label, styles.head)
    first = row + 2
    lines = max(LIST_LINES, len(records) + SPARE)
    for index in range(lines):
        fields = records[index] if index < len(records) else {}
        for column, entry in enumerate(form.columns):
            text = fields.get(entry.id, "")
            number = as_number(text) if entry.kind in NUMERIC_KINDS else None
            style = styles.entry(entry.kind)
            if number is not None:
                sheet.write_number(first + index, column, number, style)
            elif text:
                sheet.write_string(first + index, column, text, style)
            else:
                sheet.write_blank(first + index, column, None, style)
    return first + lines


# ---------------------------------------------------------------- 年初预算, 原因说明


def write_budget(sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles) -> None:
    """年初预算 by 项: 合计 first, then one line per code, in the order of 05."""
    unit = unit_of(content)
    for column, width in enumerate((13, 44, 20, 3, 40)):
        open_text = {0: TEXT, 2: AMOUNT}.get(column, "General")
        style = styles.get(num_format=open_text, locked=False) if column < 3 else None
        sheet.set_column(column, column, width, style)
    sheet.merge_range(0, 0, 0, 2, inputs.budget_title, styles.title)
    sheet.set_row(0, 30)
    sheet.write_formula(
        1, 2, '="单位："&cover_unit', styles.get(align="right"), f"单位：{unit.name}"
    )
    _heads(sheet, BUDGET_HEAD - 1, ("科目代码", "科目名称", "年初预算数"), styles)
    sheet.write_blank(BUDGET_HEAD, 0, None, styles.centred)
    sheet.write_string(BUDGET_HEAD, 1, "合计", styles.boxed(align="center", bold=True))
    codes = _budget_codes(content)
    _budget_amount(sheet, BUDGET_HEAD, "total", content, styles)
    first = BUDGET_HEAD + 2
    last = first + max(CAPACITY, len(codes) + SPARE) - 1
    shown = first + (len(codes) + SPARE if codes else SHOWN_BLANK)
    code_style = styles.boxed(num_format=TEXT, locked=False, bg_color=INPUT)
    for row in range(first, last + 1):
        index = row - first
        code = codes[index] if index < len(codes) else ""
        name_style = styles.get(locked=False, shrink=True)
        if row < shown:
            name_style = styles.boxed(locked=False, shrink=True)
            if code:
                sheet.write_string(row - 1, 0, code, code_style)
            else:
                sheet.write_blank(row - 1, 0, None, code_style)
            _budget_amount(sheet, row - 1, code, content, styles)
        else:
            sheet.set_row(row - 1, None, None, {"hidden": True})
        write_code_name(sheet, row, code, content.names, name_style)
    sheet.data_validation(BUDGET_HEAD, 2, last - 1, 2, amount_validation())
    sheet.write_string(
        BUDGET_HEAD, 4, "合计按批复的数填，不用等于下面之和也会提示核对。", styles.hint
    )
    _finish(sheet, BUDGET_HEAD, last, 2)


def _budget_codes(content: Content) -> list[str]:
    prefix = "BUDGET.T05."
    given = {name[len(prefix) :].partition(".")[0] for name in content.figures if prefix in name}
    given.discard("total")
    ordered = [code for code in content.codes.get("T05", ()) if code in given]
    return ordered + sorted(given - set(ordered))


def _budget_amount(
    sheet: Worksheet, row: int, code: str, content: Content, styles: Styles
) -> None:
    fen = content.figures.get(f"BUDGET.T05.{code}.total")
    if fen is None:
        sheet.write_blank(row, 2, None, styles.amount())
    else:
        sheet.write_number(row, 2, unit_of(content).decimal(fen), styles.amount())


def write_reasons(sheet: Worksheet, inputs: Inputs, content: Content, styles: Styles) -> None:
    """原因说明: the reasons given so far; the lines that still need one come from filling."""
    for column, width in enumerate((20, 46, 15, 15, 15, 70)):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, 5, inputs.reasons_title, styles.title)
    sheet.set_row(0, 30)
    _heads(sheet, 2, inputs.reason_heads, styles)
    reasons = list(content.reasons.items())
    wrapped = styles.boxed(text_wrap=True, locked=False)
    amount = styles.boxed(num_format=AMOUNT, locked=False)
    answer = styles.boxed(text_wrap=True, locked=False, bg_color=INPUT)
    key_style = styles.boxed(locked=False, font_color="#A6A6A6", font_size=8, num_format=TEXT)
    for index in range(max(REASON_LINES, len(reasons) + SPARE)):
        row = 3 + index
        key, text = reasons[index] if index < len(reasons) else ("", "")
        sheet.write(row, 0, key or None, key_style)
        sheet.write_blank(row, 1, None, wrapped)
        for column in (2, 3, 4):
            sheet.write_blank(row, column, None, amount)
        sheet.write(row, 5, text or None, answer)
    _finish(sheet, 3, 3 + max(REASON_LINES, len(reasons) + SPARE), 5)


def _finish(sheet: Worksheet, head_rows: int, last: int, width: int) -> None:
    sheet.freeze_panes(head_rows, 0)
    print_set_up(sheet, landscape=width > 2)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head_rows - 1)
    sheet.print_area(0, 0, last - 1, width)
    protect(sheet)
