"""A zip archive in memory, rewritten with some entries replaced and all others kept as they are.

Only replaced entries are compressed anew.  Every other entry keeps its bytes: the compressed
data, the name, the flags, the times, the extra fields, the attributes and its place.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from xlbudget.errors import UserError

DAMAGED = "文件已损坏（压缩包不完整），请重新取得这个文件，或用 Excel 打开修复后另存"
NOT_A_WORKBOOK = "不是 Excel 工作簿（.xlsx 或 .xlsm），请用 Excel 或 WPS 另存为 .xlsx 后再试"
ENCRYPTED = "文件已加密，请先去掉打开密码"
OLD_FORMAT = "文件是旧的 .xls 格式，请用 Excel 或 WPS 另存为 .xlsx 后再试"
TOO_LARGE = "文件内容过大，无法处理，请删去无关的工作表后再试"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_END = struct.Struct("<4sHHHHIIH")
_ZIP64_EXTRA = 0x0001
_IS_ENCRYPTED = 0x0001
_HAS_DESCRIPTOR = 0x0008
_IN_UTF8 = 0x0800
# Far beyond any real sheet; a small file that claims more is a decompression bomb.
_LARGEST_ENTRY = 128 * 1024 * 1024
_LEVEL = 3


class PackageError(UserError):
    """The file cannot be read as a workbook; the message is one Chinese sentence for the user."""


class _Header(NamedTuple):
    """The fixed part of a central header, in the order the file has it."""

    magic: bytes
    made_by: int
    needed: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed_size: int
    size: int
    name_size: int
    extra_size: int
    comment_size: int
    disk: int
    internal: int
    external: int
    offset: int


class _Entry(NamedTuple):
    """One file in the zip; sizes and places in bytes, places counted from the archive's start."""

    name: str
    header: _Header
    tail: bytes  # name, extra fields and comment, as they follow the header
    packed_size: int
    size: int
    start: int  # the local header
    content: int  # the compressed bytes

    @property
    def raw_name(self) -> bytes:
        return self.tail[: self.header.name_size]

    @property
    def extra(self) -> bytes:
        return self.tail[self.header.name_size :][: self.header.extra_size]

    @property
    def comment(self) -> bytes:
        return self.tail[self.header.name_size + self.header.extra_size :]


class Archive:
    """A zip's entries.  Nothing changes it; :meth:`rewritten` gives another archive's bytes."""

    def __init__(self, data: bytes) -> None:
        """Read the directory; PackageError when ``data`` is no readable zip."""
        self.data = data
        try:
            self._entries, self._directory, self._comment = _read_directory(data)
        except (struct.error, IndexError, OverflowError) as error:
            raise PackageError(DAMAGED) from error
        # Of two entries of one name the last counts, as everywhere.
        self._by_name = {entry.name: entry for entry in self._entries}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the entries, in the directory's order."""
        return tuple(self._by_name)

    def read(self, name: str) -> bytes:
        """The content of an entry (KeyError if there is none); PackageError if it is damaged."""
        entry = self._by_name[name]
        if entry.size > _LARGEST_ENTRY:
            raise PackageError(TOO_LARGE)
        packed = self.data[entry.content : entry.content + entry.packed_size]
        if entry.header.method == 0:
            content = packed
        elif entry.header.method == zlib.DEFLATED:
            try:
                content = zlib.decompressobj(-15).decompress(packed, entry.size + 1)
            except zlib.error as error:
                raise PackageError(DAMAGED) from error
        else:
            raise PackageError(NOT_A_WORKBOOK)
        if len(content) != entry.size or zlib.crc32(content) != entry.header.crc:
            raise PackageError(DAMAGED)
        return content

    def rewritten(self, changes: Mapping[str, bytes | None]) -> bytes:
        """The archive with entries replaced (bytes) or left out (None); new names come last.

        The same input gives the same bytes: a replaced entry keeps its times and attributes.
        """
        places = sorted(entry.start for entry in self._entries)
        ends = dict(zip(places, [*places[1:], self._directory], strict=True))
        out = bytearray()
        headers: dict[int, bytes] = {}
        copied = 0  # the original up to this byte is dealt with
        for entry in sorted(self._entries, key=lambda entry: entry.start):
            if entry is not self._by_name[entry.name] or entry.name not in changes:
                place = len(out) + entry.start - copied
                headers[entry.start] = _moved(entry, place)
                continue
            out += self.data[copied : entry.start]
            copied = ends[entry.start]
            content = changes[entry.name]
            if content is not None:
                local, headers[entry.start] = _packed(self.data, entry, content, len(out))
                out += local
        out += self.data[copied : self._directory]
        directory = [headers[entry.start] for entry in self._entries if entry.start in headers]
        for name, content in changes.items():
            if name not in self._by_name and content is not None:
                local, header = _packed(b"", _new_entry(name, self._entries[0]), content, len(out))
                out += local
                directory.append(header)
        start, count = len(out), len(directory)
        out += b"".join(directory)
        if len(out) >= 0xFFFFFFFF or count >= 0xFFFF:
            raise PackageError(TOO_LARGE)
        size = len(out) - start
        out += _END.pack(b"PK\5\6", 0, 0, count, count, size, start, len(self._comment))
        return bytes(out + self._comment)


