"""One slip printed in several cells: the same wrong amount in 项, 款 and 类, or on one line of 02, 03 and 05.

Such cells print the same amount and miss the true one by the same difference.  A guess is a set of
cells with that property; ``contracted`` makes one unknown of them, so that the exact search for single
wrong cells decides on the guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..model.expression import Constraint, Terms
from .conflicts import Conflicts

_GUESSES = 6
_LISTS = ("T02", "T03", "T05", "T07", "T08")


class Copy(NamedTuple):
    """Cells (columns of the system) that print one wrong amount, by how many 分 it may be off, and the
    broken rows that changing all of them mends."""

    columns: tuple[int, ...]
    change: int
    mends: tuple[int, ...]


def kin(name: str) -> str:
    """What cells of one line have in common: the 类 in the lists, the 类 of 06; "" for other cells."""
    table, _, rest = name.partition(".")
    code = rest.partition(".")[0]
    if not code.isdigit() or len(code) < 3:
        return ""
    if table in _LISTS:
        return code[:3]
    return f"06.{code[:3]}" if table == "T06" else ""


def copied(conflicts: Conflicts, broken: Sequence[int]) -> list[Copy]:
    """The guesses that mend most of the broken rows and harm none; several where they mend equally many.

    What one of the cells alone would mend is no copied slip.
    """
    tried = (_improved(conflicts, group, set(broken)) for group in _groups(conflicts, broken))
    found = [guess for guess in tried if guess]
    most = max((len(guess.mends) for guess in found), default=0)
    return [guess for guess in found if len(guess.mends) == most][:_GUESSES]


def contracted(
    constraints: Iterable[Constraint],
    names: Sequence[str],
    *,
    without: frozenset[int] = frozenset(),
) -> list[Constraint]:
    """The constraints with the first of ``names`` in the place of them all.

    Constraints at the positions ``without`` say nothing any more.
    """
    one = dict.fromkeys(names, names[0])
    nothing = Constraint("", "=", (), ())
    return [
        nothing
        if number in without
        else c._replace(left=_renamed(c.left, one), right=_renamed(c.right, one))
        if any(name in one for _, name in (*c.left, *c.right))
        else c
        for number, c in enumerate(constraints)
    ]


def _renamed(terms: Terms, one: Mapping[str, str]) -> Terms:
    return tuple((value, one.get(name, name)) for value, name in terms)


def _groups(conflicts: Conflicts, broken: Sequence[int]) -> Iterator[list[int]]:
    """Cells of one 项, its 款 and its 类 that print the same amount, at least two of them."""
    names, printed = conflicts.system.names, conflicts.printed
    wanted = {
        (kin(names[column]), printed[column])
        for row in broken
        for column, _ in conflicts.system.rows[row].terms
        if printed[column] and kin(names[column])
    }
    groups: dict[tuple[str, int], list[int]] = {}
    amounts = {amount for _, amount in wanted}
    for column, amount in enumerate(printed):
        if amount in amounts:
            key = (kin(names[column]), amount)
            if key in wanted:
                groups.setdefault(key, []).append(column)
    for _, group in sorted(groups.items()):
        codes = {column: names[column].split(".")[1] for column in group}
        for leaf in sorted(set(codes.values())):
            if not any(code.startswith(leaf) and code != leaf for code in codes.values()):
                line = [column for column in group if leaf.startswith(codes[column])]
                if len(line) > 1:
                    yield line


def _effect(
    conflicts: Conflicts, columns: Iterable[int], change: int, broken: set[int]
) -> tuple[list[int], int]:
    """Broken rows that are mended, and rows that are broken then, when the cells change alike."""
    touched: dict[int, int] = {}
    for column in columns:
        for row, value in conflicts.system.of_column[column]:
            touched[row] = touched.get(row, 0) + value
    mended, harmed = [], 0
    for row, value in touched.items():
        if not value:
            continue
        holds = conflicts.holds(row, value * change)
        if row in broken:
            if holds:
                mended.append(row)
        elif not holds:
            harmed += 1
    return mended, harmed


def _changes(conflicts: Conflicts, columns: Sequence[int], broken: set[int]) -> list[int]:
    """By how many 分 the cells may be off together, after each broken equality that they stand in."""
    touched: dict[int, int] = {}
    for column in columns:
        for row, value in conflicts.system.of_column[column]:
            if row in broken and conflicts.system.rows[row].low is not None:
                touched[row] = touched.get(row, 0) + value
    step = conflicts.step
    found = {
        round(-conflicts.gaps[row] / value / step) * step for row, value in touched.items() if value
    }
    return sorted(found - {0}, key=lambda change: (abs(change), change))


def _improved(conflicts: Conflicts, group: Sequence[int], broken: set[int]) -> Copy | None:
    """The best part of a group: cells whose change harms more than it mends are left as they are."""
    best: Copy | None = None
    for change in _changes(conflicts, group, broken):
        chosen = list(group)
        mended, harmed = _effect(conflicts, chosen, change, broken)
        while harmed:
            tries = []
            for column in chosen:
                rest = [other for other in chosen if other != column]
                mends, harms = _effect(conflicts, rest, change, broken)
                tries.append((len(mends) - harms, -column, rest, mends, harms))
            score, _, rest, mends, harms = max(tries)
            if len(rest) < 2 or score < len(mended) - harmed:
                break
            chosen, mended, harmed = rest, mends, harms
        if harmed or len(mended) < 2:
            continue
        if best is not None and len(mended) <= len(best.mends):
            continue
        if not _alone(conflicts, mended, broken):
            best = Copy(tuple(chosen), change, tuple(sorted(mended)))
    return best


def _alone(conflicts: Conflicts, rows: Sequence[int], broken: set[int]) -> bool:
    """Whether the change of one cell mends all these rows and harms none."""
    terms = [{column for column, _ in conflicts.system.rows[row].terms} for row in rows]
    for column in set.intersection(*terms):
        for change in _changes(conflicts, [column], broken):
            mended, harmed = _effect(conflicts, [column], change, broken)
            if not harmed and set(rows) <= set(mended):
                return True
    return False
