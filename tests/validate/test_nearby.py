"""How a sheet prints nothing, and what stands out against that."""

from __future__ import annotations

import pytest

from xlbudget.model.book import Figure, Place
from xlbudget.validate.nearby import hidden_zeros, odd_empties


def _figures(blanks: int, zeros: int) -> dict[str, Figure]:
    amounts = [None] * blanks + [0] * zeros
    return {
        f"T05.{n}.total": Figure(f"T05.{n}.total", fen, 0, Place("05", n + 1, 3))
        for n, fen in enumerate(amounts)
    }


@pytest.mark.parametrize(
    ("blanks", "zeros", "odd"), [(9, 2, 2), (8, 2, 0), (5, 2, 0), (2, 9, 2), (2, 8, 0)]
)
def test_what_is_less_than_a_quarter_of_the_other_stands_out(
    blanks: int, zeros: int, odd: int
) -> None:
    assert len(odd_empties(list(_figures(blanks, zeros).values()))) == odd


def test_a_printed_zero_hides_an_amount_only_where_others_are_blank() -> None:
    assert hidden_zeros(_figures(9, 2)) == {"T05.9.total", "T05.10.total"}
    assert hidden_zeros(_figures(2, 9)) == frozenset()
