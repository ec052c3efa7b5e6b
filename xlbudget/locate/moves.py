"""Amounts that stand in the wrong place together: guesses, and what each of them mends and harms.

A *move* says what some cells should print (or that their amount is lost).  It is weighed against
identities and against soft evidence: an equality that it closes with amounts that it moved is evidence for it, one
that it breaks speaks against it, one in which a lost amount stands says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..model.book import Figure
from ..model.expression import Constraint
from ..model.linear import assemble
from ..model.money import Unit
from .conflicts import Conflicts

LISTS = ("T02", "T03", "T05", "T07", "T08")
_PART = 0.3  # a part that fits into its whole again says less than an equality
_USUAL = 0.9  # an identity that holds in fewer workbooks is a hint only


class Move(NamedTuple):
    """Amounts in the wrong place.

    ``kind`` is ``displaced``, ``rows`` or ``columns`` (exchanged), ``unit``.  ``cells`` gives for names of figures the
    amount in 分 that belongs there, None where it is lost.  ``first`` and ``last`` are rows of the sheet,
    ``by`` how many rows too low the amounts stand (below zero: too high), or the two rows or columns.
    ``mends`` are the rows of the wide system that it closes, ``loose`` the broken ones about which it says nothing.
    """

    kind: str
    table: str
    cells: Mapping[str, int | None]
    first: int
    last: int
    by: tuple[int, ...]
    score: float
    mends: tuple[int, ...] = ()
    loose: tuple[int, ...] = ()


class Wide:
    """Identities and soft evidence in one system, with what each row is worth.

    Rows from ``hard`` on are soft.  ``constraints`` are all of them in their order.
    """

    def __init__(
        self,
        constraints: Sequence[Constraint],
        soft: Sequence[tuple[Constraint, float | None]],
        figures: Mapping[str, Figure],
        unit: Unit,
    ) -> None:
        self.constraints = [*constraints, *(constraint for constraint, _ in soft)]
        self.hard = len(constraints)
        self.figures = figures
        self.unit = unit
        self.conflicts = Conflicts(assemble(self.constraints, figures.keys(), unit), figures, unit)
        self.system = self.conflicts.system
        self.broken = frozenset(self.conflicts.broken)
        self.at = {name: column for column, name in enumerate(self.system.names)}
        self.gain: list[float] = []
        self.harm: list[float] = []
        for row in self.system.rows:
            share = 1.0 if row.source < self.hard else soft[row.source - self.hard][1] or 0.98
            weight = 1.0 if share >= _USUAL else 0.5
            self.gain.append(weight if row.low is not None else _PART)
            self.harm.append(weight)

    def is_soft(self, row: int) -> bool:
        """Whether a row only usually holds."""
        return self.system.rows[row].source >= self.hard

    def strong(self, rows: Sequence[int]) -> int:
        """How many of the rows are equalities that hold always or nearly."""
        return sum(self.gain[row] >= _USUAL for row in rows)

    def weigh(
        self, cells: Mapping[str, int | None], spare: int = 0
    ) -> tuple[float, list[int], list[int]] | None:
        """Score, closed rows, and broken rows left open; None if an identity that holds would break.

        ``spare`` is by how many 分 more each moved amount may be off.
        """
        change: dict[int, int] = {}
        moved: dict[int, int] = {}
        loose: set[int] = set()
        for name, amount in cells.items():
            column = self.at.get(name)
            if column is None:
                continue
            for row, value in self.system.of_column[column]:
                if amount is None:
                    loose.add(row)
                else:
                    by = amount - self.conflicts.printed[column]
                    change[row] = change.get(row, 0) + value * by
                    moved[row] = moved.get(row, 0) + abs(value)
        score = 0.0
        closed: list[int] = []
        for row, by in change.items():
            if row in loose:
                continue
            holds = self.conflicts.holds(row, by, spare * moved[row])
            if row in self.broken:
                if holds:
                    score += self.gain[row]
                    closed.append(row)
            elif not holds:
                if not self.is_soft(row):
                    return None
                score -= self.harm[row]
        open_rows = sorted(loose & self.broken)
        return score + 0.25 * len(open_rows), closed, open_rows


class Block(NamedTuple):
    """Rows of one table as they stand: for each its sheet row and its cells' names by column."""

    table: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def blocks(figures: Mapping[str, Figure]) -> list[Block]:
    """The lists with all their columns, and each column of 06, without their totals."""
    found: dict[tuple[str, str, int], dict[int, dict[int, str]]] = {}
    for name, figure in figures.items():
        table, _, rest = name.partition(".")
        if table not in LISTS and table != "T06":
            continue
        if not rest.partition(".")[0].isdigit():
            continue
        place = figure.place
        stack = place.column if table == "T06" else 0
        rows = found.setdefault((table, place.sheet, stack), {})
        rows.setdefault(place.row, {})[place.column] = name
    done = []
    for (table, _, _), rows in found.items():
        columns = sorted({column for cells in rows.values() for column in cells})
        done.append(
            Block(
                table,
                tuple(
                    (row, tuple(rows[row].get(column, "") for column in columns))
                    for row in sorted(rows)
                ),
            )
        )
    return done
