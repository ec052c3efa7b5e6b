"""What several checks share: findings with cells, counts, and sums of lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ...model.book import Book, CellRef, Finding
from ...model.inputs import load_inputs
from ...model.money import WAN, AmountError, parse_amount, round_half_up
from ...model.severity import Severity
from ..rules import Rule
from ..wording import input_missing


def finding(
    rule: Rule,
    message: str,
    cells: Iterable[CellRef] = (),
    *,
    severity: Severity | None = None,
    advice: bool = True,
) -> Finding:
    """A finding of a rule; its advice follows the message."""
    return Finding(
        rule.id,
        severity or rule.severity,
        f"{message}{rule.advice}" if advice else message,
        tuple(cells),
    )


def reason(rule: Rule, **place: str) -> str:
    """The line of 原因说明 that explains a finding at this place; "" where none does."""
    return rule.explained_by.format_map(place)


def compared(
    book: Book,
    rule: Rule,
    message: str,
    names: Iterable[str],
    left: int,
    right: int,
    tolerance: int,
) -> Finding:
    """A finding about two sums in 分, with their difference."""
    text = book.unit.exact_text
    return Finding(
        rule.id,
        rule.severity,
        message + rule.advice,
        tuple(book.cell_ref(name) for name in names if name in book.figures),
        text(left),
        text(right),
        text(left - right),
        text(tolerance),
    )


def published(book: Book, name: str) -> int | None:
    """A figure as it will be published (万元 with two decimals), in 分; None where it is blank."""
    figure = book.figures.get(name)
    if figure is None or figure.fen is None:
        return None
    return round_half_up(figure.fen, WAN.last_digit)


def wan(fen: int) -> str:
    """An amount in 分 as published: 1512.83万元."""
    return f"{WAN.text(fen)}万元"


def typed(book: Book, fact: str) -> int | None:
    """An amount (分) or a count (units of account) of 补充资料; None where nothing is typed."""
    figure = book.figures.get(f"FACT.{fact}")
    return figure.fen if figure else None


def number(book: Book, fen: int) -> str:
    """A count as it was typed, without decimals where it has none."""
    return book.unit.exact_text(fen).removesuffix(".00")


def missing(book: Book, fact: str) -> str:
    """Says that an entry of 补充资料 is not filled."""
    return input_missing(book, f"FACT.{fact}")


class ListSum(NamedTuple):
    """A column of a list on 补充资料 added up: 分, tolerance, its cells, what cannot be read."""

    fen: int
    tolerance: int
    cells: tuple[CellRef, ...]
    unreadable: str = ""


def sum_of_list(book: Book, list_id: str, field: str, *, amounts: bool = True) -> ListSum:
    """One column of a list; counts are added exactly, printed amounts as intervals."""
    total = tolerance = 0
    cells = []
    for record in book.records:
        text = record.fields.get(field, "") if record.list_id == list_id else ""
        if not text:
            continue
        cells.append(CellRef("", record.place.sheet, record.place.cell, text))
        try:
            parsed = parse_amount(text, book.unit)
        except AmountError:
            where = f"“{list_title(list_id)}”{record.place.cell}一行里的“{text}”不是数字"
            return ListSum(total, tolerance, tuple(cells), where)
        fen = parsed[0] if parsed else 0
        total += fen
        if amounts and fen and not fen % book.unit.last_digit:
            tolerance += book.unit.half
    return ListSum(total, tolerance, tuple(cells))


def list_title(list_id: str) -> str:
    """The printed title of a list on 补充资料, without its number."""
    title = next((form.title for form in load_inputs().lists if form.id == list_id), list_id)
    return title.partition("、")[2] or title
