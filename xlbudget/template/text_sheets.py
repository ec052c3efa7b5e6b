"""The sheets that support: 校验结果, 决算说明, 科目字典, 自定义公式, 使用说明."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from xlsxwriter.worksheet import Worksheet

from xlbudget.model.book import Finding
from xlbudget.model.codes import Code, economic_codes, function_codes
from xlbudget.model.edition_words import in_edition
from xlbudget.model.forms import Edition
from xlbudget.model.inputs import Inputs
from xlbudget.model.layout import Area, quoted
from xlbudget.ooxml.row_heights import row_height

from .guide import GUIDE, LOCAL_EXAMPLES
from .page_setup import as_number, print_set_up, protect
from .styles import EDGE, HEI, INPUT, TEXT, Styles

FINDINGS_HEAD = 6
"""Row of the heads on 校验结果; findings follow below."""
FINDING_HEADS = (
    "序号", "级别", "规则", "表", "单元格", "说明", "左边", "右边", "差额", "允许误差", "怎样改",
)  # fmt: skip
FINDING_WIDTHS = (5, 6, 8, 17, 8, 56, 14, 14, 13, 10, 40, 2, 2, 2, 2, 26, 8)
FINDING_LINES = 2000
ADDED = "本表由 xlbudget 加入，清除标记时删掉。点“单元格”可以跳过去。"
"""Stands in A3 of a sheet 校验结果 that we added to somebody else's workbook; so we know it."""
LAID_LINES = 500
"""Lines of 校验结果 that are laid out with borders and links beforehand."""
CELL_COLUMN = 12
"""Column L of 校验结果 (hidden): the cell's address, from which column E makes its link."""
MARK_COLUMN = 16
"""Column P of 校验结果: addresses of marked cells; Q beside it: how grave."""
MARK_COLOURS = {"疑错": "#F4B084", "错误": "#FF9999", "提醒": "#FFD966", "提示": "#BDD7EE"}
"""Word of a marked cell → its colour, the gravest first."""
FILLED_COLOUR = "#E2EFDA"
"""The tint of cells that were filled in open Excel."""
REPORT_ROW = 4
"""First row of the paragraphs on 决算说明."""
REPORT_HEADS = ("章节", "段落", "来源")
REPORT_WIDTHS = (6, 96, 34)
REPORT_LINES = 1000
DICTIONARY_HEAD = 3
GUIDE_WIDTH = 96


class Results(NamedTuple):
    """What to write beside the content: findings with their advice, and the report.

    ``findings`` are (finding, advice) pairs, ``paragraphs`` (section, text, source) triples.
    """

    findings: Sequence[tuple[Finding, str]] = ()
    paragraphs: Sequence[tuple[str, str, str]] = ()


def write_findings(sheet: Worksheet, inputs: Inputs, results: Results, styles: Styles) -> None:
    """校验结果: one line per finding; P:Q list the marked cells, which the tables look up."""
    for column, width in enumerate(FINDING_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, 10, inputs.findings_sheet, styles.title)
    sheet.set_row(0, 30)
    state = f"共{len(results.findings)}条。" if results.findings else "还没有运行校验。"
    sheet.write_string(1, 0, state)
    sheet.write_string(
        2,
        0,
        "本表由程序写入。点“单元格”可以跳过去；表上的标色来自右边P、Q两列，清空这两列就去掉全部标色。",
        styles.hint,
    )
    for column, text in enumerate(FINDING_HEADS):
        sheet.write_string(FINDINGS_HEAD - 1, column, text, styles.head)
    sheet.write_string(FINDINGS_HEAD - 1, MARK_COLUMN - 1, "标色的单元格", styles.head)
    sheet.write_string(FINDINGS_HEAD - 1, MARK_COLUMN, "级别", styles.head)
    for index in range(len(results.findings), LAID_LINES):
        _blank_finding(sheet, FINDINGS_HEAD + index, styles)
    sheet.set_column(CELL_COLUMN - 1, CELL_COLUMN - 1, 2, None, {"hidden": True})
    mark = FINDINGS_HEAD
    for index, (finding, advice) in enumerate(results.findings):
        row = FINDINGS_HEAD + index
        _finding(sheet, row, index + 1, finding, advice, styles)
        for cell in finding.cells[:12]:
            if cell.sheet:
                sheet.write_string(mark, MARK_COLUMN - 1, f"{cell.sheet}!{cell.cell}")
                sheet.write_string(mark, MARK_COLUMN, finding.severity.word)
                mark += 1
    sheet.freeze_panes(FINDINGS_HEAD, 0)
    sheet.autofilter(FINDINGS_HEAD - 1, 0, FINDINGS_HEAD + FINDING_LINES - 1, 10)
    sheet.print_area(0, 0, findings_end(len(results.findings)) - 1, len(FINDING_HEADS) - 1)
    print_set_up(sheet, landscape=True)
    sheet.repeat_rows(FINDINGS_HEAD - 1)


