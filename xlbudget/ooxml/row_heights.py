"""How wide a text is printed, and how high the row of a wrapped text must be.

Excel fits rows by itself only while it is open; a file says its heights, or LibreOffice and WPS
show one line.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

LINE = 14.5
"""Points a line of our ten-point texts takes in the fonts with the highest lines."""
HIGHEST = 409.0
"""Excel's highest row, in points."""
_DIGITS = 1.03
"""Digits of our ten-point font that go into a column's unit, a pixel being lost here and there."""
_SLACK = 2
"""Digits lost at a line's end: no line starts with a comma or a closing quotation mark."""


def width_of(text: str) -> int:
    """How wide a text is printed, in digits: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of that width."""
    room = max(2, int(width * _DIGITS) - _SLACK)
    return sum(max(1, -(-width_of(line) // room)) for line in text.split("\n"))


def row_height(cells: Iterable[tuple[str, float]]) -> float:
    """The height of a row, in points, with these texts in columns of these widths."""
    lines = max((lines_of(text, width) for text, width in cells), default=1)
    return min(LINE * lines + 1, HIGHEST)
