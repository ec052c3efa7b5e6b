"""The workbook around a cell, for functions that look at all of it.

One recalculation asks for it many times: what was read is kept for a moment, so that a hundred
functions on a sheet cost one reading.
"""

from __future__ import annotations

import time
from typing import Any

from ..errors import UserError
from ..files.workbook import Workbook, check
from ..validate import Report
from .arrays import CellError
from .session import Session

_MOMENT = 1.0
_books: dict[str, tuple[float, Workbook]] = {}
_reports: dict[str, tuple[Workbook, Report]] = {}


def living_book(caller: Any) -> Workbook:
    """The workbook that holds the calling cell (an xlwings Range).  Raises CellError."""
    if caller is None:
        raise CellError("只能在单元格里用")
    book = caller.sheet.book
    key = str(book.api.FullName)
    known = _books.get(key)
    if known and time.monotonic() - known[0] < _MOMENT:
        return known[1]
    try:
        found = Session(book).workbook(calculate=False)
    except UserError as error:
        raise CellError(str(error)) from None
    _books[key] = time.monotonic(), found
    return found


def living_report(caller: Any) -> Report:
    """What validation says of that workbook now.  Raises CellError."""
    workbook = living_book(caller)
    key = str(workbook.path)
    known = _reports.get(key)
    if known and known[0] is workbook:
        return known[1]
    report = check(workbook)
    _reports[key] = workbook, report
    return report
