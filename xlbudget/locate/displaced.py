"""A stretch of rows whose amounts stand N rows too high or too low against their labels.

For every table, every N and every first or last row the stretch grows label by label; each identity
is looked at again only when one of its amounts moves, so all stretches of a table are tried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from .moves import Block, Move, Wide, blocks

_MOST = 5
_LEAST = 1.2  # equalities that a displacement has to close
_LONG = 2  # labels that it has to cover
_OPEN = 0.25  # what a broken identity is worth in which an amount is lost
_EMPTY = 0.7  # ... if it holds with nothing there
_ZERO = 0.3  # an equality that closes because a zero came to stand in it
_FINALISTS = 40
_NEAR = 1.0  # far ends whose score is so near the best are looked at as well
_ENDS = 5
_LABEL = 0.02  # amounts that were pushed are so to the end, rather than to somewhere
_VACATED = 0.6  # the rows that the amounts left behind are empty
_KEPT = 0.7  # an identity holds as printed, of whose amounts one is said to be lost
_PATIENCE = 10  # labels of a list without anything closed
_HARM = 30.0
_USED = 0.5  # what every unit pays stands in its place again


class _Effect(NamedTuple):
    """What moving one label's amounts does to a row: change and spare in 分, whether an amount came."""

    row: int
    change: int
    spare: int
    solid: bool


class _Found(NamedTuple):
    """A stretch from a fixed end: its far end, rows closed, rows about which it says nothing."""

    score: float
    strength: float
    far: int
    closed: tuple[int, ...]
    loose: tuple[int, ...]


def displaced(wide: Wide, tables: Collection[str], usual: Collection[str] = ()) -> Move | None:
    """The displacement that closes most, or None where none closes two equalities and breaks none.

    Only ``tables`` are looked at.  ``usual`` are figures that hardly any workbook leaves empty.
    """
    found: list[Move] = []
    for block in blocks(wide.figures):
        names = {name for _, cells in block.rows for name in cells}
        if block.table not in tables or len(wide.touching(names) & wide.broken) < 2:
            continue
        for by in (n * sign for n in range(1, _MOST + 1) for sign in (1, -1)):
            found += _stretches(wide, block, by, usual)
    found.sort(key=lambda move: (-move.score, move.last - move.first))
    best: Move | None = None
    for guess in found[:_FINALISTS]:
        move = _settled(wide, guess)
        if move.strength < _LEAST or move.score <= 0:
            continue
        if best is None or _key(move) > (best.score + 1e-9, best.first - best.last):
            best = move
    return best and best._replace(witnesses=_witnesses(wide, best))


def _witnesses(wide: Wide, move: Move) -> tuple[str, ...]:
    """Figures in equalities that the move closes."""
    rows = [wide.system.rows[row] for row in move.mends if wide.system.rows[row].low is not None]
    return tuple(sorted({wide.system.names[column] for row in rows for column, _ in row.terms}))


def _key(move: Move) -> tuple[float, int]:
    return move.score, move.first - move.last


def _effects(wide: Wide, block: Block, by: int) -> list[list[_Effect]]:
    """For each label what happens to the rows when it gets the amounts that stand ``by`` rows below."""
    rows, count = block.rows, len(block.rows)
    done: list[list[_Effect]] = []
    for k in range(count):
        changes: dict[int, list[int]] = {}
        for name, source in (
            zip(rows[k][1], rows[k + by][1], strict=True) if 0 <= k + by < count else ()
        ):
            column = wide.at.get(name)
            if column is None:
                continue
            there = wide.figures.get(source)
            amount = there.value if there else 0
            printed = wide.conflicts.printed[column]
            if amount != printed:
                for row, value in wide.system.of_column[column]:
                    sums = changes.setdefault(row, [0, 0, 0])
                    sums[0] += value * (amount - printed)
                    sums[1] += 0 if printed else abs(value) * wide.unit.half
                    sums[2] += amount != 0
        done.append([_Effect(row, c, s, n > 0) for row, (c, s, n) in changes.items()])
    return done


def _stretches(wide: Wide, block: Block, by: int, usual: Collection[str]) -> Iterator[Move]:
    """The best stretch for each end at which amounts were lost.

    Label k's amount stands ``by`` rows below it.  Below zero the rows above the stretch have lost their
    amounts, else those below it; that end is fixed and the stretch grows away from it.
    """
    rows, count = block.rows, len(block.rows)
    effects = _effects(wide, block, by)
    touching = [wide.touching(cells) for _, cells in rows]
    across = {row for row in set().union(*touching) if sum(row in found for found in touching) > 1}
    filled = [any(wide.figures[n].fen for n in cells if n in wide.figures) for _, cells in rows]
    extra = [_extra(wide, block, k, by, usual) for k in range(count)]
    items = block.table == "T06"
    for end in range(count):
        if not (0 <= end + by < count and (effects[end] or items)):
            continue
        lost = range(end + 1, min(count, end + by + 1)) if by > 0 else range(max(0, end + by), end)
        loose = set().union(*(touching[k] for k in lost))
        kept = {row for k in lost if filled[k] and not items for row in touching[k]} & across
        kept -= wide.broken
        kept = {row for row in kept if wide.system.rows[row].low is not None}
        for found in _grow(wide, effects, extra, loose, _KEPT * len(kept), end, by, items):
            first, last = min(end, found.far), max(end, found.far)
            left = range(first, first + by) if by > 0 else range(last + by + 1, last + 1)
            bonus = 0.0 if any(filled[k] for k in left if k < count) else _VACATED
            cells: dict[str, int | None] = {}
            for k in range(first, last + 1):
                for name, source in zip(rows[k][1], rows[k + by][1], strict=True):
                    if name in wide.figures:
                        cells[name] = wide.figures[source].value if source in wide.figures else 0
            for k in lost:
                cells.update(dict.fromkeys((n for n in rows[k][1] if n in wide.figures), None))
            top, bottom = rows[min(first, first + by)][0], rows[max(last, last + by)][0]
            yield Move(
                "displaced",
                block.table,
                cells,
                top,
                bottom,
                (by,),
                found.score + bonus,
                found.strength,
                found.closed,
                found.loose,
            )


