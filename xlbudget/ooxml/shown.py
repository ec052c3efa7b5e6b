"""What the sheets of a package show on paper, from their XML; a quick look where nothing is hidden.

A number format divides for display where a comma stands behind its last digit (``0.00,``: thousands)
or where its point is a letter only (``0!.0000``: ten thousands).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from html import unescape

from ..model.addresses import parse_address
from ..model.shown import ALL, Shown
from ..patterns import lazy_pattern
from .formulas import LAST_COLUMN, LAST_ROW
from .package import Package

_HIDDEN_ROW = lazy_pattern(
    rb"""<(?:[\w.-]+:)?row(?=\s)(?=[^<>]*\s(?:hidden=["'](?:1|true)["']|ht=["']0["']))"""
    rb"""[^<>]*?\sr=["'](\d+)["']"""
)
_HIDING = (b' hidden="', b" hidden='", b' ht="0"', b" ht='0'")
_HIDDEN_COLUMN = lazy_pattern(
    rb"""<(?:[\w.-]+:)?col(?=\s)(?=[^<>]*\s(?:hidden=["'](?:1|true)["']|width=["']0["']))([^<>]*)>"""
)
_END = lazy_pattern(rb"""\s(min|max)=["'](\d+)["']""")
_AREA = lazy_pattern(
    rb"""<(?:[\w.-]+:)?definedName\b[^<>]*\sname=["']_xlnm\.Print_Area["'][^<>]*>([^<>]+)<"""
)
_NAME = b"_xlnm.Print_Area"
_ONE_AREA = lazy_pattern(
    r"""(?:'((?:[^']|'')+)'|([^'!,()]+))!\$?([A-Z]{1,3})?\$?(\d+)?(?::\$?([A-Z]{1,3})?\$?(\d+)?)?(?:,|$)"""
)
_FORMAT = lazy_pattern(rb"""<(?:[\w.-]+:)?numFmt\s([^<>]*)>""")
_ID = lazy_pattern(rb"""numFmtId=["'](\d+)["']""")
_CODE = lazy_pattern(rb"""formatCode=(?:"([^"]*)"|'([^']*)')""")
_CELL_FORMATS = lazy_pattern(rb"<(?:[\w.-]+:)?cellXfs\b.*?</(?:[\w.-]+:)?cellXfs\s*>", re.DOTALL)
_XF = lazy_pattern(rb"<(?:[\w.-]+:)?xf\b[^<>]*>")
_CELL = lazy_pattern(
    rb"""<(?:[\w.-]+:)?c(?=\s)(?=[^<>]*\sr=["']([A-Z]+\d+)["'])[^<>]*\ss=["'](\d+)["']"""
)
_LITERAL_POINT = lazy_pattern(r'[0#?](?:[!\\]\.|"\.")0')
_LITERAL = lazy_pattern(r'"[^"]*"|[!\\_*].|\[[^\]]*\]')
_SCALING = lazy_pattern(r"[0#?],+(?![,0#?])")

_Area = tuple[int, int, int, int]


def shown_of(package: Package, used: Mapping[str, tuple[Collection[int], int]]) -> dict[str, Shown]:
    """Sheet name → what it shows, for those that do not show everything as it is stored.

    ``used`` are the sheets that matter: their rows with amounts, and the last column that holds one.
    PackageError if the file cannot be read.
    """
    areas = _areas(package.read(package.workbook_part))
    dividing = _dividing(package)
    found = {}
    for part in package.sheets:
        if part.name not in used:
            continue
        xml, (rows, last) = package.read(part.part), used[part.name]
        shown = Shown(
            frozenset(_hidden_rows(xml, sorted(rows))),
            frozenset(_hidden_columns(xml)),
            _smaller(areas.get(part.name, ()), max(rows), last),
            dict(_formats(xml, dividing)) if dividing else {},
        )
        if shown != ALL:
            found[part.name] = shown
    return found


def divides(code: str) -> bool:
    """Whether a number format shows another amount than is stored."""
    first = code.split(";")[0]
    return bool(_LITERAL_POINT.search(first) or _SCALING.search(_LITERAL.sub("", first)))


def _hidden_rows(xml: bytes, used: Sequence[int]) -> Iterator[int]:
    """Those of the used rows that are hidden; looked up one by one, for most rows are spare ones."""
    if not any(attribute in xml for attribute in _HIDING):
        return
    at = 0
    for row in used:
        found = xml.find(b'<row r="%d"' % row, at)
        if found < 0:  # spelled in another way
            hidden = {int(number) for number in _HIDDEN_ROW.findall(xml)}
            yield from sorted(hidden.intersection(used))
            return
        at = xml.find(b">", found)
        if _HIDDEN_ROW.match(xml, found, at + 1):
            yield row


def _hidden_columns(xml: bytes) -> Iterator[int]:
    head = xml[: max(xml.find(b"sheetData"), 0)]
    for attributes in _HIDDEN_COLUMN.findall(head):
        ends = dict(_END.findall(attributes))
        if len(ends) == 2:
            yield from range(int(ends[b"min"]), min(int(ends[b"max"]), LAST_COLUMN) + 1)


def _areas(workbook: bytes) -> dict[str, tuple[_Area, ...]]:
    """Sheet name → its print areas; one that a formula works out is left to Excel."""
    found: dict[str, tuple[_Area, ...]] = {}
    at = workbook.find(_NAME)
    while at >= 0:
        match = _AREA.match(workbook, workbook.rfind(b"<", 0, at))
        at = workbook.find(_NAME, at + 1)
        if match is None:
            continue
        reference = match[1]
        text = unescape(reference.decode("utf-8", "replace")).strip()
        parts = list(_ONE_AREA.finditer(text))
        if not parts or "".join(part[0] for part in parts) != text:
            continue
        for part in parts:
            sheet = (part[1] or part[2]).replace("''", "'")
            single = not part[5] and not part[6]
            top, bottom = int(part[4] or 1), int(part[6] or (part[4] if single else 0) or LAST_ROW)
            left = _column(part[3]) or 1
            right = _column(part[5] or (part[3] if single else "")) or LAST_COLUMN
            found[sheet] = (*found.get(sheet, ()), (top, left, bottom, right))
    return found


def _smaller(areas: tuple[_Area, ...], last_row: int, last_column: int) -> tuple[_Area, ...]:
    """The areas; none where the first of them has room for all amounts."""
    if areas and areas[0][:2] == (1, 1) and last_row <= areas[0][2] and last_column <= areas[0][3]:
        return ()
    return areas


def _column(letters: str | None) -> int:
    return parse_address(f"{letters}1")[1] if letters else 0


def _dividing(package: Package) -> dict[bytes, str]:
    """Number of a cell's format → its code, for those that divide; mostly none."""
    name = package.find("xl/styles.xml")
    styles = package.read(name) if name else b""
    codes: dict[bytes, str] = {}
    for attributes in _FORMAT.findall(styles):
        number, code = _ID.search(attributes), _CODE.search(attributes)
        if number and code:
            text = unescape((code[1] or code[2] or b"").decode("utf-8", "replace"))
            if divides(text):
                codes[number[1]] = text
    section = _CELL_FORMATS.search(styles) if codes else None
    if section is None:
        return {}
    found = {}
    for index, xf in enumerate(_XF.findall(section[0])):
        number = _ID.search(xf)
        if number and number[1] in codes:
            found[b"%d" % index] = codes[number[1]]
    return found


def _formats(xml: bytes, dividing: Mapping[bytes, str]) -> Iterator[tuple[tuple[int, int], str]]:
    for cell, style in _CELL.findall(xml):
        if style in dividing:
            yield parse_address(cell.decode()), dividing[style]
