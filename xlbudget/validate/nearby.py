"""What stands near a cell: its neighbours, and how the sheet prints cells without an amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model.book import Figure


def odd_empties(figures: Sequence[Figure]) -> frozenset[int]:
    """Cells without an amount that are empty in another way (blank, 0.00) than most on the sheet."""
    count: dict[str, list[int]] = {}
    for figure in figures:
        if not figure.fen:
            kinds = count.setdefault(figure.place.sheet, [0, 0])
            kinds[figure.fen is None] += 1
    return frozenset(
        column
        for column, figure in enumerate(figures)
        if not figure.fen and _is_odd(count[figure.place.sheet], figure.fen is None)
    )


def hidden_zeros(figures: Mapping[str, Figure]) -> frozenset[str]:
    """Cells that print 0.00 on a sheet that leaves its empty cells blank.

    Somebody's amount stands there, too small to print (below 50 元 in 万元).  Where a sheet prints 0.00
    for nothing, a zero is nothing.
    """
    names, listed = list(figures), list(figures.values())
    return frozenset(names[i] for i in odd_empties(listed) if listed[i].fen == 0)


def _is_odd(kinds: Sequence[int], blank: bool) -> bool:
    return kinds[blank] * 4 < kinds[not blank]


class Neighbours:
    """Which figures stand above, below and beside each other, from their places."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self._at = {figure.place: column for column, figure in enumerate(figures)}
        self._figures = figures

    def _near(self, column: int, steps: Sequence[tuple[int, int]]) -> list[int]:
        place = self._figures[column].place
        found = []
        for down, right in steps:
            other = self._at.get(place._replace(row=place.row + down, column=place.column + right))
            if other is not None and other != column:
                found.append(other)
        return found

    def vertical(self, column: int) -> list[int]:
        return self._near(column, ((-1, 0), (1, 0)))

    def horizontal(self, column: int) -> list[int]:
        return self._near(column, ((0, -1), (0, 1)))
