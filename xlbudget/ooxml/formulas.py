"""The formula cells of a workbook: which there are, which have no value yet, and their upkeep.

A workbook saved by openpyxl and other tools holds formulas without their values; whoever reads
only values would take them for blank.  Nothing here evaluates a formula.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from xlbudget.model.addresses import address, column_letters, parse_address
from xlbudget.ooxml.archive import NOT_A_WORKBOOK, PackageError
from xlbudget.ooxml.package import (
    Package,
    SheetPart,
    elements,
    reading_numbers,
    scannable,
    tag_attributes,
)
from xlbudget.patterns import lazy_pattern

Place = tuple[str, int, int]
"""A cell: sheet, 1-based row, 1-based column."""

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384

_SHEET_DATA = lazy_pattern(rb"<((?:[\w.-]+:)?)sheetData(?:\s[^<>]*?)?(/?)>")


class FormulaCell(NamedTuple):
    """A formula as it stands in a sheet's XML.

    ``tag`` is the ``<c …>`` start tag, ``formula`` the whole ``<f>`` element, which stands at
    byte ``at`` of the sheet's XML.  ``value`` is the
    text between ``<v>`` and ``</v>`` as written (escaped), or None when there is no ``<v>``.
    """

    row: int
    column: int
    tag: bytes
    formula: bytes
    value: bytes | None
    at: int

    @property
    def is_cached(self) -> bool:
        """Whether the cell carries a value; an empty text counts as one."""
        if self.value is None:
            return False
        return bool(self.value.strip()) or tag_attributes(self.tag).get("t") == "str"


class Area(NamedTuple):
    """A rectangle of cells, 1-based, ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def covers(self, row: int, column: int) -> bool:
        """Whether the cell lies in it."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    @property
    def is_single(self) -> bool:
        """Whether it is one cell only."""
        return (self.top, self.left) == (self.bottom, self.right)

    def places(self) -> Iterator[tuple[int, int]]:
        """Every (row, column), row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column

    def text(self) -> str:
        """The area as a reference, ``A1:B2``, or ``A1`` for one cell."""
        first, last = address(self.top, self.left), address(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"


def parse_area(text: str) -> Area:
    """The area of a reference such as ``A1:B2`` or ``A1``; ValueError if it is none."""
    first, _, last = text.partition(":")
    top, left = parse_address(first)
    bottom, right = parse_address(last or first)
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def sheet_data(scan: bytes) -> tuple[bytes, int, int, bool]:
    """Prefix of the sheet's elements (``b"x:"`` or empty), and what ``<sheetData>`` spans.

    The span is that of the content; for ``<sheetData/>`` that of the tag, and the last is True.
    PackageError if there is none.
    """
    match = _SHEET_DATA.search(scan)
    if match is None:
        raise PackageError(NOT_A_WORKBOOK)
    prefix = match[1]
    if match[2]:
        return prefix, match.start(), match.end(), True
    end = scan.rfind(b"</%bsheetData" % prefix)
    if end < match.end():
        raise PackageError(NOT_A_WORKBOOK)
    return prefix, match.end(), end, False


@reading_numbers()
def formulas_of(xml: bytes) -> list[FormulaCell]:
    """The formula cells of one sheet's XML, in document order; PackageError if unreadable."""
    scan = scannable(xml)
    prefix, start, end, _ = sheet_data(scan)
    opening, closing = b"<%bc" % prefix, b"</%bc>" % prefix
    found = []
    place = _PlaceFinder(scan, prefix, start)
    for match in _formula_pattern(prefix).finditer(scan, start, end):
        at = match.start()
        cell = scan.rfind(opening, start, at)
        # `<c` also begins no other element inside a row, but a closed cell must not be taken.
        if cell < 0 or scan.find(closing, cell, at) >= 0:
            continue
        tag = scan[cell : scan.find(b">", cell) + 1]
        row, column = place.of(tag, cell)
        value = match["value"] if match["value"] is not None else (b"" if match["empty"] else None)
        # From `xml`, since CDATA is blanked in `scan`.
        found.append(FormulaCell(row, column, tag, xml[at : match.end("f")], value, at))
    return found


Scanned = tuple[bytes, bytes, bytes, bytes | None]
"""A formula cell as bytes: address, the rest of its start tag, ``<f>`` element, value."""

_USUAL = lazy_pattern(
    rb'<c r="([A-Z]+\d+)"([^>]*)>(<f(?: aca="false")?>[^<]*</f>)<v>([^<]*)</v></c>'
)
_FORMULA = lazy_pattern(rb"<(?:[\w.-]+:)?f[ />]")


def scanned_formulas(xml: bytes) -> list[Scanned]:
    """The formula cells of one sheet's XML in document order, ten times as fast as ``formulas_of``
    where all of them are spelled in the usual way; PackageError if unreadable."""
    end = xml.rfind(b"</sheetData>")
    if end >= 0 and b"<!" not in xml:  # no prefix, no comment that could look like a cell
        found: list[Scanned] = _USUAL.findall(xml)
        if len(found) == xml.count(b"<f", 0, end):
            return found
    return [
        (address(cell.row, cell.column).encode(), cell.tag, cell.formula, cell.value)
        for cell in formulas_of(xml)
    ]


def has_formulas(xml: bytes) -> bool:
    """Whether a sheet's XML may hold a formula; never wrong when it says no."""
    return (b"<f" in xml or b":f" in xml) and _FORMULA.search(xml) is not None


def _formula_pattern(prefix: bytes) -> re.Pattern[bytes]:
    return re.compile(
        rb"(?P<f><%bf(?:\s[^<>]*)?(?:/>|(?<!/)>[^<]*</%bf\s*>))\s*"
        rb"(?:(?P<empty><%bv\s*/>)|<%bv(?:\s[^<>]*)?>(?P<value>[^<]*)<)?"
        % ((re.escape(prefix),) * 4)
    )


class _PlaceFinder:
    """Row and column of a cell by its start tag, counted where the tag does not say them."""

    def __init__(self, scan: bytes, prefix: bytes, start: int) -> None:
        self._scan = scan
        self._start = start
        self._row = re.compile(rb"<%brow(?=[\s/>])[^<>]*>" % re.escape(prefix))
        self._cell = re.compile(rb"<%bc(?=[\s/>])[^<>]*>" % re.escape(prefix))

    def of(self, tag: bytes, at: int) -> tuple[int, int]:
        match = _CELL_ADDRESS.search(tag)
        if match is not None:
            return int(match[2]), _column_number(match[1])
        row, row_at = 0, self._start
        for found in self._row.finditer(self._scan, self._start, at):
            row = int(tag_attributes(found[0]).get("r", row + 1))
            row_at = found.end()
        column = 0
        for found in self._cell.finditer(self._scan, row_at, at + len(tag)):
            reference = tag_attributes(found[0]).get("r")
            column = parse_address(reference)[1] if reference else column + 1
        return row, column


_CELL_ADDRESS = lazy_pattern(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")


@cache
def _column_number(letters: bytes) -> int:
    return parse_address(f"{letters.decode()}1")[1]


def sheets_of(package: Package, sheets: Collection[str] | None) -> list[SheetPart]:
    """The worksheets of those names (all for None), in tab order; unknown names are passed over."""
    return [part for part in package.sheets if sheets is None or part.name in sheets]


def _readable(data: bytes) -> Package | None:
    """The package, or None for the formats that always carry values (.xls, .xlsb, .ods, .et)."""
    if not data.startswith(b"PK"):
        return None
    package = Package(data)
    if package.find("mimetype") or package.find("xl/workbook.bin"):
        return None
    return package


def formula_cells(data: bytes | Package, sheets: Collection[str] | None = None) -> frozenset[Place]:
    """The cells whose value comes from a formula, those inside an array formula's range too.

    ``sheets`` limits the search to worksheets of those names.  Formats other than .xlsx and .xlsm give an empty
    set.  PackageError if the file is damaged.
    """
    package = data if isinstance(data, Package) else _readable(data)
    if package is None:
        return frozenset()
    found: set[Place] = set()
    for part in sheets_of(package, sheets):
        xml = package.read(part.part)
        if not has_formulas(xml):
            continue
        for cell in scanned_formulas(xml):
            found.add((part.name, *parse_address(cell[0].decode())))
        if b"array" in xml or b"dataTable" in xml:
            for area in array_areas(formulas_of(xml)):
                found.update((part.name, row, column) for row, column in area.places())
    return frozenset(found)


@reading_numbers()
def array_areas(cells: Collection[FormulaCell]) -> list[Area]:
    """The ranges of the array formulas and data tables among the cells."""
    areas = []
    for cell in cells:
        if b"array" in cell.formula or b"dataTable" in cell.formula:
            attributes = formula_attributes(cell.formula)
            if attributes.get("t") in ("array", "dataTable") and "ref" in attributes:
                areas.append(parse_area(attributes["ref"]))
    return areas


def without_formulas(xml: bytes, cells: Iterable[FormulaCell]) -> bytes:
    """The sheet with the formulas of these of its cells gone and their results left."""
    kept, at = [], 0
    for cell in sorted(cells, key=lambda cell: cell.at):
        kept.append(xml[at : cell.at])
        at = cell.at + len(cell.formula)
    return b"".join((*kept, xml[at:]))


def formula_attributes(formula: bytes) -> dict[str, str]:
    """The attributes of an ``<f>`` element: ``t``, ``ref``, ``si`` …"""
    tag = formula[: formula.find(b">") + 1]
    return tag_attributes(tag) if b"=" in tag else {}


# ---------------------------------------------------------------- upkeep when a formula goes

_TOKEN = lazy_pattern(
    r""""(?:[^"]|"")*"|'(?:[^']|'')*'"""  # texts and quoted sheet names stay
    r"""|(?<![\w.$:])(?:\$?[A-Za-z]{1,3}\$?\d{1,7}|\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}|\$?\d+:\$?\d+)"""
    r"""(?![\w.(!])|(?<=:)\$?[A-Za-z]{1,3}\$?\d{1,7}(?![\w.(!])"""
)
_PART = lazy_pattern(r"(\$?)([A-Za-z]{1,3})?(\$?)(\d+)?")


def shifted(formula: str, rows: int, columns: int) -> str:
    """The formula as it reads when copied that many rows down and columns to the right.

    ValueError when a reference would leave the sheet, or where only Excel can tell (structured
    references, links to other workbooks).
    """
    if "[" in formula:
        raise ValueError(formula)

    def moved(match: re.Match[str]) -> str:
        token = match[0]
        if token[0] in "\"'":
            return token
        return ":".join(_shifted_end(end, rows, columns) for end in token.split(":"))

    return _TOKEN.sub(moved, formula)


def _shifted_end(text: str, rows: int, columns: int) -> str:
    """One end of a reference: a cell, a column's letters or a row's number."""
    match = _PART.fullmatch(text)
    if match is None:
        raise ValueError(text)
    before, letters, between, digits = match.groups()
    if letters is None:  # a row alone: its dollar sign was taken for the column's
        before, between = "", before
    if letters is not None and not before:
        column = parse_address(f"{letters}1")[1] + columns
        if not 1 <= column <= LAST_COLUMN:
            raise ValueError(text)
        letters = column_letters(column)
    if digits is not None and not between:
        row = int(digits) + rows
        if not 1 <= row <= LAST_ROW:
            raise ValueError(text)
        digits = str(row)
    return f"{before}{letters or ''}{between}{digits or ''}"


@reading_numbers()
def without_chain_entries(xml: bytes, removed: Collection[tuple[int, str]]) -> bytes | None:
    """The calculation chain without those cells (sheet id, address); None when nothing is left.

    Excel offers to repair a workbook whose chain names a cell that holds no formula.
    """
    scan = scannable(xml)
    kept: list[bytes] = []
    position = 0
    sheet = written = 0
    left = 0
    for match in re.finditer(rb"<(?:[\w.-]+:)?c(?=[\s/>])[^<>]*?/>", scan):
        tag = match[0]
        attributes = tag_attributes(tag)
        # An entry that names no sheet stands on that of the entry before it.
        sheet = int(attributes.get("i", sheet))
        kept.append(xml[position : match.start()])
        position = match.end()
        if (sheet, attributes.get("r", "")) in removed:
            continue
        if "i" not in attributes and sheet != written:
            tag = tag[:-2] + b' i="%d"/>' % sheet
        kept.append(tag)
        written = sheet
        left += 1
    return b"".join([*kept, xml[position:]]) if left else None


def without_reference(xml: bytes, element: str, attribute: str, value: str) -> bytes:
    """A content-types or relations part without the elements whose attribute has that value."""
    if not any(found.get(attribute) == value for found in elements(xml, element)):
        return xml
    pattern = rb"<(?:[\w.-]+:)?%b\s[^<>]*/>" % element.encode()

    def keep(match: re.Match[bytes]) -> bytes:
        return b"" if tag_attributes(match[0]).get(attribute) == value else match[0]

    return re.sub(pattern, keep, xml)
