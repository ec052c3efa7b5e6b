"""What goes into the workbook's own result sheets: 校验结果 with its marks, and 决算说明.

All of it leaves as cell edits, so that a file and open Excel get the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from ..locate.suspects import suspect_entries
from ..model.edits import CellEdit, CellValue
from ..model.inputs import load_inputs
from ..narrate import Narrative, narrate, paragraph_edits, with_doubts
from ..template.text_sheets import CELL_COLUMN, FINDINGS_HEAD, LAID_LINES, MARK_COLUMN, REPORT_ROW
from ..validate import Report
from ..validate.marks import SUSPECT_WORD, marks
from ..validate.report import headline
from .errors import ReadError
from .workbook import Changed, Workbook, apply, check, require_package


def last_row(data: bytes, sheet: str) -> int:
    """The last used row of a sheet that is not read otherwise; ReadError if there is none."""
    workbook = CalamineWorkbook.from_filelike(BytesIO(data))
    if sheet not in workbook.sheet_names:
        raise ReadError(
            f"工作簿里没有“{sheet}”这张工作表；请先用 xlbudget import 装进模板，再对新文件操作。"
        )
    end = workbook.get_sheet_by_name(sheet).end
    return end[0] + 1 if end else 0


def mark_edits(
    report: Report | None, suspects: Mapping[str, list[Any]], old: int
) -> tuple[CellEdit, ...]:
    """Write a report into 校验结果 and mark its cells; ``None`` clears both.

    ``old`` is the sheet's last used row, down to which an earlier report may stand.
    """
    sheet = load_inputs().findings_sheet
    cells: dict[tuple[int, int], CellValue] = {
        (row, column): None
        for row in range(FINDINGS_HEAD + 1, min(old, FINDINGS_HEAD + 2 * LAID_LINES) + 1)
        for column in (1, 2, 3, 4, 6, 7, 8, 9, 10, 11, CELL_COLUMN, MARK_COLUMN, MARK_COLUMN + 1)
    }
    cells[2, 1] = "还没有运行校验。"
    if report is not None:
        cells[2, 1] = headline(report)
        row = FINDINGS_HEAD + 1
        for line in _lines(report, suspects):
            for column, value in line.items():
                cells[row, column] = value
            row += 1
        found = dict.fromkeys((f"{s}!{cell}", word) for s, cell, word, _ in marks(report, suspects))
        for index, (cell, word) in enumerate(found):
            cells[FINDINGS_HEAD + 1 + index, MARK_COLUMN] = cell
            cells[FINDINGS_HEAD + 1 + index, MARK_COLUMN + 1] = word
    return tuple(CellEdit(sheet, r, c, value) for (r, c), value in sorted(cells.items()))


def _lines(report: Report, suspects: Mapping[str, list[Any]]) -> Iterator[dict[int, CellValue]]:
    number = 0
    for text, cell in suspect_entries(suspects):
        number += 1
        yield {
            1: number,
            2: SUSPECT_WORD,
            3: "",
            4: cell["sheet"] if cell else "",
            6: text.strip(),
            CELL_COLUMN: cell["cell"] if cell else None,
        }
    advice = {check.rule.id: check.rule.advice for check in report.checks}
    for finding in report.findings[: LAID_LINES - number]:
        number += 1
        first = finding.cells[0] if finding.cells else None
        amounts = (finding.left, finding.right, finding.difference, finding.tolerance)
        yield {
            1: number,
            2: finding.severity.word,
            3: finding.rule,
            4: first.sheet if first else "",
            6: finding.message,
            **{7 + i: Decimal(text) if text else None for i, text in enumerate(amounts)},
            11: advice.get(finding.rule, ""),
            CELL_COLUMN: first.cell if first and first.sheet else None,
        }


def has_sheet(data: bytes, sheet: str) -> bool:
    """Whether a workbook file has a sheet of that name."""
    return sheet in CalamineWorkbook.from_filelike(BytesIO(data)).sheet_names


def report_lines(data: bytes) -> list[tuple[int, int, str]]:
    """What stands on 决算说明 of a workbook file; empty where there is no such sheet."""
    workbook = CalamineWorkbook.from_filelike(BytesIO(data))
    sheet = load_inputs().report_sheet
    if sheet not in workbook.sheet_names:
        return []
    return lines_on_report(workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False))


def lines_on_report(rows: Sequence[Sequence[object]]) -> list[tuple[int, int, str]]:
    """(row, section, text) of the lines on 决算说明.

    A line without the number of its section belongs to the one above.
    """
    lines: list[tuple[int, int, str]] = []
    section = 1
    for number, row in enumerate(rows[REPORT_ROW - 1 :], REPORT_ROW):
        head, text = ("".join(str(value).split("\n")).strip() for value in (*row, "", "")[:2])
        digits = head.partition(".")[0]
        section = int(digits) if digits.isdigit() else section
        if text:
            lines.append((number, section, text))
    return lines


def narrate_workbook(workbook: Workbook) -> tuple[Changed, Narrative]:
    """Write part three into 决算说明.  Raises ReadError."""
    require_package(workbook.path, workbook.data)
    sheet = load_inputs().report_sheet
    old = last_row(workbook.data, sheet)
    narrative = with_doubts(narrate(workbook.book), check(workbook))
    edits = paragraph_edits(narrative, sheet, REPORT_ROW, old)
    return apply(workbook.data, str(workbook.path), edits, workbook.sheets), narrative
