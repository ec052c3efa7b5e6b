"""Fresh results for our template's own formulas, without any calculation engine.

The Python checks already know what every formula of the template comes to: bringing thousands of
cells up to date takes milliseconds, where an engine takes seconds and leaves most of them open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import NamedTuple

from python_calamine import CalamineWorkbook

from xlbudget.files.formulas import FormulaCell, formulas_of
from xlbudget.files.package import Package, unescaped
from xlbudget.files.patch import set_cached_values
from xlbudget.model.book import Book
from xlbudget.model.codes import function_codes
from xlbudget.model.content import content_of
from xlbudget.model.inputs import load_inputs
from xlbudget.model.layout import Layout

from .checks import CheckSheet
from .support import CELL_COLUMN

Key = tuple[str, int, int]
Cached = int | float | str

_LOOKUP = re.compile(r'IF\(A(\d+)="","",IFERROR\(VLOOKUP\(A\1&"",dictionary,2,FALSE\),""\)\)')
_EMPTY_NOTE = re.compile(r'IF\(COUNTIF\(.*=0,"([^"]*)",""\)')
_LINK = re.compile(r'IF\(L(\d+)="","",HYPERLINK\(.*,L\1\)\)')
_COVER = {"check_verdict": "verdict", "check_counts": "check_counts", "check_worst": "check_worst"}


class Refreshed(NamedTuple):
    """A workbook with fresh results; ``others`` are formulas that are not the template's own."""

    data: bytes
    others: tuple[Key, ...]


def refresh(data: bytes, book: Book) -> Refreshed | None:
    """The workbook with the template's formulas brought up to date with ``book``.

    ``book`` is what the workbook holds now.  None where the workbook is not our template, or its
    check sheet is not the one this version builds: then an engine must calculate.
    """
    inputs = load_inputs()
    package = Package(data)
    formulas = {
        part.name: formulas_of(package.read(part.part))
        for part in package.sheets
        if part.name != inputs.dictionary_sheet
    }
    checks = _matching(book, formulas.get(inputs.checks_sheet, []))
    if checks is None:
        return None
    fresh: dict[Key, Cached] = {
        (inputs.checks_sheet, c.row, c.column): c.value for c in checks.cells()
    }
    others: list[Key] = []
    for sheet, cells in formulas.items():
        if sheet == inputs.checks_sheet:
            continue
        if sheet == inputs.findings_sheet:
            own = dict(_links(data, sheet, cells))
        else:
            own = dict(_own(sheet, cells, book, checks.summary()))
        fresh |= own
        others += [key for cell in cells if (key := (sheet, cell.row, cell.column)) not in own]
    old = {
        (sheet, cell.row, cell.column): cell for sheet, cells in formulas.items() for cell in cells
    }
    changed = {key: value for key, value in fresh.items() if not _holds(old[key], value)}
    return Refreshed(set_cached_values(data, changed) if changed else data, tuple(others))


def _matching(book: Book, found: list[FormulaCell]) -> CheckSheet | None:
    """The check sheet that the workbook holds, formula by formula; None if it holds another."""
    if not found:
        return None
    content = content_of(book)
    texts = {(cell.row, cell.column): _text(cell) for cell in found}
    capacities = Counter(texts.values())
    extra = {"T06": content.codes.get("T06", ())}
    for codes in ({}, extra, content.codes):
        layout = Layout(book.edition, codes)
        if any(
            t.table.kind == "list"
            and capacities[f"key_{name.lower()}"] != t.rows[1] - t.rows[0] + 1
            for name, t in layout.tables.items()
        ):
            continue
        sheet = CheckSheet(layout, content, load_inputs(), book)
        if texts == {(c.row, c.column): c.formula.removeprefix("=") for c in sheet.cells()}:
            return sheet
    return None


def _text(cell: FormulaCell) -> str:
    inner = cell.formula[cell.formula.find(b">") + 1 : max(cell.formula.rfind(b"</"), 0)]
    return unescaped(inner.decode("utf-8", "replace"))


def _own(
    sheet: str, cells: list[FormulaCell], book: Book, summary: Mapping[str, str]
) -> Iterator[tuple[Key, Cached]]:
    """The template's formulas on one sheet outside the check sheet, and what they come to."""
    table = next((t for t in book.tables.values() if t.sheet == sheet), None)
    codes = {place.row: code for code, place in table.places.items()} if table else {}
    known = function_codes()
    for cell in cells:
        text = _text(cell)
        key = sheet, cell.row, cell.column
        bare = text.removesuffix('&""')
        if bare in _COVER:
            yield key, summary[_COVER[bare]]
        elif text == '"部门："&cover_department':
            yield key, f"部门：{book.department}"
        elif text == '"单位："&cover_unit':
            yield key, f"单位：{book.unit.name}"
        elif text in ("cover_unit", 'cover_unit&""'):
            yield key, book.unit.name
        elif table and (match := _LOOKUP.fullmatch(text)) and int(match[1]) == cell.row:
            code = known.get(codes.get(cell.row, ""))
            yield key, code.name if code else ""
        elif table and (match := _EMPTY_NOTE.fullmatch(text)):
            names = (n for n in book.figures if n.startswith(f"{table.id}."))
            yield key, "" if any(book.figures[n].fen for n in names) else match[1]


def _links(data: bytes, sheet: str, cells: list[FormulaCell]) -> Iterator[tuple[Key, Cached]]:
    """The links of 校验结果, which show the address that stands beside them."""
    grid = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_name(sheet)
    rows = grid.to_python(skip_empty_area=False)
    for cell in cells:
        if _LINK.fullmatch(_text(cell)) and cell.row <= len(rows):
            row = rows[cell.row - 1]
            shown = row[CELL_COLUMN - 1] if len(row) >= CELL_COLUMN else ""
            yield (sheet, cell.row, cell.column), str(shown)


def _holds(cell: FormulaCell, value: Cached) -> bool:
    """Whether a formula cell already holds this value."""
    if cell.value is None:
        return False
    is_text = b't="str"' in cell.tag
    old = unescaped(cell.value.decode("utf-8", "replace"))
    if isinstance(value, str):
        return is_text and old == value
    try:
        return not is_text and abs(float(old) - value) < 1e-9
    except ValueError:
        return False
