"""Workbook files → grids of cells → Book.  .xlsx .xlsm .xls .ods and WPS .et, by python-calamine."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from ..model.book import Book
from ..model.inputs import load_inputs
from ..recognise import recognise
from .errors import UserError
from .formulas import uncached_formulas

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".xlsb")
MAX_BYTES = 60_000_000  # a real workbook of nine tables is under 1 MB
MAX_CELLS = 2_000_000  # more is a formatted-to-the-end column, not a final account

Grid = list[list[object]]


class ReadError(UserError):
    """A file that cannot be read; the message is one Chinese sentence naming it."""


class Sheets(NamedTuple):
    """A workbook's cells: sheet name → rows of values from A1 on, hidden sheets, raw bytes."""

    grids: dict[str, Grid]
    hidden: frozenset[str]
    data: bytes


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
    from io import BytesIO

    if data[:2] == b"PK" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        _refuse_bombs(data, name)
    elif data[:5] != b"<?xml" and data[:2] not in (b"\x09\x08", b"\x09\x04", b"\x09\x02"):
        raise ReadError(
            f"“{name}”不是工作簿（内容不是 Excel 或 WPS 格式），请用 Excel 或 WPS 另存为 .xlsx。"
        )
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(data))
    except PasswordError:
        raise ReadError(f"“{name}”设了打开密码，请先去掉密码再试。") from None
    except (CalamineError, OSError, ValueError, KeyError) as error:
        raise ReadError(_unreadable(name, data, error)) from None
    skip = load_inputs()
    ignored = {
        skip.checks_sheet,
        skip.dictionary_sheet,
        skip.findings_sheet,
        skip.guide_sheet,
        skip.report_sheet,
    }
    grids: dict[str, Grid] = {}
    hidden = set()
    for meta in workbook.sheets_metadata:
        if meta.visible != SheetVisibleEnum.Visible:
            hidden.add(meta.name)
        if meta.name in ignored:
            continue
        try:
            sheet = workbook.get_sheet_by_name(meta.name)
        except (CalamineError, OSError, ValueError, KeyError):
            # Chart sheets and damaged ones have no cells to read; a table missing through this is
            # reported as missing.
            continue
        if sheet.total_height * sheet.total_width > MAX_CELLS:
            raise ReadError(
                f"“{name}”的工作表“{meta.name}”有{sheet.total_height}行{sheet.total_width}列，太大了；"
                "多半是格式设到了整列，请删掉表格下方和右侧的空行空列再保存。"
            )
        rows: Any = sheet.to_python(skip_empty_area=False)
        grids[meta.name] = rows
    return Sheets(grids, frozenset(hidden), data)


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
    sheets = read_sheets(data, name)
    uncached = uncached_formulas(data, set(sheets.grids)) if data[:2] == b"PK" else ()
    if uncached:
        from .recalculate import recalculate

        fresh = recalculate(data)
        if fresh.evaluated:
            sheets = read_sheets(fresh.data, name)
            uncached = uncached_formulas(fresh.data, set(sheets.grids))
    book = recognise(
        sheets.grids, file=name, hidden=sheets.hidden, uncached=uncached, edition_id=edition_id
    )
    return book, sheets.grids


def _refuse_bombs(data: bytes, name: str) -> None:
    """Refuse a package whose sheets would unpack to more than memory should hold."""
    if data[:2] != b"PK":
        return
    import struct

    end = data.rfind(b"PK\x05\x06")
    if end < 0:
        raise ReadError(f"“{name}”不完整或已损坏（压缩包没有结尾），请重新复制或另存一份。")
    try:
        count, _, at = struct.unpack_from("<HII", data, end + 10)
        total = 0
        for _ in range(count):
            size, lengths = (
                struct.unpack_from("<I", data, at + 24)[0],
                struct.unpack_from("<HHH", data, at + 28),
            )
            total += size
            at += 46 + sum(lengths)
    except struct.error:
        raise ReadError(f"“{name}”不完整或已损坏，请重新复制或另存一份。") from None
    if total > 400_000_000:
        raise ReadError(f"“{name}”解压后有{total // 1_000_000}MB，太大了，不像决算工作簿。")


def _unreadable(name: str, data: bytes, error: Exception) -> str:
    text = str(error).lower()
    if "password" in text or "encrypt" in text:
        return f"“{name}”设了打开密码，请先去掉密码再试。"
    if (
        data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        and b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in data
    ):
        return f"“{name}”设了打开密码，请先去掉密码再试。"
    if data[:2] == b"PK" and b"workbook" not in data and b"content.xml" not in data:
        return f"“{name}”是压缩包，但不是工作簿，请用 Excel 或 WPS 另存为 .xlsx。"
    return f"“{name}”已损坏，读不出工作表，请用 Excel 或 WPS 打开后另存一份。"
