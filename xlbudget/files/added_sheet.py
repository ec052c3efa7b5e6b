"""Adding a sheet of ours to a workbook file, or writing it anew where it is there already.

The sheet comes last; its looks are added to the workbook's own, where the same are not there
yet.  Every other part of the file stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from ..model.cells import address, column_letters
from ..model.sheets import AddedSheet, SheetRow, Value
from .package import Package, PackageError, elements, relations

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# The looks as elements of styles.xml: (section, element of it) by key, then cell formats.
_FONTS = {
    "plain": "<font><sz val='11'/><name val='宋体'/></font>",
    "bold": "<font><b/><sz val='11'/><name val='宋体'/></font>",
    "title": "<font><b/><sz val='16'/><name val='宋体'/></font>",
    "hint": "<font><sz val='10'/><color rgb='FF666666'/><name val='宋体'/></font>",
    "link": "<font><u/><sz val='11'/><color rgb='FF0563C1'/><name val='宋体'/></font>",
}
_FILL = (
    "<fill><patternFill patternType='solid'><fgColor rgb='FFDDE5EE'/>"
    "<bgColor indexed='64'/></patternFill></fill>"
)
_SIDES = ("left", "right", "top", "bottom")
_BORDER = (
    "<border>"
    + "".join(f"<{side} style='thin'><color indexed='64'/></{side}>" for side in _SIDES)
    + "<diagonal/></border>"
)
_AMOUNT_FORMAT = "#,##0.00########"
# name → (font, boxed, filled, number format, alignment)
_LOOKS = {
    "title": ("title", False, False, False, ""),
    "hint": ("hint", False, False, False, ""),
    "section": ("bold", False, False, False, ""),
    "head": ("bold", True, True, False, "<alignment horizontal='center' vertical='center' wrapText='1'/>"),
    "text": ("plain", True, False, False, "<alignment vertical='top' wrapText='1'/>"),
    "amount": ("plain", True, False, True, "<alignment vertical='top'/>"),
    "link": ("link", True, False, False, "<alignment vertical='top'/>"),
}  # fmt: skip


def with_sheet(data: bytes, sheet: AddedSheet) -> bytes:
    """The workbook with this sheet as its last, or with the sheet of its name written anew.

    The same sheet twice gives the same bytes.  PackageError if the file cannot be read or is
    written in a way that sheets cannot be added to.
    """
    package = Package(data)
    changes: dict[str, bytes | None] = {}
    looks = _with_looks(package, changes)
    xml = _sheet_xml(sheet, looks).encode()
    old = next((part for part in package.sheets if part.name == sheet.name), None)
    if old is not None:
        changes[old.part] = xml
        return package.rewritten(changes)
    folder = package.workbook_part.rpartition("/")[0]
    taken = {name.lower() for name in package.names}
    number = 1
    while f"{folder}/worksheets/sheet{number}.xml".lower() in taken:
        number += 1
    part = f"{folder}/worksheets/sheet{number}.xml".lstrip("/")
    changes[part] = xml
    _register(package, part, sheet.name, changes)
    return package.rewritten(changes)


def _register(package: Package, part: str, name: str, changes: dict[str, bytes | None]) -> None:
    """Name the sheet in the workbook, in its relations and in the list of content types."""
    related = package.read(package.relations_part)
    known = set(relations(related)) | {e.get("Id", "") for e in elements(related, "Relationship")}
    number = 1
    while f"rId{number}" in known:
        number += 1
    changes[package.relations_part] = _appended(
        related,
        "Relationships",
        f'<{{p}}Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="/{part}"/>',
    )
    types = package.find("[Content_Types].xml")
    if types is None:
        raise PackageError("工作簿缺少内容类型清单，不能加工作表")
    changes[types] = _appended(
        package.read(types),
        "Types",
        f'<{{p}}Override PartName="/{part}" ContentType="{_SHEET_TYPE}"/>',
    )
    xml = package.read(package.workbook_part)
    highest = max((sheet.sheet_id for sheet in package.sheets), default=0)
    ids = [int(e["sheetId"]) for e in elements(xml, "sheet") if e.get("sheetId", "").isdecimal()]
    identity = max([highest, *ids]) + 1
    changes[package.workbook_part] = _appended(
        xml,
        "sheets",
        f'<{{p}}sheet name={quoteattr(name)} sheetId="{identity}" xmlns:r="{_OFFICE}"'
        f' r:id="rId{number}"/>',
    )


def _appended(xml: bytes, parent: str, element: str) -> bytes:
    """The part with an element added as the last child; ``{p}`` stands for the parent's prefix."""
    found = list(re.finditer(rb"</((?:[\w.-]+:)?)%b\s*>" % parent.encode(), xml))
    if not found:
        raise PackageError("工作簿的清单写法特殊，不能加工作表；请用 Excel 另存后再试")
    last = found[-1]
    added = element.replace("{p}", last[1].decode()).encode()
    return xml[: last.start()] + added + xml[last.start() :]


# ---------------------------------------------------------------- looks


