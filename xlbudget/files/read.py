"""Workbook files → grids of cells → Book.  .xlsx .xlsm .xls .ods and WPS .et, by python-calamine."""

from __future__ import annotations

import re
from collections.abc import Collection
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from ..model.book import Book
from ..model.grid import Grid
from ..model.inputs import load_inputs
from ..ooxml.formulas import Place, formulas_of
from ..ooxml.package import Package, PackageError
from ..recognise import recognise
from .errors import ReadError

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
MAX_BYTES = 60_000_000  # a real workbook of nine tables is under 1 MB
MAX_CELLS = 2_000_000  # more is a formatted-to-the-end column, not a final account


_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x08", b"\x09\x04", b"\x09\x02")
_ROW_NUMBER = re.compile(rb'\sr="(\d+)"')
# A formula's cell without a value, one that says its result is text ("" is one) aside; or a formula
# that does not follow its cell's tag at once, as somebody's own layout has it.
_VALUELESS = re.compile(
    rb'<f(?:(?<!><f)[\s>/]|(?<!t="str"><f)\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:</c>|<v\s*/>|<v></v>))'
)
_SPACED = re.compile(rb"</f>\s")
_FAR_COLUMN = re.compile(rb'<c r="[A-Z]{3}\d')


class Sheets(NamedTuple):
    """A workbook's cells: sheet name → rows of values from A1 on; names of hidden sheets.

    ``uncached`` are (sheet, row, column), 1-based, of formulas that hold no value.  ``data`` is the
    file they come from, ``package`` the same as parts, for the formats that have them; ``as_stored`` is False where
    the cells hold results that the file does not.
    """

    grids: dict[str, Grid]
    hidden: frozenset[str]
    uncached: tuple[Place, ...]
    data: bytes
    package: Package | None
    as_stored: bool = True


