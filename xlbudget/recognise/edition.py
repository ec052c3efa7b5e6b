"""Which edition a workbook follows, where nobody has said so: by what it prints.

A sheet speaks for an edition by its title, its number (公开07表), its line numbers, its columns' heads
and its lines' labels.  The edition with the fewest contradictions is taken, the default one where
several have none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ..model.forms import Edition, edition_for_year, load_edition, usable_editions
from ..model.grid import Grid
from ..model.tables import Table
from .alike import Words, words_of
from .heads import head_word
from .labels import as_code, compact
from .table_cells import HEAD_ROWS
from .table_reading import classify

_NUMBERED = re.compile("[一二三四五六七八九十]+、")

Sheets = Mapping[str, Table]


def edition_of(
    grids: Mapping[str, Grid], sheets: Collection[str], year: int | None
) -> tuple[Edition, Sheets]:
    """The edition that ``sheets`` follow, and which of them hold which of its tables.

    Of several years' editions of one region that of the year, or the newest before it.
    """
    best: tuple[int, Edition, Sheets] | None = None
    for edition in _candidates():
        tables = tables_of(grids, sheets, edition)
        wrong = sum(_contradictions(grids[sheet], table) for sheet, table in tables.items())
        wrong += len(edition.tables) - len({table.id for table in tables.values()})
        if best is None or wrong < best[0]:
            best = wrong, edition, tables
        if not wrong:
            break
    assert best is not None
    _, edition, tables = best
    newer = edition_for_year(edition.region, year) if year and year != edition.year else None
    if newer is not None and newer is not edition:
        return newer, tables_of(grids, sheets, newer)
    return edition, tables


def _candidates() -> Iterator[Edition]:
    """The usual edition, and the others only when they are asked for: loading them takes time."""
    usual = load_edition()
    yield usual
    yield from (edition for edition in usable_editions() if edition is not usual)


def tables_of(grids: Mapping[str, Grid], sheets: Iterable[str], edition: Edition) -> Sheets:
    """Sheet → the table of the edition that it holds."""
    found = ((sheet, classify(grids[sheet], sheet, edition)) for sheet in sheets)
    return {sheet: table for sheet, table in found if table is not None}


class _Printed(NamedTuple):
    """What a table of an edition prints: its title, column id → head, labels of lines, codes."""

    title: str
    heads: tuple[tuple[str, str], ...]
    labels: frozenset[str]
    codes: frozenset[str]


@lru_cache(maxsize=64)
def _printed(table: Table) -> _Printed:
    columns = table.columns or tuple(c for side in table.sides for c in side.columns)
    return _Printed(
        compact(table.title),
        tuple((c.id, head_word(c.head[-1])) for c in columns),
        frozenset(compact(line.label) for side in table.sides for line in side.lines),
        frozenset(code for stack in table.stacks for code in stack.codes),
    )


@lru_cache(maxsize=4096)
def _is_foreign(label: str, table: Table) -> bool:
    """Whether a printed label is a numbered line that the table does not have."""
    label = compact(label)
    return label not in _printed(table).labels and _NUMBERED.match(label) is not None


def _contradictions(grid: Grid, table: Table) -> int:
    """How much of what a sheet prints is not this edition's."""
    return _in_words(words_of(grid), table) if table.kind == "form" else _wrong_in(grid, table)


@lru_cache(maxsize=256)
def _in_words(words: Words, table: Table) -> int:
    return _wrong_in(words, table)


def _wrong_in(grid: Sequence[Sequence[object]], table: Table) -> int:
    top = [v for row in grid[:HEAD_ROWS] for v in row if isinstance(v, str) and v]
    texts = set(map(compact, top))
    printed = _printed(table)
    wrong = int(printed.title not in texts)
    number = next((t for t in texts if t.startswith("公开") and t.endswith("表")), "")
    wrong += int(bool(number) and number != table.number)
    heads = set(map(head_word, top))
    wrong += len({column for column, head in printed.heads if head not in heads})
    if table.kind == "form":
        wrong += int(("行次" in texts) != table.line_numbers)
        labels = [v for row in grid for v in row if isinstance(v, str) and "、" in v]
        wrong += sum(_is_foreign(label, table) for label in labels)
    if table.kind == "items":
        pairs = [(v, n) for row in grid for v, n in pairwise(row) if v and n]
        codes = {as_code(v) for v, n in pairs if isinstance(n, str) and not as_code(n)}
        wrong += len(codes - printed.codes - {""})
    return wrong
