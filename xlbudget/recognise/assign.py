"""Which block of a workbook is which of the nine tables: one decision for the whole workbook.

Each block is scored against each table by its title, its sheet's tab, its heads, its lines' labels and
its codes; then each table takes the block that is most certainly its own.  A block that is none of the
nine is left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..model.codes import function_codes
from ..model.forms import Edition, Table
from ..model.grid import Grid
from ..patterns import lazy_pattern
from .block import Block, blocks_of, cut_at, first_words
from .items import is_item
from .labels import as_code, as_text, bare
from .pages import pages_joined
from .rows_of_codes import code_and_name
from .three_public import kind_of
from .words import Titles, head_word, line_word

_TITLE, _TAB, _STRUCTURE, _CODES = 100.0, 30.0, 60.0, 12.0
_OTHER_TITLE = -45.0  # the title names another of the nine
_LEAST = 0.3  # of a table's structure that a block without its title must show
_LEAST_TITLED = 0.08
_FOLLOWS = 0.5  # of the structure that a further page of a table must show
_YEAR = lazy_pattern(r"(20\d\d)\s*年")
_BUDGETS = {"T05": "一般公共预算", "T07": "政府性基金预算", "T08": "国有资本经营预算"}


class Assigned(NamedTuple):
    """What was decided: each table's block, the blocks that may be further pages or copies of it, the blocks
    with a title that are none of the nine, and those that hold lines of which nobody knows the table."""

    blocks: Mapping[str, Block]
    more: Mapping[str, tuple[Block, ...]]
    others: tuple[Block, ...]
    unknown: tuple[Block, ...] = ()


class _Shape(NamedTuple):
    """What a table prints, over all editions: the kind of table, labels of lines, sets of heads."""

    kind: str
    labels: frozenset[str]
    heads: tuple[frozenset[str], ...]


@lru_cache(maxsize=8)
def titles_of(editions: tuple[Edition, ...]) -> Titles:
    """The titles by which tables are known, those of the editions too."""
    return Titles(
        {
            text: table.id
            for edition in editions
            for table in edition.tables
            for text in (table.title, *table.also)
        },
        {table.sheet: table.id for edition in editions for table in edition.tables},
    )


def shapes_of(editions: Sequence[Edition]) -> dict[str, _Shape]:
    """For each of the nine tables what the editions print."""
    return _shapes(tuple(editions))


@lru_cache(maxsize=8)
def _shapes(editions: tuple[Edition, ...]) -> dict[str, _Shape]:
    found: dict[str, _Shape] = {}
    for edition in editions:
        for table in edition.tables:
            before = found.get(table.id, _Shape(table.kind, frozenset(), ()))
            labels = {
                line_word(text)
                for side in table.sides
                for line in side.lines
                for text in (line.label, *line.also)
            }
            found[table.id] = _Shape(
                table.kind,
                before.labels | labels,
                tuple(dict.fromkeys((*before.heads, _head_words(table)))),
            )
    return found


def _head_words(table: Table) -> frozenset[str]:
    return frozenset(head_word(column.head[-1]) for column in table.columns)


class _Seen(NamedTuple):
    """What a block shows: its heads' words, its labels, how many codes of which kind."""

    words: frozenset[str]
    labels: frozenset[str]
    items: int
    codes: tuple[str, ...]
    kinds: int


def _seen(block: Block) -> _Seen:
    words = first_words(block)
    labels: set[str] = set()
    kinds: set[str] = set()
    codes: list[str] = []
    items = 0
    for index, row in enumerate(block.rows):
        for column, value in enumerate(row):
            if value == "" or value is None:
                continue
            if isinstance(value, str):
                word = line_word(value)
                labels.add(word)
                if index < 14 or column < 3:
                    kind = kind_of((head_word(value),))
                    if kind and kind != "total":
                        kinds.add(kind)
            if items < 12 or len(codes) < 12:
                both = code_and_name(value) if isinstance(value, str) else None
                code = both[0] if both else as_code(value)
                beside = row[column + 1] if column + 1 < len(row) else None
                if not code:
                    continue
                if is_item(code) and (isinstance(value, str) or isinstance(beside, str)):
                    items += 1
                elif code[0] == "2":
                    codes.append(code + _parts_beside(row, column) if len(code) == 3 else code)
    return _Seen(words, frozenset(labels), items, tuple(codes[:24]), len(kinds))


def _parts_beside(row: Sequence[object], column: int) -> str:
    """款 and 项 of a code that is split over three columns."""
    found = ""
    for value in row[column + 1 : column + 3]:
        text = as_text(value)
        if not isinstance(value, str) or not text.isdigit() or len(text) > 2:
            break
        found += text.zfill(2)
    return found