def findings_end(count: int) -> int:
    """The last row of 校验结果 that is printed."""
    return FINDINGS_HEAD + max(10, count)


def _blank_finding(sheet: Worksheet, row: int, styles: Styles) -> None:
    wrapped = styles.boxed(text_wrap=True, valign="top")
    number = styles.boxed(num_format="#,##0.00####", valign="top")
    for column in range(len(FINDING_HEADS)):
        sheet.write_blank(row, column, None, number if 6 <= column <= 9 else wrapped)
    _link(sheet, row, "", styles)


def _link(sheet: Worksheet, row: int, cell: str, styles: Styles) -> None:
    """A link that follows what stands in the columns 表 and L, so that later edits need no link."""
    link = styles.boxed(font_color="#0563C1", underline=1, valign="top")
    line = row + 1
    formula = f'=IF(L{line}="","",HYPERLINK("#\'"&D{line}&"\'!"&L{line},L{line}))'
    sheet.write_formula(row, 4, formula, link, cell)


def _finding(
    sheet: Worksheet, row: int, number: int, finding: Finding, advice: str, styles: Styles
) -> None:
    wrapped = styles.boxed(text_wrap=True, valign="top")
    first = finding.cells[0] if finding.cells else None
    sheet.write_number(row, 0, number, wrapped)
    sheet.write_string(row, 1, finding.severity.word, wrapped)
    sheet.write_string(row, 2, finding.rule, wrapped)
    sheet.write_string(row, 3, first.sheet if first else "", wrapped)
    if first and first.sheet:
        sheet.write_string(row, CELL_COLUMN - 1, first.cell)
    _link(sheet, row, first.cell if first else "", styles)
    sheet.write_string(row, 5, finding.message, wrapped)
    amounts = (finding.left, finding.right, finding.difference, finding.tolerance)
    for offset, text in enumerate(amounts):
        number_style = styles.boxed(num_format="#,##0.00####", valign="top")
        value = as_number(text) if text else None
        if value is None:
            sheet.write_string(row, 6 + offset, text, wrapped)
        else:
            sheet.write_number(row, 6 + offset, value, number_style)
    sheet.write_string(row, 10, advice, wrapped)
    fitted = ((finding.message, FINDING_WIDTHS[5]), (advice, FINDING_WIDTHS[10]))
    sheet.set_row(row, row_height(fitted))


def mark_areas(inputs: Inputs) -> dict[str, Area]:
    """Defined names of the list of marked cells and of their severities."""
    first, last = FINDINGS_HEAD + 1, FINDINGS_HEAD + FINDING_LINES
    sheet = inputs.findings_sheet
    return {
        "mark_cells": Area(sheet, first, MARK_COLUMN, last, MARK_COLUMN),
        "mark_levels": Area(sheet, first, MARK_COLUMN + 1, last, MARK_COLUMN + 1),
    }


