"""Workbooks for the tests of files: one with everything in it, and small ones part by part."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection

import python_calamine
import xlsxwriter

from xlbudget.ooxml.formulas import formulas_of
from xlbudget.ooxml.package import Package

Cell = str | float | bool | None

# A 1×1 PNG, made by hand so that no picture library is needed.
PNG = b"\x89PNG\r\n\x1a\n" + b"".join(
    struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    for kind, body in (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\0\0\0")),
        (b"IEND", b""),
    )
)


def rich_workbook() -> bytes:
    """Nearly everything a workbook can hold; figures on 收入, formulas on 收入 and 核对."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    money = book.add_format({"num_format": "#,##0.00", "border": 1})
    income = book.add_worksheet("收入")
    checks = book.add_worksheet("核对")
    book.add_worksheet("说明").write(0, 0, "与数字无关")
    book.add_worksheet("隐藏").hide()
    income.set_column(5, 6, 12, money)
    for row in range(8):
        income.write(row, 0, f"科目<{row}>&")
        for column in (1, 2):
            income.write(row, column, row * 10 + column + 0.25, money)
        income.write_formula(row, 3, f"=B{row + 1}+C{row + 1}", money, row * 20 + 3.5)
        income.write_blank(row, 4, None, money)
    income.set_row(9, None, None, {"hidden": True})
    income.set_row(5, None, None, {"hidden": True})
    income.merge_range("A12:C12", "合并")
    income.write_comment("B2", "请核对")
    income.data_validation("B1:B8", {"validate": "decimal", "criteria": ">=", "value": 0})
    income.conditional_format("B1:D8", {"type": "data_bar", "data_bar_2010": True})
    income.add_sparkline("H1", {"range": "收入!B1:D1"})
    income.insert_image("J1", "p.png", {"image_data": io.BytesIO(PNG)})
    income.insert_textbox("J5", "文本框")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=收入!$B$1:$B$8"})
    income.insert_chart("L1", chart)
    income.protect()
    checks.write_formula("A1", "=SUM(收入!D1:D8)", money, 588)
    checks.write_formula("A2", '=IF(ABS(A1-588)<0.005,"√","×")', None, "√")
    checks.write_rich_string("B1", "一", book.add_format({"bold": True}), "粗", "体")
    book.define_name("合计", "=收入!$D$1:$D$8")
    book.close()
    return add_parts(
        buffer.getvalue(),
        {
            "xl/vbaProject.bin": bytes(range(256)) * 5,
            "xl/pivotCache/pivotCacheDefinition1.xml": b"<pivotCacheDefinition/>",
            "customUI/customUI.xml": b"<customUI/>",
            "xl/calcChain.xml": (
                b'<calcChain xmlns="m">'
                + b"".join(
                    b'<c r="D%d"%b/>' % (row, b' i="1"' if row == 1 else b"") for row in range(1, 9)
                )
                + b'<c r="A1" i="2"/><c r="A2"/></calcChain>'
            ),
        },
    )


def add_parts(data: bytes, parts: dict[str, bytes]) -> bytes:
    """The zip with more entries, some stored, some with an extra field and a comment."""
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        for index, (name, content) in enumerate(parts.items()):
            info = zipfile.ZipInfo(name, (2024, 3, 4 + index, 5, 6, 8))
            info.compress_type = zipfile.ZIP_STORED if index % 2 else zipfile.ZIP_DEFLATED
            info.extra = struct.pack("<HH2s", 0xCAFE, 2, b"ok")
            info.comment = "说明".encode()
            info.external_attr = 0o640 << 16
            archive.writestr(info, content)
        archive.comment = b"archive comment"
    return buffer.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    """The content of every entry; the zip module checks sizes and sums."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def raw_entries(data: bytes) -> list[tuple[str, bytes, tuple[object, ...]]]:
    """Name, local record as it stands, and the central header's facts of every entry."""
    entries: list[tuple[str, bytes, tuple[object, ...]]] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            at = info.header_offset
            name_size, extra_size = struct.unpack_from("<HH", data, at + 26)
            end = at + 30 + name_size + extra_size + info.compress_size
            if info.flag_bits & 8:
                end += 16  # the data descriptor, with its signature
            facts = (
                info.flag_bits,
                info.date_time,
                info.create_system,
                info.create_version,
                info.extract_version,
                info.external_attr,
                info.internal_attr,
                info.extra,
                info.comment,
                info.compress_type,
            )
            entries.append((info.filename, data[at:end], facts))
    return entries


_WORKBOOK = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" \
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">\
<sheets><sheet name="表" sheetId="7" r:id="rId1"/></sheets>{rest}</workbook>"""
_RELATIONS = """<Relationships \
xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" \
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" \
Target="{target}"/>{more}</Relationships>"""
_TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" \
ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType=\
"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType=\
"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>{more}</Types>"""


def one_sheet(
    sheet_data: str, *, head: str = "", prefix: str = "", rest: str = "", chain: str | None = None
) -> bytes:
    """A workbook of one sheet, 表, whose ``<sheetData>`` element is given as XML."""
    namespace = "xmlns" + (f":{prefix[:-1]}" if prefix else "")
    sheet = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{prefix}worksheet {namespace}='
        f'"http://schemas.openxmlformats.org/spreadsheetml/2006/main">{head}{sheet_data}'
        f"</{prefix}worksheet>"
    )
    relation = (
        '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/calcChain" Target="calcChain.xml"/>'
    )
    override = (
        '<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.calcChain+xml"/>'
    )
    parts = {
        "[Content_Types].xml": _TYPES.format(more=override if chain else ""),
        "_rels/.rels": _RELATIONS.format(kind="officeDocument", target="xl/workbook.xml", more=""),
        "xl/workbook.xml": _WORKBOOK.format(rest=rest),
        "xl/_rels/workbook.xml.rels": _RELATIONS.format(
            kind="worksheet", target="worksheets/sheet1.xml", more=relation if chain else ""
        ),
        "xl/worksheets/sheet1.xml": sheet,
    }
    if chain:
        parts["xl/calcChain.xml"] = f'<calcChain xmlns="m">{chain}</calcChain>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def sheet_xml(data: bytes, sheet: int = 1) -> str:
    """The XML of a worksheet by its number."""
    return parts_of(data)[f"xl/worksheets/sheet{sheet}.xml"].decode()


def sheet_data_of(data: bytes) -> str:
    """The ``<sheetData>`` element of the first sheet."""
    match = re.search(r"<(?:\w+:)?sheetData.*</(?:\w+:)?sheetData>", sheet_xml(data), re.DOTALL)
    assert match is not None
    return match[0]


def values_of(data: bytes, sheet: str = "表") -> dict[tuple[int, int], object]:
    """The cells that hold a value, read by calamine, by 1-based row and column."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return {
        (row, column): value
        for row, cells in enumerate(rows, 1)
        for column, value in enumerate(cells, 1)
        if value != ""
    }


def uncached_formulas(
    data: bytes, sheets: Collection[str] | None = None
) -> tuple[tuple[str, int, int], ...]:
    """(sheet, row, column) of the formula cells that hold no value, by tab."""
    package = Package(data)
    return tuple(
        (part.name, cell.row, cell.column)
        for part in package.sheets
        if sheets is None or part.name in sheets
        for cell in formulas_of(package.read(part.part))
        if not cell.is_cached
    )