def _extra(wide: Wide, block: Block, k: int, by: int, usual: Collection[str]) -> float:
    """What speaks for label k's amounts standing ``by`` rows below it, identities aside."""
    found = 0.0
    if 0 <= k + by < len(block.rows):
        for name, source in zip(block.rows[k][1], block.rows[k + by][1], strict=True):
            if name in usual and name in wide.figures:
                there = wide.figures.get(source)
                found += _USED * (bool(there and there.fen) - bool(wide.figures[name].fen))
    return found


def _grow(
    wide: Wide,
    effects: list[list[_Effect]],
    extra: list[float],
    loose: set[int],
    kept: float,
    end: int,
    by: int,
    items: bool,
) -> list[_Found]:
    """The best far ends of a stretch."""
    broken, holds = wide.broken, wide.conflicts.holds
    changes: dict[int, tuple[int, int, bool]] = {}
    closed: dict[int, float] = {}
    harmed: dict[int, float] = {}
    hard_harm = moved = 0
    score = _OPEN * len(loose & broken) - kept
    bound = tuple(sorted(loose & broken))
    strength = 0.0
    found: list[_Found] = []
    k = end
    while 0 <= k < len(effects) and 0 <= k + by < len(effects):
        score += extra[k]
        strength += extra[k]
        for row, change, spare, solid in effects[k]:
            if row in loose:
                continue
            before = changes.get(row, (0, 0, False))
            now = (before[0] + change, before[1] + spare, before[2] or solid)
            changes[row] = now
            good = holds(row, now[0], now[1])
            if row in broken:
                gain = (wide.gain[row] if now[2] else min(_ZERO, wide.gain[row])) if good else 0.0
                score += gain - closed.pop(row, 0.0)
                if good:
                    closed[row] = gain
            elif not good and row not in harmed:
                harmed[row] = wide.harm[row]
                score -= wide.harm[row]
                hard_harm += not wide.is_soft(row)
            elif good and row in harmed:
                score += harmed.pop(row)
                hard_harm -= not wide.is_soft(row)
        moved += bool(effects[k])
        score += _LABEL * bool(effects[k])
        if effects[k] and not hard_harm and moved >= _LONG and closed:
            sure = sum(closed.values()) + max(strength, -1.0)
            found.append(_Found(score, sure, k, tuple(closed), bound))
        if not items and ((moved > _PATIENCE and not closed) or sum(harmed.values()) > _HARM):
            break
        k += 1 if by < 0 else -1
    found.sort(key=lambda entry: -entry.score)
    return [entry for entry in found[:_ENDS] if entry.score > found[0].score - _NEAR]


def _settled(wide: Wide, move: Move) -> Move:
    """What identities say in which an amount was lost, and the lost amounts as far as they follow.

    One amount that several of them agree about was lost there; where all of them hold with nothing in its place,
    nothing was.
    """
    known: dict[str, int] = {}
    strength, score = move.strength, move.score
    closed = list(move.mends)
    system, names = wide.system, wide.system.names
    empty = [name for name, fen in move.cells.items() if fen is None]
    for row in sorted(wide.touching(empty), key=lambda r: (len(system.rows[r].terms), r)):
        if wide.is_soft(row) or system.rows[row].low is None:
            continue
        change = spare = 0
        lost: list[tuple[str, int]] = []
        for column, value in system.rows[row].terms:
            name = names[column]
            if name in move.cells:
                amount = move.cells[name]
                if amount is None and name not in known:
                    lost.append((name, value))
                amount = known.get(name, 0) if amount is None else amount
                printed = wide.conflicts.printed[column]
                change += value * (amount - printed)
                spare += 0 if printed else abs(value) * wide.unit.half
        holds = wide.conflicts.holds(row, change, spare)
        if row not in wide.broken:
            if not holds and move.table == "T06":
                score -= _KEPT
        elif holds:
            strength += _EMPTY if lost else 1.0
            score += _EMPTY if lost else 1.0
            closed.append(row)
        elif len(lost) == 1:
            name, value = lost[0]
            step = wide.conflicts.step
            known[name] = round(-(wide.conflicts.gaps[row] + change) / value / step) * step
            score -= 2.0 * (known[name] < 0)
        elif not lost:
            score -= 1.0
            strength -= 1.0
        elif len({value for _, value in lost}) == 1:
            score -= 2.0 * (-(wide.conflicts.gaps[row] + change) * lost[0][1] < 0)
    cells = {name: known.get(name, fen) if fen is None else fen for name, fen in move.cells.items()}
    loose = tuple(row for row in move.loose if row not in closed)
    return move._replace(
        cells=cells, score=score, strength=strength, mends=tuple(closed), loose=loose
    )
