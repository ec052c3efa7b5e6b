"""Change, rate and share: one wording for the report and for cells."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlbudget.model.comparison import change, percent

WAN = 1_000_000


@pytest.mark.parametrize(
    ("now", "then", "text"),
    [
        (151_283, 191_086, "减少398.03万元，下降20.83%"),
        (200, 100, "增加1.00万元，增长100.00%"),
        (100, 0, "增加1.00万元"),
        (100, -100, "增加2.00万元"),
        (0, 100, "减少1.00万元，下降100.00%"),
    ],
)
def test_change(now: int, then: int, text: str) -> None:
    found = change(now * 10_000, then * 10_000)
    assert found is not None
    assert found.text == text


def test_no_change() -> None:
    assert change(5 * WAN, 5 * WAN) is None


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**15))
def test_percent_is_half_up(part: int, whole: int) -> None:
    shown = Fraction(percent(part, whole)) * 100
    exact = Fraction(part * 10_000, whole)
    assert abs(shown - exact) <= Fraction(1, 2)
    if abs(shown - exact) == Fraction(1, 2):
        assert abs(shown) > abs(exact)


def test_no_negative_zero() -> None:
    assert percent(-1, 10**9) == "0.00"
