"""Rounding that adds up: exact, close to the truth, few moves, and clear words when impossible."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.system import made
from xlbudget.fill.balance import BalanceError, balance, settle
from xlbudget.model.expression import Constraint
from xlbudget.model.money import WAN

STEP = WAN.last_digit


def total(name: str, *parts: str, op: str = "=") -> Constraint:
    return Constraint("", op, ((1, name),), tuple((1, part) for part in parts))


def broken(constraints: Sequence[Constraint], values: Mapping[str, int]) -> list[Constraint]:
    """Constraints that do not hold exactly, without any of the engine's own arithmetic."""
    found = []
    for constraint in constraints:
        left, right = (
            sum(c * (values.get(n, 0) if n else WAN.fen) for c, n in side)
            for side in (constraint.left, constraint.right)
        )
        if left > right or (constraint.op == "=" and left < right):
            found.append(constraint)
    return found


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 25))
def test_a_balanced_department_satisfies_every_identity_exactly(seed: int, rows: int) -> None:
    one = made(random.Random(seed), rows)
    found = balance(one.printed.constraints, one.true)
    assert broken(one.printed.constraints, found.values) == []
    for name, true in one.true.items():
        assert abs(found.values[name] - true) < STEP
        assert found.values[name] % STEP == 0
        if true == 0:
            assert found.values[name] == 0
    assert {move.name for move in found.moved} == {
        name for name in one.true if found.values[name] != found.plain[name]
    }


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 20))
def test_printed_remainders_settle_within_one_last_digit(seed: int, rows: int) -> None:
    one = made(random.Random(seed), rows)
    printed = {name: figure.value for name, figure in one.printed.figures.items()}
    found = settle(one.printed.constraints, printed)
    assert broken(one.printed.constraints, found.values) == []
    assert all(abs(found.values[name] - fen) <= STEP for name, fen in printed.items())
    assert all(found.values[name] == 0 for name, fen in printed.items() if fen == 0)
    again = settle(one.printed.constraints, found.values)
    assert again.moved == ()


def test_the_same_input_gives_the_same_output() -> None:
    one = made(random.Random(4), 12)
    first = balance(one.printed.constraints, one.true)
    assert balance(one.printed.constraints, one.true) == first


def test_as_few_figures_as_possible_move_and_no_total() -> None:
    # 0.4 + 0.4 + 0.4 hundredths print as 0.00 each, their sum as 0.01: one part goes up
    true = {"t": 12_000, "a": 4_000, "b": 4_000, "c": 4_000}
    found = balance([total("t", "a", "b", "c")], true)
    assert [move.name for move in found.moved] in (["a"], ["b"], ["c"])
    assert found.values["t"] == STEP


def test_a_total_moves_when_its_parts_cannot() -> None:
    # both parts are whole hundredths, so only the total could be wrong: but then it is whole too
    true = {"t": 2 * STEP, "a": STEP, "b": STEP}
    assert balance([total("t", "a", "b")], true).moved == ()
    # x = y prints alike; t = x + y: 0.6 + 0.6 → 0.01 + 0.01, while 1.2 → 0.01
    same = [total("x", "y"), total("t", "x", "y")]
    found = balance(same, {"x": 6_000, "y": 6_000, "t": 12_000})
    assert [move.name for move in found.moved] == ["t"]


def test_inequalities_hold_after_rounding() -> None:
    true = {"part": 14_900, "whole": 14_950, "other": 100, "sum": 15_000}
    rules = [
        total("part", "whole", op="<="),
        total("sum", "part", "other"),
        total("sum", "whole", "k"),
    ]
    found = balance(rules, {**true, "k": 50, "sum": 15_000})
    assert broken(rules, found.values) == []


def test_nothing_to_do_needs_no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlbudget.fill.balance.Program", None)
    found = balance([total("t", "a", "b")], {"t": 3 * STEP, "a": STEP, "b": 2 * STEP})
    assert found.moved == ()


@pytest.mark.parametrize(
    ("true", "values"),
    [
        ({"t": 0, "a": 0, "b": 0}, {"t": 0, "a": 0, "b": 0}),
        ({"t": 7 * STEP}, {"t": 7 * STEP}),
        ({}, {}),
        (
            {"t": -12_000, "a": -6_000, "b": -6_000},
            None,
        ),
        ({"t": 10**14 + 8_000, "a": 10**14 + 4_000, "b": 4_000}, None),
    ],
)
def test_extreme_amounts(true: dict[str, int], values: dict[str, int] | None) -> None:
    rules = [total("t", "a", "b")] if len(true) == 3 else []
    found = balance(rules, true)
    assert broken(rules, found.values) == []
    assert all(abs(found.values[name] - fen) < STEP for name, fen in true.items())
    if values is not None:
        assert found.values == values


def test_contradictory_locked_totals_are_named() -> None:
    rules = [total("总计", "甲", "乙"), total("合计", "甲", "乙")]
    true = {"总计": 15_000, "合计": 15_000, "甲": 7_500, "乙": 7_500}
    with pytest.raises(BalanceError, match="锁定的数互相矛盾"):
        balance(rules, true, locked={"总计": STEP, "合计": 2 * STEP})


def test_locked_figures_keep_their_plain_rounding() -> None:
    true = {"t": 12_000, "a": 4_000, "b": 4_000, "c": 4_000}
    found = balance([total("t", "a", "b", "c")], true, locked=["a", "b"])
    assert [move.name for move in found.moved] == ["c"]


def test_amounts_that_do_not_add_up_are_refused_in_words() -> None:
    with pytest.raises(BalanceError, match=r"换算前就相差 0\.01 万元，请先把原数改平"):
        balance([total("t", "a", "b")], {"t": 3 * STEP, "a": STEP, "b": STEP})
    with pytest.raises(BalanceError, match="超过了四舍五入所能解释的尾差"):
        settle([total("t", "a", "b")], {"t": 9 * STEP, "a": STEP, "b": STEP})


def test_a_total_stays_where_it_rounds_to_though_moving_it_were_nearer() -> None:
    """Six times 1.25 printed as 1 make 6, their total prints 8: two of them move, the total does not."""
    parts = [f"a{number}" for number in range(6)]
    true = {"A": 75_000, **dict.fromkeys(parts, 12_500)}
    found = balance([total("A", *parts)], true)
    assert found.values["A"] == found.plain["A"] == 80_000
    assert sorted(found.values[name] for name in parts) == [10_000] * 4 + [20_000] * 2
