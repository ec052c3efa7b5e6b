"""How a sheet prints nothing, and what stands out against that."""

from __future__ import annotations

import pytest

from tests.narrate.books import make_book
from xlbudget.model.book import Figure, Place
from xlbudget.validate import validate
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


def test_a_zero_may_hide_just_what_the_total_is_more() -> None:
    """0.01 万元 over one 0.00: half a last digit of each; 0.02 is more than that explains."""
    codes = [f"20103{number:02d}" for number in range(1, 8)]
    blank = {
        f"T05.{code}.{kind}": None for code in codes[1:] for kind in ("total", "basic", "project")
    }
    outcomes = {}
    for total in ("0.01", "0.02"):
        figures = {"T05.total.total": total, "T05.2010301.total": "0.00", **blank}
        report = validate(make_book(figures, codes={"T05": codes}))
        (check,) = [
            check
            for check in report.checks
            if check.rule.id == "T05-2"
            and check.constraint
            and "total" in check.constraint.place
            and check.outcome in ("rounding", "failed")
        ]
        outcomes[total] = str(check.outcome)
    assert outcomes == {"0.01": "rounding", "0.02": "failed"}
