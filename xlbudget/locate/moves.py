"""Amounts that stand in the wrong place together: guesses, and what each of them mends and harms.

A *move* says what some cells should print (or that their amount is lost).  It is weighed against
identities and against soft evidence: an equality that it closes with amounts that it moved is evidence for it, one
that it breaks speaks against it, one in which a lost amount stands says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..model.book import Figure
from ..model.expression import Constraint
from ..model.linear import assemble
from ..model.money import Unit
from .conflicts import Conflicts

LISTS = ("T02", "T03", "T05", "T07", "T08")
_PAIRED = 0.6  # the same line of two tables prints the same amount
_PAIRS = (
    ("T02", "total", "T03", "total"),
    ("T02", "appropriation", "T05", "total"),
    ("T03", "total", "T05", "total"),
    ("T03", "basic", "T05", "basic"),
    ("T03", "project", "T05", "project"),
)
_PART = 0.3  # a part that fits into its whole again says less than an equality
_USUAL = 0.9  # an identity that holds in fewer workbooks is a hint only


class Move(NamedTuple):
    """Amounts in the wrong place.

    ``kind`` is ``displaced``, ``rows`` or ``columns`` (exchanged), ``unit``.  ``cells`` gives for names of figures the
    amount in 分 that belongs there, None where it is lost.  ``first`` and ``last`` are rows of the sheet,
    ``by`` how many rows too low the amounts stand (below zero: too high), or the two rows or columns.
    ``strength`` counts the equalities that it closes with amounts that it moved, ``score`` also what speaks against it.
    ``mends`` are the rows of the wide system that it closes, ``loose`` the broken ones about which it says nothing;
    ``witnesses`` are figures that stand in an equality which it closes.
    """

    kind: str
    table: str
    cells: Mapping[str, int | None]
    first: int
    last: int
    by: tuple[int, ...]
    score: float
    strength: float
    mends: tuple[int, ...] = ()
    loose: tuple[int, ...] = ()
    witnesses: tuple[str, ...] = ()


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
        soft = [*soft, *((pair, _PAIRED) for pair in _pairs(figures))]
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
            # an equality closed by chance is as unlikely for a rule that holds seldom
            self.gain.append(1.0 if row.low is not None else _PART)
            self.harm.append(1.0 if share >= _USUAL else 0.5)

    def is_soft(self, row: int) -> bool:
        """Whether a row only usually holds."""
        return self.system.rows[row].source >= self.hard

    def closed_by(self, amounts: Mapping[str, int | None]) -> set[int]:
        """Broken rows that hold with other amounts in 分 in some cells; unknown ones (None) count as fitting."""
        change: dict[int, int] = {}
        fits: set[int] = set()
        for name, fen in amounts.items():
            column = self.at.get(name)
            for row, value in self.system.of_column[column] if column is not None else ():
                if fen is None or column is None:
                    fits.add(row)
                else:
                    by = value * (fen - self.conflicts.printed[column])
                    change[row] = change.get(row, 0) + by
        fits |= {row for row, by in change.items() if self.conflicts.holds(row, by)}
        return fits & self.broken

    def touching(self, names: Iterable[str]) -> set[int]:
        """Rows in which one of the figures stands."""
        found: set[int] = set()
        for name in names:
            if name in self.at:
                found.update(row for row, _ in self.system.of_column[self.at[name]])
        return found


def _pairs(figures: Mapping[str, Figure]) -> Iterator[Constraint]:
    """Lines that two tables print, which have the same amount in most departments."""
    for name in figures:
        table, _, rest = name.partition(".")
        code, _, column = rest.partition(".")
        for one, its, other, theirs in _PAIRS:
            if table == one and column == its and code.isdigit():
                same = f"{other}.{code}.{theirs}"
                if same in figures:
                    yield Constraint(code, "=", ((1, name),), ((1, same),))


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
