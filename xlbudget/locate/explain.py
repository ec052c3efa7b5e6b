"""Explanations as suspects: the cells that ``Conflicts`` frees, in the order that ``Judge`` gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

from ..model.book import Figure
from ..model.expression import Constraint
from ..model.linear import Bounds, assemble
from ..model.money import Unit
from .conflicts import Conflicts
from .outcome import Evidence, Suspect
from .ranking import IMPOSSIBLE, Judge, Opinion
from .slips import Weights

_JUDGED = 600  # so many sets of cells are judged together at most


def _derived(constraints: Sequence[Constraint], figures: Mapping[str, Figure]) -> frozenset[str]:
    """Figures that an equality says in terms of others: totals, and the same money elsewhere."""
    found: set[str] = set()
    for constraint in constraints:
        if constraint.op == "=":
            right = [name for _, name in constraint.right if name in figures]
            if len(constraint.left) == 1 and right:
                found.add(constraint.left[0][1])
                if len(right) == 1:
                    found.add(right[0])
    return frozenset(found)


class Ranker:
    """Explanations found by ``Conflicts``, put in order by ``Judge``."""

    def __init__(
        self,
        conflicts: Conflicts,
        constraints: Sequence[Constraint],
        figures: Mapping[str, Figure],
        unit: Unit,
        evidence: Evidence,
        weights: Weights,
    ) -> None:
        usual = weights.evidence["conditional"]
        kept = [(c, usual if w is None else w) for c, w in evidence.soft if c.op == "="]
        hard = conflicts.system
        soft = assemble([constraint for constraint, _ in kept], figures.keys(), unit)
        # figures that stand in no identity still are somebody's neighbour
        names = list(dict.fromkeys((*hard.names, *soft.names, *figures)))
        self.index = {name: column for column, name in enumerate(names)}
        tight = weights.evidence["tight"]
        rows = [(row, tight if row.low is None else 1.0) for row in hard.rows]
        at = [self.index[name] for name in soft.names]
        for row in soft.rows:
            terms = tuple((at[column], value) for column, value in row.terms)
            rows.append((row._replace(terms=terms), kept[row.source][1]))
        self._opinions: dict[tuple[str, Bounds], Opinion] = {}
        self.judge = Judge(
            names,
            figures,
            rows,
            unit,
            weights,
            evidence.previous,
            _derived(constraints, figures),
            conflicts.step,
            evidence.ledger,
        )
        self.conflicts = conflicts
        self.ledger = evidence.ledger
        self.figures = figures
        self.unit = unit
        self.weights = weights

    def singles(self, found: Mapping[int, Bounds]) -> tuple[Suspect, ...]:
        """Suspects for classes of cells and the limits of their deviation."""
        members: list[tuple[str, tuple[str, ...], Bounds, Opinion]] = []
        for number, limits in found.items():
            group = self.conflicts.members(number)
            judged = []
            for name in group:
                printable = self.conflicts.printable(number, name, limits)
                if printable[0] == printable[1] == (self.figures[name].fen or 0):
                    continue
                judged.append((name, printable, self.judge.one(self.index[name], printable)))
            same = [o.score for n, _, o in judged if o.slip == "other" and n not in self.ledger]
            for name, printable, opinion in judged:
                alike = opinion.slip == "other" and opinion.score > IMPOSSIBLE
                if alike and name not in self.ledger:  # nothing tells these apart
                    opinion = opinion._replace(score=max(same))
                members.append((name, group, printable, opinion))
        members.sort(key=lambda entry: (-entry[3].score, entry[0]))
        suspects: list[Suspect] = []
        rank, last = 0, 0.0
        for position, (name, group, printable, opinion) in enumerate(members, start=1):
            if position == 1 or opinion.score < last - 1e-9:
                rank, last = position, opinion.score
            suspects.append(self._suspect(name, group, printable, opinion, rank))
        return self._grouped(suspects)

    def alone(self, name: str, limits: Bounds) -> tuple[float, Suspect]:
        """One cell as a suspect, the only one, with its log-likelihood; ``limits`` are the amounts in 分 that it could print."""
        opinion = self.judge.one(self.index[name], limits)
        return opinion.score, self._suspect(name, (name,), limits, opinion, 1)

    def _grouped(self, suspects: Sequence[Suspect]) -> tuple[Suspect, ...]:
        """``group`` cut down to the cells that share class and rank."""
        done = []
        for suspect in suspects:
            same = tuple(
                other.name
                for other in suspects
                if other.rank == suspect.rank and other.name in suspect.group
            )
            reason = suspect.reason
            if len(same) > 1:
                reason += f"；与它同列的共 {len(same)} 格，现有等式分不出是哪一格"
            done.append(suspect._replace(group=same, reason=reason))
        return tuple(done)

    def sets(
        self, found: Mapping[frozenset[int], Mapping[int, Bounds]]
    ) -> tuple[tuple[Suspect, ...], ...]:
        """Sets of suspects for sets of classes, one member of each class at a time."""
        judged: list[tuple[float, tuple[str, ...], list[Suspect]]] = []
        for limits in found.values():
            heads = self._heads(limits, max(1, _JUDGED // len(found)))
            for chosen in product(*heads.values()):
                names = tuple(name for name, _ in chosen)
                opinions = self.judge.several(
                    [self.index[name] for name in names], [bounds for _, bounds in chosen]
                )
                entry = [
                    self._suspect(name, self.conflicts.members(number), bounds, opinion, 0)
                    for number, (name, bounds), opinion in zip(heads, chosen, opinions, strict=True)
                ]
                judged.append((sum(opinion.score for opinion in opinions), names, entry))
        judged.sort(key=lambda item: (-item[0], item[1]))
        done: list[tuple[Suspect, ...]] = []
        rank, last = 0, 0.0
        for position, (score, _, entry) in enumerate(judged, start=1):
            if position == 1 or score < last - 1e-9:
                rank, last = position, score
            done.append(tuple(suspect._replace(rank=rank) for suspect in entry))
        return tuple(done)

    def _opinion(self, name: str, bounds: Bounds) -> Opinion:
        """A cell on its own, judged once: the same one is in hundreds of sets."""
        if (name, bounds) not in self._opinions:
            self._opinions[name, bounds] = self.judge.one(self.index[name], bounds)
        return self._opinions[name, bounds]

    def _heads(
        self, limits: Mapping[int, Bounds], most: int
    ) -> dict[int, list[tuple[str, Bounds]]]:
        """The members of each class to be judged together: the likeliest, ``most`` products at most.

        A class may have thirty cells; three such classes would give 27,000 sets.  The others are
        named in the suspects' ``group``.
        """
        heads: dict[int, list[tuple[str, Bounds]]] = {}
        for number, found in limits.items():
            ranked = []
            for name in self.conflicts.members(number):
                bounds = self.conflicts.printable(number, name, found)
                opinion = self._opinion(name, bounds)
                ranked.append((-opinion.score, name, bounds))
            ranked.sort(key=lambda entry: entry[:2])
            heads[number] = [(name, bounds) for _, name, bounds in ranked]
        while prod(len(members) for members in heads.values()) > most:
            largest = max(heads, key=lambda number: len(heads[number]))
            if len(heads[largest]) == 1:
                break
            heads[largest].pop()
        return heads

    def _suspect(
        self, name: str, group: tuple[str, ...], limits: Bounds, opinion: Opinion, rank: int
    ) -> Suspect:
        fen = self.figures[name].fen
        low, high = limits
        reason = self._say(fen, limits, opinion)
        return Suspect(name, fen, opinion.value, low, high, opinion.slip, rank, group, reason)

    def _say(self, fen: int | None, limits: Bounds, opinion: Opinion) -> str:
        """Why, in an accountant's words: “多半是 1092.50 应为 1029.50（相邻两位数字颠倒）”."""
        shown = "空白" if fen is None else self.unit.exact_text(fen)
        name = self.weights.name[opinion.slip]
        if opinion.value is not None:
            likely = "多半是" if opinion.slip != "other" else "可能是"
            return f"{likely} {shown} 应为 {self.unit.exact_text(opinion.value)}（{name}）"
        low, high = (None if limit is None else self.unit.exact_text(limit) for limit in limits)
        if low is not None and high is not None:
            return f"{shown} 应在 {low} 至 {high} 之间（{name}）"
        if low is not None:
            return f"{shown} 应不小于 {low}（{name}）"
        if high is not None:
            return f"{shown} 应不大于 {high}（{name}）"
        return f"{shown} 与别处对不上（{name}）"
