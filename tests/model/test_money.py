"""Amounts in 分: what is read as one, what is shown, and that nothing is lost between."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlbudget.model.money import (
    WAN,
    YUAN,
    AmountError,
    Unit,
    execution_points,
    parse_amount,
    parse_unit,
    round_half_up,
)


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("1,512.83", 1_512_830_000),
        (" 1 512.83 ", 1_512_830_000),
        ("１５１２．８３", 1_512_830_000),
        ("-3.20", -3_200_000),
        ("(3.20)", -3_200_000),
        ("￥12", 12_000_000),
        ("15128300元", 1_512_830_000),
        ("0.00", 0),
    ],
)
def test_texts_that_are_numbers_are_read(cell: str, fen: int) -> None:
    assert parse_amount(cell, WAN) == (fen, True)


@pytest.mark.parametrize("cell", [None, "", "  ", "—", "-", "——", "/", "无"])
def test_blanks_are_blank_and_not_zero(cell: object) -> None:
    assert parse_amount(cell, WAN) is None


@pytest.mark.parametrize("cell", ["待核实", "#REF!", "12a", "1.2.3", True, float("nan")])
def test_what_is_no_amount_is_refused(cell: object) -> None:
    with pytest.raises(AmountError):
        parse_amount(cell, WAN)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("单位：万元", WAN), ("金额单位: 元", YUAN), ("（单位：元）", YUAN), ("部门：甲", None)],
)
def test_the_unit_is_read_from_a_heading(text: str, unit: Unit | None) -> None:
    assert parse_unit(text) == unit


@given(st.integers(-(10**12), 10**12), st.sampled_from([WAN, YUAN]))
def test_a_float_cell_holds_every_fen(fen: int, unit: Unit) -> None:
    assert parse_amount(float(unit.decimal(fen)), unit) == (fen, False)


@given(st.integers(-(10**15), 10**15), st.sampled_from([WAN, YUAN]))
def test_the_exact_text_reads_back(fen: int, unit: Unit) -> None:
    assert parse_amount(unit.exact_text(fen), unit) == (fen, True)


@given(st.integers(-(10**15), 10**15), st.sampled_from([1, 100, 10_000]))
def test_rounding_is_half_up_away_from_zero(value: int, step: int) -> None:
    exact = (Decimal(value) / step).quantize(Decimal(1), "ROUND_HALF_UP")
    assert round_half_up(value, step) == int(exact) * step


def test_amounts_are_shown_with_two_decimals_and_grouped_in_tables() -> None:
    assert WAN.text(1_512_834_999) == "1512.83"
    assert WAN.text(1_512_835_000, grouped=True) == "1,512.84"
    assert WAN.exact_text(10_227_563) == "10.227563"


@pytest.mark.parametrize(
    ("actual", "planned", "expected"),
    [(92, 100, 920), (100, 100, 1000), (300, 100, 1000), (-5, 100, 0), (0, 7, 0), (2, 3, 667)],
)
def test_a_rate_earns_its_points_and_never_more_than_all(
    actual: int, planned: int, expected: int
) -> None:
    assert execution_points(actual, planned, 10) == expected
