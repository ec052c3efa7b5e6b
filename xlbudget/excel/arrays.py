"""Arguments and results of functions in cells: areas of any shape, blanks and text among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from ..model.money import WAN, AmountError, Unit, parse_amount

Area = Sequence[Sequence[Any]]
Shown = str | float

Function = TypeVar("Function", bound=Callable[..., Any])

MISMATCH = "几个区域的行数、列数不一致"


class CellError(Exception):
    """What cannot be computed; the text is what the cell shows."""


def each(function: Callable[..., Shown], *areas: Area) -> list[list[Shown]]:
    """The function over areas cell by cell; a single cell, row or column goes with any shape.

    Errors are texts in the cell that they concern.
    """
    rows = _size([len(area) for area in areas])
    columns = _size([len(area[0]) for area in areas])
    if rows is None or columns is None:
        return [[MISMATCH]]
    return [
        [_shown(function, *(_at(area, i, j) for area in areas)) for j in range(columns)]
        for i in range(rows)
    ]


def _size(sizes: Sequence[int]) -> int | None:
    many = {size for size in sizes if size != 1}
    if len(many) > 1:
        return None
    return many.pop() if many else 1


def _at(area: Area, row: int, column: int) -> Any:
    line = area[row if len(area) > 1 else 0]
    return line[column if len(line) > 1 else 0]


def _shown(function: Callable[..., Shown], *values: Any) -> Shown:
    try:
        return function(*values)
    except CellError as error:
        return str(error)


def is_blank(value: Any) -> bool:
    """Nothing, or nothing but spaces."""
    return value is None or (isinstance(value, str) and not value.strip())


def amount(value: Any, unit: Unit = WAN) -> int | None:
    """A cell's amount in 分; None for a blank.  Raises CellError for text and truth values."""
    if isinstance(value, Decimal):
        value = float(value)
    try:
        parsed = parse_amount(value, unit)
    except AmountError:
        raise CellError(f"“{str(value).strip()}”不是金额") from None
    return parsed[0] if parsed else None


def flat(area: Area) -> list[Any]:
    """All cells of an area, row by row."""
    return [value for row in area for value in row]


def unhinted(function: Function) -> Function:
    """The function without its annotations: xlwings would convert arguments after them."""
    function.__annotations__ = {}
    return function
