"""A content in another edition's form: the rows that it prints, and what it has no place for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .content import Content
from .forms import Edition, Table
from .inputs import load_inputs

LENGTHS = {"类": 3, "款": 5, "项": 7}
"""Digits of a code at each level."""


class Restated(NamedTuple):
    """A content for an edition: ``left`` are its amounts that the edition prints nowhere.

    ``added`` counts the rows of 类 and 款 that were added.
    """

    content: Content
    left: tuple[str, ...]
    added: int


def restated(content: Content, edition: Edition) -> Restated:
    """The content as ``edition`` prints it: 类 and 款 rows added with their sums, or left out.

    Amounts keep their names.  A row that is printed in both editions keeps its amounts, right or
    wrong; an added row is the sum of the 项 below it, which in a workbook of rounded amounts may miss
    what its own rounding would give.
    """
    same = content.form == edition
    figures = dict(content.figures)
    codes = dict(content.codes)
    added = 0
    gone: set[str] = set()  # rows that only add up others
    for table in edition.tables:
        old = tuple(dict.fromkeys(content.codes.get(table.id, ())))
        if table.kind == "list" and old:
            new = _rows(table, old, keep=same)
            codes[table.id] = new
            gone |= {f"{table.id}.{code}." for code in old if code not in new}
            for code in new:
                if code not in old:
                    added += 1
                    figures.update(_sums(table, code, old, content.figures))
        elif table.kind == "items" and not same:
            filled = (n.split(".")[1] for n, fen in figures.items() if fen and n.startswith("T06."))
            codes[table.id] = tuple(c for c in filled if c.isdigit() and c not in table.fixed_rows)
    figures = {n: fen for n, fen in figures.items() if not n.startswith(tuple(gone))}
    left = [] if same else [n for n, fen in figures.items() if fen and not _has(edition, codes, n)]
    return Restated(
        content._replace(edition=edition, figures=figures, codes=codes), tuple(left), added
    )


def _rows(table: Table, old: Sequence[str], *, keep: bool) -> tuple[str, ...]:
    """The rows to print: each code below the levels above it that the form prints.

    Where ``keep``, rows of levels that the form does not ask for stay.
    """
    wanted = {LENGTHS[level] for level in table.levels if level in LENGTHS}
    lowest = {c for c in old if not any(o != c and o.startswith(c) for o in old)}
    new: dict[str, None] = {}
    for code in old:
        for length in sorted(wanted):
            if length < len(code):
                new.setdefault(code[:length])
        if keep or code in lowest or len(code) in wanted:
            new.setdefault(code)
    return tuple(new)


def _sums(
    table: Table, code: str, old: Sequence[str], figures: Mapping[str, int]
) -> dict[str, int]:
    """The amounts of an added row: sums over the topmost rows below it."""
    below = [c for c in old if c.startswith(code)]
    top = [c for c in below if not any(o != c and c.startswith(o) for o in below)]
    found = {}
    for column in table.columns:
        parts = [figures.get(f"{table.id}.{c}.{column.id}") for c in top]
        known = [fen for fen in parts if fen is not None]
        if known:
            found[f"{table.id}.{code}.{column.id}"] = sum(known)
    return found


def _has(edition: Edition, codes: Mapping[str, Sequence[str]], name: str) -> bool:
    """Whether the edition's workbook has a place for a figure."""
    head, _, rest = name.partition(".")
    if head == "FACT":
        return rest in load_inputs(edition).facts
    table = edition.by_id.get(head)
    if table is None or name in edition.fixed_names:
        return True
    row, _, column = rest.partition(".")
    if row not in codes.get(head, ()):
        return False
    return table.kind == "items" or any(c.id == column for c in table.columns)
