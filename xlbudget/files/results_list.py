"""Results in workbooks: a list of findings as a file of its own, for whoever must chase them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from ..model.severity import Severity
from ..ooxml.row_heights import row_height
from ..validate.report import OUTCOME_WORDS, tally

_OVERVIEW_HEADS = (
    ("文件", 48), ("部门", 30), ("年度", 7), ("结论", 10),
    *((word, 13) for word in OUTCOME_WORDS.values()),
)  # fmt: skip
_SHEETS = ("总览", "问题清单")
_FINDING_HEADS = (
    ("文件", 28), ("部门", 20), ("级别", 6), ("规则", 9), ("工作表", 18), ("单元格", 8), ("填的数", 15),
    ("说明", 60), ("左边", 15), ("右边", 15), ("差额", 14), ("允许误差", 10),
)  # fmt: skip
_AMOUNTS = frozenset({"左边", "右边", "差额", "允许误差"})
_VERDICTS = {"passed": "没有错误", "failed": "有错误", "unreadable": "读不了"}


def results_workbook(results: Iterable[Mapping[str, Any]]) -> bytes:
    """An .xlsx with one line per finding and one line per workbook.

    ``results`` are objects of ``validate --json``, gone through more than once.
    """
    import xlsxwriter

    buffer = BytesIO()
    font = {"font_name": "宋体", "font_size": 10, "font_scheme": "none"}
    options = {"in_memory": True, "strings_to_formulas": False, "default_format_properties": font}
    workbook = xlsxwriter.Workbook(buffer, options)
    workbook.set_properties({"created": datetime(2020, 1, 1), "title": "部门决算公开校验结果"})
    _write(workbook, _SHEETS[0], _OVERVIEW_HEADS, list(_overview_rows(results)))
    _write(workbook, _SHEETS[1], _FINDING_HEADS, list(_finding_rows(results)))
    workbook.close()
    return buffer.getvalue()


def _write(
    workbook: Any, name: str, heads: Sequence[tuple[str, float]], rows: Sequence[Sequence[Any]]
) -> None:
    """A sheet: heads and lines, each line as high as its texts, printed on A4 across."""
    boxed = {"border": 1, "valign": "top"}
    text = workbook.add_format({**boxed, "text_wrap": True})
    amount = workbook.add_format({**boxed, "num_format": "#,##0.00####"})
    typed = workbook.add_format({**boxed, "align": "right"})  # an amount, a code or a word
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
    sheet = workbook.add_worksheet(name)
    widths = [width for _, width in heads]
    for column, (title, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    sheet.set_row(0, row_height(heads))
    for row, cells in enumerate(rows, 1):
        for column, value in enumerate(cells):
            number = _number(value) if heads[column][0] in _AMOUNTS else value
            if isinstance(number, Decimal):
                sheet.write_number(row, column, number, amount)
            elif isinstance(number, int):
                sheet.write_number(row, column, number, text)
            else:
                look = typed if heads[column][0] == "填的数" else text
                sheet.write_string(row, column, value, look)
        sheet.set_row(row, row_height(zip(map(str, cells), widths, strict=True)))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.set_footer("&C&9&A　第&P页", {"margin": 0.25})
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _number(text: str) -> Decimal | str:
    """An amount as a number."""
    try:
        number = Decimal(text.replace(",", ""))
    except ArithmeticError:
        return text
    return number if number.is_finite() else text


def _overview_rows(results: Iterable[Mapping[str, Any]]) -> Iterator[list[str | int]]:
    for result in results:
        yield [
            result["file"],
            result["department"],
            str(result["year"] or ""),
            _VERDICTS[result["verdict"]],
            *(count for _, count in tally(result["checks"], result["failed"])),
        ]


def is_results(path: Path) -> bool:
    """Whether a file is such a list, by its sheets."""
    try:
        return CalamineWorkbook.from_path(str(path)).sheet_names == list(_SHEETS)
    except (CalamineError, OSError):
        return False


def _finding_rows(results: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    for result in results:
        for finding in result["findings"]:
            cell = (
                finding["cells"][0] if finding["cells"] else {"sheet": "", "cell": "", "value": ""}
            )
            yield [
                result["file"],
                result["department"],
                Severity(finding["severity"]).word,
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
