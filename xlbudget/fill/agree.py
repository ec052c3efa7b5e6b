"""Filled figures that agree with each other: where two ways to the same figure differ by rounding.

A figure that is printed with two decimals stands for an interval.  Sums of printed details miss the
printed sum of the true amounts by a few last digits, and two sums of the same money (05's basic
expenditure by 科目, 06's by 经济分类) miss each other by more than their own identity allows.  Any true
amounts inside all intervals that satisfy every identity, rounded, satisfy every identity within
rounding: so such amounts are looked for, and the filled figures are theirs.

They are found by projecting onto one identity after the other (Kaczmarz 1937; for inequalities
Agmon 1954), which needs no solver and moves as little as it can.  What comes out is checked against
every identity in integers; where it is no better than the plain sums, those stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..model.book import Book
from ..model.expression import Constraint
from ..model.severity import Severity
from ..validate.check import Basis, amounts_of, conditions_hold, constraints_of, measure
from ..validate.rules import Rule, load_rules

_SWEEPS = 300
_CLOSE = 1e-7  # of a last digit
_ENOUGH = 0.2
"""Of a last digit: sums of printed amounts are whole last digits and what rounding allows is whole
halves, so that amounts which miss an identity by less than a half still print one that holds."""


class _Row(NamedTuple):
    terms: tuple[tuple[int, float], ...]  # (column, coefficient)
    equal: bool
    constant: float


def agreeing(book: Book, values: Mapping[str, int], rules: Sequence[Rule]) -> dict[str, int]:
    """``values`` (分), moved by as few last digits as it takes so that identities hold.

    ``book`` holds the values already; ``rules`` are the catalogue's.  Where the typed figures
    contradict each other by more than rounding, the values stay as they are.
    """
    if not values or not book.unit.half:
        return dict(values)
    constraints = [c for c in _to_hold(book, rules) if any(n in values for n in _names(c))]
    wanted = _wanted(book, values)
    broken = _broken(book, constraints)
    if not broken and all(values[name] == fen for name, fen in wanted.items()):
        return dict(values)
    zeros = {name: fen for name, fen in wanted.items() if not fen}
    for near in (*(n for n in (wanted, zeros) if n), {}):
        found = _search(book, values, constraints, near)
        if found is not None:
            now = _broken(_with(book, found), constraints)
            if now < broken or (now == broken and near):
                return found
    return dict(values)


def _to_hold(book: Book, rules: Sequence[Rule]) -> list[Constraint]:
    """The identities that would be reported as errors or warnings, comparisons included."""
    basis = Basis(book)
    chosen = [
        rule
        for rule in rules
        if rule.severity != Severity.INFO and (not rule.when or conditions_hold(basis, rule))
    ]
    return [constraint for _, constraint in constraints_of(book, chosen, compare=True)]


def doubted_names(book: Book, derivable: frozenset[str]) -> frozenset[str]:
    """The figures in identities (those that are errors when broken) that do not hold within rounding.

    An identity with a derivable figure that is blank says nothing.
    """
    basis = Basis(book)
    rules = [
        rule
        for rule in load_rules()
        if rule.severity == Severity.ERROR and (not rule.when or conditions_hold(basis, rule))
    ]
    constraints = [
        constraint
        for _, constraint in constraints_of(book, rules)
        if not any(
            name in derivable and ((figure := book.figures.get(name)) is None or figure.fen is None)
            for name in _names(constraint)
        )
    ]
    return frozenset(
        name
        for number in _broken(book, constraints)
        for name in _names(constraints[number])
        if name
    )


def _names(constraint: Constraint) -> list[str]:
    return [name for _, name in constraint.left + constraint.right]


def _broken(book: Book, constraints: Sequence[Constraint]) -> frozenset[int]:
    """Positions of the constraints that do not hold within rounding."""
    found = []
    amounts = amounts_of(book)
    for number, constraint in enumerate(constraints):
        difference, tolerance, _ = measure(amounts, constraint)
        excess = abs(difference) if constraint.op == "=" else difference
        if excess > tolerance and not _undecided(book, constraint):
            found.append(number)
    return frozenset(found)


def _undecided(book: Book, constraint: Constraint) -> bool:
    """Whether a side of inputs is not typed, or an amount cannot be read: nothing is compared."""
    if any(book.unknown(name) for name in _names(constraint)):
        return True
    for side in (constraint.left, constraint.right):
        names = [name for _, name in side if name]
        if names and not any(name.startswith("T") for name in names):
            figures = [book.figures.get(name) for name in names]
            if all(figure is None or figure.fen is None for figure in figures):
                return True
    return False


def _wanted(book: Book, values: Mapping[str, int]) -> dict[str, int]:
    """Filled figures that to all appearance are another amount, a last digit away.

    An amount below zero by less than rounding is zero; what is so near its 年初预算 was spent as
    planned.
    """
    step, found = book.unit.last_digit, {}
    for name, fen in values.items():
        budget = book.figures.get(f"BUDGET.{name}")
        if -3 * step < fen < 0:
            found[name] = 0
        elif budget and budget.fen and abs(budget.fen - fen) <= step:
            found[name] = budget.fen
    return found


def _with(book: Book, values: Mapping[str, int]) -> Book:
    figures = dict(book.figures)
    for name, fen in values.items():
        exact = not fen or fen % book.unit.last_digit
        figures[name] = figures[name]._replace(fen=fen, half=0 if exact else book.unit.half)
    return book._replace(figures=figures)


def _search(
    book: Book,
    values: Mapping[str, int],
    constraints: Sequence[Constraint],
    near: Mapping[str, int],
) -> dict[str, int] | None:
    """Amounts inside all intervals that satisfy the constraints, rounded; None if none are found.

    ``near`` are filled figures that are to print a given amount.
    """
    step = book.unit.last_digit
    index: dict[str, int] = {}
    rows = []
    for constraint in constraints:
        if _undecided(book, constraint):
            continue
        sums: dict[int, float] = {}
        constant = 0.0
        for sign, side in ((1, constraint.left), (-1, constraint.right)):
            for coefficient, name in side:
                figure = book.figures.get(name)
                if not name:
                    constant += sign * float(coefficient) * book.unit.fen / step
                elif figure and (figure.fen or name in values):
                    column = index.setdefault(name, len(index))
                    sums[column] = sums.get(column, 0.0) + sign * float(coefficient)
        terms = tuple((column, c) for column, c in sums.items() if c)
        if terms:
            rows.append(_Row(terms, constraint.op == "=", constant))
    point, low, high = [], [], []
    for name in index:
        figure = book.figures[name]
        at, half = (figure.fen or 0) / step, figure.half / step
        if name in near:
            at, half = near[name] / step, 0.5 if near[name] else 0.0
        free = name in values and name not in near
        point.append(at)
        # What adds up to nothing less than zero is not below zero either.
        low.append((0.0 if at >= 0 else float("-inf")) if free else at - half)
        high.append(float("inf") if free else at + half)
    for _ in range(2):
        if not _project(rows, point, low, high):
            return None
        # What prints as zero is zero.
        vanishing = [
            column
            for name, column in index.items()
            if name in values and point[column] and abs(point[column]) < 0.5
        ]
        if not vanishing:
            break
        for column in vanishing:
            point[column] = low[column] = high[column] = 0.0
    found = {**values, **near}
    for name, column in index.items():
        if name in values and name not in near:
            size = int(abs(point[column]) + 0.5 + _CLOSE)
            found[name] = (size if point[column] > 0 else -size) * step
    return found


def _project(
    rows: Sequence[_Row], point: list[float], low: Sequence[float], high: Sequence[float]
) -> bool:
    """Move ``point`` inside its box onto all rows; whether it got there."""
    for _ in range(_SWEEPS):
        worst = 0.0
        for terms, equal, constant in rows:
            excess = constant
            for column, c in terms:
                excess += c * point[column]
            if not equal and excess <= _CLOSE:
                continue
            size = abs(excess)
            if size <= _CLOSE:
                continue
            worst = max(worst, size)
            _move(terms, excess, point, low, high)
        if worst <= _ENOUGH:
            return True
    return False


def _move(
    terms: Sequence[tuple[int, float]],
    excess: float,
    point: list[float],
    low: Sequence[float],
    high: Sequence[float],
) -> None:
    """Take the excess off a row, evenly from all figures that their intervals let go that way."""
    open_terms = list(terms)
    while open_terms and abs(excess) > _CLOSE / 10:
        weight = sum(c * c for _, c in open_terms)
        share = excess / weight
        kept = []
        for column, c in open_terms:
            old = point[column]
            new = min(max(old - share * c, low[column]), high[column])
            excess += c * (new - old)
            point[column] = new
            if low[column] < new < high[column]:
                kept.append((column, c))
        if len(kept) == len(open_terms):
            break
        open_terms = kept
