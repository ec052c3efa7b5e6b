"""A stretch of rows whose amounts stand N rows too high or too low against their labels.

For every table, every N and every first or last row the stretch grows label by label; each identity
is looked at again only when one of its amounts moves, so all stretches of a table are tried.
"""

from __future__ import annotations

from collections.abc import Iterator

from .moves import Block, Move, Wide, blocks

_MOST = 5
_LEAST = 2  # equalities that a displacement has to close
_LONG = 2  # labels that it has to cover
_OPEN = 0.25  # what a broken identity is worth in which an amount is lost


def displaced(wide: Wide) -> Move | None:
    """The displacement that closes most, or None where none closes two equalities and breaks none."""
    best: Move | None = None
    for block in blocks(wide.figures):
        if not _is_touched(wide, block):
            continue
        for part in _columns(block):
            for by in (n * sign for n in range(1, _MOST + 1) for sign in (1, -1)):
                for move in _stretches(wide, part, by):
                    if best is None or move.score > best.score + 1e-9:
                        best = move
    return best


def _columns(block: Block) -> Iterator[Block]:
    """The block, and each of its columns for itself where it has several."""
    yield block


def _is_touched(wide: Wide, block: Block) -> bool:
    names = {name for _, cells in block.rows for name in cells}
    return (
        sum(
            any(wide.system.names[column] in names for column, _ in wide.system.rows[row].terms)
            for row in wide.broken
        )
        >= _LEAST
    )


def _stretches(wide: Wide, block: Block, by: int) -> Iterator[Move]:
    """The best stretch for each end at which amounts were lost.

    Label k's amount stands ``by`` rows below it.  Below zero the rows above the stretch have lost their
    amounts, else those below it; that end is fixed and the stretch grows away from it.
    """
    rows, count = block.rows, len(block.rows)
    printed = wide.conflicts.printed
    effects: list[list[tuple[int, int]]] = []
    for k in range(count):
        change: dict[int, int] = {}
        if 0 <= k + by < count:
            for name, source in zip(rows[k][1], rows[k + by][1], strict=True):
                column = wide.at.get(name)
                if column is None:
                    continue
                there = wide.figures.get(source)
                delta = ((there.fen or 0) if there else 0) - printed[column]
                if delta:
                    for row, value in wide.system.of_column[column]:
                        change[row] = change.get(row, 0) + value * delta
        effects.append([(row, delta) for row, delta in change.items() if delta])
    touching = [
        {
            row
            for name in cells
            if name in wide.at
            for row, _ in wide.system.of_column[wide.at[name]]
        }
        for _, cells in rows
    ]
    direction = -1 if by > 0 else 1
    for end in range(count):
        if not effects[end] or (not touching[end] & wide.broken and not effects[end]):
            continue
        lost = range(end + 1, min(count, end + by + 1)) if by > 0 else range(max(0, end + by), end)
        found = _grow(wide, effects, touching, end, direction, lost, count, by)
        if found is None:
            continue
        score, far, closed, loose = found
        first, last = min(end, far), max(end, far)
        cells: dict[str, int | None] = {}
        for k in range(first, last + 1):
            for name, source in zip(rows[k][1], rows[k + by][1], strict=True):
                there = wide.figures.get(source)
                if name and name in wide.figures:
                    cells[name] = there.fen if there and there.fen is not None else 0
        for k in lost:
            cells.update(dict.fromkeys((n for n in rows[k][1] if n in wide.figures), None))
        top, bottom = min(first, first + by), max(last, last + by)
        yield Move(
            "displaced",
            block.table,
            cells,
            rows[top][0],
            rows[bottom][0],
            (by,),
            score,
            closed,
            loose,
        )


def _grow(
    wide: Wide,
    effects: list[list[tuple[int, int]]],
    touching: list[set[int]],
    end: int,
    direction: int,
    lost: range,
    count: int,
    by: int,
) -> tuple[float, int, tuple[int, ...], tuple[int, ...]] | None:
    """The best far end of a stretch: score, its position, rows closed, broken rows left open."""
    loose: set[int] = set().union(*(touching[k] for k in lost)) if lost else set()
    broken, conflicts = wide.broken, wide.conflicts
    changes: dict[int, int] = {}
    closed: set[int] = set()
    harmed: dict[int, float] = {}
    hard_harm = 0
    score = _OPEN * len(loose & broken)
    best: tuple[float, int, tuple[int, ...], tuple[int, ...]] | None = None
    k = end
    moved = 0
    while 0 <= k < count and 0 <= k + by < count:
        for row, delta in effects[k]:
            if row in loose:
                continue
            changes[row] = changes.get(row, 0) + delta
            holds = conflicts.holds(row, changes[row])
            if row in broken:
                if holds and row not in closed:
                    closed.add(row)
                    score += wide.gain[row]
                elif not holds and row in closed:
                    closed.discard(row)
                    score -= wide.gain[row]
            elif not holds and row not in harmed:
                harmed[row] = wide.harm[row]
                score -= wide.harm[row]
                hard_harm += not wide.is_soft(row)
            elif holds and row in harmed:
                score += harmed.pop(row)
                hard_harm -= not wide.is_soft(row)
        moved += bool(effects[k])
        if (
            effects[k]
            and not hard_harm
            and moved >= _LONG
            and (best is None or score > best[0] + 1e-9)
            and wide.strong(list(closed)) >= _LEAST
        ):
            best = (score, k, tuple(sorted(closed)), tuple(sorted(loose & broken)))
        k += direction
    return best
