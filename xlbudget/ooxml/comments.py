"""Notes (comments) on cells of a workbook file: ours put in, and taken out again.

A note of ours begins with ``NOTE_HEAD``; everybody else's stay as they are, and a cell that has one
gets none of ours.  Where a sheet has notes already, ours are appended to its parts; where
it has none, parts are added.  Taking ours out gives back the parts byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple
from xml.sax.saxutils import escape

from ..model.additions import NOTE_HEAD
from ..model.addresses import parse_address
from .package import Package, PackageError, SheetPart, elements, relations, resolved, unescaped

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Written in this order of attributes by nobody else, so that it can be told and taken out again.
_VML_DEFAULT = (
    b'<Default ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"'
    b' Extension="vml"/>'
)
_AUTHOR = f"<author>{NOTE_HEAD}</author>".encode()
_RPR = '<rPr><sz val="9"/><color indexed="81"/><rFont val="宋体"/><family val="2"/></rPr>'
_OUR_COMMENTS = "xlbudget_comments"
_OUR_DRAWING = "xlbudget_notes"
_IDS = ("rIdXlbudgetDrawing", "rIdXlbudgetComments")
# What may follow <legacyDrawing> in a worksheet.
_AFTER = re.compile(
    rb"<(?:[\w.-]+:)?(?:legacyDrawingHF|drawingHF|picture|oleObjects|controls|webPublishItems|"
    rb"tableParts|extLst)\b|</(?:[\w.-]+:)?worksheet\s*>"
)
_COMMENT = re.compile(
    rb"<((?:[\w.-]+:)?)comment\b(?:[^>\"']++|\"[^\"]*\"|'[^']*')*+>(?:[^<]++|<(?!/?\1comment\b))*+</\1comment\s*>"
)
_TEXT = re.compile(
    rb"<(?:[\w.-]+:)?t\b[^>]*>((?:[^<]++|<(?!/?(?:[\w.-]+:)?t\b))*+)</(?:[\w.-]+:)?t\s*>"
)
_SHAPE = re.compile(rb"<v:shape\b(?:[^<]++|<(?!/?v:shape\b))*+</v:shape\s*>")
_ROW = re.compile(rb"<x:Row>\s*(\d+)\s*</x:Row>")
_COLUMN = re.compile(rb"<x:Column>\s*(\d+)\s*</x:Column>")
_SHAPE_ID = re.compile(rb"_x0000_s(\d+)")
_ID_MAP = re.compile(rb"""<o:idmap\b[^>]*\bdata=["']([\d,\s]*)["']""")
_LINE = 24  # characters in a line of a note, a Chinese character counting one
_BLOCK = 1024  # numbers of shapes in one block of <o:idmap>


class _Parts(NamedTuple):
    """The parts that hold a sheet's notes; None where the sheet has none."""

    relations: str
    comments: str | None
    drawing: str | None


def with_notes(data: bytes, notes: Mapping[tuple[str, str], str]) -> bytes:
    """The workbook with these notes, (sheet, cell) → text, in place of earlier ones of ours.

    A cell that has somebody else's note is left alone.  Sheets that are not there are passed
    over.  The same notes twice give the same bytes.  PackageError if the file cannot be read.
    """
    data = without_notes(data)
    by_sheet: dict[str, dict[str, str]] = {}
    for (sheet, cell), text in notes.items():
        by_sheet.setdefault(sheet, {})[cell] = text
    package = Package(data)
    changes: dict[str, bytes | None] = {}
    block = _highest_block(package)
    for part in package.sheets:
        wanted = by_sheet.get(part.name, {})
        if not wanted:
            continue
        parts = _parts(package, part)
        if parts.comments and parts.drawing:
            _append(package, parts, wanted, changes)
        elif not parts.comments and not parts.drawing:
            block += 1
            _add(package, part, parts.relations, wanted, block, changes)
        # A sheet with one of the two only (a drawing for its header) keeps its parts.
    return package.rewritten(changes) if changes else data


def without_notes(data: bytes) -> bytes:
    """The workbook without our notes; the same bytes where there are none."""
    package = Package(data)
    changes: dict[str, bytes | None] = {}
    for part in package.sheets:
        parts = _parts(package, part)
        if not parts.comments or not parts.drawing:
            continue
        xml = package.read(parts.comments)
        ours = [match for match in _COMMENT.finditer(xml) if _is_ours(match[0])]
        if not ours:
            continue
        if _OUR_COMMENTS in parts.comments and len(ours) == len(_COMMENT.findall(xml)):
            _remove(package, part, parts, changes)
            continue
        places = {_place_of(match[0]) for match in ours}
        changes[parts.comments] = _cut(xml, ours).replace(_AUTHOR, b"")
        drawing = package.read(parts.drawing)
        changes[parts.drawing] = _cut(
            drawing, [s for s in _SHAPE.finditer(drawing) if _cell_of(s[0]) in places]
        )
    if not changes:
        return data
    return package.rewritten(changes)


# ---------------------------------------------------------------- finding


def _parts(package: Package, sheet: SheetPart) -> _Parts:
    folder, _, name = sheet.part.rpartition("/")
    related = f"{folder}/_rels/{name}.rels"
    found = package.find(related)
    if found is None:
        return _Parts(related, None, None)
    comments = drawing = None
    for relation in relations(package.read(found)).values():
        if relation.kind == "comments":
            comments = package.find(resolved(folder, relation.target))
        elif relation.kind == "vmlDrawing" and b"legacyDrawing" in package.read(sheet.part):
            drawing = package.find(resolved(folder, relation.target)) or drawing
    return _Parts(found, comments, drawing)


def _is_ours(comment: bytes) -> bool:
    text = b"".join(_TEXT.findall(comment)).decode("utf-8", "replace")
    return unescaped(text).startswith(NOTE_HEAD)


def _place_of(comment: bytes) -> tuple[int, int]:
    (attributes,) = elements(comment, "comment")
    return parse_address(attributes.get("ref", "A1"))


def _cell_of(shape: bytes) -> tuple[int, int] | None:
    row, column = _ROW.search(shape), _COLUMN.search(shape)
    if row is None or column is None or b'"Note"' not in shape:
        return None
    return int(row[1]) + 1, int(column[1]) + 1


def _cut(xml: bytes, matches: Collection[re.Match[bytes]]) -> bytes:
    kept, at = [], 0
    for match in matches:
        kept.append(xml[at : match.start()])
        at = match.end()
    return b"".join([*kept, xml[at:]])


def _highest_block(package: Package) -> int:
    """The highest block of shape numbers that a drawing of the workbook uses."""
    highest = 0
    for name in package.names:
        if name.lower().endswith(".vml"):
            for match in _ID_MAP.finditer(package.read(name)):
                numbers = [int(n) for n in match[1].split(b",") if n.strip()]
                highest = max([highest, *numbers])
    return highest


# ---------------------------------------------------------------- putting in


def _append(
    package: Package, parts: _Parts, wanted: Mapping[str, str], changes: dict[str, bytes | None]
) -> None:
    assert parts.comments
    assert parts.drawing
    xml, drawing = package.read(parts.comments), package.read(parts.drawing)
    taken = {_place_of(match[0]) for match in _COMMENT.finditer(xml)}
    free = {cell: text for cell, text in wanted.items() if parse_address(cell) not in taken}
    end = re.search(rb"</((?:[\w.-]+:)?)commentList\s*>", xml)
    close = drawing.rfind(b"</xml>")
    if not free or end is None or close < 0:
        return
    prefix = end[1].decode()
    author = len(re.findall(rb"<(?:[\w.-]+:)?author\b", xml))
    listed = "".join(_comment(cell, text, author, prefix) for cell, text in free.items())
    xml = xml[: end.start()] + listed.encode() + xml[end.start() :]
    authors = re.search(rb"</(?:[\w.-]+:)?authors\s*>", xml)
    if authors is None or prefix:
        xml = xml.replace(f'authorId="{author}"'.encode(), b'authorId="0"')
    else:
        xml = xml[: authors.start()] + _AUTHOR + xml[authors.start() :]
    number = max([_BLOCK, *(int(n) for n in _SHAPE_ID.findall(drawing))])
    shapes = "".join(_shape(c, t, number + i) for i, (c, t) in enumerate(free.items(), 1))
    changes[parts.comments] = xml
    changes[parts.drawing] = drawing[:close] + shapes.encode() + drawing[close:]


def _add(
    package: Package,
    sheet: SheetPart,
    related: str,
    wanted: Mapping[str, str],
    block: int,
    changes: dict[str, bytes | None],
) -> None:
    folder = package.workbook_part.rpartition("/")[0]
    name = sheet.part.rpartition("/")[2].removesuffix(".xml")
    comments = f"{folder}/{_OUR_COMMENTS}_{name}.xml".lstrip("/")
    drawing = f"{folder}/drawings/{_OUR_DRAWING}_{name}.vml".lstrip("/")
    listed = "".join(_comment(cell, text, 0, "") for cell, text in wanted.items())
    changes[comments] = (
        _DECLARATION
        + (
            f'<comments xmlns="{_MAIN}"><authors>{_AUTHOR.decode()}</authors>'
            f"<commentList>{listed}</commentList></comments>"
        ).encode()
    )
    shapes = "".join(_shape(c, t, block * _BLOCK + i) for i, (c, t) in enumerate(wanted.items(), 1))
    changes[drawing] = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:o="urn:schemas-microsoft-com:office:office"'
        ' xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{block}"/></o:shapelayout>'
        '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202"'
        ' path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
        '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
        f"{shapes}</xml>"
    ).encode()
    found = package.find(related)
    links = _links(comments, drawing)
    if found is None:
        empty = f'<Relationships xmlns="{_RELATIONS}"></Relationships>'.encode()
        changes[related] = _inserted(_DECLARATION + empty, rb"</(?:[\w.-]+:)?Relationships", links)
    else:
        changes[found] = _inserted(package.read(found), rb"</(?:[\w.-]+:)?Relationships", links)
    types = package.find("[Content_Types].xml")
    if types is None:
        raise PackageError("工作簿缺少内容类型清单，不能加批注")
    xml = changes.get(types) or package.read(types)
    added = _override(comments)
    if not any(e.get("Extension", "").lower() == "vml" for e in elements(xml, "Default")):
        added = _VML_DEFAULT + added
    changes[types] = _inserted(xml, rb"</(?:[\w.-]+:)?Types", added)
    xml = package.read(sheet.part)
    at = _AFTER.search(xml, max(xml.rfind(b"</sheetData"), 0))
    if at is None:
        raise PackageError("工作表的写法特殊，不能加批注；请用 Excel 另存后再试")
    root = re.search(rb"<((?:[\w.-]+:)?)worksheet\b", xml)
    element = _legacy(root[1].decode() if root else "")
    changes[sheet.part] = xml[: at.start()] + element + xml[at.start() :]