def _structure(seen: _Seen, table: str, shape: _Shape, vocabulary: frozenset[str]) -> float:
    """How much of a table's structure a block shows, 0…1."""
    if shape.kind == "form":
        hits = len(seen.labels & shape.labels) / max(1, len(shape.labels))
        if "上级补助收入" in seen.labels or "附属单位上缴收入" in seen.labels:
            hits += 0.15 if table == "T01" else -0.15
        if {"政府性基金预算财政拨款", "国有资本经营预算财政拨款"} <= seen.words:
            hits += 0.15 if table == "T04" else -0.15
        return max(0.0, min(1.0, hits * 1.2))
    if shape.kind == "items":
        named = len(seen.labels & _item_names())
        return min(1.0, max(seen.items, named if seen.items or named > 5 else 0) / 12)
    if shape.kind == "row":
        return 0.0 if seen.items > 5 or len(seen.codes) > 5 else min(1.0, seen.kinds / 4)
    if seen.items > len(seen.codes) + 3:
        return 0.0
    shown = seen.words & vocabulary
    best = 0.0
    for wanted in shape.heads:
        union = shown | wanted
        if union:
            best = max(best, len(shown & wanted) / len(union))
    return best


@lru_cache(maxsize=1)
def _item_names() -> frozenset[str]:
    from ..model.codes import economic_codes

    return frozenset(bare(code.name) for code in economic_codes().values())


def _by_codes(seen: _Seen, table: str) -> float:
    """Whether the codes belong to the table's budget: +1 all, -1 none."""
    wanted = _BUDGETS.get(table)
    if wanted is None or not seen.codes:
        return 0.0
    known = function_codes()
    # A 类 alone does not say: 212 and 229 are spent from two budgets.
    budgets = [known[c].budget for c in seen.codes if len(c) > 3 and c in known and known[c].budget]
    if not budgets:
        return 0.0
    right = sum(wanted in budget or budget in wanted for budget in budgets)
    return 2.0 * right / len(budgets) - 1.0


def assign(
    grids: Mapping[str, Grid],
    editions: Sequence[Edition],
    titles: Titles,
    *,
    hidden: Collection[str] = (),
    year: int | None = None,
) -> Assigned:
    """The best assignment of what stands in the sheets to tables.  ``year`` decides between several years' tables."""
    shapes = shapes_of(editions)
    vocabulary = frozenset(
        word
        for shape in shapes.values()
        if shape.kind == "list"
        for heads in shape.heads
        for word in heads
    )
    pieces = pages_joined(_pieces(grids, titles, shapes, vocabulary))
    if plain := _plainly(pieces, shapes, vocabulary, titles):
        return plain
    seen = [_seen(piece) for piece in pieces]
    years = _years(pieces)
    latest = year or max(years, default=0)
    scores: list[tuple[float, int, str]] = []
    fits: dict[tuple[int, str], tuple[float, float]] = {}
    for number, block in enumerate(pieces):
        if block.title is not None and not block.title.table:
            continue
        for table, shape in shapes.items():
            score, structure = _score(block, seen[number], table, shape, vocabulary, titles)
            if score <= 0:
                continue
            fits[number, table] = score, structure
            if block.sheet in hidden:
                score -= 20
            if latest and (own := _year_of(block)) and own != latest:
                score -= 25
            scores.append((score, number, table))
    order = {table: place for place, table in enumerate(shapes)}
    scores.sort(key=lambda entry: (-entry[0], entry[1], order[entry[2]]))
    chosen = _choose(scores)
    return _assigned(pieces, seen, chosen, fits)


def _plainly(
    pieces: Sequence[Block],
    shapes: Mapping[str, _Shape],
    vocabulary: frozenset[str],
    titles: Titles,
) -> Assigned | None:
    """The assignment where it is plain: each of the nine bears its title once, over heads of its own."""
    named: dict[str, Block] = {}
    others: list[Block] = []
    for block in pieces:
        if block.title is None:
            return None
        table = block.title.table
        if not table:
            others.append(block)
        elif table in named or titles.tab_of(block.sheet) not in ("?", table):
            return None
        else:
            named[table] = block
    if len(named) < len(shapes):
        return None
    for table, block in named.items():
        shape, words = shapes[table], first_words(block)
        if shape.kind == "list":
            shown = words & vocabulary
            right = any(2 * len(shown & own) >= len(shown | own) for own in shape.heads)
        elif shape.kind == "form":
            right = len({line_word(word) for word in words} & shape.labels) >= 4
        elif shape.kind == "row":
            right = len({kind_of((word,)) for word in words}) >= 4
        else:
            right = True
        if not right:
            return None
    return Assigned(named, {}, tuple(others))


