"""Which cell is wrong, and what it should say.

Error localisation after Fellegi and Holt (1976): of the figures of a workbook that breaks its
identities, which ones have to change, as few as possible, for all identities to hold at once?  A
figure stands for the interval of its last digit; freeing it and asking whether any amounts satisfy
all identities is a linear program.  Smallest sets are found as hitting sets of conflicts (Reiter
1987): every infeasible program yields a combination of identities that cannot hold, and one of its
cells must be wrong.  No big-M takes part, and every verdict is confirmed in integers.

A workbook that breaks nothing is told apart by integer arithmetic alone, and no solver is imported.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

from ..model.book import Figure
from ..model.expression import Constraint, Terms
from ..model.linear import Bounds, assemble
from ..model.money import Unit
from ..validate.nearby import hidden_zeros
from .conflicts import Conflicts
from .copies import Copy, contracted, copied
from .displaced import displaced
from .explain import Ranker
from .moves import LISTS, Move, Wide
from .outcome import NO_EVIDENCE, Evidence, Localisation, Part, Suspect
from .parts import connected, same_gap, without_rows
from .slips import Weights, load_weights

__all__ = [
    "NO_EVIDENCE",
    "Evidence",
    "Localisation",
    "Part",
    "Suspect",
    "jointly_consistent",
    "localise",
]

_SEARCHED = 8  # so many parts are explained by sets of cells where no single one does
_COMBINED = 600  # so many sets of cells that mend several parts at once are listed
_MANY = 1000
_PLAIN = 6.0  # a displacement that closes so many equalities is not compared with anything
_UNEXPLAINED = 4  # broken identities without explanation count as so many wrong cells


def jointly_consistent(
    constraints: Sequence[Constraint], figures: Mapping[str, Figure], *, unit: Unit
) -> bool:
    """Whether one true amount behind each printed figure can satisfy all identities at once.

    Sharper than one identity after the other.  False only when a contradiction was proven in
    integers.
    """
    conflicts = Conflicts(assemble(constraints, figures.keys(), unit), figures, unit)
    if not conflicts.broken and conflicts.feasible(()) is not False:
        return True
    return _hides_amounts(conflicts, figures, unit)


def localise(
    constraints: Sequence[Constraint],
    figures: Mapping[str, Figure],
    *,
    unit: Unit,
    evidence: Evidence = NO_EVIDENCE,
    weights: Weights | None = None,
    joint: bool = False,
    most: int = 3,
    effort: int = 1500,
) -> Localisation:
    """The cells that may be wrong, best first.

    Broken identities that have no figure in common are explained separately, and one wrong amount
    printed in several cells is one cause (``Localisation.parts``).

    ``constraints`` are identities that hold in every workbook; a name without a figure counts as
    zero and is never a suspect.  ``joint`` also looks for contradictions that show only jointly, at
    the price of a linear program on every clean workbook.  ``most`` is the size of the
    largest sets looked for, ``effort`` the number of linear programs allowed.
    """
    system = assemble(constraints, figures.keys(), unit)
    conflicts = Conflicts(system, figures, unit, effort=effort)
    if not conflicts.broken and not (joint and conflicts.feasible(()) is False):
        return Localisation(consistent=True, solves=conflicts.solves)
    if _hides_amounts(conflicts, figures, unit):
        return Localisation(consistent=True, solves=conflicts.solves)
    search = _Search(
        constraints, figures, unit, evidence, weights or load_weights(), most, effort, []
    )
    parts = search.parts(conflicts)
    whole = parts[0] if len(parts) == 1 else Part("cells", ())
    return Localisation(
        consistent=False,
        broken=tuple(system.rows[number].source for number in conflicts.broken),
        suspects=whole.suspects,
        suspect_sets=whole.suspect_sets if len(parts) == 1 else _together(parts),
        proven=not any(done.unproven for done in search.asked),
        complete=not any(done.cut_short for done in search.asked),
        solves=sum(done.solves for done in search.asked),
        parts=parts,
    )


def _together(parts: Sequence[Part]) -> tuple[tuple[Suspect, ...], ...]:
    """Sets that mend all parts at once: one explanation of each, the likeliest first."""
    choices: list[list[tuple[Suspect, ...]]] = [
        [(s,) for s in part.suspects] or list(part.suspect_sets) for part in parts
    ]
    some = max(2, int(_COMBINED ** (1 / len(parts))))
    few = int(math.log2(_COMBINED))  # of more parts the others keep their first explanation
    found = [
        (sum(members[0].rank for members in chosen), chosen)
        for chosen in product(*(c[: some if n < few else 1] for n, c in enumerate(choices)))
    ]
    found.sort(key=lambda entry: entry[0])
    ranks: dict[int, int] = {}
    done = []
    for position, (rank, chosen) in enumerate(found, 1):
        ranks.setdefault(rank, position)
        done.append(tuple(s._replace(rank=ranks[rank]) for members in chosen for s in members))
    return tuple(done)


class _Search(NamedTuple):
    """What all parts of one workbook's search have in common; ``asked`` are the systems that were solved."""

    constraints: Sequence[Constraint]
    figures: Mapping[str, Figure]
    unit: Unit
    evidence: Evidence
    weights: Weights
    most: int
    effort: int
    asked: list[Conflicts]

    def parts(self, conflicts: Conflicts) -> tuple[Part, ...]:
        """The broken rows by what explains them."""
        system, broken = conflicts.system, conflicts.broken
        self.asked[:] = [conflicts]
        whole: Part | None = None
        if len(connected(system, broken)) <= 1:
            singles = conflicts.singles()
            if singles:
                whole = self._cells(conflicts, singles)
        tables = self._tables_in_doubt(whole) if broken else frozenset()
        if whole and not tables:
            return (whole,)
        wide = Wide(self.constraints, self.evidence.soft, self.figures, self.unit)
        move = displaced(wide, tables, self.weights.usual)
        if move and move.strength >= _PLAIN and not whole:
            part = self._moved(wide, move)
            left = [row for row in broken if system.rows[row].source not in part.broken]
            return (part, *self._rest(conflicts, left))
        found = (whole,) if whole else self._rest(conflicts, broken)
        if move and self._is_better(wide, move, found):
            part = self._moved(wide, move)
            left = [row for row in broken if system.rows[row].source not in part.broken]
            return (part, *self._rest(conflicts, left))
        return found

    def _is_better(self, wide: Wide, move: Move, parts: Sequence[Part]) -> bool:
        """Whether a displacement explains more than the cells do that would be wrong instead."""
        cells = {s.name: s.suggestion for part in parts for s in part.first}
        causes = sum(
            1 if part.kind == "copied" else len(part.first) or _UNEXPLAINED for part in parts
        )
        beyond = set(move.mends) - wide.closed_by(cells)
        beyond -= {row for row in beyond if wide.system.rows[row].low is None}
        if causes == 1:
            return move.strength >= 2.0 and len(beyond) >= 1
        return move.strength >= (1.5 if causes == 2 else 1.2)

    def _rest(self, conflicts: Conflicts, rows: Sequence[int]) -> tuple[Part, ...]:
        """Broken rows explained by copied slips and by cells, part by part."""
        left = list(rows)
        done: list[Part] = []
        while left:
            judged = [(self._copied(conflicts, guess), guess) for guess in copied(conflicts, left)]
            known = [(found[0], found[1], guess) for found, guess in judged if found]
            if not known:
                break
            _, part, guess = max(known, key=lambda entry: entry[0])
            done.append(part)
            left = [row for row in left if row not in guess.mends]
        pieces = connected(conflicts.system, left)
        if not done and len(rows) == len(conflicts.broken) and len(pieces) <= 1:
            return (self._cells(conflicts, {}),)
        rest: list[Part] = []
        while pieces:
            mine_rows = pieces.pop(0)
            swapped = None
            for other in pieces:
                if same_gap(conflicts, mine_rows, other):
                    swapped = self._swapped(conflicts, [*mine_rows, *other])
                if swapped:
                    pieces.remove(other)
                    break
            mine = self._only(conflicts, mine_rows)
            searched = len(rest) < _SEARCHED
            rest.append(swapped or self._cells(mine, mine.singles(), in_sets=searched))
        rest.sort(key=lambda part: (len(part.first) or _MANY, -len(part.broken)))
        return (*done, *rest)

    def _tables_in_doubt(self, whole: Part | None) -> frozenset[str]:
        """Tables whose amounts may be displaced.

        Where a single cell explains what is broken, those for which soft evidence is broken that this cell
        has nothing to do with.
        """
        if whole is None:
            return frozenset((*LISTS, "T06"))
        best = {s.name for s in whole.suspects if s.rank == 1}
        found: set[str] = set()
        for constraint, share in self.evidence.soft:
            names = {name for _, name in (*constraint.left, *constraint.right)}
            its = {name[:3] for name in names}
            if (share is None or {"T06", "T09"} <= its) and not names & best:
                left, right = (self._sum(side) for side in (constraint.left, constraint.right))
                if abs(left - right) > 2 * self.unit.last_digit:
                    found |= its
        return frozenset(found - {"T09"})

    def _sum(self, terms: Terms) -> int:
        """What one side of an identity comes to in 分, as printed."""
        figures = self.figures
        return int(sum(value * figures[name].value for value, name in terms if name in figures))

    def _moved(self, wide: Wide, move: Move) -> Part:
        """A move as one cause of all that it closes or leaves open."""
        rows = [wide.system.rows[row] for row in (*move.mends, *move.loose)]
        broken = tuple(row.source for row in rows if row.source < wide.hard)
        cells = tuple(
            Suspect(name, self.figures[name].fen, fen, fen, fen, move.kind, 1, (name,), "")
            for name, fen in move.cells.items()
            if fen is None or fen != self.figures[name].value
        )
        return Part(move.kind, broken, (), (cells,), move)

    def _only(self, conflicts: Conflicts, rows: Sequence[int]) -> Conflicts:
        """The system without the broken rows that are not among these."""
        others = [row for row in conflicts.broken if row not in rows]
        system = without_rows(conflicts.system, others)
        self.asked.append(Conflicts(system, self.figures, self.unit, effort=self.effort))
        return self.asked[-1]

    def _swapped(self, conflicts: Conflicts, rows: Sequence[int]) -> Part | None:
        """Rows of two parts explained by two amounts in each other's place."""
        mine = self._only(conflicts, rows)
        found = self._cells(mine, {})
        return found if found.first and found.first[0].slip == "swap" else None

    def _ranker(self, conflicts: Conflicts, constraints: Sequence[Constraint]) -> Ranker:
        return Ranker(conflicts, constraints, self.figures, self.unit, self.evidence, self.weights)

    def _cells(
        self, conflicts: Conflicts, singles: Mapping[int, Bounds], *, in_sets: bool = True
    ) -> Part:
        """A part explained by single cells, or else by the smallest sets of them."""
        broken = tuple(conflicts.system.rows[row].source for row in conflicts.broken)
        if singles:
            suspects = self._ranker(conflicts, self.constraints).singles(singles)
            return Part("cells", broken, suspects)
        for size in range(2, self.most + 1) if in_sets else ():
            found = conflicts.sets(size)
            if found:
                sets = self._ranker(conflicts, self.constraints).sets(found)
                return Part("cells", broken, (), sets)
        return Part("cells", broken)

    def _copied(self, conflicts: Conflicts, guess: Copy) -> tuple[float, Part] | None:
        """The guess as one cause and how likely it is, if one amount in all its cells satisfies every
        row they stand in."""
        system = conflicts.system
        names = sorted(system.names[column] for column in guess.columns)
        others = frozenset(
            system.rows[row].source for row in conflicts.broken if row not in guess.mends
        )
        fewer = contracted(self.constraints, names, without=others)
        one = Conflicts(
            assemble(fewer, self.figures.keys(), self.unit),
            self.figures,
            self.unit,
            effort=self.effort,
        )
        self.asked.append(one)
        limits = one.limits_of(names[0])
        if limits is None:
            return None
        soft = [constraint for constraint, _ in self.evidence.soft]
        renamed = contracted(soft, names)
        shares = [share for _, share in self.evidence.soft]
        evidence = self.evidence._replace(soft=list(zip(renamed, shares, strict=True)))
        ranker = Ranker(one, fewer, self.figures, self.unit, evidence, self.weights)
        score, first = ranker.alone(names[0], limits)
        cells = tuple(first._replace(name=name, group=(name,)) for name in names)
        broken = tuple(system.rows[row].source for row in guess.mends)
        return score, Part("copied", broken, (), (cells,))


def _hides_amounts(conflicts: Conflicts, figures: Mapping[str, Figure], unit: Unit) -> bool:
    """Whether amounts too small to print (three of 40 元 in one sum) explain what is broken."""
    hidden = hidden_zeros(figures) if unit.half else frozenset()
    if not hidden:
        return False
    wider = Conflicts(conflicts.system, figures, unit, hidden=hidden)
    return not wider.broken and wider.feasible(()) is not False
