"""Which edition a workbook follows, where nobody has said so: by all that it prints.

A table speaks for an edition by its title, its number (公开07表), its line numbers, its columns' heads, its
lines' labels, the levels of its codes and its place among the others.  What an edition prints
otherwise is held against it; the one with the least against it is taken, the usual one where
several have nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ..model.forms import Edition, Editions, load_edition
from ..model.grid import Grid
from ..model.tables import Line, Side, Table
from ..patterns import lazy_pattern
from .alike import Words, words_of
from .block import Block, first_words
from .labels import as_code, compact
from .table_cells import HEAD_ROWS
from .words import head_word, line_word

_NUMBERED = lazy_pattern("[一二三四五六七八九十]+、")
_CLOSE = 2
"""Two editions between which no more than this stands are told apart by chance."""


class Chosen(NamedTuple):
    """The edition, what speaks against it in a workbook, and the edition that is nearly as likely."""

    edition: Edition
    against: tuple[str, ...]
    runner_up: Edition | None = None


def edition_of(
    blocks: Mapping[str, Block], order: Sequence[str], year: int | None, known: Editions
) -> Chosen:
    """The edition that the tables follow; ``order`` are their ids as they stand in the workbook.

    Of several years' editions of one region that of the year, or the newest before it.
    """
    weighed: list[tuple[int, int, Edition, tuple[str, ...]]] = []
    for number, edition in enumerate(_candidates(known)):
        against = tuple(_against(blocks, order, edition))
        weight = sum(points for points, _ in against)
        weighed.append((weight, number, edition, tuple(words for _, words in against)))
        if not weight:
            break
    weighed.sort(key=lambda entry: entry[:2])
    weight, _, edition, reasons = weighed[0]
    other = next((e for w, _, e, _ in weighed[1:] if weight and w - weight <= _CLOSE), None)
    if other is not None and other.region == edition.region:
        other = None
    newer = known.for_year(edition.region, year) if year and year != edition.year else None
    return Chosen(newer or edition, reasons, other)


def _candidates(known: Editions) -> Iterator[Edition]:
    """The usual edition, and the others only when they are asked for: loading them takes time."""
    usual = known.load()
    yield usual
    yield from (edition for edition in known.usable() if edition is not usual)


def _against(
    blocks: Mapping[str, Block], order: Sequence[str], edition: Edition
) -> Iterator[tuple[int, str]]:
    """What speaks against an edition: how much, and in words."""
    wanted = [table.id for table in edition.tables if table.id in blocks]
    printed = [table for table in order if table in wanted]
    moved = {t for t, w in zip(printed, wanted, strict=True) if t != w}
    for table_id in sorted(moved & {"T07", "T08", "T09"}):
        yield 3, f"{edition.by_id[table_id].title}在工作簿里的次序不同"
    for table_id, block in blocks.items():
        table = edition.by_id.get(table_id)
        if table is None:
            continue
        if table.kind == "list":
            flows = {head for _, head in _printed(edition.by_id["T07"]).heads}
            own = {head for _, head in _printed(table).heads}
            more = sorted((first_words(block) & flows) - own)
            if more and not own & {"年初结转和结余"} and table_id in ("T07", "T08"):
                yield 3 * len(more), f"{table.sheet}印了“{'”“'.join(more)}”"
        if table.kind == "form":
            yield from _of_form(words_of(block.rows), table)
        else:
            yield from _wrong_in(block.rows, table)


class _Printed(NamedTuple):
    """What a table of an edition prints: its title, column id → head, labels of lines, codes."""

    title: str
    heads: tuple[tuple[str, str], ...]
    labels: frozenset[str]
    codes: frozenset[str]
    lengths: frozenset[int]


@lru_cache(maxsize=64)
def _printed(table: Table) -> _Printed:
    columns = table.columns or tuple(c for side in table.sides for c in side.columns)
    lengths = {"类": 3, "款": 5, "项": 7}
    return _Printed(
        compact(table.title),
        tuple((c.id, head_word(c.head[-1])) for c in columns),
        frozenset(compact(line.label) for side in table.sides for line in side.lines),
        frozenset(code for stack in table.stacks for code in stack.codes),
        frozenset(lengths[level] for level in table.levels),
    )


@lru_cache(maxsize=256)
def _of_form(words: Words, table: Table) -> tuple[tuple[int, str], ...]:
    return tuple(_wrong_in(words, table))


def _wrong_in(grid: Grid, table: Table) -> Iterator[tuple[int, str]]:
    top = [v for row in grid[:HEAD_ROWS] for v in row if isinstance(v, str) and v]
    texts = set(map(compact, top))
    printed = _printed(table)
    name = table.sheet
    if printed.title not in texts and any("表" in text for text in texts):
        yield 1, f"{name}的标题不是“{table.title}”"
    number = next((t for t in texts if t.startswith("公开") and t.endswith("表")), "")
    if number and number != table.number:
        yield 3, f"{name}印的是“{number}”"
    heads = set(map(head_word, top))
    lacking = sorted({head for _, head in printed.heads if head not in heads})
    if lacking:
        yield len(lacking), f"{name}没有表头“{'”“'.join(lacking)}”"
    if table.kind == "form":
        if ("行次" in texts) != table.line_numbers:
            yield 2, f"{name}{'没有' if table.line_numbers else '印了'}行次"
        labels = {v for row in grid for v in row if isinstance(v, str) and "、" in v}
        foreign = [label for label in labels if _is_foreign(label, table)]
        if foreign:
            yield len(foreign), f"{name}有{len(foreign)}个项目编号不同"
    elif table.kind == "items":
        pairs = [(v, n) for row in grid for v, n in pairwise(row) if v and n]
        codes = {as_code(v) for v, n in pairs if isinstance(n, str) and not as_code(n)}
        more = {c for c in codes if c and c[0] == "3"} - printed.codes
        if more:
            yield min(3, len(more)), f"{name}有{len(more)}个不印的科目"
    elif table.kind == "row":
        yield from _of_row(grid, table)
    elif printed.lengths:
        codes = {as_code(v) for row in grid for v in row[:2] if v}
        lengths = {len(code) for code in codes if code and code[0] == "2"}
        if lengths and lengths != printed.lengths:
            yield 2, f"{name}印的科目级次不同"


def _of_row(grid: Grid, table: Table) -> Iterator[tuple[int, str]]:
    """Whether 预算数 and 决算数 stand beside each other for each kind, or each for all."""
    pairs = head_word(table.columns[0].head[-1]) in ("预算数", "决算数")
    for row in grid[:HEAD_ROWS]:
        words = [head_word(v) for v in row if isinstance(v, str) and v]
        if "预算数" not in words:
            continue
        found = sum((a, b) == ("预算数", "决算数") for a, b in pairwise(words)) > 1
        if found != pairs:
            yield 2, f"{table.sheet}的预算数、决算数排法不同"
        return


@lru_cache(maxsize=4096)
def _is_foreign(label: str, table: Table) -> bool:
    """Whether a printed label is a numbered line that the table does not have."""
    label = compact(label)
    return label not in _printed(table).labels and _NUMBERED.match(label) is not None


# ---------------------------------------------------------------- lines that an edition may print


def printing_more(edition: Edition, blocks: Mapping[str, Block]) -> Edition:
    """The edition with those lines of the national form that a workbook prints besides its own.

    24 or 26 function classes are printed in one city and year: which is no matter of the edition.
    """
    national = load_edition()
    edition = _with_flows(edition, blocks)
    wanted: list[tuple[str, str]] = []
    for table in edition.tables:
        block = blocks.get(table.id)
        if table.kind != "form" or block is None:
            continue
        known = {line.id for side in table.sides for line in side.lines}
        form = national.by_id[table.id]
        lines = [x for side in form.sides for x in side.lines if x.class_code and x.id not in known]
        if not lines:
            continue
        labels = {
            line_word(v) for row in block.rows for v in row if isinstance(v, str) and "支出" in v
        }
        wanted.extend((table.id, line.id) for line in lines if line_word(line.label) in labels)
    return _with_lines(edition, tuple(wanted)) if wanted else edition


def _with_flows(edition: Edition, blocks: Mapping[str, Block]) -> Edition:
    """The edition with 08's income and carry-over, where a workbook prints them and the edition does not."""
    own, fund = edition.by_id["T08"], edition.by_id["T07"]
    block = blocks.get("T08")
    if block is None or len(own.columns) >= len(fund.columns):
        return edition
    more = {head for _, head in _printed(fund).heads} - {head for _, head in _printed(own).heads}
    return _like_fund(edition) if len(more & first_words(block)) >= 2 else edition


@lru_cache(maxsize=8)
def _like_fund(edition: Edition) -> Edition:
    columns = edition.by_id["T07"].columns
    tables = [t._replace(columns=columns) if t.id == "T08" else t for t in edition.tables]
    return edition.with_tables(tuple(tables))


@lru_cache(maxsize=16)
def _with_lines(edition: Edition, wanted: tuple[tuple[str, str], ...]) -> Edition:
    national = load_edition()
    tables = []
    for table in edition.tables:
        more = {line for name, line in wanted if name == table.id}
        if not more:
            tables.append(table)
            continue
        sides = tuple(
            _side_with(side, other, more)
            for side, other in zip(table.sides, national.by_id[table.id].sides, strict=True)
        )
        tables.append(table._replace(sides=sides))
    return edition.with_tables(tuple(tables))


def _side_with(side: Side, national: Side, more: set[str]) -> Side:
    """A side with more lines, each where the national form has it; numbering of labels stays."""
    added = [line for line in national.lines if line.id in more]
    if not added:
        return side
    lines: list[Line] = list(side.lines)
    for line in added:
        at = next((n for n, x in enumerate(lines) if int(x.id) > int(line.id)), len(lines))
        lines.insert(at, line)
    return side._replace(lines=tuple(lines))
