"""校验 in a workbook file: the list on 校验结果, colours and notes on the cells, and all taken away.

Our template has the sheet, and conditional formats that look the cells up on it.  Anybody else's
workbook gets the sheet and the formats, as in open Excel; taking them away gives back what was.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

from ..errors import UserError
from ..model.additions import AddedSheet, SheetRow, Value, link_to
from ..model.inputs import load_inputs
from ..ooxml.added_sheet import with_sheet, without_sheet
from ..ooxml.comments import with_notes, without_notes
from ..ooxml.conditional_formats import with_colours, without_colours
from ..ooxml.package import Package, PackageError
from ..template.text_sheets import (
    ADDED,
    CELL_COLUMN,
    FINDING_HEADS,
    FINDING_WIDTHS,
    FINDINGS_HEAD,
    MARK_COLOURS,
    MARK_COLUMN,
)
from ..validate import Report
from ..validate.marks import gravest, notes
from .refresh import is_template
from .result_sheets import last_row, mark_edits
from .workbook import Workbook, apply, require_package

_SHEET_COLUMN, _LINK_COLUMN = 4, 5
_HELPERS = frozenset(range(CELL_COLUMN, MARK_COLUMN + 2))


def marked(workbook: Workbook, report: Report, suspects: Mapping[str, list[Any]]) -> bytes:
    """The file with a report on 校验结果 and its cells marked; earlier marks go.

    Raises ReadError for a format that cannot be written back, UserError if the workbook has a
    sheet 校验结果 of its own.
    """
    require_package(workbook.path, workbook.data)
    sheet = load_inputs().findings_sheet
    texts = notes(report, suspects)
    if _has_list(workbook.data):
        edits = mark_edits(report, suspects, last_row(workbook.data, sheet))
        changed = apply(workbook.data, str(workbook.path), edits, workbook.sheets)
        return with_notes(changed.data, texts)
    if sheet in _sheet_names(workbook.data) and not _is_ours(workbook.data):
        raise UserError(
            f"工作簿“{workbook.path}”里已经有一张别的“{sheet}”；请先给它改个名字，再校验。"
        )
    words = gravest(report, suspects, tuple(MARK_COLOURS))
    colours = {place: MARK_COLOURS[word] for place, word in words.items()}
    try:
        data = without_colours(without_notes(workbook.data))
        data = with_sheet(data, _list(report, suspects))
        return with_notes(with_colours(data, colours), texts)
    except PackageError as error:
        raise UserError(f"“{workbook.path}”没有改动：{error}。") from None


def cleared(workbook: Workbook) -> bytes:
    """The file without what ``marked`` did; the same bytes where there is nothing.  Raises UserError."""
    require_package(workbook.path, workbook.data)
    sheet = load_inputs().findings_sheet
    if _has_list(workbook.data):
        old = last_row(workbook.data, sheet)
        edits = mark_edits(None, {}, old)
        changed = apply(workbook.data, str(workbook.path), edits, workbook.sheets)
        return without_colours(without_notes(changed.data))
    data = workbook.data
    try:
        data = without_sheet(data, sheet) if _is_ours(data) else data
        return without_colours(without_notes(data))
    except PackageError as error:
        raise UserError(f"“{workbook.path}”没有改动：{error}。") from None


# ---------------------------------------------------------------- whose sheet it is


def _sheet_names(data: bytes) -> list[str]:
    return CalamineWorkbook.from_filelike(BytesIO(data)).sheet_names


def _has_list(data: bytes) -> bool:
    """Whether it is our template, with its own sheet 校验结果."""
    there = load_inputs().findings_sheet in _sheet_names(data)
    return there and is_template(Package(data)) and not _is_ours(data)


def _is_ours(data: bytes) -> bool:
    """Whether the sheet 校验结果 is one that we added."""
    workbook = CalamineWorkbook.from_filelike(BytesIO(data))
    name = load_inputs().findings_sheet
    if name not in workbook.sheet_names:
        return False
    rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return len(rows) > 2 and bool(rows[2]) and rows[2][0] == ADDED


def _list(report: Report, suspects: Mapping[str, list[Any]]) -> AddedSheet:
    """校验结果 as a sheet of its own: the same lines as in the template, links in place of formulas."""
    name = load_inputs().findings_sheet
    cells: dict[int, dict[int, Value]] = {}
    for edit in mark_edits(report, suspects, 0):
        if edit.value not in (None, ""):
            cells.setdefault(edit.row, {})[edit.column] = edit.value
    width = MARK_COLUMN + 1
    rows = [
        SheetRow((name,), "title"),
        SheetRow((cells[2][1],), "hint"),
        SheetRow((ADDED,), "hint"),
    ]
    rows += [SheetRow(())] * (FINDINGS_HEAD - 1 - len(rows))
    rows.append(SheetRow(FINDING_HEADS, "head"))
    for number in range(FINDINGS_HEAD + 1, max(cells) + 1):
        line = cells.get(number, {})
        sheet, cell = line.get(_SHEET_COLUMN), line.get(CELL_COLUMN)
        links = {}
        if sheet and cell:
            line[_LINK_COLUMN] = cell
            links = {_LINK_COLUMN: link_to(str(sheet), str(cell))}
        rows.append(SheetRow([line.get(column) for column in range(1, width + 1)], links=links))
    return AddedSheet(name, FINDING_WIDTHS, tuple(rows), _HELPERS)
