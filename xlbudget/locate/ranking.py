"""How plausible it is that a cell, or a few cells, were mistyped: likelihoods of explanations.

An explanation says which cells are wrong and what they should hold.  It is as likely as the slips
that it needs, times how well the sums close afterwards: a sum of n rounded figures misses its total
by a remainder of known spread, and two figures that are the same money print alike.  Soft
evidence (identities that usually hold, last year's figures) enters the same way.  Likelihoods are
natural logarithms; only their order is used.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from ..model.book import Figure
from ..model.linear import Bounds, Row
from ..model.money import Unit, round_half_up
from ..validate.nearby import Neighbours, odd_empties
from .slips import Weights, originals, spread_of_shifts

_NARROW = 400  # a range of so many last digits is walked through value by value
_DECADES = 16.0  # natural logarithm of largest against smallest amount, in last digits
_SMALL = 10  # amounts below so many last digits are equally likely
IMPOSSIBLE = -60.0  # log-likelihood of a cell that only an amount below zero would mend
_SURE = 0.5  # a suggestion takes at least this share of the cell's likelihood


class Opinion(NamedTuple):
    """What is to be thought of one cell: log-likelihood, kind of slip, likely amount in 分."""

    score: float
    slip: str
    value: int | None


class Judge:
    """Likelihoods of explanations for one workbook.

    ``rows`` are equalities over ``names`` with their weight: 1 for an identity, less for one that
    only usually holds.  ``previous`` gives last year's amounts in 分 by name; ``derived`` names the
    figures that follow from others, so that no amount is likelier there than another; ``step`` is
    the last digit in 分 if it is not the unit's; ``ledger`` gives amounts in 分 as the ledger has them.
    """

    def __init__(
        self,
        names: Sequence[str],
        figures: Mapping[str, Figure],
        rows: Sequence[tuple[Row, float]],
        unit: Unit,
        weights: Weights,
        previous: Mapping[str, int],
        derived: Collection[str] = (),
        step: int = 0,
        ledger: Mapping[str, int] | None = None,
    ) -> None:
        self.names = names
        self._derived = derived
        self.weights = weights
        self.previous = previous
        self._ledger = ledger or {}
        self.step = step or unit.last_digit
        self.half = unit.half
        self.figures = [figures[name] for name in names]
        self.printed = [figure.fen or 0 for figure in self.figures]
        self._rows = rows
        self._of: dict[int, list[tuple[int, int]]] = {}
        for number, (row, _) in enumerate(rows):
            for column, value in row.terms:
                self._of.setdefault(column, []).append((number, value))
        self._cache: dict[int, tuple[int, float, float, float]] = {}
        self._beside = Neighbours(self.figures)
        self._odd = odd_empties(self.figures)

    # -- how well sums close -------------------------------------------------------------------

    def _row(self, number: int) -> tuple[int, float, float, float]:
        """Remainder as printed, variance, log of the peak, log-likelihood as printed."""
        found = self._cache.get(number)
        if found is None:
            row, _weight = self._rows[number]
            remainder, spread, terms = -row.high, 0, 0
            for column, value in row.terms:
                amount = self.printed[column]
                if amount:
                    remainder += value * amount
                    half = self.figures[column].half
                    if half:
                        spread += value * value * half * half
                        terms += 1
            # two roundings of the same amount never differ; of more, each adds half²/3
            variance = spread / 3 if terms > 2 else 0.0
            peak = -0.5 * math.log(2 * math.pi * variance) if variance else 0.0
            peak += math.log(self.step) if variance else 0.0
            found = (remainder, variance, min(peak, 0.0), 0.0)
            found = (*found[:3], self._closes(number, remainder, found))
            self._cache[number] = found
        return found

    def _closes(
        self, number: int, remainder: int, row: tuple[int, float, float, float] | None = None
    ) -> float:
        """Log-likelihood that the sum misses by ``remainder`` 分."""
        prior = self.weights.prior
        _, variance, peak, _ = row or self._row(number)
        if variance:
            value = peak - remainder * remainder / (2 * variance)
        elif remainder == 0:
            value = math.log(prior["equality"])
        elif abs(remainder) <= 2 * self.half:
            value = math.log((1 - prior["equality"]) / 2)
        else:
            value = -math.inf
        floor = prior["floor"]
        likelihood = math.exp(value) if value > -30 else 0.0
        weight = self._rows[number][1]
        if weight < 1:
            return math.log(weight * likelihood + (1 - weight) * 1e-4)
        return math.log(max(likelihood, floor))

    def _gain(self, column: int, change: int, shifts: Mapping[int, int], skip: set[int]) -> float:
        """How much better the sums close when the column changes by ``change`` 分."""
        gain = 0.0
        for number, value in self._of.get(column, ()):
            if number not in skip:
                remainder, _, _, before = self._row(number)
                gain += self._closes(number, remainder + shifts.get(number, 0) + value * change)
                gain -= before
        return gain

    def _amount(self, column: int, fen: int) -> float:
        """Log-likelihood of an amount where any may stand: small ones are commoner, as they are in
        all accounts (equally many per decade), and many cells hold nothing."""
        used = self.weights.prior["used"]
        if self.names[column] in self.weights.usual:
            used = self.weights.prior["used_always"]
        elif column in self._odd:
            used = self.weights.prior["odd_empty"]
        if not fen:
            return math.log(1 - used)
        return math.log(used / _DECADES / (abs(fen) / self.step + _SMALL))

    def _prior(self, column: int, value: int) -> float:
        """Log-likelihood of the true amount as such, against the printed one as a true amount."""
        score = 0.0
        if value < 0:
            score += math.log(self.weights.prior["negative"])
        name = self.names[column]
        booked = self._ledger.get(name)
        if booked is not None:
            score += self._booked(value, booked) - self._booked(self.printed[column], booked)
        last = self.previous.get(name)
        if last is None:
            if name not in self._derived:
                score += self._amount(column, value) - self._amount(column, self.printed[column])
        else:
            score += self._against(value, last) - self._against(self.printed[column], last)
        return score

    def _booked(self, value: int, booked: int) -> float:
        """Log-likelihood of an amount against the ledger's, which rounding can move by a digit."""
        agrees = self.weights.evidence["ledger"]
        if value == round_half_up(booked, self.step):
            return math.log(agrees)
        return math.log((1 - agrees) * (10 if abs(value - booked) < self.step else 1))

    def _against(self, value: int, last: int) -> float:
        """Log-likelihood of an amount against last year's."""
        spread, surprise = self.weights.evidence["previous"], self.weights.evidence["surprise"]
        if not value or not last:
            return math.log(1 - surprise if value == last else surprise)
        if (value > 0) != (last > 0):
            return math.log(surprise)
        distance = math.log(value / last) / spread
        return math.log(surprise + (1 - surprise) * math.exp(-distance * distance / 2))

    # -- one cell ------------------------------------------------------------------------------

    def anyway(self, column: int) -> dict[str, float]:
        """Chance of what is printed for slips that do not depend on the true amount."""
        share = self.weights.share
        printed = self.printed[column]
        if not printed:
            return {"omission": share["omission"]}
        chances = {"other": share["other"] * math.exp(self._amount(column, printed))}
        for kind, near in (
            ("neighbour", self._beside.vertical(column)),
            ("beside", self._beside.horizontal(column)),
        ):
            same = sum((self.figures[other].fen or 0) == printed for other in near)
            if same:
                chances[kind] = share[kind] * same / len(near)
        if self.previous.get(self.names[column]) == printed:
            chances["stale"] = share["stale"]
        return chances

    def slips(self, column: int, low: int | None, high: int | None) -> dict[int, dict[str, float]]:
        """True amounts in the range from which a slip leads to what is printed: 分 → kind → chance."""
        share, step = self.weights.share, self.step
        shown, finer = divmod(self.printed[column], step)
        if finer:
            return {}
        found: dict[int, dict[str, float]] = {}
        for digits, kinds in originals(shown).items():
            value = digits * step
            if (low is None or value >= low) and (high is None or value <= high):
                chances = found.setdefault(value, {})
                for kind, chance in kinds:
                    chances[kind] = chances.get(kind, 0.0) + share[kind] * chance
        for first, last, chance in spread_of_shifts(shown):
            first = first if low is None else max(first, -((-low) // step))
            last = last if high is None else min(last, high // step)
            if last - first > _NARROW:
                continue
            for digits in range(first, last + 1):
                chances = found.setdefault(digits * step, {})
                chances["decimal"] = chances.get("decimal", 0.0) + share["decimal"] * chance
        return found

    def one(
        self,
        column: int,
        limits: Bounds,
        shifts: Mapping[int, int] | None = None,
        skip: set[int] | None = None,
    ) -> Opinion:
        """The likelihood that this cell alone is wrong and its true printed amount in ``limits``.

        ``shifts`` are changes of row remainders by other cells of the same explanation, ``skip``
        rows that are not to be counted.
        """
        shifts, skip = shifts or {}, skip or set()
        low, high = limits
        printed, step = self.printed[column], self.step
        by_value = self.slips(column, low, high)
        anyway = self.anyway(column)
        base = sum(anyway.values())
        values = set(by_value)
        if low is not None and high is not None and high - low <= _NARROW * step:
            values.update(range(-((-low) // step) * step, high + 1, step))
        else:
            for number, coefficient in self._of.get(column, ()):
                if number not in skip:
                    gap = self._row(number)[0] + shifts.get(number, 0)
                    value = round((printed - gap / coefficient) / step) * step
                    if (low is None or value >= low) and (high is None or value <= high):
                        values.add(value)
            if not values:
                values.add(high if high is not None else low if low is not None else 0)
        values.discard(printed)
        name = self.names[column]
        if name[:1] == "T" and printed >= 0 and not self.weights.may_be_negative(name):
            if (
                values and max(values) < 0
            ):  # an amount that cannot be: no proposal, and hardly the cell
                return Opinion(IMPOSSIBLE, "other", None)
            values = {value for value in values if value >= 0}
        if not values:
            return Opinion(-100.0, "other", None)
        weighed: list[tuple[float, int]] = []
        for value in sorted(values):
            chance = base + sum(by_value.get(value, {}).values())
            gain = self._gain(column, value - printed, shifts, skip) + self._prior(column, value)
            weighed.append((math.log(chance) + gain, value))
        top, best = max(weighed, key=lambda pair: (pair[0], -abs(pair[1])))
        total = sum(math.exp(score - top) for score, _ in weighed)
        chances = {**anyway, **by_value.get(best, {})}
        slip = max(chances, key=lambda kind: (chances[kind], kind))
        sure = 1 / total >= _SURE or len(weighed) == 1
        return Opinion(top + math.log(total), slip, best if sure else None)

    # -- several cells -------------------------------------------------------------------------

    def several(self, columns: Sequence[int], limits: Sequence[Bounds]) -> tuple[Opinion, ...]:
        """The best opinion on each cell of a set, all wrong together; the first carries the sum."""
        shared = self._shared(columns)
        if not shared:
            opinions = [self.one(c, found) for c, found in zip(columns, limits, strict=True)]
        else:
            opinions = self._chain(list(columns), list(limits), {})
            if len(columns) == 2:
                swapped = self._swap(columns[0], columns[1], limits)
                if swapped and swapped[0].score > sum(o.score for o in opinions):
                    opinions = swapped
        return tuple(opinions)

    def _shared(self, columns: Sequence[int]) -> bool:
        seen: set[int] = set()
        for column in columns:
            rows = {number for number, _ in self._of.get(column, ())}
            if rows & seen:
                return True
            seen |= rows
        return False

    def _local(
        self, column: int, limits: Bounds, shifts: Mapping[int, int], skip: set[int]
    ) -> Bounds:
        """Limits of a printed amount from its own rows, the other cells as printed or shifted."""
        low, high = limits
        for number, coefficient in self._of.get(column, ()):
            row, weight = self._rows[number]
            if number in skip or weight < 1:
                continue
            gap = self._row(number)[0] + shifts.get(number, 0)
            slack = sum(
                abs(value) * self.figures[other].half
                for other, value in row.terms
                if self.printed[other] or other == column
            )
            slack += self.half
            middle = self.printed[column] - gap / coefficient
            reach = slack / abs(coefficient)
            low = math.ceil(middle - reach) if low is None else max(low, math.ceil(middle - reach))
            high = (
                math.floor(middle + reach)
                if high is None
                else min(high, math.floor(middle + reach))
            )
        return low, high

    def _chain(
        self, columns: list[int], limits: list[Bounds], shifts: Mapping[int, int]
    ) -> list[Opinion]:
        """One cell after the other: amounts that a slip explains first, the last one from the sums."""
        if len(columns) == 1:
            local = self._local(columns[0], limits[0], shifts, set())
            if local[0] is not None and local[1] is not None and local[0] > local[1]:
                return [Opinion(-math.inf, "other", None)]
            return [self.one(columns[0], local, shifts)]
        best: list[Opinion] = []
        best_score = -math.inf
        for position, column in enumerate(columns):
            others = columns[:position] + columns[position + 1 :]
            their_limits = limits[:position] + limits[position + 1 :]
            theirs = {number for other in others for number, _ in self._of.get(other, ())}
            low, high = self._local(column, limits[position], shifts, theirs)
            if low is not None and high is not None and low > high:
                continue
            tries: list[tuple[float, int, str]] = []
            for value, kinds in self.slips(column, low, high).items():
                change = value - self.printed[column]
                gain = self._gain(column, change, shifts, theirs) + self._prior(column, value)
                kind = max(kinds, key=lambda k: kinds[k])
                tries.append((math.log(sum(kinds.values())) + gain, value, kind))
            tries.sort(reverse=True)
            for score, value, kind in tries[:40]:
                moved = dict(shifts)
                for number, coefficient in self._of.get(column, ()):
                    change = coefficient * (value - self.printed[column])
                    moved[number] = moved.get(number, 0) + change
                rest = self._chain(others, their_limits, moved)
                total = score + sum(opinion.score for opinion in rest)
                if total > best_score:
                    best_score = total
                    best = list(rest)
                    best.insert(position, Opinion(score, kind, value))
        blind = self._blind(columns, limits, shifts)
        if sum(opinion.score for opinion in blind) > best_score:
            return blind
        return best

    def _blind(
        self, columns: list[int], limits: list[Bounds], shifts: Mapping[int, int]
    ) -> list[Opinion]:
        """Cells whose slips say nothing about their amounts; shared sums count once."""
        counted: set[int] = set()
        opinions = []
        for column, found in zip(columns, limits, strict=True):
            rows = {number for number, _ in self._of.get(column, ())}
            others = {n for c in columns if c != column for n, _ in self._of.get(c, ())}
            chances = self.anyway(column)
            kind = max(chances, key=lambda k: (chances[k], k))
            own = self.one(column, found, shifts, skip=others)
            shared = -sum(self._row(n)[3] for n in (rows & others) - counted)
            counted |= rows & others
            score = min(own.score, math.log(chances[kind])) if not rows - others else own.score
            opinions.append(Opinion(score + shared, own.slip, own.value if rows - others else None))
        return opinions

    def _swap(self, a: int, b: int, limits: Sequence[Bounds]) -> list[Opinion] | None:
        """Two amounts in each other's place, if that mends every sum of both."""
        first, second = self.printed[a], self.printed[b]
        if first == second:
            return None
        for value, (low, high) in ((second, limits[0]), (first, limits[1])):
            if (low is not None and value < low) or (high is not None and value > high):
                return None
        changes: dict[int, int] = {}
        for column, change in ((a, second - first), (b, first - second)):
            for number, coefficient in self._of.get(column, ()):
                changes[number] = changes.get(number, 0) + coefficient * change
        gain = 0.0
        for number, change in changes.items():
            remainder, _, _, before = self._row(number)
            gain += self._closes(number, remainder + change) - before
        near = b in self._beside.vertical(a) or b in self._beside.horizontal(a)
        score = math.log(self.weights.swap * (1.0 if near else 1e-3)) + gain
        return [Opinion(score, "swap", second), Opinion(0.0, "swap", first)]