def _remove(
    package: Package, sheet: SheetPart, parts: _Parts, changes: dict[str, bytes | None]
) -> None:
    """Take out parts that we added, and everything that names them."""
    assert parts.comments
    assert parts.drawing
    changes[parts.comments] = changes[parts.drawing] = None
    xml = package.read(parts.relations).replace(_links(parts.comments, parts.drawing), b"")
    changes[parts.relations] = xml if elements(xml, "Relationship") else None
    types = package.find("[Content_Types].xml")
    if types is not None:
        xml = changes.get(types) or package.read(types)
        xml = xml.replace(_override(parts.comments), b"")
        gone = {name for name, content in changes.items() if content is None}
        if not any(n.lower().endswith(".vml") for n in package.names if n not in gone):
            xml = xml.replace(_VML_DEFAULT, b"")
        changes[types] = xml
    xml = package.read(sheet.part)
    root = re.search(rb"<((?:[\w.-]+:)?)worksheet\b", xml)
    changes[sheet.part] = xml.replace(_legacy(root[1].decode() if root else ""), b"")


def _links(comments: str, drawing: str) -> bytes:
    kinds = zip(_IDS, ("vmlDrawing", "comments"), (drawing, comments), strict=True)
    return "".join(
        f'<Relationship xmlns="{_RELATIONS}" Id="{name}" Type="{_OFFICE}/{kind}" Target="/{part}"/>'
        for name, kind, part in kinds
    ).encode()


