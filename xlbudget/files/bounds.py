"""How much a reader would lay out for a workbook, known before it is asked to.

The reader makes a full rectangle of each sheet, from A1 to the last row and the last column that hold
anything: one stray cell in the last corner of a sheet of 6 KB would ask for half a terabyte.  So the
cells with content are looked for first.  What stands far from everything else is cut out and told;
what cannot be a sheet is refused.
"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import NamedTuple

from ..model.addresses import address
from ..ooxml.package import scannable
from ..patterns import lazy_pattern

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""What a sheet of Excel's can hold."""
MAX_CELLS = 2_000_000  # more is no final account
MAX_ALL_CELLS = 10_000_000  # of all sheets together
MAX_TEXT = 1_000_000_000  # bytes of text in all cells
_NEAR_ROW, _NEAR_COLUMN = 4_000, 500  # a table stands within these
_SHORT = 200  # bytes in a cell that may be blanks alone
_STRAY = 1_000  # more cells than that beyond are no stray ones

# A cell so far out that a sheet which ends there is no table's: AAA1, AA1000, A10000.
_FAR = lazy_pattern(rb' r="(?:[A-Za-z]{3}|[A-Za-z]{2}\d{4}|[A-Za-z]?\d{5})')
_ANY_FAR = lazy_pattern(
    rb"\sr\s*=\s*[\"'](?:[A-Za-z]{3,}\d|[A-Za-z]{2}\d{4}|[A-Za-z]?\d{5})|<(?:[\w.-]+:)?c>"
)
_TAG = lazy_pattern(rb"""<((?:[\w.-]+:)?)(row|c)(?=[\s/>])((?:[^<>"']++|"[^"]*"|'[^']*')*+)>""")
_REFERENCE = lazy_pattern(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d*)["']""")


class BoundsError(Exception):
    """What a sheet claims to hold cannot be laid out; the message is Chinese, without the file's name."""


class Near(NamedTuple):
    """A sheet's XML without the stray cells, and their addresses."""

    xml: bytes
    left_out: tuple[str, ...]


def near_cells(xml: bytes) -> Near:
    """A sheet's XML as it can be laid out.

    BoundsError for cells beyond Excel's last row or column, and for more cells than a table has.
    """
    scan = scannable(xml)
    if (_FAR if _is_usual(scan) else _ANY_FAR).search(scan) is None:
        return Near(xml, ())
    last_row = last_column = 0
    far: list[tuple[int, int, str]] = []
    row = column = 0
    ends: dict[bytes, int] = {}
    for tag in _TAG.finditer(scan):
        reference = _REFERENCE.search(tag[3])
        if tag[2] == b"row":
            row = int(reference[2]) if reference and reference[2] else row + 1
            column = 0
            if row > LAST_ROW:
                raise BoundsError(f"有第{row}行，超出了 Excel 的范围，文件已损坏，请重新另存一份")
            continue
        if reference:
            column = _number(reference[1]) if reference[1] else column + 1
            row = int(reference[2]) if reference[2] else row
        else:
            column += 1
        if row > LAST_ROW or column > LAST_COLUMN:
            shown = tag[3].decode("latin-1").strip()[:40]
            raise BoundsError(f"有单元格（{shown}）超出了 Excel 的范围，文件已损坏，请重新另存一份")
        if tag[3].endswith(b"/"):
            continue  # a format without content
        closing = b"</" + tag[1] + b"c>"
        inside = tag.end()
        after = ends.get(closing, 0)
        if 0 <= after < inside:  # an end that was found for an earlier cell is not looked for again
            after = ends[closing] = scan.find(closing, inside)
        if after < 0 or (after - inside < _SHORT and not scan[inside:after].strip()):
            continue
        if row > _NEAR_ROW or column > _NEAR_COLUMN:
            far.append((tag.start(), after + len(closing), address(row, column)))
            if row * column > MAX_CELLS and len(far) > _STRAY:
                break
        last_row, last_column = max(last_row, row), max(last_column, column)
    if last_row * last_column <= MAX_CELLS:
        return Near(xml, ())
    if len(far) > _STRAY:
        raise BoundsError(
            f"用到了第{last_row}行、第{last_column}列，太大了，不像决算表；"
            "请删掉表格下方和右侧的行列再保存"
        )
    kept, at = [], 0
    for start, stop, _ in far:
        kept.append(xml[at:start])
        at = stop
    return Near(b"".join((*kept, xml[at:])), tuple(where for _, _, where in far))


def _is_usual(xml: bytes) -> bool:
    """Whether every cell of a sheet is spelled as everybody spells it, so that a quick look is enough."""
    first, last = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    return (
        0 <= first < last
        and xml.count(b"<c", first, last) == xml.count(b'<c r="', first, last)
        and xml.find(b":c", first, last) < 0
    )


def check_texts(strings: bytes, cells: int) -> None:
    """BoundsError where ``cells`` cells of a workbook could all hold its longest shared text: each becomes a
    text of its own in memory.  ``strings`` is the part sharedStrings."""
    longest = max(map(len, strings.split(b"</si>")), default=0)
    if longest * cells > MAX_TEXT:
        raise BoundsError("里的文字太多、太长，不像决算表；请另存一份只含九张表的")


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number


# ---------------------------------------------------------------- open documents

_ODS_TAG = lazy_pattern(
    rb"""<(/?)(?:[\w.-]+:)?(table|table-row|table-cell|covered-table-cell)(?=[\s/>])"""
    rb"""((?:[^<>"']++|"[^"]*"|'[^']*')*+)>"""
)
_REPEATED = lazy_pattern(rb"""number-(?:rows|columns)-repeated\s*=\s*["']\s*(\d+)""")


