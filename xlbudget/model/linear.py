"""Identities as a sparse system of integer rows, and linear programs over it.

``assemble`` turns constraints over names into rows of integer coefficients; whatever is to be
decided about them jointly (is there any true amount behind every printed figure?) is a linear
program.  HiGHS solves it in floating point, so its word is never taken: a feasible point is rounded
and put into the rows again, an infeasibility needs a combination of rows that cannot hold (Farkas
1902) and a bound needs its dual multipliers, all checked here in integers.

HiGHS comes as ``highspy``, the solver's own wheel (MIT, 3 MB, needs only numpy): it keeps a basis
between solves, which scipy's ``linprog`` cannot, and imports in a tenth of a second instead of a
third.  It is imported when a program is first built, never before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import Any, NamedTuple

from .expression import Constraint
from .money import Unit

__all__ = ["Bounds", "Program", "Row", "System", "assemble"]

Bounds = tuple[int | None, int | None]
"""Lowest and highest amount in 分; ``None`` where there is no limit."""

_DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 12, 60)
_NEAR_ZERO = 1e-7


class Row(NamedTuple):
    """``low <= Σ coefficient · column <= high`` in 分; ``low`` is None for a part-of-whole row.

    ``source`` is the position of the constraint that it comes from.
    """

    terms: tuple[tuple[int, int], ...]  # (column, coefficient)
    low: int | None
    high: int
    source: int


class System(NamedTuple):
    """Rows over numbered columns; ``of_column[j]`` lists (row, coefficient) of column ``j``."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    of_column: tuple[tuple[tuple[int, int], ...], ...]


