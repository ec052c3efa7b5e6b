"""Texts that name tables and lines as the national form does, in another edition's words.

The catalogue and the notes say 07表 for 政府性基金 and 第27行 for 本年收入合计, as the national form numbers
them.  An edition that prints the tables in another order, or no line numbers, says it its own way.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..patterns import lazy_pattern
from .tables import Edition, Table

THREE_PUBLIC = {
    "abroad": "因公出国（境）费",
    "vehicle_purchase": "公务用车购置费",
    "vehicle_running": "公务用车运行维护费",
    "reception": "公务接待费",
}
"""The four kinds of “三公”经费, by the columns of 09, as texts name them."""
_TABLES = r"(?<!公开)(?<!\d)(?P<tables>0\d(?:、0\d)*)表"
_LINES = r"第(?P<lines>\d+(?:[、至]\d+)*)行(?:合计|总计)?"
_EITHER = lazy_pattern(f"{_TABLES}|{_LINES}")


@lru_cache(maxsize=16)
def speaks_nationally(edition: Edition) -> bool:
    """Whether tables and lines bear the national form's numbers."""
    return all(
        table.short == f"{table.id[1:]}表" and (table.kind != "form" or table.line_numbers)
        for table in edition.tables
    )


def in_edition(text: str, edition: Edition, table: str = "") -> str:
    """``text`` with the numbers of tables and lines as the edition has them.

    A line belongs to the table named last before it, else to ``table`` (an id).
    """
    if speaks_nationally(edition):
        return text
    current = table

    def said(match: re.Match[str]) -> str:
        nonlocal current
        if match["tables"]:
            ids = [f"T{number}" for number in match["tables"].split("、")]
            current = ids[-1]
            shorts = (edition.by_id[i].short if i in edition.by_id else f"{i[1:]}表" for i in ids)
            return "、".join(sorted(short.removesuffix("表") for short in shorts)) + "表"
        form = edition.by_id.get(current)
        if form is None or form.kind != "form" or form.line_numbers:
            return match[0]
        return _lines(form, match["lines"]) or match[0]

    return _EITHER.sub(said, text)


def _lines(form: Table, numbers: str) -> str:
    """``1至8`` → “一、…”至“八、…”各行; what the edition does not print is left out."""
    labels = {int(line.id): line.label for side in form.sides for line in side.lines}
    said = []
    for part in numbers.split("、"):
        first, _, last = part.partition("至")
        found = [text for no, text in labels.items() if int(first) <= no <= int(last or first)]
        if len(found) > 1:
            said.append(f"“{found[0]}”至“{found[-1]}”各行")
        elif found:
            said.append(f"“{found[0]}”")
    return "、".join(said)
