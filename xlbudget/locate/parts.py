"""Broken identities in connected parts, and a system cut down to what one part needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..model.linear import System
from .conflicts import Conflicts


def connected(system: System, broken: Sequence[int]) -> list[list[int]]:
    """Broken rows by the figures that they share, directly or through other broken rows.

    Faults in two parts have nothing to do with each other: a wrong cell breaks rows of one part only.
    """
    parts: list[tuple[set[int], list[int]]] = []
    for row in broken:
        columns = {column for column, _ in system.rows[row].terms}
        apart = []
        rows = [row]
        for theirs, numbers in parts:
            if theirs & columns:
                columns |= theirs
                rows = numbers + rows
            else:
                apart.append((theirs, numbers))
        parts = [*apart, (columns, rows)]
    return sorted(sorted(rows) for _, rows in parts)


def without_rows(system: System, rows: Collection[int]) -> System:
    """The system without some of its rows, its columns as they were."""
    gone = set(rows)
    new: dict[int, int] = {}
    for number in range(len(system.rows)):
        if number not in gone:
            new[number] = len(new)
    return System(
        system.names,
        tuple(row for number, row in enumerate(system.rows) if number not in gone),
        tuple(
            tuple((new[number], value) for number, value in found if number not in gone)
            for found in system.of_column
        ),
    )


def same_gap(conflicts: Conflicts, first: Sequence[int], second: Sequence[int]) -> bool:
    """Whether an equality of each of two parts misses by the same amount, rounding aside.

    Two amounts in each other's place do that, and break rows that have nothing else in common.
    """
    exact = [row for row in second if conflicts.system.rows[row].low is not None]
    return any(
        conflicts.system.rows[row].low is not None
        and any(
            conflicts.holds(row, sign * conflicts.gaps[other])
            for other in exact
            for sign in (1, -1)
        )
        for row in first
    )
