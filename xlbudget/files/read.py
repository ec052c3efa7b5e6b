"""Workbook files → grids of cells → Book.  .xlsx .xlsm .xls .ods and WPS .et, by python-calamine."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from ..model.addresses import parse_address
from ..model.book import Book
from ..model.forms import PACKAGED, Edition, Editions
from ..model.grid import Grid
from ..model.inputs import load_inputs
from ..ooxml.archive import DAMAGED
from ..ooxml.formulas import Place, formulas_of
from ..ooxml.package import BINARY_FORMAT, Package, PackageError
from ..ooxml.shown import shown_of
from ..patterns import lazy_pattern
from ..recognise import recognise
from ..recognise.unseen import unseen_findings, used_cells
from .bounds import (
    MAX_ALL_CELLS,
    BoundsError,
    check_old_workbook,
    check_open_document,
    check_texts,
    near_cells,
)
from .compound import check_compound
from .errors import ReadError

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
MAX_BYTES = 60_000_000  # a real workbook of nine tables is under 1 MB


_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x08", b"\x09\x04", b"\x09\x02")
# A formula's cell without a value, one that says its result is text ("" is one) aside; or a formula
# that does not follow its cell's tag at once, as somebody's own layout has it.
_VALUELESS = lazy_pattern(
    rb'<f(?:(?<!><f)[\s>/]|(?<!t="str"><f)\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:</c>|<v\s*/>|<v></v>))'
)
_SPACED = lazy_pattern(rb"</f>\s")


class Sheets(NamedTuple):
    """A workbook's cells: sheet name → rows of values from A1 on; names of hidden sheets.

    ``uncached`` are (sheet, row, column), 1-based, of formulas that hold no value.  ``data`` is the
    file they come from, ``package`` the same as parts, for the formats that have them; ``as_stored`` is False where
    the cells hold results that the file does not.
    ``editions`` are those that the workbook may follow, ``edition`` the one that a person asked for.
    ``left_out`` are (sheet, row, column) of cells so far from all others that they were not read.
    """

    grids: dict[str, Grid]
    hidden: frozenset[str]
    uncached: tuple[Place, ...]
    data: bytes
    package: Package | None
    as_stored: bool = True
    left_out: tuple[Place, ...] = ()
    editions: Editions = PACKAGED
    edition: Edition | None = None


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
    shown = data
    left_out: tuple[Place, ...] = ()
    if data[:2] == b"PK":
        package, uncached, shown, left_out = _look_over(data, name, ignored)
    elif data[:8] != _COMPOUND and data[:2] not in _OLD_EXCEL:
        raise ReadError(
            f"“{name}”不是工作簿（内容不是 Excel 或 WPS 格式），请用 Excel 或 WPS 另存为 .xlsx。"
        )
    else:
        if data[:8] == _COMPOUND:
            _within_bounds(name, lambda: check_compound(data))
        _within_bounds(name, lambda: check_old_workbook(data))
    known = None if package is None else {part.name for part in package.sheets}
    grids, visible = _laid_out(shown, name, ignored, known)
    hidden = frozenset(sheet for sheet, is_visible in visible.items() if not is_visible)
    return Sheets(grids, hidden, tuple(uncached), data, package, left_out=left_out)


def _within_bounds(name: str, check: Callable[[], None]) -> None:
    try:
        check()
    except BoundsError as error:
        raise ReadError(f"“{name}”{error}。") from None


def _laid_out(
    data: bytes, name: str, ignored: Collection[str], known: Collection[str] | None
) -> tuple[dict[str, Grid], dict[str, bool]]:
    """The cells of all sheets but the ignored ones, and whether each sheet is visible.

    ``known`` are the sheets that were looked over (None: the format has no list): no other is laid out.

    The reader is written in another language: what it does not expect of a damaged file it calls a
    panic, which is no Exception.
    """
    grids: dict[str, Grid] = {}
    visible: dict[str, bool] = {}
    cells = 0
    try:
        with _panics_unheard():
            workbook = CalamineWorkbook.from_filelike(BytesIO(data))
            names = workbook.sheet_names
            if len(set(names)) < len(names):  # which of them is meant, readers do not agree on
                raise ReadError(_unreadable(name, data))
            for meta in workbook.sheets_metadata:
                if meta.typ != SheetTypeEnum.WorkSheet or (
                    known is not None and meta.name not in known
                ):
                    continue
                visible[meta.name] = meta.visible == SheetVisibleEnum.Visible
                if meta.name not in ignored:
                    sheet = workbook.get_sheet_by_name(meta.name)
                    rows = sheet.to_python(skip_empty_area=False)
                    cells += sum(map(len, rows))
                    if cells > MAX_ALL_CELLS:
                        raise ReadError(
                            f"“{name}”的工作表太多、太大，不像决算工作簿；请另存一份只含九张表的。"
                        )
                    grids[meta.name] = rows
    except PasswordError:
        raise ReadError(f"“{name}”设了打开密码，请先去掉密码再试。") from None
    except (CalamineError, OSError, ValueError, KeyError, OverflowError, MemoryError):
        raise ReadError(_unreadable(name, data)) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ReadError(_unreadable(name, data)) from None
    return grids, visible


@contextmanager
def _panics_unheard() -> Iterator[None]:
    """What a panic prints on the terminal is for the reader's authors, not for accountants.

    It is printed by no Python code, so the descriptor itself is turned away meanwhile.  Not while other
    Python code runs beside this: what that has to say would be lost, and two that turn the descriptor
    at once may leave it turned.
    """
    if threading.active_count() > 1:
        yield
        return
    try:
        kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:  # a program without a terminal, in Excel
        yield
        return
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


def book_from_bytes(
    data: bytes, name: str, *, editions: Editions = PACKAGED, edition: Edition | None = None
) -> tuple[Book, dict[str, Grid]]:
    """The publication in a workbook given as bytes, and its sheets' cells.

    ``name`` is how messages call the file.  Formulas that nobody has calculated are calculated;
    where that fails their figures are unreadable, never blank.  Raises ReadError.
    """
    book, sheets = book_and_sheets(data, name, editions=editions, edition=edition)
    return book, sheets.grids


def book_and_sheets(
    data: bytes, name: str, *, editions: Editions = PACKAGED, edition: Edition | None = None
) -> tuple[Book, Sheets]:
    """As ``book_from_bytes``, with all that was read."""
    sheets = read_sheets(data, name)._replace(editions=editions, edition=edition)
    if sheets.uncached:
        from ..ooxml.recalculate import recalculate

        fresh = recalculate(data)
        if fresh.evaluated:
            # What is changed later is the file as it was.
            sheets = read_sheets(fresh.data, name)._replace(
                data=data,
                package=sheets.package,
                as_stored=False,
                editions=editions,
                edition=edition,
            )
    book = book_of(sheets, name)
    return book, sheets


def book_of(sheets: Sheets, name: str, package: Package | None = None) -> Book:
    """The publication in sheets that were read; ``name`` is how messages call the file.

    ``package`` holds the sheets as parts, where it is another one than was read.
    """
    book = recognise(
        sheets.grids,
        file=name,
        hidden=sheets.hidden,
        uncached=sheets.uncached,
        left_out=sheets.left_out,
        editions=sheets.editions,
        edition=sheets.edition,
    )
    package = package or sheets.package
    if package is None:
        return book
    shown = shown_of(package, used_cells(book))
    if not shown:
        return book
    return book._replace(findings=(*book.findings, *unseen_findings(book, shown)))


def _look_over(
    data: bytes, name: str, ignored: Collection[str]
) -> tuple[Package | None, list[Place], bytes, tuple[Place, ...]]:
    """A zipped workbook before it is laid out: its package, its formulas without a value, its bytes without
    stray cells, and those cells; refuses what would not fit in memory."""
    uncached: list[Place] = []
    left_out: list[Place] = []
    changed: dict[str, bytes | None] = {}
    try:
        package = Package(data)
        # What the reader takes a file for does not hang on one name in it, so all that it may read is looked at.
        if package.find("content.xml"):
            content = package.read("content.xml")
            _within_bounds(name, lambda: check_open_document(content))
            if package.find("META-INF/manifest.xml"):
                package.read("META-INF/manifest.xml")
        if package.find("mimetype") and not package.find("xl/workbook.xml"):
            if package.find("xl/workbook.bin"):
                raise PackageError(BINARY_FORMAT)
            return None, [], data, ()
        if package.workbook_part.lower() != (package.find("xl/workbook.xml") or "").lower():
            raise PackageError(DAMAGED)
        cells = 0
        for part in package.sheets:
            if part.name in ignored:
                continue
            xml = package.read(part.part)
            cells += xml.count(b"v>")  # at least one for each cell with a value
            try:
                near = near_cells(xml)
            except BoundsError as error:
                raise ReadError(f"“{name}”的工作表“{part.name}”{error}。") from None
            if near.left_out:
                changed[part.part] = near.xml
                left_out.extend((part.name, *parse_address(cell)) for cell in near.left_out)
            if _may_lack_values(xml):
                uncached.extend(
                    (part.name, cell.row, cell.column)
                    for cell in formulas_of(xml)
                    if not cell.is_cached
                )
        if package.find("xl/styles.xml"):
            package.read("xl/styles.xml")  # as large as it says, and no more
        if package.find("xl/sharedStrings.xml"):
            strings = package.read("xl/sharedStrings.xml")
            _within_bounds(name, lambda: check_texts(strings, cells))
        shown = package.rewritten(changed) if changed else data
    except PackageError as error:
        raise ReadError(f"“{name}”打不开：{error}。") from None
    return package, uncached, shown, tuple(left_out)


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


def _unreadable(name: str, data: bytes) -> str:
    if data[:8] == _COMPOUND and "EncryptedPackage".encode("utf-16-le") in data:
        return f"“{name}”设了打开密码，请先去掉密码再试。"
    return f"“{name}”已损坏，读不出工作表，请用 Excel 或 WPS 打开后另存一份。"
