"""Cells changed and formulas brought up to date, in our own template and in anybody's workbook.

The results of the template's own formulas are known from the Python checks (``template.refresh``).
Other people's formulas (a total of their own, a sheet of theirs) are evaluated by an engine; in our
template from a copy without the live checks, which the engine does not know and nothing depends on.

What stands in the changed workbook is known before it is written: the cells that were read, with
the edits in them.  The book comes from there, and the changed sheets are read again from the
finished file and must hold exactly that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from ..model.book import Book
from ..model.edits import CellEdit
from ..model.grid import Grid
from ..model.inputs import load_inputs
from ..ooxml.formulas import has_formulas
from ..ooxml.package import Package
from ..ooxml.patch import patch_package, set_cached_values
from ..ooxml.recalculate import recalculate, with_full_calculation
from ..template.formula_results import Refreshed
from ..template.formula_results import refresh as refresh_template
from ..template.row_fit import row_heights, with_findings_printed
from .read import Sheets, book_from_bytes, book_of

_OURS = b'name="check_verdict"'
_NAMES = re.compile(rb"<definedName\b[^>]*>[^<]*</definedName>")
_PLAIN_NAME = re.compile(rb">(?:'[^']*'|[\w.]+)!\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?<")
_GENERATED = re.compile(
    rb'<f>(?:IF\(A\d+="",[^<]*?VLOOKUP\([^<]*'  # a code's name
    rb'|IF\(COUNTIF\([^<]*=0,"[^<]*'  # the note below an empty table
    rb'|"[^"<]*"&amp;cover_[a-z]+)</f>'  # department and unit from the cover
)
_ANY = re.compile(rb"<f\b[^>]*>[^<]*</f>|<f\b[^>]*/>")

Place = tuple[str, int, int]


def is_template(package: Package) -> bool:
    """Whether the workbook is one of ours, with its live checks."""
    return _OURS in package.read(package.workbook_part)


def change(sheets: Sheets, name: str, edits: Sequence[CellEdit]) -> tuple[bytes, Book, str]:
    """A workbook (.xlsx, .xlsm) with cells changed and fresh results.

    ``sheets`` is what was read of it, ``name`` how messages call it.  Returns the file, the book
    that it holds, and a shortcoming in Chinese or "".  Raises ReadError, PatchError, PackageError.
    """
    package = sheets.package or Package(sheets.data)
    is_ours = is_template(package)
    package = patch_package(package, edits, row_heights(edits, sheets.grids) if is_ours else None)
    if is_ours:
        package = with_findings_printed(package, edits)
        changed, reason = _others(package)
    elif not any(has_formulas(package.read(part.part)) for part in package.sheets):
        changed, reason = package, ""
    else:
        changed, reason = None, ""
    if changed is package and sheets.as_stored and not sheets.uncached:
        grids = _edited(sheets.grids, ((e[:3], e.value) for e in edits))
        return _finished(package, sheets._replace(grids=grids), name, {e.sheet for e in edits})
    if changed is None:
        fresh = recalculate(package.data)
        book = _book_from(fresh.data, name, sheets)
        return fresh.data, book, "" if fresh.evaluated else fresh.reason
    data, book = _read_back(changed, name, sheets)
    return data, book, reason


def _finished(
    package: Package, sheets: Sheets, name: str, edited: set[str]
) -> tuple[bytes, Book, str]:
    """The file of a patched package without foreign formulas, whose cells ``sheets`` foretells."""
    book = book_of(sheets, name, package)
    ours: Refreshed | None = None
    if is_template(package):
        ours = refresh_template(package, book, edited)
        if ours is None:
            data, book = _read_back(package, name, sheets)
            return data, book, ""
        shown = {key: value for key, value in ours.results.items() if key[0] in sheets.grids}
        if shown:  # a code's name, the unit: cells of sheets that are read
            sheets = sheets._replace(grids=_edited(sheets.grids, shown.items()))
            where = {key[0] for key in shown}
            edited |= where
            if where != {load_inputs().cover_sheet}:  # 封面 shows the verdict, for nobody to read
                book = book_of(sheets, name, package)
    data = (ours.package if ours else package).data
    if not _holds(data, {sheet: sheets.grids[sheet] for sheet in edited & sheets.grids.keys()}):
        data, book = _read_back(Package(data), name, sheets)
    return data, book, ""


def _book_from(data: bytes, name: str, sheets: Sheets) -> Book:
    """The book in a file's bytes, by the editions that ``sheets`` were read with."""
    return book_from_bytes(data, name, editions=sheets.editions, edition=sheets.edition)[0]


def _read_back(package: Package, name: str, sheets: Sheets) -> tuple[bytes, Book]:
    """The finished file and its book, read from the file; for whatever is not foreseen."""
    book = _book_from(package.data, name, sheets)
    if not is_template(package):
        return package.data, book
    ours = refresh_template(package, book)
    return (ours.package.data if ours else with_full_calculation(package.data)), book


def _edited(grids: Mapping[str, Grid], changes: Iterable[tuple[Place, Any]]) -> dict[str, Grid]:
    """The cells after the changes, as the reader would give them; sheets not read are left out."""
    after = dict(grids)
    edited: dict[str, list[list[object]]] = {}
    for (sheet, row, column), value in changes:
        if sheet not in grids:
            continue
        grid = edited.get(sheet)
        if grid is None:
            grid = after[sheet] = edited[sheet] = [list(cells) for cells in grids[sheet]]
        width = max(len(grid[0]) if grid else 0, column)
        while len(grid) < row:
            grid.append([""] * width)
        if len(grid[0]) < width:
            for cells in grid:
                cells.extend([""] * (width - len(cells)))
        grid[row - 1][column - 1] = (
            "" if value is None else value if isinstance(value, str) else float(value)
        )
    return after


def _holds(data: bytes, grids: Mapping[str, Grid]) -> bool:
    """Whether the file's sheets, read again, hold exactly these cells."""
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        for sheet, grid in grids.items():
            found: Any = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            if found != grid and _trimmed(found) != _trimmed(grid):
                return False
    except CalamineError:
        return False
    return True


def _trimmed(grid: Grid) -> Grid:
    """Without blank cells at the ends: an emptied cell may or may not count as used."""
    rows = []
    for cells in grid:
        end = len(cells)
        while end and cells[end - 1] in ("", None):
            end -= 1
        rows.append(cells[:end])
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _others(package: Package) -> tuple[Package, str]:
    """Evaluate what is not the template's own, from a copy without the template's formulas.

    The same package where there is nothing else; a shortcoming in Chinese or "".
    """
    inputs = load_inputs()
    live = {*inputs.sheets_not_read, inputs.cover_sheet}
    parts = [part for part in package.sheets if part.name not in live]
    bare = {part.part: _GENERATED.sub(b"", package.read(part.part)) for part in parts}
    if not any(map(has_formulas, bare.values())):
        return package, ""
    changes: dict[str, bytes | None] = {
        part.part: _ANY.sub(b"", package.read(part.part))
        for part in package.sheets
        if part.name in live
    }
    changes |= bare
    changes[package.workbook_part] = _NAMES.sub(
        lambda match: match[0] if _PLAIN_NAME.search(match[0]) else b"",
        package.read(package.workbook_part),
    )
    found = recalculate(package.rewritten(changes))
    values = {(d.sheet, d.row, d.column): d.new for d in found.differences}
    fresh = set_cached_values(package.data, values) if values else package.data
    if not found.evaluated:
        fresh = with_full_calculation(fresh)
    return Package(fresh), "" if found.evaluated else found.reason