def _read_directory(data: bytes) -> tuple[list[_Entry], int, bytes]:
    """Entries in directory order, the directory's place and the archive's comment."""
    if data.startswith(_OLE):
        # Excel keeps an encrypted workbook in a stream of this name, written in UTF-16.
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise PackageError(ENCRYPTED if encrypted else OLD_FORMAT)
    if not data.startswith(b"PK"):
        raise PackageError(NOT_A_WORKBOOK)
    at = data.rfind(b"PK\5\6")
    if at < 0:
        raise PackageError(DAMAGED)
    _, disk, _, _, count, size, start, comment_size = _END.unpack_from(data, at)
    comment = data[at + _END.size :][:comment_size]
    limit = at
    if 0xFFFF in (disk, count) or 0xFFFFFFFF in (size, start):
        _require(at >= 20 and data[at - 20 : at - 16] == b"PK\6\7")
        (limit,) = struct.unpack_from("<Q", data, at - 12)
        _require(data[limit : limit + 4] == b"PK\6\6")
        count, size, start = struct.unpack_from("<QQQ", data, limit + 32)
    elif disk:
        raise PackageError(DAMAGED)
    _require(len(comment) == comment_size and start + size <= limit)
    entries = []
    position = start
    for _ in range(count):
        entry, position = _read_entry(data, position, start)
        _require(position <= start + size)
        entries.append(entry)
    _require(bool(entries))
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.start):
        # Overlapping entries: replacing one would damage the other.
        _require(entry.start >= end)
        end = entry.content + entry.packed_size
    _require(end <= start)
    return entries, start, comment


def _require(condition: bool) -> None:
    if not condition:
        raise PackageError(DAMAGED)


def _read_entry(data: bytes, at: int, directory: int) -> tuple[_Entry, int]:
    """The entry whose central header stands at ``at``, and where the next one stands."""
    header = _Header._make(_CENTRAL.unpack_from(data, at))
    _require(header.magic == b"PK\1\2")
    if header.flags & _IS_ENCRYPTED:
        raise PackageError(ENCRYPTED)
    tail_at = at + _CENTRAL.size
    end = tail_at + header.name_size + header.extra_size + header.comment_size
    tail = data[tail_at:end]
    wide = _zip64_values(tail[header.name_size :][: header.extra_size])
    size, packed_size, start = (
        wide.pop(0) if value == 0xFFFFFFFF else value
        for value in (header.size, header.packed_size, header.offset)
    )
    _require(start + _LOCAL.size <= directory)
    local = _LOCAL.unpack_from(data, start)
    _require(local[0] == b"PK\3\4")
    raw = tail[: header.name_size]
    # cp437 is ASCII and more; its table is loaded only for the names that need it.
    in_utf8 = header.flags & _IN_UTF8 or raw.isascii()
    name = raw.decode("utf-8" if in_utf8 else "cp437", "replace")
    content = start + _LOCAL.size + local[9] + local[10]
    return _Entry(name, header, tail, packed_size, size, start, content), end


def _extra_fields(extra: bytes) -> list[tuple[int, bytes, int]]:
    """Kind, content and place of each extra field; a remainder too short to be one is dropped."""
    fields = []
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        fields.append((kind, extra[at + 4 : at + 4 + size], at + 4))
        at += 4 + size
    return fields


def _zip64_values(extra: bytes) -> list[int]:
    """The 64-bit numbers that stand in for header fields of 0xFFFFFFFF, in their order."""
    for kind, content, _ in _extra_fields(extra):
        if kind == _ZIP64_EXTRA:
            return [value for (value,) in struct.iter_unpack("<Q", content[: len(content) & ~7])]
    return []


def _without_zip64(extra: bytes) -> bytes:
    return b"".join(
        struct.pack("<HH", kind, len(content)) + content
        for kind, content, _ in _extra_fields(extra)
        if kind != _ZIP64_EXTRA
    )


def _new_entry(name: str, sibling: _Entry) -> _Entry:
    """An entry for a part that was not there, dated as its sibling is."""
    raw = name.encode()
    flags = 0 if name.isascii() else _IN_UTF8
    when = (sibling.header.time, sibling.header.date)
    header = _Header(b"PK\1\2", 20, 20, flags, 8, *when, 0, 0, 0, len(raw), 0, 0, 0, 0, 0, 0)
    return _Entry(name, header, raw, 0, 0, 0, 0)


def _packed(data: bytes, entry: _Entry, content: bytes, place: int) -> tuple[bytes, bytes]:
    """Local record (header and data) and central header of an entry with new content."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    name = entry.raw_name
    local_extra = data[entry.start + _LOCAL.size : entry.content][len(name) :]
    local_extra, extra = _without_zip64(local_extra), _without_zip64(entry.extra)
    header = entry.header._replace(
        # The sizes are in the header now, so no data descriptor follows.
        flags=entry.header.flags & ~_HAS_DESCRIPTOR,
        needed=20,
        method=zlib.DEFLATED,
        crc=zlib.crc32(content),
        packed_size=len(packed),
        size=len(content),
        extra_size=len(extra),
        disk=0,
        offset=place,
    )
    local = _LOCAL.pack(b"PK\3\4", *header[2:10], len(name), len(local_extra))
    return (
        local + name + local_extra + packed,
        _CENTRAL.pack(*header) + name + extra + entry.comment,
    )


def _moved(entry: _Entry, place: int) -> bytes:
    """The entry's central header, pointing to another place."""
    header = entry.header
    if header.offset != 0xFFFFFFFF:
        return _CENTRAL.pack(*header._replace(offset=place)) + entry.tail
    # The place stands in the zip64 field, after the sizes that stand there too.
    for kind, _, at in _extra_fields(entry.extra):
        if kind == _ZIP64_EXTRA:
            at += header.name_size + 8 * (header[8:10].count(0xFFFFFFFF))
            tail = entry.tail[:at] + struct.pack("<Q", place) + entry.tail[at + 8 :]
            return _CENTRAL.pack(*header) + tail
    raise PackageError(DAMAGED)
