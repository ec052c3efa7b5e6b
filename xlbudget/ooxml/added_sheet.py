"""Adding a sheet of ours to a workbook file, writing it anew, and taking it out again.

The sheet comes last; its looks are added to the workbook's own, where the same are not there
yet.  Every other part of the file stays as it is.  Taking the sheet out of a file that no other
program has saved since gives back every part byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from ..model.additions import AddedSheet, SheetRow, Value
from ..model.addresses import address, column_letters
from .cell_styles import with_cell_looks, without_looks
from .formulas import formulas_of, without_reference
from .package import Package, PackageError, SheetPart, elements, relations, resolved, tag_attributes
from .patch import shortened_chain
from .row_heights import LINE, row_height

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE, _TITLE = 15, 26  # heights
_STRICT = b"http://purl.oclc.org/ooxml/"
_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet\s[^<>]*/>")
_DEFINED = re.compile(rb"<((?:[\w.-]+:)?)definedName\b[^<>]*>[^<]*</\1definedName\s*>")
_NO_NAMES = re.compile(rb"<((?:[\w.-]+:)?)definedNames\b[^<>]*>\s*</\1definedNames\s*>")
_OF_ONE_SHEET = re.compile(rb"""(\slocalSheetId\s*=\s*["'])(\d+)""")
_TAB = re.compile(rb"""(\s(?:activeTab|firstSheet)\s*=\s*["'])(\d+)""")


def with_sheet(data: bytes, sheet: AddedSheet) -> bytes:
    """The workbook with this sheet as its last, or with the sheet of its name written anew.

    The same sheet twice gives the same bytes.  PackageError if the file cannot be read or is
    written in a way that sheets cannot be added to.
    """
    package = Package(data)
    if _STRICT in package.read(package.workbook_part):
        raise PackageError(
            "工作簿是“严格 Open XML”格式，不能加工作表；请用 Excel 另存为普通的 .xlsx 后再试"
        )
    old = next((part for part in package.sheets if part.name == sheet.name), None)
    if old is not None:
        package = _uncalculated(package, old)
    changes: dict[str, bytes | None] = {}
    looks = with_cell_looks(package, changes)
    xml = _sheet_xml(sheet, looks).encode()
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


# ---------------------------------------------------------------- taking it out


def without_sheet(data: bytes, name: str) -> bytes:
    """The workbook without a sheet that was added, and without its looks; the same if it is gone.

    Also after another program has saved the file.  PackageError if the file cannot be read, or
    if something else in it refers to the sheet.
    """
    package = Package(data)
    sheet = next((part for part in package.sheets if part.name == name), None)
    if sheet is None:
        return data
    folder, _, file = sheet.part.rpartition("/")
    own_relations = package.find(f"{folder}/_rels/{file}.rels")
    package = _uncalculated(package, sheet)
    changes: dict[str, bytes | None] = {sheet.part: None}
    if own_relations:
        changes[own_relations] = None
    types = package.find("[Content_Types].xml")
    if types:
        changes[types] = without_reference(
            package.read(types), "Override", "PartName", "/" + sheet.part.lstrip("/")
        )
    related = package.read(package.relations_part)
    home = package.workbook_part.rpartition("/")[0]
    identity = next(
        key
        for key, relation in relations(related).items()
        if package.find(resolved(home, relation.target)) == sheet.part
    )
    changes[package.relations_part] = without_reference(related, "Relationship", "Id", identity)
    changes[package.workbook_part] = _unlisted(package.read(package.workbook_part), identity)
    left = package.with_parts(changes)
    mentions = tuple(f"{name}{end}".encode() for end in ("!", "'!", "&apos;!"))
    for part in left.names:
        if part.startswith(home) and part.endswith(".xml") and "sharedStrings" not in part:
            xml = left.read(part)
            if any(mention in xml for mention in mentions):
                raise PackageError(f"别处还有公式、链接或名称指向“{name}”，请先改掉")
    return without_looks(left).data


def _uncalculated(package: Package, sheet: SheetPart) -> Package:
    """The workbook whose calculation chain names no formula of a sheet that goes."""
    formulas = formulas_of(package.read(sheet.part))
    cells = {(sheet.sheet_id, address(cell.row, cell.column)) for cell in formulas}
    return package.with_parts(shortened_chain(package, cells)) if cells else package


def _unlisted(xml: bytes, identity: str) -> bytes:
    """The list of sheets without one: later sheets move up, and names of its own go with it."""
    tags = list(_SHEET.finditer(xml))
    index = next(i for i, tag in enumerate(tags) if tag_attributes(tag[0]).get("id") == identity)

    def local(match: re.Match[bytes]) -> bytes:
        found = _OF_ONE_SHEET.search(match[0])
        if found is None or int(found[2]) < index:
            return match[0]
        if int(found[2]) == index:
            return b""
        return _OF_ONE_SHEET.sub(lambda m: m[1] + b"%d" % (int(m[2]) - 1), match[0])

    def tab(match: re.Match[bytes]) -> bytes:
        number = int(match[2])
        return match[1] + b"%d" % (number - 1 if number >= index and number else number)

    span = tags[index].span()
    xml = xml[: span[0]] + xml[span[1] :]
    return _TAB.sub(tab, _NO_NAMES.sub(b"", _DEFINED.sub(local, xml)))


# ---------------------------------------------------------------- the sheet


def _sheet_xml(sheet: AddedSheet, looks: dict[str, int]) -> str:
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"'
        + (' hidden="1"/>' if n in sheet.hidden else "/>")
        for n, width in enumerate(sheet.widths, 1)
    )
    last = column_letters(len(sheet.widths))
    rows = "".join(_row_xml(sheet, number, row, looks) for number, row in enumerate(sheet.rows, 1))
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


def _row_xml(sheet: AddedSheet, number: int, row: SheetRow, looks: dict[str, int]) -> str:
    shown = [v for n, v in enumerate(row.values, 1) if v is not None and n not in sheet.hidden]
    boxed = row.style == "line" and len(row.values) > 1 and bool(shown)
    cells = "".join(
        _cell_xml(number, column, value, looks[_look(row, column, value)])
        for column, value in enumerate(row.values, 1)
        if value is not None or (boxed and column not in sheet.hidden)
    )
    height = _TITLE if row.style == "title" else _height(sheet, row) if boxed else _LINE
    custom = f' ht="{height:g}" customHeight="1"' if height != _LINE else ""
    return f'<row r="{number}"{custom}>{cells}</row>'


def _height(sheet: AddedSheet, row: SheetRow) -> float:
    """The height that the row's longest text needs in its column."""
    height = row_height(
        (value, width)
        for column, (value, width) in enumerate(zip(row.values, sheet.widths, strict=False), 1)
        if column not in sheet.hidden and isinstance(value, str)
    )
    return max(height, _LINE) if height > LINE + 1 else _LINE


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
    if value is None:
        return f"{place}/>"
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