def mark_cells(sheet: Worksheet, area: Area, styles: Styles) -> None:
    """Colour the cells of ``area`` that 校验结果 lists; nothing else in the workbook changes."""
    address = f'"{area.sheet}!"&ADDRESS(ROW(),COLUMN(),4)'
    for word, colour in MARK_COLOURS.items():
        sheet.conditional_format(
            area.top - 1,
            area.left - 1,
            area.bottom - 1,
            area.right - 1,
            {
                "type": "formula",
                "criteria": f'=COUNTIFS(mark_cells,{address},mark_levels,"{word}")>0',
                "format": styles.conditional(bg_color=colour),
                "stop_if_true": True,
            },
        )


def write_report(sheet: Worksheet, results: Results, styles: Styles) -> None:
    """决算说明: 章节, 段落, 来源."""
    wrapped = styles.get(text_wrap=True, valign="top", locked=False)
    for column, width in enumerate(REPORT_WIDTHS):
        sheet.set_column(column, column, width, wrapped)
    sheet.merge_range(0, 0, 0, 2, "决算说明（第三部分）", styles.title)
    sheet.set_row(0, 30)
    sheet.merge_range(
        1, 0, 1, 2, "由程序根据九张表和输入表写出，写出后可以改。【待填】的地方要补。", styles.hint
    )
    for column, text in enumerate(REPORT_HEADS):
        sheet.write_string(REPORT_ROW - 2, column, text, styles.head)
    for index, cells in enumerate(results.paragraphs, REPORT_ROW - 1):
        for column, text in enumerate(cells):
            sheet.write_string(index, column, text, wrapped)
        sheet.set_row(index, row_height(zip(cells, REPORT_WIDTHS, strict=True)))
    # Only lines in use have borders: what has none is not printed.
    sheet.conditional_format(
        REPORT_ROW - 1, 0, REPORT_ROW + REPORT_LINES - 2, 2,
        {"type": "formula", "criteria": f'=$B{REPORT_ROW}<>""',
         "format": styles.conditional(border=1, border_color=EDGE)},
    )  # fmt: skip
    sheet.freeze_panes(REPORT_ROW - 1, 0)
    print_set_up(sheet, landscape=True)
    sheet.repeat_rows(REPORT_ROW - 2)


# ---------------------------------------------------------------- 科目字典


def evidence_words(code: Code) -> str:
    """How far a code can be trusted, in words."""
    if code.trusted:
        return "近年公开的决算中见过"
    if code.evidence == "historical":
        return "2019年以前的旧科目，现已不用"
    if "old_list_same_name" in code.evidence:
        return "旧目录中同名，未与现行目录核对"
    return "未与现行目录核对，仅供参考"


def dictionary_codes() -> tuple[list[Code], int]:
    """Function codes as listed, those in use first, and how many are in use."""
    known = sorted(function_codes().values(), key=lambda code: code.code)
    current = [code for code in known if code.in_use]
    return current + [code for code in known if not code.in_use], len(current)


def dictionary_areas(inputs: Inputs) -> dict[str, Area]:
    """Defined names of the dictionary: code and name, and the codes offered in drop-downs."""
    codes, current = dictionary_codes()
    first, sheet = DICTIONARY_HEAD + 1, inputs.dictionary_sheet
    return {
        "dictionary": Area(sheet, first, 1, DICTIONARY_HEAD + len(codes), 2),
        "dictionary_choices": Area(sheet, first, 1, DICTIONARY_HEAD + current, 1),
    }


