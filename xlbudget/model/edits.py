"""What is to be changed in a workbook: a list of cell edits, the same for a file and for open Excel."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

CellValue = Decimal | int | str | None


class CellEdit(NamedTuple):
    """One cell and the value it is to hold.

    ``row`` and ``column`` count from 1.  ``value`` is a number (written exactly as its digits
    stand), a text, or ``None`` to empty the cell.  The cell's format is never touched.
    """

    sheet: str
    row: int
    column: int
    value: CellValue
