"""Which 科目代码 a line bears, however it is printed.

One column (2010301), with the name in the same cell or not; three columns 类, 款, 项, split (201 06 01), as a
staircase (201 / 20106 / 2010601), merged (the whole code in the first), or with what is above left
out; no code at all where the name says which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..model.codes import Code
from ..patterns import lazy_pattern
from .labels import as_code, as_text, compact

_WITH_NAME = lazy_pattern(r"[\[(【]?(\d{3}(?:\d\d){0,2})[\])】]?[\s\-—_.、:：]*([“‘（(]?(.).*)")
_PART = lazy_pattern(r"\d{1,2}")
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


class LabelColumns(NamedTuple):
    """Where a line's labels stand (0-based): its code (one column or the levels' three), its name (-1: in
    the code's cell, or none)."""

    codes: tuple[int, ...]
    name: int


@lru_cache(maxsize=8192)
def code_and_name(text: str) -> tuple[str, str] | None:
    """``2010301 行政运行`` as code and name; None where the text does not begin with a code."""
    match = _WITH_NAME.fullmatch(text.strip().translate(_WIDE))
    if match is None or not "\u4e00" <= match[3] <= "\u9fff":  # as a range it takes 2 ms to compile
        return None
    return match[1], match[2].strip()


def _cell(row: Sequence[object], column: int) -> object:
    return row[column] if 0 <= column < len(row) else None


class CodeReader:
    """Reads the codes of a table's lines one after the other: a line may leave out what stands above."""

    def __init__(self, labels: LabelColumns) -> None:
        self._labels = labels
        self._above = ""

    def of(self, row: Sequence[object]) -> tuple[str, str]:
        """Code and name of a line; "" where it has none."""
        codes, name_column = self._labels
        name = as_text(_cell(row, name_column)) if name_column >= 0 else ""
        if len(codes) == 1:
            value = _cell(row, codes[0])
            code = as_code(value)
            if not code and value and isinstance(value, str):
                both = code_and_name(value)
                if both:
                    return both[0], name or both[1]
            return code, name
        if not codes:
            return "", name
        code = self._joined([_cell(row, column) for column in codes])
        if code:
            self._above = code
        return code, name

    def _joined(self, values: Sequence[object]) -> str:
        """The code in two or three columns."""
        whole = [as_code(value) for value in values]
        longest = max(whole, key=len)
        if len(longest) > 3:
            return longest
        code = whole[0]
        parts = [as_text(value).translate(_WIDE).replace(" ", "") for value in values]
        if not code:
            # What is merged over several lines stands in the first of them only.
            filled = [n for n, part in enumerate(parts) if _PART.fullmatch(part)]
            if (
                not filled
                or not self._above
                or filled != list(range(filled[0], len(filled) + filled[0]))
            ):
                return next((c for c in whole[1:] if c), "")
            keep = 3 + 2 * (filled[0] - 1) if filled[0] else 0
            if not keep or len(self._above) < keep:
                return ""
            return self._above[:keep] + "".join(parts[n].zfill(2) for n in filled)
        for part in parts[1:]:
            if not part:
                break
            if not _PART.fullmatch(part):
                return ""
            code += part.zfill(2)
        return code


def label_columns(
    rows: Sequence[Sequence[object]], candidates: Sequence[int], said: Mapping[int, str]
) -> LabelColumns:
    """Where codes and names stand: as the heads say (``code``, ``name``), else by what the lines hold."""
    codes = [c for c in candidates if said.get(c) == "code"]
    names = [c for c in candidates if said.get(c) == "name"]
    if codes and names:
        # 款 and 项 of a split code may stand under a head that is printed over the 类 only.
        between = range(codes[0] + 1, max(names))
        codes += [c for c in between if c not in said and _holds_parts_or_codes(rows, c)]
        codes.sort()
        return LabelColumns(_with_codes(rows, codes), names[-1] if len(names) == 1 else names[0])
    hits: dict[int, int] = {}
    texts: dict[int, int] = {}
    for row in rows:
        for column in candidates:
            if said.get(column) == "serial":
                continue
            value = _cell(row, column)
            if value in ("", None):
                continue
            if as_code(value) or (isinstance(value, str) and code_and_name(value)):
                hits[column] = hits.get(column, 0) + 1
            elif isinstance(value, str):
                texts[column] = texts.get(column, 0) + 1
    if not codes:
        most = max(hits.values(), default=0)
        if not most:
            name = max(texts, key=lambda c: (texts[c], -c), default=names[0] if names else -1)
            return LabelColumns((), name)
        first = min(c for c, n in hits.items() if n == most)
        codes = [first]
        # 款 and 项 of a split code stand beside the 类 and are no codes by themselves.
        for column in candidates:
            if (column > first and _holds_parts(rows, column)) or (
                column > first and column == codes[-1] + 1 and hits.get(column)
            ):
                codes.append(column)
    left = [c for c in texts if c not in codes and said.get(c) != "serial"]
    name = names[0] if names else max(left, key=lambda c: (texts[c], -c), default=-1)
    return LabelColumns(_with_codes(rows, codes), name)


def _with_codes(rows: Sequence[Sequence[object]], codes: Sequence[int]) -> tuple[int, ...]:
    """Of several code columns those that are used: a code merged over three stands in the first."""
    if len(codes) == 1:
        return tuple(codes)
    used = [c for c in codes if any(_cell(row, c) not in ("", None) for row in rows)]
    return tuple(used or codes[:1])


def _holds_parts_or_codes(rows: Sequence[Sequence[object]], column: int) -> bool:
    values = [v for row in rows if (v := _cell(row, column)) not in ("", None)]
    return _holds_parts(rows, column) or any(as_code(value) for value in values)


def _holds_parts(rows: Sequence[Sequence[object]], column: int) -> bool:
    values = [as_text(v) for row in rows if (v := _cell(row, column)) not in ("", None)]
    # Heads and titles that are printed again on a page are none of its lines.
    values = [text for text in values if text[:1].isdigit()]
    parts = sum(_PART.fullmatch(text) is not None for text in values)
    return parts > 0 and parts * 2 > len(values)


Dictionary = Callable[[], Mapping[str, Code]]
"""``function_codes`` or ``economic_codes``: code → what is known of it."""


@lru_cache(maxsize=2)
def _codes_by_name(dictionary: Dictionary) -> Mapping[str, Sequence[str]]:
    """The codes in use of each name: the same for every workbook."""
    found: dict[str, list[str]] = {}
    for code in dictionary().values():
        if code.in_use:
            found.setdefault(compact(code.name), []).append(code.code)
    return found


class NameReader:
    """Codes by printed names, where a table prints no codes: only what one name can mean is taken."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._by_name = _codes_by_name(dictionary)
        self._above = ""
        self._taken: set[str] = set()

    def of(self, name: str) -> str:
        """The code that the name stands for after the lines read so far; "" where several fit.

        Of several codes of one name that which lies below the lines above counts; 其他支出 stands
        first for the 类 and then for its 款.
        """
        found = [c for c in self._by_name.get(compact(name), []) if c not in self._taken]
        if len(found) > 1:
            found = self._nearest(found)
        if len(found) != 1:
            return ""
        self._taken.add(found[0])
        self._above = found[0]
        return found[0]

    def _nearest(self, found: Sequence[str]) -> list[str]:
        for length in (5, 3):
            above = self._above[:length]
            below = [
                c for c in found if len(above) == length and c.startswith(above) and c != above
            ]
            if below:
                shortest = min(map(len, below))
                return [c for c in below if len(c) == shortest]
        # A 类 bears the name of its only 款 before that does.
        first = min(found, key=len)
        return [first] if all(c.startswith(first) for c in found) else list(found)
