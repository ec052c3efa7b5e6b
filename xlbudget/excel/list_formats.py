"""Lists of ours in open Excel: heads, borders, wrapped texts, rows as high as their texts, printing.

A sheet that we add to somebody's workbook looks like the template's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ..model.addresses import column_letters
from ..template.styles import EDGE, HEAD, HEI
from .com import ComError

_CENTRE, _TOP, _ACROSS = -4108, -4160, 7
_CONTINUOUS, _LANDSCAPE, _A4 = 1, 2, 9


def colour(text: str) -> int:
    """``#RRGGBB`` as Excel's object model counts colours."""
    red, green, blue = (int(text[i : i + 2], 16) for i in (1, 3, 5))
    return red + 256 * green + 65536 * blue


def dress(sheet: Any, widths: Sequence[float], head: int, last: int) -> None:
    """The looks of a list: its title in row 1, heads in row ``head``, lines down to ``last``."""
    end = column_letters(len(widths))
    for column, width in enumerate(widths, 1):
        sheet.Range(f"{column_letters(column)}1").ColumnWidth = width
    title = sheet.Range(f"A1:{end}1")
    title.Font.Name, title.Font.Size = HEI, 16
    title.HorizontalAlignment, title.RowHeight = _ACROSS, 30
    heads = sheet.Range(f"A{head}:{end}{head}")
    heads.Font.Bold = True
    heads.Interior.Color = colour(HEAD)
    heads.HorizontalAlignment = heads.VerticalAlignment = _CENTRE
    if last > head:
        lines = sheet.Range(f"A{head + 1}:{end}{last}")
        lines.WrapText, lines.VerticalAlignment = True, _TOP
    table = sheet.Range(f"A{head}:{end}{last}")
    table.Borders.LineStyle, table.Borders.Color = _CONTINUOUS, colour(EDGE)
    # Excel asks the printer for these; without one they stay as they are.
    with suppress(ComError):
        page = sheet.PageSetup
        page.PaperSize, page.Orientation = _A4, _LANDSCAPE
        page.Zoom, page.FitToPagesWide, page.FitToPagesTall = False, 1, False
        page.PrintTitleRows = f"${head}:${head}"


def fit_rows(sheet: Any, first: int, last: int) -> None:
    """These rows as high as their texts need."""
    if last >= first:
        sheet.Range(f"A{first}:A{last}").EntireRow.AutoFit()


def print_down_to(sheet: Any, columns: int, last: int) -> None:
    """Print the sheet's first columns down to a row."""
    with suppress(ComError):
        sheet.PageSetup.PrintArea = f"$A$1:${column_letters(columns)}${last}"
