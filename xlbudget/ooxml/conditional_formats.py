"""Colours on the cells of somebody's workbook file: conditional formats of ours, and out again.

They come before the workbook's own, whose priorities make room and get back when ours are
taken out; the cells themselves stay as they are.  Open Excel gets the same formats, and each
side finds the other's by their formula.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .cell_styles import with_background, without_looks
from .package import Package, PackageError, scannable

COLOUR_FORMULA = '"xlbudget"="xlbudget"'
"""Is always true, and nobody else's: how a conditional format of ours is known."""
FILLED_FORMULA = COLOUR_FORMULA + '&""'
"""The same for the tint of cells that were filled in open Excel: it stays until all marks are cleared."""
_QUOTE = rb"""(?:"|&quot;)"""
_FORMULA = rb"%bxlbudget%b=%bxlbudget%b" % ((_QUOTE,) * 4)
_TINT = rb"&amp;%b%b" % ((_QUOTE,) * 2)


def _rule_of(formula: bytes) -> re.Pattern[bytes]:
    return re.compile(
        rb"""<((?:[\w.-]+:)?)cfRule\b[^<>]*>\s*<\1formula\s*>"""
        + formula
        + rb"""</\1formula\s*>\s*</\1cfRule\s*>"""
    )


_MARKS = _rule_of(_FORMULA)
_ALL = _rule_of(_FORMULA + b"(?:" + _TINT + b")?")
_EMPTY = re.compile(
    rb"<((?:[\w.-]+:)?)conditionalFormatting\b[^<>]*>\s*</\1conditionalFormatting\s*>"
)
_RULE = re.compile(rb"""(<(?:[\w.-]+:)?cfRule\b[^<>]*?\spriority\s*=\s*["'])(-?\d+)""")
# What may follow <conditionalFormatting> in a worksheet.
_AFTER = re.compile(
    rb"<(?:[\w.-]+:)?(?:conditionalFormatting|dataValidations|hyperlinks|printOptions|pageMargins|"
    rb"pageSetup|headerFooter|rowBreaks|colBreaks|customProperties|cellWatches|ignoredErrors|"
    rb"smartTags|drawing|legacyDrawing|legacyDrawingHF|drawingHF|picture|oleObjects|controls|"
    rb"webPublishItems|tableParts|extLst)\b|</(?:[\w.-]+:)?worksheet\s*>"
)
_BEFORE = re.compile(rb"</(?:[\w.-]+:)?(?:sheetData|customSheetViews)\s*>")


def with_colours(data: bytes, marks: Mapping[tuple[str, str], str]) -> bytes:
    """The workbook with these cells coloured, (sheet, cell) → ``#RRGGBB``, earlier ones gone.

    Sheets that are not there are passed over.  PackageError if the file cannot be read.
    """
    package = _without(Package(data), _MARKS)
    changes: dict[str, bytes | None] = {}
    colours = {colour: colour for colour in dict.fromkeys(marks.values())}
    numbers = with_background(package, colours, changes)
    for part in package.sheets:
        cells: dict[str, list[str]] = {}
        for (sheet, cell), colour in marks.items():
            if sheet == part.name:
                cells.setdefault(colour, []).append(cell)
        if not cells:
            continue
        xml = _shifted(package.read(part.part), len(cells))
        scan = scannable(xml)
        start = max((match.end() for match in _BEFORE.finditer(scan)), default=0)
        at = _AFTER.search(scan, start)
        root = re.search(rb"<((?:[\w.-]+:)?)worksheet\b", scan)
        if at is None or root is None:
            raise PackageError("工作表的写法特殊，不能标色；请用 Excel 另存后再试")
        added = "".join(
            _format(places, priority, numbers.get(colour), root[1].decode())
            for priority, (colour, places) in enumerate(cells.items(), 1)
        )
        changes[part.part] = xml[: at.start()] + added.encode() + xml[at.start() :]
    return package.rewritten(changes) if changes else package.data


def without_colours(data: bytes) -> bytes:
    """The workbook without our conditional formats, tints too; the same bytes where there are none."""
    return _without(Package(data), _ALL).data


def _without(package: Package, ours: re.Pattern[bytes]) -> Package:
    changes: dict[str, bytes | None] = {}
    for part in package.sheets:
        xml = package.read(part.part)
        found = len(ours.findall(xml))
        if found:
            changes[part.part] = _shifted(_EMPTY.sub(b"", ours.sub(b"", xml)), -found)
    return without_looks(package.with_parts(changes), "dxfs") if changes else package


def _shifted(xml: bytes, by: int) -> bytes:
    """The sheet with all priorities moved; as it is where one would end below 1."""
    if any(int(number) + by < 1 for _, number in _RULE.findall(xml)):
        return xml
    return _RULE.sub(lambda match: match[1] + b"%d" % (int(match[2]) + by), xml)


def _format(cells: list[str], priority: int, number: int | None, prefix: str) -> str:
    look = "" if number is None else f' dxfId="{number}"'
    return (
        f'<{prefix}conditionalFormatting sqref="{" ".join(cells)}">'
        f'<{prefix}cfRule type="expression"{look} priority="{priority}">'
        f"<{prefix}formula>{COLOUR_FORMULA}</{prefix}formula>"
        f"</{prefix}cfRule></{prefix}conditionalFormatting>"
    )
