"""The same finding many times is one finding with its places.

A column of codes that was misread gives a hundred findings of one rule in the same words; the one that
is different would stand somewhere between them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from ..model.book import Finding

ENOUGH = 4
"""So many findings alike are told as one; fewer are read as they are."""
_DETAIL = re.compile(r"“[^”]*”|[^\s“”，。；：、（）]+![A-Z]+\d+|[A-Z]*[-−]?\d[\d,.]*")
_MANY = {
    "A06": "这么多科目重复，多半是代码列认错了，或者只写了类、款；请先核对代码列，不要合并行。",
}
"""What so many findings of a rule mean, where that is something else than one of them."""


def merged(findings: Sequence[Finding], apart: Collection[str] = ()) -> tuple[Finding, ...]:
    """The findings, those that differ in numbers, addresses and quoted words only as one.

    It stands where the first stood and has all their cells.  A finding about a sum stays by itself: its
    sides and its difference are its own; so does one of the rules ``apart``, each of which wants a reason
    of its own.
    """
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for number, finding in enumerate(findings):
        is_own = finding.left or finding.right or not finding.cells or finding.rule in apart
        key = (
            finding.rule,
            finding.severity,
            str(number) if is_own else _pattern(finding.message),
        )
        groups.setdefault(key, []).append(finding)
    if len(groups) == len(findings):
        return tuple(findings)
    kept: dict[int, Finding] = {}
    for group in groups.values():
        kept |= {id(group[0]): _one(group)} if len(group) >= ENOUGH else {id(f): f for f in group}
    return tuple(kept[id(finding)] for finding in findings if id(finding) in kept)


@cache
def _pattern(message: str) -> str:
    return _DETAIL.sub("#", message)


def _one(group: Sequence[Finding]) -> Finding:
    first = group[0]
    cells = tuple(dict.fromkeys(cell for finding in group for cell in finding.cells))
    sheets = _sheets(cell.sheet for cell in cells)
    meaning = _MANY.get(first.rule, "")
    message = f"{first.message}（同样的共{len(group)}处，在{sheets}，都列在单元格里。{meaning}）"
    return first._replace(message=message, cells=cells)


def _sheets(names: Iterable[str]) -> str:
    return "、".join(f"“{name}”" for name in dict.fromkeys(names) if name)