def _override(comments: str) -> bytes:
    return (
        '<Override xmlns="http://schemas.openxmlformats.org/package/2006/content-types"'
        f' PartName="/{comments}" ContentType="{_COMMENTS_TYPE}"/>'
    ).encode()


def _legacy(prefix: str) -> bytes:
    return f'<{prefix}legacyDrawing xmlns:r="{_OFFICE}" r:id="{_IDS[0]}"/>'.encode()


def _inserted(xml: bytes, before: bytes, added: bytes) -> bytes:
    found = re.search(before, xml)
    if found is None:
        raise PackageError("工作簿的清单写法特殊，不能加批注；请用 Excel 另存后再试")
    return xml[: found.start()] + added + xml[found.start() :]


# ---------------------------------------------------------------- one note


def _comment(cell: str, text: str, author: int, prefix: str) -> str:
    inner = f'{_RPR}<t xml:space="preserve">{escape(text)}</t>'
    if prefix:
        inner = re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}", inner)
    return (
        f'<{prefix}comment ref="{cell}" authorId="{author}"><{prefix}text><{prefix}r>{inner}'
        f"</{prefix}r></{prefix}text></{prefix}comment>"
    )


def _lines(text: str) -> int:
    return sum(1 + len(line) // _LINE for line in text.split("\n"))


def _shape(cell: str, text: str, number: int) -> str:
    row, column = parse_address(cell)
    top = max(row - 2, 0)
    bottom = top + max(4, _lines(text) + 1)
    anchor = f"{column}, 15, {top}, 10, {column + 4}, 15, {bottom}, 4"
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;'
        f"margin-left:80pt;margin-top:5pt;width:220pt;height:{15 * (bottom - top)}pt;z-index:1;"
        'visibility:hidden" fillcolor="#ffe0c8" o:insetmode="auto"><v:fill color2="#ffe0c8"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row - 1}</x:Row>"
        f"<x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
    )