def check_open_document(content: bytes) -> None:
    """BoundsError where repeated rows and columns with content would fill more than a table."""
    row = column = width = 0
    repeated = times = 1
    filled = texts = all_texts = begun = 0
    content = scannable(content)
    for tag in _ODS_TAG.finditer(content):
        closing, name, rest = tag[1], tag[2], tag[3]
        count = _REPEATED.search(rest)
        before, times = times, min(int(count[1][:9]), 10**9) if count else 1
        if name == b"table":
            row = width = 0
        elif name == b"table-row":
            if not closing:
                column, filled, repeated, texts = 0, 0, times, 0
            if closing or rest.endswith(b"/"):
                row += repeated
                all_texts += texts * repeated
                if all_texts > MAX_TEXT:
                    raise BoundsError("里的文字太多、太长，不像决算表；请另存一份只含九张表的")
                if filled:
                    width = max(width, filled)
                    if row * width > MAX_CELLS:
                        raise BoundsError(
                            f"有一张表用到了第{row}行、第{width}列，太大了；"
                            "请删掉表格下方和右侧的行列再保存"
                        )
        elif closing:
            texts += (tag.start() - begun) * before
        else:
            column += times
            begun = tag.end()
            if not rest.endswith(b"/") or b"value" in rest:
                filled = column
                texts += len(rest) * times


# ---------------------------------------------------------------- the old formats

_CELL_RECORDS = frozenset(
    (0x0203, 0x027E, 0x00FD, 0x00BD, 0x0006, 0x0204, 0x0205, 0x00D6, 0x0003, 0x0004, 0x0002)
)
_END_OF_SHEET, _SHARED_STRINGS, _DIMENSIONS, _SHEET_NAME = 0x000A, 0x00FC, 0x0200, 0x0085
_MOST_HIDDEN = 20  # sheets that begin where no record does, and the records of each
_MOST_RECORDS = 500_000
_INCONSISTENT = "已损坏（记录的大小和内容对不上），请用 Excel 或 WPS 打开后另存一份"
_LARGEST_OLD_SHEET = 65_536 * 256


def check_old_workbook(data: bytes) -> None:
    """BoundsError where an .xls or .et holds cells so far apart that no table is.

    The records of a BIFF stream are read for nothing but their rows and columns ([MS-XLS] 2.4).
    """
    import olefile

    try:
        if not olefile.isOleFile(BytesIO(data)):
            stream = data
        else:
            with olefile.OleFileIO(BytesIO(data)) as file:
                name = next((n for n in ("Workbook", "Book") if file.exists(n)), None)
                if name is None:
                    return
                stream = file.openstream(name).read()
    except (OSError, ValueError, IndexError, struct.error, TypeError, OverflowError):
        return  # damaged: the reader says so
    seen: set[int] = set()
    sheets = _check_records(stream, 0, seen, to_the_end=True)
    # A sheet begins where its name says, which need not be where a record of the whole stream does.
    hidden = [at for at in dict.fromkeys(sheets) if at not in seen]
    if len(hidden) > _MOST_HIDDEN:
        raise BoundsError(_INCONSISTENT)
    for at in hidden:
        _check_records(stream, at, set(), to_the_end=False)


def _check_records(stream: bytes, at: int, seen: set[int], *, to_the_end: bool) -> list[int]:
    """Check the records from ``at`` to the end of the stream or of the sheet; where the sheets they name begin.

    ``seen`` receives where records begin.
    """
    sheets = []
    last_row = last_column = 0
    while at + 4 <= len(stream):
        seen.add(at)
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == _END_OF_SHEET:
            if not to_the_end:
                break
            last_row = last_column = 0
        elif kind == _SHEET_NAME and at + 8 <= len(stream):
            sheets.append(struct.unpack_from("<I", stream, at + 4)[0])
        elif kind in (_SHARED_STRINGS, _DIMENSIONS) and at + 4 + size <= len(stream):
            _check_promise(kind, stream[at + 4 : at + 4 + size], len(stream))
        elif kind in _CELL_RECORDS and size >= 4 and at + 8 <= len(stream):
            row, column = struct.unpack_from("<HH", stream, at + 4)
            last_row, last_column = max(last_row, row + 1), max(last_column, column + 1)
            if last_row * last_column > MAX_CELLS:
                raise BoundsError(
                    f"有一张表用到了第{last_row}行、第{last_column}列，太大了；"
                    "请删掉表格下方和右侧的行列再保存"
                )
        if not to_the_end and len(seen) > _MOST_RECORDS:
            raise BoundsError(_INCONSISTENT)
        at += 4 + size
    return sheets


def _check_promise(kind: int, record: bytes, size: int) -> None:
    """BoundsError where a record announces more than there is: the reader makes room for what it says.

    SST says how many texts follow, each of at least three bytes; DIMENSIONS which cells a sheet has.
    """
    if kind == _SHARED_STRINGS and len(record) >= 8:
        promised = 3 * int.from_bytes(record[4:8], "little") <= size
    elif kind == _DIMENSIONS and len(record) >= 12:
        first, last, left, right = struct.unpack_from("<IIHH", record)
        promised = max(last - first + 1, 0) * max(right - left + 1, 0) <= _LARGEST_OLD_SHEET * 2
    else:
        return
    if not promised:
        raise BoundsError(_INCONSISTENT)
