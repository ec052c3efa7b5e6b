"""What all sheets have in common: printing, protection, what may be typed as an amount."""

from __future__ import annotations

from decimal import Decimal

from xlsxwriter.worksheet import Worksheet

AMOUNT_ERROR = "这里只能填数字。没有金额的留空，不要填“—”、“无”或文字；单位看表头。"


def print_set_up(sheet: Worksheet, *, landscape: bool, numbered: bool = True) -> None:
    """A4, one page wide, tints left out in print; ``numbered`` pages say sheet and page."""
    sheet.set_paper(9)
    if landscape:
        sheet.set_landscape()
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.center_horizontally()
    sheet.print_black_and_white()
    sheet.fit_to_pages(1, 0)
    if numbered:
        sheet.set_footer('&C&"宋体"&9&A　第&P页', {"margin": 0.25})


def protect(sheet: Worksheet) -> None:
    """Lock labels and formulas without a password; rows and columns may still be shown, sized."""
    sheet.protect(
        "",
        {
            "format_rows": True,
            "format_columns": True,
            "format_cells": True,
            "autofilter": True,
            "sort": True,
            "insert_hyperlinks": True,
        },
    )


def amount_validation() -> dict[str, object]:
    """Validation of an amount cell: a number, with a message an accountant understands."""
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": -1e13,
        "maximum": 1e13,
        "error_title": "不是金额",
        "error_message": AMOUNT_ERROR,
    }


def as_number(text: str) -> Decimal | None:
    """A typed number, or None."""
    try:
        number = Decimal(text.replace(",", "").strip())
    except ArithmeticError:
        return None
    return number if number.is_finite() else None