def read_bytes(path: Path) -> bytes:
    """The file's bytes.  Raises ReadError for what is no readable workbook file."""
    try:
        if path.is_dir():
            raise ReadError(f"“{path}”是文件夹，请指定一个工作簿文件。")
        size = path.stat().st_size
        if size == 0:
            raise ReadError(f"“{path}”是空文件（0字节），请检查是否保存或传输完整。")
        if size > MAX_BYTES:
            raise ReadError(
                f"“{path}”有{size // 1_000_000}MB，太大了，不像决算工作簿；请另存一份只含九张表的。"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise ReadError(f"找不到文件“{path}”，请检查路径和文件名。") from None
    except PermissionError:
        raise ReadError(
            f"没有权限读取“{path}”，请检查文件权限，或先在 Excel、WPS 里关闭它。"
        ) from None
    except OSError as error:
        raise ReadError(f"读不了“{path}”：{error.strerror or error}。") from None


def read_sheets(data: bytes, name: str) -> Sheets:
    """All sheets that matter of a workbook given as bytes.  Raises ReadError."""
    uncached: list[Place] = []
    package: Package | None = None
    ignored = load_inputs().sheets_not_read
    if data[:2] == b"PK":
        package, uncached = _look_over(data, name, ignored)
    elif data[:8] != _COMPOUND and data[:2] not in _OLD_EXCEL:
        raise ReadError(
            f"“{name}”不是工作簿（内容不是 Excel 或 WPS 格式），请用 Excel 或 WPS 另存为 .xlsx。"
        )
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
        found = [meta for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        grids: dict[str, Grid] = {}
        for meta in found:
            if meta.name in ignored:
                continue
            rows: Any = workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            grids[meta.name] = rows
    except PasswordError:
        raise ReadError(f"“{name}”设了打开密码，请先去掉密码再试。") from None
    except (CalamineError, OSError, ValueError, KeyError):
        raise ReadError(_unreadable(name, data)) from None
    hidden = frozenset(m.name for m in found if m.visible != SheetVisibleEnum.Visible)
    return Sheets(grids, hidden, tuple(uncached), data, package)


def read_book(path: Path, *, edition_id: str | None = None) -> Book:
    """The publication in a workbook file.  Raises ReadError with one Chinese sentence."""
    return book_from_bytes(read_bytes(path), str(path), edition_id=edition_id)[0]


def book_from_bytes(
    data: bytes, name: str, *, edition_id: str | None = None
) -> tuple[Book, dict[str, Grid]]:
    """The publication in a workbook given as bytes, and its sheets' cells.

    ``name`` is how messages call the file.  Formulas that nobody has calculated are calculated;
    where that fails their figures are unreadable, never blank.  Raises ReadError.
    """
    book, sheets = book_and_sheets(data, name, edition_id=edition_id)
    return book, sheets.grids


def book_and_sheets(
    data: bytes, name: str, *, edition_id: str | None = None
) -> tuple[Book, Sheets]:
    """As ``book_from_bytes``, with all that was read."""
    sheets = read_sheets(data, name)
    if sheets.uncached:
        from ..ooxml.recalculate import recalculate

        fresh = recalculate(data)
        if fresh.evaluated:
            # What is changed later is the file as it was.
            sheets = read_sheets(fresh.data, name)._replace(
                data=data, package=sheets.package, as_stored=False
            )
    book = recognise(
        sheets.grids,
        file=name,
        hidden=sheets.hidden,
        uncached=sheets.uncached,
        edition_id=edition_id,
    )
    return book, sheets


def _look_over(
    data: bytes, name: str, ignored: Collection[str]
) -> tuple[Package | None, list[Place]]:
    """Formulas without a value in a zipped workbook; refuses what would not fit in memory.

    The reader lays a sheet out as a full rectangle: one stray cell in the last row and column
    would ask for half a terabyte, so sheets are looked over before they are read.
    """
    uncached: list[Place] = []
    try:
        package = Package(data)
        if package.find("mimetype"):
            return None, []
        for part in package.sheets:
            if part.name in ignored:
                continue
            xml = package.read(part.part)
            rows, columns = _extent(xml)
            if rows * columns > MAX_CELLS:
                raise ReadError(
                    f"“{name}”的工作表“{part.name}”用到了第{rows}行、第{columns}列，太大了；"
                    "多半是格式或误填的内容到了最边上，请删掉表格下方和右侧的行列再保存。"
                )
            if _may_lack_values(xml):
                uncached.extend(
                    (part.name, cell.row, cell.column)
                    for cell in formulas_of(xml)
                    if not cell.is_cached
                )
    except PackageError as error:
        raise ReadError(f"“{name}”打不开：{error}。") from None
    return package, uncached


def _may_lack_values(xml: bytes) -> bool:
    """Whether a formula of the sheet may have no value; a quick look before the full one."""
    if b"<sheetData" not in xml:  # prefixed names: rare, so no quick look
        return True
    if b"<f" not in xml:
        return False
    return (
        b"</f></c>" in xml
        or b"/></c>" in xml
        or _SPACED.search(xml) is not None
        or _VALUELESS.search(xml) is not None
    )


def _extent(xml: bytes) -> tuple[int, int]:
    """The last row and column (1-based) of a sheet's cells, never less than the truth.

    Columns beyond ZZ are told from the others only where there are any; that is cheap and enough.
    """
    at = xml.rfind(b"<row ")
    match = _ROW_NUMBER.search(xml, at) if at >= 0 else None
    last = int(match[1]) if match else xml.count(b"<row")
    return last, (16_384 if _FAR_COLUMN.search(xml) else 702 if last > 2_000 else 1)


def _unreadable(name: str, data: bytes) -> str:
    if data[:8] == _COMPOUND and "EncryptedPackage".encode("utf-16-le") in data:
        return f"“{name}”设了打开密码，请先去掉密码再试。"
    return f"“{name}”已损坏，读不出工作表，请用 Excel 或 WPS 打开后另存一份。"
