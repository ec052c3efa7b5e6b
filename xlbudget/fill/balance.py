"""Rounding that adds up: controlled rounding of a whole workbook.

Amounts in 元 become figures in 万元 with two decimals; rounded each by itself, sums miss their totals
by a remainder (尾差).  Controlled rounding (Cox 1987; Causey, Cox and Ernst 1985) rounds every
amount to one of its two neighbouring hundredths so that all identities hold exactly and as few
figures as possible leave their plain rounding; printed totals leave it only when nothing else can.

The choice is an integer program over one unknown per figure, 0 for the hundredth below and 1 for the
one above.  Sums down columns and across rows make it almost a network, whose linear program has whole
solutions already, so the solver hardly ever branches.  The result is put into every identity in
integers before it is handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from ..model.expression import Constraint
from ..model.linear import Bounds, Program, Row, System, assemble
from ..model.money import WAN, Unit, round_half_up

__all__ = ["BalanceError", "Balanced", "Move", "balance", "settle"]

_ITEM = 1000  # cost of moving a figure that is no total; plus up to 3 for how far it goes
_TOTAL = 1_000_000  # cost of moving a total: more than any number of items


class BalanceError(ValueError):
    """No rounding makes all identities hold; the message says in Chinese why and where."""


class Move(NamedTuple):
    """A figure that left its plain rounding; amounts in 分."""

    name: str
    true: int
    plain: int
    balanced: int


class Balanced(NamedTuple):
    """Figures that add up: ``values`` in 分 by name, and which of them moved, in order of names as
    they came in.  ``plain`` are the figures rounded half-up each by itself."""

    values: Mapping[str, int]
    plain: Mapping[str, int]
    moved: tuple[Move, ...]


def balance(
    constraints: Sequence[Constraint],
    true_fen: Mapping[str, int],
    *,
    unit: Unit = WAN,
    locked: Mapping[str, int] | Collection[str] = (),
    time_limit: float = 60.0,
    say: Callable[[Constraint], str] | None = None,
) -> Balanced:
    """Round true amounts in 分 to two decimals of ``unit`` so that all identities hold exactly.

    Every figure goes to one of the two neighbouring hundredths, so that none is further than one
    hundredth from the truth; an amount that is a whole number of hundredths stays, zero among them.
    ``locked`` figures keep their plain rounding, or the amount given for them.
    Raises BalanceError when the true amounts themselves contradict an identity, and when locked
    figures leave no way; ``say`` puts an identity into words for it.
    """
    say = say or _describe
    step = unit.last_digit
    plain = {name: round_half_up(fen, step) for name, fen in true_fen.items()}
    system = assemble(constraints, true_fen.keys(), unit)
    _must_hold(system, constraints, true_fen, unit, say)
    fixed = _locked(locked, plain)
    boxes: list[Bounds] = []
    for name in system.names:
        if name in fixed:
            boxes.append((fixed[name] // step, fixed[name] // step))
        else:
            low = true_fen[name] // step
            boxes.append((low, low if true_fen[name] % step == 0 else low + 1))
    chosen = _choose(
        system, constraints, boxes, plain, true_fen, unit, bool(fixed), time_limit, say
    )
    return _result(system, chosen, true_fen, plain, fixed, unit)


def settle(
    constraints: Sequence[Constraint],
    printed_fen: Mapping[str, int],
    *,
    unit: Unit = WAN,
    locked: Mapping[str, int] | Collection[str] = (),
    time_limit: float = 60.0,
    say: Callable[[Constraint], str] | None = None,
) -> Balanced:
    """Remove the 尾差 of figures that are printed with two decimals already.

    The true amounts are not known, only that each lies within half a last digit of what is
    printed; a figure moves by one last digit or not at all, and zero stays zero.  Raises
    BalanceError where an identity is broken by more than rounding, and as ``balance`` does.
    """
    say = say or _describe
    step = unit.last_digit
    system = assemble(constraints, printed_fen.keys(), unit)
    for row in system.rows:
        total = sum(value * printed_fen[system.names[column]] for column, value in row.terms)
        slack = sum(abs(v) * unit.half for c, v in row.terms if printed_fen[system.names[c]])
        if total - row.high > slack or (row.low is not None and row.low - total > slack):
            raise BalanceError(
                f"{say(constraints[row.source])}"
                f"相差 {unit.exact_text(abs(total - row.high))} {unit.name}，"
                "超过了四舍五入所能解释的尾差，请先改正这里的数"
            )
    plain = dict(printed_fen)
    fixed = _locked(locked, plain)
    boxes: list[Bounds] = []
    for name in system.names:
        if name in fixed:
            boxes.append((fixed[name] // step, fixed[name] // step))
        else:
            at, finer = divmod(printed_fen[name], step)
            if finer:
                boxes.append((at, at + 1))
                plain[name] = round_half_up(printed_fen[name], step)
            else:
                boxes.append((at - 1, at + 1) if at else (0, 0))
    chosen = _choose(
        system, constraints, boxes, plain, printed_fen, unit, bool(fixed), time_limit, say
    )
    return _result(system, chosen, printed_fen, plain, fixed, unit)


def _locked(
    locked: Mapping[str, int] | Collection[str], plain: Mapping[str, int]
) -> dict[str, int]:
    if isinstance(locked, Mapping):
        return {name: fen for name, fen in locked.items() if name in plain}
    return {name: plain[name] for name in locked if name in plain}


def _describe(constraint: Constraint) -> str:
    """An identity in a few words: its total and how many figures it adds."""
    total = "、".join(name for _, name in constraint.left if name) or "常数"
    parts = [name for _, name in constraint.right if name]
    sign = "等于" if constraint.op == "=" else "不大于"
    what = parts[0] if len(parts) == 1 else f"{len(parts)} 个数之和"
    return f"“{total} {sign} {what or 0}”"


def _must_hold(
    system: System,
    constraints: Sequence[Constraint],
    true_fen: Mapping[str, int],
    unit: Unit,
    say: Callable[[Constraint], str],
) -> None:
    for row in system.rows:
        total = sum(value * true_fen[system.names[column]] for column, value in row.terms)
        if total > row.high or (row.low is not None and total < row.low):
            raise BalanceError(
                f"{say(constraints[row.source])}在换算前就相差 "
                f"{unit.exact_text(abs(total - row.high))} {unit.name}，请先把原数改平"
            )


def _heights(system: System, constraints: Sequence[Constraint]) -> list[int]:
    """How many levels of sums stand below each figure; 0 for a figure that is no total."""
    index = {name: column for column, name in enumerate(system.names)}
    parts: dict[int, set[int]] = {}
    for constraint in constraints:
        if constraint.op == "=" and len(constraint.left) == 1:
            total = index.get(constraint.left[0][1])
            below = {index[name] for _, name in constraint.right if name in index}
            if total is not None and len(below) > 1:
                parts.setdefault(total, set()).update(below)
    height: dict[int, int] = {}

    def measure(column: int, above: frozenset[int]) -> int:
        if column not in height:
            below = [c for c in parts.get(column, ()) if c not in above]
            inner = above | {column}
            height[column] = 1 + max(measure(c, inner) for c in below) if below else 0
        return height[column]

    return [measure(column, frozenset()) for column in range(len(system.names))]


def _in_steps(row: Row, step: int) -> tuple[int | None, int]:
    """The limits of a row in last digits; whole amounts can only meet whole ones."""
    low = None if row.low is None else -((-row.low) // step)
    return low, row.high // step


def _choose(
    system: System,
    constraints: Sequence[Constraint],
    boxes: Sequence[Bounds],
    plain: Mapping[str, int],
    true_fen: Mapping[str, int],
    unit: Unit,
    locks: bool,
    time_limit: float,
    say: Callable[[Constraint], str],
) -> list[int]:
    """The figures in last digits, fewest moves first.  Raises BalanceError."""
    step = unit.last_digit
    at = [plain[name] // step for name in system.names]
    wanted = [
        min(max(value, low if low is not None else value), high if high is not None else value)
        for value, (low, high) in zip(at, boxes, strict=True)
    ]
    if _holds(system, wanted, step):
        return wanted
    heights = _heights(system, constraints)
    # one unknown for each way a figure can leave its plain rounding: up, and down
    unknowns: list[tuple[int, int]] = []
    costs: list[int] = []
    for column, (low, high) in enumerate(boxes):
        for sign in (1, -1):
            limit = high if sign > 0 else low
            if limit is not None and sign * (limit - wanted[column]) > 0:
                unknowns.append((column, sign))
                cost = _TOTAL * heights[column] if heights[column] else _ITEM
                moved = (wanted[column] + sign) * step
                far = abs(moved - true_fen[system.names[column]])
                costs.append(cost + min(3, 4 * far // step))
    of_column: dict[int, list[int]] = {}
    for number, (column, _) in enumerate(unknowns):
        of_column.setdefault(column, []).append(number)
    rows: list[tuple[list[tuple[int, int]], int | None, int | None]] = []
    for row in system.rows:
        low, high = _in_steps(row, step)
        base = sum(value * wanted[column] for column, value in row.terms)
        terms = [
            (number, value * unknowns[number][1])
            for column, value in row.terms
            for number in of_column.get(column, ())
        ]
        short = None if low is None else low - base
        reach_up = sum(max(value, 0) for _, value in terms)
        reach_down = sum(min(value, 0) for _, value in terms)
        if (short is not None and reach_up < short) or reach_down > high - base:
            raise BalanceError(_no_way(say(constraints[row.source]), locks))
        if terms and (short is not None or reach_up > high - base):
            rows.append((terms, short, high - base))
    program = Program(rows, [(0, 1)] * len(unknowns), whole=True, time_limit=time_limit)
    program.set_costs(costs)
    status = program.solve()
    if status == "optimal":
        values, _ = program.solution()
        chosen = list(wanted)
        for number, (column, sign) in enumerate(unknowns):
            chosen[column] += sign * round(values[number])
        if _holds(system, chosen, step):
            return chosen
    if status == "unknown":
        raise BalanceError("在限定的时间里没有找到平衡的舍入办法")
    raise BalanceError(
        "锁定的数互相矛盾，怎样舍入都不能使各项等式同时成立"
        if locks
        else "这些数没有一种舍入能使各项等式同时成立"
    )


def _no_way(identity: str, locks: bool) -> str:
    cause = "锁定的数互相矛盾：" if locks else ""
    return f"{cause}{identity}怎样舍入都不能成立"


def _holds(system: System, values: Sequence[int], step: int) -> bool:
    """Whether every row holds exactly, in integers."""
    for row in system.rows:
        total = sum([value * values[column] for column, value in row.terms]) * step
        if total > row.high or (row.low is not None and total < row.low):
            return False
    return True


def _result(
    system: System,
    chosen: Sequence[int],
    true_fen: Mapping[str, int],
    plain: Mapping[str, int],
    fixed: Mapping[str, int],
    unit: Unit,
) -> Balanced:
    values = {**plain, **fixed}
    for name, value in zip(system.names, chosen, strict=True):
        values[name] = value * unit.last_digit
    moved = tuple(
        Move(name, true, plain[name], values[name])
        for name, true in true_fen.items()
        if values[name] != plain[name]
    )
    return Balanced(values, plain, moved)
