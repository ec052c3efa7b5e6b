"""What Excel hands over, as a file's reader gives it."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from xlbudget.excel.cell_values import grid_of, holds_currency, without_end


def test_values_are_those_of_the_file_reader() -> None:
    values = (
        (None, "", "甲", 1.5, 3, True),
        (-2146826281, -2146826238, datetime(2024, 1, 5), datetime(2024, 1, 5, 10, 30), None, None),
        (datetime(1899, 12, 30, 9, 30), None, None, None, None, None),
    )
    assert grid_of(values) == [
        ["", "", "甲", 1.5, 3.0, True],
        ["#DIV/0!", "#ERROR!", date(2024, 1, 5), datetime(2024, 1, 5, 10, 30), "", ""],
        [time(9, 30), "", "", "", "", ""],
    ]


def test_a_single_cell_comes_bare() -> None:
    assert grid_of(1.5) == [[1.5]]


def test_a_currency_keeps_all_its_digits() -> None:
    values, raw = ((Decimal("1.2346"), "甲"),), ((1.23456, "甲"),)
    assert holds_currency(values)
    assert not holds_currency(raw)
    assert grid_of(values, raw) == [[1.23456, "甲"]]


def test_blank_rows_at_the_end_are_none() -> None:
    assert without_end([["甲"], [""], ["乙"], ["", ""], [""]]) == [["甲"], [""], ["乙"]]
