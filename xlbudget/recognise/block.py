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
from .words import Title, Titles, head_word, is_label_head, measure_of, words

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
            sheet, at = self.elsewhere[min(row, len(self.elsewhere) - 1)]
            return Place(sheet, at + 1, self.left + column + 1)
        return Place(self.sheet, self.top + row + 1, self.left + column + 1)

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return max(map(len, self.rows), default=0)


def blocks_of(sheet: str, grid: Grid, titles: Titles) -> tuple[Block, ...]:
    """The blocks of a sheet, from the top down; of tables beside each other those of the left one first,
    where each bears its title."""
    bands = _titled_bands(grid, titles)
    return tuple(
        Block(sheet, rows, top, left, _title(rows, titles))
        for left, band in bands
        for top, rows in _parts(band, titles)
    )


def cut_at(
    sheet: str, grid: Grid, titles: Titles
) -> Iterator[tuple[tuple[Block, ...], tuple[Block, ...]]]:
    """For each gap of blank columns the blocks on its left and on its right, as if they were two sheets."""
    for left, right in _gaps(grid):
        yield (
            _blocks_in(sheet, [row[:left] for row in grid], 0, titles),
            _blocks_in(sheet, [row[right:] for row in grid], right, titles),
        )


def _blocks_in(sheet: str, grid: Grid, left: int, titles: Titles) -> tuple[Block, ...]:
    return tuple(
        Block(sheet, rows, top, left, _title(rows, titles)) for top, rows in _parts(grid, titles)
    )


def _parts(grid: Grid, titles: Titles) -> Iterator[tuple[int, Grid]]:
    for top, bottom in _stacked(grid, titles):
        yield top, grid if (top, bottom) == (0, len(grid)) else grid[top:bottom]


def _titled_bands(grid: Grid, titles: Titles) -> list[tuple[int, Grid]]:
    """The first columns and cells of what bears titles beside each other; else the sheet itself."""
    starts: set[int] = set()
    for row in grid:
        if not any(row):
            continue
        at = [
            c for c, v in enumerate(row) if isinstance(v, str) and "表" in v and _titled(v, titles)
        ]
        if len(at) > 1:
            starts.update(at)
    columns = sorted(starts)
    if len(columns) < 2:
        return [(0, grid)]
    last = max(map(len, grid))
    edges = [0, *(_edge(grid, a, b) for a, b in pairwise(columns)), last]
    return [(a, [row[a:b] for row in grid]) for a, b in pairwise(edges)]


def _titled(text: str, titles: Titles) -> bool:
    found = titles.of(text) if _kind_of(text) >= _ABOVE else None
    return found is not None and bool(found.table)


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
        if not any(row):  # most rows of a long form are blank
            continue
        if is_ordinal_row(row):
            above = None
            continue
        texts = [value for value in row if value and isinstance(value, str)]
        if not texts:
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
            heads = _are_heads(row, texts)
            if has_heads and _NOTE not in kinds and not heads:
                has_body = True
            # A row of heads may stand above the one over the labels.
            above = (index if above is None else above) if has_body and heads else None
    if not starts:
        return [(0, len(grid))] if grid else []
    starts[0] = 0
    return list(zip(starts, [*starts[1:], len(grid)], strict=True))


def _are_heads(row: Sequence[object], texts: Sequence[str]) -> bool:
    """Whether a line below others of heads is one more of them: words of columns and nothing else."""
    if len(texts) < sum(value not in ("", None) for value in row):
        return False
    if len(texts) == 1 and head_word(texts[0]) == "合计":
        return False  # the total of a table without lines
    return all(measure_of(text) or head_word(text) in column_words() for text in texts)


@lru_cache(maxsize=1)
def column_words() -> frozenset[str]:
    """Words that stand over columns of amounts, in the national form's wording."""
    return frozenset(words().same_heads.values()) | frozenset(
        (
            "基本支出",
            "项目支出",
            "经营支出",
            "上缴上级支出",
            "事业收入",
            "经营收入",
            "本年支出",
            "本年收入",
            "栏次",
        )
    )


def _holds_codes(row: Sequence[object]) -> bool:
    """Whether a line has a code: then 项目 or 科目 in it is a name and no head."""
    return any(as_code(value) for value in row if value not in ("", None))


def _trips(texts: Sequence[str]) -> int:
    return len({head_word(text) for text in texts} & _KINDS_OF_TRIPS)


def _title(rows: Grid, known: Titles) -> Title | None:
    """The title that counts: the last above the heads that names one of the nine, else the last."""
    found: list[Title] = []
    for row in rows[:_PROBE]:
        texts = [v for v in row if v and isinstance(v, str)]
        if any(_kind_of(text) == _ANCHOR for text in texts):
            break
        for text in texts:
            title = known.of(text) if _kind_of(text) >= _ABOVE else None
            if title is not None:
                found.append(title)
    if not found:
        return None
    named = [title for title in found if title.table]
    return named[-1] if named else found[-1]


def _edge(rows: Grid, left: int, right: int) -> int:
    """Where the table at ``right`` begins: after the last blank column between the two, else there."""
    for column in range(right, left, -1):
        if all(column >= len(row) or row[column] in ("", None) for row in rows):
            return column + 1
    return right


def _gaps(grid: Grid) -> list[tuple[int, int]]:
    """First and last (excl.) of the blank columns that stand between filled ones."""
    width = max(map(len, grid), default=0)
    used = [any(c < len(row) and row[c] not in ("", None) for row in grid) for c in range(width)]
    gaps: list[tuple[int, int]] = []
    start = -1
    for column in range(width):
        if used[column]:
            if start > 0:
                gaps.append((start, column))
            start = -1
        elif start < 0:
            start = column if any(used[:column]) else -1
    return gaps


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
