"""The template's own lists as they are printed: rows high enough for their texts, all lines printed.

What a template is built with is right already; this is for what is written into it afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..model.edits import CellEdit
from ..model.grid import Grid
from ..model.inputs import load_inputs
from ..ooxml.package import Package
from ..ooxml.row_heights import row_height
from .reason_sheet import REASON_WIDTHS
from .text_sheets import FINDING_WIDTHS, FINDINGS_HEAD, REPORT_WIDTHS, findings_end


def wrapped() -> dict[str, dict[int, float]]:
    """Sheet → column → room of the texts that make its lines high."""
    inputs = load_inputs()
    return {
        inputs.findings_sheet: {n: FINDING_WIDTHS[n - 1] for n in (6, 11)},
        inputs.report_sheet: {n: REPORT_WIDTHS[n - 1] for n in (2, 3)},
        inputs.reasons_sheet: {n: REASON_WIDTHS[n - 1] - 2 for n in (2, 6)},
    }


def row_heights(
    edits: Iterable[CellEdit], grids: Mapping[str, Grid]
) -> dict[tuple[str, int], float | None]:
    """(sheet, row) → height after the edits, None for an emptied line; ``grids`` is what was read."""
    rooms = wrapped()
    texts: dict[tuple[str, int], dict[int, str]] = {}
    for edit in edits:
        if edit.column in rooms.get(edit.sheet, ()):
            line = texts.setdefault((edit.sheet, edit.row), _texts(edit, grids, rooms[edit.sheet]))
            line[edit.column] = str(edit.value or "")
    return {
        (sheet, row): row_height((text, rooms[sheet][column]) for column, text in line.items())
        if any(line.values())
        else None
        for (sheet, row), line in texts.items()
    }


def lines_written(edits: Iterable[CellEdit]) -> dict[str, tuple[int, int]]:
    """Sheet → first and last line whose height follows from texts among the edits."""
    rooms = wrapped()
    rows: dict[str, list[int]] = {}
    for edit in edits:
        if edit.column in rooms.get(edit.sheet, ()):
            rows.setdefault(edit.sheet, []).append(edit.row)
    return {sheet: (min(found), max(found)) for sheet, found in rows.items()}


def _texts(edit: CellEdit, grids: Mapping[str, Grid], rooms: Mapping[int, float]) -> dict[int, str]:
    """What stands in the edit's row so far, as far as it was read."""
    grid = grids.get(edit.sheet, [])
    row = grid[edit.row - 1] if edit.row <= len(grid) else []
    return {column: str(row[column - 1]) for column in rooms if column <= len(row)}


def with_findings_printed(package: Package, edits: Iterable[CellEdit]) -> Package:
    """The package with all lines of 校验结果 in its print area, unless that is the user's own."""
    sheet = load_inputs().findings_sheet
    rows = [e.row for e in edits if e.sheet == sheet and e.column == 1 and e.value is not None]
    if not rows:
        return package
    last = findings_end(max(rows) - FINDINGS_HEAD)
    ours = rb"(?<=>)('?%b'?!\$A\$1:\$K\$)\d+(?=<)" % re.escape(sheet.encode())
    xml = package.read(package.workbook_part)
    changed = re.sub(ours, rb"\g<1>%d" % last, xml)
    return package if changed == xml else package.with_parts({package.workbook_part: changed})
