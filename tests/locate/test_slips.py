"""Slips of the hand, forwards and backwards."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from xlbudget.locate.slips import (
    decimals,
    digits,
    load_weights,
    originals,
    spread_of_shifts,
    transpositions,
)

AMOUNTS = st.integers(-(10**8), 10**8)


def test_the_issue_s_example() -> None:
    assert 109250 in transpositions(102950)
    assert ("transposition", 1 / len(transpositions(102950))) in originals(109250)[102950]


@given(AMOUNTS)
def test_turning_digits_round_is_found_backwards(amount: int) -> None:
    for printed in transpositions(amount) - {0}:
        assert amount in originals(printed), printed


@settings(max_examples=25, deadline=None)
@given(AMOUNTS)
def test_one_wrong_digit_is_found_backwards_unless_zeros_vanish(amount: int) -> None:
    for printed in digits(amount) - {0}:
        if len(str(abs(printed))) >= len(str(abs(amount))):
            assert amount in originals(printed), printed


@given(AMOUNTS)
def test_a_shifted_point_is_found_backwards(amount: int) -> None:
    for printed in decimals(amount) - {0}:
        exact = "decimal" in {kind for kind, _ in originals(printed).get(amount, ())}
        spread = any(low <= amount <= high for low, high, _ in spread_of_shifts(printed))
        # half-up and the ends of a range of negative amounts may differ by the one half
        near = any(low - 1 <= amount <= high + 1 for low, high, _ in spread_of_shifts(printed))
        assert exact or spread or near


@given(AMOUNTS)
def test_chances_are_chances_and_nothing_comes_from_itself(printed: int) -> None:
    found = originals(printed)
    assert printed not in found
    assert all(0 < chance <= 1 for kinds in found.values() for _, chance in kinds)


def test_every_kind_has_a_share_and_a_name() -> None:
    weights = load_weights()
    assert weights.share.keys() <= weights.name.keys()
    assert all(share > 0 for share in weights.share.values())
    assert abs(sum(weights.share.values()) - 1) < 0.01
    assert {kind for _, kinds in originals(102950).items() for kind, _ in kinds} <= set(
        weights.share
    )


def test_a_decimal_point_slips_by_one_two_or_four_places() -> None:
    """Four are 元 against 万元, three are nothing that anybody types."""
    assert {123_450_000, 1_234_500, 123_450} <= decimals(12_345)
    assert 12_345_000 not in decimals(12_345)
