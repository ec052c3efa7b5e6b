"""Heads as a tree: what is printed above a column, merged or not, and which column of the form it is.

A column is known by its path of heads, outermost first.  Besides what it is about (基本支出) a path may
say what it measures (预算数, 决算数, 上年数): the tables hold this year's 决算, so a column of another
measure is known and set aside, never taken for the figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..model.forms import Column
from ..model.grid import Grid
from ..patterns import lazy_pattern
from .words import ACTUAL, BUDGET, FIRST_BUDGET, LAST, PART, head_word, is_label_head, measure_of

_YEAR = lazy_pattern(r"(20\d\d)年?度?(.*)")
_TOTAL = "合计"


class Heads(NamedTuple):
    """The columns of a block (0-based): those of the form, those of another measure with what they
    measure, those that nobody knows with their path."""

    columns: Mapping[int, Column]
    others: Mapping[int, str]
    unknown: Mapping[int, tuple[str, ...]]


def text_at(grid: Grid, row: int, column: int) -> str:
    """The text of a cell (0-based), "" outside the grid or for a number."""
    if row >= len(grid) or column >= len(grid[row]):
        return ""
    value = grid[row][column]
    return value if isinstance(value, str) else ""


def heads_of(
    grid: Grid,
    first: int,
    last: int,
    at: range,
    columns: tuple[Column, ...],
) -> Heads:
    """The columns of a table under the heads printed in rows ``first``…``last`` (0-based, excl.)."""
    heads = tuple(tuple(row[at.start : at.stop]) for row in grid[first:last])
    return _heads(heads, at.start, at.stop, columns)


@lru_cache(maxsize=512)  # the sheets of a folder are headed alike
def _heads(
    heads: tuple[tuple[object, ...], ...], start: int, stop: int, columns: tuple[Column, ...]
) -> Heads:
    grid = [[""] * start + list(row) for row in heads]
    return matched(head_paths(grid, 0, len(grid), range(start, stop)), columns)


def head_paths(
    grid: Grid, first: int, last: int, columns: Sequence[int]
) -> dict[int, tuple[str, ...]]:
    """For each column the heads above it, outermost first; rows ``first``…``last`` (0-based, excl.).

    A merged head keeps its text in its first cell only: a blank cell takes the text on its left,
    unless nothing stands below it or another head stands above it.
    """
    paths: dict[int, list[str]] = {column: [] for column in columns}
    printed = [
        {column: text_at(grid, row, column) for column in columns} for row in range(first, last)
    ]
    lowest = {c: max((i for i, texts in enumerate(printed) if texts[c]), default=-1) for c in paths}
    for index, texts in enumerate(printed):
        carried, above = "", list[str]()
        for column, path in paths.items():
            own = list(path)
            text = head_word(texts[column])
            if text:
                carried, above = text, own
            elif carried and lowest[column] > index and own == above:
                text = carried
            else:
                carried = ""
            if text and (not path or path[-1] != text):
                path.append(text)
    return {column: tuple(path) for column, path in paths.items()}


def measured(
    paths: Mapping[int, tuple[str, ...]],
) -> tuple[dict[int, tuple[str, ...]], dict[int, str]]:
    """The paths without the words that say what is measured, and what each column measures.

    Of several years' 决算 the latest is this year's.
    """
    years = {int(m[1]) for path in paths.values() for word in path if (m := _YEAR.fullmatch(word))}
    latest = max(years, default=0)
    plain: dict[int, tuple[str, ...]] = {}
    kinds: dict[int, str] = {}
    for at, path in paths.items():
        words = []
        kind = ""
        for word in path:
            said = measure_of(word) or _by_year(word, latest)
            if said and said != PART:
                kind = _graver(kind, said)
            else:
                words.append(word)
        plain[at] = tuple(words)
        if kind:
            kinds[at] = kind
    return plain, kinds


def _by_year(word: str, latest: int) -> str:
    match = _YEAR.fullmatch(word)
    if match is None or match[2] not in ("", "决算数", "决算", "预算数", "预算", "金额", "数"):
        return ""
    if int(match[1]) < latest:
        return LAST
    return BUDGET if match[2].startswith("预算") else ACTUAL


def _graver(kind: str, said: str) -> str:
    """Of two measures in one path that which is not this year's 决算."""
    return said if kind in ("", ACTUAL) else kind


def matched(paths: Mapping[int, tuple[str, ...]], columns: Sequence[Column]) -> Heads:
    """Which columns of the form stand where, by paths of heads; each once, left to right.

    Where the form itself distinguishes 预算数 and 决算数 (三公) see ``three_public``.
    """
    plain, kinds = measured(paths)
    others = {at: kind for at, kind in kinds.items() if kind != ACTUAL}
    for at, path in plain.items():
        if path and measure_of(path[-1]) == PART and at not in others:
            others[at] = PART
    left = [(column, tuple(head_word(t) for t in column.head)) for column in columns]
    left = [(c, tuple(t for t in heads if measure_of(t) != ACTUAL)) for c, heads in left]
    found: dict[int, Column] = {}
    for fits in (_is_path, _is_total_of, _ends_path, _ends_alike):
        for at, path in plain.items():
            if at in found or at in others or not (path or kinds.get(at)):
                continue
            for entry in left:
                if fits(path, entry[1]):
                    found[at] = entry[0]
                    left.remove(entry)
                    break
        if not left:
            break
    unknown = {
        at: path
        for at, path in paths.items()
        if path and at not in found and at not in others and not is_label_head(path[-1])
    }
    return Heads(found, others, unknown)


def _is_path(path: tuple[str, ...], heads: tuple[str, ...]) -> bool:
    return path == heads


def _is_total_of(path: tuple[str, ...], heads: tuple[str, ...]) -> bool:
    """小计 under a head is the head's column where 其中 stands beside it; a total may bear none."""
    return len(path) > 1 and path[-1] == _TOTAL and path[-1 - len(heads) : -1] == heads


def _ends_path(path: tuple[str, ...], heads: tuple[str, ...]) -> bool:
    return bool(heads) and path[-len(heads) :] == heads


def _ends_alike(path: tuple[str, ...], heads: tuple[str, ...]) -> bool:
    return bool(path) and path[-1:] == heads[-1:]


def words_of_measure(kind: str) -> str:
    """A measure as people call it."""
    return {
        BUDGET: "预算数",
        FIRST_BUDGET: "年初预算数",
        LAST: "上年数",
        PART: "其中数",
        ACTUAL: "决算数",
    }.get(kind, "增减")


__all__ = ["Heads", "head_paths", "heads_of", "matched", "measured", "text_at", "words_of_measure"]