def _choose(scores: Sequence[tuple[float, int, str]]) -> dict[str, int]:
    """Greedy from the surest on, then mended: two that would rather have each other's change places."""
    chosen: dict[str, int] = {}
    taken: set[int] = set()
    for _, number, table in scores:
        if table not in chosen and number not in taken:
            chosen[table] = number
            taken.add(number)
    value = {(number, table): score for score, number, table in scores}
    changed = True
    while changed:
        changed = False
        for a in chosen:
            for b in chosen:
                x, y = chosen[a], chosen[b]
                if a < b and (y, a) in value and (x, b) in value:
                    now = value[x, a] + value[y, b]
                    if value[y, a] + value[x, b] > now + 1e-9:
                        chosen[a], chosen[b], changed = y, x, True
    return chosen


def _assigned(
    pieces: Sequence[Block],
    seen: Sequence[_Seen],
    chosen: Mapping[str, int],
    fits: Mapping[tuple[int, str], tuple[float, float]],
) -> Assigned:
    taken = set(chosen.values())
    more: dict[str, list[Block]] = {}
    others: list[Block] = []
    unknown: list[Block] = []
    for number, block in enumerate(pieces):
        if number in taken:
            continue
        if block.title is not None and not block.title.table:
            others.append(block)
            continue
        named = block.title.table if block.title else ""
        ranked = sorted((t for n, t in fits if n == number), key=lambda t: -fits[number, t][0])
        table = named if (number, named) in fits else next(iter(ranked), "")
        if table in chosen and fits[number, table][1] >= (_LEAST_TITLED if named else _FOLLOWS):
            more.setdefault(table, []).append(block)
        elif len(seen[number].codes) + seen[number].items > 0 or named:
            unknown.append(block)
    return Assigned(
        {table: pieces[number] for table, number in chosen.items()},
        {table: tuple(found) for table, found in more.items()},
        tuple(others),
        tuple(unknown),
    )


def _pieces(
    grids: Mapping[str, Grid],
    titles: Titles,
    shapes: Mapping[str, _Shape],
    vocabulary: frozenset[str],
) -> list[Block]:
    """The blocks of all sheets; those parted by blank columns only where both parts are tables."""
    pieces: list[Block] = []

    def sure(blocks: Sequence[Block]) -> dict[str, float]:
        """The tables that stand in the blocks for all that these show."""
        found: dict[str, float] = {}
        for seen in map(_seen, blocks):
            for table, shape in shapes.items():
                value = _structure(seen, table, shape, vocabulary)
                if value >= 0.6:
                    found[table] = max(value, found.get(table, 0.0))
        return found

    for sheet, grid in grids.items():
        whole = blocks_of(sheet, grid, titles)
        if any(block.title is not None for block in whole):
            pieces.extend(whole)
            continue
        cuts = []
        for left, right in cut_at(sheet, grid, titles):
            first, second = sure(left), sure(right)
            if first and second and len(first.keys() | second.keys()) > 1:
                cuts.append((min(max(first.values()), max(second.values())), (*left, *right)))
        best = max(cuts, key=lambda cut: cut[0], default=None)
        pieces.extend(best[1] if best else whole)
    return pieces


def _score(
    block: Block,
    seen: _Seen,
    table: str,
    shape: _Shape,
    vocabulary: frozenset[str],
    titles: Titles,
) -> tuple[float, float]:
    structure = _structure(seen, table, shape, vocabulary)
    score = _STRUCTURE * structure + _CODES * _by_codes(seen, table)
    titled = block.title is not None and block.title.table == table
    if titled:
        score += _TITLE
    elif block.title is not None:
        score += _OTHER_TITLE
    tab = titles.tab_of(block.sheet)
    if tab == table:
        score += _TAB
    elif tab not in ("?", table):
        score -= _TAB / 2
    least = _LEAST_TITLED if titled or tab == table else _LEAST
    return (score, structure) if structure >= least else (0.0, structure)


def _year_of(block: Block) -> int:
    """The year that stands above a table, 0 where none does."""
    for row in block.rows[:6]:
        for value in row:
            if isinstance(value, str) and (match := _YEAR.search(value)):
                return int(match[1])
    return 0


def _years(blocks: Sequence[Block]) -> set[int]:
    return {year for block in blocks if (year := _year_of(block))}
