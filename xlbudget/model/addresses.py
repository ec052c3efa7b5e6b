"""Addresses of cells: 1-based rows and columns to ``C8`` and back."""

from __future__ import annotations

from functools import lru_cache

from ..patterns import lazy_pattern

_ADDRESS = lazy_pattern(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """The letters of a 1-based column: 1 → ``A``, 28 → ``AB``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """The address of a cell from its 1-based row and column."""
    return f"{column_letters(column)}{row}"


@lru_cache(maxsize=16384)
def parse_address(text: str) -> tuple[int, int]:
    """Row and column (1-based) of an address such as ``C8``; ValueError if it is none."""
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a cell address: {text!r}")
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column
