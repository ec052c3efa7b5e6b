"""Printed words made comparable: spaces, brackets, quotes and numbering do not tell labels apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ..patterns import lazy_pattern

_DROP = lazy_pattern(r"[\s\u00a0\u3000\u200b\ufeff“”\"'‘’「」『』:：]+")
_BRACKETS = str.maketrans("（）〔〕［］【】，－—", "()()[][],--")
_NUMBERING = lazy_pattern(
    r"^(?:[一二三四五六七八九十]+[、.．]|\([一二三四五六七八九十\d]+\)|\d+[、.．]|其中:?|其中)+"
)
_DEPARTMENT_STARTS = ("部门", "编制单位", "公开部门", "单位名称", "填报单位", "编制部门")
_NOTE_STARTS = (
    "注:",
    "注：",
    "说明:",
    "说明：",
    "备注:",
    "备注：",
    "附注",
    "注1",
    "注.",
    "注；",
    "注释",
)
_CODE = lazy_pattern(r"\d{3}(?:\d\d){0,2}")
_AMOUNT = lazy_pattern(r"\d+[.．]\d\d")
_CODE_NOISE = lazy_pattern(r"[\s\u00a0\u3000\u200b\ufeff'’.]+")
_FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@lru_cache(maxsize=8192)
def compact(text: str) -> str:
    """A label without spaces and quotes, brackets in one form; its numbering stays."""
    return _DROP.sub("", text).translate(_BRACKETS)


@lru_cache(maxsize=8192)
def bare(text: str) -> str:
    """A label without its numbering either: ``一、教育支出`` → ``教育支出``."""
    return _NUMBERING.sub("", compact(text))


@lru_cache(maxsize=8192)
def is_department(text: str) -> bool:
    """Whether a text above a table names the department: ``部门：某某局``."""
    return text.strip().startswith(_DEPARTMENT_STARTS)


@lru_cache(maxsize=8192)
def is_note(text: str) -> bool:
    """Whether a text is a note below a table: everything from the first of them on is note."""
    return text.strip().startswith(_NOTE_STARTS)


def is_numbered(text: str) -> bool:
    return compact(text) != bare(text)


def as_code(value: object) -> str:
    """A 科目代码 cell as digits, or "" when it holds none (``2010301.0`` and spaces are cleaned)."""
    if isinstance(value, str):
        return _code_in(value) if value else ""
    if value is None:
        return ""
    if isinstance(value, float):
        if value != int(value):
            return ""
        value = int(value)
    return _code_in(str(value))


@lru_cache(maxsize=8192)
def _code_in(text: str) -> str:
    if _AMOUNT.fullmatch(text.strip()):
        return ""  # 213.45 is an amount typed as text, 201.03.01 a code
    text = _CODE_NOISE.sub("", text).translate(_FULL_WIDTH_DIGITS)
    return text if _CODE.fullmatch(text) else ""


def as_text(value: object) -> str:
    """A cell as the text a person sees: whole floats without their ``.0``."""
    if value is None:
        return ""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value).strip()


def is_ordinal_row(cells: Sequence[object]) -> bool:
    """Whether the cells are a row of column numbers: 1 2 3 …, in order, at least two."""
    first = last = 0
    for cell in cells:
        if cell == "" or cell is None:
            continue
        if isinstance(cell, str):
            text = cell.strip()
            if not text or compact(text) == "栏次":
                continue
        else:
            text = as_text(cell)
        if not text.isdigit() or len(text) > 2:
            return False
        number = int(text)
        if last and number != last + 1:
            return False
        first, last = first or number, number
    return last > first


def are_column_numbers(row: Sequence[object]) -> bool:
    """Whether a line holds column numbers, a few of them perhaps wrong: no amounts then."""
    if is_ordinal_row(row):
        return True
    texts = [as_text(value) for value in row if value not in ("", None)]
    texts = [text for text in texts if compact(text) != "栏次"]
    if len(texts) < 6 or not all(text.isdigit() and len(text) <= 2 for text in texts):
        return False
    right = sum(text == str(number) for number, text in enumerate(texts, 1))
    return texts[0] == "1" and 3 * right >= 2 * len(texts)
