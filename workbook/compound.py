"""Writes a compound file ([MS-CFB] version 3), the container of a VBA project.

No timestamps and a fixed order: the bytes follow from the content alone.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Union

Tree = Mapping[str, Union[bytes, "Tree"]]

SECTOR, MINI_SECTOR, MINI_LIMIT = 512, 64, 4096
FREE, END, FAT_SECTOR, NO_ENTRY = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
RED, BLACK = 0, 1
FAT_PLACES_IN_HEADER = 109


@dataclass
class _Entry:
    """A storage or a stream of the directory; siblings form a red-black tree."""

    name: str
    kind: int
    data: bytes = b""
    children: list[_Entry] = field(default_factory=list)
    id: int = 0
    left: int = NO_ENTRY
    right: int = NO_ENTRY
    child: int = NO_ENTRY
    colour: int = BLACK
    start: int = END

    @property
    def is_mini(self) -> bool:
        return self.kind == STREAM and 0 < len(self.data) < MINI_LIMIT

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le")
        links = (self.left, self.right, self.child)
        return (
            name.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(name) + 2, self.kind, self.colour, *links)
            + bytes(16)  # class id
            + struct.pack("<IQQIQ", 0, 0, 0, self.start, len(self.data))
        )


_UNUSED = (
    bytes(64) + struct.pack("<HBBIII", 0, 0, 0, NO_ENTRY, NO_ENTRY, NO_ENTRY) + bytes(48)
)  # fills the directory's last sector


def write_compound(tree: Tree) -> bytes:
    """The compound file that holds ``tree``: names to streams (bytes) or storages (trees)."""
    root = _Entry("Root Entry", ROOT, children=_entries(tree))
    entries: list[_Entry] = []
    _number(root, entries)
    sectors = _Sectors()
    mini_chains = _place_mini_streams(root, entries)
    for entry in entries:
        if entry.kind == STREAM and len(entry.data) >= MINI_LIMIT:
            entry.start = sectors.add(entry.data)
        elif entry.kind == STORAGE:
            entry.start = 0
    root.start = sectors.add(root.data)
    mini_table = struct.pack(f"<{len(mini_chains)}I", *mini_chains)
    mini_table += b"\xff" * (-len(mini_table) % SECTOR)
    mini_start = sectors.add(mini_table)
    directory = b"".join(entry.packed() for entry in entries)
    directory += _UNUSED * (-len(entries) % (SECTOR // len(_UNUSED)))
    directory_start = sectors.add(directory)
    fat_places = sectors.add_fat()
    if len(fat_places) > FAT_PLACES_IN_HEADER:
        raise ValueError("a compound file over 6.8 MB needs a list of its FAT that is not written")
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)  # version, byte order, sector sizes
        + struct.pack("<IIIII", 0, len(fat_places), directory_start, 0, MINI_LIMIT)
        + struct.pack("<IIII", mini_start, len(mini_table) // SECTOR, END, 0)
    )
    places = [*fat_places, *[FREE] * (FAT_PLACES_IN_HEADER - len(fat_places))]
    return header + struct.pack("<109I", *places) + b"".join(sectors.blocks)


def _entries(tree: Tree) -> list[_Entry]:
    found = [
        _Entry(name, STREAM, value)
        if isinstance(value, bytes)
        else _Entry(name, STORAGE, children=_entries(value))
        for name, value in tree.items()
    ]
    # [MS-CFB] 2.6.4: the shorter name first, then by upper-cased UTF-16.
    found.sort(key=lambda e: (len(e.name.encode("utf-16-le")), e.name.upper().encode("utf-16-be")))
    return found


def _number(entry: _Entry, entries: list[_Entry]) -> None:
    entry.id = len(entries)
    entries.append(entry)
    for child in entry.children:
        _number(child, entries)
    # Levels above the last are full and black; nodes on a last level that is not full are red.
    entry.child = _link(entry.children, (len(entry.children) + 1).bit_length() - 1)


def _link(siblings: Sequence[_Entry], black_levels: int) -> int:
    """Make a balanced search tree of sorted siblings; the id of its top."""
    if not siblings:
        return NO_ENTRY
    middle = len(siblings) // 2
    top = siblings[middle]
    top.colour = BLACK if black_levels > 0 else RED
    top.left = _link(siblings[:middle], black_levels - 1)
    top.right = _link(siblings[middle + 1 :], black_levels - 1)
    return top.id


def _place_mini_streams(root: _Entry, entries: Sequence[_Entry]) -> list[int]:
    """Put small streams into the root's own stream; the chains of its small sectors."""
    chains: list[int] = []
    content = bytearray()
    for entry in entries:
        if entry.is_mini:
            entry.start = len(chains)
            count = -(-len(entry.data) // MINI_SECTOR)
            chains += [*range(entry.start + 1, entry.start + count), END]
            content += entry.data.ljust(count * MINI_SECTOR, b"\0")
    root.data = bytes(content)
    return chains


class _Sectors:
    """The file's sectors after the header, and the table of their chains (FAT)."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []
        self._fat: list[int] = []

    def add(self, data: bytes) -> int:
        """Append a stream; the number of its first sector."""
        if not data:
            return END
        first = len(self.blocks)
        for at in range(0, len(data), SECTOR):
            self.blocks.append(data[at : at + SECTOR].ljust(SECTOR, b"\0"))
        self._fat += [*range(first + 1, len(self.blocks)), END]
        return first

    def add_fat(self) -> list[int]:
        """Append the table itself; the numbers of its sectors."""
        entries = SECTOR // 4
        count = 0
        while count * entries < len(self._fat) + count:
            count += 1
        places = list(range(len(self.blocks), len(self.blocks) + count))
        fat = [*self._fat, *[FAT_SECTOR] * count]
        fat += [FREE] * (count * entries - len(fat))
        packed = struct.pack(f"<{len(fat)}I", *fat)
        self.blocks += [packed[at : at + SECTOR] for at in range(0, len(packed), SECTOR)]
        return places
