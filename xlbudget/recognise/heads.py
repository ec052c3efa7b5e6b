"""Where a table's columns stand: printed heads, merged or not, matched to the form's columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from ..model.forms import Column
from ..model.grid import Grid
from .labels import bare

# Heads that mean the same column in different prints of the form.
_SAME = {
    "本年收入合计": "合计",
    "本年支出合计": "合计",
    "小计": "合计",
    "附属单位缴款": "附属单位上缴收入",
    "对附属单位补助": "对附属单位补助支出",
    "财政拨款": "财政拨款收入",
    "因公出国(境)费用": "因公出国(境)费",
    "公务用车运行费": "公务用车运行维护费",
    "公务用车购置及运行费": "公务用车购置及运行维护费",
    "公务用车购置和运行维护费": "公务用车购置及运行维护费",
    "一般公共预算": "一般公共预算财政拨款",
    "政府性基金预算": "政府性基金预算财政拨款",
    "国有资本经营预算": "国有资本经营预算财政拨款",
    "年初结转": "年初结转和结余",
    "年末结转": "年末结转和结余",
}


@lru_cache(maxsize=8192)
def head_word(text: str) -> str:
    """A head's word in the form's own wording."""
    word = bare(text)
    return _SAME.get(word, word)


def text_at(grid: Grid, row: int, column: int) -> str:
    """The text of a cell (0-based), "" outside the grid or for a number."""
    if row >= len(grid) or column >= len(grid[row]):
        return ""
    value = grid[row][column]
    return value if isinstance(value, str) else ""


def columns_under(
    grid: Grid,
    first: int,
    last: int,
    at: range,
    columns: tuple[Column, ...],
    row_labels: Mapping[str, str] | None = None,
) -> dict[int, Column]:
    """Which columns of the form stand where: sheet column (0-based) → column, by the heads printed in
    rows ``first``…``last`` (excl.); those that cannot be told are left out."""
    heads = tuple(tuple(row[at.start : at.stop]) for row in grid[first:last])
    return dict(_under(heads, at.start, at.stop, columns, tuple((row_labels or {}).items())))


@lru_cache(maxsize=512)  # the sheets of a folder are headed alike
def _under(
    heads: tuple[tuple[object, ...], ...],
    start: int,
    stop: int,
    columns: tuple[Column, ...],
    row_labels: tuple[tuple[str, str], ...],
) -> Mapping[int, Column]:
    grid = [[""] * start + list(row) for row in heads]
    paths = head_paths(grid, 0, len(grid), range(start, stop))
    return match_columns(paths, columns, dict(row_labels))


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


def match_columns(
    paths: dict[int, tuple[str, ...]],
    columns: Sequence[Column],
    row_labels: Mapping[str, str] | None = None,
) -> dict[int, Column]:
    """Sheet column → form column, by the printed heads; each form column once, left to right.

    ``row_labels`` are the heads that stand for a one-row table's rows (预算数, 决算数): they must be
    there, but whether they stand above the kinds or below does not matter.
    """
    words = {row: head_word(text) for row, text in (row_labels or {}).items()}
    left = []
    for column in columns:
        heads = [head_word(text) for text in column.head]
        left.append((column, words.get(column.row, ""), _without(heads, words.get(column.row))))
    matched: dict[int, Column] = {}
    for fits in (_is_path, _ends_path, _ends_alike):
        for at, path in paths.items():
            if at in matched or not path:
                continue
            for entry in left:
                column, row, heads = entry
                if row and row not in path:
                    continue
                if fits(_without(path, row), heads):
                    matched[at] = column
                    left.remove(entry)
                    break
        if not left:
            break
    return matched


def _without(path: Sequence[str], word: str | None) -> list[str]:
    return [text for text in path if text != word]


def _is_path(path: list[str], heads: list[str]) -> bool:
    return path == heads


def _ends_path(path: list[str], heads: list[str]) -> bool:
    return path[-len(heads) :] == heads


def _ends_alike(path: list[str], heads: list[str]) -> bool:
    return path[-1:] == heads[-1:]
