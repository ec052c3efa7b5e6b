"""Conflicts between identities and the smallest sets of cells that resolve them.

The cells that stand in the same identities with the same coefficients are one unknown here, their
*class*: nothing in the identities tells them apart.  Amounts are deviations from the printed ones in
分.  See ``localise`` for the method.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from ..model.book import Figure
from ..model.linear import Bounds, Program, System
from ..model.money import Unit

_VISITS = 25_000  # steps of the search for sets of cells: beyond, what was found so far is all


class Conflicts:
    """The broken system of one workbook.

    ``broken`` are rows that do not hold by themselves; ``unproven`` counts verdicts of the solver
    that could not be confirmed in integers (taken as possible), ``cut_short`` tells that ``effort``
    linear programs did not suffice.  ``hidden`` names cells whose printed 0.00 may stand for less
    than half a last digit; all other zeros are exact.
    """

    def __init__(
        self,
        system: System,
        figures: Mapping[str, Figure],
        unit: Unit,
        *,
        effort: int = 1500,
        hidden: Collection[str] = (),
    ) -> None:
        self.system = system
        self.unit = unit
        self.effort = effort
        self.unproven = 0
        self.cut_short = False
        self.solves = self.visits = 0
        found = [figures[name] for name in system.names]
        self.printed = [figure.fen or 0 for figure in found]
        self._half = [figure.half if figure.fen else 0 for figure in found]
        for column in [c for c, name in enumerate(system.names) if name in hidden]:
            self._half[column] = unit.half
        # amounts that hold more decimals than are shown may have to be mended to the 分
        finer = any(figure.fen and figure.half < unit.half for figure in found)
        self.step = 1 if finer else unit.last_digit
        self.gaps: list[int] = []  # Σ coefficient · printed − high
        self._slack: list[int] = []  # how far rounding can move the row
        self.broken: list[int] = []
        printed, half = self.printed, self._half
        for number, row in enumerate(system.rows):
            gap, slack = -row.high, 0
            for column, value in row.terms:
                amount, width = printed[column], half[column]
                if amount:
                    gap += value * amount
                if width:
                    slack += abs(value) * width
            self.gaps.append(gap)
            self._slack.append(slack)
            if gap > slack or (row.low is not None and -gap > slack):
                self.broken.append(number)
        self._classes_built = False

    def holds(self, row: int, change: int, spare: int = 0) -> bool:
        """Whether a row would hold if its cells changed its sum by ``change`` 分.

        ``spare`` is allowed on top of what rounding can do.
        """
        gap = self.gaps[row] + change
        slack = self._slack[row] + spare
        return gap <= slack and (self.system.rows[row].low is None or -gap <= slack)

    # -- classes of cells ----------------------------------------------------------------------

    def _build_classes(self) -> None:
        """Classes of parallel columns: members, rows and width of each, on first need."""
        if self._classes_built:
            return
        self._classes_built = True
        by_key: dict[tuple[tuple[int, int], ...], list[int]] = {}
        for column, key in enumerate(self.system.of_column):
            if key:
                by_key.setdefault(key, []).append(column)
        self._class_rows = list(by_key)
        self._class_columns = list(by_key.values())
        self._width = [sum(self._half[c] for c in cs) for cs in self._class_columns]
        self._terms: list[list[tuple[int, int]]] = [[] for _ in self.system.rows]
        for number, key in enumerate(self._class_rows):
            for row, value in key:
                self._terms[row].append((number, value))
        self._known: list[frozenset[int]] = []
        self._program: Program | None = None
        self._position: dict[int, int] = {}

    def members(self, number: int) -> tuple[str, ...]:
        """Names of the cells of a class, in the order of the identities."""
        return tuple(self.system.names[column] for column in self._class_columns[number])

    def printable(self, number: int, name: str, limits: Bounds) -> Bounds:
        """The amounts in 分 that a cell could print, given how far its class may deviate together.

        The other cells of the class keep to their intervals; the true amount lies within half a
        digit of what is printed.
        """
        column = next(c for c in self._class_columns[number] if self.system.names[c] == name)
        others = self._width[number] - self._half[column]
        step = self.step
        half = self.unit.half if step > 1 or self._half[column] or not self.printed[column] else 0
        low, high = limits
        printed = self.printed[column]
        if low is not None:
            low = -((-(printed + low - others - half)) // step) * step
        if high is not None:
            high = (printed + high + others + half) // step * step
        return low, high

    # -- exact arithmetic on single rows -------------------------------------------------------

    def _implied(self, number: int, row: int, value: int) -> Bounds:
        """How far a row lets a class deviate when all others keep to their intervals."""
        low_end = None if self.system.rows[row].low is None else -self.gaps[row]
        others = self._slack[row] - abs(value) * self._width[number]
        high_end = -self.gaps[row] + others
        low = None if low_end is None else low_end - others
        if value < 0:
            low, high = -high_end, None if low is None else -low
            value = -value
        else:
            high = high_end
        if value == 1:
            return low, high
        return (
            None if low is None else -((-low) // value),
            None if high is None else high // value,
        )

    def _near(self, number: int, free: Iterable[int]) -> tuple[Bounds, tuple[int, ...] | None]:
        """Limits of a freed class from rows that no other freed class is in.

        If two rows leave nothing, they are returned as well.
        """
        others = set(free) - {number}
        low: int | None = None
        high: int | None = None
        low_row = high_row = -1
        for row, value in self._class_rows[number]:
            if others and any(other in others for other, _ in self._terms[row]):
                continue
            from_row = self._implied(number, row, value)
            if from_row[0] is not None and (low is None or from_row[0] > low):
                low, low_row = from_row[0], row
            if from_row[1] is not None and (high is None or from_row[1] < high):
                high, high_row = from_row[1], row
        if low is not None and high is not None and low > high:
            return (low, high), (low_row, high_row)
        return (low, high), None

    def _support(self, multipliers: Mapping[int, int]) -> frozenset[int]:
        """Classes that a combination of rows depends on."""
        total: dict[int, int] = {}
        for row, multiplier in multipliers.items():
            for number, value in self._terms[row]:
                total[number] = total.get(number, 0) + multiplier * value
        return frozenset(number for number, value in total.items() if value)

    def _eliminate(self, number: int, rows: tuple[int, int]) -> frozenset[int]:
        """The conflict left when a class is eliminated from two rows that disagree about it."""
        first, second = rows
        if first == second:  # a coefficient that divides no amount in reach
            return frozenset(other for other, _ in self._terms[first]) - {number}
        a = dict(self._terms[first])[number]
        b = dict(self._terms[second])[number]
        return self._support({first: b, second: -a})

    # -- linear programs -----------------------------------------------------------------------

    def _need_program(self, free: Iterable[int]) -> Program:
        wanted = set(free)
        if self._program is not None and wanted <= self._position.keys():
            return self._program
        for row in self.broken:
            wanted.update(number for number, _ in self._terms[row])
        for conflict in self._known:
            wanted |= conflict
        wanted.update(number for number, width in enumerate(self._width) if width)
        wanted.update(self._position)
        self._position = {number: i for i, number in enumerate(sorted(wanted))}
        rows: list[tuple[list[tuple[int, int]], int | None, int | None]] = []
        self._row_of: list[int] = []
        self._lp_row: dict[int, int] = {}
        for row, terms in enumerate(self._terms):
            kept = [(self._position[n], value) for n, value in terms if n in self._position]
            if not kept:
                continue
            low = None if self.system.rows[row].low is None else -self.gaps[row]
            self._lp_row[row] = len(rows)
            self._row_of.append(row)
            rows.append((kept, low, -self.gaps[row]))
        boxes: list[Bounds] = [(-self._width[n], self._width[n]) for n in sorted(wanted)]
        self._program = Program(rows, boxes, scale=max(self.unit.half, 1))
        return self._program

    def _centres(self, free: Sequence[int]) -> dict[int, int]:
        """A guess at the freed classes, so that the solver sees small numbers."""
        centres: dict[int, int] = {}
        for number in free:
            (low, high), _ = self._near(number, free)
            if low is not None and high is not None:
                centres[number] = (low + high) // 2
            elif low is not None or high is not None:
                centres[number] = low if low is not None else high or 0
        return centres

    def feasible(self, free: Sequence[int]) -> bool | None:
        """Whether amounts exist that satisfy every row, the freed classes being anything.

        True and False are proven in integers; None where the solver's word could not be confirmed
        or no more programs are allowed.  A proven contradiction is remembered as a conflict.
        """
        return self._solve(free, ())[0]

    def limits(self, free: Sequence[int]) -> tuple[bool | None, dict[int, Bounds]]:
        """``feasible`` and, unless False, how far each freed class may deviate (proven limits)."""
        return self._solve(free, tuple(free))

    def _solve(
        self, free: Sequence[int], wanted: Sequence[int]
    ) -> tuple[bool | None, dict[int, Bounds]]:
        self._build_classes()
        ranges: dict[int, Bounds] = {}
        for number in free:
            ranges[number], rows = self._near(number, free)
            if rows is not None:
                self._known.append(self._eliminate(number, (rows[0], rows[1])))
                return False, {}
        if self.solves >= self.effort:
            self.cut_short = True
            return None, ranges
        program = self._need_program(free)
        before = program.solves
        moved: dict[int, tuple[int | None, int | None]] = {}
        centres = self._centres(free)
        try:
            for number in free:
                program.set_limits(self._position[number], (None, None))
                centre = centres.get(number, 0)
                if centre:
                    for row, value in self._class_rows[number]:
                        at = self._lp_row[row]
                        _, low, high = program.rows[at]
                        moved.setdefault(at, (low, high))
                        change = value * centre
                        program.set_row(
                            at,
                            None if low is None else low - change,
                            None if high is None else high - change,
                        )
            return self._ask(program, wanted, centres, ranges)
        finally:
            for number in free:
                width = self._width[number]
                program.set_limits(self._position[number], (-width, width))
            for at, (low, high) in moved.items():
                program.set_row(at, low, high)
            self.solves += program.solves - before

    def _ask(
        self,
        program: Program,
        wanted: Sequence[int],
        centres: Mapping[int, int],
        ranges: dict[int, Bounds],
    ) -> tuple[bool | None, dict[int, Bounds]]:
        verdict: bool | None = None
        for number in wanted or (-1,):
            at = self._position.get(number, -1)
            low, high = ranges.get(number, (None, None))
            for sign in (1, -1):
                status = program.solve({at: sign} if at >= 0 else {})
                if status == "infeasible":
                    certificate = program.certificate()
                    if certificate is None:
                        self.unproven += 1
                        return None, ranges
                    rows = {self._row_of[row]: m for row, m in certificate.items()}
                    self._known.append(self._support(rows))
                    return False, {}
                if status == "optimal":
                    values, duals = program.solution()
                    if verdict is None:
                        verdict = True if program.exact_point(values) else None
                        if verdict is None:
                            self.unproven += 1
                    if at < 0:
                        return verdict, ranges
                    bound = program.exact_bound(at, sign, duals, values[at])
                    if bound is not None:
                        bound += centres.get(number, 0)
                        if sign > 0:
                            low = bound if low is None else max(low, bound)
                        else:
                            high = bound if high is None else min(high, bound)
                elif status == "unknown":
                    self.unproven += 1
                    return verdict, ranges
            ranges[number] = (low, high)
        return verdict, ranges

    def limits_of(self, name: str) -> Bounds | None:
        """The amounts in 分 that one cell could print for every row to hold; None where there are none."""
        self._build_classes()
        column = self.system.names.index(name)
        number = next(i for i, columns in enumerate(self._class_columns) if column in columns)
        verdict, ranges = self.limits((number,))
        return None if verdict is False else self.printable(number, name, ranges[number])

    # -- smallest sets -------------------------------------------------------------------------

    def _start(self) -> None:
        self._build_classes()
        if not self._known:
            for row in self.broken:
                self._known.append(frozenset(number for number, _ in self._terms[row]))

    def singles(self) -> dict[int, Bounds]:
        """All classes that mend everything when one of their cells changes, with its limits."""
        self._start()
        found: dict[int, Bounds] = {}
        done: set[int] = set()
        while self._known:
            common = frozenset.intersection(*self._known)
            left = sorted(common - done)
            if not left:
                break
            number = left[0]
            done.add(number)
            verdict, ranges = self.limits((number,))
            if verdict is not False:
                found[number] = ranges[number]
        return found

    def sets(self, size: int, most: int = 400) -> dict[frozenset[int], dict[int, Bounds]]:
        """All sets of ``size`` classes that mend everything, none of them to spare."""
        self._start()
        found: dict[frozenset[int], dict[int, Bounds]] = {}
        tried: set[frozenset[int]] = set()
        while True:
            before = len(self._known)
            for candidate in self._hitting(size):
                if candidate in tried:
                    continue
                if len(found) >= most or self.solves >= self.effort:
                    self.cut_short = True
                    return found
                tried.add(candidate)
                verdict, ranges = self.limits(sorted(candidate))
                if verdict is not False:
                    found[candidate] = ranges
                elif len(self._known) > before:
                    break  # a new conflict: start again with fewer candidates
            else:
                return found

    def _hitting(self, size: int) -> Iterable[frozenset[int]]:
        """Sets of ``size`` classes that meet every known conflict, each of them once."""
        known = sorted(set(self._known), key=lambda conflict: (len(conflict), sorted(conflict)))
        seen: set[frozenset[int]] = set()

        def extend(chosen: frozenset[int]) -> Iterable[frozenset[int]]:
            self.visits += 1
            if self.visits > _VISITS:
                self.cut_short = True
                return
            missed = next((conflict for conflict in known if not conflict & chosen), None)
            if missed is None:
                if len(chosen) == size and chosen not in seen:
                    seen.add(chosen)
                    yield chosen
                return
            if len(chosen) < size:
                for number in sorted(missed):
                    yield from extend(chosen | {number})

        yield from extend(frozenset())
