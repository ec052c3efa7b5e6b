"""What a sheet shows of its cells on paper: hidden rows and columns, the print area, formats that divide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Shown(NamedTuple):
    """Rows and columns (from 1) that are hidden; print areas (top, left, bottom, right), none where all is
    printed; the number formats of cells (row, column) that show another amount than is stored."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    areas: tuple[tuple[int, int, int, int], ...] = ()
    formats: Mapping[tuple[int, int], str] = {}

    def prints(self, row: int, column: int) -> bool:
        """Whether a cell lies in a print area."""
        return not self.areas or any(
            top <= row <= bottom and left <= column <= right
            for top, left, bottom, right in self.areas
        )


ALL = Shown()
