"""Fonts for print: the system's 仿宋, 宋体, 黑体 and 楷体, and open ones where there are none.

The package ``pylopdf-fonts-zh-cn`` holds Noto Serif SC and Noto Sans SC, so that a machine without
Chinese fonts prints no empty boxes.
"""

from __future__ import annotations

import mmap
import struct
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import typst

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "fang": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "华文仿宋"),
    "song": ("SimSun", "宋体", "NSimSun", "STSong", "华文宋体", "Songti SC"),
    "hei": ("SimHei", "黑体", "STHeiti", "华文黑体", "Heiti SC"),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "华文楷体", "Kaiti SC"),
}
"""The faces of official documents by the names that systems know them under, best first."""

OPEN_SERIF, OPEN_SANS = "Noto Serif SC", "Noto Sans SC"
_OPEN = {"fang": OPEN_SERIF, "song": OPEN_SERIF, "kai": OPEN_SERIF, "hei": OPEN_SANS}

GETA = "〓"
"""What stands for a character that no font has: the printers' mark for a missing letter."""


class Faces(NamedTuple):
    """The fonts of this machine: families by role, best first, and the characters they have."""

    fonts: typst.Fonts
    families: dict[str, list[str]]
    coverage: Coverage


class Coverage:
    """Which characters some font of several has."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(ranges):
            if self._ends and start <= self._ends[-1] + 1:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, char: str) -> bool:
        place = bisect_right(self._starts, ord(char)) - 1
        return place >= 0 and ord(char) <= self._ends[place]

    def printable(self, text: str) -> str:
        """The text with every character that no font has replaced by 〓."""
        missing = {char for char in set(text) if char not in self and not char.isspace()}
        if not missing:
            return text
        # Joiners and variation selectors print nothing by themselves.
        table = {
            ord(c): "" if 0xFE00 <= ord(c) <= 0xFE0F or c == "\u200d" else GETA for c in missing
        }
        return text.translate(table)


@lru_cache(maxsize=2)
def faces(*, system: bool = True) -> Faces:
    """The fonts to print with; ``system`` False leaves the machine's own aside.

    Looked for once in a process: going through a machine's fonts takes as long as checking a workbook.
    """
    import typst
    from pylopdf_fonts_zh_cn import sans_path, serif_path

    fonts = typst.Fonts(
        include_system_fonts=system,
        include_embedded_fonts=False,
        font_paths=[str(serif_path().parent)],
    )
    known = set(fonts.families())
    families = {
        role: [*[name for name in names if name in known][:1], _OPEN[role]]
        for role, names in FAMILIES.items()
    }
    used = {name for names in families.values() for name in names}
    ranges: list[tuple[int, int]] = []
    files = {serif_path(): 0, sans_path(): 0}
    if used - {OPEN_SERIF, OPEN_SANS}:
        files |= {
            Path(info.path): info.index
            for info in fonts.fonts()
            if info.path and info.family in used
        }
    for path, index in files.items():
        ranges += characters(path, index)
    return Faces(fonts, families, Coverage(ranges))


# ---------------------------------------------------------------- the characters of a font file


def characters(path: Path, index: int = 0) -> list[tuple[int, int]]:
    """The ranges of characters that a font file (OpenType, or a collection's ``index``) maps.

    Reads the cmap table's subtables of format 4 and 12; empty for a file without them.  Source:
    the OpenType specification, "cmap".
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
        for place in range(start + 12, start + 12 + 16 * _u16(data, start + 4), 16):
            if data[place : place + 4] == b"cmap":
                return _cmap(data, struct.unpack_from(">I", data, place + 8)[0])
    return []


def _u16(data: mmap.mmap, place: int) -> int:
    return int.from_bytes(data[place : place + 2], "big")


def _cmap(data: mmap.mmap, start: int) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for number in range(_u16(data, start + 2)):
        table = start + struct.unpack_from(">I", data, start + 8 + 8 * number)[0]
        if _u16(data, table) == 12:
            count = struct.unpack_from(">I", data, table + 12)[0]
            groups = data[table + 16 : table + 16 + 12 * count]
            ranges += [(first, last) for first, last, _ in struct.iter_unpack(">3I", groups)]
        elif _u16(data, table) == 4:
            double = _u16(data, table + 6)
            ends = struct.unpack_from(f">{double // 2}H", data, table + 14)
            starts = struct.unpack_from(f">{double // 2}H", data, table + 16 + double)
            ranges += [pair for pair in zip(starts, ends, strict=True) if pair[0] != 0xFFFF]
    return ranges