def _with_looks(package: Package, changes: dict[str, bytes | None]) -> dict[str, int]:
    """Numbers of the cell formats, added to the workbook's styles where they are not there yet."""
    folder = package.workbook_part.rpartition("/")[0]
    part = package.find(f"{folder}/styles.xml")
    if part is None:
        return dict.fromkeys(_LOOKS, 0)
    old = package.read(part).decode("utf-8", "replace")
    if "<cellXfs" not in old:  # prefixed or missing: the sheet goes without looks
        return dict.fromkeys(_LOOKS, 0)
    xml, code = _number_format(old)
    looks: dict[str, int] = {}
    for name, (font, boxed, filled, amount, alignment) in _LOOKS.items():
        xml, font_id = _interned(xml, "fonts", "font", _FONTS[font])
        fill_id = border_id = 0
        if filled:
            xml, fill_id = _interned(xml, "fills", "fill", _FILL)
        if boxed:
            xml, border_id = _interned(xml, "borders", "border", _BORDER)
        xf = (
            f"<xf numFmtId='{code if amount else 0}' fontId='{font_id}' fillId='{fill_id}'"
            f" borderId='{border_id}' xfId='0' applyNumberFormat='1' applyFont='1' applyFill='1'"
            f" applyBorder='1' applyAlignment='1'>{alignment}</xf>"
        )
        xml, looks[name] = _interned(xml, "cellXfs", "xf", xf)
    if xml != old:
        changes[part] = xml.encode()
    return looks


def _number_format(xml: str) -> tuple[str, int]:
    """The number of our number format, added where no equal one is there."""
    found = re.findall(r"<numFmt\b[^>]*>", xml)
    numbers = []
    for tag in found:
        number = re.search(r"""numFmtId=["'](\d+)["']""", tag)
        numbers.append(int(number[1]) if number else 0)
        if f"formatCode='{_AMOUNT_FORMAT}'" in tag or f'formatCode="{_AMOUNT_FORMAT}"' in tag:
            return xml, numbers[-1]
    code = max([163, *numbers]) + 1
    element = f"<numFmt numFmtId='{code}' formatCode='{_AMOUNT_FORMAT}'/>"
    if re.search(r"<numFmts\b[^>]*>(?!\s*</numFmts>)", xml):
        return _interned(xml, "numFmts", "numFmt", element)[0], code
    at = re.search(r"<styleSheet\b[^>]*>", xml)
    if at is None:
        return xml, 4
    block = f"<numFmts count='1'>{element}</numFmts>"
    return xml[: at.end()] + block + xml[at.end() :], code


def _interned(xml: str, section: str, child: str, element: str) -> tuple[str, int]:
    """The number of ``element`` among the section's children, added last where it is not there."""
    found = re.search(rf"<{section}\b([^>]*)>(.*?)</{section}>", xml, re.DOTALL)
    if found is None:
        return xml, 0
    pattern = rf"<{child}\b(?:[^>]*/>|.*?</{child}>)"
    children = re.findall(pattern, found[2], re.DOTALL)
    if element in children:
        return xml, children.index(element)
    count = re.sub(r"""\bcount=(["'])\d+\1""", f'count="{len(children) + 1}"', found[1])
    new = f"<{section}{count}>{found[2]}{element}</{section}>"
    return xml[: found.start()] + new + xml[found.end() :], len(children)


# ---------------------------------------------------------------- the sheet


def _sheet_xml(sheet: AddedSheet, looks: dict[str, int]) -> str:
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(sheet.widths, 1)
    )
    last = column_letters(len(sheet.widths))
    rows = "".join(_row_xml(number, row, looks) for number, row in enumerate(sheet.rows, 1))
    titles = [n for n, row in enumerate(sheet.rows, 1) if row.style in ("title", "hint", "section")]
    merged = "".join(f'<mergeCell ref="A{n}:{last}{n}"/>' for n in titles)
    links = "".join(_links_xml(sheet))
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}">'
        '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{last}{len(sheet.rows)}"/>'
        '<sheetViews><sheetView workbookViewId="0" showGridLines="0"/></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>{rows}</sheetData>'
        + (f'<mergeCells count="{len(titles)}">{merged}</mergeCells>' if titles else "")
        + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
        + '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )


def _row_xml(number: int, row: SheetRow, looks: dict[str, int]) -> str:
    cells = "".join(
        _cell_xml(number, column, value, looks[_look(row, column, value)])
        for column, value in enumerate(row.values, 1)
        if value is not None
    )
    height = ' ht="26" customHeight="1"' if row.style == "title" else ""
    return f'<row r="{number}"{height}>{cells}</row>'


def _look(row: SheetRow, column: int, value: Value) -> str:
    if row.style != "line":
        return row.style
    if column in row.links:
        return "link"
    if len(row.values) == 1:
        return "hint"
    return "amount" if isinstance(value, Decimal) else "text"


def _cell_xml(row: int, column: int, value: Value, look: int) -> str:
    place = f'<c r="{address(row, column)}" s="{look}"'
    if isinstance(value, str):
        text = escape(_NOT_IN_XML.sub("", value))
        return f'{place} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    number = f"{value:f}" if isinstance(value, Decimal) else value
    return f"{place}><v>{number}</v></c>"


def _links_xml(sheet: AddedSheet) -> Iterator[str]:
    for number, row in enumerate(sheet.rows, 1):
        for column, target in row.links.items():
            yield (
                f'<hyperlink ref="{address(number, column)}" location={quoteattr(target)}'
                f" display={quoteattr(str(row.values[column - 1]))}/>"
            )
