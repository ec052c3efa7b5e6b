"""Fresh results for our template's own formulas, without any calculation engine.

The Python checks already know what every formula of the template comes to: bringing thousands of
cells up to date takes milliseconds, where an engine takes seconds and leaves most of them open.
Formulas are compared as the bytes they are stored as, and only cells whose result is another one
are written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from itertools import chain
from typing import NamedTuple

from python_calamine import CalamineWorkbook

from xlbudget.model.addresses import address, parse_address
from xlbudget.model.book import Book
from xlbudget.model.codes import function_codes
from xlbudget.model.content import content_of
from xlbudget.model.inputs import load_inputs
from xlbudget.model.layout import Layout
from xlbudget.ooxml.formulas import Scanned, scanned_formulas
from xlbudget.ooxml.package import Package, unescaped
from xlbudget.ooxml.patch import CachedValue, Result, with_results

from .chart_sheet import chart_cells
from .checks.sheet import CheckSheet
from .text_sheets import CELL_COLUMN

Key = tuple[str, int, int]
Cached = int | float | str

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKUP = b'IF(A%b="","",IFERROR(VLOOKUP(A%b&amp;"",dictionary,2,FALSE),""))'
_EMPTY_NOTE = re.compile(rb'IF\(COUNTIF\(.*=0,"([^"]*)",""\)')
_LINK = re.compile(rb'IF\(L(\d+)="","",HYPERLINK\(.*,L\1\)\)')
_COVER = {
    b"check_verdict": "verdict",
    b"check_counts": "check_counts",
    b"check_worst": "check_worst",
}


class Refreshed(NamedTuple):
    """A workbook with fresh results.

    ``results`` are the cells that were written, ``others`` the formulas that are not the template's
    own (on the sheets that were looked at).
    """

    package: Package
    results: Mapping[Key, CachedValue]
    others: tuple[Key, ...]


def refresh(
    package: Package, book: Book, edited: Collection[str] | None = None
) -> Refreshed | None:
    """The workbook with the template's formulas brought up to date with ``book``.

    ``book`` is what the workbook holds now; ``edited`` the sheets that changed since the last time
    (None: any may have).  None where the workbook is not our template, or its check sheet is not
    the one this version builds: then an engine must calculate.
    """
    inputs = load_inputs()
    parts = {part.name: part.part for part in package.sheets}
    if inputs.checks_sheet not in parts:
        return None
    xml = package.read(parts[inputs.checks_sheet])
    found = scanned_formulas(xml)
    checks = _matching(book, xml, found)
    if checks is None:
        return None
    fresh: dict[Key, Result] = {
        (inputs.checks_sheet, row, column): result
        for row, column, result in _changed(checks, found)
    }
    others: list[Key] = []
    summary = checks.summary()
    for sheet, part in parts.items():
        if sheet in (inputs.checks_sheet, inputs.dictionary_sheet):
            continue
        is_links = sheet == inputs.findings_sheet
        if is_links and edited is not None and sheet not in edited:
            continue  # its links follow from nothing but the sheet itself
        xml = package.read(part)
        if b"<f" not in xml and b":f" not in xml:
            continue
        cells = scanned_formulas(xml)
        if sheet == inputs.charts_sheet:
            own = _charts(cells, book)
        else:
            own = _links(package, sheet, cells) if is_links else _own(sheet, cells, book, summary)
        for cell, value in own:
            if value is None:
                others.append((sheet, *_place(cell)))
            elif not _holds(cell, value):
                fresh[(sheet, *_place(cell))] = Result(cell[2], value)
    written = {key: result.value for key, result in fresh.items()}
    return Refreshed(with_results(package, fresh) if fresh else package, written, tuple(others))


class _Formulas(NamedTuple):
    """The formulas of a layout's check sheet as they are stored, in the sheet's order."""

    places: tuple[tuple[int, int], ...]
    addresses: list[bytes]
    elements: list[bytes]
    number_at: Mapping[tuple[int, int], int]


_KNOWN: dict[object, _Formulas] = {}


def _formulas_of(sheet: CheckSheet) -> _Formulas:
    """Made once for all workbooks of the same layout."""
    key = sheet.grid.layout.signature
    if key not in _KNOWN:
        if len(_KNOWN) > 8:
            _KNOWN.clear()
        cells = sorted(sheet.cells(), key=lambda cell: cell[:2])
        places = tuple((cell.row, cell.column) for cell in cells)
        _KNOWN[key] = _Formulas(
            places,
            [address(*at).encode() for at in places],
            [b"<f>%b</f>" % _stored(cell.formula) for cell in cells],
            {at: number for number, at in enumerate(places)},
        )
    return _KNOWN[key]


def _matching(book: Book, xml: bytes, found: list[Scanned]) -> CheckSheet | None:
    """The check sheet that the workbook holds, formula by formula; None if it holds another."""
    if not found:
        return None
    elements = [cell[2] for cell in found]
    sheet = _same(book, found, elements)
    if sheet is None and any(word in xml for word in (b"<f ", b"&quot;", b"&apos;")):
        # Not as Excel spells it.
        sheet = _same(book, found, [b"<f>%b</f>" % _text(element) for element in elements])
    return sheet


def _same(book: Book, found: list[Scanned], elements: list[bytes]) -> CheckSheet | None:
    content = content_of(book)
    extra = {"T06": content.codes.get("T06", ())}
    for codes in ({}, extra, content.codes):
        layout = Layout(book.edition, codes)
        if any(
            t.table.kind == "list"
            and elements.count(f"<f>key_{name.lower()}</f>".encode()) != t.rows[1] - t.rows[0] + 1
            for name, t in layout.tables.items()
        ):
            continue
        sheet = CheckSheet(layout, content, load_inputs(book.edition), book)
        formulas = _formulas_of(sheet)
        if elements == formulas.elements and [cell[0] for cell in found] == formulas.addresses:
            return sheet
    return None


def _changed(sheet: CheckSheet, found: list[Scanned]) -> Iterator[tuple[int, int, Result]]:
    """The formulas of the check sheet that come to something else than they hold."""
    formulas = _formulas_of(sheet)
    values: list[Cached] = [""] * len(found)
    for at, value in chain(sheet.line_values(), sheet.helper_values()):
        values[formulas.number_at[at]] = value
    for at, held, value in zip(formulas.places, found, values, strict=True):
        # Most are blank and were.
        if (value != "" or held[3] != b"" or b't="str"' not in held[1]) and not _holds(held, value):
            yield *at, Result(held[2], value)


def _text(formula: bytes) -> bytes:
    """A formula without its element, as stored (escaped)."""
    if formula.startswith(b"<f>"):
        text = formula[3:-4]
    else:
        text = formula[formula.find(b">") + 1 : max(formula.rfind(b"</"), 0)]
    return text.replace(b"&quot;", b'"').replace(b"&apos;", b"'") if b"&" in text else text


def _stored(formula: str) -> bytes:
    """A formula of ours as XlsxWriter, Excel and WPS store it."""
    text = formula.removeprefix("=")
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.encode()


def _place(cell: Scanned) -> tuple[int, int]:
    return parse_address(cell[0].decode())


def _own(
    sheet: str, cells: list[Scanned], book: Book, summary: Mapping[str, str]
) -> Iterator[tuple[Scanned, Cached | None]]:
    """What the formulas of a sheet other than the check sheet come to; None: not one of ours."""
    table = next((t for t in book.tables.values() if t.sheet == sheet), None)
    codes = {place.row: code for code, place in table.places.items()} if table else {}
    codes |= {f.place.row: f.name.split(".")[1] for f in table.doubled} if table else {}
    known = function_codes()
    for cell in cells:
        text = _text(cell[2])
        row = cell[0].lstrip(_LETTERS)
        if table and text == _LOOKUP % (row, row):  # most formulas, and most rows are blank
            code = known.get(codes.get(int(row), ""))
            yield cell, code.name if code else ""
            continue
        bare = text.removesuffix(b'&amp;""')
        value: Cached | None = None
        if bare in _COVER:
            value = summary[_COVER[bare]]
        elif text == '"部门："&amp;cover_department'.encode():
            value = f"部门：{book.department}"
        elif text == '"单位："&amp;cover_unit'.encode():
            value = f"单位：{book.unit.name}"
        elif bare == b"cover_unit":
            value = book.unit.name
        elif table and (match := _EMPTY_NOTE.fullmatch(text)):
            names = (n for n in book.figures if n.startswith(f"{table.id}."))
            is_filled = any(book.figures[n].fen for n in names)
            value = "" if is_filled else unescaped(match[1].decode())
        yield cell, value


def _charts(cells: list[Scanned], book: Book) -> Iterator[tuple[Scanned, Cached | None]]:
    """The formulas that feed the charts."""

    def amount(name: str) -> float:
        return 0.0 if name in book.unreadable else float(book.unit.decimal(book.value(name)))

    known = {
        (address(cell.row, cell.column).encode(), _stored(cell.formula)): cell.value
        for cell in chart_cells(book.edition, amount)
    }
    for cell in cells:
        yield cell, known.get((cell[0], _text(cell[2])))


def _links(
    package: Package, sheet: str, cells: list[Scanned]
) -> Iterator[tuple[Scanned, Cached | None]]:
    """The links of 校验结果, which show the address that stands beside them."""
    grid = CalamineWorkbook.from_filelike(BytesIO(package.data)).get_sheet_by_name(sheet)
    rows = grid.to_python(skip_empty_area=False)
    for cell in cells:
        row = _place(cell)[0]
        if _LINK.fullmatch(_text(cell[2])) and row <= len(rows):
            values = rows[row - 1]
            yield cell, str(values[CELL_COLUMN - 1]) if len(values) >= CELL_COLUMN else ""
        else:
            yield cell, None


def _holds(cell: Scanned, value: Cached) -> bool:
    """Whether a formula cell already holds this value."""
    _, attributes, _, held = cell
    if held is None:
        return False
    is_text = b't="str"' in attributes
    if isinstance(value, str):
        return is_text and (
            (not held and not value) or unescaped(held.decode("utf-8", "replace")) == value
        )
    try:
        return not is_text and abs(float(held) - value) < 1e-9
    except ValueError:
        return False
