"""Blocks: the rectangles of a workbook's sheets in which one table stands.

A sheet may hold one table, several below or beside each other, or a page of one that goes on
elsewhere.  A block begins with a title, or where heads stand again below lines of a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ..model.book import Place
from ..model.grid import Grid
from .labels import as_code, compact, is_department, is_note, is_ordinal_row
from .words import Title, Titles, head_word, is_label_head

_TITLE, _ANCHOR, _NOTE, _ABOVE, _TEXT = range(5)
_KINDS_OF_TRIPS = frozenset(
    (
        "因公出国(境)费",
        "公务接待费",
        "公务用车购置及运行维护费",
        "公务用车购置费",
        "公务用车运行维护费",
    )
)
_PROBE = 14  # rows of a block in which its heads stand


class Block(NamedTuple):
    """A rectangle of a sheet: its cells row by row, and where its first one stands (0-based).

    ``title`` is the table's title where one is printed; ``elsewhere`` gives, for a table that goes
    on in other places, the sheet and row (0-based) of each row.
    """

    sheet: str
    rows: Grid
    top: int = 0
    left: int = 0
    title: Title | None = None
    elsewhere: tuple[tuple[str, int], ...] = ()

    def place(self, row: int, column: int) -> Place:
        """Where a cell of the block (0-based) stands in its workbook."""
        if self.elsewhere:
            sheet, at = self.elsewhere[row]
            return Place(sheet, at + 1, self.left + column + 1)
        return Place(self.sheet, self.top + row + 1, self.left + column + 1)

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return max(map(len, self.rows), default=0)


def blocks_of(sheet: str, grid: Grid, titles: Titles) -> tuple[Block, ...]:
    """The blocks of a sheet, from the top down and from left to right."""
    found: list[Block] = []
    for top, bottom in _stacked(grid, titles):
        rows = grid if (top, bottom) == (0, len(grid)) else grid[top:bottom]
        found.extend(_side_by_side(sheet, rows, top, titles))
    return tuple(found)


def _kind(text: str, titles: Titles) -> int:
    """What a text is to a block: its title, a head over labels, a part of what stands above, a note."""
    kind = _kind_of(text)
    return _TITLE if kind >= _ABOVE and titles.of(text) is not None else kind


@lru_cache(maxsize=8192)
def _kind_of(text: str) -> int:
    if is_note(text):
        return _NOTE
    if is_label_head(text):
        return _ANCHOR
    word = compact(text)
    if (
        is_department(text)
        or "单位:" in text
        or "单位：" in text
        or word.startswith(("公开", "财决"))
    ):
        return _ABOVE
    return _TEXT


def _stacked(grid: Grid, titles: Titles) -> list[tuple[int, int]]:
    """First and last (excl.) rows of what stands below each other."""
    starts: list[int] = []
    begun = has_heads = has_body = False
    above: int | None = None  # where the lines above the next title begin
    for index, row in enumerate(grid):
        texts = [value for value in row if value and isinstance(value, str)]
        if not texts:
            if any(value not in ("", None) for value in row) and not is_ordinal_row(row):
                has_body, above = has_heads, None
            continue
        kinds = {_kind(text, titles) for text in texts}
        if _TITLE in kinds and len(texts) <= 6:
            if has_heads or not begun:
                starts.append(index if above is None else above)
                has_heads = has_body = False
            begun, above = True, None
        elif (_ANCHOR in kinds and not _holds_codes(row)) or _trips(texts) >= 2:
            if has_body or not begun:
                starts.append(index if above is None else above)
                has_body = False
            begun = has_heads = True
            above = None
        elif kinds == {_ABOVE}:
            above = index if above is None else above
        else:
            if has_heads and not is_ordinal_row(row) and _NOTE not in kinds:
                has_body = True
            above = None
    if not starts:
        return [(0, len(grid))] if grid else []
    starts[0] = 0
    return list(zip(starts, [*starts[1:], len(grid)], strict=True))


def _holds_codes(row: Sequence[object]) -> bool:
    """Whether a line has a code: then 项目 or 科目 in it is a name and no head."""
    return any(as_code(value) for value in row if value not in ("", None))


def _trips(texts: Sequence[str]) -> int:
    return len({head_word(text) for text in texts} & _KINDS_OF_TRIPS)


def _side_by_side(sheet: str, rows: Grid, top: int, known: Titles) -> Iterator[Block]:
    titles = _titles(rows, known)
    columns = sorted({column for _, column, _ in titles})
    if len(columns) > 1 and len({row for row, _, _ in titles}) < len(titles):
        last = max(map(len, rows))
        edges = [0, *(_edge(rows, a, b) for a, b in pairwise(columns)), last]
        for left, right in pairwise(edges):
            part = [row[left:right] for row in rows]
            yield Block(sheet, part, top, left, _title(_titles(part, known)))
        return
    yield Block(sheet, rows, top, 0, _title(titles))


def _titles(rows: Grid, known: Titles) -> list[tuple[int, int, Title]]:
    """The titles that stand above a block's heads: row, column, title."""
    found = []
    for index, row in enumerate(rows[:_PROBE]):
        texts = [v for v in row if v and isinstance(v, str)]
        if any(_kind_of(text) == _ANCHOR for text in texts):
            break
        for column, value in enumerate(row):
            if value and isinstance(value, str):
                title = known.of(value) if _kind_of(value) >= _ABOVE else None
                if title is not None:
                    found.append((index, column, title))
    return found


def _title(titles: Sequence[tuple[int, int, Title]]) -> Title | None:
    """The title that counts: the last above the heads that names one of the nine, else the last."""
    known = [title for _, _, title in titles if title.table]
    if known:
        return known[-1]
    return titles[-1][2] if titles else None


def _edge(rows: Grid, left: int, right: int) -> int:
    """Where the table at ``right`` begins: after the last blank column between the two, else there."""
    for column in range(right, left, -1):
        if all(column >= len(row) or row[column] in ("", None) for row in rows):
            return column + 1
    return right


def halves_of(block: Block) -> tuple[Block, ...]:
    """The parts of a block on either side of its blank columns, where both are at least two wide."""
    rows = block.rows
    width = block.width
    used = [any(c < len(row) and row[c] not in ("", None) for row in rows) for c in range(width)]
    edges, start = list[tuple[int, int]](), None
    for column in range(width + 1):
        filled = column < width and used[column]
        if filled and start is None:
            start = column
        elif not filled and start is not None:
            edges.append((start, column))
            start = None
    if len(edges) < 2 or any(right - left < 2 for left, right in edges):
        return ()
    return tuple(
        Block(block.sheet, [row[a:b] for row in rows], block.top, block.left + a, block.title)
        for a, b in edges
    )


def joined(first: Block, others: Sequence[Block]) -> Block:
    """Blocks of one table as one: the rows of the others follow those of the first."""
    rows: list[Sequence[object]] = []
    elsewhere: list[tuple[str, int]] = []
    for block in (first, *others):
        rows.extend(block.rows)
        elsewhere.extend((block.sheet, block.top + n) for n in range(len(block.rows)))
    return first._replace(rows=rows, elsewhere=tuple(elsewhere))


def first_words(block: Block) -> frozenset[str]:
    """The heads' words of a block, in the national form's wording."""
    found = set()
    for row in block.rows[:_PROBE]:
        for value in row:
            if value and isinstance(value, str):
                found.add(head_word(value))
    return frozenset(found)
