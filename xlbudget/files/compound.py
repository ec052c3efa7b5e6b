"""The compound file around an .xls or .et: chains of sectors that end, known before a reader follows them.

The reader follows each chain to its end and keeps what it finds: one that bites its own tail fills the
memory until the process is aborted.  For a sector it makes room up to that sector's place, wherever the
file ends ([MS-CFB] 2.3, 2.6).
"""

from __future__ import annotations

import struct
from array import array

from .bounds import BoundsError

_NO_MORE = 0xFFFFFFFA  # from here on a number stands for no sector
_LAST, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_IN_HEADER = 109  # sectors of the allocation table that the header names
_ENTRY = 128  # bytes of a directory entry
_STREAM, _ROOT = 2, 5
_SMALL = 4096  # shorter streams are in the small sectors
_BROKEN = "已损坏（文件不完整，或内部首尾相接），请用 Excel 或 WPS 打开后另存一份"


def check_compound(data: bytes) -> None:
    """BoundsError where a chain of sectors has no end or leaves the file, or where chains have more sectors
    than the file.  Other damage is not looked for: the reader says so.
    """
    try:
        _check(data)
    except (struct.error, IndexError):
        raise BoundsError(_BROKEN) from None


def _check(data: bytes) -> None:
    (shift,) = struct.unpack_from("<H", data, 30)
    if shift not in (9, 12):
        return
    size = 1 << shift
    most = len(data) // size + 1
    start, _, _, small_start, small_count, more = struct.unpack_from("<6I", data, 48)
    tables = _numbers(data[76 : 76 + 4 * _IN_HEADER])
    steps = 0
    while more < _NO_MORE:
        steps += 1
        if steps > most:
            raise BoundsError(_BROKEN)
        named = _numbers(_sector(data, more, size))
        more = named.pop()
        tables.extend(named)
    used = [number for number in tables if number != _FREE]
    if len(used) > most:
        raise BoundsError(_BROKEN)
    table = _numbers(b"".join(_sector(data, number, size) for number in used))
    directory, left = _chain(table, start, 2 * most)
    small: list[int] = []
    if small_count:
        small, left = _chain(table, small_start, left)
    small_table = _numbers(b"".join(_sector(data, number, size) for number in small))
    left_small = 2 * len(small_table)
    for sector in directory:
        entries = _sector(data, sector, size)
        for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
            kind = entries[at + 66]
            first, length = struct.unpack_from("<II", entries, at + 116)
            if (kind == _ROOT and small_count) or (kind == _STREAM and length >= _SMALL):
                chain, left = _chain(table, first, left)
                for number in chain:
                    _sector(data, number, size)
            elif kind == _STREAM and length:
                left_small = _chain(small_table, first, left_small)[1]


def _chain(table: array[int], start: int, most: int) -> tuple[list[int], int]:
    """The sectors of a chain, and how many there may be in others; IndexError beyond the table."""
    found: list[int] = []
    number = start
    while number != _LAST:
        if len(found) >= most:
            raise BoundsError(_BROKEN)
        found.append(number)
        number = table[number]
    return found, most - len(found)


def _sector(data: bytes, number: int, size: int) -> bytes:
    """A sector, the file's last one perhaps shorter than others; IndexError beyond the file's end."""
    content = data[(number + 1) * size : (number + 2) * size]
    if not content:
        raise IndexError(number)
    return content


def _numbers(content: bytes) -> array[int]:
    return array("I", content[: len(content) & ~3])