def assemble(constraints: Sequence[Constraint], known: Collection[str], unit: Unit) -> System:
    """The rows that constraints stand for, over the names in ``known``; other names are zero.

    Coefficients are made integers without a common factor, terms of the same figure are added up,
    and a row that says the same as an earlier one is left out.  Rows without any known figure
    say nothing about the workbook and are left out too.
    """
    index: dict[str, int] = {}
    rows: list[Row] = []
    seen: set[tuple[object, ...]] = set()
    for source, (_place, op, left, right) in enumerate(constraints):
        sums: dict[int, int | Fraction] = {}
        constant: int | Fraction = 0
        whole = True
        for sign, side in ((1, left), (-1, right)):
            for coefficient, name in side:
                if whole and coefficient.__class__ is not int:
                    whole = False
                if name == "":
                    constant -= sign * coefficient * unit.fen
                elif name in known:
                    column = index.setdefault(name, len(index))
                    sums[column] = sums.get(column, 0) + sign * coefficient
        if not whole:
            scale = lcm(*(Fraction(value).denominator for value in (*sums.values(), constant)))
            sums = {column: int(value * scale) for column, value in sums.items()}
            constant = int(constant * scale)
        terms = tuple(sorted((column, int(value)) for column, value in sums.items() if value))
        if not terms:
            continue
        divisor = gcd(*(value for _, value in terms))
        if divisor != 1 and int(constant) % divisor == 0:
            terms = tuple((column, value // divisor) for column, value in terms)
            constant = int(constant) // divisor
        if op == "=" and terms[0][1] < 0:
            terms = tuple((column, -value) for column, value in terms)
            constant = -constant
        key = (op, terms, constant)
        if key in seen:
            continue
        seen.add(key)
        high = int(constant)
        rows.append(Row(terms, high if op == "=" else None, high, source))
    of_column: list[list[tuple[int, int]]] = [[] for _ in index]
    for number, row in enumerate(rows):
        for column, value in row.terms:
            of_column[column].append((number, value))
    return System(tuple(index), tuple(rows), tuple(tuple(found) for found in of_column))


@lru_cache(maxsize=1)
def _quiet_class() -> Any:
    """The solver without callbacks: setting them up prints a banner in some versions."""
    import highspy

    return type("Quiet", (highspy.Highs,), {"enableCallbacks": lambda _self: None})


def _quiet() -> Any:
    """A solver that prints nothing, ever."""
    solver = _quiet_class()()
    solver.setOptionValue("output_flag", False)
    return solver


class Program:
    """A linear program over some rows, kept in the solver between questions.

    ``columns`` numbers the unknowns; ``rows`` gives for each row its terms (position of the
    unknown, coefficient) and limits; ``limits`` the box of every unknown.  All numbers are
    integers of 分, seen from a point near the solution, so that they stay small.  ``scale`` is what
    the solver sees as 1.  ``whole`` asks for whole numbers of it (then there are no duals).
    """

    def __init__(
        self,
        rows: Sequence[tuple[Sequence[tuple[int, int]], int | None, int | None]],
        limits: Sequence[Bounds],
        *,
        scale: int = 1,
        whole: bool = False,
        time_limit: float = 20.0,
    ) -> None:
        import highspy
        import numpy

        self.rows = list(rows)
        self.limits = list(limits)
        self.solves = 0
        self._scale = scale
        self._inf = highspy.kHighsInf
        self._highspy = highspy
        self._numpy = numpy
        solver = _quiet()
        for option, value in (
            ("presolve", "on" if whole else "off"),
            ("threads", 1),
            ("random_seed", 0),
            ("time_limit", time_limit),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", 0.5),
        ):
            solver.setOptionValue(option, value)
        model: Any = highspy.HighsLp()
        model.num_col_ = len(self.limits)
        model.num_row_ = len(self.rows)
        model.col_cost_ = numpy.zeros(len(self.limits))
        model.col_lower_, model.col_upper_ = self._scaled(self.limits)
        model.row_lower_, model.row_upper_ = self._scaled([row[1:] for row in self.rows])
        starts = [0]
        index: list[int] = []
        values: list[int] = []
        for terms, _, _ in self.rows:
            index.extend(term[0] for term in terms)
            values.extend(term[1] for term in terms)
            starts.append(len(index))
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = numpy.array(starts, dtype=numpy.int32)
        model.a_matrix_.index_ = numpy.array(index, dtype=numpy.int32)
        model.a_matrix_.value_ = numpy.array(values, dtype=numpy.float64)
        if whole:
            model.integrality_ = [highspy.HighsVarType.kInteger] * len(self.limits)
        solver.passModel(model)
        self._solver = solver

    def _scaled(self, limits: Iterable[Bounds]) -> tuple[Any, Any]:
        pairs = list(limits)
        low = [-self._inf if a is None else a / self._scale for a, _ in pairs]
        high = [self._inf if b is None else b / self._scale for _, b in pairs]
        array = self._numpy.array
        return array(low, dtype=float), array(high, dtype=float)

    def set_limits(self, column: int, limits: Bounds) -> None:
        """A new box for an unknown."""
        self.limits[column] = limits
        low, high = self._scaled([limits])
        self._solver.changeColBounds(column, float(low[0]), float(high[0]))

    def set_row(self, row: int, low: int | None, high: int | None) -> None:
        """New limits for a row."""
        self.rows[row] = (self.rows[row][0], low, high)
        lower, upper = self._scaled([(low, high)])
        self._solver.changeRowBounds(row, float(lower[0]), float(upper[0]))

    def set_costs(self, costs: Sequence[int]) -> None:
        """What one unit of each unknown costs, for all solves to come."""
        index = self._numpy.arange(len(costs), dtype=self._numpy.int32)
        values = self._numpy.array(costs, dtype=float)
        self._solver.changeColsCost(len(costs), index, values)

    def solve(self, costs: Mapping[int, int] | None = None) -> str:
        """``optimal``, ``infeasible`` or ``unknown``, as the solver sees it."""
        for column, cost in (costs or {}).items():
            self._solver.changeColCost(column, float(cost))
        self._solver.run()
        self.solves += 1
        status = self._solver.getModelStatus()
        for column in costs or {}:
            self._solver.changeColCost(column, 0.0)
        kinds = self._highspy.HighsModelStatus
        if status == kinds.kOptimal:
            return "optimal"
        if status == kinds.kInfeasible:
            return "infeasible"
        return "unbounded" if status == kinds.kUnbounded else "unknown"

    def solution(self) -> tuple[list[float], list[float]]:
        """The unknowns in 分 and the rows' multipliers of the last solve."""
        found = self._solver.getSolution()
        return [value * self._scale for value in found.col_value], list(found.row_dual)

    def exact_point(self, values: Sequence[float]) -> bool:
        """Whether a feasible point lies at ``values``, shown in integers.

        Vertices of these systems are integers of 分 or small fractions of it; the point is
        rounded to each small denominator in turn and put into every row and box.
        """
        for denominator in _DENOMINATORS:
            point = [round(value * denominator) for value in values]
            if self._holds(point, denominator):
                return True
        return False

    def _holds(self, point: Sequence[int], denominator: int) -> bool:
        for value, (low, high) in zip(point, self.limits, strict=True):
            if low is not None and value < low * denominator:
                return False
            if high is not None and value > high * denominator:
                return False
        for terms, low, high in self.rows:
            total = sum([coefficient * point[column] for column, coefficient in terms])
            if low is not None and total < low * denominator:
                return False
            if high is not None and total > high * denominator:
                return False
        return True

    def certificate(self) -> dict[int, int] | None:
        """Row multipliers that prove the last solve's infeasibility, or None.

        A combination of rows, each with the sign that its limits allow, whose smallest value over
        all boxes exceeds what the rows allow: Farkas' lemma, checked in integers.
        """
        for attempt in range(2):
            if attempt:  # the warm start left no ray: once more from nothing, without costs
                self._solver.clearSolver()
                self._solver.run()
                self.solves += 1
            ray = list(self._solver.getDualRay()[2])
            if len(ray) != len(self.rows):
                continue
            for sign in (1, -1):
                for multipliers, _denominator in self._roundings(ray, sign, normalise=True):
                    least = self._least(multipliers, {}, 1)
                    if least is not None and least > 0:
                        return multipliers
        return None

    def exact_bound(
        self, column: int, sign: int, duals: Sequence[float], goal: float
    ) -> int | None:
        """A proven lower bound (``sign`` 1) or upper bound (-1) of an unknown, in 分.

        Any multipliers prove a bound; the solver's prove the sharpest, which is ``goal``.  None
        where nothing is proven.
        """
        best: int | None = None
        for multipliers, denominator in self._roundings(duals, 1):
            least = self._least(multipliers, {column: sign}, denominator)
            if least is not None:
                bound = -((-least) // denominator)  # amounts are whole 分
                if best is None or bound > best:
                    best = bound
                if abs(least / denominator - sign * goal) < 1:
                    break
        return None if best is None else best * sign

    def _roundings(
        self, values: Sequence[float], sign: int, *, normalise: bool = False
    ) -> Iterable[tuple[dict[int, int], int]]:
        """Multipliers over a common denominator near ``values``, coarse ones first."""
        kept = [(i, sign * float(v)) for i, v in enumerate(values) if abs(v) > _NEAR_ZERO]
        if not kept:
            yield {}, 1
            return
        if normalise:
            top = max(abs(v) for _, v in kept)
            kept = [(i, v / top) for i, v in kept]
        tried: set[tuple[int, ...]] = set()
        for denominator in _DENOMINATORS:
            multipliers = {i: m for i, v in kept if (m := round(v * denominator))}
            if normalise:
                key = tuple(multipliers.values())
                if key in tried:
                    continue
                tried.add(key)
            if multipliers:
                yield multipliers, denominator

    def _least(
        self, multipliers: Mapping[int, int], costs: Mapping[int, int], denominator: int
    ) -> int | None:
        """``denominator`` times a lower bound of Σ cost · unknown that the multipliers prove.

        Multiply every row by its multiplier (dropping those whose sign its limits do not allow)
        and add up: cost = Σ multiplier · row + rest, each at its least.  None if that is without
        limit.
        """
        rest: dict[int, int] = {column: cost * denominator for column, cost in costs.items()}
        least = 0
        for number, multiplier in multipliers.items():
            terms, low, high = self.rows[number]
            limit = low if multiplier > 0 else high
            if limit is None:
                continue
            least += multiplier * limit
            for column, coefficient in terms:
                rest[column] = rest.get(column, 0) - multiplier * coefficient
        for column, value in rest.items():
            if value:
                limit = self.limits[column][0 if value > 0 else 1]
                if limit is None:
                    return None
                least += value * limit
        return least
