"""Figures and identities in an accountant's words."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from functools import lru_cache

from ..model.book import Book
from ..model.codes import function_codes
from ..model.expression import Constraint
from ..model.inputs import load_inputs

INPUT_SHEETS = {"LAST": "上年数", "BUDGET": "年初预算", "FACT": "补充资料", "LEDGER": "06明细账"}
"""What the head of a figure's name means where it is none of the nine tables."""
_NAMED = 3
"""A sum of up to so many figures is said with their names."""


def names_of_codes(book: Book) -> Mapping[str, str]:
    """Code → its printed name; the dictionary's where no table prints the code."""
    return ChainMap(book.names_of_codes(), _dictionary())


@lru_cache(maxsize=1)
def _dictionary() -> dict[str, str]:
    return {code: entry.name for code, entry in function_codes().items()}


def input_missing(book: Book, name: str, *, more: bool = False) -> str:
    """Says that an entry of an input sheet is not filled, and on which sheet it stands."""
    text = f"{label_of(book, name, {})}{'等' if more else ''}没有填"
    figure = book.figures.get(name)
    return f"{text}（{figure.place}），没有的填0" if figure else text


def subject_of(book: Book, constraint: Constraint, names: Mapping[str, str]) -> str:
    """What an identity speaks of: its left side."""
    labels = [label_of(book, name, names) for _, name in constraint.left if name]
    if len(labels) > 3:
        return f"{labels[0]}等{len(labels)}项合计"
    return "、".join(labels) + ("合计" if len(labels) > 1 else "")


def right_words(book: Book, constraint: Constraint, names: Mapping[str, str]) -> str:
    """What the left side is compared with; the amount follows these words."""
    used = [(coefficient, name) for coefficient, name in constraint.right if name]
    if len(used) == 1:
        coefficient, name = used[0]
        share = "" if coefficient == 1 else f"的{float(coefficient):.4g}倍即"
        if 0 < coefficient < 1:
            share = f"的{float(coefficient * 100):g}%即"
        return label_of(book, name, names) + share
    if len(used) > 1 and all(coefficient == 1 for coefficient, _ in used):
        few = used if len(used) <= _NAMED else []
        said = _sum_of([label_of(book, name, names) for _, name in few]) if few else ""
        return said or f"{len(used)}个分项之和"
    return "按公式算出的" if used else ""


def _sum_of(labels: Sequence[str]) -> str:
    """The sum of a few rows of one column, or of a few columns of one row; "" where it is neither."""
    split = []
    for label in labels:
        sheet, _, rest = label.partition("“")
        row, _, column = rest.partition("”")
        split.append((sheet, row, column))
    sheets, rows, columns = (tuple(dict.fromkeys(part)) for part in zip(*split, strict=True))
    if len(sheets) > 1:
        return ""
    if len(columns) == 1:
        return f"{sheets[0]}{''.join(f'“{row}”' for row in rows)}{columns[0]}之和"
    if len(rows) == 1:
        words = "".join(column.removeprefix("的") for column in columns)
        return f"{sheets[0]}“{rows[0]}”的{words}之和"
    return ""


def sentence_of(book: Book, constraint: Constraint) -> str:
    """An identity without its amounts: 03支出表“合计”的“基本支出”应当等于12个分项之和."""
    names = book.names_of_codes()
    relation = "应当等于" if constraint.op == "=" else "不应大于"
    used = [name for coefficient, name in constraint.right if name and coefficient == 1]
    if len(used) > 1 and len(used) == len(constraint.right):
        return f"{subject_of(book, constraint, names)}{relation}{len(used)}个分项之和"
    right = right_words(book, constraint, names).removesuffix("算出的") or "0"
    end = "算出的数" if right == "按公式" else ""
    return f"{subject_of(book, constraint, names)}{relation}{right}{end}"


def label_of(book: Book, name: str, names: Mapping[str, str]) -> str:
    """A figure in an accountant's words, of the nine tables or of an input sheet."""
    head, _, rest = name.partition(".")
    if head in ("LAST", "BUDGET", "LEDGER"):
        return _input_label(book, head, rest, names)
    if head == "FACT":
        return _fact_label(book, rest)
    return book.edition.label(name, names)


def _input_label(book: Book, head: str, rest: str, names: Mapping[str, str]) -> str:
    sheet = INPUT_SHEETS[head]
    if head == "LAST":
        entry = next((e for e in load_inputs().last_year if e.id == rest), None)
        if entry:
            label = entry.label.replace("“", "").replace("”", "")
            return f"{sheet}“{label}”"
    return sheet + (book.edition.label(rest, names) if rest.startswith("T") else rest)


def _fact_label(book: Book, fact_id: str) -> str:
    entry = load_inputs(book.edition).facts.get(fact_id)
    return f"补充资料“{entry.label}”" if entry else fact_id
