"""What Excel's cells hold, as the file reader gives it: the same grid from a file and from open Excel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from ..model.grid import Grid

# Excel hands error values over as these numbers; true numbers always come as floats.
_ERRORS = {
    -2146826288: "#NULL!",
    -2146826281: "#DIV/0!",
    -2146826273: "#VALUE!",
    -2146826265: "#REF!",
    -2146826259: "#NAME?",
    -2146826252: "#NUM!",
    -2146826246: "#N/A",
}
_ERROR_NUMBERS = range(-2146826300, -2146826200)
_MIDNIGHT = time()
_DAY_ZERO = date(1899, 12, 30)


def grid_of(values: Any, raw: Any = None) -> Grid:
    """The rows of a range's ``Value``; ``raw`` is its ``Value2`` where a cell is of a currency format.

    A currency comes rounded to four decimals in ``Value``, so such cells are taken from ``raw``.
    """
    rows = as_rows(values)
    others = as_rows(raw) if raw is not None else rows
    return [
        [
            _cell(second if isinstance(first, Decimal) else first)
            for first, second in zip(a, b, strict=True)
        ]
        for a, b in zip(rows, others, strict=True)
    ]


def holds_currency(values: Any) -> bool:
    """Whether a range's ``Value`` holds a currency, rounded as it is."""
    return any(isinstance(value, Decimal) for row in as_rows(values) for value in row)


def as_rows(values: Any) -> Sequence[Sequence[Any]]:
    """A range's values as rows: Excel gives a single cell's value bare."""
    if isinstance(values, (tuple, list)):
        return values if values and isinstance(values[0], (tuple, list)) else (values,)
    return ((values,),)


def _cell(value: Any) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _ERRORS.get(value, "#ERROR!") if value in _ERROR_NUMBERS else float(value)
    if isinstance(value, datetime):
        plain = datetime(*value.timetuple()[:6])
        if plain.date() == _DAY_ZERO:
            return plain.time()
        return plain.date() if plain.time() == _MIDNIGHT else plain
    return value


def without_end(grid: Iterable[Sequence[object]]) -> Grid:
    """The grid without blank rows at its end, which a file does not hold and Excel may."""
    rows = [list(row) for row in grid]
    while rows and all(value == "" for value in rows[-1]):
        rows.pop()
    return rows
