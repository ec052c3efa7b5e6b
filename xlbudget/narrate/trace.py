"""Numbers that remember their figures: marks around a number in a rendered text.

A number is written between private-use characters together with the names of the figures that it
comes from; ``unmark`` takes the marks out and says where each number stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_OPEN, _NAMES, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARKED = re.compile(f"{_OPEN}([^{_NAMES}]*){_NAMES}([^{_CLOSE}]*){_CLOSE}")


class Number(NamedTuple):
    """A number in a text: its span, its digits, and the names of the figures it comes from."""

    start: int
    end: int
    text: str
    names: tuple[str, ...]


def mark(text: str, names: Iterable[str]) -> str:
    """A number with the names of its figures."""
    return f"{_OPEN}{text}{_NAMES}{' '.join(names)}{_CLOSE}"


def unmark(marked: str) -> tuple[str, tuple[Number, ...]]:
    """The text a person reads, and its numbers in order."""
    parts: list[str] = []
    numbers: list[Number] = []
    length = last = 0
    for match in _MARKED.finditer(marked):
        before = marked[last : match.start()]
        parts += [before, match[1]]
        start = length + len(before)
        length = start + len(match[1])
        numbers.append(Number(start, length, match[1], tuple(match[2].split())))
        last = match.end()
    parts.append(marked[last:])
    return "".join(parts), tuple(numbers)
