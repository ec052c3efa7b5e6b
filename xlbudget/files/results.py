"""Results in workbooks: a list of findings as a file of its own, for whoever must chase them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from ..validate.report import OUTCOME_WORDS, SEVERITY_WORDS, tally

_FINDING_HEADS = (
    ("文件", 30), ("部门", 24), ("级别", 8), ("规则", 9), ("工作表", 22), ("单元格", 9), ("填的数", 14),
    ("说明", 70), ("左边", 14), ("右边", 14), ("差额", 12), ("允许误差", 10),
)  # fmt: skip
_SHEETS = ("总览", "问题清单")
_VERDICTS = {"passed": "没有错误", "failed": "有错误", "unreadable": "读不了"}


def results_workbook(results: Sequence[Mapping[str, Any]]) -> bytes:
    """An .xlsx with one line per finding and one line per workbook.

    ``results`` are objects of ``validate --json``.
    """
    import xlsxwriter

    buffer = BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    workbook.set_properties({"created": datetime(2020, 1, 1), "title": "部门决算公开校验结果"})
    head = workbook.add_format(
        {
            "bold": True,
            "bg_color": "#DDE5EE",
            "border": 1,
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
        }
    )
    text = workbook.add_format({"border": 1, "valign": "top"})
    wrap = workbook.add_format({"border": 1, "valign": "top", "text_wrap": True})
    overview = workbook.add_worksheet(_SHEETS[0])
    heads = ["文件", "部门", "年度", "结论", *OUTCOME_WORDS.values()]
    for column, title in enumerate(heads):
        overview.write_string(0, column, title, head)
    for row, result in enumerate(results, 1):
        cells = [
            result["file"],
            result["department"],
            str(result["year"] or ""),
            _VERDICTS[result["verdict"]],
        ]
        for column, value in enumerate(cells):
            overview.write_string(row, column, value, text)
        counts = tally(result["checks"], result["failed"])
        for column, (_, count) in enumerate(counts, len(cells)):
            overview.write_number(row, column, count, text)
    overview.set_column(0, 0, 48)
    overview.set_column(1, 1, 30)
    overview.set_column(2, len(heads) - 1, 12)
    overview.freeze_panes(1, 0)
    sheet = workbook.add_worksheet(_SHEETS[1])
    for printed in (overview, sheet):  # printed, a line stays on one page
        printed.set_landscape()
        printed.set_paper(9)
        printed.fit_to_pages(1, 0)
        printed.repeat_rows(0)
    for column, (title, width) in enumerate(_FINDING_HEADS):
        sheet.write_string(0, column, title, head)
        sheet.set_column(column, column, width)
    row = 0
    for row, cells in enumerate(_finding_rows(results), 1):
        for column, value in enumerate(cells):
            sheet.write_string(row, column, value, wrap if column == 7 else text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(row, 1), len(_FINDING_HEADS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    workbook.close()
    return buffer.getvalue()


def is_results(path: Path) -> bool:
    """Whether a file is such a list, by its sheets."""
    try:
        return CalamineWorkbook.from_path(str(path)).sheet_names == list(_SHEETS)
    except (CalamineError, OSError):
        return False


def _finding_rows(results: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    for result in results:
        for finding in result["findings"]:
            cell = (
                finding["cells"][0] if finding["cells"] else {"sheet": "", "cell": "", "value": ""}
            )
            yield [
                result["file"],
                result["department"],
                SEVERITY_WORDS[finding["severity"]],
                finding["rule"],
                cell["sheet"],
                cell["cell"],
                cell["value"],
                finding["message"],
                finding["left"],
                finding["right"],
                finding["difference"],
                finding["tolerance"],
            ]