def write_dictionary(sheet: Worksheet, inputs: Inputs, styles: Styles) -> None:
    """科目字典: function codes on the left, economic codes on the right."""
    for column, width in enumerate((10, 42, 6, 18, 32, 3, 10, 42, 6, 32)):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, 4, inputs.dictionary_sheet, styles.title)
    sheet.set_row(0, 30)
    sheet.merge_range(
        1, 0, 1, 4, "字典里没有的代码也可以填；名称以财政部门当年的科目为准。", styles.hint
    )
    row = DICTIONARY_HEAD - 1
    for column, text in enumerate(("科目代码", "功能分类科目名称", "级次", "预算类别", "依据")):
        sheet.write_string(row, column, text, styles.head)
    for column, text in enumerate(("科目代码", "经济分类科目名称", "级次", "依据")):
        sheet.write_string(row, 6 + column, text, styles.head)
    text = styles.boxed(num_format=TEXT, shrink=True)
    codes, _ = dictionary_codes()
    for index, code in enumerate(codes):
        cells = (code.code, code.name, code.level, code.budget, evidence_words(code))
        for column, value in enumerate(cells):
            sheet.write_string(DICTIONARY_HEAD + index, column, value, text)
    for index, code in enumerate(economic_codes().values()):
        for column, value in enumerate((code.code, code.name, code.level, evidence_words(code))):
            sheet.write_string(DICTIONARY_HEAD + index, 6 + column, value, text)
    sheet.freeze_panes(DICTIONARY_HEAD, 0)
    sheet.autofilter(DICTIONARY_HEAD - 1, 0, DICTIONARY_HEAD + len(codes) - 1, 4)
    print_set_up(sheet, landscape=False)
    sheet.set_print_scale(70)
    sheet.repeat_rows(DICTIONARY_HEAD - 1)
    protect(sheet)


def dictionary_print_area(inputs: Inputs) -> str:
    """What is printed of 科目字典: the two lists, one after the other."""
    name = quoted(inputs.dictionary_sheet)
    codes, _ = dictionary_codes()
    function, economic = DICTIONARY_HEAD + len(codes), DICTIONARY_HEAD + len(economic_codes())
    return f"{name}!$A$1:$E${function},{name}!$G$1:$J${economic}"


# ---------------------------------------------------------------- 自定义公式, 使用说明


def write_local_rules(sheet: Worksheet, inputs: Inputs, styles: Styles) -> None:
    """自定义公式: an office's own rules; lines whose 编号 starts with # are remarks."""
    widths = (10, 48, 54, 8, 26)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, 4, inputs.local_rules_sheet, styles.title)
    sheet.set_row(0, 30)
    sheet.write_string(
        1,
        0,
        "本单位自己的核对公式，写法见“使用说明”。编号以#开头的行是示例，不参加核对。",
        styles.hint,
    )
    for column, text in enumerate(("编号", "说明", "公式", "级别", "备注")):
        sheet.write_string(2, column, text, styles.head)
    style = styles.boxed(text_wrap=True, locked=False, num_format=TEXT, bg_color=INPUT)
    for index in range(40):
        cells = LOCAL_EXAMPLES[index] if index < len(LOCAL_EXAMPLES) else ("",) * 5
        for column, text in enumerate(cells):
            sheet.write(3 + index, column, text or None, style)
        sheet.set_row(3 + index, row_height(zip(cells, widths, strict=True)))
    sheet.data_validation(
        3,
        3,
        42,
        3,
        {
            "validate": "list",
            "source": ["错误", "提醒", "提示"],
            "error_title": "级别",
            "error_message": "请选错误、提醒或提示。",
        },
    )
    sheet.freeze_panes(3, 0)
    print_set_up(sheet, landscape=True, numbered=False)
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, 42, 4)
    protect(sheet)


def write_guide(sheet: Worksheet, edition: Edition, styles: Styles) -> None:
    """使用说明: headed paragraphs in one wide column."""
    sheet.set_column(0, 0, 3)
    sheet.set_column(1, 1, GUIDE_WIDTH)
    sheet.merge_range(0, 0, 0, 1, "使用说明", styles.title)
    sheet.set_row(0, 30)
    row = 2
    for heading, paragraphs in GUIDE:
        sheet.write_string(row, 0, heading, styles.get(font_name=HEI, font_size=12))
        sheet.set_row(row, 24)
        row += 1
        for paragraph in (in_edition(text, edition) for text in paragraphs):
            sheet.write_string(row, 1, paragraph, styles.get(text_wrap=True, valign="top"))
            sheet.set_row(row, row_height([(paragraph, GUIDE_WIDTH)]) + 2)
            row += 1
    print_set_up(sheet, landscape=False, numbered=False)
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, row - 1, 1)
    protect(sheet)
