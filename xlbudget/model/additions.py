"""What we add to somebody's workbook, as data: sheets and notes, the same for a file and for open Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

NOTE_HEAD = "【校验】"
"""How a note (comment) of ours begins: so that clearing finds ours and leaves everybody else's."""

Value = Decimal | int | str | None


class SheetRow(NamedTuple):
    """One line: its cells from column A on, and how they look.

    ``style`` is title, hint, section, head or line.  ``links`` maps a column (from 1) to the
    place in the workbook that its cell leads to, such as ``'03支出表'!D9``.
    """

    values: Sequence[Value]
    style: str = "line"
    links: Mapping[int, str] = {}


class AddedSheet(NamedTuple):
    """A whole sheet: name, widths of its columns in characters, and its lines from row 1 on.

    ``hidden`` are the columns (from 1) that hold something for programs only.
    """

    name: str
    widths: Sequence[float]
    rows: Sequence[SheetRow]
    hidden: frozenset[int] = frozenset()


def link_to(sheet: str, cell: str) -> str:
    """The target of a link to a cell; an apostrophe in a sheet's name is doubled."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell}"
