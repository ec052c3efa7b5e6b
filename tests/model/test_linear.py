"""Constraints as rows of integers."""

from __future__ import annotations

from xlbudget.model.expression import Constraint
from xlbudget.model.linear import assemble
from xlbudget.model.money import WAN


def test_a_constant_keeps_its_side() -> None:
    """a = b + 2 万元: the row says a - b = 2 万元."""
    constraint = Constraint("", "=", ((1, "a"),), ((1, "b"), (2, "")))
    (row,) = assemble([constraint], {"a", "b"}, WAN).rows
    assert [coefficient for _, coefficient in row.terms] == [1, -1]
    assert row.low == row.high == 2 * WAN.fen
